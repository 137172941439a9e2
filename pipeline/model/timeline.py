"""Tier counts over months, and why tiers are held, in one pass over the entries."""

from datetime import date

import numpy as np
import pandas as pd

from pipeline.base.dates import day_before, day_or, firsts_of_months, months_after
from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.hold import held_over
from pipeline.model.programme import Programme
from pipeline.model.review import EARNED, LABEL, REASONS
from pipeline.model.standing import tier_ids

EVERY = {"month": 1, "quarter": 3, "year": 12}
MOST_DAYS = 1200


def days_of(every: str, first: date, last: date) -> list[date]:
    """The ends of the months, quarters or years from `first` to `last`, and `last` itself.

    Raises PalierError for another word, days that run backwards, or more than 1,200 days.
    """
    if every not in EVERY:
        raise PalierError(f"--every {every}: say {', '.join(EVERY)}.")
    if last < first:
        raise PalierError(f"--from {first} is later than --to {last}. Give an earlier --from.")
    step = EVERY[every]
    ends = [day_before(day) for day in firsts_of_months(first, months_after(last, 1)) if (day.month - 1) % step == 0]
    days = sorted({*(day for day in ends if first <= day <= last), last})
    if len(days) > MOST_DAYS:
        raise PalierError(
            f"--every {every} from {first} to {last}: {len(days):,} days; at most {MOST_DAYS:,}. Ask for fewer."
        )
    return days


def timeline_between(
    warehouse: Warehouse, programme: Programme, every: str, first: str, last: str, known_on: str
) -> pd.DataFrame:
    """The time line between two written days; by default from the first roster, or the first rules, to the newest roster."""
    [(oldest, newest)] = warehouse.rows("select min(snapshot_on), max(snapshot_on) from snapshot")
    begins = max(oldest, programme.version[0].effective) if oldest else programme.version[0].effective
    between = (day_or(begins, first, "--from") or begins, day_or(newest, last, "--to") or newest)
    return timeline(warehouse, programme, days_of(every, *between), day_or(None, known_on, "--known-on"))


def timeline(
    warehouse: Warehouse, programme: Programme, days: list[date], known_on: date | None = None
) -> pd.DataFrame:
    """One row per day: partners on the roster, partners per tier from the top down, and how many hold theirs unearned.

    Columns: day, rules_of, partners, one per tier of any version in force, none, unknown where there are any, and one per
    reason for holding, such as `by grace`, where it occurs. Raises PalierError for a day without rules or roster.
    """
    [(first, newest)] = warehouse.rows("select min(snapshot_on), max(snapshot_on) from snapshot")
    if first is None or days[0] < first:
        raise PalierError(f"no roster covers {days[0]}: the first snapshot is of {first}, the newest of {newest}. "
                          f"Ask from {first} on, or add an earlier roster to data/raw/rosters.")  # fmt: skip
    rows, tiers, reasons = [], dict[str, None](), dict[str, None]()
    for held in held_over(warehouse, programme, days, known_on):
        ids = tier_ids(held.version)
        counts = np.bincount(held.rank[held.is_on] + 1, minlength=len(ids))
        by_reason = np.bincount(held.because[held.is_on & (held.rank > 0)], minlength=len(REASONS))
        by_reason[[EARNED, LABEL]] = 0
        row = {"day": held.day, "rules_of": held.version.effective, "partners": int(held.is_on.sum())}
        row |= {tier: int(count) for tier, count in zip(ids, counts, strict=True) if count or tier != "unknown"}
        row |= {f"by {reason}": int(count) for reason, count in zip(REASONS, by_reason, strict=True) if count}
        rows.append(row)
        tiers |= dict.fromkeys(tier for tier in reversed(ids) if tier in row)
        reasons |= dict.fromkeys(name for name in row if name.startswith("by "))
    named = [tier for tier in tiers if tier not in ("none", "unknown")]
    columns = [
        "day",
        "rules_of",
        "partners",
        *named,
        *(tier for tier in ("none", "unknown") if tier in tiers),
        *reasons,
    ]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    counted = columns[2:]
    frame[counted] = frame[counted].fillna(0).astype("int64")
    return frame
