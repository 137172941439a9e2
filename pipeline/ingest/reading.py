"""The search for the source, the delimiter and the heading line that fit a file; found by trying, never guessed."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from pipeline.base.errors import PalierError
from pipeline.ingest.contract import COLUMNS, DAY_OF_FILE, Contracts, Source, folded
from pipeline.ingest.line import piece_of
from pipeline.ingest.notation import Notation

RECORDS_TRIED = 60  # title rows stand above the heading, seldom more than ten
SHOWN = 400


@dataclass(frozen=True)
class Head:
    """The first lines of a text, and where it comes from."""

    path: str  # below data/raw
    text: str
    sheet: str = ""
    has_typed_cells: bool = False  # written from a workbook or Parquet file: tab-delimited, in one notation


@dataclass(frozen=True)
class Reading:
    """How one text is read: by which source, with which delimiter, and where each column stands (1-based)."""

    source: Source
    delimiter: str
    headings: list[str]
    heading_lines: int  # physical lines up to and with the heading; 0 where the contract gives the headings
    positions: dict[str, int]
    file_day: date | None
    sheet: str
    has_typed_cells: bool

    @property
    def first_line(self) -> int:
        """The number of the first line after the heading."""
        return self.heading_lines + 1

    @property
    def hash(self) -> str:
        """Changes with all that a typed line depends on beside the file's bytes."""
        how = self.source.model_dump(exclude={"files", "sheets", "delimiters"})
        parts = (
            how,
            self.delimiter,
            self.headings,
            self.heading_lines,
            self.file_day,
            self.sheet,
            self.has_typed_cells,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def quotes(self) -> bool:
        """Whether a field may stand in quotes."""
        return self.source.quotes or self.has_typed_cells

    @property
    def piece(self) -> str:
        """The pattern of a delimiter and the field after it."""
        return piece_of(self.delimiter, self.quotes)

    @cached_property
    def notation(self) -> Notation:
        """How its days and amounts are written."""
        return self.source.notation(self.has_typed_cells)

    @property
    def columns(self) -> dict[str, str]:
        """Our columns of this kind of file and what they hold."""
        return dict(COLUMNS[self.source.kind])

    @property
    def constants(self) -> dict[str, str | date | Decimal]:
        """What stands in every line, for columns whose heading the file does not have: text, day or points."""
        found: dict[str, str | date | Decimal] = {}
        for name, value in self.source.constants.items():
            if name not in self.positions:
                hundredths = self.notation.hundredths_of(str(value))[0] if self.columns[name] == "points" else None
                found[name] = value if hundredths is None else Decimal(hundredths).scaleb(-2)
        return found

    @property
    def needs(self) -> list[str]:
        """The columns that no line may leave empty and no constant fills."""
        return [name for name in self.source.filled if name not in self.constants]

    @property
    def headings_not_used(self) -> list[str]:
        """Headings that no column of the contract means."""
        used = set(self.positions.values())
        return [name for at, name in enumerate(self.headings, start=1) if at not in used and name.strip()]


@dataclass
class Nearest:
    """The reading that came nearest so far, for the refusal."""

    rank: tuple[int, int] = (-1, -1)
    refusal: PalierError | None = None

    def offer(self, rank: tuple[int, int], refusal: PalierError) -> None:
        """Keep the refusal of what comes nearer."""
        if rank > self.rank:
            self.rank, self.refusal = rank, refusal


def reading_of(contracts: Contracts, head: Head) -> Reading:
    """The reading under which the topmost line holds every required heading; among equals the first source's.

    Raises PalierError that names what was found when there is none.
    """
    sources = contracts.for_path(head.path, head.sheet)
    if not sources:
        patterns = ", ".join(sorted({pattern for source in contracts.source for pattern in source.files}))
        raise PalierError(
            f"data/raw/{head.path}: no source in contracts.toml takes this path. Its `files` are: {patterns}. "
            "Move the file, or add its pattern to the source it comes from."
        )
    nearest = Nearest()
    found = [
        reading
        for source in sources
        for delimiter in (["\t"] if head.has_typed_cells else source.delimiters)
        if (reading := _by(source, delimiter, head, nearest))
    ]
    if not found:
        raise nearest.refusal or PalierError(
            f"{_place(head)}: no column for {' and '.join(sources[0].needs)}: its first lines are blank. "
            "Ask the sender for it again, or take it out of data/raw."
        )
    topmost = min(found, key=lambda reading: (bool(reading.source.headings), reading.heading_lines))
    _refuse_ambiguous(topmost.source, head, topmost.headings)
    _refuse_undated(topmost, head)
    return topmost


def _by(source: Source, delimiter: str, head: Head, nearest: Nearest) -> Reading | None:
    """The reading by one source and delimiter, None when no line meets it."""
    for lines, fields in _records(head.text, delimiter, source.quotes):
        headings = list(source.headings) or fields
        positions = source.positions(headings)
        missing = [name for name in source.needs if name not in positions]
        if source.headings and not missing and len(fields) != len(headings):
            nearest.offer((len(headings), -abs(len(fields) - len(headings))), _refusal_of_given(head, fields, source))
            continue
        if not missing:
            lines = 0 if source.headings else lines
            day = source.file_day(head.path)
            return Reading(source, delimiter, headings, lines, positions, day, head.sheet, head.has_typed_cells)
        nearest.offer((len(positions), len(fields)), _refusal(head, missing, fields, source))
    return None


def _records(text: str, delimiter: str, quotes: bool) -> Iterator[tuple[int, list[str]]]:
    """The first records that are not blank, each with the number of its last physical line.

    A line that is no record, such as a title with one quote, is passed over alone.
    """
    lines = [f"{line}\n" for line in text.lstrip("\ufeff").split("\n")]
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    at = tried = 0
    while at < len(lines) and tried < RECORDS_TRIED:
        reader = csv.reader(lines[at:], delimiter=delimiter, quoting=quoting, strict=True)  # type: ignore[arg-type]
        try:
            fields = [name.replace("\x01", "").strip("\r") for name in next(reader)]
            at += reader.line_num
        except csv.Error:
            fields = []
            at += 1
        if any(name.strip() for name in fields):
            tried += 1
            yield at, fields


def _place(head: Head) -> str:
    return f"data/raw/{head.path}" + (f", sheet {head.sheet}" if head.sheet else "")


def _refusal(head: Head, missing: list[str], headings: list[str], source: Source) -> PalierError:
    """What the nearest reading of a file lacks, what it found, and where to add it."""
    found = ", ".join(" ".join(heading.split()) or "(empty)" for heading in headings)
    found = found if len(found) <= SHOWN else f"{found[:SHOWN]} …"
    return PalierError(
        f"{_place(head)}: no column for {' and '.join(missing)}; found: {found}. "
        f'Add the heading to [source.columns] {missing[0].split(" ")[0]} of "{source.name}" in contracts.toml; '
        "for a new sender add a [[source]] of its own, as docs/own-files.md shows."
    )


def _refusal_of_given(head: Head, fields: list[str], source: Source) -> PalierError:
    """A file without a heading line that has not as many fields as the contract gives headings."""
    found = ", ".join(" ".join(text.split()) or "(empty)" for text in fields)
    return PalierError(
        f"{_place(head)}: {len(source.headings)} headings are given, but the first line has {len(fields)} fields: "
        f'{found[:SHOWN]}. Mend `headings` of "{source.name}" in contracts.toml.'
    )


def _refuse_ambiguous(source: Source, head: Head, headings: list[str]) -> None:
    """Two columns that mean the same: which one holds the truth, only the sender knows."""
    for name, known in source.columns.items():
        meant = [heading for heading in headings if folded(heading) in {folded(word) for word in known}]
        if len(meant) > 1:
            raise PalierError(f"{_place(head)}: {len(meant)} columns for {name}: {', '.join(meant)}. "
                              "Take out or rename all but one and send it again.")  # fmt: skip


def _refuse_undated(found: Reading, head: Head) -> None:
    """A roster without a day is a snapshot of nobody knows when."""
    day = DAY_OF_FILE["roster"]
    if found.source.kind == "roster" and not found.file_day and day not in {*found.positions, *found.constants}:
        raise PalierError(f"{_place(head)}: no snapshot date. Put it in the file's name, for example rosters/2004-03.csv, "
                          f"say with day_in_name how the name writes it, or give a column or a constant {day}.")  # fmt: skip
