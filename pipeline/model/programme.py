"""A rulebook: the tiers, dated versions and benefits of one partner programme, read from TOML and validated whole."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.base.dates import day_before
from pipeline.base.document import Strict, file_hash, read_document, validated
from pipeline.base.errors import PalierError
from pipeline.model.amount import Id, Points
from pipeline.model.mistakes import mistakes_of, unknown_metrics
from pipeline.model.patch import whole_versions
from pipeline.model.version import Attribute, Tier, Version


class Term(Strict):
    """Who may have a benefit from a day on: all conditions named must be met.

    Without tiers and labels: whoever is named for it on the roster. `where` is a roster's column and its words.
    """

    effective: date
    tiers: list[str] = []
    labels: list[str] = []
    where: dict[Attribute, list[str]] = {}
    source: str

    @property
    def has_conditions(self) -> bool:
        """Whether it says more than that one must be named on the roster."""
        return bool(self.tiers or self.labels or self.where)


class Benefit(Strict):
    """A service with its own dates and conditions, apart from the tiers."""

    id: Id
    title: str
    named_in: Literal["contact", "adviser", "account_manager", "coordinator", "technician"] | None = None
    stated_heads: int | None = Field(default=None, ge=1)
    stated_partners: int | None = Field(default=None, ge=0)
    capacity_per_head: int | None = Field(default=None, ge=1)
    capacity: int | None = Field(default=None, ge=0)
    term: list[Term] = []
    note: str = ""
    source: str

    def term_on(self, day: date) -> Term | None:
        """The term in force on a day, None before the first."""
        return next((term for term in reversed(self.term) if term.effective <= day), None)


class Activity(Strict):
    """Something that earns points: its category, the usual value of one entry, and whether a partner has it only once."""

    id: str
    category: str | None = None
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
    return read_document(path, Programme, _place, _prepared), file_hash(path)


def programme_from(path: Path, document: dict[str, Any]) -> Programme:
    """A rulebook from plain values whose patches are applied; `path` is named in mistakes."""
    return validated(path, document, Programme, _place, unknown_metrics(document))


def _prepared(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The document with its patches applied, and what can be told of it before its values are checked."""
    whole, mistakes = whole_versions(document)
    return whole, mistakes + unknown_metrics(whole)


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
