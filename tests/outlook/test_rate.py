"""How often partners earn and whether they still do: against known parameters, and against the two states walked step by step."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from outlook.published import BgNbd
from scipy.special import gammainc

from pipeline.outlook import rate
from pipeline.outlook.rate import RETURNING, Classes, Groups, Rates, classes_for, fitted

HORIZON = 120.0


def walked(rate: float, stop: float, days: float, after: float, stopped: bool, paths: int = 40_000) -> np.ndarray:
    """Events of many partners within `days` that begin `after` days from now, event by event: who has stopped comes back rarely."""
    random = np.random.default_rng(1)
    now, is_stopped = np.zeros(paths), np.full(paths, stopped)
    found = np.zeros(paths, np.int64)
    while (now < after + days).any():
        now += random.exponential(1 / np.where(is_stopped, RETURNING * rate, rate))
        found += (now > after) & (now <= after + days)
        is_stopped = random.random(paths) < stop
    return found


def histories(partners: int, seed: int = 2) -> Groups:
    """Partners seen for 400 to 600 days: rates from a Gamma with a mean of 0.02 a day, stops from a Beta with a mean of 0.2."""
    random = np.random.default_rng(seed)
    rates, stops = random.gamma(0.8, 1 / 40, partners), random.beta(2, 8, partners)
    age = random.integers(400, 600, partners).astype(float)
    events, last, now = np.zeros(partners, np.int64), np.zeros(partners), np.zeros(partners)
    earns = random.random(partners) >= stops
    while earns.any():
        now = np.where(earns, now + random.exponential(1 / rates), now)
        earns &= now <= age
        events, last = events + earns, np.where(earns, now, last)
        earns &= random.random(partners) >= stops
    return Groups(events, last, age, np.ones(partners, np.int64))


ALIKE = histories(4_000)
ONE_BUSY = Groups(np.array([50]), np.array([99.0]), np.array([100.0]), np.array([1]))


@pytest.fixture(scope="module")
def of_known() -> Rates:
    return fitted(ALIKE)


def test_the_parameters_that_made_the_histories_are_found(of_known):
    r, alpha, a, b = np.exp(of_known.parameters)
    assert r / alpha == pytest.approx(0.8 / 40, rel=0.1)
    assert r == pytest.approx(0.8, rel=0.2)
    assert a / (a + b) == pytest.approx(0.2, abs=0.05)


def test_the_mixture_keeps_the_means_that_made_the_histories(of_known):
    assert of_known.weight.sum() == pytest.approx(1)
    assert of_known.weight @ of_known.classes.rate == pytest.approx(0.8 / 40, rel=0.1)
    assert of_known.weight @ of_known.classes.stop == pytest.approx(0.2, abs=0.05)


def test_a_busy_partner_is_told_more_events_than_one_who_fell_silent(of_known):
    seen = Groups(np.array([0, 8, 8]), np.array([0.0, 500.0, 100.0]), np.full(3, 510.0), np.ones(3, np.int64))
    silent, busy, fell_silent = of_known.times(seen, 100, 0, 40) @ np.arange(41)
    assert silent < fell_silent < busy
    assert busy == pytest.approx(8 / 510 * 100, rel=0.4)


def test_a_likelihood_adds_up_to_one_over_all_that_may_be_seen():
    # a rate of 0.01 a day and a stop of 0.3, seen for 100 days: x events, the last one on day t, t^(x-1) / (x-1)! ways to place the others
    days = np.linspace(0, 100, 20_001)[1:]
    one = Classes(np.array([0.01]), np.array([0.3]))
    none = Groups(np.array([0]), np.array([0.0]), np.array([100.0]), np.array([1]))
    total = np.exp(one.still(none)).sum() + np.exp(one.stopped(none)).sum()
    ways = np.ones_like(days)
    for x in range(1, 15):
        seen = Groups(np.full(len(days), x), days, np.full(len(days), 100.0), np.ones(len(days), np.int64))
        total += np.trapezoid((np.exp(one.still(seen)) + np.exp(one.stopped(seen))).ravel() * ways, days)
        ways = ways * days / x
    assert total == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("after", [0.0, 60.0])
@pytest.mark.parametrize(("of", "stop"), [(0.05, 0.1), (0.4, 0.02), (0.1, 0.6)])
def test_the_chances_of_counts_are_those_of_the_two_states_walked_step_by_step(of, stop, after):
    earning, stopped = Classes(np.array([of]), np.array([stop])).times(HORIZON, after, 80)
    for told, is_stopped in ((earning[0], False), (stopped[0], True)):
        seen = np.bincount(walked(of, stop, HORIZON, after, is_stopped), minlength=81) / 40_000
        assert_allclose(told.cumsum(), seen.cumsum(), atol=0.01)


def test_without_a_return_it_is_the_closed_form_of_the_models_that_stop_for_good(monkeypatch):
    monkeypatch.setattr(rate, "RETURNING", 1e-9)
    one = Classes(np.array([0.07]), np.array([0.15]))
    earning, stopped = one.times(HORIZON, 0, 60)
    times = np.arange(1, 61)
    closed = 0.85 ** (times - 1) * gammainc(times, 0.07 * HORIZON)
    assert_allclose(1 - earning[0].cumsum()[:-1], closed, atol=1e-6)
    assert_allclose(closed, BgNbd(one.rate, one.stop).reach(HORIZON, 60)[0])
    assert stopped[0, 0] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("days", [0.5, 30.0, 1000.0])
@pytest.mark.parametrize("after", [0.0, 200.0])
def test_chances_of_counts_add_up_to_one(days, after):
    for told in classes_for(ALIKE).times(days, after, 300):
        assert told.min() >= 0
        assert_allclose(told.sum(axis=1), 1, atol=1e-9)


def test_the_last_column_holds_all_that_is_more():
    one = classes_for(ONE_BUSY)
    for short, long in zip(one.times(200, 0, 5), one.times(200, 0, 400), strict=True):
        assert_allclose(short[:, :5], long[:, :5], atol=1e-12)
        assert_allclose(short[:, 5], long[:, 5:].sum(axis=1), atol=1e-12)


@pytest.mark.parametrize("after", [0.0, 50.0])
def test_within_no_time_nothing_comes(after):
    for told in classes_for(ALIKE).times(0, after, 3):
        assert_allclose(told, np.tile([1.0, 0, 0, 0], (len(told), 1)), atol=1e-12)


def test_no_partners_at_all_can_be_fitted_and_asked():
    nobody = Groups(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    assert fitted(nobody).times(nobody, 10, 0, 3).shape == (0, 4)


@pytest.mark.parametrize(
    "groups",
    [ONE_BUSY, Groups(np.array([0]), np.array([0.0]), np.array([0.0]), np.array([1])),
     Groups(np.array([0]), np.array([0.0]), np.array([900.0]), np.array([5000]))],
    ids=["one partner", "one who joined today", "nobody earned"],
)  # fmt: skip
def test_few_can_be_fitted_and_asked(groups):
    told = fitted(groups).times(groups, 30, 0, 30)
    assert_allclose(told.sum(axis=1), 1, atol=1e-4)
