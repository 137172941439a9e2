"""Whom to call before the day: those whom one more activity would help most."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd

from pipeline.model.closing import closing_activity
from pipeline.outlook.chance import FAR, gaps
from pipeline.outlook.forecast import Forecast
from pipeline.outlook.history import points_decide

LONGEST = 50


def worth_a_call(found: Forecast, most: int = LONGEST) -> pd.DataFrame:
    """Partners who are not sure of a tier they could reach, those first whom one more activity would help most.

    The activity is that which closes the gap most cheaply, once; both chances are the model's. Columns: partner_id, name, region, adviser,
    account_manager, tier_now, tier, gap, chance, activity, chance_with_it, gain. Empty where more than points decides.
    """
    who = ["partner_id", "name", "region", "adviser", "account_manager"]
    columns = [*who, "tier_now", "tier", "gap", "chance", "activity", "chance_with_it", "gain"]
    if not points_decide(found.version) or not found.programme.activity:
        return pd.DataFrame(columns=columns)
    gap, chance = gaps(found.base), found.taught.chances(found.base, found.on)
    had = found.stood.had_once
    usual = {activity.id: int(activity.points * 100) for activity in found.programme.activity}
    ids = found.stood.partners["partner_id"].to_numpy()
    parts = []
    for at, tier in enumerate(found.version.tier):
        # the next tier only: whoever lacks a lower one is called for that
        rows = np.flatnonzero((gap[:, at] > 0) & (gap[:, at] < FAR) & (gap[:, at - 1] == 0 if at else True))
        found_ways = [
            (row, way)
            for row in rows
            if (way := closing_activity(found.programme, Decimal(int(gap[row, at])).scaleb(-2), had.get(ids[row], ())))
        ]
        rows, ways = np.array([row for row, _ in found_ways], np.int64), [way for _, way in found_ways]
        activity = [way.split(" × ")[1] for way in ways]
        more = np.zeros(len(ids), np.int64)
        more[rows] = [usual[one] for one in activity]
        metrics = found.base.metrics.copy()
        metrics[:, 0] += more
        with_it = found.taught.chances(replace(found.base, metrics=metrics), found.on)[rows, at]
        part = found.stood.partners.iloc[rows][who].assign(
            tier_now=found.tier_now[rows], tier=tier.id, gap=gap[rows, at] / 100, chance=chance[rows, at].round(3),
            activity=ways, chance_with_it=with_it.round(3), gain=(with_it - chance[rows, at]).round(3),
        )  # fmt: skip
        parts.append(part)
    listed = pd.concat(parts)
    listed = listed[listed["gain"] > 0].copy()
    listed["about"] = listed["gain"].round(
        1
    )  # nobody can tell a gain of 0.97 from one of 0.93: then the smaller gap is first
    listed = listed.sort_values(["about", "gap", "partner_id"], ascending=[False, True, True]).drop(columns="about")
    return listed.head(most).reset_index(drop=True)
