"""A workbook or a Parquet file → plain text files, by a child process: a bomb or a crash refuses that file alone."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.ingest.cells import CELL_BREAK, write_sheet

__all__ = ["CELL_BREAK", "Sheet", "sheets_as_text"]

MEMORY_BYTES = 4 << 30  # address space for reading a workbook; Parquet is streamed
TEXT_BYTES = 8 << 30  # one text file
SECONDS = 300
UNPACKED_BYTES = 2 << 30  # all parts of a zipped workbook together
PACKED_TIMES = 300  # more than this, from `PACKED_FROM_BYTES` on, is a bomb: those at hand reach 15
PACKED_FROM_BYTES = 200 << 20

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SEND_ANEW = "Ask the sender for it again, or take it out of data/raw."
SAVE_ANEW = "Open it in Excel or LibreOffice, save it as .xlsx or .csv, and send it again."
SHRINK = "Delete all that is not the table, also rows and columns far off that look empty; or save it as .csv."


@dataclass(frozen=True)
class Sheet:
    """One sheet as text: tab-delimited utf-8, line n is row n, the first field is column A. Parquet's name is ""."""

    name: str
    path: Path


def sheets_as_text(path: Path, label: str, folder: Path) -> list[Sheet]:
    """Write each sheet that holds anything to `folder`/sheet-1.tsv, sheet-2.tsv …, in the workbook's order.

    `label` names the file in errors. Raises PalierError when the file cannot be read within the limits; what lies in
    `folder` then is of no use.
    """
    ours = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    limits = [str(limit) for limit in (MEMORY_BYTES, TEXT_BYTES, SECONDS)]
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.ingest.workbook", str(path), label, str(folder), *limits],
            env={**os.environ, "PYTHONPATH": ours},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise PalierError(f"{label}: reading it takes more than {SECONDS} seconds. {SHRINK}") from None
    if child.returncode:
        raise PalierError(f"{label}: {_cause_of_death(child)}")
    answer = json.loads(child.stdout)
    if "refusal" in answer:
        raise PalierError(answer["refusal"])
    return [Sheet(name, text_file(folder, number)) for number, name in enumerate(answer["sheets"], start=1)]


def text_file(folder: Path, number: int) -> Path:
    """Where the sheet of that number (from 1) is written."""
    return folder / f"sheet-{number}.tsv"


def _cause_of_death(child: subprocess.CompletedProcess[bytes]) -> str:
    """What ended the child, and what to do."""
    said = child.stderr.decode(errors="replace")
    if "memory allocation" in said or "MemoryError" in said or child.returncode == -signal.SIGKILL:
        return f"reading it takes more than {MEMORY_BYTES / (1 << 30):.3g} GB of memory. {SHRINK}"
    end = f"signal {-child.returncode}" if child.returncode < 0 else _in_short(said)
    return f"reading it broke off ({end}). {SAVE_ANEW}"


