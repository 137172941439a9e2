"""Three plain forecasts beside the model: nothing new, the recent pace, and what came of partners who looked alike."""

from datetime import date

import numpy as np

from pipeline.model.measured import Measured
from pipeline.model.metric import Pooled
from pipeline.outlook.history import DAY, History
from pipeline.outlook.rate import Real, Whole
from pipeline.outlook.reached import at_or_above, reached

NOTHING_NEW, RECENT_PACE, LOOK_ALIKES = "nothing new", "recent pace", "look-alikes"
BASELINES = (NOTHING_NEW, RECENT_PACE, LOOK_ALIKES)
EDGES = np.array([1, 2, 3, 5, 9, 20])
"""Event days that part one kind of partner from the next."""
MOST, LEAST = 40, 10


def baselines(history: History, base: Measured, on: date, seed: int) -> dict[str, Real]:
    """Chances of each partner to earn each tier or a higher one, by name. Shapes: (partners, tiers)."""
    tiers = len(base.kinds.version.tier)
    origin = np.datetime64(history.origin, "D")
    length = np.timedelta64((on - history.origin).days, "D")
    recent = history.between(origin - length, origin)
    return {
        NOTHING_NEW: at_or_above(base.earned_rank, tiers),
        RECENT_PACE: at_or_above(reached(base, recent), tiers),
        LOOK_ALIKES: _look_alikes(history, base, recent, origin - length, seed),
    }


def _look_alikes(history: History, base: Measured, recent: Pooled, earlier: np.datetime64, seed: int) -> Real:
    """What came, since one horizon ago, of those who then looked as each partner looks now. Shape: (partners, tiers)."""
    random = np.random.default_rng([seed, 9])
    partners, tiers = len(history.partner_ids), len(base.kinds.version.tier)
    now, then = _looks(history, np.datetime64(history.origin, "D")), _looks(history, earlier)
    was_there = history.since <= earlier
    then = np.where(was_there, then, -1)
    order = np.argsort(then, kind="stable")
    begin, end = (np.searchsorted(then[order], now, side=side) for side in ("left", "right"))
    everyone = np.flatnonzero(then[order] >= 0)
    if not len(everyone):
        return at_or_above(base.earned_rank, tiers)
    lonely = end == begin
    begin, end = np.where(lonely, everyone[0], begin), np.where(lonely, len(order), end)
    found = np.zeros((partners, tiers))
    repeated = int(np.clip(4_000_000 // max(partners, 1), LEAST, MOST))
    for _ in range(repeated):
        donor = order[(begin + random.random(partners) * (end - begin)).astype(np.int64)]
        bits = {dimension: values[:, donor] for dimension, values in recent.bits.items()}
        more = Pooled(recent.points[:, donor], recent.entries[:, donor], bits)
        found += at_or_above(reached(base, more), tiers)
    return found / repeated


def _looks(history: History, day: np.datetime64) -> Whole:
    """How a partner looks on a day: how many events he has had, and how long ago the last was. Shape: (partners,)."""
    who, when = history.number[history.first_row], history.day[history.first_row]
    seen = when <= day
    partners = len(history.partner_ids)
    events = np.bincount(who[seen], minlength=partners)
    last = np.full(partners, np.datetime64("0001-01-01", "D"))
    np.maximum.at(last, who[seen], when[seen])
    age = np.maximum((day - history.since) / DAY, 1)
    since_last = np.clip((day - last) / DAY / age, 0, 0.999)
    return np.searchsorted(EDGES, events, side="right") * 4 + (since_last * 4).astype(np.int64)
