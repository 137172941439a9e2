"""How far the common shock goes is learned from what earlier forecasts missed: on made histories whose shock is known."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from pipeline.outlook import draw
from pipeline.outlook.draw import FREEDOM, bounds, counts_or_above, shocks
from pipeline.outlook.past import HALF_YEAR, LEAST, LEAST_OF_FEW, MODEL, OWN, SUPPOSED, Past, common_shock, independent

FIRST = date(2000, 1, 1)
PARTNERS = 1_500
CHANCE = -np.sort(-np.random.default_rng(8).beta(0.3, 2, (PARTNERS, 2)).round(2), axis=1)
"""Chances of two tiers."""


def came(chance: np.ndarray, common: float, days: int, random: np.random.Generator) -> np.ndarray:
    """The ranks that come of chances with a shock of this standard deviation a half-year, as rare events are large."""
    scale = np.sqrt(days / HALF_YEAR)
    u = common * scale * np.sqrt((FREEDOM - 2) / FREEDOM) * random.standard_t(FREEDOM)
    own = OWN * scale * random.standard_normal(chance.shape[1])
    return (random.random((len(chance), 1)) < 1 - (1 - chance) ** np.exp(u + own)).sum(axis=1)


def past(
    begins: int = 0,
    days: int = 182,
    common: float = 0.0,
    seed: int | np.random.Generator = 0,
    chance: np.ndarray = CHANCE,
) -> Past:
    """A forecast of partners without a tier, made so many days after the first, and what came."""
    on = FIRST + timedelta(days=begins)
    ranks = came(chance, common, days, np.random.default_rng(seed))
    return Past(on, on + timedelta(days=days), {MODEL: chance}, np.zeros(len(chance), np.int64), ranks)


def in_a_row(windows: int, common: float, seed: int | np.random.Generator, days: int = 182) -> list[Past]:
    random = np.random.default_rng(seed)
    return [past(at * days, days, common, random) for at in range(windows)]


def is_held(known: list[Past], one: Past) -> np.ndarray:
    """Whether the 80 % interval of each tier holds what came, with the shock learned from forecasts that are known."""
    shock = shocks(common_shock(known, one.days), OWN * np.sqrt(one.days / HALF_YEAR), 2, 0)
    low, high = bounds(counts_or_above(one.chances[MODEL], shock, 0))[1]
    return (low <= one.truth) & (one.truth <= high)


def coverage(common: float, windows: int, times: int = 80) -> float:
    """How many intervals held what came, over many histories of so many windows."""
    random = np.random.default_rng(9)
    histories = [in_a_row(windows + 1, common, random) for _ in range(times)]
    return float(np.mean([is_held(known, one) for *known, one in histories]))


@pytest.fixture
def fewer_draws(monkeypatch):
    monkeypatch.setattr(draw, "DRAWS", 1_000)


@pytest.mark.parametrize("windows", [0, 4, 8])
def test_where_there_is_no_shock_the_intervals_are_not_much_too_wide(fewer_draws, windows):
    assert 0.75 <= coverage(0, windows) <= 0.97


@pytest.mark.parametrize("windows", [4, 8])
def test_whatever_the_shock_the_intervals_hold_about_their_share_of_what_comes(fewer_draws, windows):
    assert 0.75 <= np.mean([coverage(common, windows) for common in (0, 0.15, 0.3)]) <= 0.97


@pytest.mark.parametrize("u", [-0.4, 0.4])
def test_what_was_missed_is_the_shock_that_was(u):
    chance = np.tile(CHANCE, (20, 1))
    came = (np.random.default_rng(11).random((len(chance), 1)) < 1 - (1 - chance) ** np.exp(u)).sum(axis=1)
    one = replace(past(), chances={MODEL: chance}, base=np.zeros(len(chance), np.int64), came=came)
    assert one.missed(MODEL)[0] == pytest.approx(u**2, abs=0.04)


def test_a_larger_shock_is_learned_as_a_larger_one():
    found = [common_shock(in_a_row(12, common, 3), 182) for common in (0, 0.15, 0.3)]
    assert found[0] < found[1] < found[2]
    assert found[0] < SUPPOSED


def test_with_nothing_to_learn_from_it_is_what_was_supposed():
    assert common_shock([], 182) == pytest.approx(max(SUPPOSED, LEAST_OF_FEW))


def test_it_grows_with_the_square_root_of_the_horizon():
    known = in_a_row(6, 0.2, 4)
    assert common_shock(known, 728) == pytest.approx(2 * common_shock(known, 182))


def test_forecasts_that_hit_leave_a_floor_and_few_windows_a_higher_one():
    hit = [exactly(past(at * 182)) for at in range(60)]
    assert common_shock(hit[:2], 182) >= LEAST_OF_FEW
    assert LEAST <= common_shock(hit, 182) < LEAST_OF_FEW


def exactly(one: Past) -> Past:
    """The same forecast, with as many reaching each tier as was forecast."""
    at_least = np.rint(one.chances[MODEL].sum(axis=0)).astype(int)
    return replace(one, came=(np.arange(PARTNERS)[:, None] < at_least).sum(axis=1))


@pytest.mark.parametrize(
    ("windows", "count"),
    [
        ([], 0), ([(0, 182)], 1), ([(0, 182), (182, 182)], 2), ([(0, 182), (0, 182)], 1), ([(0, 182), (91, 182)], 1.5),
        ([(400, 100), (0, 100)], 2), ([(0, 300), (100, 100)], 1.5), ([(0, 100), (50, 100), (100, 100), (150, 100)], 2.5),
    ],
    ids=["none", "one", "in a row", "twice the same", "half over", "in no order", "one within another", "four at half steps"],
)  # fmt: skip
def test_windows_are_counted_where_they_do_not_overlap(windows, count):
    assert independent([past(begins, days) for begins, days in windows]) == pytest.approx(count)


def test_ten_forecasts_of_the_same_days_teach_no_more_than_one():
    one = past(0, common=0.5, seed=5)
    assert common_shock([one] * 10, 182) == pytest.approx(common_shock([one], 182))


def test_the_truth_is_who_stands_at_a_tier_or_above_and_nothing_new_who_needed_nothing():
    one = replace(past(), base=np.array([0, 0, 1, 2]), came=np.array([0, 1, 2, 2]), chances={MODEL: np.zeros((4, 2))})
    assert_array_equal(one.truth, [3, 2])
    assert_array_equal(one.nothing_new, [2, 1])
    assert one.days == 182


def test_what_nobody_was_forecast_to_reach_teaches_nothing():
    assert past(chance=np.zeros((5, 2))).missed(MODEL) is None
