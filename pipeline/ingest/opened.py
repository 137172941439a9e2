"""A raw file of any format as plain text: utf-8, one kind of line end, every line of text a line that the reader sees."""

import codecs
import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.document import file_hash
from pipeline.base.errors import PalierError
from pipeline.ingest.scan import BLOCK_BYTES, scan, utf16_of
from pipeline.ingest.workbook import sheets_as_text

BLANK = b"\x01"  # stands for a blank line, which the engine's reader would skip without counting it
WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
TYPED = (*WORKBOOKS, ".parquet")
MAGIC = {b"\x1f\x8b": ".gz", b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"PAR1": ".parquet"}
UNDEFINED_IN_CP1252 = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
UNPACKED_BYTES, UNPACKED_TIMES = 1 << 28, 300  # a .gz that grows past both is taken for a bomb


@dataclass(frozen=True)
class Text:
    """One text to be read line by line; `sheet` is empty where the file is no workbook."""

    path: Path
    label: str  # the file in errors, with its sheet
    lines: int
    sheet: str = ""


@dataclass(frozen=True)
class Opened:
    """A raw file and the texts in it."""

    sha256: str
    size: int
    encoding: str
    has_typed_cells: bool
    texts: list[Text]


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, in order of name, without what programs leave behind there.

    Raises PalierError for what nobody would read: a link to a folder or to nothing, a pipe, a name that is not utf-8.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        if path.name.startswith((".", "~$")) or (path.is_dir() and not path.is_symlink()):
            continue
        named = os.fsencode(path).decode(errors="backslashreplace")
        if named != str(path):
            raise PalierError(f"{named}: its name is not utf-8. Rename it.")
        if not path.is_file():
            raise PalierError(f"{named}: is no file, but a link to a folder or to nothing, or a pipe. "
                              "Put the files themselves there, or take it away.")  # fmt: skip
        found.append(path)
    return found


def open_raw(raw: Path, label: str, work: Path) -> Opened:
    """The texts of a raw file; what is not plain text already is written as such into the folder `work`.

    `label` names the file in errors. Raises PalierError for what cannot be read as a whole.
    """
    path, size, kind = raw, raw.stat().st_size, _kind(raw)
    if kind == ".gz":
        path = work / f"unpacked{raw.with_suffix('').suffix.lower()}"
        _unpack(raw, path, label)
        kind = _kind(path)
    if kind in TYPED:
        if path.suffix.lower() not in TYPED:  # a workbook by its content, whatever its name
            (work / f"named{kind}").symlink_to(path.resolve())
            path = work / f"named{kind}"
        texts = []
        for number, sheet in enumerate(sheets_as_text(path, label, work), start=1):
            plain, named = work / f"sheet-{number}", f"{label} [{sheet.name}]" if sheet.name else label
            texts.append(Text(plain, named, _write_plain(sheet.path, plain, "utf-8", named), sheet.name))
        return Opened(file_hash(raw), size, kind[1:], has_typed_cells=True, texts=texts)
    wide = utf16_of(path)
    if wide:
        path = _as_utf8(path, wide, work / "decoded", label)
    scanned = scan(path, label)
    sha256 = scanned.sha256 if path == raw else file_hash(raw)
    if not scanned.is_plain:
        _write_plain(path, work / "plain", scanned.encoding, label)
        path = work / "plain"
    text = Text(path, label, scanned.lines)
    return Opened(sha256, size, "utf-16" if wide else scanned.encoding, has_typed_cells=False, texts=[text])


def _kind(path: Path) -> str:
    """What a file is: by its first bytes where they say it, whatever its name; else by its name."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((kind for mark, kind in MAGIC.items() if head.startswith(mark)), path.suffix.lower())


def _unpack(raw: Path, target: Path, label: str) -> None:
    """Unpack a .gz file, within bounds."""
    unpacked, bound = 0, max(UNPACKED_BYTES, UNPACKED_TIMES * raw.stat().st_size)
    try:
        with gzip.open(raw) as source, target.open("wb") as out:
            while block := source.read(BLOCK_BYTES):
                unpacked += len(block)
                if unpacked > bound:
                    raise PalierError(f"{label}: unpacks to more than {bound:,} bytes, over {UNPACKED_TIMES} times its size. "
                                      "Unpack it and look at it; take it out of data/raw.")  # fmt: skip
                out.write(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PalierError(f"{label}: cannot be unpacked ({error}). Ask the sender for it again.") from None


def _as_utf8(path: Path, encoding: str, target: Path, label: str) -> Path:
    """A utf-16 file decoded strictly."""
    decoder = codecs.getincrementaldecoder(encoding)()
    feeds = 0
    with path.open("rb") as source, target.open("wb") as out:
        block = b" "
        while block:
            block = source.read(BLOCK_BYTES)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line = feeds + 1 + block[: error.start].decode(encoding, errors="ignore").count("\n")
                raise PalierError(f"{label}, line {line}: is not {encoding}, as the beginning of the file is. "
                                  "Save the whole file in one encoding and send it again.") from None  # fmt: skip
            feeds += text.count("\n")
            out.write(text.encode())
    return target


def _write_plain(path: Path, target: Path, encoding: str, label: str) -> int:
    """A copy in utf-8 without mark, lines ended by line feeds, blank lines marked; returns the number of lines.

    Raises PalierError with the line of the first byte that the encoding does not have.
    """
    lines, last = 0, b"\n"
    with path.open("rb") as source, target.open("wb") as out:
        for block in _uniform_ends(source.read(BLOCK_BYTES) for _ in iter(int, 1)):
            if encoding == "cp1252":
                block = _utf8_of_cp1252(block, label, lines)
            elif lines == 0 and last == b"\n":
                while block.startswith(codecs.BOM_UTF8):  # the engine drops one more
                    block = block.removeprefix(codecs.BOM_UTF8)
            values = np.frombuffer(block, np.uint8)
            is_feed = values == 10
            lines += int(np.count_nonzero(is_feed))
            blank = np.flatnonzero(is_feed[1:] & is_feed[:-1]) + 1
            if last == b"\n" and is_feed[:1].any():
                blank = np.concatenate(([0], blank))
            if len(blank):
                block = np.insert(values, blank, BLANK[0]).tobytes()
            out.write(block)
            last = block[-1:] or last
    return lines + (last != b"\n")


def _uniform_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same with every \\r\\n and every lone \\r as \\n; ends with the first empty block."""
    held = b""
    for block in blocks:
        whole = held + block
        held = b"\r" if block and whole.endswith(b"\r") else b""
        whole = whole[:-1] if held else whole
        if b"\r" in whole:
            whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if whole:
            yield whole
        if not block:
            return


def _utf8_of_cp1252(block: bytes, label: str, lines: int) -> bytes:
    """latin-1, which differs from cp1252 in 32 bytes, is the cheap way; those are put right where they occur."""
    text = block.decode("latin-1").encode()
    values = np.frombuffer(block, np.uint8)
    apart = (values ^ 0x80) < 0x20
    if apart.any():
        for value in np.unique(values[apart]).tolist():
            if value in UNDEFINED_IN_CP1252:
                at = min(block.index(one) for one in UNDEFINED_IN_CP1252 if one in block)
                line = lines + 1 + block.count(b"\n", 0, at)
                raise PalierError(f"{label}, line {line}: byte 0x{block[at]:02x} is neither utf-8 nor cp1252. "
                                  "Save the file in one of the two and send it again.")  # fmt: skip
            text = text.replace(chr(value).encode(), bytes([value]).decode("cp1252").encode())
    return text
