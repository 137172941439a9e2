"""What happens to entries on their way: reversed, corrected, repeated, spoiled and sent again."""

from dataclasses import dataclass, fields, replace

import numpy as np

from pipeline.sample.activities import CONFERENCE, CORRECTED, REFERENCE
from pipeline.sample.lines import Lines, stacked
from pipeline.sample.months import APRIL, CUT_OVER, FIRST_DAY, LAST_DAY, days_in, month_of, workday
from pipeline.sample.spoil import DAMAGES
from pipeline.sample.text import Whole


@dataclass(frozen=True)
class Traits:
    """How many lines of each kind there are; `repeats` are split between small entries and competencies."""

    april: int
    reversals: int
    corrections: int
    repeats: int
    unknown: int
    spoiled: int
    redelivered: int

    def extra_lines(self) -> int:
        """Lines beyond one per activity: a reversal needs the mistaken entry that it cancels."""
        return self.april + 2 * self.reversals + self.corrections + self.repeats + self.unknown + self.redelivered

    def portion(self, done: float, now: float) -> "Traits":
        """The share of a stretch of partners; the shares of all stretches add up to the whole."""
        return Traits(
            **{
                field.name: round(getattr(self, field.name) * now) - round(getattr(self, field.name) * done)
                for field in fields(self)
            }
        )


def traits_for(entries: int) -> Traits:
    """Small shares of the entries; spoiled lines grow with the square root only."""
    spoiled = max(len(DAMAGES), round(15 * (entries / 27_000) ** 0.5))
    return Traits(
        april=max(5, round(0.012 * entries)),
        reversals=max(2, round(0.003 * entries)),
        corrections=max(3, round(0.006 * entries)),
        repeats=max(3, round(0.005 * entries)),
        unknown=7,
        spoiled=spoiled,
        redelivered=spoiled // 3,
    )


def with_reversals(lines: Lines, number: int, generator: np.random.Generator) -> Lines:
    """Add `number` small entries booked twice by mistake, and their reversals; `reverses` is a row counted from 1."""
    small = np.flatnonzero((lines.activity >= REFERENCE) & (lines.activity < CONFERENCE) & (lines.posted < CUT_OVER))
    mistaken = lines.at(generator.choice(small, min(number, len(small)), replace=False))
    posted = workday(np.minimum(mistaken.posted + generator.integers(4, 60, len(mistaken)), LAST_DAY))
    reverses = len(lines) + 1 + np.arange(len(mistaken))
    return stacked([lines, mistaken, replace(mistaken, posted=posted, delivered=posted, reverses=reverses)])


def with_entry_numbers(lines: Lines, used: int) -> Lines:
    """Number the entries from `used` + 1 on in the order of their posting, and point reversals at numbers."""
    entry = np.empty(len(lines), dtype=np.int64)
    entry[np.argsort(lines.posted, kind="stable")] = used + 1 + np.arange(len(lines))
    reverses = np.where(lines.reverses > 0, entry[lines.reverses - 1], 0)
    return replace(lines, entry=entry, reverses=reverses)


def with_accidents(lines: Lines, traits: Traits, already_spoiled: int, generator: np.random.Generator) -> Lines:
    """Add corrections and repeats, and spoil a few lines; no entry meets two accidents."""
    untouched = ~np.isin(lines.entry, lines.reverses) & (lines.reverses == 0) & (lines.posted < CUT_OVER)
    small = np.flatnonzero(untouched & (lines.activity >= REFERENCE) & (lines.activity != CONFERENCE))
    competencies = np.flatnonzero(untouched & (lines.activity < REFERENCE))
    big_repeats = min(traits.repeats // 4, len(competencies))
    wanted = np.array([traits.corrections, traits.spoiled, traits.repeats - big_repeats])
    picked = generator.choice(small, min(int(wanted.sum()), len(small)), replace=False)
    corrected, spoiled, repeated = np.split(picked, np.cumsum(wanted)[:2])
    repeated = np.concatenate([repeated, generator.choice(competencies, big_repeats, replace=False)])

    damage = np.zeros(len(lines), dtype=np.int64)
    damage[spoiled] = 1 + (already_spoiled + np.arange(len(spoiled))) % len(DAMAGES)
    again = spoiled[: traits.redelivered]
    return stacked(
        [
            replace(lines, damage=damage),
            _corrections(lines.at(corrected), generator),
            _repeats(lines.at(repeated), generator),
            _posted_later(lines.at(again), generator),
        ]
    )


def in_order_of_delivery(lines: Lines) -> Lines:
    """The lines as they stand in the files."""
    return lines.at(np.argsort(lines.delivered, kind="stable"))


def _posted_later(lines: Lines, generator: np.random.Generator) -> Lines:
    """The same lines, posted in one of the three months after."""
    month = np.minimum(month_of(lines.delivered) + generator.integers(1, 4, len(lines)), APRIL)
    posted = days_in(month, np.full(len(lines), FIRST_DAY), generator)
    return replace(lines, posted=posted, delivered=posted)


def _corrections(lines: Lines, generator: np.random.Generator) -> Lines:
    """The same entries with other content: another number of points, or another domain for a reference."""
    other_domain = 1 + (lines.domain + generator.integers(0, 10, len(lines))) % 11
    domain = np.where(lines.activity == REFERENCE, other_domain, lines.domain)
    return _posted_later(replace(lines, activity=CORRECTED[lines.activity], domain=domain), generator)


def _repeats(lines: Lines, generator: np.random.Generator) -> Lines:
    """The very same lines again, half of them on the same day, the others up to two months later."""
    wait: Whole = generator.integers(0, 60, len(lines)) * generator.integers(0, 2, len(lines))
    return replace(lines, delivered=workday(np.minimum(lines.delivered + wait, LAST_DAY)))
