"""What an ingest read, file by file, before the ledger joins the files."""

from decimal import Decimal
from typing import Any

from pipeline.ingest.load import Loaded

COLUMNS = ["file", "source", "encoding", "lines", "accepted", "mended", "rejected", "points", "left_unread"]


def lines_read(files: list[Loaded]) -> list[tuple[Any, ...]]:
    """One row per file (or sheet) in the order of COLUMNS; missing is None."""
    return [
        (
            file.name, file.source, file.encoding, file.lines, file.lines - file.rejected, file.mended or None, file.rejected,
            Decimal(file.points) if file.kind == "points" else None,
            ", ".join([*file.headings_not_used, *(f"sheet {name}" for name in file.sheets_not_read)]) or None,
        )
        for file in files
    ]  # fmt: skip


def total_of(rows: list[tuple[Any, ...]]) -> list[Any]:
    """The sums below the rows."""
    sums = {
        at: sum(row[at] or 0 for row in rows)
        for at, name in enumerate(COLUMNS)
        if name in ("lines", "accepted", "rejected", "points")
    }
    return ["total", *(sums.get(at) for at in range(1, len(COLUMNS)))]
