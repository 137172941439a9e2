"""How many partners will stand at each tier by a day, with intervals, beside three plain forecasts and their record."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.base.warehouse import Warehouse
from pipeline.model.closing import close_to
from pipeline.model.measured import Measured
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.standing import Standing, standing, tier_ids
from pipeline.model.version import Version
from pipeline.outlook.baseline import NOTHING_NEW
from pipeline.outlook.chance import FAR, Learned, gaps, learned
from pipeline.outlook.draw import LEVELS, Shocks, bounds, counts_exactly, counts_or_above, shocks
from pipeline.outlook.history import history, measured_for, points_decide
from pipeline.outlook.past import HALF_YEAR, METHODS, MODEL, OWN, Past, common_shock, independent
from pipeline.outlook.rate import Real, Whole
from pipeline.outlook.refused import refuse
from pipeline.outlook.rolling import all_chances, judged
from pipeline.outlook.score import crps

LEAST_RECORD = 3
"""Past forecasts from which on a plain forecast may take the model's place."""


@dataclass(frozen=True)
class Forecast:
    """What is to be expected on a day, as known on the origin. Everyone on the roster of the origin, by partner_id.

    stand: asks where everyone stands on the origin, by the rules in force then. base: what stands on the day if nothing new
    comes; chances: by method, shape (partners, tiers), to earn a tier or a higher one. pasts: such forecasts of before.
    run_for_it: the share of near misses who are supposed to run for the tier.
    """

    programme: Programme
    version: Version
    on: date
    taught: Learned
    stand: Callable[[], Standing]
    base: Measured
    chances: dict[str, Real]
    pasts: list[Past]
    run_for_it: float = 0.0
    seed: int = 0
    asked_method: str = ""
    newcomers: int = 0

    @property
    def origin(self) -> date:
        """The day on which it is made."""
        return self.taught.history.origin

    @property
    def days(self) -> int:
        """The horizon."""
        return (self.on - self.origin).days

    @cached_property
    def stood(self) -> Standing:
        """Where everyone stands on the origin; asked for at first use, while the warehouse is open, as counts do not need it."""
        return self.stand()

    @cached_property
    def record(self) -> pd.DataFrame:
        """How each method has done: the mean CRPS of its past forecasts, and how far they missed on average.

        Columns: method, forecasts, windows, crps, missed (what came − what was forecast, in partners per tier).
        """
        rows = []
        for method in METHODS:
            scores, missed = [], []
            for past in self.pasts:
                draws = counts_or_above(past.chances[method], self._shocks(SUPPOSED_ONLY, past.days), self.seed)
                scores.append(crps(draws, past.truth.astype(float)).mean())
                missed.append((past.truth - past.chances[method].sum(axis=0)).mean())
            rows.append((method, len(self.pasts), round(independent(self.pasts), 1), _mean(scores), _mean(missed)))
        return pd.DataFrame(rows, columns=["method", "forecasts", "windows", "crps", "missed"])

    @cached_property
    def best(self) -> str:
        """The method that did best on past forecasts; the model where there are fewer than 3."""
        if len(self.pasts) < LEAST_RECORD:
            return MODEL
        return str(self.record.sort_values("crps", kind="stable")["method"].iloc[0])

    @property
    def method(self) -> str:
        """The method whose counts are given: the one asked for, else the best."""
        return self.asked_method or self.best

    def _shocks(self, pasts: list[Past], days: int) -> Shocks:
        common = common_shock(pasts, days, self.method if pasts else MODEL)
        return shocks(common, OWN * np.sqrt(max(days, 0) / HALF_YEAR), len(self.version.tier), self.seed)

    def draws(self, chance: Real | None = None, days: int | None = None) -> tuple[Whole, Whole]:
        """Draws of the counts at each tier or above, and exactly at none and each tier. Shapes: (draws, tiers), (draws, tiers + 1)."""
        chance = self.chances[self.method] if chance is None else chance
        shock = self._shocks(self.pasts, self.days if days is None else days)
        return counts_or_above(chance, shock, self.seed), counts_exactly(chance, shock, self.seed)

    def count(self, chance: Real) -> tuple[float, int, int]:
        """The mean and the 80 % interval of how many there are of these partners. chance: shape (partners,)."""
        shock = self._shocks(self.pasts, self.days)
        drawn = counts_or_above(chance[:, None], Shocks(shock.common, shock.own[:, :1]), self.seed)
        low, high = bounds(drawn[:, 0], (0.8,))[0]
        return round(float(chance.sum()), 1), int(low), int(high)

    def table(self) -> pd.DataFrame:
        """One row per tier from the top, then none, then each tier `or above`: partners now, expected, bounds, baselines.

        Columns: tier, now, expected, low_95, low_80, low_50, high_50, high_80, high_95, nothing_new, recent_pace, look_alikes.
        now: by the rules of the day forecast.
        """
        above, exactly = self.draws()
        names = [tier.id for tier in self.version.tier]
        rank = self.taught.history.now.earned_rank
        rows = []
        for at in range(len(names), -1, -1):
            rows.append(self._row((["none", *names])[at], _exactly_at(at), exactly[:, at], int((rank == at).sum())))  # fmt: skip
        for at in range(len(names) - 1, -1, -1):
            if at < len(names) - 1:
                rows.append(self._row(f"{names[at]} or above", _above_at(at), above[:, at], int((rank > at).sum())))  # fmt: skip
        return pd.DataFrame(rows)

    def _row(self, name: str, part: Callable[[Real], Real], drawn: Whole, now: int) -> dict[str, object]:
        lows, highs = np.moveaxis(bounds(drawn), 1, 0).astype(int)
        row: dict[str, object] = {
            "tier": name,
            "now": now,
            "expected": round(float(part(self.chances[self.method]).sum()), 1),
        }
        row |= {f"low_{round(level * 100)}": int(low) for level, low in reversed(list(zip(LEVELS, lows, strict=True)))}
        row |= {f"high_{round(level * 100)}": int(high) for level, high in zip(LEVELS, highs, strict=True)}
        for method in METHODS[1:]:
            row[method.replace(" ", "_").replace("-", "_")] = round(float(part(self.chances[method]).sum()), 1)
        return row

    def partners(self) -> pd.DataFrame:
        """One row per partner: where he stands, what he lacks, and his chance of each tier or a higher one.

        Columns: partner_id, name, region, tier_now, points, and for each tier missing_… (points) and chance_….
        """
        found = self.stood.partners[["partner_id", "name", "region"]].copy()
        found["tier_now"] = self.tier_now
        found["points"] = self.base.metrics[:, 0] / 100
        gap = gaps(self.base)
        for at, tier in enumerate(self.version.tier):
            if points_decide(self.version):
                found[f"missing_{tier.id}"] = np.where(gap[:, at] >= FAR, np.nan, gap[:, at] / 100)
            found[f"chance_{tier.id}"] = self.chances[self.method][:, at].round(4)
        return found

    @property
    def tier_now(self) -> np.ndarray:
        """The tier that each earns on the origin by the rules of the day forecast. Shape: (partners,)."""
        return tier_ids(self.version)[self.taught.history.now.earned_rank + 1]

    def matrix(self) -> pd.DataFrame:
        """The expected migration matrix. Rows: the tier on the origin by the rules in force then; columns: on the day."""
        names = ["none", *(tier.id for tier in self.version.tier)]
        expected = pd.DataFrame(_exactly(self.chances[self.method]), columns=names)
        by_tier = expected.groupby(self.stood.partners["tier"].to_numpy()).sum()
        rows = [tier for tier in self.stood.tiers if tier in by_tier.index]
        return by_tier.reindex(index=rows, columns=names[::-1]).rename_axis(index="before", columns="after")


