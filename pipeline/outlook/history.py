"""What is known on the day of a forecast: who is on the roster, when each earned and how much.

An event is a day on which entries of a partner were posted. So what is posted late comes in when it becomes known, as
it did before, and a forecast is of what will be known on its day.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse
from pipeline.model.measured import Measured, measure
from pipeline.model.metric import Pooled
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.version import Version
from pipeline.outlook.lump import Lumps
from pipeline.outlook.rate import Groups, Whole

HERE = Path(__file__).parent
MOST_GROUPS = 60_000
MEMORY = 365
"""Days back from the origin whose events tell how often a partner earns and how much: a whole round of the seasons, and nothing staler."""
DAY = np.timedelta64(1, "D")
Number = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Clock:
    """The days on which anything was posted at all: a season's races, a month's working days. days: in order."""

    days: NDArray[np.datetime64]

    def at(self, day: NDArray[np.datetime64] | np.datetime64 | date) -> Whole:
        """How many days of the clock are over at the end of a day."""
        return np.searchsorted(self.days, np.asarray(day, "datetime64[D]"), side="right")

    def ahead(self, origin: date, until: date) -> float:
        """Days of the clock to come between two days, as dense as in as long a time before the first."""
        length = (until - origin).days
        if length <= 0 or not len(self.days):
            return 0.0
        back = min(length, int((np.datetime64(origin, "D") - self.days[0]) / DAY) + 1)
        seen = float(self.at(origin)) - float(self.at(np.datetime64(origin, "D") - back * DAY))
        overall = len(self.days) / (int((self.days[-1] - self.days[0]) / DAY) + 1)
        return length * (seen / back if seen else overall)


@dataclass(frozen=True)
class History:
    """Everyone on the roster of the origin, in the order of partner_ids.

    now: measured on the origin. number, day, pool, rows: the events, one row per partner, day and pool.
    since: the day after which his events count: he joined, or his first event, or the first that is known of anyone.
    rules_on: the day whose rules are asked.
    """

    origin: date
    rules_on: date
    partner_ids: NDArray[np.object_]
    now: Measured
    clock: Clock
    number: Number
    day: NDArray[np.datetime64]
    pool: Number
    rows: dict[str, NDArray[np.int64]]
    since: NDArray[np.datetime64]

    @property
    def begins(self) -> date | None:
        """The first day on which anything was posted."""
        return self.clock.days[0].astype(date) if len(self.clock.days) else None

    @cached_property
    def event(self) -> Whole:
        """The event, a partner and a day, of each row: rows of one event lie together. Shape: (rows,)."""
        is_new = (np.diff(self.number, prepend=-1) != 0) | (
            np.diff(self.day, prepend=self.day[:1] - DAY) != np.timedelta64(0, "D")
        )
        return np.cumsum(is_new) - 1

    @cached_property
    def first_row(self) -> Whole:
        """The first row of each event. Shape: (events,)."""
        return np.flatnonzero(np.diff(self.event, prepend=-1))

    @cached_property
    def lumps(self) -> Lumps:
        """What each event brought in all; a net loss counts as nothing."""
        size = np.bincount(self.event, weights=self.rows["points"], minlength=len(self.first_row)).astype(np.int64)
        return Lumps(self.number[self.first_row], np.maximum(size, 0))

    @property
    def remembered_lumps(self) -> Lumps:
        """Those of the events that are remembered: what an event brings changes with the times too."""
        kept = self.day[self.first_row] > np.datetime64(self.origin, "D") - MEMORY * DAY
        return Lumps(self.lumps.partner[kept], self.lumps.size[kept])

    @cached_property
    def grouped(self) -> tuple[Groups, Whole]:
        """Partners alike in events, last and age, and the group of each; coarser where they would be too many."""
        who, day = self.number[self.first_row], self.day[self.first_row]
        since = np.maximum(self.since, np.datetime64(self.origin, "D") - MEMORY * DAY)
        began = self.clock.at(since)
        is_after = day > since[who]
        events = np.bincount(who[is_after], minlength=len(began))
        last = np.zeros(len(began), np.int64)
        np.maximum.at(last, who[is_after], self.clock.at(day[is_after]) - began[who[is_after]])
        age = int(self.clock.at(self.origin)) - began
        coarse = 1
        while True:
            width = int(age.max(initial=0)) // coarse + 1
            key = (events * width + last // coarse) * width + age // coarse
            keys, at, partners = np.unique(key, return_inverse=True, return_counts=True)
            alike = np.stack([keys // width // width, keys // width % width, keys % width])
            if alike.shape[1] <= MOST_GROUPS or coarse >= 64:
                break
            coarse *= 2
        middle = (coarse - 1) / 2
        ages = alike[2] * coarse + middle
        return Groups(
            alike[0], np.minimum(np.where(alike[0] > 0, alike[1] * coarse + middle, 0.0), ages), ages, partners
        ), at.ravel()

    def between(self, after: np.datetime64, until: np.datetime64) -> Pooled:
        """What was posted after a day, up to another. Shapes: (pools, partners)."""
        inside = (self.day > after) & (self.day <= until)
        return summed(
            self.rows,
            inside.nonzero()[0],
            self.number[inside],
            self.pool,
            len(self.now.kinds.pools),
            len(self.partner_ids),
        )


def summed(
    rows: dict[str, NDArray[np.int64]], at: Number, number: Number, pool: Number, pools: int, partners: int
) -> Pooled:
    """Rows of events added up by pool and partner. Shapes: (pools, partners). number: the partner of each of these rows."""
    shape = (max(pools, 1), partners)
    points, entries = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    bits = {}
    np.add.at(points, (pool[at], number), rows["points"][at])
    for dimension in ("domain", "category", "activity"):
        bits[dimension] = np.zeros(shape, np.int64)
    if "entries" in rows:  # else points alone decide
        np.add.at(entries, (pool[at], number), rows["entries"][at])
        for dimension, found in bits.items():
            np.bitwise_or.at(found, (pool[at], number), rows[f"{dimension}_bits"][at])
    return Pooled(points, entries, bits)


def history(
    warehouse: Warehouse, programme: Programme, origin: date, rules_on: date, most: int | None = None
) -> History:
    """All that a forecast made on `origin` may know, under the rules of `rules_on`; of at most so many partners.

    Raises PalierError when no rules or no roster cover the day.
    """
    version = programme.version_on(rules_on)
    now, partner_ids = measured_for(warehouse, programme, origin, origin, version)
    every = -(-len(partner_ids) // most) if most else 1
    rows = np.arange(0, len(partner_ids), max(every, 1))
    warehouse.make_for_question(
        "partner_row",
        "select partner_id, joined_on, valid_from, cast(row // step as int) as number from "
        "(select listed.partner_id, listed.joined_on, first.valid_from, "
        f"row_number() over (order by listed.partner_id) - 1 as row, {max(every, 1)} as step "
        "from roster_in_question as listed inner join "
        "(select partner_id, min(valid_from) as valid_from from roster_history group by partner_id) as first "
        "on first.partner_id = listed.partner_id) where row % step = 0",
    )
    name = "event_sum" if points_decide(version) else "event_day"
    warehouse.view_for_question(name, sql_of(HERE, name))
    order = "number, posted_on" if name == "event_sum" else "number, posted_on, pool"
    found = warehouse.arrays(f"select * from {name} order by {order}")
    days = warehouse.arrays(
        "select distinct posted_on from point_ledger, question where posted_on <= known_on order by 1"
    )
    clock = Clock(days["posted_on"].astype("datetime64[D]"))
    number, day = found.pop("number").astype(np.int32), found.pop("posted_on").astype("datetime64[D]")
    pool = found.pop("pool").astype(np.int16) if "pool" in found else np.zeros(len(number), np.int16)
    since = _since(warehouse, clock, number, day)
    return History(origin, rules_on, partner_ids[rows], now.in_order(rows), clock, number, day, pool, found, since)


def points_decide(version: Version) -> bool:
    """Whether the sum of points alone decides each tier, so that the chance has a closed form."""
    ladders = [version.tier, *(version.tiers_of(track.id) for track in version.track)]
    asked = {metric for tiers in ladders for tier in tiers for way in tier.ways() for metric in way}
    return asked <= {"points"} and not version.cap and version.window != "personal year"


def measured_for(
    warehouse: Warehouse, programme: Programme, on: date, known_on: date, version: Version
) -> tuple[Measured, NDArray[np.object_]]:
    """Everyone on the roster measured on a day with the knowledge of another, under rules of any day; and who they are."""
    question = Question(on, known_on, version.effective)
    found = measure(warehouse, programme, question, version)
    ids = warehouse.arrays("select partner_id from measure")["partner_id"]
    order = np.argsort(ids)
    return found.in_order(order), ids[order]


def _since(warehouse: Warehouse, clock: Clock, number: Number, day: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """The day after which the events of each count. Shape: (partners,)."""
    on = warehouse.arrays(
        "select coalesce(joined_on, date '0001-01-01') as joined_on, valid_from from partner_row order by number"
    )
    joined, listed = (on[name].astype("datetime64[D]") for name in ("joined_on", "valid_from"))
    first = np.full(len(joined), np.datetime64("9999-12-31", "D"))
    np.minimum.at(first, number, day)
    opened = clock.days[0] - DAY if len(clock.days) else np.datetime64("0001-01-01", "D")
    is_known = joined > np.datetime64("0001-01-01", "D")
    told = np.where(is_known, np.maximum(np.minimum(joined, first), opened), np.where(first < listed, first, listed))
    since: NDArray[np.datetime64] = np.maximum(told, opened)
    return since
