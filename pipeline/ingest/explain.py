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
from pipeline.ingest.load import readings_of
from pipeline.ingest.mended import FOLDER, mends_of_file
from pipeline.ingest.opened import Opened, Text, open_raw
from pipeline.ingest.reading import Reading
from pipeline.ingest.typed import write_typed_lines

ROWS = 8
NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}


@dataclass
class Explained:
    """One text of a file, or with a `refusal` why it, or the file as a whole, is refused."""

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    refusal: str = ""


def explain(home: Home, path: Path) -> list[Explained]:
    """What each text of a file is read as, with the verdict that `ingest` gives; for a mended file, what it mends.

    A file outside data/raw is read as if it lay there, in its folder's name. Raises PalierError when it is no text,
    workbook or Parquet file at all.
    """
    found = next((known for known in (path, home.root / path, home.raw / path) if known.is_file()), None)
    if not found:
        raise PalierError(f"{path}: there is no such file. Give its path, or its place below {home.raw}.")
    contracts = read_contracts(home.file("contracts.toml"))
    place, raw = found.parent.resolve() / found.name, home.raw.resolve()
    is_raw = place.is_relative_to(raw)
    file = place.relative_to(raw).as_posix() if is_raw else f"{place.parent.name}/{place.name}"
    work = home.processed / "explaining"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        if is_raw and file.startswith(f"{FOLDER}/"):
            return [_explained_mends(home, file, work)]
        opened = open_raw(found, f"data/raw/{file}", work)
        with Warehouse.in_memory(spill=work / "spill") as engine:
            told = _texts_explained(engine, contracts, file, opened, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if not is_raw:
        told[0].facts = {"lies at": f"{place}; to have it read, copy it to data/raw/{file}"} | told[0].facts
    return told


def _explained_mends(home: Home, file: str, work: Path) -> Explained:
    """A file of mended lines: since when they are known, and of which files they are."""
    day, mends = mends_of_file(home.raw / file, home.raw, work)
    counts = Counter(mended for mended, _, _ in mends)
    named = "; ".join(f"{lines} of {mended}" for mended, lines in counts.items())
    facts = {"what it is": "refused lines that were mended", "known from": str(day), "lines mended": named or "none"}
    return Explained(f"data/raw/{file}", facts)


def _texts_explained(engine: Warehouse, contracts: Contracts, file: str, opened: Opened, work: Path) -> list[Explained]:
    """Each text; at the end the refusal of the file as a whole, where there is more to it than one text."""
    refusal = ""
    try:
        readings = readings_of(contracts, file, opened)
    except PalierError as error:
        readings, refusal = [], str(error)
    read = {text.label: reading for text, reading in readings}
    told = []
    for text in opened.texts:
        one = Explained(text.label, {"encoding": opened.encoding, "lines": f"{text.lines:,}"})
        if text.label in read:
            _add_lines(one, engine, text, read[text.label], work)
        elif not refusal:
            one.facts["left unread"] = "holds no table of the contract, or `sheets` names others"
        told.append(one)
    if refusal and len(told) == 1:
        told[0].refusal = refusal
    elif refusal:
        told.append(Explained(f"data/raw/{file}", refusal=refusal))
    return told


def _add_lines(told: Explained, engine: Warehouse, text: Text, reading: Reading, work: Path) -> None:
    """How one text is read, its first rows and rejects."""
    shutil.rmtree(work / "lines", ignore_errors=True)  # those of another sheet
    (work / "lines").mkdir()
    try:
        counts = write_typed_lines(engine, text, reading, {}, work, work / "lines")
    except PalierError as error:
        told.refusal = str(error)
        return
    told.facts |= _facts(reading, counts)
    told.columns = [
        "line",
        *(name for name in reading.columns if name in {*reading.positions, *reading.constants} or name == "posted_on"),
    ]
    wanted = ", ".join(told.columns[1:])
    plain, judged = exact_path(work / "lines" / "plain.parquet"), exact_path(work / "lines" / "judged.parquet")
    told.rows = engine.rows(
        f"select file_row_number + {reading.first_line} as line, {wanted} from read_parquet($plain, file_row_number = true, hive_partitioning = false) "
        f"where is_plain order by 1 limit {ROWS}", plain=plain)  # fmt: skip
    if "judged.parquet" in counts["parts"]:
        taken = {line for (line,) in engine.rows(
            f"select line from read_parquet($judged, hive_partitioning = false) where line <= {max([0, *(row[0] for row in told.rows)])}", judged=judged)}  # fmt: skip
        readable = engine.rows(
            f"select line, {wanted} from read_parquet($judged, hive_partitioning = false) where is_data and reject_reason is null "
            f"order by line limit {ROWS}", judged=judged)  # fmt: skip
        told.rows = sorted([*(row for row in told.rows if row[0] not in taken), *readable])[:ROWS]
        told.rejects = engine.rows(
            f"select line, reject_reason, raw from read_parquet($judged, hive_partitioning = false) where reject_reason is not null order by line limit {ROWS}",
            judged=judged)  # fmt: skip
        reasons = engine.rows(
            "select reject_reason from read_parquet($judged, hive_partitioning = false) where reject_reason is not null",
            judged=judged,
        )
        told.reasons = Counter(reason.split(":")[0] for (reason,) in reasons).most_common()


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
