"""The plainest way to do the same: DuckDB's own CSV reader, one SELECT written by hand, pandas."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.history import utf8_copies

TEXT = "varchar"
POINTS = {
    "entry_id": TEXT, "partner_id": TEXT, "earned_on": "date", "posted_on": "date", "category": TEXT,
    "activity": TEXT, "domain": TEXT, "points": "decimal(18, 2)", "reverses": TEXT,
}  # fmt: skip
ROSTER = {
    "partner_id": TEXT, "name": TEXT, "tier": TEXT, "region": TEXT, "city": TEXT, "size_class": TEXT,
    "primary_domain": TEXT, "joined_on": "date", "contact": TEXT, "adviser": TEXT, "account_manager": TEXT,
    "coordinator": TEXT, "technician": TEXT, "status": TEXT,
}  # fmt: skip
READ = """
    create table {table} as select * from read_csv(
        $paths, columns = $columns, header = true, delim = ';', quote = '', decimal_separator = ',',
        dateformat = '%d/%m/%Y', auto_detect = false, ignore_errors = true
    )
"""
BY_HAND = (Path(__file__).parent / "standing_by_hand.sql").read_text(encoding="utf-8")
Counts = dict[str, int]


def read_same_files(home: Path) -> int:
    """The points files and the rosters into tables in memory. Returns the number of lines."""
    with duckdb.connect() as connection:
        return _read(connection, "points", POINTS, home) + _read(connection, "rosters", ROSTER, home)


def read_all(home: Path) -> int:
    """The points files and the rosters into tables of a new database file. Returns the number of lines."""
    target = home / "yardstick.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(target) as connection:
        lines = _read(connection, "points", POINTS, home) + _read(connection, "rosters", ROSTER, home)
    target.unlink()
    return lines


def _read(connection: duckdb.DuckDBPyConnection, folder: str, columns: dict[str, str], home: Path) -> int:
    connection.execute(READ.format(table=folder), {"paths": utf8_copies(home, folder), "columns": columns})
    [(lines,)] = connection.sql(f"select count(*) from {folder}").fetchall()
    return int(lines)


def sql_counts(warehouse: Path, day: date) -> Counts:
    """Partners per tier by the SELECT written by hand."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        counts = connection.execute(f"select tier, count(*) from ({BY_HAND}) group by tier", {"day": day}).fetchall()
    return dict(counts)


def sql_partners(warehouse: Path, day: date) -> Counts:
    """The same, with every partner in a frame."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        partners = connection.execute(f"{BY_HAND} order by partner_id", {"day": day}).df()
    return counts_of(partners["tier"])


@dataclass(frozen=True)
class Loaded:
    """The warehouse's tables in pandas; points in whole hundredths, so that sums are exact."""

    ledger: pd.DataFrame
    reversal: pd.DataFrame
    roster: pd.DataFrame

    @classmethod
    def of(cls, warehouse: Path) -> "Loaded":
        with duckdb.connect(warehouse, read_only=True) as connection:
            return cls(
                connection.sql(
                    "select entry_id, partner_id, earned_on, posted_on, superseded_on, reverses,"
                    " cast(points * 100 as bigint) as points from point_ledger"
                ).df(),
                connection.sql("from reversal").df(),
                connection.sql("from roster_history").df(),
            )

    def counts(self, on: date) -> Counts:
        """Partners per tier by pandas."""
        day, ledger, reversal, roster = pd.Timestamp(on), self.ledger, self.reversal, self.roster
        counted = ledger[
            (ledger["earned_on"] <= day)
            & (ledger["posted_on"] <= day)
            & ~(ledger["superseded_on"] <= day)
            & ledger["reverses"].isna()
        ]
        in_force = reversal[
            (reversal["earned_on"] <= day) & (reversal["posted_on"] <= day) & ~(reversal["superseded_on"] <= day)
        ]
        pairs = pd.MultiIndex.from_frame(in_force[["reversed_entry_id", "partner_id"]])
        suspects = counted.loc[counted["entry_id"].isin(in_force["reversed_entry_id"]), ["entry_id", "partner_id"]]
        counted = counted.drop(suspects.index[pd.MultiIndex.from_frame(suspects).isin(pairs)])
        totals = counted.groupby("partner_id")["points"].sum()
        partners = roster.loc[(roster["valid_from"] <= day) & ~(roster["valid_to"] <= day), "partner_id"]
        points = partners.map(totals).fillna(0)
        tiers = pd.cut(
            points, [float("-inf"), 5000, 12000, float("inf")], right=False, labels=["none", "certified", "gold"]
        )
        return counts_of(tiers)


def counts_of(tiers: pd.Series) -> Counts:
    """Partners per tier, those of no partner left out."""
    return {str(tier): int(partners) for tier, partners in tiers.value_counts().items() if partners}
