"""What is asked of a forecast, and its answer in tables and plain sentences."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pandas as pd

from pipeline.base.dates import day_or
from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.warehouse import Warehouse
from pipeline.model.axis import axis_of, changed_version, refuse_mistakes, with_version
from pipeline.model.programme import Programme
from pipeline.model.version import Version
from pipeline.outlook.call import worth_a_call
from pipeline.outlook.forecast import Forecast, with_rules
from pipeline.outlook.history import measured_for, points_decide
from pipeline.outlook.past import MODEL, independent
from pipeline.outlook.refused import refuse_rules
from pipeline.outlook.served import heads, services

MOST_SETTINGS = 200
LONG_SILENCE = 31
"""Days without any entry after which it is said that files may be missing."""
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
    usual = later if later > origin else origin + min(timedelta(days=182), date.max - origin)
    return origin, day_or(usual, on, "--on") or usual


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
    paths = [axis.path for axis in axes]
    if twice := [path for at, path in enumerate(paths) if path in paths[:at]]:
        raise PalierError(f"--set {twice[0]}: stands twice; put its values into one.")
    combinations = list(product(*(axis.values for axis in axes)))
    if len(combinations) > MOST_SETTINGS:
        raise PalierError(f"--set: {len(combinations)} combinations are more than {MOST_SETTINGS}. Take larger steps.")
    parts = []
    for values in combinations:
        changes = {axis.path: value for axis, value in zip(axes, values, strict=True)}
        version = changed_version(found.version, changes)
        programme = with_version(found.programme, found.version, version)
        refuse_mistakes(programme)
        _refuse_unread(found, version, changes)
        base, _ = measured_for(warehouse, programme, found.on, found.origin, version)
        table = with_rules(found, base).table().drop(columns="now")
        for at, (axis, value) in enumerate(zip(axes, values, strict=True)):
            table.insert(at, axis.path.removeprefix("tier.").replace("requires.", ""), value)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _refuse_unread(found: Forecast, version: Version, changes: dict[str, Any]) -> None:
    """Raise PalierError for values under which the events would have to be read in another way."""
    asking = "--set " + ", ".join(changes)
    refuse_rules(version, asking)
    if points_decide(found.version) and points_decide(version):
        return
    alike = ("cap", "metric", "expiry")
    if points_decide(found.version) or any(getattr(version, name) != getattr(found.version, name) for name in alike):
        raise PalierError(
            f"{asking}: under these values more than points decides, or other entries count together, for which the histories "
            "were not read. Write them as a scenario, and ask with --scenario."
        )


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
    if not found.days:
        return "It is the day of asking itself: what stands is counted, not forecast."
    if not found.pasts:
        return (
            "No such forecast of before can be judged with these data: the bands rest on what is supposed, not learned."
        )
    windows, how_many = independent(found.pasts), len(found.pasts)
    of = "forecast" if how_many == 1 else "forecasts"
    over = "" if found.pasts[0].days == found.days else f" over {found.pasts[0].days} days"
    said = f"The bands rest on {how_many} {of} of before{over}, which make {windows:.1f} windows that do not overlap."
    if found.asked_method or found.best == MODEL:
        return said
    return f"{said} On these the plain forecast “{found.best}” was nearer than the model, so it is given; --method model gives the other."


def not_modelled(found: Forecast) -> list[str]:
    """What the numbers leave out, in plain sentences."""
    said = [
        f"Not in it: partners who join after {found.origin} ({found.newcomers:,} joined in as long a time before) and who leave; "
        "points taken back."
    ]
    last = found.taught.history.clock.days
    if len(last) and (found.origin - last[-1].astype(date)).days > LONG_SILENCE:
        said.insert(0, f"Nothing was posted after {last[-1]}, which reads as if everybody had stopped by {found.origin}. If files are "
                       f"missing, ask with --as-of {last[-1]}.")  # fmt: skip
    if found.run_for_it:
        said.append(f"Supposed: {found.run_for_it:.0%} of those who narrowly miss a tier run for it and get there.")
    else:
        said.append("Nobody is supposed to run for a tier because the rules change; --run-for-it SHARE supposes it.")
    if any(one.months * 28 < found.days for one in found.version.expiry):
        said.append("Entries that would come and expire again before the day are counted.")
    if found.version.hold:
        said.append("Tiers are those earned: what the rules of holding keep is not forecast.")
    return said
