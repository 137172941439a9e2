"""How good a forecast was: the scores of the field, each the lower the better, but for coverage and skill.

Interval score, pinball and CRPS: Gneiting & Raftery 2007; randomised PIT: Czado, Gneiting & Held 2009; Brier 1950.
"""

import numpy as np

from pipeline.outlook.rate import Real, Whole

QUANTILES = np.arange(0.05, 1.0, 0.05)


def interval_score(low: Real, high: Real, truth: Real, level: float) -> Real:
    """The width of an interval, and what it was missed by, times 2 / (1 − level). Shape: as given."""
    missed = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return np.asarray(high - low + 2 / (1 - level) * missed)


def pinball(draws: Whole, truth: Real) -> Real:
    """The mean quantile score over the quantiles 5 %, 10 %, … 95 %. draws: (draws, n); truth: (n,). Shape: (n,)."""
    at = np.quantile(draws, QUANTILES, axis=0)
    short = truth - at
    return np.asarray(np.maximum(QUANTILES[:, None] * short, (QUANTILES[:, None] - 1) * short).mean(axis=0))


def crps(draws: Whole, truth: Real) -> Real:
    """Continuous ranked probability score of draws: E|X − truth| − E|X − X'| / 2. draws: (draws, n). Shape: (n,)."""
    ordered = np.sort(draws, axis=0)
    n = len(ordered)
    weight = (2 * np.arange(1, n + 1) - n - 1)[:, None]
    spread = (weight * ordered).sum(axis=0) / (n * n)
    return np.asarray(np.abs(draws - truth).mean(axis=0) - spread)


def pit(draws: Whole, truth: Real, seed: int) -> Real:
    """Where the truth falls among the draws, from 0 to 1; ties are broken at random, as counts need it. Shape: (n,)."""
    below, up_to = (draws < truth).mean(axis=0), (draws <= truth).mean(axis=0)
    return np.asarray(below + np.random.default_rng([seed, 3]).random(len(truth)) * (up_to - below))


def brier(chance: Real, came: Real) -> float:
    """The mean square of chance − what came (0 or 1)."""
    return float(np.mean((chance - came) ** 2)) if len(chance) else float("nan")


def skill(score: float, of_reference: float) -> float:
    """1 − score / reference: 0 is no better, 1 is perfect, below 0 is worse."""
    return 1 - score / of_reference if of_reference else float("nan")
