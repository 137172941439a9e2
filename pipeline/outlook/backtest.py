"""How such forecasts would have done: made on earlier days with what was known then, and held against what came."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme
from pipeline.outlook.draw import LEVELS, bounds, counts_or_above, shocks
from pipeline.outlook.past import HALF_YEAR, METHODS, OWN, Past, common_shock, independent
from pipeline.outlook.rate import Whole
from pipeline.outlook.refused import refuse_rules
from pipeline.outlook.rolling import past_forecasts
from pipeline.outlook.score import brier, crps, interval_score, pinball, pit, skill

MOST_ORIGINS = 60


@dataclass(frozen=True)
class Backtest:
    """Past forecasts, in order of their origins, and the tiers they are about."""

    tiers: list[str]
    pasts: list[Past]
    seed: int

    def known_at(self, past: Past) -> list[Past]:
        """The forecasts whose day had come when this one was made: of the same length where there are any."""
        over = [other for other in self.pasts if other.on <= past.origin]
        return [other for other in over if other.days == past.days] or over

    def draws(self, past: Past, method: str) -> Whole:
        """Draws of a past forecast's counts, with the shock as it was known then. Shape: (draws, tiers)."""
        common = common_shock(self.known_at(past), past.days, method)
        own = OWN * float(np.sqrt(past.days / HALF_YEAR))
        return counts_or_above(past.chances[method], shocks(common, own, len(self.tiers), self.seed), self.seed)

    def rows(self) -> pd.DataFrame:
        """One row per forecast, tier `or above` and method: what was forecast, what came, and its scores."""
        found = []
        for past in self.pasts:
            truth = past.truth.astype(float)
            for method in METHODS:
                draws, chance = self.draws(past, method), past.chances[method]
                limits, scores = bounds(draws), (crps(draws, truth), pinball(draws, truth))
                place = pit(draws, truth, self.seed)
                for at, tier in enumerate(self.tiers):
                    came = (past.came > at).astype(float)
                    base_rate = np.full(len(came), came.mean()) if len(came) else came
                    row = {
                        "method": method, "origin": past.origin, "on": past.on, "days": past.days, "tier": tier,
                        "nothing_new": int(past.nothing_new[at]), "expected": round(float(chance[:, at].sum()), 1),
                        "came": int(past.truth[at]), "pit": round(float(place[at]), 4),
                        "crps": float(scores[0][at]), "pinball": float(scores[1][at]),
                        "brier": brier(chance[:, at], came), "brier_of_base_rate": brier(base_rate, came),
                    }  # fmt: skip
                    for level, (low, high) in zip(LEVELS, limits[:, :, at], strict=True):
                        name = f"{round(level * 100)}"
                        row |= {
                            f"low_{name}": int(low),
                            f"high_{name}": int(high),
                            f"in_{name}": bool(low <= truth[at] <= high),
                        }
                        row[f"score_{name}"] = float(interval_score(low, high, truth[at], level))
                    found.append(row)
        return pd.DataFrame(found)

    def table(self) -> pd.DataFrame:
        """One row per horizon and method: errors, coverage of the intervals, scores; skill is above the base rate.

        Columns: days, method, forecasts, windows, error_% (mean, of the count), signed_% (of the increment: above 0, more
        came than forecast), in_50, in_80, in_95 (shares), score_80, crps, pinball, brier_skill.
        """
        rows = []
        for (days, method), part in self.rows().groupby(["days", "method"], sort=False):
            of_length = [past for past in self.pasts if past.days == days]
            increment, expected = (
                (part["came"] - part["nothing_new"]).sum(),
                (part["expected"] - part["nothing_new"]).sum(),
            )
            rows.append({
                "days": days, "method": method, "forecasts": len(of_length), "windows": round(independent(of_length), 1),
                "error_%": round(float((100 * (part["expected"] - part["came"]).abs() / part["came"].clip(lower=1)).mean()), 1),
                "signed_%": round(100 * float(increment / expected - 1), 1) if expected > 0 else None,
                **{f"in_{level}": round(float(part[f"in_{level}"].mean()), 2) for level in (50, 80, 95)},
                **{name: round(float(part[name].mean()), 1) for name in ("score_80", "crps", "pinball")},
                "brier_skill": round(skill(float(part["brier"].mean()), float(part["brier_of_base_rate"].mean())), 3),
            })  # fmt: skip
        return pd.DataFrame(rows).sort_values(["days", "crps"], ignore_index=True)

    def headline(self) -> str:
        """Which method did best, in one sentence, and on how few windows that rests."""
        rows = self.rows()
        by_method = rows.groupby("method", sort=False)["crps"].mean()
        best, windows = str(by_method.idxmin()), max(independent([p for p in self.pasts if p.days == days]) for days in {p.days for p in self.pasts})  # fmt: skip
        inside = rows.loc[rows["method"] == best, "in_80"].mean()
        few = "" if windows >= 5 else f" That rests on {windows:.1f} windows that do not overlap: few."
        return f"The nearest was: {best}. Its 80 % intervals held {inside:.0%} of what came.{few}"


def backtest(
    warehouse: Warehouse,
    programme: Programme,
    rules_on: date,
    first: date | None,
    last: date | None,
    every: int,
    days: list[int],
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Backtest:
    """Forecast from each of some origins, `every` so many days from `first` to `last`, so many `days` ahead each.

    By default from the first day with a roster and 16 weeks of entries to the last day that can be judged. Raises
    PalierError where no origin is left, or more than 60.
    """
    version = programme.version_on(rules_on)
    refuse_rules(version, f"--on {rules_on}")
    [(roster_on,)] = warehouse.rows("select min(snapshot_on) from snapshot")
    [(begins, ends)] = warehouse.rows("select min(posted_on), max(posted_on) from point_ledger")
    if not roster_on or not begins:
        raise PalierError(
            "backtest: there are no entries to test on. Put point files into data/raw/points, then `palier run`."
        )
    first = first or max(roster_on, begins + timedelta(days=112))
    last = last or ends - timedelta(days=min(days))
    origins = [first + timedelta(days=at * every) for at in range(max(0, (last - first).days // every + 1))]
    pairs = [(origin, [length for length in days if origin + timedelta(days=length) <= ends]) for origin in origins]
    pairs = [(origin, lengths) for origin, lengths in pairs if lengths]
    if not pairs:
        raise PalierError(
            f"backtest: no forecast of {min(days)} days between {first} and {ends} can be judged: entries are posted from "
            f"{begins} to {ends}, rosters begin on {roster_on}. Give a shorter --days, or an earlier --from."
        )
    if len(pairs) > MOST_ORIGINS:
        raise PalierError(
            f"backtest: {len(pairs)} origins are more than {MOST_ORIGINS}. Give a larger --every or a later --from."
        )
    pasts: list[Past] = []
    for origin, lengths in pairs:
        progress(f"as of {origin}")
        pasts += past_forecasts(warehouse, programme, rules_on, origin, lengths, seed)
    return Backtest([tier.id for tier in version.tier], pasts, seed)
