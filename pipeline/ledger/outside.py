"""The warehouse for readers outside: a copy that never held the names of partners and of people."""

import os

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.base.home import Home
from pipeline.base.warehouse import EngineError, Warehouse, literal

KEPT_WHOLE = ("raw_file", "snapshot", "entry_kind", "point_ledger", "reversal", "reconciliation", "build")
KEPT_OF_A_PARTNER = ("valid_from", "valid_to", "label", "region", "city", "size_class", "primary_domain", "joined_on", "status")  # fmt: skip
PEOPLE = ("contact", "adviser", "account_manager", "coordinator", "technician")
FACTS_WITHOUT_NAMES = (
    "labelled partner without contact", "entry_id that names more than one partner", "entry posted after its delivery",
    "entry before the partner joined", "entry earned after it was posted", "reversal of an entry that is not there",
    "reversal of a reversal, which brings nothing back", "reversal of other points than the entry has",
    "gap in the months covered",
)  # fmt: skip


def publish_outside(home: Home) -> None:
    """Make or renew the copy without names of the published warehouse, in one step; nothing to do where it is of this build.

    A partner is called by its id, a person by a number that is the same for one name throughout the copy. What nobody
    has judged to be free of names (a new table, a new column, a refused line's text) is left out.
    """
    inside = Home(home.root).warehouse
    published = Home(home.root, is_outside=True).warehouse
    beside = published.with_name(f"building-{os.getpid()}-outside.duckdb")
    with Warehouse.open(inside) as warehouse:
        build = warehouse.rows("select build_id, built_at, palier from build")
    if published.is_file():
        with Warehouse.open(published) as warehouse:
            if warehouse.tables() and warehouse.rows("select build_id, built_at, palier from build") == build:
                return
    try:
        beside.unlink(missing_ok=True)
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
            f"{beside}: the copy without names stopped ({fact}). Run `palier build`, then this."
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _selects() -> dict[str, str]:
    """Each table of the copy with the SELECT that makes it."""
    people = ", ".join(_number_of(person) for person in PEOPLE)
    facts = ", ".join(literal(finding) for finding in FACTS_WITHOUT_NAMES)
    return {
        **{table: f"select * from inside.{table}" for table in KEPT_WHOLE},
        "roster_history": f"select partner_id, partner_id as name, {', '.join(KEPT_OF_A_PARTNER)}, {people} "
        "from inside.roster_history order by partner_id, valid_from",
        "finding": "select finding, partner_id, entry_id, since, "
        f"case when finding in ({facts}) then fact else 'left out' end as fact from inside.finding",
        "reject": "select file_id, line, split_part(reject_reason, ':', 1) as reject_reason, cast(null as varchar) as raw "
        "from inside.reject",
    }


def _number_of(person: str) -> str:
    """`adviser 3` in place of a name; nobody stays nobody. The order of the hashes says nothing of that of the names."""
    title = literal(person.replace("_", " ") + " ")
    return (
        f"case when {person} is not null then {title} || cast(dense_rank() over "
        f"(order by {person} is null, md5({person})) as varchar) end as {person}"
    )
