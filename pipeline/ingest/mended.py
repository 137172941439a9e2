"""Refused lines that a steward has mended: data/raw/mended/, files written by `palier rejects --output` and sent back."""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from pipeline.base.errors import PalierError
from pipeline.ingest.line import BREAK, LINE_BYTES, RETURN
from pipeline.ingest.notation import Notation
from pipeline.ingest.opened import files_below, open_raw

FOLDER = "mended"
HEADINGS = ("file", "line", "reason", "text", "mended")
REASONS_OF_THE_LEDGER = ("is on no roster", "is already in this snapshot")
"""Words of the reasons for which a line is refused that can be read: what other files say, ingest does not know."""
DELIMITERS = (",", ";")  # a French Excel writes semicolons
SHOWN = 80
DAYS = Notation(("yyyy-mm-dd", "yyyymmdd"), None, "first", ".")


@dataclass(frozen=True)
class Mend:
    """What is to stand in place of a refused line, and since when it is known."""

    text: str  # as it stood
    mended: str  # as it should stand
    on: date
    place: str  # where the steward wrote it
    reason: str  # why the line was refused, and mends of it after it
    earlier: tuple[str, ...] = ()  # what other mends made of the line before; it was refused again


Mends = dict[str, dict[int, Mend]]
"""File (and sheet) as `Loaded.name` gives it → line → its mend."""


def read_mends(raw: Path, work: Path) -> Mends:
    """All mended lines by file; where two files mend the same line, the later day speaks, then the later name.

    What is not plain text is written as such into the folder `work` and taken away again. Raises PalierError for a file
    that is not what `palier rejects --output` writes.
    """
    found: Mends = {}
    read = [(*mends_of_file(path, raw, work), path) for path in files_below(raw / FOLDER)]
    for _, mends, _ in sorted(read, key=lambda one: (one[0], one[2])):
        for file, line, mend in mends:
            of_file = found.setdefault(file, {})
            if before := of_file.get(line):
                reasons = f"{before.reason}; {mend.reason}"
                mend = replace(mend, reason=reasons, earlier=(*before.earlier, before.mended))
            of_file[line] = mend
    return found


def hash_of(mends: dict[int, Mend] | None) -> str:
    """Changes with what is mended in one file; empty where nothing is."""
    return hashlib.sha256(repr(sorted(mends.items())).encode()).hexdigest()[:20] if mends else ""


def _day_of(path: Path, raw: Path) -> date:
    """The day in the file's name: from then on its lines are known."""
    for part in path.stem.replace("_", " ").replace(".", " ").split():
        for text in (part, part[-10:], part[:10]):
            if day := DAYS.day_of(text)[0]:
                return day
    raise PalierError(f"data/raw/{path.relative_to(raw).as_posix()}: no day in its name, so nobody can say since when its "
                      "lines are known. Rename it, for example mended-2004-05-10.xlsx.")  # fmt: skip


def mends_of_file(path: Path, raw: Path, work: Path) -> tuple[date, list[tuple[str, int, Mend]]]:
    """Since when the lines of one file are known; and each: its file, its number, its mend."""
    label, day = f"data/raw/{path.relative_to(raw).as_posix()}", _day_of(path, raw)
    csv.field_size_limit(LINE_BYTES)
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="work-mended-", dir=work) as folder:
        opened = open_raw(path, label, Path(folder))
        found: list[tuple[str, int, Mend]] = []
        for text in opened.texts:
            with text.path.open(encoding="utf-8", newline="") as file:
                found += _mends_of(file, label, day, ("\t",) if opened.has_typed_cells else DELIMITERS)
    return day, found


def _mends_of(file: TextIO, label: str, day: date, delimiters: tuple[str, ...]) -> Iterator[tuple[str, int, Mend]]:
    """The mends in one text; its delimiter is the one under which the heading is found."""
    first, row = file.readline(), 0
    file.seek(0)
    try:
        found = {one: [name.strip() for name in next(csv.reader([first], delimiter=one), [])] for one in delimiters}
        delimiter = next((one for one in delimiters if set(HEADINGS) <= set(found[one])), delimiters[0])
        headings = found[delimiter]
        if absent := [name for name in HEADINGS if name not in headings]:
            raise PalierError(f"{label}: no column {' and '.join(absent)}; found: {', '.join(headings)}. "
                              "Send back the file that `palier rejects --output` wrote, with the column mended filled.")  # fmt: skip
        for row, fields in enumerate(csv.reader(file, delimiter=delimiter), start=1):
            cells = [_without_apostrophe(cell.replace(BREAK, "\n").replace("\x01", "")) for cell in fields]
            told = dict.fromkeys(HEADINGS, "") | dict(zip(headings, cells, strict=False))
            if row > 1 and told["mended"].strip():
                place = f"{label}, row {row}"
                if not re.fullmatch("[0-9]{1,15}", told["line"]):
                    raise PalierError(
                        f"{place}: line is not a number: {told['line'][:SHOWN]}. Leave that column as it was."
                    )
                yield told["file"], int(told["line"]), Mend(told["text"], told["mended"], day, place, told["reason"])
    except csv.Error as error:
        raise PalierError(
            f"{label}, row {row + 1}: cannot be read ({error}). Leave that row as it was written."
        ) from None


def _without_apostrophe(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t") else text


def applied(
    lines: Iterator[tuple[int, int, str]], mends: dict[int, Mend], label: str
) -> Iterator[tuple[int, int, str]]:
    """The records with each mended line in the place of the refused one.

    Raises PalierError when a line does not read as it did when it was refused: then the mend is for another file.
    """
    left = dict(mends)
    for number, count, text in lines:
        mend = left.pop(number, None)
        stood = [text.replace(BREAK, "\n").replace(RETURN, "\r"), *(mend.earlier if mend else ())]
        if mend and mend.text.split() not in [one.split() for one in stood]:
            raise _reads_otherwise(mend, number, label)
        yield (number, count, mend.mended.replace("\r\n", "\n").replace("\n", BREAK)) if mend else (number, count, text)
    for number, mend in left.items():
        raise _reads_otherwise(mend, number, label)


def refuse_needless(mends: dict[int, Mend], accepted: list[int], label: str) -> None:
    """Raise PalierError when one of the lines that can be read was mended and the ledger did not refuse it either."""
    for line in accepted:
        if not any(words in mends[line].reason for words in REASONS_OF_THE_LEDGER):
            raise PalierError(f"{mends[line].place}: line {line} of {label} is not refused, and only refused lines are mended. "
                              "Take the row out; where `palier rejects` lists the line, leave its reason as it was written.")  # fmt: skip


def _reads_otherwise(mend: Mend, number: int, label: str) -> PalierError:
    return PalierError(f"{mend.place}: line {number} of {label} does not read so any more. "
                       "Take the row out, or write the refused lines anew with `palier rejects --output`.")  # fmt: skip
