"""The scores of a forecast, against what they are by hand and against what a right forecast must give."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.outlook.score import QUANTILES, brier, crps, interval_score, pinball, pit, skill

RANDOM = np.random.default_rng(6)


@pytest.mark.parametrize(
    ("truth", "level", "score"), [(15, 0.8, 10), (10, 0.8, 10), (22, 0.8, 30), (7, 0.8, 40), (7, 0.5, 22)]
)
def test_an_interval_costs_its_width_and_what_it_missed_by(truth, level, score):
    assert interval_score(np.array(10), np.array(20), np.array(truth), level) == pytest.approx(score)


def test_crps_of_a_point_is_how_far_off_it_is():
    assert_allclose(crps(np.full((50, 2), 7), np.array([7, 10])), [0, 3])


def test_crps_by_hand():
    # draws 0, 1, 5 and truth 2: E|X - 2| = (2 + 1 + 3) / 3, E|X - X'| = 2 (1 + 5 + 4) / 9
    assert_allclose(crps(np.array([[5], [0], [1]]), np.array([2])), [2 - 10 / 9])


def test_crps_of_a_bell_curve_is_the_closed_form():
    draws = RANDOM.standard_normal((200_000, 1))
    assert_allclose(crps(draws, np.array([0.0])), [(np.sqrt(2) - 1) / np.sqrt(np.pi)], atol=0.005)


def test_crps_is_twice_the_mean_of_the_quantile_scores():
    draws = RANDOM.gamma(3, 20, (100_000, 1))
    assert_allclose(2 * pinball(draws, np.array([50.0])), crps(draws, np.array([50.0])), rtol=0.06)


def test_pinball_by_hand():
    # every quantile of draws that are all 10 is 10: 4 too high costs 4 (1 - q), 4 too low costs 4 q
    draws = np.full((9, 2), 10)
    assert_allclose(pinball(draws, np.array([6, 14])), [4 * (1 - QUANTILES).mean(), 4 * QUANTILES.mean()])


@pytest.mark.parametrize("mean", [0.3, 2.0, 40.0])
def test_pit_of_a_right_forecast_is_uniform_even_for_small_counts(mean):
    draws, truth = RANDOM.poisson(mean, (4_000, 1)), RANDOM.poisson(mean, 4_000)
    found = pit(np.repeat(draws, 1, axis=1), truth, 0)
    assert_allclose(np.quantile(found, [0.1, 0.25, 0.5, 0.75, 0.9]), [0.1, 0.25, 0.5, 0.75, 0.9], atol=0.03)


def test_pit_of_the_same_seed_is_the_same():
    draws, truth = RANDOM.poisson(1, (500, 20)), RANDOM.poisson(1, 20)
    assert_allclose(pit(draws, truth, 1), pit(draws, truth, 1))
    assert (pit(draws, truth, 1) != pit(draws, truth, 2)).any()


def test_brier_is_the_mean_square_and_of_nobody_no_number():
    assert brier(np.array([0.2, 1.0]), np.array([0, 1])) == pytest.approx(0.02)
    assert np.isnan(brier(np.zeros(0), np.zeros(0)))


def test_skill_is_0_for_the_reference_and_1_for_who_knows():
    assert (skill(0.2, 0.2), skill(0.0, 0.2), skill(0.3, 0.2)) == pytest.approx((0, 1, -0.5))
    assert np.isnan(skill(0.1, 0.0))
