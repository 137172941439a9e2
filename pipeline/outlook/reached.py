"""The tiers that partners reach with what comes on top: the one rule, on sums of pools."""

import numpy as np

from pipeline.model.measured import Measured, earned_by_track
from pipeline.model.metric import Pooled, metrics_of
from pipeline.model.rule import Ranks
from pipeline.outlook.rate import Real


def reached(base: Measured, more: Pooled) -> Ranks:
    """The rank of each partner with what comes on top of `base`. more: shape (pools, partners). Shape: (partners,)."""
    pooled = Pooled(
        base.pooled.points + more.points,
        base.pooled.entries + more.entries,
        {dimension: bits | more.bits[dimension] for dimension, bits in base.pooled.bits.items()},
    )
    return earned_by_track(metrics_of(base.kinds, pooled), base.track, base.kinds.version)


def at_or_above(ranks: Ranks, tiers: int) -> Real:
    """1 where a partner stands at a tier or a higher one. Shape: (partners, tiers)."""
    return (ranks[:, None] > np.arange(tiers)).astype(np.float64)
