"""Tables drawn as text: `given` puts one into the warehouse, `table` draws an answer, `drawn` draws what is expected."""

from pathlib import Path
from typing import Any

import pipeline
from pipeline.base.home import Home
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse

PIPELINE = Path(pipeline.__file__).parent

_OF_ROSTER = (
    "name varchar, tier varchar, region varchar, city varchar, size_class varchar, primary_domain varchar, "
    "joined_on date, contact varchar, adviser varchar, account_manager varchar, coordinator varchar, "
    "technician varchar, status varchar"
)
_OF_HISTORY = _OF_ROSTER.replace("tier varchar", "label varchar")
_OF_ENTRY = "category varchar, activity varchar, domain varchar, points decimal(18,2), reverses varchar"

_OF_STATUS = (
    "file_id integer, line bigint, entry_id varchar, partner_id varchar, earned_on date, posted_on date, "
    "category varchar, activity varchar, domain varchar, points decimal(18,2), kind_id integer, "
    "not_counted_because varchar"
)
_OF_POOL = "partner_id varchar, points decimal(18,2), pool integer, domain_bit bigint, category_bit bigint, activity_bit bigint"

COLUMNS = {
    # ingest; the checked lines are views over what it wrote
    "physical_line": "line bigint, raw varchar",
    "split_line": "line bigint, raw varchar, has_open_quote boolean, fields varchar[]",
    "point_checked": (
        "file_id integer, line bigint, entry_id varchar, partner_id varchar, earned_on date, posted_on date, "
        f"{_OF_ENTRY}, file_day date, reject_reason varchar, raw varchar"
    ),
    "roster_checked": (
        "file_id integer, line bigint, snapshot_on date, partner_id varchar, "
        f"{_OF_ROSTER}, reject_reason varchar, raw varchar"
    ),
    # ledger
    "raw_file": (
        "file_id integer, file varchar, kind varchar, source varchar, encoding varchar, sha256 varchar, "
        "size_bytes bigint, lines bigint, headings_not_used varchar, mended bigint"
    ),
    "partner_on_several_lines": (
        "file_id integer, line bigint, partner_id varchar, first_line bigint, first_file varchar, is_first boolean, "
        "says_the_same boolean"
    ),
    "roster_line": "file_id integer, line bigint, snapshot_on date, partner_id varchar, content varchar",
    "snapshot": "snapshot_on date, next_snapshot_on date, partners bigint",
    "roster_history": f"partner_id varchar, valid_from date, valid_to date, {_OF_HISTORY}",
    "entry_on_several_lines": (
        "file_id integer, line bigint, entry_id varchar, is_repeated boolean, superseded_on date"
    ),
    "entry_kind": "kind_id integer, category varchar, activity varchar, domain varchar",
    "point_ledger": (
        "file_id integer, line bigint, entry_id varchar, partner_id varchar, earned_on date, posted_on date, "
        f"superseded_on date, {_OF_ENTRY}, file_day date, kind_id integer"
    ),
    "reversal": (
        "reversed_entry_id varchar, entry_id varchar, partner_id varchar, points decimal(18,2), earned_on date, "
        "posted_on date, superseded_on date"
    ),
    "reject": "file_id integer, line bigint, reject_reason varchar, raw varchar",
    "reconciliation": (
        "file_id integer, file varchar, kind varchar, lines_in_file bigint, lines_checked bigint, accepted bigint, "
        "repeated bigint, rejected bigint, points_in_file decimal(18,2), points_accepted decimal(18,2), "
        "points_repeated decimal(18,2), points_rejected decimal(18,2)"
    ),
    "finding": "finding varchar, partner_id varchar, entry_id varchar, since varchar, fact varchar",
    "build": "build_id varchar, palier varchar, engine varchar, built_at timestamp",
    # model
    "question": "as_of date, known_on date, roster_on date, after date, track_by varchar",
    "track_word": "word varchar, track varchar, number bigint",
    "roster_in_question": f"partner_id varchar, {_OF_HISTORY}, track varchar",
    "joined_window": "joined_on date, after date, up_to date",
    "own_window": "partner_id varchar, after date, up_to date",
    "kind_rule": (
        "kind_id integer, pool integer, expired_up_to date, worth integer, best integer, domain_bit bigint, "
        "category_bit bigint, activity_bit bigint"
    ),
    "worth_in_turn": "worth integer, first_turn integer, last_turn integer, points decimal(18,2)",
    "stretch": "stretch integer, best integer, from_day date, until date, results integer, is_by_day boolean",
    "reversal_in_force": "reversed_entry_id varchar, partner_id varchar",
    "entry_status": _OF_STATUS,
    "entry_worth": _OF_STATUS,
    "entry_best": _OF_STATUS,
    "entry_counted": _OF_STATUS,
    "partner_number": "partner_id varchar, number bigint",
    "kind_step": "kind_id integer, kind integer, expiry integer",
    "day_step": "earned_on date, expiry integer, enters integer, leaves integer",
    "entry_in_pool": _OF_POOL,
    "entry_in_force": _OF_POOL,
    # outlook
    "partner_row": "partner_id varchar, joined_on date, valid_from date, number bigint",
    "event_day": (
        "number bigint, posted_on date, pool integer, points bigint, entries bigint, domain_bits bigint, "
        "category_bits bigint, activity_bits bigint"
    ),
    "event_sum": "number bigint, posted_on date, points bigint",
}  # fmt: skip
"""Every table's full set of columns, as SQL."""


