"""The batch is what the naive reference says: over random worlds, and at edges where they disagreed or might have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, settings
from hypothesis import given as drawing
from model.batch import batch
from model.reference import Entry, Listed, World
from model.reference_hold import stood_by_all
from model.rulebooks_drawn import programmes
from model.test_reference import day, entry, rules, tier, world
from model.worlds_drawn import worlds

from pipeline.base.warehouse import Warehouse
from pipeline.model.amount import Of
from pipeline.model.version import Best, Hold, Metric, Version

LADDER = [tier("silver", "10"), tier("gold", "20")]
JOINED = date(2000, 3, 10)
AT_ANNIVERSARIES = Hold(review_down="anniversary", source="")


def gold_by_label(later: list[Entry], hold: Hold = AT_ANNIVERSARIES, joined_on: date = JOINED, **rest) -> World:
    """Gold by label up to 14 January, and then held in personal years."""
    labels = rules(effective=date(2003, 1, 1), standing_by="label")
    held = rules(**{"effective": date(2004, 1, 15), "tier": LADDER, "hold": hold, "window": "personal year", **rest})
    return world(later, labels, held, joined_on=joined_on)


def first_roster_in_march(*versions: Version) -> World:
    return replace(
        world([entry("2004-02-15", "20")], *versions),
        rosters={day("2004-03-01"): [Listed("ADATUM", None, day("2000-03-05"))]},
    )


def best(**rest) -> list[Best]:
    return [Best(id="best", results=1, source="", **rest)]


SAME_DAY = [
    Entry("E1", "ADATUM", day("2004-01-01"), day("2004-01-05"), Decimal(10), domain="Cloud", line=1),
    Entry("E2", "ADATUM", day("2004-01-01"), day("2004-01-02"), Decimal(10), line=2),
]
BETWEEN_POOLS = [
    entry("2004-01-01", "10", line=1), entry("2004-01-02", "10", domain="Cloud"), replace(entry("2004-01-03", "10"), activity="exam"),
]  # fmt: skip
HELD = rules(tier=LADDER, window=2, hold=Hold(grace_months=1, source=""))
EDGES = {
    "entries before and after another kind are one pool": (
        world(BETWEEN_POOLS, rules(metric=[Metric(id="cloud", counts="points", of=Of(domain=["Cloud"]), source="")])), "2004-01-31"),
    "the best of a month in a personal year that began last year": (
        world([entry("2003-08-01", "10"), entry("2003-08-02", "10")], rules(window="personal year", best=best(per="month")),
              joined_on=day("2001-07-01")), "2004-03-31"),
    "of two equal results of a day the one that was posted earlier": (world(SAME_DAY, rules(best=best())), "2004-01-31"),
    "a personal year that earned the tier": (gold_by_label([entry("2003-05-01", "20")]), "2004-04-02"),
    "an anniversary on the first of a month itself": (
        gold_by_label([entry("2004-03-01", "20")], joined_on=day("2000-04-01")), "2004-04-02"),
    "an anniversary in the first month but before the rules": (gold_by_label([], joined_on=day("2000-01-10"), window=2), "2004-02-02"),
    "a roster that begins under the second of two holding versions, one pass": (
        first_roster_in_march(HELD, rules(effective=day("2004-02-10"), tier=LADDER, window=1, hold=Hold(grace_months=6, source=""))),
        "2004-03-20"),
    "a roster that begins under the second of two holding versions, step by step": (
        first_roster_in_march(HELD, rules(effective=day("2004-02-10"), tier=LADDER, window="personal year",
                                          hold=Hold(grace_months=6, source=""))), "2004-03-20"),
    "a step down in the middle of a month": (gold_by_label([], Hold(downgrade="one step", source=""), window=2), "2004-01-20"),
    "who left and came back is grandfathered no more": (
        replace(found := gold_by_label([entry("2004-02-20", "20")], Hold(grandfathered_until=day("2004-09-01"), source=""), window=1),
                rosters=found.rosters | {day("2004-01-31"): [], day("2004-02-01"): [Listed("ADATUM", "gold", JOINED)]}), "2004-04-02"),
    "who earns more now than in the closed year falls no lower": (
        gold_by_label([entry("2004-03-15", "10")], Hold(review_down="anniversary", review_up=[12], source="")), "2004-04-02"),
    "a metric beneath zero": (
        world([entry("2004-01-01", "-60")], rules(metric=[Metric(id="sum", counts="points", most=Decimal(3), source="")])), "2004-01-31"),
    "no entries at all": (world([], rules(metric=[Metric(id="kinds", counts="category", source="")])), "2004-01-31"),
}  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """One for all examples of a law; small tables are asked on one core."""
    with Warehouse.in_memory() as opened:
        opened.run("set threads = 1")
        yield opened


@pytest.mark.parametrize("edge", EDGES)
def test_batch_and_reference_agree_on(warehouse, edge):
    asked, as_of = EDGES[edge]
    assert batch(warehouse, asked, day(as_of)) == stood_by_all(asked, day(as_of))


@settings(max_examples=50)
@drawing(worlds(programmes(without="hold")))
def test_what_is_measured_and_earned_is_what_the_reference_says(warehouse, drawn):
    world, as_of = drawn
    assert batch(warehouse, world, as_of) == stood_by_all(world, as_of)


@settings(max_examples=20)
@drawing(worlds(programmes(without="best worth expiry cap metric", is_held=True), is_long=True))
def test_what_is_held_is_what_the_reference_says(warehouse, drawn):
    world, as_of = drawn
    # a closed year is judged with the reversals and the roster of the review's day; the reference takes the year's last day
    judges_closed_years = any(
        version.window == "personal year" and version.hold and version.hold.review_down == "anniversary"
        for version in world.programme.version
    )
    assume(not judges_closed_years or (len(world.rosters) == 1 and not any(one.reverses for one in world.entries)))
    assert batch(warehouse, world, as_of) == stood_by_all(world, as_of)
