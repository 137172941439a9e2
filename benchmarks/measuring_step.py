"""One step of `benchmarks.measuring` in a process of its own: `python -m benchmarks.measuring_step NAME FOLDER` prints what it took."""

import json
import sys
import time
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measuring_data import DOMAINS, make, rulebook

DAY, AFTER, EXPIRED = date(2023, 12, 31), date(2022, 12, 31), date(2023, 6, 30)
MONTH_ENDS = [
    date(year, month, monthrange(year, month)[1]) for year in (2022, 2023) for month in range(1, 13)
]  # one of them is DAY
TIERS = ("none", "registered", "silver", "gold")
BY_HAND = Path(__file__).with_name("measuring_by_hand.sql")
BY_HAND_BITS = ("count(distinct domain)", "bit_count(bit_or(1 << list_position($domains, domain) - 1))")
Counts = dict[str, int]
Told = dict[str, Any]
"""What a step tells: `counts` (by day or at once), and seconds by name: `seconds` of the work, `load` where data is loaded first; the same in CPU seconds as `…_cpu`."""


@contextmanager
def clock(told: Told, name: str) -> Iterator[None]:
    """Seconds and CPU seconds of what stands inside, under a name."""
    began, began_cpu = time.perf_counter(), time.process_time()
    yield
    told[name], told[f"{name}_cpu"] = time.perf_counter() - began, time.process_time() - began_cpu


def model_once(folder: Path) -> Told:
    """One question, as `standing` asks it."""
    return _single_ones(folder, [DAY])


def model_many(folder: Path) -> Told:
    """Every month-end as a question of its own."""
    return _single_ones(folder, MONTH_ENDS)


def _single_ones(folder: Path, days: list[date]) -> Told:
    from pipeline.base.warehouse import Warehouse
    from pipeline.model.measured import measure
    from pipeline.model.question import Question

    programme = rulebook()
    told: Told = {"counts": {}}
    with clock(told, "seconds"), Warehouse.open(folder / "warehouse.duckdb") as warehouse:
        for day in days:
            question = Question(day)
            ranks = measure(warehouse, programme, question, question.version(programme)).earned_rank
            told["counts"][str(day)] = _counted(ranks)
    return told


def model_in_one_pass(folder: Path) -> Told:
    """Every month-end by `steps_over`; numbering the partners is within the time."""
    from pipeline.base.warehouse import Warehouse
    from pipeline.model.over_time import Asked, steps_over
    from pipeline.model.population import population

    programme = rulebook()
    told: Told = {"counts": {}}
    with clock(told, "seconds"), Warehouse.open(folder / "warehouse.duckdb") as warehouse:
        people = population(warehouse, programme.version)
        asked = [Asked(day, programme.version_on(day)) for day in MONTH_ENDS]
        for step in steps_over(warehouse, programme, people, asked, None):
            told["counts"][str(step.asked.as_of)] = _counted(step.earned_rank[step.roster.is_on])
    return told


def _counted(ranks: Any) -> Counts:
    import numpy as np

    return dict(zip(TIERS, np.bincount(ranks, minlength=len(TIERS)).tolist(), strict=True))


def by_hand(folder: Path) -> Told:
    """The SELECT as one writes it."""
    return _select(folder, BY_HAND.read_text(encoding="utf-8"), {})


def by_hand_bits(folder: Path) -> Told:
    """The same SELECT with the domains told apart by bits, as one who knows the engine writes it."""
    return _select(folder, BY_HAND.read_text(encoding="utf-8").replace(*BY_HAND_BITS), {"domains": DOMAINS})