def given(warehouse: Warehouse, name: str, drawing: str = "") -> None:
    """Make a table as drawn, with the full column set of that table; an empty cell, or a column not drawn, is null."""
    kinds = columns_of(name)
    headings, rows = _cells(drawing)
    unknown = [heading for heading in headings if heading not in kinds]
    assert not unknown, f"{name} has no column {', '.join(unknown)}"
    warehouse.put("drawing", dict.fromkeys(["number", *headings], "varchar"), [
        [str(at), *(cell or None for cell in row)] for at, row in enumerate(rows)
    ])  # fmt: skip
    columns = ", ".join(
        f"cast({column if column in headings else 'null'} as {kind}) as {column}" for column, kind in kinds.items()
    )
    if name == "point_ledger":
        _with_kinds(warehouse, columns)
    else:
        warehouse.make_for_question(name, f"select {columns} from drawing order by cast(number as integer)")


def _with_kinds(warehouse: Warehouse, columns: str) -> None:
    """The ledger drawn, with the kinds of its entries as a build gives them: `entry_kind` and kind_id."""
    words = "category, activity, domain"
    warehouse.make_for_question("drawn_ledger", f"select number, {columns} from drawing")
    warehouse.make_for_question(
        "entry_kind",
        f"select cast(row_number() over (order by {words}) as integer) as kind_id, {words} "
        f"from (select distinct {words} from drawn_ledger)",
    )
    same = " and ".join(f"entry_kind.{word} is not distinct from drawn_ledger.{word}" for word in words.split(", "))
    warehouse.make_for_question(
        "point_ledger",
        "select drawn_ledger.* exclude (number) replace (entry_kind.kind_id as kind_id) from drawn_ledger "
        f"inner join entry_kind on {same} order by cast(number as integer)",
    )


def make(warehouse: Warehouse, *tables: str, **values: Any) -> None:
    """Make tables by their own .sql files, each written as "folder/name", from what was given and made before."""
    for path in tables:
        folder, name = path.split("/")
        warehouse.run(f"create or replace temporary table {name} as {sql_of(PIPELINE / folder, name)}", **values)


def given_file(home: Home, file: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write one file below data/raw, its line ends as they stand."""
    path = home.raw / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def columns_of(name: str) -> dict[str, str]:
    """Column name → SQL type, in order."""
    return dict(column.split(" ") for column in COLUMNS[name].split(", "))


def table(warehouse: Warehouse, select: str, **values: Any) -> str:
    """The answer of a SELECT, drawn: decimals with their places, null as an empty cell."""
    headings = [name for name, *_ in warehouse.rows(f"describe {select}", **values)]
    rows = [["" if value is None else _text(value) for value in row] for row in warehouse.rows(select, **values)]
    return _aligned([headings, *rows])


def drawn(drawing: str) -> str:
    """A drawing with its columns aligned as `table` aligns them."""
    headings, rows = _cells(drawing)
    return _aligned([headings, *rows])


def _cells(drawing: str) -> tuple[list[str], list[list[str]]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in drawing.splitlines() if line.strip()]
    for line in lines:
        assert len(line) == len(lines[0]), f"{line} does not have the {len(lines[0])} cells of {lines[0]}"
    return (lines[0], lines[1:]) if lines else ([], [])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(["", *lines, ""])
