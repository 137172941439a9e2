"""The rule: edges by hand, laws by Hypothesis, and a naive reference beside it."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given as drawing
from hypothesis import strategies as st

from pipeline.model.rule import NOT_ASKED, Ladder, earned, labelled, missing
from pipeline.model.version import Tier, Version


def version(*requirements: dict[str, object]) -> Version:
    tiers = [
        Tier(id=f"step{n}", title="", requires={k: v for k, v in asked.items() if v is not None}, source="")
        for n, asked in enumerate(requirements)
    ]
    return Version(effective=date(2004, 4, 1), standing_by="points", tier=tiers, source="")


CERTIFIED_AND_GOLD = version({"points": 50}, {"points": 120})


@pytest.mark.parametrize(
    ("points", "rank"),
    [
        ("0", 0),
        ("49.99", 0),
        ("50", 1),
        ("50.01", 1),
        ("119.99", 1),
        ("120", 2),
        ("120.01", 2),
        ("-5", 0),
        ("99999", 2),
    ],
)
def test_thresholds_are_inclusive(points, rank):
    cells = np.array([[int(Decimal(points) * 100), 0]])
    assert earned(cells, Ladder.of(CERTIFIED_AND_GOLD)).tolist() == [rank]


def test_a_tier_needs_every_tier_below_it():
    ladder = Ladder.of(version({"domains": 2}, {"points": 120}))
    assert earned(np.array([[20000, 1], [20000, 2]]), ladder).tolist() == [0, 2]


def test_no_partners_at_all_is_an_empty_answer():
    assert earned(np.empty((0, 2), np.int64), Ladder.of(CERTIFIED_AND_GOLD)).shape == (0,)


def test_a_label_that_is_no_tier_is_unknown_and_an_empty_one_is_none():
    assert labelled(["step1", "", "platinum", "step0"], CERTIFIED_AND_GOLD).tolist() == [2, 0, -1, 1]


def test_what_is_missing_is_counted_up_to_the_tier_with_all_below_it():
    ladder = Ladder.of(version({"points": 50, "domains": 2}, {"points": 120}))
    assert missing(np.array([[4999, 3], [13000, 1]]), ladder).tolist() == [[[1, 0], [7001, 0]], [[0, 1], [0, 1]]]


minimums = st.fixed_dictionaries({
    "points": st.none() | st.integers(0, 20000).map(lambda hundredths: Decimal(hundredths) / 100),
    "domains": st.none() | st.integers(0, 11),
}).filter(lambda asked: any(minimum is not None for minimum in asked.values()))  # fmt: skip
cells_drawn = st.lists(st.tuples(st.integers(-1000, 21000), st.integers(0, 11)), min_size=1, max_size=30)


def naive(cell: tuple[int, int], ladder: list[dict[str, object]]) -> int:
    rank = 0
    for asked in ladder:
        enough_points = asked["points"] is None or Decimal(cell[0]) / 100 >= asked["points"]
        enough_domains = asked["domains"] is None or cell[1] >= asked["domains"]
        if not (enough_points and enough_domains):
            break
        rank += 1
    return rank


@drawing(st.lists(minimums, min_size=1, max_size=4), cells_drawn)
def test_the_rule_is_the_naive_reading_of_the_ladder(asked, cells):
    ranks = earned(np.array(cells, np.int64), Ladder.of(version(*asked)))
    assert ranks.tolist() == [naive(cell, asked) for cell in cells]


@drawing(st.lists(minimums, min_size=1, max_size=4), cells_drawn, st.integers(0, 3), st.integers(0, 5000))
def test_raising_a_threshold_promotes_nobody(asked, cells, step, more):
    ladder = Ladder.of(version(*asked))
    higher = ladder.minimums.copy()
    raised = higher[step % len(asked), 0, 0]
    higher[step % len(asked), 0, 0] = max(raised, 0) + more
    metrics = np.array(cells, np.int64)
    assert (earned(metrics, Ladder(higher)) <= earned(metrics, ladder)).all()


@drawing(st.lists(minimums, min_size=1, max_size=4), cells_drawn, st.randoms())
def test_the_order_of_partners_does_not_matter(asked, cells, random):
    ladder, shuffled = Ladder.of(version(*asked)), list(range(len(cells)))
    random.shuffle(shuffled)
    metrics = np.array(cells, np.int64)
    assert earned(metrics[shuffled], ladder).tolist() == earned(metrics, ladder)[shuffled].tolist()


@drawing(st.lists(minimums, min_size=1, max_size=4), cells_drawn)
def test_nothing_is_missing_for_the_earned_tier_and_something_for_the_next(asked, cells):
    ladder, metrics = Ladder.of(version(*asked)), np.array(cells, np.int64)
    lacking = missing(metrics, ladder).sum(axis=2)
    for lacks, rank in zip(lacking, earned(metrics, ladder), strict=True):
        assert (lacks[:rank] == 0).all()
        assert rank == len(asked) or lacks[rank] > 0


def test_of_two_ways_in_counts_the_one_that_lacks_less_is_named():
    ladder = Ladder(np.array([[[100, NOT_ASKED], [NOT_ASKED, 2]]]))
    assert missing(np.array([[1, 1]]), ladder).tolist() == [[[0, 1]]]
