"""One pass over a raw file's bytes: its hash, its encoding, its lines; and a utf-8 copy where it is not utf-8 itself."""

import codecs
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.errors import PalierError

BLOCK_BYTES = 1 << 22
NOT_TEXT = (b"\x00", b"\x01")  # \x01 is also what keeps physical lines whole in the reader

# Accented letters, œ, € and curly quotes in utf-8: sequences that make no sense in cp1252.
UTF8_LETTERS = {
    b"\xc3": re.compile(rb"\xc3[\x80-\xbf]"),
    b"\xc5": re.compile(rb"\xc5[\x92\x93]"),
    b"\xe2\x82": re.compile(rb"\xe2\x82\xac"),
    b"\xe2\x80": re.compile(rb"\xe2\x80[\x93-\xa6]"),
}


@dataclass(frozen=True)
class Scan:
    """What the bytes of one file say."""

    sha256: str
    size: int
    encoding: str
    lines: int
    heading_line: str
    has_mixed_ends: bool
    is_plain: bool  # utf-8 without mark, with plain line ends: can be read as it lies


def scan(path: Path, label: str) -> Scan:
    """Read every byte once. utf-8 is tried strictly, then cp1252; nothing else is guessed.

    `label` names the file in errors. Raises PalierError for a file that is no text in either encoding.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_utf8_letters, size, lines, returns, return_pairs, last = True, False, 0, 0, 0, 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            if is_utf8:
                is_utf8 = _decodes(decoder, block)
            has_utf8_letters = has_utf8_letters or _has_utf8_letters(block)
            for mark in NOT_TEXT:
                if mark in block:
                    line = lines + block.count(b"\n", 0, block.index(mark)) + 1
                    raise PalierError(f"{label}, line {line}: holds a byte 0x{mark.hex()}, so it is not a text file. "
                                      "Ask the sender for it again, or take it out of data/raw.")  # fmt: skip
            values = np.frombuffer(block, np.uint8)
            is_feed, is_return = values == 10, values == 13
            lines += int(np.count_nonzero(is_feed))
            returns += int(np.count_nonzero(is_return))
            return_pairs += int(np.count_nonzero(is_return[:-1] & is_feed[1:])) + (last == b"\r" and block[:1] == b"\n")
            last, size = block[-1:], size + len(block)
    if size == 0:
        raise PalierError(f"{label}: is empty. Ask the sender for it again, or take it out of data/raw.")
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    encoding = "utf-8" if is_utf8 else "cp1252"
    if has_utf8_letters and not is_utf8:
        raise _mixed(path, label)
    lone_returns = returns - return_pairs
    if lone_returns and lines:
        raise PalierError(f"{label}: some lines end in a line feed and some in a lone carriage return, so a line may be "
                          "torn in two. Save it with one kind of line end and send it again.")  # fmt: skip
    has_mixed_ends = lone_returns > 0 or 0 < return_pairs < lines
    with path.open("rb") as file:
        head = file.readline()
    has_mark = head.startswith(codecs.BOM_UTF8)
    return Scan(
        sha256=digest.hexdigest(),
        size=size,
        encoding=encoding,
        lines=lines + lone_returns + (last not in (b"\n", b"\r")),
        heading_line=head.decode(encoding, errors="replace").lstrip("\ufeff").replace("\r", "\n").split("\n")[0],
        has_mixed_ends=has_mixed_ends,
        is_plain=is_utf8 and not has_mark and not has_mixed_ends,
    )


def write_as_utf8(path: Path, scanned: Scan, target: Path, label: str) -> None:
    """A copy in utf-8 without mark and with plain line ends.

    Raises PalierError with the line of the first byte that the encoding does not have.
    """
    encoding = scanned.encoding
    as_it_stands = codecs.getincrementaldecoder(encoding)()
    decoder = io.IncrementalNewlineDecoder(as_it_stands, translate=True) if scanned.has_mixed_ends else as_it_stands
    with path.open("rb") as source, target.open("wb") as copy:
        try:
            copy.write(decoder.decode(source.read(BLOCK_BYTES)).removeprefix("\ufeff").encode())
            while block := source.read(BLOCK_BYTES):
                copy.write(decoder.decode(block).encode())
            copy.write(decoder.decode(b"", final=True).encode())
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            line = 1 + path.read_bytes().count(b"\n", 0, _position_of_undefined(path, encoding))
            raise PalierError(f"{label}, line {line}: byte 0x{byte:02x} is neither utf-8 nor {encoding}. "
                              "Save the file in one of the two and send it again.") from None  # fmt: skip


def _has_utf8_letters(block: bytes) -> bool:
    """Whether a block holds what can only be meant as utf-8; looking for the first bytes is the cheap part."""
    return any(first in block and letter.search(block) for first, letter in UTF8_LETTERS.items())


def _mixed(path: Path, label: str) -> PalierError:
    """The refusal of a file that is utf-8 in one place and not in another: as cp1252 its names would be spoiled."""
    with path.open("rb") as file:
        fault = next(line for line, text in enumerate(file, start=1) if not _is_utf8(text))
    return PalierError(f"{label}, line {fault}: is not utf-8, while other lines are. "
                       "Save the whole file in one encoding and send it again.")  # fmt: skip


def _is_utf8(text: bytes) -> bool:
    return _decodes(codecs.getincrementaldecoder("utf-8")(), text, final=True)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _position_of_undefined(path: Path, encoding: str) -> int:
    """Byte position of the first byte that a one-byte encoding does not have."""
    undefined = [
        bytes([value]) for value in range(256) if not _decodes(codecs.getincrementaldecoder(encoding)(), bytes([value]))
    ]
    content = path.read_bytes()
    return min(position for value in undefined if (position := content.find(value)) >= 0)
