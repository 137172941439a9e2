"""The rule, once: which tier a partner earns by its metrics, and what is missing. Knows nothing of SQL."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.model.programme import METRICS, Version

Metrics = NDArray[np.int64]
"""Shape (cells, metrics), columns in the order of METRICS; points in hundredths."""

Ranks = NDArray[np.int64]
"""Shape (cells,): 0 = no tier, 1 = the lowest tier, …; -1 = a label that the rulebook does not know."""


@dataclass(frozen=True)
class Ladder:
    """The minimums of each tier, lowest first. Shape of `minimums`: (tiers, metrics), units as in Metrics."""

    minimums: NDArray[np.int64]

    @classmethod
    def of(cls, version: Version) -> "Ladder":
        """The ladder of a rulebook's version; what a tier does not ask is a minimum that everyone meets.

        A tier that asks nothing at all is given by label: points do not earn it.
        """
        nothing = np.iinfo(np.int64).max
        return cls(np.array([
            [in_units(getattr(tier.requires, m), m) if tier.requires.model_fields_set else nothing for m in METRICS]
            for tier in version.tier
        ], np.int64))  # fmt: skip


def in_units(value: object, metric: str) -> int:
    """A minimum in the units of Metrics: points in hundredths; None = no minimum."""
    if value is None:
        return np.iinfo(np.int64).min
    return int(value * 100) if metric == "points" else int(value)  # type: ignore[operator, call-overload]


def earned(cells: Metrics, ladder: Ladder) -> Ranks:
    """Rank of the highest tier whose every minimum, and that of all tiers below, is met; 0 = none. Shape: (cells,).

    Minimums are inclusive.
    """
    meets = (cells[:, None, :] >= ladder.minimums[None, :, :]).all(axis=2)
    ranks: Ranks = np.logical_and.accumulate(meets, axis=1).sum(axis=1, dtype=np.int64)
    return ranks


def missing(cells: Metrics, ladder: Ladder) -> NDArray[np.int64]:
    """What each cell lacks for each tier, all tiers below included. Shape: (cells, tiers, metrics); 0 = nothing."""
    needed = np.maximum.accumulate(ladder.minimums, axis=0)[None, :, :]
    return np.where(needed > cells[:, None, :], needed - cells[:, None, :], 0)


def labelled(labels: list[str], version: Version) -> Ranks:
    """Rank of the tier that a roster's label names: '' is none (0), a word that is no tier is unknown (-1).

    A label names a tier by its title or its id, without regard to case.
    """
    ranks = {tier.title.casefold(): rank for rank, tier in enumerate(version.tier, start=1)}
    ranks |= {"": 0, **version.ranks()}
    return np.array([ranks.get(label.casefold(), -1) for label in labels], np.int64)
