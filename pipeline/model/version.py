"""One dated version of the rules: what is measured, what each tier asks, and how a tier is held."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.base.document import Strict
from pipeline.model.amount import Id, Months, Of, Points, Window

Attribute = Literal["region", "city", "size_class", "primary_domain", "status"]
BUILT_IN = {"points": "points", "domains": "domain"}
"""The metrics of every version and what they count."""


class Metric(Strict):
    """A number that a tier may ask of a partner, beside his points and his domains.

    counts: the sum of points, the number of entries, or how many different categories, activities or domains.
    """

    id: Id
    counts: Literal["points", "entries", "category", "activity", "domain"]
    of: Of = Of()
    most: Points | None = Field(default=None, gt=0)
    source: str


class Cap(Strict):
    """The most points that some entries bring together; what is above does not count."""

    id: Id
    of: Of
    points: Points = Field(ge=0)
    source: str


class Best(Strict):
    """Only the best results count, in each stretch of time and in each window.

    A result is one entry, or all that is earned on one day. from_day, until: the days it is about, half-open.
    """

    id: Id
    of: Of = Of()
    results: int = Field(ge=1, le=1000)
    result: Literal["entry", "day"] = "entry"
    per: Literal["window", "year", "half-year", "quarter", "month"] = "window"
    from_day: date | None = None
    until: date | None = None
    source: str


class Worth(Strict):
    """What the first, second, … entry brings, whatever the file says; the last value goes on for all further ones."""

    id: Id
    of: Of
    points: list[Points] = Field(min_length=1, max_length=1000)
    source: str


class Expiry(Strict):
    """Entries that age out some months after they were earned."""

    id: Id
    of: Of
    months: Months
    source: str


def _requirements(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"must name metrics and their minimums, such as points = 50; found {value!r}")
    return value


Requirements = Annotated[dict[str, Annotated[Points, Field(ge=0)]], BeforeValidator(_requirements)]
"""Metric → its minimum, inclusive. What is not named is not asked."""


class Tier(Strict):
    """One step of the ladder: it asks all of `requires` and, where there are any, one set of `any_of`."""

    id: Id
    title: str
    requires: Requirements = {}
    any_of: list[Requirements] = Field(default=[], max_length=20)
    source: str

    @property
    def is_earned(self) -> bool:
        """Whether points earn it; a tier that asks nothing is given by label."""
        return bool(self.requires or self.any_of)

    def ways(self) -> list[dict[str, Decimal]]:
        """Each way to reach it: all minimums that must be met together, the higher where two name one metric."""
        return [
            {
                metric: max(way[metric] for way in (self.requires, other) if metric in way)
                for metric in {**self.requires, **other}
            }
            for other in self.any_of or [{}]
        ]


class Asked(Strict):
    """What one tier asks in a track, instead of what it asks otherwise."""

    requires: Requirements = {}
    any_of: list[Requirements] = Field(default=[], max_length=20)


class Track(Strict):
    """Partners with one of these words in the column of `track_by`, and what tiers ask of them instead."""

    id: Id
    of: list[str] = Field(min_length=1)
    tier: dict[str, Asked] = Field(min_length=1)
    source: str


def _a_review(value: Any) -> Any:
    is_months = isinstance(value, list) and all(type(month) is int and 1 <= month <= 12 for month in value)
    if value not in ("always", "anniversary") and not is_months:
        raise ValueError(f"must be 'always', 'anniversary' or a list of months from 1 to 12; found {value!r}")
    return value


Review = Annotated[str | list[int], BeforeValidator(_a_review)]


class Hold(Strict):
    """How a tier is kept although it is not earned any more. Followed from the first of one month to the next.

    grandfathered_until: whoever held a tier the day before these rules keeps it up to that day.
    protected_months: a tier once reached is kept so long. grace_months: it is kept so long after it is earned no more.
    review_up, review_down: when a partner may rise or fall: always, on the first of these months, or in the month of
    his anniversary. downgrade: to the tier that is earned, one step at a time, or never.
    """

    grandfathered_until: date | None = None
    protected_months: Months | None = None
    grace_months: Months | None = None
    review_up: Review = "always"
    review_down: Review = "always"
    downgrade: Literal["earned", "one step", "none"] = "earned"
    source: str


class Version(Strict):
    """The rules from a day on, until the next version."""

    effective: date = Field(gt=date.min)
    standing_by: Literal["label", "points"]
    window: Window = "all time"
    metric: list[Metric] = Field(default=[], max_length=30)
    cap: list[Cap] = []
    best: list[Best] = []
    worth: list[Worth] = []
    expiry: list[Expiry] = []
    tier: list[Tier] = Field(min_length=1, max_length=30)
    track_by: Attribute | None = None
    track: list[Track] = []
    hold: Hold | None = None
    source: str

    @property
    def metrics(self) -> list[str]:
        """What is measured, in the order of the columns of Metrics: points, domains, then the version's own."""
        return [*BUILT_IN, *(metric.id for metric in self.metric)]

    def counts(self, metric: str) -> str:
        """What a metric counts: points, entries, category, activity or domain."""
        return BUILT_IN.get(metric) or next(own.counts for own in self.metric if own.id == metric)

    def thresholds(self) -> list[tuple[Tier, Decimal]]:
        """The tiers that points decide and the points that each asks for, lowest first; none where labels decide."""
        if self.standing_by == "label":
            return []
        return [(tier, tier.requires["points"]) for tier in self.tier if "points" in tier.requires]

    def ranks(self) -> dict[str, int]:
        """Tier id → its rank from 1; 0 is no tier."""
        return {tier.id: rank for rank, tier in enumerate(self.tier, start=1)}

    def tiers_of(self, track: str | None = None) -> list[Tier]:
        """The tiers as a track asks for them; None for partners in no track."""
        asked = next((one.tier for one in self.track if one.id == track), {})
        return [tier.model_copy(update=dict(asked[tier.id]) if tier.id in asked else {}) for tier in self.tier]