def _select(folder: Path, sql: str, more: dict[str, Any]) -> Told:
    import duckdb

    told: Told = {}
    with clock(told, "seconds"), duckdb.connect(folder / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        found = connection.execute(sql, {"day": DAY, "after": AFTER, "expired": EXPIRED, **more}).fetchall()
    return told | {"counts": {str(DAY): dict(found)}}


def polars_loaded(folder: Path) -> Told:
    """Polars on frames in memory; reading the Parquet files is `load`."""
    import polars

    told: Told = {}
    with clock(told, "load"):
        ledger, reversal, roster = (
            polars.read_parquet(folder / f"{name}.parquet") for name in ("point_ledger", "reversal", "roster_history")
        )
    with clock(told, "seconds"):
        found = _in_polars(ledger.lazy(), reversal.lazy(), roster.lazy()).collect()
    return told | {"counts": {str(DAY): dict(found.iter_rows())}}


def polars_scanned(folder: Path) -> Told:
    """Polars from the Parquet files at once, by its streaming engine."""
    import polars

    told: Told = {}
    with clock(told, "seconds"):
        ledger, reversal, roster = (
            polars.scan_parquet(folder / f"{name}.parquet") for name in ("point_ledger", "reversal", "roster_history")
        )
        found = _in_polars(ledger, reversal, roster).collect(engine="streaming")
    return told | {"counts": {str(DAY): dict(found.iter_rows())}}


def _in_polars(ledger: Any, reversal: Any, roster: Any) -> Any:
    from polars import col, lit, min_horizontal, when
    from polars import len as rows

    points = col("points")
    in_force = reversal.filter(col("earned_on") <= DAY, col("superseded_on").is_null())
    total = (
        ledger.filter(
            col("earned_on") > AFTER, col("earned_on") <= DAY, col("superseded_on").is_null(), col("reverses").is_null(),
            (col("category") != "exam") | (col("earned_on") > EXPIRED),
        )
        .join(in_force, left_on=["entry_id", "partner_id"], right_on=["reversed_entry_id", "partner_id"], how="anti")
        .group_by("partner_id")
        .agg(
            points.filter(~col("category").is_in(["training", "marketing"])).sum()
            + min_horizontal(points.filter(col("category") == "training").sum(), lit(6000))
            + min_horizontal(points.filter(col("category") == "marketing").sum(), lit(4000)),
            col("domain").n_unique().alias("domains"),
        )
    )  # fmt: skip
    tier = (
        when((points >= 32000) & (col("domains") >= 5)).then(lit("gold"))
        .when((points >= 16000) & (col("domains") >= 3)).then(lit("silver"))
        .when(points >= 6000).then(lit("registered")).otherwise(lit("none"))
    )  # fmt: skip
    on_roster = roster.filter(col("valid_from") <= DAY, col("valid_to").is_null() | (col("valid_to") > DAY))
    return on_roster.join(total, on="partner_id", how="left").group_by(tier.alias("tier")).agg(rows())


def pandas_loaded(folder: Path) -> Told:
    """pandas on frames in memory, categories and domains as categories; `load` reads the Parquet files by DuckDB."""
    import duckdb
    import numpy as np
    import pandas as pd

    told: Told = {}
    with clock(told, "load"), duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        ledger, reversal, roster = (
            connection.sql(f"from read_parquet('{folder / name}.parquet')").df()
            for name in ("point_ledger", "reversal", "roster_history")
        )
        ledger["category"], ledger["domain"] = (
            ledger["category"].astype("category"),
            ledger["domain"].astype("category"),
        )
    day, after, expired = (pd.Timestamp(one) for one in (DAY, AFTER, EXPIRED))
    with clock(told, "seconds"):
        in_force = reversal[(reversal["earned_on"] <= day) & reversal["superseded_on"].isna()]
        counted = ledger[
            (ledger["earned_on"] > after) & (ledger["earned_on"] <= day) & ledger["superseded_on"].isna() & ledger["reverses"].isna()
            & ((ledger["category"] != "exam") | (ledger["earned_on"] > expired))
        ]  # fmt: skip
        pairs = pd.MultiIndex.from_frame(in_force[["reversed_entry_id", "partner_id"]])
        suspects = counted.loc[counted["entry_id"].isin(in_force["reversed_entry_id"]), ["entry_id", "partner_id"]]
        counted = counted.drop(suspects.index[pd.MultiIndex.from_frame(suspects).isin(pairs)])
        sums = counted.groupby(["partner_id", "category"], observed=True)["points"].sum().unstack(fill_value=0)
        points = sums.drop(columns=["training", "marketing"]).sum(axis=1)
        points += sums["training"].clip(upper=6000) + sums["marketing"].clip(upper=4000)
        domains = counted.groupby("partner_id")["domain"].nunique()
        on_roster = roster.loc[(roster["valid_from"] <= day) & ~(roster["valid_to"] <= day), "partner_id"]
        points, domains = on_roster.map(points).fillna(0), on_roster.map(domains).fillna(0)
        tiers = np.select(
            [(points >= 32000) & (domains >= 5), (points >= 16000) & (domains >= 3), points >= 6000], ["gold", "silver", "registered"], "none"
        )  # fmt: skip
        counts = pd.Series(tiers).value_counts()
    return told | {"counts": {str(DAY): {tier: int(number) for tier, number in counts.items()}}}


STEPS: dict[str, Callable[[Path], Told]] = {
    step.__name__: step
    for step in (
        model_once, by_hand, by_hand_bits, polars_loaded, polars_scanned, pandas_loaded, model_in_one_pass, model_many,
    )
}  # fmt: skip
LIBRARIES = {
    "model": ["pipeline.model.over_time"],
    "by_hand": ["duckdb"],
    "polars": ["polars"],
    "pandas": ["duckdb", "pandas"],
}


def main(name: str, folder: str, *sizes: str) -> None:
    """Load the libraries, then do the step and tell what it took."""
    if name == "make":
        make(Path(folder), *(int(size) for size in sizes))
        return
    for library in next(libraries for prefix, libraries in LIBRARIES.items() if name.startswith(prefix)):
        __import__(library)
    print(json.dumps(STEPS[name](Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
