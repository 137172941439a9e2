"""Refused lines that a steward has mended: data/raw/mended/, files written by `palier rejects --output` and sent back."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.ingest.line import BREAK, LINE_BYTES, RETURN
from pipeline.ingest.notation import Notation
from pipeline.ingest.opened import open_raw

FOLDER = "mended"
HEADINGS = ("file", "line", "text", "mended")
DAYS = Notation(("yyyy-mm-dd", "yyyymmdd"), None, "first", ".")


@dataclass(frozen=True)
class Mend:
    """What is to stand in place of a refused line, and since when it is known."""

    text: str  # as it stood
    mended: str  # as it should stand
    on: date
    place: str  # where the steward wrote it
    earlier: tuple[str, ...] = ()  # what other mends made of the line before; it was refused again


Mends = dict[str, dict[int, Mend]]
"""File (and sheet) as `Loaded.name` gives it → line → its mend."""


def read_mends(raw: Path, work: Path) -> Mends:
    """All mended lines by file; where two files mend the same line, the later day speaks, then the later name.

    Raises PalierError for a file that is not what `palier rejects --output` writes.
    """
    found: Mends = {}
    files = sorted(path for path in (raw / FOLDER).rglob("*") if path.is_file() and not path.name.startswith("."))
    for day, path in sorted((_day_of(path, raw), path) for path in files):
        for file, line, mend in _mends_in(path, f"data/raw/{path.relative_to(raw).as_posix()}", day, work):
            of_file = found.setdefault(file, {})
            earlier = (*of_file[line].earlier, of_file[line].mended) if line in of_file else ()
            of_file[line] = replace(mend, earlier=earlier)
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


def _mends_in(path: Path, label: str, day: date, work: Path) -> Iterator[tuple[str, int, Mend]]:
    work.mkdir(parents=True, exist_ok=True)
    csv.field_size_limit(LINE_BYTES)
    for text in open_raw(path, label, work).texts:
        with text.path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t" if text.sheet else ",")
            headings = [name.strip() for name in next(rows, [])]
            if absent := [name for name in HEADINGS if name not in headings]:
                raise PalierError(f"{label}: no column {' and '.join(absent)}; found: {', '.join(headings)}. "
                                  "Send back the file that `palier rejects --output` wrote, with the column mended filled.")  # fmt: skip
            for number, fields in enumerate(rows, start=2):
                cells = [_without_apostrophe(cell.replace(BREAK, "\n").replace("\x01", "")) for cell in fields]
                row = dict.fromkeys(HEADINGS, "") | dict(zip(headings, cells, strict=False))
                if row["mended"].strip():
                    place = f"{label}, row {number}"
                    if not row["line"].isdecimal():
                        raise PalierError(f"{place}: line is not a number: {row['line']}. Leave that column as it was.")
                    yield row["file"], int(row["line"]), Mend(row["text"], row["mended"], day, place)


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


def _reads_otherwise(mend: Mend, number: int, label: str) -> PalierError:
    return PalierError(f"{mend.place}: line {number} of {label} does not read so any more. "
                       "Take the row out, or write the refused lines anew with `palier rejects --output`.")  # fmt: skip
