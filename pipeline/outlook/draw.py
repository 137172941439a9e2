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
    columns = []
    for tier in range(chance.shape[1]):
        u = shock.common + shock.own[:, tier]
        columns.append(_drawn(*_moments(chance[:, tier], np.zeros(len(chance))), u, random))
    return np.stack(columns, axis=1) if columns else np.zeros((DRAWS, 0), np.int64)


def counts_exactly(chance: Real, shock: Shocks, seed: int) -> Whole:
    """Draws of how many stand at each tier and no higher, first at none. Shape: (draws, tiers + 1)."""
    random = np.random.default_rng([seed, 2])
    nested = np.column_stack([np.ones(len(chance)), chance, np.zeros(len(chance))])
    return np.stack([
        _drawn(*_moments(nested[:, at], nested[:, at + 1]), shock.common + shock.own[:, max(at - 1, 0)], random)
        for at in range(nested.shape[1] - 1)
    ], axis=1)  # fmt: skip


def _moments(chance: Real, above: Real) -> tuple[Real, Real]:
    """Mean and variance of how many reach a tier and not the next one, for each shock of the axis."""
    whole = PARTS + 1
    key = np.rint(chance * PARTS).astype(np.int64) * whole + np.rint(above * PARTS).astype(np.int64)
    pairs, partners = np.unique(key, return_counts=True)
    p, q = pairs // whole / PARTS, pairs % whole / PARTS
    power = np.exp(AXIS)[:, None]
    with np.errstate(divide="ignore"):
        each = np.exp(power * np.log1p(-q)) - np.exp(power * np.log1p(-p))
    return each @ partners, (each * (1 - each)) @ partners


def _drawn(mean: Real, variance: Real, u: Real, random: np.random.Generator) -> Whole:
    """Draws of a count whose mean and variance the shock decides."""
    m, v = np.interp(u, AXIS, mean), np.interp(u, AXIS, variance)
    certain = v < 1e-9
    coins = np.maximum(np.rint(np.where(certain, m, m * m / np.maximum(m - v, 1e-12))), 1)
    coins = np.minimum(coins, 1e15)
    found = random.binomial(coins.astype(np.int64), np.clip(np.where(certain, 0.0, m / coins), 0, 1))
    return np.where(certain, np.rint(m).astype(np.int64), found)


def bounds(draws: NDArray[np.int64], levels: tuple[float, ...] = LEVELS) -> Real:
    """The interval of each level. draws: shape (draws, …). Shape: (levels, 2, …)."""
    return np.stack(
        [np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf") for level in levels]
    )
