"""How many points each partner shall stand at on the cut-over, and the activities that add up to them."""

import numpy as np
from numpy.typing import NDArray

from pipeline.sample.activities import (
    ACTIVITIES,
    CONFERENCE,
    FIRST_COMPETENCY,
    FURTHER_COMPETENCY,
    REFERENCE,
    STAFF_ONE,
    STAFF_THREE,
    STAFF_TWO,
    SURVEY_FIVE,
)
from pipeline.sample.months import APRIL_ROSTER
from pipeline.sample.population import PROSPECT, Population
from pipeline.sample.text import Whole

MEDIAN_POINTS = np.array([14.0, 53.0, 103.0])
SPREAD = np.array([0.82, 0.28, 0.28])
MANAGED_LEAD = np.array([1.0, 1.62, 1.18])
"""By label: partners with an account manager stand somewhat higher."""

IDLE_SHARE_OF_PROSPECTS = 0.3
AWAITED_POINTS = 58
MODEST_SHARE, STAFF_CAP = 0.6, 39
"""Most partners stay below the cap on points for certified staff that scenarios set."""


def draw_targets(population: Population, managed: NDArray[np.bool_], generator: np.random.Generator) -> Whole:
    """Points by the cut-over: labels tell something of them, not all, and some partners run for a threshold."""
    people = len(population)
    label = population.label
    zeal = population.zeal - population.zeal.mean()
    median = MEDIAN_POINTS[label] * np.where(managed, MANAGED_LEAD[label], 1.0)
    points = np.exp(np.log(median) + 0.6 * zeal + SPREAD[label] * generator.normal(size=people))
    targets = np.maximum(np.round(points).astype(np.int64), 1)
    targets = _pulled(targets, (40, 49), (45, 49), 0.35, generator)
    targets = _pulled(targets, (42, 49), (50, 52), 0.25, generator)
    targets = _pulled(targets, (48, 52), (50, 50), 0.15, generator)
    targets = _pulled(targets, (92, 119), (110, 119), 0.35, generator)
    targets = _pulled(targets, (108, 119), (120, 124), 0.22, generator)
    targets = _pulled(targets, (116, 124), (120, 120), 0.20, generator)
    targets[(label == PROSPECT) & (generator.random(people) < IDLE_SHARE_OF_PROSPECTS)] = 0
    targets[population.listed_from == APRIL_ROSTER] = 0
    targets[population.awaited] = AWAITED_POINTS
    return targets


def _pulled(
    targets: Whole, caught: tuple[int, int], onto: tuple[int, int], share: float, generator: np.random.Generator
) -> Whole:
    """A share of the partners inside one range of points, pulled into another."""
    chosen = (targets >= caught[0]) & (targets <= caught[1]) & (generator.random(len(targets)) < share)
    return np.where(chosen, generator.integers(onto[0], onto[1] + 1, len(targets)), targets)


def draw_activities(targets: Whole, generator: np.random.Generator) -> Whole:
    """How often each partner did each activity, adding up to the targets. Shape: (partners, activities)."""
    counts = np.zeros((len(targets), len(ACTIVITIES)), dtype=np.int64)
    counts[:, FIRST_COMPETENCY] = (targets >= 50) & (generator.random(len(targets)) < 0.93)
    left = targets - 50 * counts[:, FIRST_COMPETENCY]

    further = generator.binomial(np.minimum(left // 25, 10), 0.72) * counts[:, FIRST_COMPETENCY]
    counts[:, FURTHER_COMPETENCY] = further
    left -= 25 * further

    asked = (left >= 5) & (generator.random(len(targets)) < 0.12)
    steps = generator.integers(1, np.clip(left // 5, 1, 8) + 1)
    surveyed = np.flatnonzero(asked)
    counts[surveyed, SURVEY_FIVE + steps[surveyed] - 1] = 1
    left -= np.where(asked, 5 * steps, 0)

    attendees = np.minimum(generator.integers(0, 4, len(targets)) * (generator.random(len(targets)) < 0.3), left)
    counts[:, CONFERENCE] = attendees
    left -= attendees

    staff = np.round(left * generator.beta(2.0, 2.0, len(targets))).astype(np.int64)
    modest = generator.random(len(targets)) < MODEST_SHARE
    staff = np.where(modest, np.minimum(staff, STAFF_CAP), staff)
    counts[:, REFERENCE] = (left - staff) // 2
    staff = left - 2 * counts[:, REFERENCE]
    counts[:, STAFF_THREE] = generator.binomial(staff // 3, 0.6)
    staff -= 3 * counts[:, STAFF_THREE]
    counts[:, STAFF_TWO] = generator.binomial(staff // 2, 0.65)
    counts[:, STAFF_ONE] = staff - 2 * counts[:, STAFF_TWO]
    return counts


def resized(counts: Whole, entries: int, generator: np.random.Generator) -> Whole:
    """The same partners with `entries` entries in all: some left out, or small ones added, mostly to a few giants."""
    natural = int(counts.sum())
    if entries < natural:
        kept = generator.multivariate_hypergeometric(counts.ravel(), entries, method="marginals")
        return np.asarray(kept.reshape(counts.shape))
    active = counts.sum(axis=1) > 0
    weight = np.exp(2.0 * generator.normal(size=len(counts))) * active
    extra = generator.multinomial(entries - natural, weight / weight.sum())
    grown = counts.copy()
    small = [REFERENCE, STAFF_ONE, STAFF_TWO, STAFF_THREE]
    grown[:, small] += generator.multinomial(extra, [0.55, 0.20, 0.15, 0.10])
    return grown
