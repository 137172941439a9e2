"""The partners: who they are, which label they carry, and from which roster to which one they are listed."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.sample.activities import DOMAINS
from pipeline.sample.months import APRIL_ROSTER, MARCH_ROSTER, NO_DAY, STILL_THERE, day
from pipeline.sample.regions import REGIONS, SIZE_WEIGHTS, SIZE_ZEAL
from pipeline.sample.text import Whole
from pipeline.sample.words import NASTY_NAMES

PROSPECT, CERTIFIED, GOLD = 0, 1, 2

CASE_PARTNERS = 3000
CASE_GOLD = 200
CASE_CERTIFIED = 1100
CASE_LEFT_EARLIER = 20
CASE_LEFT_IN_APRIL = 8
CASE_JOINED_IN_APRIL = 12
CASE_EARNED_EARLY = 3

DOMAIN_WEIGHTS = (22.0, 12.0, 10.0, 9.0, 8.0, 9.0, 12.0, 5.0, 6.0, 4.0, 3.0)
JOINED_LATER_SHARE = 0.15
CHANGED_SHARE = 0.02


@dataclass(frozen=True)
class Population:
    """One row per partner that is on any roster, in the order of the codes."""

    code: Whole
    label: Whole
    region: Whole
    size: Whole
    domain: Whole
    joined_on: Whole
    listed_from: Whole
    listed_until: Whole
    changed_from: Whole
    spoiled_in: Whole
    zeal: NDArray[np.float64]
    asleep: NDArray[np.bool_]
    earned_early: NDArray[np.bool_]
    awaited: NDArray[np.bool_]
    nasty: Whole

    def __len__(self) -> int:
        return len(self.code)

    def listed_in(self, roster: int) -> NDArray[np.bool_]:
        """Whether each partner is on the roster of that place in ROSTER_MONTHS."""
        return (self.listed_from <= roster) & (roster < self.listed_until)


def scaled(case: int, partners: int) -> int:
    """A number of the founding case, in proportion to the partners asked for; never nobody."""
    return max(1, round(case * partners / CASE_PARTNERS))


def draw_population(partners: int, spoiled: int, generator: np.random.Generator) -> Population:
    """Partners of whom exactly `partners` have a valid line in the March roster; `spoiled` more lines are broken."""
    spoiled_in_march = (spoiled + 2) // 3
    earlier = scaled(CASE_LEFT_EARLIER, partners)
    newcomers = scaled(CASE_JOINED_IN_APRIL, partners)
    people = partners + spoiled_in_march + earlier + newcomers
    listed_from, listed_until = np.zeros(people, dtype=np.int64), np.full(people, STILL_THERE)
    listed_until[-newcomers - earlier : -newcomers] = generator.integers(1, MARCH_ROSTER + 1, earlier)
    listed_from[-newcomers:] = APRIL_ROSTER

    region = generator.choice(len(REGIONS), people, p=_shares([region.weight for region in REGIONS]))
    size = generator.choice(len(SIZE_WEIGHTS), people, p=_shares(SIZE_WEIGHTS))
    zeal = np.array([region.zeal for region in REGIONS])[region] + np.array(SIZE_ZEAL)[size]
    label = _labels(zeal, partners, slice(-newcomers - earlier, -newcomers), generator)
    prospects = generator.permutation(np.flatnonzero(label[:partners] == PROSPECT))
    certified = generator.permutation(np.flatnonzero(label[:partners] == CERTIFIED))

    leaving = scaled(CASE_LEFT_IN_APRIL, partners)
    leaving_certified = leaving // 4
    listed_until[certified[:leaving_certified]] = APRIL_ROSTER
    listed_until[prospects[: leaving - leaving_certified]] = APRIL_ROSTER
    later = prospects[leaving : leaving + round(JOINED_LATER_SHARE * len(prospects))]
    listed_from[later] = generator.integers(1, MARCH_ROSTER + 1, len(later))

    spoiled_in = np.full(people, STILL_THERE)
    spoiled_in[partners : partners + spoiled_in_march] = MARCH_ROSTER
    elsewhere = prospects[-(spoiled - spoiled_in_march) :]
    spoiled_in[elsewhere] = np.where(np.arange(len(elsewhere)) % 2 == 0, 1, 3)
    listed_from[elsewhere] = 0

    joined_on = _joining_days(label, generator)
    earned_early = _marked(people, certified[-scaled(CASE_EARNED_EARLY, partners) :])
    joined_on[earned_early] = generator.integers(day("2002-01-01"), day("2003-06-01"), int(earned_early.sum()))
    nasty = np.zeros(people, dtype=np.int64)
    nasty[generator.permutation(partners)[: len(NASTY_NAMES)]] = np.arange(1, len(NASTY_NAMES) + 1)

    order = np.lexsort((generator.random(people), listed_from))
    return _reordered(
        Population(
            code=np.cumsum(generator.integers(1, 4, people)),
            label=label,
            region=region,
            size=size,
            domain=generator.choice(len(DOMAINS), people, p=_shares(DOMAIN_WEIGHTS)),
            joined_on=joined_on,
            listed_from=listed_from,
            listed_until=listed_until,
            changed_from=np.where(
                generator.random(people) < CHANGED_SHARE, generator.integers(1, STILL_THERE, people), STILL_THERE
            ),
            spoiled_in=spoiled_in,
            zeal=zeal,
            asleep=generator.random(people) < np.array([0.03, 0.004, 0.0])[label],
            earned_early=earned_early,
            awaited=_marked(people, np.array([people - 1])),
            nasty=nasty,
        ),
        order,
    )


def _shares(weights: tuple[float, ...] | list[float]) -> NDArray[np.float64]:
    return np.array(weights) / sum(weights)


def _marked(length: int, rows: Whole) -> NDArray[np.bool_]:
    marks = np.zeros(length, dtype=bool)
    marks[rows] = True
    return marks


def _labels(zeal: NDArray[np.float64], partners: int, left_earlier: slice, generator: np.random.Generator) -> Whole:
    """Labels of old: the eager ones have better chances; those who left early were prospects and a few Certified."""
    label = np.full(len(zeal), PROSPECT)
    ranked = np.argsort(-(1.5 * zeal + generator.gumbel(size=len(zeal)))[:partners])
    gold, certified = scaled(CASE_GOLD, partners), scaled(CASE_CERTIFIED, partners)
    label[ranked[: gold + certified]] = CERTIFIED
    label[ranked[:gold]] = GOLD
    gone = label[left_earlier]
    gone[:] = np.where(generator.random(len(gone)) < 0.3, CERTIFIED, PROSPECT)
    return label


def _joining_days(label: Whole, generator: np.random.Generator) -> Whole:
    early = generator.integers(day("1996-01-08"), day("2001-01-01"), len(label))
    late = generator.integers(day("2001-01-01"), day("2003-06-15"), len(label))
    joined = np.where(generator.random(len(label)) < 0.65, early, late)
    return np.where(label == PROSPECT, NO_DAY, joined)


def _reordered(population: Population, order: Whole) -> Population:
    moved = {field.name: getattr(population, field.name)[order] for field in fields(population) if field.name != "code"}
    return replace(population, **moved)
