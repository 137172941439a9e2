"""How much an event day brings: latent classes of lumps, and the chance that so many of them close a gap.

A partner belongs to one of a few classes, each a distribution over the lumps that were seen. How often he earns and how
much at a time go together: what class he may be of depends on how many event days he has had.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.outlook.rate import Real, Whole

CLASSES, STEPS, BINS = 8, 60, 48
FITTED_ON = 20_000
CELLS = 2_048

"""The steps of a gap, where the lumps have no coarser common measure."""
ROUND = [step * 10**zeros for zeros in range(16) for step in (1, 2, 5)]
"""Hundredths a step may have then: they divide whole points."""
BUSY = np.array([1, 2, 3, 5, 9])
"""Event days from which a partner is of a busier kind."""
PRIOR = 0.02
"""The share of all lumps in each class, so that nothing seen is impossible."""


@dataclass(frozen=True)
class Lumps:
    """What was seen, one row per partner and event day. partner: his number; size: points in hundredths, at least 0."""

    partner: NDArray[np.integer[Any]]
    size: Whole

    def events(self, partners: int) -> Whole:
        """How many event days each has had. Shape: (partners,)."""
        return np.bincount(self.partner, minlength=partners)


@dataclass(frozen=True)
class Mixture:
    """Classes of lumps. edges: shape (bins,), the lower end of each bin; size: (bins, …) below.

    chance: shape (classes, bins); by_busy: (kinds of busy, classes). sizes, in_bin: every different lump and its bin;
    share: of each lump within its bin.
    """

    edges: Whole
    chance: Real
    by_busy: Real
    sizes: Whole
    in_bin: Whole
    share: Real

    def of(self, lumps: Lumps, partners: int) -> NDArray[np.float32]:
        """The chance of each class, given what a partner was seen to bring. Shape: (partners, classes)."""
        busy = np.searchsorted(BUSY, lumps.events(partners), side="right")
        found = np.log(self.by_busy)[busy]
        at = np.searchsorted(self.edges, lumps.size, side="right") - 1
        at = np.maximum(at, 0)
        log = np.log(self.chance)
        for one in range(len(log)):
            found[:, one] += np.bincount(lumps.partner, weights=log[one][at], minlength=partners)
        found = np.exp(found - found.max(axis=1, keepdims=True))
        share: NDArray[np.float32] = (found / found.sum(axis=1, keepdims=True)).astype(np.float32)
        return share


def fitted_lumps(lumps: Lumps, partners: int) -> Mixture:
    """Learn the classes from the partners who were seen to bring something."""
    step = -(-partners // FITTED_ON) if partners > FITTED_ON else 1
    taken = lumps.partner % step == 0
    who_had, size = lumps.partner[taken] // step, lumps.size[taken]
    sizes, at, seen = np.unique(size, return_inverse=True, return_counts=True)
    if not len(sizes):
        none = np.zeros(1, np.int64)
        return Mixture(none, np.ones((1, 1)), np.ones((len(BUSY) + 1, 1)), none, none, np.ones(1))
    bins = _bins(seen)
    edges = sizes[np.searchsorted(bins, np.arange(bins[-1] + 1))]
    share = seen / np.bincount(bins, weights=seen)[bins]
    _, row = np.unique(who_had, return_inverse=True)
    column = bins[at]
    pairs, times = np.unique(row * len(edges) + column, return_counts=True)
    who, what = pairs // len(edges), pairs % len(edges)
    busy = np.searchsorted(BUSY, np.bincount(row), side="right")
    classes = min(CLASSES, len(edges))
    overall = np.bincount(what, weights=times, minlength=len(edges)) / times.sum()
    # the first classes: bands of the partners' mean lump, softened
    mean = np.bincount(who, weights=what * times) / np.bincount(who, weights=times)
    band = np.minimum((np.argsort(np.argsort(mean)) * classes) // len(mean), classes - 1)
    chance = np.zeros((classes, len(edges)))
    np.add.at(chance, (band[who], what), times)
    chance = _softened(chance, overall)
    by_busy = np.full((len(BUSY) + 1, classes), 1 / classes)
    for _ in range(STEPS):
        log = np.log(by_busy)[busy]
        for one in range(classes):
            log[:, one] += np.bincount(who, weights=times * np.log(chance[one])[what], minlength=len(busy))
        of = np.exp(log - log.max(axis=1, keepdims=True))
        of /= of.sum(axis=1, keepdims=True)
        chance = _softened(np.stack([np.bincount(what, weights=times * of[who, one], minlength=len(edges)) for one in range(classes)]), overall)  # fmt: skip
        everyone = of.mean(axis=0)
        counted = np.zeros_like(by_busy)
        np.add.at(counted, busy, of)
        by_busy = (counted + 20 * everyone) / (counted.sum(axis=1, keepdims=True) + 20)
    return Mixture(edges, chance, np.maximum(by_busy, 1e-12), sizes, bins, share)


def _softened(chance: Real, overall: Real) -> Real:
    """Shrink each class a little towards all lumps, so that nothing seen is impossible."""
    chance = chance + PRIOR * chance.sum() * overall
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _bins(seen: Whole) -> Whole:
    """Put different sizes, in order, into bins of about as many lumps each. Shape: as given."""
    if len(seen) <= BINS:
        return np.arange(len(seen))
    before = np.cumsum(seen) - seen
    bins = (before * BINS) // seen.sum()
    _, at = np.unique(bins, return_inverse=True)
    return at


@dataclass(frozen=True)
class Closing:
    """The chance that m lumps close a gap. chance: shape (classes, most times + 1, cells); unit: hundredths a cell."""

    unit: int
    chance: NDArray[np.float32]

    def cell(self, gap: Whole) -> Whole:
        """The cell of each gap; what is closed already is cell 0."""
        return np.clip(-(-gap // self.unit), 0, self.chance.shape[2] - 1)


def closing(mixture: Mixture, widest: int, times: int) -> Closing:
    """For gaps up to `widest` hundredths and 0 … `times` lumps."""
    unit = int(np.gcd.reduce(mixture.sizes)) or 1
    if widest // unit >= CELLS:
        unit = next(step for step in ROUND if step * (CELLS - 1) >= widest)
    cells = -(-widest // unit) + 1
    exact = mixture.chance[:, mixture.in_bin] * mixture.share
    one = np.zeros((len(exact), cells + 1))
    low, part = np.divmod(mixture.sizes, unit)
    for at, weight in ((low, 1 - part / unit), (low + 1, part / unit)):  # between two cells: shared, the mean kept
        for c in range(len(exact)):
            one[c] += np.bincount(np.minimum(at, cells), weights=exact[c] * weight, minlength=cells + 1)
    size = 1 << int(np.ceil(np.log2(2 * cells)))
    step = np.fft.rfft(one[:, :cells], size)
    mass = np.zeros((len(exact), cells))
    mass[:, 0] = 1.0
    found = np.empty((len(exact), times + 1, cells), np.float32)
    for m in range(times + 1):
        found[:, m] = 1 - np.concatenate([np.zeros((len(exact), 1)), np.cumsum(mass, axis=1)[:, :-1]], axis=1)
        mass = np.maximum(np.fft.irfft(np.fft.rfft(mass, size) * step, size)[:, :cells], 0)
    return Closing(unit, np.clip(found, 0, 1))
