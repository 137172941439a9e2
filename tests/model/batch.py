"""The measuring code, asked about a world of the reference: tables are filled with it, and the answer is put as the reference puts it."""

from datetime import date
from typing import Any

from drawn import columns_of, make
from model.reference import World
from model.reference_hold import Stood

from pipeline.base.warehouse import Warehouse
from pipeline.model.question import Question
from pipeline.model.standing import standing


def put(warehouse: Warehouse, name: str, rows: list[dict[str, Any]]) -> None:
    """A table with its full set of columns; what a row does not name is null."""
    columns = columns_of(name)
    warehouse.put(name, columns, [[row.get(column) for column in columns] for row in rows])


def fill(warehouse: Warehouse, world: World) -> None:
    snapshots = sorted(world.rosters)
    ends = dict(zip(snapshots, [*snapshots[1:], None], strict=True))
    put(
        warehouse,
        "snapshot",
        [{"snapshot_on": day, "next_snapshot_on": ends[day], "partners": len(world.rosters[day])} for day in snapshots],
    )
    put(warehouse, "roster_history", [
        vars(one) | {"valid_from": day, "valid_to": ends[day], "name": one.partner_id} for day in snapshots for one in world.rosters[day]
    ])  # fmt: skip
    of_kind = {(entry.category, entry.activity, entry.domain): 0 for entry in world.entries}
    of_kind = {words: kind for kind, words in enumerate(sorted(of_kind, key=str), start=1)}
    put(warehouse, "entry_kind", [
        dict(zip(("kind_id", "category", "activity", "domain"), (kind, *words), strict=True)) for words, kind in of_kind.items()
    ])  # fmt: skip
    put(warehouse, "point_ledger", [
        vars(entry) | {"kind_id": of_kind[entry.category, entry.activity, entry.domain], "file_day": entry.posted_on}
        for entry in world.entries
    ])  # fmt: skip
    make(warehouse, "ledger/reversal")


def batch(warehouse: Warehouse, world: World, as_of: date) -> dict[str, Stood]:
    """What the measuring code answers, as the reference answers."""
    fill(warehouse, world)
    known_on = None if world.known_on == date.max else world.known_on
    found = standing(warehouse, world.programme, Question(as_of, known_on))
    return {
        row["partner_id"]: Stood(
            {metric: row[metric] for metric in found.version.metrics},
            row["earned_tier"],
            row["tier"],
            row["held_because"],
        )
        for row in found.partners.to_dict("records")
    }
