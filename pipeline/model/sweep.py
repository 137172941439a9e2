"""Thousands of thresholds at once, exactly: the suffix sums of a population's cells make a scenario a look-up."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from pipeline.model.cells import Cells
from pipeline.model.rule import Ladder, earned

MOST_SUMS = 200_000_000
"""Numbers in the table of suffix sums; with more, each scenario is put through the rule. Exact below 2³¹ partners."""

Minimums = NDArray[np.int64]
"""Shape (scenarios, tiers, metrics): the minimums of each scenario's tiers, lowest first; units as in Metrics."""


def size_of(cells: Cells, minimums: Minimums) -> int:
    """How many numbers the table of suffix sums would hold."""
    return len(cells.segments) * prod(len(np.unique(needed)) + 1 for needed in np.moveaxis(minimums, 2, 0))


def swept(cells: Cells, minimums: Minimums) -> NDArray[np.int64]:
    """Partners by rank in each scenario and segment. Shape: (scenarios, segments, tiers + 1); rank 0 is no tier.

    Along each metric a cell's place is how many of the minimums that occur it meets; the sums over all places from one on are
    the partners who meet that minimum, so each tier of each scenario is a look-up.
    """
    needed = np.maximum.accumulate(minimums, axis=1)
    asked, places = [], [cells.segment]
    for at, column in enumerate(cells.values.T):
        axis, of_tier = np.unique(needed[:, :, at], return_inverse=True)
        asked.append(of_tier.reshape(needed.shape[:2]) + 1)
        places.append(np.searchsorted(axis, column, "right"))
    shape = (len(cells.segments), *(one.max(initial=0) + 1 for one in asked))
    table = (
        np.bincount(np.ravel_multi_index(places, shape), cells.partners, prod(shape)).astype(np.int32).reshape(shape)
    )
    for dimension in range(1, table.ndim):
        table = np.flip(np.cumsum(np.flip(table, dimension), dimension, dtype=np.int32), dimension)
    at_least = np.moveaxis(table, 0, -1)[tuple(asked)].swapaxes(1, 2).astype(np.int64)
    everyone = np.broadcast_to(table.reshape(len(table), -1)[:, 0][None, :, None], (*at_least.shape[:2], 1))
    reached = np.concatenate([everyone, at_least, np.zeros_like(everyone)], axis=2)
    ranks: NDArray[np.int64] = reached[:, :, :-1] - reached[:, :, 1:]
    return ranks


def by_the_rule(cells: Cells, ladders: list[list[Ladder]]) -> NDArray[np.int64]:
    """The same by the rule itself, for ladders of any kind: per scenario one ladder for each segment. Slower, as exact."""
    tiers = len(ladders[0][0].minimums)
    found = np.zeros((len(ladders), len(cells.segments), tiers + 1), np.int64)
    for scenario, of_segments in enumerate(ladders):
        for ladder in {id(one): one for one in of_segments}.values():
            mine = np.array([one is ladder for one in of_segments])[cells.segment]
            ranks = earned(cells.values[mine], ladder)
            np.add.at(found[scenario], (cells.segment[mine], ranks), cells.partners[mine])
    return found
