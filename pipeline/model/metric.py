"""The metrics of partners from the sums of their pools: caps, sums, counts and different words. Knows nothing of SQL."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.model.kinds import Kinds
from pipeline.model.rule import Metrics

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Pooled:
    """What counts of each partner's entries, pool by pool. Shape of each array: (pools, partners).

    points in hundredths; bits: dimension → which of its words the entries have.
    """

    points: Whole
    entries: Whole
    bits: dict[str, Whole]


def metrics_of(kinds: Kinds, pooled: Pooled) -> Metrics:
    """The metrics of each partner. Shape: (partners, metrics), in the order of the version's metrics."""
    everything = np.ones(len(kinds.pools), bool)
    columns = [_points(kinds, pooled, everything), _different(pooled.bits["domain"], everything)]
    for at, metric in enumerate(kinds.version.metric):
        inside = np.array([at in kind.metrics for kind in kinds.pools], bool)
        match metric.counts:
            case "points":
                value = _points(kinds, pooled, inside)
            case "entries":
                value = pooled.entries[inside].sum(axis=0)
            case dimension:
                value = _different(pooled.bits[dimension], inside)
        if metric.most is not None:
            value = np.minimum(value, int(metric.most * 100) if metric.counts == "points" else int(metric.most))
        columns.append(value)
    return np.column_stack(columns).astype(np.int64, copy=False)


def _points(kinds: Kinds, pooled: Pooled, inside: NDArray[np.bool_]) -> Whole:
    """The sum over the pools inside; what falls under one cap is bounded by it. Shape: (partners,)."""
    caps = np.array([-1 if kind.cap is None else kind.cap for kind in kinds.pools], np.int64)
    total: Whole = pooled.points[inside & (caps == -1)].sum(axis=0)
    for at, cap in enumerate(kinds.version.cap):
        if (capped := inside & (caps == at)).any():
            total = total + np.minimum(pooled.points[capped].sum(axis=0), int(cap.points * 100))
    return total


def _different(bits: Whole, inside: NDArray[np.bool_]) -> Whole:
    """How many different words the entries of the pools inside have. Shape: (partners,)."""
    found: Whole = np.bitwise_count(np.bitwise_or.reduce(bits[inside], axis=0)).astype(np.int64)
    return found
