"""A rulebook: the tiers, dated versions and benefits of one partner programme, read from TOML and validated whole."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipeline.base.dates import day_before
from pipeline.base.document import Strict, file_hash, read_document
from pipeline.base.errors import PalierError
from pipeline.model.mistakes import mistakes_of

METRICS = ("points", "domains")
MOST_POINTS = 1_000_000_000


def _two_places(value: Any) -> Any:
    """An exact decimal of at most two places from a TOML integer or float."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"must be a number; found {value!r}")
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact) >= MOST_POINTS:
        raise ValueError(f"must be between 0 and {MOST_POINTS:,}; found {value}")
    if exact != exact.quantize(Decimal("0.01")):
        raise ValueError(f"has more than two decimals: {value}")
    return exact


def _a_window(value: Any) -> Any:
    """All time, a calendar year, or a number of months."""
    is_months = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 600
    if value not in ("all time", "calendar year") and not is_months:
        raise ValueError(f"must be 'all time', 'calendar year' or a number of months from 1 to 600; found {value!r}")
    return value


Points = Annotated[Decimal, BeforeValidator(_two_places)]
Window = Annotated[Literal["all time", "calendar year"] | int, BeforeValidator(_a_window)]


class Requirements(Strict):
    """The minimums of one tier, all inclusive. What is not named is not asked."""

    points: Points | None = Field(default=None, ge=0)
    domains: int | None = Field(default=None, ge=0, le=62)


class Tier(Strict):
    """One step of the ladder and what it asks."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    requires: Requirements = Requirements()
    source: str


class Version(Strict):
    """The rules from a day on, until the next version."""

    effective: date = Field(gt=date.min)
    standing_by: Literal["label", "points"]
    window: Window = "all time"
    tier: list[Tier] = Field(min_length=1)
    source: str

    def thresholds(self) -> list[tuple[Tier, Decimal]]:
        """The tiers that points decide and the points that each asks for, lowest first; none where labels decide."""
        if self.standing_by == "label":
            return []
        return [(tier, tier.requires.points) for tier in self.tier if tier.requires.points is not None]

    def ranks(self) -> dict[str, int]:
        """Tier id → its rank from 1; 0 is no tier."""
        return {tier.id: rank for rank, tier in enumerate(self.tier, start=1)}


class Term(Strict):
    """Who may have a benefit from a day on. Without tiers: whoever is named for it on the roster."""

    effective: date
    tiers: list[str] = []
    source: str


class Benefit(Strict):
    """A service with its own dates and conditions, apart from the tiers."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    named_in: Literal["contact", "adviser", "account_manager", "coordinator", "technician"] | None = None
    stated_heads: int | None = Field(default=None, ge=1)
    stated_partners: int | None = Field(default=None, ge=0)
    capacity_per_head: int | None = Field(default=None, ge=1)
    term: list[Term] = []
    note: str = ""
    source: str

    def term_on(self, day: date) -> Term | None:
        """The term in force on a day, None before the first."""
        return next((term for term in reversed(self.term) if term.effective <= day), None)


class Activity(Strict):
    """Something that earns points: the usual value of one entry, and whether a partner has it only once."""

    id: str
    points: Points = Field(gt=0)
    once: bool = False
    note: str = ""
    source: str


class Fact(Strict):
    """One fact of the case, and where Palier shows it."""

    id: str
    text: str
    on: date | None = None
    shown: str
    source: str


class Programme(Strict):
    """One partner programme."""

    title: str
    summary: str
    domains: list[str] = []
    version: list[Version] = Field(min_length=1)
    benefit: list[Benefit] = []
    activity: list[Activity] = []
    fact: list[Fact] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> "Programme":
        if mistakes := mistakes_of(self):
            raise ValueError("\n  ".join(mistakes))
        return self

    def version_on(self, day: date) -> Version:
        """The version in force: the one with the greatest effective day on or before `day`."""
        found = next((version for version in reversed(self.version) if version.effective <= day), None)
        if found is None:
            raise PalierError(
                f"{self.title}: no rules are in force on {day}; the first version is of {self.version[0].effective}. "
                "Ask about that day or a later one."
            )
        return found

    def cut_over_days(self, before: date | None = None, after: date | None = None) -> tuple[date, date]:
        """The days to compare: by default the day of the newest version, and the day before it."""
        later = after or self.version[-1].effective
        earlier = before or day_before(later)
        if earlier >= later:
            raise PalierError(f"before {earlier} is not earlier than after {later}. Give an earlier --before.")
        return earlier, later

    def tiers(self) -> list[Tier]:
        """The tiers of the newest version, lowest first."""
        return self.version[-1].tier

    def title_of(self, tier: str) -> str:
        """A tier's title; the id itself for `none` and `unknown`."""
        titles = {step.id: step.title for version in self.version for step in version.tier}
        return titles.get(tier, {"none": "No tier", "unknown": "Unknown label"}.get(tier, tier))


def read_programme(path: Path) -> tuple[Programme, str]:
    """The rulebook and the hash of its file. Raises PalierError with every mistake in it."""
    return read_document(path, Programme, _place), file_hash(path)


def _place(data: Any, location: tuple[Any, ...]) -> str:
    """`version 2004-04-01, tier gold, requires.points` for a location in the document."""
    steps: list[str] = []
    rest: list[str] = []
    here = data
    for step in location:
        here = here[step] if isinstance(here, list | dict) and _has(here, step) else None
        if isinstance(step, int):
            name = here.get("id", here.get("effective", step + 1)) if isinstance(here, dict) else step + 1
            steps.append(f"{rest.pop()} {name}" if rest else str(name))
        else:
            rest.append(str(step))
    return ", ".join([*steps, ".".join(rest)] if rest else steps) or "rulebook"


def _has(container: Any, step: Any) -> bool:
    return step in container if isinstance(container, dict) else isinstance(step, int) and step < len(container)
