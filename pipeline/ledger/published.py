"""What a published warehouse says of itself: its build, its files, its refused lines, the days it covers."""

from datetime import date

import pandas as pd

from pipeline.base.warehouse import Warehouse


def reconciliation(warehouse: Warehouse) -> pd.DataFrame:
    """One row per file: lines = accepted + repeated + rejected, and points likewise."""
    return warehouse.frame(
        "select file, lines_in_file as lines, accepted, repeated, rejected, points_in_file as points, "
        "points_accepted, points_repeated, points_rejected from reconciliation order by file_id"
    )


def rejects(warehouse: Warehouse, to_mend: bool = False) -> pd.DataFrame:
    """One row per refused line: file, physical line, reason, text; and an empty column `mended` for who will mend them."""
    mended = ", cast(null as varchar) as mended" if to_mend else ""
    return warehouse.frame(
        f"select raw_file.file, reject.line, reject.reject_reason as reason, reject.raw as text{mended} "
        "from reject inner join raw_file on raw_file.file_id = reject.file_id order by raw_file.file_id, reject.line"
    )


def findings(warehouse: Warehouse) -> pd.DataFrame:
    """One row per finding."""
    return warehouse.frame("select finding, partner_id, entry_id, since, fact from finding order by all")


def finding_counts(findings: pd.DataFrame) -> pd.DataFrame:
    """One row per kind of finding: how often, of how many partners, and one example."""
    kinds = findings.groupby("finding", sort=False)
    counts = kinds.agg(times=("fact", "size"), partners=("partner_id", "nunique")).reset_index()
    firsts = kinds[["partner_id", "entry_id", "since", "fact"]].nth(0)
    counts["example"] = [
        ", ".join(str(part) for part in row if not pd.isna(part)) for row in firsts.to_numpy().tolist()
    ]
    return counts.sort_values(["times", "finding"], ascending=[False, True])


def found(warehouse: Warehouse) -> str:
    """How many findings there are, and where to see them."""
    [(findings,)] = warehouse.rows("select count(*) from finding")
    return (
        f"{findings:,} {'finding' if findings == 1 else 'findings'}: see them with `palier findings`"
        if findings
        else "no finding"
    )


def newest_roster(warehouse: Warehouse) -> date:
    """The day of the newest roster."""
    [(day,)] = warehouse.rows("select max(snapshot_on) from snapshot")
    return day  # type: ignore[no-any-return]


def refused(warehouse: Warehouse) -> str:
    """How many lines were refused, and where to see them."""
    [(lines,)] = warehouse.rows("select count(*) from reject")
    return (
        f"{lines:,} {'line' if lines == 1 else 'lines'} refused: see them with `palier rejects`"
        if lines
        else "no line refused"
    )


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
