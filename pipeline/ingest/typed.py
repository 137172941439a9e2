"""One text → its typed lines: the fast reading for all lines, the full rules for those of which it is not sure."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.base.warehouse import Warehouse, exact_path
from pipeline.ingest.judged import write_judged_lines, write_lines
from pipeline.ingest.line import records, suspects, texts_of
from pipeline.ingest.mended import Mend, applied, refuse_needless
from pipeline.ingest.opened import Text
from pipeline.ingest.plain import write_no_lines, write_plain_lines
from pipeline.ingest.reading import Reading

HEAD_BYTES = 1 << 16
QUOTED_SHARE = 0.1  # with quotes on more of the first lines than this, the fast reading tries to read them


def write_typed_lines(
    engine: Warehouse, text: Text, reading: Reading, mends: dict[int, Mend], work: Path, target: Path
) -> dict[str, Any]:
    """Write plain.parquet and, where lines are not plain, judged.parquet into `target`; returns what they hold.

    Raises PalierError for a line that is too long, and for a mend of a line that reads otherwise now or was not refused.
    """
    plain, judged = target / "plain.parquet", target / "judged.parquet"
    of_mends = np.array([line for line in sorted(mends) if reading.first_line <= line <= text.lines], np.int64)
    again = np.union1d(_lines_to_read_again(engine, text, reading, plain), of_mends)
    points = f"cast(sum({'points' if 'points' in reading.columns else 'null'}) as decimal(18, 2))"
    kept, values = "is_plain", {"path": exact_path(plain)}
    counts: list[tuple[Any, ...]] = []
    if len(again) or mends:
        lines = texts_of(text.path, text.label, again)
        one_by_one = ((line, 1, content) for line, content in lines)
        read = records(lines, reading.delimiter, reading.piece, len(reading.headings)) if reading.quotes else one_by_one
        stood: list[tuple[int, int, str]] = []
        write_lines(applied(_noted(read, mends, stood), mends, text.label), work / "again")
        refuse_needless(mends, _readable(engine, reading, stood, work) if stood else [], text.label)
        write_judged_lines(engine, work / "again", reading, {line: mend.on for line, mend in mends.items()}, judged)
        kept = f"is_plain and file_row_number + {reading.first_line} not in (select line from read_parquet($judged, hive_partitioning = false))"
        values["judged"] = exact_path(judged)
        counts += engine.rows(
            f"select count(*), count(reject_reason), {points} from read_parquet($path, hive_partitioning = false) where is_data",
            path=exact_path(judged),
        )
    counts += engine.rows(
        f"select count(*), 0, {points} from read_parquet($path, file_row_number = true, hive_partitioning = false) where {kept}",
        **values,
    )
    lines_read, rejected, sums = zip(*counts, strict=True)
    return {
        "parts": [plain.name, judged.name] if judged.exists() else [plain.name],
        "lines": sum(lines_read),
        "rejected": sum(rejected),
        "points": str(sum(one or Decimal(0) for one in sums)),
    }


def _noted(
    lines: Iterable[tuple[int, int, str]], mends: dict[int, Mend], stood: list[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """The same records; those that are mended are added to `stood`."""
    for record in lines:
        if record[0] in mends:
            stood.append(record)
        yield record


def _readable(engine: Warehouse, reading: Reading, lines: list[tuple[int, int, str]], work: Path) -> list[int]:
    """Numbers of the lines that would not be refused as they stand."""
    write_lines(lines, work / "stood")
    write_judged_lines(engine, work / "stood", reading, {}, work / "stood.parquet")
    refused = engine.rows(
        "select line from read_parquet($path, hive_partitioning = false) where reject_reason is not null",
        path=exact_path(work / "stood.parquet"),
    )
    return sorted({number for number, *_ in lines} - {line for (line,) in refused})


def _lines_to_read_again(engine: Warehouse, text: Text, reading: Reading, plain: Path) -> np.ndarray:
    """Write plain.parquet; the numbers of the lines for which it does not speak. Shape: (lines,), rising."""
    rows = text.lines - reading.heading_lines
    for quoted in [True, False] if reading.quotes and _is_quoted(text, reading) else [False]:
        with ThreadPoolExecutor(1) as beside:
            searched = beside.submit(suspects, text.path, text.label, reading.delimiter, quoted or not reading.quotes)
            is_written = write_plain_lines(engine, text.path, reading, quoted, plain)
        # as many rows as lines: so no quote has swallowed a line end, and row n is line n
        if is_written and _rows_in(engine, plain) == rows:
            found = searched.result()
            not_plain = engine.arrays(
                f"select file_row_number + {reading.first_line} as line "
                "from read_parquet($path, file_row_number = true, hive_partitioning = false) where not is_plain order by 1",
                path=exact_path(plain),
            )["line"]
            return np.union1d(found[found > reading.heading_lines], not_plain)
    write_no_lines(engine, reading, plain)
    return np.arange(reading.first_line, text.lines + 1)


def _is_quoted(text: Text, reading: Reading) -> bool:
    """Whether so many of the first lines have quotes that it pays to read quotes at once. Between tabs it never does: a
    tab at the edge of a quoted field, which says nothing, looks like a delimiter beside it."""
    if reading.delimiter == "\t":
        return False
    with text.path.open("rb") as file:
        first = file.read(HEAD_BYTES).split(b"\n")[reading.heading_lines :]
    return sum(b'"' in line for line in first) > QUOTED_SHARE * len(first)


def _rows_in(engine: Warehouse, path: Path) -> int:
    [(rows,)] = engine.rows(
        "select count(*) from read_parquet($path, hive_partitioning = false)", path=exact_path(path)
    )
    return int(rows)
