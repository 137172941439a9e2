"""Each partner's chance of each tier: the closed form beside the simulation, and what neither may ever say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outlook.given_world import BEGINS, GOLD, lay, listed, programme, put_events, tier

from pipeline.base.warehouse import Warehouse
from pipeline.model.amount import Of
from pipeline.model.measured import Measured
from pipeline.model.programme import Programme
from pipeline.model.version import Cap
from pipeline.outlook.chance import Learned, gaps, learned
from pipeline.outlook.history import history, measured_for, points_decide
from pipeline.outlook.reached import at_or_above
from pipeline.outlook.simulate import simulated

PARTNERS = 120
NONE, ONE, THOUSANDS = 0, 1, 2
"""Partners with so many entries."""
ORIGIN, LATER, LATEST = date(2004, 3, 31), date(2004, 6, 30), date(2005, 1, 31)
LADDER = [tier("silver", points=20), tier("gold", points=50)]
IN_HALF_A_YEAR = programme(*LADDER, window=6)
IN_THE_CALENDAR_YEAR = programme(*LADDER, window="calendar year")
CAPPED = programme(tier("bronze", points=10), *LADDER,
                   cap=[Cap(id="cloud", of=Of(domain=["Cloud"]), points=Decimal(15), source="")])  # fmt: skip
OF_DOMAINS = programme(tier("silver", points=20, domains=1), tier("gold", points=20, domains=2))


@dataclass(frozen=True)
class Asked:
    """A warehouse of random events, and what was learned from it under some rules."""

    warehouse: Warehouse
    rules: Programme
    taught: Learned

    def base(self, on: date) -> Measured:
        return measured_for(self.warehouse, self.rules, on, self.taught.history.origin, self.rules.version[0])[0]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """120 partners who earn at rates of their own for 15 months: 2, 5, 8 or 10 points of Cloud a day; some stop."""
    random = np.random.default_rng(10)
    with Warehouse.in_memory() as opened:
        opened.run("set threads = 1")
        lay(
            opened,
            "entry_id | partner_id | earned_on | posted_on | points",
            listed({f"P{at:05}": BEGINS for at in range(PARTNERS)}),
        )
        number = np.repeat(np.arange(PARTNERS), random.poisson(random.gamma(0.6, 6, PARTNERS)))
        number = np.concatenate([number[number > THOUSANDS], [ONE], np.full(2_000, THOUSANDS)])
        day = (random.random(len(number)) * np.minimum(random.gamma(2, 200, PARTNERS), 455)[number]).astype(int)
        put_events(opened, number, day, random.choice([2, 5, 8, 10], len(number)), np.full(len(number), "Cloud"))
        yield opened


@pytest.fixture(scope="module")
def asked(warehouse) -> Callable[[Programme], Asked]:
    """What is learned under some rules, once for each."""
    known: dict[int, Asked] = {}

    def under(rules: Programme) -> Asked:
        if id(rules) not in known:
            known[id(rules)] = Asked(warehouse, rules, learned(history(warehouse, rules, ORIGIN, ORIGIN)))
        return known[id(rules)]

    return under


@pytest.fixture(scope="module")
def of_points(asked) -> Asked:
    return asked(GOLD)


@pytest.mark.parametrize(
    ("rules", "on"),
    [(GOLD, LATER), (IN_HALF_A_YEAR, LATER), (IN_HALF_A_YEAR, LATEST), (IN_THE_CALENDAR_YEAR, LATER), (IN_THE_CALENDAR_YEAR, LATEST)],
    ids=["all time", "within the window", "longer than the window", "this calendar year", "the next calendar year"],
)  # fmt: skip
def test_the_closed_form_says_what_the_simulation_says(asked, rules, on):
    one = asked(rules)
    closed, drawn = one.taught.chances(one.base(on), on), simulated(one.taught, one.base(on), on, 0)
    assert points_decide(rules.version[0])
    assert 0 < closed.mean() < 1
    error = np.sqrt((closed * (1 - closed)).sum(axis=0) / 400)
    assert_allclose(drawn.sum(axis=0), closed.sum(axis=0), atol=4 * error.max())
    assert_allclose(drawn, closed, atol=0.12)  # nearly five standard errors of 400 drawn futures


@pytest.mark.parametrize("on", [ORIGIN, LATER])
def test_chances_are_chances_and_never_rise_along_the_ladder(of_points, on):
    found = of_points.taught.chances(of_points.base(on), on)
    assert (found >= 0).all()
    assert (found <= 1).all()
    assert (np.diff(found, axis=1) <= 0).all()


def test_nobody_who_keeps_all_his_points_is_less_likely_to_have_a_tier_on_a_later_day(of_points):
    sooner, later = (of_points.taught.chances(of_points.base(on), on) for on in (date(2004, 5, 15), LATER))
    assert (later >= sooner - 1e-6).all()


@pytest.mark.parametrize(
    "rules", [GOLD, IN_HALF_A_YEAR, CAPPED, OF_DOMAINS], ids=["all time", "half a year", "cap", "domains"]
)
def test_on_the_day_itself_everyone_stands_where_he_stands(asked, rules):
    one = asked(rules)
    stands = at_or_above(one.taught.history.now.earned_rank, len(rules.version[0].tier))
    assert_array_equal(simulated(one.taught, one.base(ORIGIN), ORIGIN, 0), stands)
    if points_decide(rules.version[0]):
        assert_array_equal(one.taught.chances(one.base(ORIGIN), ORIGIN), stands)


def test_a_partner_without_entries_with_one_and_with_thousands_each_has_his_chance(of_points):
    silver = of_points.taught.chances(of_points.base(LATER), LATER)[:, 0]
    assert 0 < silver[NONE] < silver[ONE] < silver[THOUSANDS] == 1


def test_with_thousands_of_entries_a_window_is_filled_again(asked):
    one = asked(programme(tier("silver", points=20), window=1))
    assert one.taught.chances(one.base(LATER), LATER)[THOUSANDS, 0] > 0.8


def test_what_lacks_nothing_has_no_gap_and_what_is_lacked_is_counted_in_hundredths(of_points):
    base = of_points.base(LATER)
    points = base.metrics[:, 0]
    assert_array_equal(gaps(base), np.maximum(np.array([20_00, 50_00]) - points[:, None], 0))


@pytest.mark.parametrize("rules", [GOLD, OF_DOMAINS], ids=["points alone", "domains too"])
def test_of_an_empty_ledger_nothing_comes(rules):
    with Warehouse.in_memory() as empty:
        lay(
            empty, "entry_id | partner_id | earned_on | posted_on | points", listed({"ADATUM": None, "CONTOSO": BEGINS})
        )
        one = Asked(empty, rules, learned(history(empty, rules, ORIGIN, ORIGIN)))
        assert (simulated(one.taught, one.base(LATER), LATER, 0) == 0).all()
        assert not points_decide(rules.version[0]) or (one.taught.chances(one.base(LATER), LATER) == 0).all()


def test_a_cap_forbids_what_lies_above_it(asked):
    one = asked(CAPPED)
    found = simulated(one.taught, one.base(LATEST), LATEST, 0)
    assert not points_decide(CAPPED.version[0])
    assert (found[:, 1:] == 0).all()
    assert 0 < found[NONE, 0] < found[THOUSANDS, 0] == 1


def test_a_domain_that_nobody_has_is_not_earned_and_one_that_all_have_is_no_hindrance(asked, of_points):
    one = asked(OF_DOMAINS)
    found = simulated(one.taught, one.base(LATER), LATER, 0)
    assert (found[:, 1] == 0).all()
    of_silver = of_points.taught.chances(of_points.base(LATER), LATER)[:, 0]
    assert_allclose(found[:, 0], of_silver, atol=0.12)


def test_the_same_seed_simulates_the_same(asked):
    one = asked(OF_DOMAINS)
    first, again, other = (simulated(one.taught, one.base(LATER), LATER, seed) for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any()