def _child(path: Path, label: str, folder: Path, memory: int, text: int, seconds: int) -> dict[str, Any]:
    """The names of the sheets written, or why the file is refused. All else that goes wrong ends the process."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, text)
    _limit(resource.RLIMIT_CPU, seconds + 60)  # for when nobody is left to end us
    try:
        if path.suffix.casefold() == ".parquet":
            from pipeline.ingest.parquet import write_parquet  # only here: the engine takes long to load

            write_parquet(path, label, text_file(folder, 1))
            return {"sheets": [""]}
        _limit(resource.RLIMIT_AS, memory)
        return {"sheets": _write_workbook(path, label, folder)}
    except PalierError as error:
        return {"refusal": str(error)}
    except OSError as error:  # in writing: what cannot be read has been refused by then
        if error.errno == errno.EFBIG:
            return {"refusal": f"{label}: its text is larger than {text / (1 << 30):.3g} GB. {SHRINK}"}
        if error.errno is None:  # the reader's own
            raise
        return {"refusal": str(cannot_write(folder, error))}


def _limit(what: int, most: int) -> None:
    """Lower a limit of this process, where the system has it and allows so much."""
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most))


def _write_workbook(path: Path, label: str, folder: Path) -> list[str]:
    """Write the worksheets, hidden ones too, and return the names of those that hold anything."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise PalierError(
            f"{label}: cannot be read ({error.strerror}). Allow reading it, or take it out of data/raw."
        ) from None
    try:
        with file:
            suffix = _suffix_by_content(file, label)
        named_right = folder / f"workbook{suffix}"  # the reader goes by the name, and many an .xls is an .xlsx
        named_right.symlink_to(path.resolve())
        with CalamineWorkbook.from_path(named_right) as workbook:
            names = _write_sheets(workbook, label, folder)
        named_right.unlink()
    except PasswordError:
        raise _has_password(label) from None
    except (CalamineError, zipfile.BadZipFile) as error:
        fact = f"is damaged, or not a workbook ({_in_short(str(error))})"
        raise PalierError(f"{label}: {fact}. {SEND_ANEW}") from None
    if not names:
        raise PalierError(f"{label}: none of its sheets holds anything. {SEND_ANEW}")
    return names


def _write_sheets(workbook: CalamineWorkbook, label: str, folder: Path) -> list[str]:
    names: list[str] = []
    for at, about in enumerate(workbook.sheets_metadata):
        if about.typ == SheetTypeEnum.WorkSheet:
            place = f"{label}, sheet {about.name!r}"
            if write_sheet(workbook.get_sheet_by_index(at), text_file(folder, len(names) + 1), place):
                names.append(about.name)
    return names


def _suffix_by_content(file: BinaryIO, label: str) -> str:
    """.xls, .xlsx, .xlsb or .ods by the first bytes and a zip's directory; nothing is unpacked yet."""
    head = file.read(4096)
    if head.startswith(b"PK"):
        return _suffix_of_zip(file, label)
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in head + file.read():
            raise _has_password(label)
        return ".xls"
    if not head:
        raise PalierError(f"{label}: is empty. {SEND_ANEW}")
    if b"\x00" in head and not head.startswith(UTF16_MARKS):
        raise PalierError(f"{label}: is not a workbook. {SEND_ANEW}")
    text = head.replace(b"\x00", b"").lower()
    kind = "HTML" if b"<html" in text or b"<table" in text else "XML" if b"<?xml" in text else "plain text"
    raise PalierError(f"{label}: is {kind}, not a workbook. {SAVE_ANEW}")


def _suffix_of_zip(file: BinaryIO, label: str) -> str:
    """The sizes that a zip states can be relied on: the reader stops at a part that turns out to be larger."""
    with zipfile.ZipFile(file) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
        names = {name.casefold() for name in parts.namelist()}
    packed = os.fstat(file.fileno()).st_size
    if unpacked > UNPACKED_BYTES or (unpacked > PACKED_FROM_BYTES and unpacked > packed * PACKED_TIMES):
        raise PalierError(f"{label}: unpacks from {packed:,} to {unpacked:,} bytes; at most {UNPACKED_BYTES:,} are read, "
                          f"and {PACKED_TIMES} times the packed size. {SHRINK}")  # fmt: skip
    return ".xlsb" if "xl/workbook.bin" in names else ".ods" if "content.xml" in names else ".xlsx"


def _has_password(label: str) -> PalierError:
    return PalierError(f"{label}: is protected by a password. Save it without one and send it again.")


def _in_short(fact: str) -> str:
    """Somebody else's words as part of one line, without what a terminal would obey."""
    return "".join(filter(str.isprintable, (fact.strip().splitlines() or [""])[-1]))[:150]


if __name__ == "__main__":
    path, label, folder, *limits = sys.argv[1:]
    print(json.dumps(_child(Path(path), label, Path(folder), *map(int, limits))))
