"""Laws of the rule over random rulebooks and ledgers: it never goes the wrong way. That it is right is in test_batch.py."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, settings
from hypothesis import given as drawing
from hypothesis import strategies as st
from model.batch import batch
from model.reference import Entry, Listed, World, version_on
from model.rulebooks_drawn import amounts, caps, holds, programmes, valid, versions
from model.worlds_drawn import worlds

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme
from pipeline.model.version import Metric, Requirements, Tier, Version

DAY = timedelta(days=1)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """One for all examples of a law; small tables are asked on one core."""
    with Warehouse.in_memory() as opened:
        opened.run("set threads = 1")
        yield opened


def with_version(world: World, changed: Version, as_of: date) -> World:
    """The world with another version in place of the one in force."""
    in_force = version_on(world, as_of)
    written = [changed if version is in_force else version for version in world.programme.version]
    return replace(world, programme=valid(written, world.programme.domains))


def promoted(warehouse: Warehouse, before: World, after: World, as_of: date) -> list[str]:
    """Who earns or holds more after than before; both rulebooks have the same tiers."""
    ranks = {"none": 0, "unknown": -1, **version_on(before, as_of).ranks()}
    was, stands = batch(warehouse, before, as_of), batch(warehouse, after, as_of)
    return [
        partner for partner in was
        if ranks[stands[partner].earned_tier] > ranks[was[partner].earned_tier] or ranks[stands[partner].tier] > ranks[was[partner].tier]
    ]  # fmt: skip


@settings(max_examples=6)
@drawing(worlds(programmes()), st.randoms(use_true_random=False))
def test_the_order_of_the_ledgers_rows_does_not_matter(warehouse, drawn, random):
    world, as_of = drawn
    shuffled = random.sample(world.entries, len(world.entries))
    assert batch(warehouse, replace(world, entries=shuffled), as_of) == batch(warehouse, world, as_of)


def raised(version: Version, asked: Requirements, more: Decimal) -> Requirements:
    return {metric: minimum + (more if version.counts(metric) == "points" else 1) for metric, minimum in asked.items()}


@settings(max_examples=15)
@drawing(worlds(programmes(without="hold track")), st.integers(0, 2), amounts)
def test_a_higher_minimum_promotes_nobody(warehouse, drawn, at, more):
    world, as_of = drawn
    version = version_on(world, as_of)
    tiers = [
        tier if rank < at else tier.model_copy(update={
            "requires": raised(version, tier.requires, more), "any_of": [raised(version, way, more) for way in tier.any_of]
        })
        for rank, tier in enumerate(version.tier)
    ]  # fmt: skip
    assert not promoted(warehouse, world, with_version(world, version.model_copy(update={"tier": tiers}), as_of), as_of)


@settings(max_examples=15)
@drawing(worlds(programmes(without="hold")), st.lists(caps, min_size=1, max_size=1), amounts)
def test_a_lower_cap_promotes_nobody(warehouse, drawn, new, lower):
    world, as_of = drawn
    version = version_on(world, as_of)
    higher = version.cap or new
    low = [higher[0].model_copy(update={"points": min(lower, higher[0].points)}), *higher[1:]]
    before, after = (with_version(world, version.model_copy(update={"cap": one}), as_of) for one in (higher, low))
    assert not promoted(warehouse, before, after, as_of)


@settings(max_examples=15)
@drawing(
    worlds(programmes(without="hold worth best expiry"), is_positive=True),
    st.sampled_from([(12, 6), (2, 1), (6, 2), (24, 12)]),
)
def test_a_shorter_window_promotes_nobody(warehouse, drawn, months):
    """Best results are left out: where an old one drops out of the window, a newer one of another domain may come in."""
    world, as_of = drawn
    version = version_on(world, as_of)
    before, after = (with_version(world, version.model_copy(update={"window": window}), as_of) for window in months)
    assert not promoted(warehouse, before, after, as_of)


@settings(max_examples=12)
@drawing(
    worlds(programmes(without="label hold ladder best worth metric cap track", most=2)), holds,
    st.sampled_from([(None, 1), (1, 2), (2, 6)]),
)  # fmt: skip
def test_longer_grace_demotes_nobody(warehouse, drawn, hold, months):
    """One tier without protection; of several tiers, who fell early may stand in a new grace while who fell late falls further."""
    world, as_of = drawn
    in_words = {"protected_months": None, "grandfathered_until": None, "downgrade": "earned"}
    worlds_of = [
        replace(world, programme=valid([
            version.model_copy(update={"hold": hold.model_copy(update={**in_words, "grace_months": grace})})
            for version in world.programme.version
        ]))
        for grace in reversed(months)
    ]  # fmt: skip
    assert not promoted(warehouse, *worlds_of, as_of)


@settings(max_examples=6)
@drawing(worlds(programmes()), st.integers(1, 400))
def test_a_reform_that_changes_nothing_moves_nobody(warehouse, drawn, days):
    world, as_of = drawn
    version = version_on(world, as_of)
    again = version.model_copy(update={"effective": version.effective + days * DAY})
    assume(again.effective <= as_of and (version.hold is None or version.hold.grandfathered_until is None))
    written = [one for one in world.programme.version if one.effective <= as_of]
    reformed = replace(world, programme=valid([*written, again], world.programme.domains))
    assert batch(warehouse, reformed, as_of) == batch(warehouse, world, as_of)


@settings(max_examples=6)
@drawing(worlds(programmes()), st.data())
def test_nothing_changes_before_the_day_on_which_rules_take_effect(warehouse, drawn, data):
    world, as_of = drawn
    standing = [version for version in world.programme.version if version.effective <= as_of]
    later = data.draw(versions(as_of + DAY, frozenset()))
    reformed, plain = (
        replace(world, programme=valid(one, world.programme.domains)) for one in ([*standing, later], standing)
    )
    assert batch(warehouse, reformed, as_of) == batch(warehouse, plain, as_of)


@settings(max_examples=15)
@drawing(st.lists(st.integers(-500_000, 500_000), min_size=1, max_size=8), st.integers(0, 90_000_000), st.booleans())
def test_a_hundredth_of_a_point_decides(warehouse, parts, minimum, is_own):
    points = Decimal(minimum) / 100
    name = "of_all" if is_own else "points"
    version = Version(
        effective=date(2004, 1, 1), standing_by="points", source="", metric=[Metric(id="of_all", counts="points", source="")],
        tier=[Tier(id="gold", title="Gold", requires={name: points}, source="")],
    )  # fmt: skip
    partners = {"BELOW": -1, "AT": 0, "ABOVE": 1}
    entries = [
        Entry(f"{partner}{at}", partner, version.effective, version.effective, Decimal(hundredths) / 100, line=at)
        for partner, more in partners.items()
        for at, hundredths in enumerate([*parts, minimum - sum(parts) + more])
    ]
    world = World(
        Programme(title="", summary="", version=[version]),
        {version.effective: [Listed(one) for one in partners]},
        entries,
    )
    tiers = {partner: one.tier for partner, one in batch(warehouse, world, version.effective).items()}
    assert tiers == {"BELOW": "none", "AT": "gold", "ABOVE": "gold"}
