"""What each sender's files look like: contracts.toml as a strict model, and the search for the one that fits a file."""

import csv
import fnmatch
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.base.dates import last_day_of_month
from pipeline.base.document import Strict, read_document
from pipeline.base.errors import PalierError, did_you_mean

COLUMNS = {
    "roster": [
        "snapshot_on",
        "partner_id",
        "name",
        "tier",
        "region",
        "city",
        "size_class",
        "primary_domain",
        "joined_on",
        "contact",
        "adviser",
        "account_manager",
        "coordinator",
        "technician",
        "status",
    ],
    "points": [
        "entry_id",
        "partner_id",
        "earned_on",
        "posted_on",
        "category",
        "activity",
        "domain",
        "points",
        "reverses",
    ],
}
TRANSLATED = {"roster": ["tier"], "points": ["category", "activity"]}
REQUIRED = {"roster": ["partner_id"], "points": ["partner_id", "earned_on", "points"]}
FILE_DATE = re.compile(r"(?<!\d)(?=(\d{4})-?(\d{2})(?:-?(\d{2}))?(?!-?\d))")


class Source(Strict):
    """One sender's way of writing one kind of file."""

    name: str
    kind: Literal["roster", "points"]
    files: str
    dates: Literal["yyyy-mm-dd", "dd/mm/yyyy"]
    decimal: Literal[",", "."]
    delimiters: list[Literal[";", ",", "\t", "|"]] = Field(default=[";", ",", "\t", "|"], min_length=1)
    undated: Literal["first", "last"]
    columns: dict[str, list[str]]
    values: dict[str, dict[str, str]] = {}

    @model_validator(mode="after")
    def _columns_are_known(self) -> "Source":
        known = COLUMNS[self.kind]
        for name in [*self.columns, *self.values]:
            if name not in known:
                raise ValueError(f"{self.kind} has no column {name}{did_you_mean(name, known)}")
        for name in self.values:
            if name not in TRANSLATED[self.kind]:
                raise ValueError(f"values.{name}: words are translated only for {' and '.join(TRANSLATED[self.kind])}")
        for name in REQUIRED[self.kind]:
            if name not in self.columns:
                raise ValueError(f"columns.{name} is missing: {self.kind} files cannot be read without it")
        return self

    def positions(self, headings: list[str]) -> dict[str, int]:
        """Our column name → its 1-based position, for each heading met."""
        found = {folded(heading): position for position, heading in reversed(list(enumerate(headings, start=1)))}
        return {
            name: found[folded(heading)]
            for name, known in self.columns.items()
            for heading in known
            if folded(heading) in found
        }

    def file_day(self, path: str) -> date | None:
        """The day in a file's name (2004-03-01, 20040301 or 2004-03), None when it names none."""
        for match in FILE_DATE.finditer(Path(path).name):
            year, month = int(match[1]), int(match[2])
            if 1 <= month <= 12 and year:
                last = last_day_of_month(year, month)
                day = int(match[3]) if match[3] else {"first": 1, "last": last}[self.undated]
                if 1 <= day <= last:
                    return date(year, month, day)
        return None


class Contracts(Strict):
    """All sources, in the order in which they are tried."""

    source: list[Source] = Field(min_length=1)

    def for_path(self, path: str) -> list[Source]:
        """The sources whose pattern fits a path below data/raw."""
        return [source for source in self.source if fnmatch.fnmatch(path, source.files)]


@dataclass(frozen=True)
class Reading:
    """How one file is read: by which source, with which delimiter, and where each column stands (1-based)."""

    source: Source
    delimiter: str
    headings: list[str]
    positions: dict[str, int]
    file_day: date | None

    @property
    def hash(self) -> str:
        """Changes with all that a typed line depends on beside the file's bytes."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def read_contracts(path: Path) -> Contracts:
    """The contracts file, or a PalierError with every mistake in it."""
    return read_document(path, Contracts, _place)


def reading_of(contracts: Contracts, path: str, heading_line: str) -> Reading:
    """The first reading under which the file's heading line holds every required column.

    Raises PalierError that names what was found when there is none.
    """
    sources = contracts.for_path(path)
    if not sources:
        patterns = ", ".join(sorted({source.files for source in contracts.source}))
        raise PalierError(
            f"data/raw/{path}: no source in contracts.toml takes this path. Move it to one of: {patterns}"
        )
    nearest: tuple[int, int] = (-1, -1)
    for source in sources:
        for delimiter in source.delimiters:
            headings = next(csv.reader([heading_line], delimiter=delimiter), [])
            positions = source.positions(headings)
            missing = [name for name in REQUIRED[source.kind] if name not in positions]
            if not missing:
                _refuse_ambiguous(source, path, headings)
                return Reading(source, delimiter, headings, positions, source.file_day(path))
            if (len(positions), len(headings)) > nearest:
                nearest = (len(positions), len(headings))
                refusal = _refusal(path, missing, headings, source)
    raise refusal


def _refusal(path: str, missing: list[str], headings: list[str], source: Source) -> PalierError:
    """What the nearest reading of a file lacks, what it found, and where to add it."""
    found = ", ".join(heading.strip() or "(empty)" for heading in headings)
    return PalierError(
        f"data/raw/{path}: no column for {' and '.join(missing)}; found: {found}. "
        f'Add the heading to [source.columns] {missing[0]} of "{source.name}" in contracts.toml; '
        "for a new sender add a [[source]] of its own, as docs/own-files.md shows."
    )


def _refuse_ambiguous(source: Source, path: str, headings: list[str]) -> None:
    """Two columns that mean the same: which one holds the truth, only the sender knows."""
    for name, known in source.columns.items():
        meant = [heading for heading in headings if folded(heading) in {folded(word) for word in known}]
        if len(meant) > 1:
            raise PalierError(f"data/raw/{path}: {len(meant)} columns for {name}: {', '.join(meant)}. "
                              "Take out or rename all but one and send it again.")  # fmt: skip


def folded(heading: str) -> str:
    """A heading without what people vary: case, spaces, kinds of apostrophe."""
    return " ".join(heading.replace("’", "'").replace("\ufeff", "").split()).casefold()


def _place(data: Any, location: tuple[Any, ...]) -> str:
    """`source "french back office, points", columns.points` for a location in the document."""
    if len(location) < 2:
        return ".".join(map(str, location)) or "document"
    source = data["source"][location[1]]
    has_name = isinstance(source, dict) and "name" in source
    named = f'source "{source["name"]}"' if has_name else f"source {location[1] + 1}"
    rest = ".".join(str(step) for step in location[2:])
    return f"{named}, {rest}" if rest else named
