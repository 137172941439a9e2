"""`python -m benchmarks.outlook`: what a forecast costs at a million partners, and against the published models of `lifetimes`."""

import json
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from statistics import median
from typing import Any

from benchmarks.measuring import KEPT, PROJECT, data

PARTNERS, ENTRIES = 1_000_000, 20_000_000
ORIGIN, ON = date(2023, 2, 13), date(2024, 2, 13)
WEEK_39, WEEK_78 = date(1997, 9, 30), date(1998, 6, 30)
TURNS = 3


def main() -> None:
    """Each step in a process of its own, in turn; writes benchmarks/kept/outlook.md."""
    if len(sys.argv) > 1:
        print(json.dumps({"million": million, "shop": shop, "published": published}[sys.argv[1]]()))
        return
    data(PARTNERS, ENTRIES)
    found = {
        name: [step(name) for _ in range(TURNS if name != "million" else 1)]
        for name in ("million", "shop", "published")
    }
    text = section(found)
    (KEPT / "outlook.md").write_text(text, encoding="utf-8")
    print(text)


def step(name: str) -> dict[str, Any]:
    """What one step tells, with its peak memory."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.outlook", name], cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def million() -> dict[str, Any]:
    """One forecast of a million partners, a year ahead, without looking back."""
    from pipeline.base.home import home_at
    from pipeline.base.warehouse import Warehouse
    from pipeline.model.rulebooks import rulebook
    from pipeline.outlook.forecast import forecast

    rules = rulebook(home_at(PROJECT), "")[0]
    began = time.perf_counter()
    with Warehouse.open(data(PARTNERS, ENTRIES) / "warehouse.duckdb") as warehouse:
        found = forecast(warehouse, rules, ORIGIN, ON, look_back=False)
        found.table()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": time.perf_counter() - began, "bytes": peak, "groups": len(found.taught.groups.events)}


def histories() -> Any:
    """Customer, day of the clock and dollars of the music shop, one row per customer and day."""
    import pandas as pd

    [file] = (PROJECT.parent / "shared" / "data" / "cdnow").glob("*.txt")
    lines = pd.read_csv(file, sep=r"\s+", header=None, dtype=str)
    day = pd.to_datetime(lines[lines.columns[-3]], format="%Y%m%d")
    return pd.DataFrame({"id": lines[0], "day": day}).drop_duplicates()


def shop() -> dict[str, Any]:
    """Fit and forecast purchase days with our classes, from (events, last, age)."""
    import numpy as np

    from pipeline.outlook.rate import Groups, fitted

    bought = histories()
    known = bought[bought["day"] <= str(WEEK_39)].groupby("id")["day"].agg(["min", "max", "count"])
    began = time.perf_counter()
    alike, partners = np.unique(
        np.stack([known["count"] - 1, (known["max"] - known["min"]).dt.days, (np.datetime64(WEEK_39) - known["min"]).dt.days]),
        axis=1, return_counts=True,
    )  # fmt: skip
    groups = Groups(alike[0], alike[1].astype(float), alike[2].astype(float), partners)
    times = fitted(groups).times(groups, float((WEEK_78 - WEEK_39).days), 0.0, 300)
    expected = float(partners @ (times @ np.arange(301)))
    return {"seconds": time.perf_counter() - began, "expected": expected, "came": came(bought)}


def published() -> dict[str, Any]:
    """Fit BG/NBD of `lifetimes` to the same customers and forecast the same weeks."""
    from lifetimes import BetaGeoFitter
    from lifetimes.utils import summary_data_from_transaction_data

    bought = histories()
    known = summary_data_from_transaction_data(bought, "id", "day", observation_period_end=str(WEEK_39), freq="D")
    began = time.perf_counter()
    model = BetaGeoFitter()
    model.fit(known["frequency"], known["recency"], known["T"])
    days = (WEEK_78 - WEEK_39).days
    expected = model.conditional_expected_number_of_purchases_up_to_time(
        days, known["frequency"], known["recency"], known["T"]
    )
    return {"seconds": time.perf_counter() - began, "expected": float(expected.sum()), "came": came(bought)}


def came(bought: Any) -> int:
    """Purchase days between the two weeks."""
    return int(((bought["day"] > str(WEEK_39)) & (bought["day"] <= str(WEEK_78 + timedelta(0)))).sum())


def section(found: dict[str, list[dict[str, Any]]]) -> str:
    """The part of docs/performance.md on forecasting."""
    big, ours, theirs = found["million"][0], found["shop"][0], found["published"][0]
    seconds = {name: median(turn["seconds"] for turn in turns) for name, turns in found.items()}
    return f"""## Forecasting

`python -m benchmarks.outlook`. {PARTNERS:,} partners, {ENTRIES:,} entries, a year ahead, without looking back: {big["seconds"]:.1f} s
and {big["bytes"] / 2**30:.2f} GiB at the peak ({big["groups"]:,} groups); aims 30 s and 2 GiB. Most of it is reading: the counts of the origin, of the day
and of the events.

Purchase days of the music shop's 2,357 customers, weeks 39 to 78, fit and expectation, median of {TURNS}: Palier {seconds["shop"]:.2f} s for the whole
distribution of each customer, `lifetimes` (BG/NBD) {seconds["published"]:.2f} s for the means. Expected {ours["expected"]:,.0f} and {theirs["expected"]:,.0f}; {ours["came"]:,} came.
"""


if __name__ == "__main__":
    main()
