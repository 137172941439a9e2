"""A small world for forecasts: drawn rosters and ledgers in a warehouse, or events straight as a `History`."""

from datetime import date
from decimal import Decimal

import numpy as np
from drawn import given, make

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme
from pipeline.model.version import Tier, Version

BEGINS = date(2003, 1, 1)


def tier(name: str, **requires: int) -> Tier:
    return Tier(id=name, title=name, requires={metric: Decimal(least) for metric, least in requires.items()}, source="")


def programme(*tiers: Tier, **rest: object) -> Programme:
    keys = {"effective": BEGINS, "standing_by": "points", "window": "all time", "source": "", **rest}
    return Programme(title="", summary="", version=[Version(tier=list(tiers), **keys)])


GOLD = programme(tier("silver", points=20), tier("gold", points=50))


def lay(warehouse: Warehouse, ledger: str, roster: str) -> None:
    """A ledger and one roster as drawn, listed since 1 January 2003."""
    given(warehouse, "snapshot", f"""
        snapshot_on | partners
        {BEGINS}    | 1
    """)  # fmt: skip
    given(warehouse, "roster_history", roster)
    given(warehouse, "point_ledger", ledger)
    make(warehouse, "ledger/reversal")


def listed(joined: dict[str, date | None]) -> str:
    """The drawing of a roster: partner → when he joined."""
    rows = [f"{one} | {BEGINS} | none | {on or ''}" for one, on in joined.items()]
    return "\n".join(["partner_id | valid_from | label | joined_on", *rows])


def put_events(
    warehouse: Warehouse, number: np.ndarray, day: np.ndarray, points: np.ndarray, domain: np.ndarray | None = None
) -> None:
    """Many entries at once, into the tables of `lay`: number and day (since 1 January 2003) and points of each."""
    words = ["" if domain is None else str(domain[at]) for at in range(len(number))]
    warehouse.run("delete from point_ledger")
    kinds = {word: at for at, word in enumerate(sorted(set(words)), start=1)}
    warehouse.put("entry_kind", {"kind_id": "integer", "category": "varchar", "activity": "varchar", "domain": "varchar"},
                  [(at, None, None, word or None) for word, at in kinds.items()])  # fmt: skip
    on = [np.datetime64(BEGINS, "D") + int(one) for one in day]
    warehouse.put("many", {"entry_id": "varchar", "partner_id": "varchar", "day": "date", "points": "decimal(18,2)", "kind_id": "integer", "domain": "varchar"},
                  [(at, f"P{number[at]:05}", on[at], points[at], kinds[words[at]], words[at] or None) for at in range(len(number))])  # fmt: skip
    warehouse.run(
        "insert into point_ledger (file_id, line, entry_id, partner_id, earned_on, posted_on, points, kind_id, domain, file_day) "
        "select 1, cast(entry_id as bigint), entry_id, partner_id, day, day, points, kind_id, domain, day from many"
    )