SUPPOSED_ONLY: list[Past] = []


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 2) if values else float("nan")


def _exactly_at(at: int) -> Callable[[Real], Real]:
    return lambda chance: np.asarray(_exactly(chance)[:, at])


def _above_at(at: int) -> Callable[[Real], Real]:
    return lambda chance: np.asarray(chance[:, at])


def _exactly(chance: Real) -> Real:
    """The chance of each tier and no higher, first of none. Shape: (partners, tiers + 1)."""
    nested = np.column_stack([np.ones(len(chance)), chance, np.zeros(len(chance))])
    return np.asarray(nested[:, :-1] - nested[:, 1:])


def forecast(
    warehouse: Warehouse,
    programme: Programme,
    origin: date,
    on: date,
    *,
    run_for_it: float = 0.0,
    method: str = "",
    seed: int = 0,
    look_back: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Forecast:
    """Forecast the standing on a day with what is known on the origin. The same seed gives the same numbers.

    Raises PalierError where the day lies before the origin, where labels decide on it, or where the rules pick the best
    results or pay by turn, which is not forecast.
    """
    version = programme.version_on(on)
    refuse(version, origin, on, run_for_it, method)
    progress("learning from the histories")
    now = history(warehouse, programme, origin, on)
    taught = learned(now)
    base, _ = measured_for(warehouse, programme, on, origin, version)
    pasts = judged(warehouse, programme, now, (on - origin).days, seed, progress) if look_back else []
    [(newcomers,)] = warehouse.rows(
        "select count(*) from (select partner_id from roster_history group by partner_id "
        "having min(valid_from) > greatest($since, (select min(snapshot_on) from snapshot)) and min(valid_from) <= $origin)",
        since=origin - min(on - origin, origin - date.min), origin=origin,
    )  # fmt: skip
    progress("chances")
    found = Forecast(
        programme, version, on, taught, lambda: standing(warehouse, programme, Question(origin, origin)), base, {}, pasts, run_for_it, seed, method, newcomers,
    )  # fmt: skip
    return with_rules(found, base)


def with_rules(found: Forecast, base: Measured) -> Forecast:
    """The same forecast under other rules of the day, measured as `base`; nothing is fitted again."""
    chances = all_chances(found.taught, base, found.on, found.seed)
    if found.run_for_it:
        chances = {
            name: chance if name == NOTHING_NEW else _with_effort(chance, base, found.run_for_it)
            for name, chance in chances.items()
        }
    return replace(found, version=base.kinds.version, base=base, chances=chances)


def _with_effort(chance: Real, base: Measured, share: float) -> Real:
    """Chances if that share of those who narrowly miss a tier on points get the rest."""
    gap = gaps(base)
    thresholds = [tier.requires.get("points") for tier in base.kinds.version.tier]
    close = np.array([0 if points is None else int(close_to(points) * 100) for points in thresholds])
    is_near = (gap > 0) & (gap <= close)
    return np.where(is_near, 1 - (1 - chance) * (1 - share), chance)
