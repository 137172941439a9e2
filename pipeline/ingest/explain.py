"""What Palier makes of one raw file: how it is read and why, its first rows and rejects; nothing is kept."""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, exact_path
from pipeline.ingest.contract import Contracts, read_contracts
from pipeline.ingest.load import head_of
from pipeline.ingest.opened import Text, open_raw
from pipeline.ingest.reading import Reading, reading_of
from pipeline.ingest.typed import write_typed_lines

ROWS = 8
NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}


@dataclass
class Explained:
    """One text of a file. Without a `reading` there is the `refusal`."""

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    refusal: str = ""


def explain(home: Home, path: Path) -> list[Explained]:
    """What each text of a file is read as. A file outside data/raw is taken as if it lay there, in its folder's name.

    Raises PalierError when the file is no text, workbook or Parquet file at all.
    """
    found = next((known for known in (path, home.root / path, home.raw / path) if known.is_file()), None)
    if not found:
        raise PalierError(f"{path}: there is no such file. Give its path, or its place below {home.raw}.")
    path = found
    contracts = read_contracts(home.file("contracts.toml"))
    file = _below_raw(home, path.resolve())
    work = home.processed / "explaining"
    shutil.rmtree(work, ignore_errors=True)
    (work / "lines").mkdir(parents=True)
    try:
        opened = open_raw(path, f"data/raw/{file}", work)
        with Warehouse.in_memory(spill=work / "spill") as engine:
            return [
                _explained(engine, contracts, file, text, opened.encoding, opened.has_typed_cells, work)
                for text in opened.texts
            ]
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _below_raw(home: Home, path: Path) -> str:
    raw = home.raw.resolve()
    return path.relative_to(raw).as_posix() if path.is_relative_to(raw) else f"{path.parent.name}/{path.name}"


def _explained(
    engine: Warehouse, contracts: Contracts, file: str, text: Text, encoding: str, typed: bool, work: Path
) -> Explained:
    told = Explained(text.label, {"encoding": encoding, "lines": f"{text.lines:,}"})
    try:
        reading = reading_of(contracts, head_of(file, text, typed))
        counts = write_typed_lines(engine, text, reading, {}, work, work / "lines")
    except PalierError as error:
        told.refusal = str(error)
        return told
    told.facts |= _facts(reading, counts)
    told.columns = [
        "line",
        *(name for name in reading.columns if name in {*reading.positions, *reading.constants} or name == "posted_on"),
    ]
    wanted = ", ".join(told.columns[1:])
    plain, judged = exact_path(work / "lines" / "plain.parquet"), exact_path(work / "lines" / "judged.parquet")
    told.rows = engine.rows(
        f"select file_row_number + {reading.first_line} as line, {wanted} from read_parquet($plain, file_row_number = true) "
        f"where is_plain order by 1 limit {ROWS}", plain=plain)  # fmt: skip
    if "judged.parquet" in counts["parts"]:
        taken = {line for (line,) in engine.rows(
            f"select line from read_parquet($judged) where line <= {max([0, *(row[0] for row in told.rows)])}", judged=judged)}  # fmt: skip
        readable = engine.rows(
            f"select line, {wanted} from read_parquet($judged) where is_data and reject_reason is null "
            f"order by line limit {ROWS}", judged=judged)  # fmt: skip
        told.rows = sorted([*(row for row in told.rows if row[0] not in taken), *readable])[:ROWS]
        told.rejects = engine.rows(
            f"select line, reject_reason, raw from read_parquet($judged) where reject_reason is not null order by line limit {ROWS}",
            judged=judged)  # fmt: skip
        reasons = engine.rows(
            "select reject_reason from read_parquet($judged) where reject_reason is not null", judged=judged
        )
        told.reasons = Counter(reason.split(":")[0] for (reason,) in reasons).most_common()
    return told


def _facts(reading: Reading, counts: dict[str, Any]) -> dict[str, str]:
    """How the text is read, in words."""
    source = reading.source
    headings = [
        f"{name} = {reading.headings[reading.positions[name] - 1]}"
        for name in reading.columns
        if name in reading.positions
    ]
    missed = [name for name in source.columns if name not in reading.positions and name not in reading.constants]
    return {
        "source": f"{source.name} ({source.kind})",
        "delimiter": NAMES[reading.delimiter],
        "heading": f"line {reading.heading_lines}"
        if reading.heading_lines
        else "none; the contract gives the headings",
        "headings met": "; ".join(" ".join(heading.split()) for heading in headings),
        "headings missed": ", ".join(missed) or "none",
        "headings not used": "; ".join(" ".join(name.split()) for name in reading.headings_not_used) or "none",
        "constants": "; ".join(f"{name} = {value}" for name, value in reading.constants.items()) or "none",
        "days": ", ".join(reading.notation.days),
        "decimal mark": " or ".join(reading.notation.marks),
        "day of the file": str(reading.file_day or "none in its name"),
        "rows": f"{counts['lines']:,}, of which {counts['rejected']:,} refused",
        **({"points": f"{float(counts['points']):,.2f}"} if source.kind == "points" else {}),
    }
