"""The warehouse for readers outside: a copy that never held the names of partners and of people."""

import os
from pathlib import Path
from secrets import token_hex
from typing import Any

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.base.home import Home
from pipeline.base.warehouse import EngineError, Warehouse, literal

KEPT = {
    "raw_file": "file_id, file, kind, source, encoding, sha256, size_bytes, lines, headings_not_used, mended",
    "snapshot": "snapshot_on, next_snapshot_on, partners",
    "entry_kind": "kind_id, category, activity, domain",
    "point_ledger": "file_id, line, entry_id, partner_id, earned_on, posted_on, superseded_on, category, activity, domain, points, "
    "reverses, file_day, kind_id",
    "reversal": "reversed_entry_id, entry_id, partner_id, points, earned_on, posted_on, superseded_on",
    "reconciliation": "file_id, file, kind, lines_in_file, lines_checked, accepted, repeated, rejected, points_in_file, points_accepted, "
    "points_repeated, points_rejected",
    "build": "build_id, palier, engine, built_at",
}  # fmt: skip
KEPT_OF_A_PARTNER = ("valid_from", "valid_to", "label", "region", "city", "size_class", "primary_domain", "joined_on", "status")  # fmt: skip
PEOPLE = ("contact", "adviser", "account_manager", "coordinator", "technician")
FACTS_WITHOUT_NAMES = (
    "labelled partner without contact", "entry_id that names more than one partner", "entry posted after its delivery",
    "entry before the partner joined", "entry earned after it was posted", "reversal of an entry that is not there",
    "reversal of a reversal, which brings nothing back", "reversal of other points than the entry has",
    "gap in the months covered",
)  # fmt: skip


def publish_outside(home: Home, folder: Path) -> None:
    """Make or renew the copy without names of the published warehouse, in one step; nothing to do where it is of this build.

    folder: an empty one on the same disk, to make it in; the caller takes it away. A partner is called by its id, a person by a number that is the same for one name throughout the copy. What nobody
    has judged to be free of names (a new table, a new column, a refused line's text) is left out.
    """
    inside = Home(home.root).warehouse
    published = Home(home.root, is_outside=True).warehouse
    beside = folder / published.name
    try:
        if published.is_file() and _build_of(published) == _build_of(inside):
            return
    except (EngineError, PalierError):
        pass  # a copy that cannot be read is none; what is wrong with the warehouse itself is told below
    try:
        with Warehouse.create(beside) as copy:
            copy.run(f"attach {literal(str(inside))} as inside (read_only)")
            for table, select in _selects().items():
                copy.make(table, select)
            copy.run("detach inside")
            copy.run("checkpoint")
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(published)
    except OSError as error:
        raise cannot_write(published, error) from error
    except EngineError as error:
        fact = str(error).splitlines()[0]
        raise PalierError(
            f"{published}: the copy without names stopped ({fact}). Run `palier build`, then this."
        ) from error


def _build_of(path: Path) -> list[tuple[Any, ...]]:
    with Warehouse.open(path) as warehouse:
        return warehouse.rows("select build_id, built_at, palier from build")


def _selects() -> dict[str, str]:
    """Each table of the copy with the SELECT that makes it."""
    salt = token_hex()  # of this copy alone, and written nowhere
    people = ", ".join(_number_of(person, salt) for person in PEOPLE)
    facts = ", ".join(literal(finding) for finding in FACTS_WITHOUT_NAMES)
    return {
        **{table: f"select {columns} from inside.{table}" for table, columns in KEPT.items()},
        "roster_history": f"select partner_id, partner_id as name, {', '.join(KEPT_OF_A_PARTNER)}, {people} "
        "from inside.roster_history order by partner_id, valid_from",
        "finding": "select finding, partner_id, entry_id, since, "
        f"case when finding in ({facts}) then fact else 'left out' end as fact from inside.finding",
        "reject": "select file_id, line, split_part(reject_reason, ':', 1) as reject_reason, cast(null as varchar) as raw "
        "from inside.reject",
    }


def _number_of(person: str, salt: str) -> str:
    """`adviser 3` in place of a name; nobody stays nobody. Who has a list of names cannot number them without the salt."""
    title = literal(person.replace("_", " ") + " ")
    return (
        f"case when {person} is not null then {title} || cast(dense_rank() over "
        f"(order by {person} is null, md5({literal(salt)} || {person})) as varchar) end as {person}"
    )
