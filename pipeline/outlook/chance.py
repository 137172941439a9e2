"""Each partner's chance to earn each tier by a day, in closed form where points alone decide."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipeline.model.measured import Measured
from pipeline.model.question import Question
from pipeline.model.rule import NO_WAY, NOT_ASKED, Ladder
from pipeline.model.version import Version
from pipeline.outlook.history import History
from pipeline.outlook.lump import Mixture, closing, fitted_lumps
from pipeline.outlook.rate import Groups, Rates, Real, Whole, fitted

MOST_TIMES = 400
FAR = np.iinfo(np.int64).max // 4
"""A gap that nothing closes."""


def gaps(base: Measured) -> Whole:
    """The points in hundredths that each lacks for each tier, all tiers below included. Shape: (partners, tiers)."""
    version = base.kinds.version
    minimums = np.stack([_minimums(version, None), *(_minimums(version, track.id) for track in version.track)])
    needed = minimums[np.where(base.track < 0, 0, base.track + 1)]
    return np.where(needed >= FAR, FAR, np.maximum(needed - base.metrics[:, :1], 0))


def _minimums(version: Version, track: str | None) -> Whole:
    """The points that each tier asks, all tiers below included. Shape: (tiers,)."""
    each = Ladder.of(version, track).minimums[:, :, 0].min(axis=1)
    each = np.where(each == NO_WAY, FAR, np.where(each == NOT_ASKED, 0, each))
    return np.maximum.accumulate(each)


@dataclass(frozen=True)
class Learned:
    """What a history teaches, fitted once; the chances for any day and any thresholds are look-ups in it."""

    history: History
    groups: Groups
    group: Whole
    rates: Rates
    lumps: Mixture
    lump_class: NDArray[np.float32]

    def times(self, version: Version, on: date) -> NDArray[np.float32]:
        """Chance of 0, 1, … events of each group that count on a day. Shape: (groups, most + 1)."""
        origin, clock = self.history.origin, self.history.clock
        opens = min(max(Question(on).window_after(version), origin), on)
        after, in_all = clock.ahead(origin, opens), clock.ahead(origin, on)
        most = int(min(MOST_TIMES, np.ceil(in_all - after) + 1)) if in_all > after else 0
        if most == 0 or not len(self.groups.events):
            return np.ones((len(self.groups.events), 1), np.float32)
        return self.rates.times(self.groups, in_all - after, after, most)

    def chances(self, base: Measured, on: date) -> Real:
        """The chance of each partner to earn each tier or a higher one on a day, where points alone decide.

        base: what stands on the day if nothing new comes. Shape: (partners, tiers), never rising along a row.
        """
        gap = gaps(base)
        found: Real = (gap == 0).astype(np.float64)
        is_open = (gap > 0) & (gap < FAR)
        if not is_open.any():
            return found
        times = self.times(base.kinds.version, on)
        table = closing(self.lumps, int(gap[is_open].max()), times.shape[1] - 1)
        cell = table.cell(gap)
        for tier in range(gap.shape[1]):
            rows = np.flatnonzero(is_open[:, tier])
            if not len(rows):
                continue
            order = rows[np.argsort(cell[rows, tier], kind="stable")]
            edges = np.flatnonzero(np.diff(cell[order, tier], prepend=-1))
            for first, last in zip(edges, [*edges[1:], len(order)], strict=True):
                mine = order[first:last]
                by_class = times[self.group[mine]] @ table.chance[:, :, cell[mine[0], tier]].T
                found[mine, tier] = (by_class * self.lump_class[mine]).sum(axis=1)
        return np.asarray(np.minimum.accumulate(np.clip(found, 0, 1), axis=1))


def learned(history: History) -> Learned:
    """Fit rates and lumps to a history."""
    groups, group = history.grouped
    seen, partners = history.remembered_lumps, len(history.partner_ids)
    lumps = fitted_lumps(seen, partners)
    return Learned(history, groups, group, fitted(groups), lumps, lumps.of(seen, partners))
