"""What each sender's files look like: contracts.toml as a strict model."""

import re
import unicodedata
from datetime import date, timedelta
from fnmatch import fnmatch
from functools import cached_property
from itertools import permutations
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from pipeline.base.document import Strict, read_document
from pipeline.base.errors import did_you_mean
from pipeline.ingest.notation import DayPattern, Notation

COLUMNS: dict[str, dict[str, Literal["text", "day", "points"]]] = {
    "roster": {
        "snapshot_on": "day",
        "partner_id": "text",
        "name": "text",
        "tier": "text",
        "region": "text",
        "city": "text",
        "size_class": "text",
        "primary_domain": "text",
        "joined_on": "day",
        "contact": "text",
        "adviser": "text",
        "account_manager": "text",
        "coordinator": "text",
        "technician": "text",
        "status": "text",
    },
    "points": {
        "entry_id": "text",
        "partner_id": "text",
        "earned_on": "day",
        "posted_on": "day",
        "category": "text",
        "activity": "text",
        "domain": "text",
        "points": "points",
        "reverses": "text",
    },
}
"""Our columns of each kind of file, and what a cell of each holds."""

REQUIRED = {"roster": ["partner_id"], "points": ["partner_id", "earned_on", "points"]}
DAY_OF_FILE = {"roster": "snapshot_on", "points": "posted_on"}
"""The column that is the day in the file's name where the file does not say it."""

SAMPLE_DAYS = [
    *(date(2000, 1, 1) + timedelta(days=17 * step) for step in range(500)),
    *(date(year, month, day) for year in range(2000, 2024) for month, day in ((1, 1), (12, 31))),
]


def _as_tuple(value: Any) -> Any:
    """One text where a list of texts may stand."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class Source(Strict):
    """One sender's way of writing one kind of file."""

    name: str
    kind: Literal["roster", "points"]
    files: Texts
    sheets: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    headings: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    dates: Texts
    years_from: int | None = Field(default=None, ge=1900, le=2100)
    decimal: Literal[",", "."]
    split_decimals: bool = False
    units: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    quotes: bool = True
    delimiters: list[Literal[";", ",", "\t", "|"]] = Field(default=[";", ",", "\t", "|"], min_length=1)
    undated: Literal["first", "last"]
    day_in_name: Texts = ("yyyy-mm-dd", "yyyymmdd", "yyyy-mm", "yyyymm")
    required: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    columns: dict[str, list[str]]
    constants: dict[str, str | date] = {}
    values: dict[str, dict[str, str]] = {}

    @model_validator(mode="after")
    def _holds_together(self) -> "Source":
        faults = [*self._faults_of_columns(), *self._faults_of_days(), *self._faults_of_constants()]
        if self.split_decimals and self.decimal != ",":
            faults.append('split_decimals mends decimal commas: it needs decimal = ","')
        if any(not unit.strip() or set(unit) & set("0123456789,.- ") for unit in self.units):
            faults.append("units: a unit holds no digit, decimal mark, minus or space")
        if faults:
            told = (
                InitErrorDetails(type="value_error", ctx={"error": ValueError(fault)}, input=None) for fault in faults
            )
            raise ValidationError.from_exception_data("Source", list(told))
        return self

    def _faults_of_columns(self) -> list[str]:
        known = COLUMNS[self.kind]
        named = [*self.columns, *self.required, *self.constants, *self.values]
        faults = [f"{self.kind} has no column {name}{did_you_mean(name, known)}" for name in named if name not in known]
        faults += [
            f"values.{name}: only words are translated" for name in self.values if known.get(name, "text") != "text"
        ]
        faults += [
            f"values.{name}: an empty word stands for nothing" for name, words in self.values.items() if "" in words
        ]
        faults += [
            f"columns.{name} is missing: {self.kind} files cannot be read without it"
            for name in dict.fromkeys([*REQUIRED[self.kind], *self.required])
            if name not in self.columns and name not in self.constants
        ]
        return faults

    def _faults_of_days(self) -> list[str]:
        patterns = [*map(DayPattern, self.dates), *map(DayPattern, self.day_in_name)]
        faults = [fault for pattern in patterns if (fault := pattern.fault())]
        if faults:
            return faults
        if any(pattern.is_short for pattern in patterns) and self.years_from is None:
            return ["years_from is missing: years of two digits lie in the hundred years from it, for example 1950"]
        for one, other in permutations(self.dates, 2):
            alone = Notation((other,), self.years_from, self.undated, self.decimal)
            written = [(DayPattern(one).written(day), day) for day in SAMPLE_DAYS if self._can_write(one, day)]
            clash = next((text for text, day in written if alone.day_of(text)[0] not in (None, day)), None)
            if clash:
                return [f"dates: {clash} could be read as {one} and as {other}; make two sources of them"]
        return []

    def _can_write(self, pattern: str, day: date) -> bool:
        """Whether a pattern writes this very day (a month does not say which day)."""
        alone = Notation((pattern,), self.years_from, self.undated, self.decimal)
        return alone.day_of(DayPattern(pattern).written(day))[0] == day

    def _faults_of_constants(self) -> list[str]:
        faults = []
        for name, value in self.constants.items():
            kind = COLUMNS[self.kind].get(name, "text")
            if kind == "day" and not isinstance(value, date):
                faults.append(f"constants.{name}: write a date without quotes, for example 2004-03-31")
            elif kind == "points" and (not isinstance(value, str) or self.notation().hundredths_of(value)[0] is None):
                faults.append(f"constants.{name}: write the points between quotes, as the files would")
            elif kind == "text" and not (isinstance(value, str) and value):
                faults.append(f"constants.{name}: write a text between quotes")
        return faults

    def notation(self, has_typed_cells: bool = False) -> Notation:
        """How days and amounts are written; cells with a type of their own come as YYYY-MM-DD and with a point."""
        days = dict.fromkeys([*self.dates, *(["yyyy-mm-dd"] if has_typed_cells else [])])
        marks = self.decimal + ("." if has_typed_cells and self.decimal == "," else "")
        return Notation(tuple(days), self.years_from, self.undated, marks, self.units)

    @cached_property
    def filled(self) -> list[str]:
        """The columns that no line may leave empty."""
        return list(dict.fromkeys([*REQUIRED[self.kind], *self.required]))

    @cached_property
    def needs(self) -> list[str]:
        """The columns without whose heading a file is not of this source."""
        return [name for name in self.filled if name not in self.constants]

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
        """The day in a file's name, by the first of `day_in_name` that finds one; None when it names none."""
        notation = Notation(self.day_in_name, self.years_from, self.undated, self.decimal)
        for pattern in notation.patterns:
            for match in re.finditer(f"(?<![0-9])(?={pattern.regex.pattern}(?!-?[0-9]))", PurePosixPath(path).name):
                found = notation.day_of("".join(_matched(pattern, match)))[0]
                if found:
                    return found
        return None


