"""The way to the day: how many stood at each tier or above on days before the origin, and are expected on days after it."""

from datetime import date, timedelta

import pandas as pd

from pipeline.base.warehouse import Warehouse
from pipeline.outlook.draw import bounds
from pipeline.outlook.forecast import Forecast
from pipeline.outlook.history import measured_for
from pipeline.outlook.past import METHODS
from pipeline.outlook.rolling import all_chances

AHEAD, BACK = 6, 6


def fan(warehouse: Warehouse, found: Forecast) -> pd.DataFrame:
    """One row per day and tier or above, all by the rules of the day forecast.

    Columns: day, tier, came (before and on the origin, of the roster then), expected, low_80, low_50, high_50, high_80,
    nothing_new, recent_pace, look_alikes (after it).
    """
    names, rows = [tier.id for tier in found.version.tier], []
    [(first,)] = warehouse.rows("select min(snapshot_on) from snapshot")
    for back in range(BACK, -1, -1):
        day = found.origin - timedelta(days=back * max(found.days // AHEAD, 1))
        if day < first:
            continue
        ranks = measured_for(warehouse, found.programme, day, day, found.version)[0].earned_rank
        rows += [{"day": day, "tier": tier, "came": int((ranks > at).sum())} for at, tier in enumerate(names)]
    for day in _days_ahead(found):
        is_last = day == found.on
        base = found.base if is_last else measured_for(warehouse, found.programme, day, found.origin, found.version)[0]
        chances = found.chances if is_last else all_chances(found.taught, base, day, found.seed)
        above, _ = found.draws(chances[found.method], (day - found.origin).days)
        limits = bounds(above, (0.5, 0.8))
        for at, tier in enumerate(names):
            row: dict[str, object] = {"day": day, "tier": tier, "expected": float(chances[found.method][:, at].sum())}
            for level, (low, high) in zip((50, 80), limits[:, :, at], strict=True):
                row |= {f"low_{level}": int(low), f"high_{level}": int(high)}
            for method in METHODS[1:]:
                row[method.replace(" ", "_").replace("-", "_")] = float(chances[method][:, at].sum())
            rows.append(row)
    return pd.DataFrame(rows)


def _days_ahead(found: Forecast) -> list[date]:
    """Up to six days at even distances, the last of them the day forecast."""
    steps = min(AHEAD, found.days)
    return [found.origin + timedelta(days=round(found.days * step / steps)) for step in range(1, steps + 1)]
