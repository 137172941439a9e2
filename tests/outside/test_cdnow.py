"""CDNOW: the customers of a music shop, 1997 to mid-1998, from the published file to forecasts that are judged by what came.

The published figures are of Fader, Hardie & Lee (2005), "Counting your customers" the easy way, for weeks 39 and 78.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from outlook.published import InWeeks, bg_nbd, log_likelihood, pareto_nbd
from outside.music_shop import shop

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme, read_programme
from pipeline.outlook import rolling
from pipeline.outlook.chance import learned
from pipeline.outlook.draw import bounds, counts_or_above, shocks
from pipeline.outlook.history import history, measured_for
from pipeline.outlook.past import HALF_YEAR, MODEL, OWN, Past, common_shock
from pipeline.outlook.rate import Groups
from pipeline.outlook.rolling import past_forecasts
from pipeline.outlook.score import brier, interval_score

pytestmark = pytest.mark.outside

FIRST, WEEK = date(1997, 1, 1), timedelta(weeks=1)
WEEK_39, WEEK_78 = FIRST + timedelta(days=272), FIRST + timedelta(days=545)
ORIGINS = [FIRST + week * WEEK - timedelta(days=1) for week in range(18, 40, 3)]
HORIZONS = (91, 133, 182, 273)
"""13, 19, 26 and 39 weeks, as far as the 78 weeks go."""
EACH = pytest.mark.parametrize("by", ["dollars", "days"])


@dataclass(frozen=True)
class Shop:
    """An open shop and the forecasts that would have been made in it."""

    warehouse: Warehouse
    programme: Programme
    pasts: list[Past]


@pytest.fixture(scope="module")
def shops(outside_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shop]]:
    """By dollars and by days: ingested, built, and forecast from every third week; without the plain forecasts beside."""
    with ExitStack() as opened, pytest.MonkeyPatch.context() as patched:
        patched.setattr(rolling, "baselines", lambda *_: {})
        found = {}
        for by in ("dollars", "days"):
            home = shop(outside_data("cdnow"), tmp_path_factory.mktemp(by), by)
            warehouse = opened.enter_context(Warehouse.open(home.warehouse))
            programme, _ = read_programme(home.file("programmes", "shop.toml"))
            pasts = [
                past
                for origin in ORIGINS
                for past in past_forecasts(warehouse, programme, origin, origin, _lengths(origin), 0)
            ]
            found[by] = Shop(warehouse, programme, pasts)
        yield found


def _lengths(origin: date) -> list[int]:
    return [days for days in HORIZONS if origin + timedelta(days=days) <= WEEK_78]


@pytest.fixture(scope="module")
def judged(shops: dict[str, Shop]) -> dict[str, pd.DataFrame]:
    """One row per forecast and tier, the shock learned from what was known by then."""
    return {
        by: pd.DataFrame([row for past in shop.pasts for row in _judged(past, shop.pasts)])
        for by, shop in shops.items()
    }


def _judged(past: Past, pasts: list[Past]) -> Iterator[dict[str, object]]:
    known = [other for other in pasts if other.on <= past.origin]
    alike = [other for other in known if other.days == past.days] or known
    chance = past.chances[MODEL]
    shock = shocks(common_shock(alike, past.days), OWN * np.sqrt(past.days / HALF_YEAR), chance.shape[1], 0)
    low, high = bounds(counts_or_above(chance, shock, 0))[1]
    for tier, truth in enumerate(past.truth):
        yield {
            "origin": past.origin, "days": past.days, "truth": truth,
            "off": abs(chance[:, tier].sum() - truth) / truth,
            "is_inside": low[tier] <= truth <= high[tier],
            "score": float(interval_score(low[tier], high[tier], truth, 0.8)),
        }  # fmt: skip


@pytest.fixture(scope="module")
def in_weeks(shops: dict[str, Shop]) -> Groups:
    """The customers at the end of week 39, as the paper counts them: repeated days of buying, in weeks since the first."""
    by_day = shops["days"]
    now = history(by_day.warehouse, by_day.programme, WEEK_39, WEEK_39)
    weeks = (now.day - now.since[now.number]) / np.timedelta64(7, "D")
    events, last = np.bincount(now.number, weeks > 0), np.zeros(len(now.since))
    np.maximum.at(last, now.number, weeks)
    age = (np.datetime64(WEEK_39) - now.since) / np.timedelta64(7, "D")
    alike, partners = np.unique(np.stack([events, last, age]), axis=1, return_counts=True)
    return Groups(alike[0].astype(np.int64), alike[1], alike[2], partners)


@pytest.mark.parametrize(("model", "published"), [(bg_nbd, -9582.4), (pareto_nbd, -9595.0)])
def test_the_grid_gives_the_published_log_likelihoods(in_weeks, model, published):
    assert log_likelihood(model(in_weeks), in_weeks) == pytest.approx(published, abs=3)


@EACH
def test_four_in_five_intervals_hold_what_came(judged, by):
    assert 0.72 <= judged[by].is_inside.mean() <= 0.92


@EACH
def test_the_mean_is_near_what_came(judged, by):
    assert judged[by].off.mean() <= 0.056


@EACH
def test_what_is_said_at_week_39_of_week_78_is_near_what_came(judged, by):
    of_last = judged[by][(judged[by].origin == WEEK_39) & (judged[by].days == 273)]
    assert of_last.off.mean() <= 0.063
    assert of_last.score.mean() <= 80


@EACH
@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd])
def test_who_reaches_a_tier_by_week_78_is_told_better_than_by_the_published_models(shops, by, model):
    [past] = [past for past in shops[by].pasts if (past.origin, past.on) == (WEEK_39, WEEK_78)]
    now = history(shops[by].warehouse, shops[by].programme, WEEK_39, WEEK_39)
    base, _ = measured_for(shops[by].warehouse, shops[by].programme, WEEK_78, WEEK_39, now.now.kinds.version)
    published = replace(learned(now), rates=InWeeks(model)).chances(base, WEEK_78)
    came = past.came[:, None] > np.arange(len(past.truth))
    assert brier(past.chances[MODEL], came) < brier(published, came)
