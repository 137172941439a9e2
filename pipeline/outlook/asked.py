"""What is asked of a forecast, and its answer in tables and plain sentences."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pandas as pd

from pipeline.base.dates import day_or
from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.warehouse import Warehouse
from pipeline.model.axis import axis_of, changed_version, refuse_mistakes, with_version
from pipeline.model.programme import Programme
from pipeline.outlook.call import worth_a_call
from pipeline.outlook.forecast import Forecast, forecast, with_rules
from pipeline.outlook.history import measured_for
from pipeline.outlook.past import MODEL, independent
from pipeline.outlook.served import heads, services

MOST_SETTINGS = 200
LISTS: dict[str, Callable[[Forecast], pd.DataFrame]] = {
    "calls": worth_a_call,
    "services": services,
    "heads": heads,
    "matrix": lambda found: found.matrix().round(1).reset_index(),
    "record": lambda found: found.record,
}


def days_of(programme: Programme, as_of: str, on: str, newest: date) -> tuple[date, date]:
    """The day of asking and the day forecast: by default the newest roster's, and that of the newest rules or half a year on."""
    origin = day_or(newest, as_of, "--as-of") or newest
    later = programme.version[-1].effective
    usual = later if later > origin else origin + timedelta(days=182)
    return origin, day_or(usual, on, "--on") or usual


def forecast_of(
    warehouse: Warehouse,
    programme: Programme,
    days: tuple[date, date],
    method: str,
    run_for_it: float,
    seed: int,
    progress: Callable[[str], None],
) -> Forecast:
    """The forecast that the command line asks for."""
    return forecast(warehouse, programme, *days, method=method, run_for_it=run_for_it, seed=seed, progress=progress)


def table_of(
    warehouse: Warehouse, found: Forecast, settings: list[str], partners: bool, list_name: str
) -> pd.DataFrame:
    """The table asked for: counts, chances, a list, or counts under other values. Raises PalierError for two at once."""
    if sum((bool(settings), partners, bool(list_name))) > 1:
        raise PalierError(
            "--set, --partners and --list do not go together: each is a table of its own. Give one of them."
        )
    if list_name:
        if list_name not in LISTS:
            raise PalierError(f"--list {list_name}: no such list{did_you_mean(list_name, LISTS)}")
        return LISTS[list_name](found)
    if partners:
        return found.partners()
    return swept(warehouse, found, settings) if settings else found.table()


def swept(warehouse: Warehouse, found: Forecast, settings: list[str]) -> pd.DataFrame:
    """The counts under each combination of other values; the histories are learned from once.

    Columns: one per value set, then those of `Forecast.table`. Raises PalierError for a path or a value that is not there.
    """
    axes = [axis_of(text, found.version) for text in settings]
    combinations = list(product(*(axis.values for axis in axes)))
    if len(combinations) > MOST_SETTINGS:
        raise PalierError(f"--set: {len(combinations)} combinations are more than {MOST_SETTINGS}. Take larger steps.")
    parts = []
    for values in combinations:
        changes = {axis.path: value for axis, value in zip(axes, values, strict=True)}
        version = changed_version(found.version, changes)
        programme = with_version(found.programme, found.version, version)
        refuse_mistakes(programme)
        base, _ = measured_for(warehouse, programme, found.on, found.origin, version)
        table = with_rules(found, base).table().drop(columns="now")
        for at, (axis, value) in enumerate(zip(axes, values, strict=True)):
            table.insert(at, axis.path.removeprefix("tier.").replace("requires.", ""), value)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def headline(found: Forecast) -> str:
    """What is expected, of the top tier first, by which method and why."""
    table = found.table()
    above = table[table["tier"].str.endswith(" or above")]
    top = table.iloc[[0]]
    counts = "; ".join(
        f"{row.expected:,.0f} at {row.tier} (80 %: {row.low_80:,} to {row.high_80:,}; now {row.now:,}; nothing new {row.nothing_new:,.0f})"
        for row in pd.concat([top, above]).itertuples()
    )
    return f"Expected on {found.on}: {counts}. {record_in_words(found)}"


def record_in_words(found: Forecast) -> str:
    """By which method, and what its record is."""
    if not found.pasts:
        return (
            "No such forecast of before can be judged with these data: the bands rest on what is supposed, not learned."
        )
    windows, how_many = independent(found.pasts), len(found.pasts)
    said = f"The bands rest on {how_many} forecasts of before, which make {windows:.1f} windows that do not overlap."
    if found.asked_method or found.best == MODEL:
        return said
    return f"{said} On these the plain forecast “{found.best}” was nearer than the model, so it is given; --method model gives the other."


def not_modelled(found: Forecast) -> list[str]:
    """What the numbers leave out, in plain sentences."""
    said = [
        f"Not in it: partners who join after {found.origin} ({found.newcomers:,} joined in as long a time before) and who leave; "
        "points taken back."
    ]
    if found.run_for_it:
        said.append(f"Supposed: {found.run_for_it:.0%} of those who narrowly miss a tier run for it and get there.")
    else:
        said.append("Nobody is supposed to run for a tier because the rules change; --run-for-it SHARE supposes it.")
    if any(one.months * 28 < found.days for one in found.version.expiry):
        said.append("Entries that would come and expire again before the day are counted.")
    if found.version.hold:
        said.append("Tiers are those earned: what the rules of holding keep is not forecast.")
    return said
