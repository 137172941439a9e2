"""From chances to counts: partners as coins, and a shock common to them all."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from pipeline.outlook.draw import DRAWS, bounds, counts_exactly, counts_or_above, shocks

RANDOM = np.random.default_rng(7)
CALM = shocks(0, 0, 3, 1)
NESTED = -np.sort(-RANDOM.beta(0.3, 1.5, (600, 3)), axis=1)
"""Chances of three tiers that never rise along the ladder."""


def test_without_a_shock_the_mean_is_the_sum_of_the_chances():
    assert_allclose(counts_or_above(NESTED, CALM, 1).mean(axis=0), NESTED.sum(axis=0), rtol=0.005)


def test_without_a_shock_the_variance_is_that_of_coins():
    found = counts_or_above(NESTED, CALM, 1)
    assert_allclose(found.var(axis=0), (NESTED * (1 - NESTED)).sum(axis=0), rtol=0.05)


@pytest.mark.parametrize("common", [0, 0.3])
def test_certain_partners_never_vary(common):
    certain = np.repeat([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]], [20, 30], axis=0)
    assert (counts_or_above(certain, shocks(common, 0.1, 3, 1), 1) == [50, 20, 0]).all()
    assert (counts_exactly(certain, shocks(common, 0.1, 3, 1), 1) == [0, 30, 20, 0]).all()


def test_certain_partners_beside_a_few_open_ones_leave_the_mean_and_the_variance_of_the_open_ones():
    chance = np.array([1.0] * 100 + [0.2])[:, None]
    found = counts_or_above(chance, shocks(0, 0, 1, 1), 1)
    assert found.mean() == pytest.approx(100.2, abs=0.02)
    assert found.var() == pytest.approx(0.16, rel=0.1)


def test_few_coins_that_are_unlike_keep_their_variance():
    found = counts_or_above(np.array([0.9, 0.1])[:, None], shocks(0, 0, 1, 1), 1)
    assert (found.mean(), found.var()) == pytest.approx((1, 0.18), abs=0.02)


def test_very_many_very_small_chances_add_up():
    found = counts_or_above(np.full((100_000, 1), 0.00004), shocks(0, 0, 1, 1), 1)
    assert found.mean() == pytest.approx(4, rel=0.05)


def test_the_same_seed_gives_the_same_draws_and_another_one_others():
    one, again, other = (counts_or_above(NESTED, shocks(0.1, 0.05, 3, seed), seed) for seed in (1, 1, 2))
    assert_array_equal(one, again)
    assert (one != other).any()


def test_a_shock_moves_small_increments_in_proportion():
    chance = np.full((20_000, 1), 0.01)
    found = counts_or_above(chance, shocks(0.2, 0, 1, 1), 1)
    assert np.log(found + 0.5).std() == pytest.approx(np.hypot(0.2, 1 / np.sqrt(200)), rel=0.05)


def test_a_shock_moves_all_tiers_together_and_each_tiers_own_shock_does_not():
    chance = np.full((20_000, 2), 0.05)
    together, apart = (counts_or_above(chance, shocks(*deviations, 2, 1), 1) for deviations in ((0.3, 0), (0, 0.3)))
    assert np.corrcoef(together.T)[0, 1] > 0.9
    assert abs(np.corrcoef(apart.T)[0, 1]) < 0.05


def test_no_shock_leaves_the_population():
    found = counts_or_above(NESTED, shocks(1.0, 0.5, 3, 1), 1)
    assert found.min() >= 0
    assert found.max() <= len(NESTED)


@pytest.mark.parametrize("common", [0, 0.15])
def test_those_exactly_at_each_tier_are_the_population_in_the_mean(common):
    found = counts_exactly(NESTED, shocks(common, 0, 3, 1), 1)
    assert found.shape == (DRAWS, 4)
    assert found.sum(axis=1).mean() == pytest.approx(len(NESTED), rel=0.002)


def test_those_exactly_at_each_tier_are_the_differences_of_the_chances():
    nested = np.column_stack([np.ones(len(NESTED)), NESTED, np.zeros(len(NESTED))])
    assert_allclose(counts_exactly(NESTED, CALM, 1).mean(axis=0), -np.diff(nested, axis=1).sum(axis=0), rtol=0.01)


def test_nobody_and_no_tier_can_be_drawn():
    assert (counts_or_above(np.zeros((0, 2)), shocks(0.1, 0, 2, 1), 1) == 0).all()
    assert counts_or_above(np.zeros((5, 0)), shocks(0.1, 0, 0, 1), 1).shape == (DRAWS, 0)
    assert (counts_exactly(np.zeros((5, 0)), shocks(0.1, 0, 1, 1), 1) == 5).all()


def test_an_interval_holds_at_least_its_share_of_the_draws():
    draws = counts_or_above(NESTED, shocks(0.1, 0, 3, 1), 1)
    for level, (low, high) in zip((0.5, 0.8, 0.95), bounds(draws), strict=True):
        assert (((draws >= low) & (draws <= high)).mean(axis=0) >= level).all()
