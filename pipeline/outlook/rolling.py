"""Forecasts as they would have been made on earlier days, with what was known then."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pipeline.base.warehouse import Warehouse
from pipeline.model.measured import Measured
from pipeline.model.programme import Programme
from pipeline.outlook.baseline import baselines
from pipeline.outlook.chance import Learned, learned
from pipeline.outlook.history import History, history, measured_for, points_decide
from pipeline.outlook.past import MODEL, Past
from pipeline.outlook.rate import Real
from pipeline.outlook.simulate import simulated

MOST_ORIGINS = 8
MOST_PARTNERS = 50_000
"""Partners of whom past forecasts are made; with more, every n-th."""


def all_chances(taught: Learned, base: Measured, on: date, seed: int) -> dict[str, Real]:
    """The chances by the model and by each baseline. Shapes: (partners, tiers)."""
    is_closed = points_decide(base.kinds.version)
    by_model = taught.chances(base, on) if is_closed else simulated(taught, base, on, seed)
    return {MODEL: by_model, **baselines(taught.history, base, on, seed)}


def past_forecasts(
    warehouse: Warehouse, programme: Programme, rules_on: date, origin: date, days: list[int], seed: int
) -> Iterator[Past]:
    """Forecasts made on one day for so many days later, with what came; nobody who joined or left in between."""
    before = history(warehouse, programme, origin, rules_on, MOST_PARTNERS)
    taught = learned(before)
    version = programme.version_on(rules_on)
    for length in days:
        on = origin + timedelta(days=length)
        base, ids = measured_for(warehouse, programme, on, origin, version)
        base = base.in_order(pd.Index(ids).get_indexer(pd.Index(before.partner_ids)))
        after, later_ids = measured_for(warehouse, programme, on, on, version)
        at = pd.Index(later_ids).get_indexer(pd.Index(before.partner_ids))
        stayed = np.flatnonzero(at >= 0)
        chances = {name: chance[stayed] for name, chance in all_chances(taught, base, on, seed).items()}
        yield Past(origin, on, chances, base.earned_rank[stayed], after.earned_rank[at[stayed]])


def earlier_origins(warehouse: Warehouse, now: History, days: int) -> list[date]:
    """Days before the origin on which such a forecast could have been made and judged by now, the latest first.

    Each has a roster, as long a past as the horizon or 16 weeks of it, and three in four of today's partners.
    """
    [(first_roster,)] = warehouse.rows("select min(snapshot_on) from snapshot")
    if now.begins is None or days <= 0:
        return []
    earliest = max(first_roster, now.begins + timedelta(days=min(days, 112)))
    step = max(days // 2, 7)
    found: list[date] = []
    latest = now.origin - timedelta(days=days)
    for back in range(MOST_ORIGINS):
        origin = latest - timedelta(days=back * step)
        if origin < earliest or (now.since <= np.datetime64(origin, "D")).mean() < 0.75:
            break
        found.append(origin)
    return found


def judged(
    warehouse: Warehouse, programme: Programme, now: History, days: int, seed: int, progress: Callable[[str], None]
) -> list[Past]:
    """What is known on the origin of forecasts such as the one asked: over the same time, else over a half or a quarter of it."""
    for length in (days, days // 2, days // 4):
        origins = earlier_origins(warehouse, now, length) if length >= 7 else []
        if origins:
            break
    found: list[Past] = []
    for origin in origins:
        progress(f"looking back to {origin}")
        found += past_forecasts(warehouse, programme, now.rules_on, origin, [length], seed)
    return found
