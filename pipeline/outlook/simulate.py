"""Each partner's chance where more than points decides: events and what they bring are drawn, and the rule is asked."""

from datetime import date

import numpy as np

from pipeline.model.measured import Measured
from pipeline.model.metric import Pooled
from pipeline.outlook.chance import Learned
from pipeline.outlook.history import History, summed
from pipeline.outlook.rate import Real, Whole
from pipeline.outlook.reached import at_or_above, reached

MOST_DRAWN = 2_000_000
"""Partners × repetitions that are drawn at once."""
LEAST, MOST = 32, 400
"""Repetitions a partner: as many as 40 million divided by the partners, within these."""


def simulated(learned: Learned, base: Measured, on: date, seed: int) -> Real:
    """The chance of each partner to earn each tier or a higher one on a day. Shape: (partners, tiers).

    A partner has as many events as his group has, each of a size that his class of lumps has, and with the activities,
    domains and categories of one that he had himself of about that size; else of one that anybody had.
    """
    partners, tiers = len(learned.group), len(base.kinds.version.tier)
    repeated = int(np.clip(40_000_000 // max(partners, 1), LEAST, MOST))
    random = np.random.default_rng([seed, 7])
    up_to = np.cumsum(learned.times(base.kinds.version, on), axis=1)
    donors = _Donors(learned)
    found = np.zeros((partners, tiers))
    at_once = max(1, MOST_DRAWN // repeated)
    for first in range(0, partners, at_once):
        mine = np.arange(first, min(first + at_once, partners))
        who = np.repeat(mine, repeated)
        chance = random.random(len(who))
        row = up_to[learned.group[mine]].astype(np.float64)
        row[:, -1] = 1.0
        flat = (row + np.arange(len(mine))[:, None]).ravel()
        place = np.searchsorted(flat, chance + np.repeat(np.arange(len(mine)), repeated), side="right")
        times = np.minimum(place - np.repeat(np.arange(len(mine)), repeated) * row.shape[1], row.shape[1] - 1)
        more = donors.bring(who, times, random, learned.history, len(base.kinds.pools))
        part = base.in_order(who)
        ranks = reached(part, more)
        found[mine] = at_or_above(ranks, tiers).reshape(len(mine), repeated, tiers).mean(axis=1)
    return found


class _Donors:
    """Events by the size of their lump, of each partner and of all."""

    def __init__(self, learned: Learned):
        lumps, mixture = learned.history.lumps, learned.lumps
        self.bins = len(mixture.edges)
        bin_of = np.maximum(np.searchsorted(mixture.edges, lumps.size, side="right") - 1, 0)
        self.own = np.argsort(lumps.partner * self.bins + bin_of, kind="stable")
        self.own_key = (lumps.partner * self.bins + bin_of)[self.own]
        self.all = np.argsort(bin_of, kind="stable")
        self.all_key = bin_of[self.all]
        self.class_up_to = np.cumsum(learned.lump_class, axis=1)
        self.size_up_to = np.cumsum(mixture.chance, axis=1)

    def bring(self, who: Whole, times: Whole, random: np.random.Generator, history: History, pools: int) -> Pooled:
        """What `times` events bring each of `who`. Shapes: (pools, len(who))."""
        if not len(self.all):
            return summed(
                history.rows, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), pools, len(who)
            )
        kind = (self.class_up_to[who] < random.random(len(who))[:, None]).sum(axis=1)
        kind = np.minimum(kind, len(self.size_up_to) - 1)
        column = np.repeat(np.arange(len(who)), times)
        size = np.zeros(len(column), np.int64)
        chance = random.random(len(column))
        for one, up_to in enumerate(self.size_up_to):
            drawn = kind[column] == one
            size[drawn] = np.minimum(np.searchsorted(up_to, chance[drawn], side="right"), self.bins - 1)
        key = who[column] * self.bins + size
        begin, end = (np.searchsorted(self.own_key, key, side=side) for side in ("left", "right"))
        all_begin, all_end = (np.searchsorted(self.all_key, size, side=side) for side in ("left", "right"))
        pick = random.random(len(column))
        event = np.where(
            end > begin,
            self.own[np.minimum((begin + pick * (end - begin)).astype(np.int64), len(self.own) - 1)],
            self.all[np.minimum((all_begin + pick * (all_end - all_begin)).astype(np.int64), len(self.all) - 1)],
        )
        last = np.append(history.first_row[1:], len(history.event))
        rows = last[event] - history.first_row[event]
        at = np.repeat(history.first_row[event], rows) + np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
        return summed(history.rows, at, np.repeat(column, rows), history.pool[at], pools, len(who))
