"""Forecasts made for days that have come since, and how far the common shock goes by what they missed."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.outlook.baseline import BASELINES
from pipeline.outlook.draw import AXIS, Coins
from pipeline.outlook.rate import Real, Whole

SUPPOSED, OWN = 0.08, 0.04
"""Standard deviations of the log increment over 26 weeks, before anything is learned: common to all tiers, and each tier's own."""
SUPPOSED_WEIGHT = 3.0
FEW, LEAST_OF_FEW, LEAST = 5, 0.07, 0.04
"""With fewer independent windows than 5 the common one is never less than 0.07, then never less than 0.04."""
HALF_YEAR = 182.0
MODEL = "model"
METHODS = (MODEL, *BASELINES)


@dataclass(frozen=True)
class Past:
    """One forecast and what came. chances: by method, shape (partners, tiers); base, came: ranks, shape (partners,)."""

    origin: date
    on: date
    chances: dict[str, Real]
    base: Whole
    came: Whole

    @property
    def days(self) -> int:
        """The horizon."""
        return (self.on - self.origin).days

    @property
    def truth(self) -> Whole:
        """Partners at each tier or a higher one on the day. Shape: (tiers,)."""
        return np.array([(self.came > tier).sum() for tier in range(self.chances[MODEL].shape[1])], np.int64)

    @property
    def nothing_new(self) -> Whole:
        """Those of them who needed nothing new. Shape: (tiers,)."""
        return np.array([(self.base > tier).sum() for tier in range(self.chances[MODEL].shape[1])], np.int64)

    def missed(self, method: str) -> tuple[float, float] | None:
        """The mean square of the shocks that would have made what came of each tier, and what coins alone make of it.

        A square of each tier, not of their mean: a tier missed low does not make up for one missed high. None where less
        than one partner was expected to rise to any tier.
        """
        offs, noises = [], []
        for at in range(len(self.truth)):
            coins = Coins.of(self.chances[method][:, at], np.zeros(len(self.came)))
            mean, variance = coins.moments()
            here = len(AXIS) // 2
            if mean[here] + coins.sure - self.nothing_new[at] < 1:
                continue
            slope = float(mean[here + 1] - mean[here - 1]) / float(AXIS[here + 1] - AXIS[here - 1])
            offs.append(float(np.interp(self.truth[at] - coins.sure, mean, AXIS)))
            noises.append(float(variance[here]) / max(slope, 1e-9) ** 2)
        if not offs:
            return None
        weight = 1 / (np.array(noises) + OWN**2)
        own = OWN**2 * self.days / HALF_YEAR
        return float(np.average(np.square(offs), weights=weight)), float(np.average(noises, weights=weight)) + own


def independent(pasts: list[Past]) -> float:
    """How many windows of the pasts' length do not overlap: fewer than there are forecasts."""
    if not pasts:
        return 0.0
    covered = sorted((past.origin.toordinal(), past.on.toordinal()) for past in pasts)
    days, reach = 0, 0
    for begins, ends in covered:
        days += max(0, ends - max(begins, reach))
        reach = max(reach, ends)
    return days / float(np.mean([past.days for past in pasts]))


def common_shock(pasts: list[Past], days: int, method: str = MODEL) -> float:
    """Standard deviation of the log increment over `days` that is common to all tiers, learned from past forecasts."""
    windows = independent(pasts)
    variance = SUPPOSED**2
    found = [(past.missed(method), past.days) for past in pasts]
    over = [(told[0] - told[1]) * HALF_YEAR / length for told, length in found if told]
    if over:
        variance = (SUPPOSED_WEIGHT * variance + windows * max(float(np.mean(over)), 0.0)) / (SUPPOSED_WEIGHT + windows)
    least = LEAST_OF_FEW if windows < FEW else LEAST
    return max(float(np.sqrt(variance)), least) * float(np.sqrt(max(days, 1) / HALF_YEAR))
