"""From chances to counts: partners one by one as coins, and a shock that is common to all of them.

Seasons, campaigns and the model's own error move everyone together, so that coins alone give bands far too narrow. Here
each chance p becomes 1 − (1 − p)^exp(u): to a small chance u is an increment of its logarithm, and no chance leaves 0 to 1.
Given u the count of a tier is a sum of coins: it is drawn as the binomial of the same mean and variance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.outlook.rate import Real, Whole

DRAWS = 20_000
FREEDOM = 5
"""Degrees of freedom of the shock's Student t: surprises are larger than a bell curve has them."""
AXIS = np.linspace(-3.0, 3.0, 121)
FEW = 300
"""Partners whose coins are thrown one by one."""
PARTS = 10_000
"""Chances are told apart to so fine a part."""
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Shocks:
    """Draws of the logarithm by which increments miss. common: shape (draws,); own: (draws, tiers)."""

    common: Real
    own: Real


def shocks(common: float, own: float, tiers: int, seed: int) -> Shocks:
    """Draw shocks of a standard deviation, common to all tiers and each tier's own. The same seed gives the same draws."""
    random = np.random.default_rng(seed)
    scale = np.sqrt((FREEDOM - 2) / FREEDOM)
    return Shocks(common * scale * random.standard_t(FREEDOM, DRAWS), own * random.standard_normal((DRAWS, tiers)))


def counts_or_above(chance: Real, shock: Shocks, seed: int) -> Whole:
    """Draws of how many stand at each tier or a higher one. chance: shape (partners, tiers). Shape: (draws, tiers)."""
    random = np.random.default_rng([seed, 1])
    none = np.zeros(len(chance))
    columns = [
        Coins.of(chance[:, tier], none).drawn(shock.common + shock.own[:, tier], random)
        for tier in range(chance.shape[1])
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((DRAWS, 0), np.int64)


def counts_exactly(chance: Real, shock: Shocks, seed: int) -> Whole:
    """Draws of how many stand at each tier and no higher, first at none. Shape: (draws, tiers + 1)."""
    random = np.random.default_rng([seed, 2])
    nested = np.column_stack([np.ones(len(chance)), chance, np.zeros(len(chance))])
    return np.stack([
        Coins.of(nested[:, at], nested[:, at + 1]).drawn(shock.common + shock.own[:, max(at - 1, 0)], random)
        for at in range(nested.shape[1] - 1)
    ], axis=1)  # fmt: skip


@dataclass(frozen=True)
class Coins:
    """The partners of one count. sure: those in it whatever comes. chance, above, partners: of the others, alike together."""

    sure: int
    chance: Real
    above: Real
    partners: Whole

    @classmethod
    def of(cls, chance: Real, above: Real) -> "Coins":
        """Those who reach a tier with `chance` and the next one with `above`; alike to a ten-thousandth."""
        sure = (chance >= 1) & (above <= 0)
        p, q = chance[~sure], above[~sure]
        _, at, partners = np.unique(
            np.rint(p * PARTS).astype(np.int64) * (PARTS + 1) + np.rint(q * PARTS).astype(np.int64),
            return_inverse=True, return_counts=True,
        )  # fmt: skip
        p, q = (np.bincount(at, weights=each, minlength=len(partners)) / partners for each in (p, q))
        return cls(int(sure.sum()), p, q, partners)

    def shocked(self, u: Real) -> Real:
        """The chance of each to be in the count, given shocks. Shape: (shocks, alike)."""
        power = np.exp(u)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            goes_on = np.exp(power * np.log1p(-self.above))
            return np.asarray(goes_on - np.exp(power * np.log1p(-np.minimum(self.chance, 1.0))))

    def moments(self) -> tuple[Real, Real]:
        """Mean and variance of the count without the sure, for each shock of the axis."""
        each = self.shocked(AXIS)
        return each @ self.partners, (each * (1 - each)) @ self.partners

    def drawn(self, u: Real, random: np.random.Generator) -> Whole:
        """Draws of the count: coin by coin where they are few, else as the binomial of the same mean and variance."""
        if self.partners.sum() <= FEW:
            return np.asarray(self.sure + random.binomial(self.partners, np.clip(self.shocked(u), 0, 1)).sum(axis=1))
        mean, variance = self.moments()
        m, v = np.interp(u, AXIS, mean), np.interp(u, AXIS, variance)
        coins = np.maximum(np.rint(m * m / np.maximum(m - v, 1e-12)), np.ceil(np.maximum(m, 1)))
        coins = np.where(m > 1e-12, np.minimum(coins, 1e15), 1)
        return self.sure + random.binomial(coins.astype(np.int64), np.clip(m / coins, 0, 1))


def bounds(draws: NDArray[np.int64], levels: tuple[float, ...] = LEVELS) -> Real:
    """The interval of each level. draws: shape (draws, …). Shape: (levels, 2, …)."""
    return np.stack(
        [np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf") for level in levels]
    )
