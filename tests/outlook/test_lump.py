"""How much an event day brings: the classes, and the chance that so many lumps close a gap."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.outlook.lump import CELLS, Lumps, Mixture, closing, fitted_lumps

SMALL, LARGE = [1_00, 2_00, 3_00], [10_00, 20_00, 50_00]


def two_kinds(partners: int = 400, days: int = 6) -> Lumps:
    """One half brings small lumps, the other large ones."""
    random = np.random.default_rng(3)
    who = np.repeat(np.arange(partners), days)
    return Lumps(who, np.where(who % 2, random.choice(LARGE, len(who)), random.choice(SMALL, len(who))))


def of_one_class(sizes: list[int], chance: list[float]) -> Mixture:
    """Lumps of these sizes, alike for everybody, each size in a bin of its own."""
    whole = np.array(sizes)
    return Mixture(whole, np.array([chance]), np.ones((6, 1)), whole, np.arange(len(whole)), np.ones(len(whole)))


def summed(sizes: list[int], chance: list[float], times: int, of: int = 100_000) -> np.ndarray:
    return np.random.default_rng(4).choice(sizes, (of, times), p=chance).sum(axis=1)


@pytest.mark.parametrize("times", [1, 3, 7])
@pytest.mark.parametrize(
    ("sizes", "chance"),
    [([1_00, 3_00, 5_00], [0.5, 0.3, 0.2]), ([0, 4_00], [0.7, 0.3])],
    ids=["whole points", "often nothing"],
)
def test_the_chance_to_close_a_gap_is_that_of_lumps_drawn(sizes, chance, times):
    brought = summed(sizes, chance, times)
    gaps = np.unique(np.quantile(brought, [0.1, 0.3, 0.5, 0.7, 0.9]).astype(np.int64))
    table = closing(of_one_class(sizes, chance), int(gaps.max()) + 1_00, times)
    assert_allclose(table.chance[0, times, table.cell(gaps)], [(brought >= gap).mean() for gap in gaps], atol=0.02)


@pytest.mark.parametrize("times", [1, 3, 12])
def test_amounts_of_odd_cents_close_gaps_as_lumps_drawn_do(times):
    sizes = np.unique(np.random.default_rng(5).gamma(2, 15_00, 300).astype(np.int64))
    chance = [1 / len(sizes)] * len(sizes)
    brought = summed(sizes, chance, times)
    gaps = np.quantile(brought, [0.1, 0.3, 0.5, 0.7, 0.9]).astype(np.int64)
    table = closing(of_one_class(sizes, chance), int(gaps.max()) + 1_00, times)
    assert table.unit > 1
    assert_allclose(table.chance[0, times, table.cell(gaps)], [(brought >= gap).mean() for gap in gaps], atol=0.01)


@pytest.mark.parametrize("widest", [50_00, 120_00, 1_000_00])
def test_an_odd_cent_somewhere_leaves_whole_lumps_exact(widest):
    table = closing(of_one_class([33_33, 50_00], [0.01, 0.99]), widest, 2)
    assert table.chance[0, 1, table.cell(np.array([50_00]))] == pytest.approx(0.99, abs=1e-6)


def test_lumps_of_whole_points_close_gaps_exactly():
    table = closing(of_one_class([1_00, 3_00], [0.5, 0.5]), 6_00, 2)
    assert table.unit == 1_00
    # two lumps: 2, 4, 4 or 6 points
    assert_allclose(table.chance[0, 2, table.cell(np.array([0, 1_00, 2_00, 2_01, 3_00, 4_00, 4_50, 6_00]))],
                    [1, 1, 1, 0.75, 0.75, 0.75, 0.25, 0.25], atol=1e-6)  # fmt: skip


def test_a_gap_that_is_closed_needs_no_lump_and_an_open_one_at_least_one():
    table = closing(fitted_lumps(two_kinds(), 400), 500_00, 10)
    assert (table.chance[:, :, 0] == 1).all()
    assert (table.chance[:, 0, 1:] == 0).all()


def test_more_lumps_never_close_less_and_wider_gaps_never_more():
    table = closing(fitted_lumps(two_kinds(), 400), 300_00, 30)
    assert (np.diff(table.chance, axis=1) >= -1e-6).all()
    assert (np.diff(table.chance, axis=2) <= 1e-6).all()


def test_a_gap_wider_than_the_cells_is_rounded_by_less_than_one_part_in_eight_hundred():
    table = closing(of_one_class([7, 13], [0.5, 0.5]), 100 * CELLS, 3)
    assert table.unit <= 250
    assert table.chance.shape[2] <= CELLS + 1


def test_who_brought_large_lumps_is_told_large_ones():
    lumps = two_kinds()
    mixture = fitted_lumps(lumps, 400)
    mean = mixture.of(lumps, 400) @ mixture.chance @ mixture.edges
    assert mean[1::2].min() > 3 * mean[::2].max()


def test_who_brought_nothing_yet_is_told_a_mixture_of_all():
    lumps = two_kinds()
    mixture = fitted_lumps(lumps, 401)
    share = mixture.of(lumps, 401)
    assert_allclose(share.sum(axis=1), 1, atol=1e-5)
    expected = share[400] @ mixture.chance @ mixture.edges
    assert np.mean(SMALL) < expected < np.mean(LARGE)


def test_nothing_that_was_seen_is_impossible_for_anybody():
    mixture = fitted_lumps(two_kinds(), 400)
    assert mixture.chance.min() > 0
    assert_allclose(mixture.chance.sum(axis=1), 1)


def test_many_different_sizes_are_put_into_bins_of_which_each_keeps_its_sizes():
    size = np.random.default_rng(5).integers(1, 1_000_00, 5_000)
    mixture = fitted_lumps(Lumps(np.arange(5_000) % 700, size), 700)
    assert len(mixture.edges) <= 48
    assert_allclose(np.bincount(mixture.in_bin, weights=mixture.share), 1)
    assert (mixture.sizes >= mixture.edges[mixture.in_bin]).all()


@pytest.mark.parametrize("size", [5_00, 0])
def test_lumps_of_one_size_only(size):
    lumps = Lumps(np.array([0, 0, 1]), np.full(3, size))
    mixture = fitted_lumps(lumps, 3)
    assert_allclose(mixture.of(lumps, 3), 1)
    table = closing(mixture, 10_00, 2)
    assert_allclose(table.chance[0, 2, table.cell(np.array([0, 10_00]))], [1, 1 if size else 0], atol=1e-6)


def test_an_empty_history_brings_nothing():
    nothing = Lumps(np.zeros(0, np.int64), np.zeros(0, np.int64))
    mixture = fitted_lumps(nothing, 2)
    assert_allclose(mixture.of(nothing, 2), 1)
    table = closing(mixture, 10_00, 3)
    assert_allclose(table.chance[0, 3, table.cell(np.array([0, 1, 10_00]))], [1, 0, 0])
