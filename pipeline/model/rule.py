"""The rule, once: which tier a partner earns by its metrics, and what is missing. Knows nothing of SQL."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from pipeline.model.version import Version

Metrics = NDArray[np.int64]
"""Shape (cells, metrics), columns in the order of the version's metrics; points in hundredths."""

Ranks = NDArray[np.int64]
"""Shape (cells,): 0 = no tier, 1 = the lowest tier, …; -1 = a label that the rulebook does not know."""

NOT_ASKED = np.iinfo(np.int64).min
NO_WAY = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Ladder:
    """The minimums of each tier, lowest first. Shape of `minimums`: (tiers, ways, metrics), units as in Metrics."""

    minimums: NDArray[np.int64]

    @classmethod
    def of(cls, version: Version, track: str | None = None) -> "Ladder":
        """The ladder of a version, as a track asks for it; what a tier does not ask is a minimum that everyone meets.

        A tier that asks nothing at all is given by label: points do not earn it.
        """
        tiers = version.tiers_of(track)
        most = max(len(tier.ways()) for tier in tiers)
        minimums = np.full((len(tiers), most, len(version.metrics)), NO_WAY)
        for at, tier in enumerate(tiers):
            for way, asked in enumerate(tier.ways() if tier.is_earned else []):
                minimums[at, way] = [in_units(asked.get(m), version.counts(m)) for m in version.metrics]
        return cls(minimums)


def in_units(minimum: Decimal | None, counts: str) -> int:
    """A minimum in the units of Metrics: points in hundredths; None = not asked."""
    if minimum is None:
        return NOT_ASKED
    return int(minimum * 100) if counts == "points" else int(minimum)


def earned(cells: Metrics, ladder: Ladder) -> Ranks:
    """Rank of the highest tier of which one way is met in every minimum, and so are all tiers below; 0 = none.

    Shape: (cells,). Minimums are inclusive.
    """
    ranks: Ranks = np.zeros(len(cells), np.int64)
    climbs = np.ones(len(cells), bool)
    for ways in ladder.minimums:
        meets = np.zeros(len(cells), bool)
        for way in ways:
            met = climbs.copy()
            for metric in np.flatnonzero(way != NOT_ASKED):
                met &= cells[:, metric] >= way[metric]
            meets |= met
        climbs = meets
        ranks += climbs
    return ranks


def missing(cells: Metrics, ladder: Ladder) -> NDArray[np.int64]:
    """What each cell lacks for each tier, all tiers below included. Shape: (cells, tiers, metrics); 0 = nothing.

    Of several ways that is the one that lacks the fewest metrics, then the least in all (a point is 100).
    """
    lacking = np.zeros((len(cells), *ladder.minimums.shape[::2]), np.int64)
    for tier, ways in enumerate(ladder.minimums):
        needed, held = ways[None, :, :], cells[:, None, :]
        lacks = np.where(needed > held, needed - np.where(needed == NOT_ASKED, 0, held), 0)
        lacks = np.where((needed == NO_WAY), NO_WAY, lacks)
        order = np.count_nonzero(lacks, axis=2) * 2**50 + np.minimum(lacks, 2**40).sum(axis=2)
        best = order.argmin(axis=1)
        lacking[:, tier] = lacks[np.arange(len(cells)), best]
    return np.maximum.accumulate(lacking, axis=1)


def labelled(labels: list[str], version: Version) -> Ranks:
    """Rank of the tier that a roster's label names: '' is none (0), a word that is no tier is unknown (-1).

    A label names a tier by its title or its id, without regard to case.
    """
    ranks = {tier.title.casefold(): rank for rank, tier in enumerate(version.tier, start=1)}
    ranks |= {"": 0, **version.ranks()}
    return np.array([ranks.get(label.casefold(), -1) for label in labels], np.int64)
