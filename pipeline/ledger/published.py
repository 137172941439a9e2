"""What a published warehouse says of itself: its build, its files, its refused lines, the days it covers."""

from datetime import date

import pandas as pd

from pipeline.base.warehouse import Warehouse
from pipeline.ingest.load import Loaded


def files_read(files: list[Loaded]) -> pd.DataFrame:
    """One row per file of an ingest, before the ledger judges its lines."""
    columns = ["file", "source", "encoding", "lines", "refused_so_far", "headings_not_used"]
    rows = [(f.file, f.source, f.encoding, f.lines, f.rejected, ", ".join(f.headings_not_used) or None) for f in files]
    return pd.DataFrame(rows, columns=columns)


def reconciliation(warehouse: Warehouse) -> pd.DataFrame:
    """One row per file: lines = accepted + repeated + rejected, and points likewise."""
    return warehouse.frame(
        "select file, lines_in_file as lines, accepted, repeated, rejected, points_in_file as points, "
        "points_accepted, points_repeated, points_rejected from reconciliation order by file_id"
    )


def rejects(warehouse: Warehouse) -> pd.DataFrame:
    """One row per refused line: file, physical line, reason, text."""
    return warehouse.frame(
        "select raw_file.file, reject.line, reject.reject_reason as reason, reject.raw as text "
        "from reject inner join raw_file on raw_file.file_id = reject.file_id order by raw_file.file_id, reject.line"
    )


def newest_roster(warehouse: Warehouse) -> date:
    """The day of the newest roster."""
    [(day,)] = warehouse.rows("select max(snapshot_on) from snapshot")
    return day  # type: ignore[no-any-return]


def refused(warehouse: Warehouse) -> str:
    """How many lines were refused, and where to see them."""
    [(lines,)] = warehouse.rows("select count(*) from reject")
    return f"{lines:,} lines refused: see them with `palier rejects`" if lines else "no line refused"


def newest_posting(warehouse: Warehouse) -> date | None:
    """The last day on which an entry was posted; a posting day after its own delivery is a slip and does not count."""
    [(posted,)] = warehouse.rows(
        "select max(posted_on) from point_ledger where posted_on <= coalesce(file_day, posted_on)"
    )
    return posted  # type: ignore[no-any-return]


def beyond_what_is_known(warehouse: Warehouse, day: date) -> str | None:
    """A warning when a day lies after all that the warehouse holds."""
    newest, posted = newest_roster(warehouse), newest_posting(warehouse)
    if day <= max(newest, posted or newest):
        return None
    return f"{day} lies after all that is known: the newest roster is of {newest}, nothing was posted after {posted}"


def days_covered(warehouse: Warehouse) -> str:
    """A sentence on the build, the rosters and the entries."""
    [(build, built_at)] = warehouse.rows("select build_id, built_at from build")
    [(first, newest, snapshots)] = warehouse.rows("select min(snapshot_on), max(snapshot_on), count(*) from snapshot")
    [(earned, entries)] = warehouse.rows("select min(earned_on), count(*) from point_ledger")
    posted = newest_posting(warehouse)
    days = f"{entries:,} entries earned from {earned}, posted up to {posted}" if entries else "no entries"
    return f"build {build} of {built_at:%Y-%m-%d %H:%M} UTC; {snapshots} rosters from {first} to {newest}; {days}"