def _matched(pattern: DayPattern, match: re.Match[str]) -> str:
    """The text that a pattern found inside a look-ahead."""
    begun = pattern.regex.match(match.string, match.start())
    return begun[0] if begun else ""


class Contracts(Strict):
    """All sources, in the order in which they are tried."""

    source: list[Source] = Field(min_length=1)

    def for_path(self, path: str, sheet: str = "") -> list[Source]:
        """The sources with a pattern that fits a path below data/raw, which may end in .gz, and a sheet's name."""
        names = (path, path.removesuffix(".gz"))
        fitting = [one for one in self.source if any(fnmatch(name, known) for known in one.files for name in names)]
        return [
            one for one in fitting if not sheet or not one.sheets or any(fnmatch(sheet, known) for known in one.sheets)
        ]


def read_contracts(path: Path) -> Contracts:
    """The contracts file, or a PalierError with every mistake in it."""
    return read_document(path, Contracts, _place)


def folded(heading: str) -> str:
    """A heading without what people vary or cannot see: case, spaces, apostrophes, composed letters, zero widths."""
    composed = unicodedata.normalize("NFKC", heading).replace("’", "'")
    visible = "".join(letter for letter in composed if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split()).casefold()


def _place(data: Any, location: tuple[Any, ...]) -> str:
    """`source "french back office, points", columns.points` for a location in the document."""
    if len(location) < 2:
        return ".".join(map(str, location)) or "document"
    source = data["source"][location[1]]
    has_name = isinstance(source, dict) and "name" in source
    named = f'source "{source["name"]}"' if has_name else f"source {location[1] + 1}"
    rest = ".".join(str(step) for step in location[2:])
    return f"{named}, {rest}" if rest else named
