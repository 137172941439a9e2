"""The point lines of a stretch of partners, as columns; deliveries and mistakes are added to them later."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from pipeline.sample.activities import (
    CONFERENCE,
    FIRST_COMPETENCY,
    FURTHER_COMPETENCY,
    REFERENCE,
    STAFF_THREE,
)
from pipeline.sample.months import (
    APRIL,
    APRIL_ROSTER,
    FIRST_DAY,
    LAST_DAY,
    MARCH,
    OPENING,
    STILL_THERE,
    days_in,
    workday,
)
from pipeline.sample.population import Population
from pipeline.sample.text import Whole

PACE = np.array(
    [
        [0.36, 0.05, 0.055, 0.06, 0.11, 0.155, 0.21],
        [0.50, 0.045, 0.05, 0.055, 0.085, 0.115, 0.15],
        [0.58, 0.045, 0.05, 0.05, 0.075, 0.09, 0.11],
    ]
)
"""Share of its points that each label collects up to September and in each month up to March: all run at the end."""

LATE_SHARE = 0.04
TYPICAL_DELAY_DAYS = 6
EARNED_EARLY_BY_DAYS = 15


@dataclass(frozen=True)
class Lines:
    """One row per line; `delivered` is the day that decides on its file, `reverses` and `damage` are 0 for most."""

    entry: Whole
    partner: Whole
    activity: Whole
    domain: Whole
    earned: Whole
    posted: Whole
    delivered: Whole
    reverses: Whole
    damage: Whole

    def __len__(self) -> int:
        return len(self.entry)

    def at(self, rows: Whole) -> "Lines":
        """The lines of those rows."""
        return Lines(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def stacked(parts: Sequence[Lines]) -> Lines:
    """All lines of the parts, one part after the other."""
    return Lines(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Lines)}
    )


def drawn_lines(population: Population, first: int, counts: Whole, generator: np.random.Generator) -> Lines:
    """One line per counted activity of the partners from row `first` on, each on a day that suits its partner."""
    partners, activities = counts.shape
    each = counts.ravel()
    partner = np.repeat(np.repeat(np.arange(first, first + partners), activities), each)
    activity = np.repeat(np.tile(np.arange(activities), partners), each)
    ordinal = np.arange(len(partner)) - np.repeat(np.cumsum(each) - each, each)

    earliest = np.maximum(population.joined_on[partner], FIRST_DAY)
    posted = days_in(_months(population, partner, generator), earliest, generator)
    late = generator.random(len(partner)) < LATE_SHARE
    delay = np.where(
        late,
        generator.integers(45, 240, len(partner)),
        generator.exponential(TYPICAL_DELAY_DAYS, len(partner)).astype(np.int64),
    )
    earned = np.maximum(posted - delay, earliest)
    lines = _new(partner, activity, _domains(population, partner, activity, ordinal, generator), earned, posted)
    return _earned_before_joining(_first_competency_first(lines), population)


def april_lines(population: Population, eligible: Whole, number: int, generator: np.random.Generator) -> Lines:
    """A few small entries of the first days of April."""
    number = number if len(eligible) else 0
    partner = generator.choice(eligible, number) if number else eligible[:0]
    activity = generator.integers(REFERENCE, STAFF_THREE + 1, number)
    posted = days_in(np.full(number, APRIL), np.full(number, FIRST_DAY), generator)
    earned = np.maximum(posted - generator.integers(0, 25, number), FIRST_DAY)
    earned = np.maximum(earned, population.joined_on[partner])
    none = np.zeros(number, dtype=np.int64)
    return _new(partner, activity, _domains(population, partner, activity, none, generator), earned, posted)


def still_active(population: Population, first: int, last: int) -> Whole:
    """Partners of a stretch that may still earn points in April."""
    return first + np.flatnonzero(population.listed_until[first:last] == STILL_THERE)


def unknown_lines(first_code: int, number: int, generator: np.random.Generator) -> Lines:
    """Entries of codes that are on no roster."""
    partner = first_code + np.arange(number) % 3
    activity = generator.integers(REFERENCE, STAFF_THREE + 1, number)
    months = generator.integers(OPENING, APRIL, number)
    posted = days_in(months, np.full(number, FIRST_DAY), generator)
    return _new(partner, activity, np.zeros(number, dtype=np.int64), posted.copy(), posted)


def _new(partner: Whole, activity: Whole, domain: Whole, earned: Whole, posted: Whole) -> Lines:
    none = np.zeros(len(partner), dtype=np.int64)
    return Lines(none, partner, activity, domain, earned, posted, posted, none, none)


def _months(population: Population, partner: Whole, generator: np.random.Generator) -> Whole:
    """A month for each line, between the partner's first roster and his last, by the pace of his label."""
    edges = np.concatenate([np.zeros((len(PACE), 1)), np.cumsum(PACE, axis=1)], axis=1)
    listed_from, listed_until = population.listed_from, population.listed_until
    first = np.where(listed_from == 0, OPENING, np.minimum(listed_from + 1, MARCH))
    first = np.where(population.awaited, MARCH - 1, first)[partner]
    last = np.where(listed_from == APRIL_ROSTER, MARCH, np.minimum(listed_until, MARCH))[partner]
    label = population.label[partner]
    low, high = edges[label, first], edges[label, last + 1]
    place = low + generator.random(len(partner)) * (high - low)
    month = np.zeros(len(partner), dtype=np.int64)
    for edge in range(1, MARCH + 1):
        month += place >= edges[label, edge]
    return np.clip(month, first, last)


def _domains(
    population: Population, partner: Whole, activity: Whole, ordinal: Whole, generator: np.random.Generator
) -> Whole:
    """Domains counted from 1: always for competencies, all different; often for references and staff."""
    main = population.domain[partner]
    stride = 1 + partner % 10
    chance = generator.random(len(partner))
    other = np.where(chance < 0.65, 1 + generator.integers(0, 11, len(partner)), 0)
    domain = np.where(chance < 0.55, 1 + main, other)
    domain[activity >= CONFERENCE] = 0
    domain = np.where(activity == FURTHER_COMPETENCY, 1 + (main + (1 + ordinal) * stride) % 11, domain)
    return np.where(activity == FIRST_COMPETENCY, 1 + main, domain)


def _first_competency_first(lines: Lines) -> Lines:
    """Swap the days of each partner's competencies so that the first one comes first."""
    rows = np.flatnonzero(lines.activity <= FURTHER_COMPETENCY)
    order = rows[np.lexsort((lines.posted[rows], lines.earned[rows], lines.partner[rows]))]
    earned, posted = lines.earned.copy(), lines.posted.copy()
    earned[rows], posted[rows] = earned[order], posted[order]
    return replace(lines, earned=earned, posted=posted, delivered=posted)


def _earned_before_joining(lines: Lines, population: Population) -> Lines:
    """For the few partners marked so, move their first line to days before they joined."""
    firsts = np.flatnonzero(np.diff(lines.partner, prepend=-1) != 0)
    rows = firsts[population.earned_early[lines.partner[firsts]]]
    earned = lines.earned.copy()
    earned[rows] = workday(population.joined_on[lines.partner[rows]] - EARNED_EARLY_BY_DAYS)
    return replace(lines, earned=np.minimum(earned, LAST_DAY))
