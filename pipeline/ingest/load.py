"""One raw file → its typed lines and rejects, as one Parquet file that is written once."""

import errno
import hashlib
import json
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.base.errors import PalierError
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import ENGINE, EngineError, Warehouse, exact_path
from pipeline.ingest.contract import COLUMNS, Contracts, Reading, reading_of
from pipeline.ingest.scan import Scan, scan, write_as_utf8

HERE = Path(__file__).parent
# A delimiter, then a quoted field or one that does not begin with a quote or an empty one.
PIECE = '[DELIMITER](?:"(?:[^"]|"")*"|[^DELIMITER"][^DELIMITER]*|)'
THOUSANDS_SPACES = " \u00a0\u202f"
SPACES = " \t\r\u00a0\u202f"


@dataclass(frozen=True)
class Loaded:
    """One raw file and where its typed lines lie."""

    file: str
    kind: str
    source: str
    encoding: str
    delimiter: str
    sha256: str
    size: int
    lines: int
    rejected: int
    headings_not_used: list[str]
    folder: str

    @property
    def table(self) -> str:
        """The name of the checked lines' table: roster_checked or point_checked."""
        return _table(self.kind)


def load_file(raw: Path, file: str, contracts: Contracts, lines_folder: Path) -> Loaded:
    """Read one file below data/raw, or take its lines as kept from an earlier reading of the same bytes.

    Raises PalierError when the file as a whole cannot be read under its contract.
    """
    label = f"data/raw/{file}"
    try:
        scanned = scan(raw / file, label)
    except OSError as error:
        raise PalierError(
            f"{label}: cannot be read ({error.strerror}). Allow reading it, or take it out of data/raw."
        ) from error
    reading = reading_of(contracts, file, scanned.heading_line)
    if reading.source.kind == "roster" and not reading.file_day and "snapshot_on" not in reading.positions:
        raise PalierError(f"{label}: no snapshot date. Put it in the file's name, for example rosters/2004-03.csv, "
                          "or in a column snapshot_on.")  # fmt: skip
    folder = lines_folder / f"{scanned.sha256[:20]}-{_recipe(reading)[:12]}"
    record = folder / "loaded.json"
    if not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        work = lines_folder / f"work-{os.getpid()}-{threading.get_ident()}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            counts = _write_checked(raw / file, label, scanned, reading, work)
            (work / record.name).write_text(json.dumps(counts), encoding="utf-8")
            _put_in_place(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    used = set(reading.positions.values())
    return Loaded(
        file=file,
        kind=reading.source.kind,
        source=reading.source.name,
        encoding=scanned.encoding,
        delimiter=reading.delimiter,
        sha256=scanned.sha256,
        size=scanned.size,
        headings_not_used=[name for at, name in enumerate(reading.headings, start=1) if at not in used],
        folder=folder.name,
        **json.loads(record.read_text(encoding="utf-8")),
    )


def _put_in_place(work: Path, folder: Path) -> None:
    """Rename, unless another file of the same bytes has just been read."""
    try:
        work.rename(folder)
    except OSError:
        if not _is_whole(folder):
            raise


def _is_whole(folder: Path) -> bool:
    """Whether an earlier reading lies there whole: its counts, and a Parquet file with its end mark."""
    try:
        counts = json.loads((folder / "loaded.json").read_text(encoding="utf-8"))
        with (folder / "checked.parquet").open("rb") as file:
            file.seek(-4, os.SEEK_END)
            return set(counts) == {"lines", "rejected"} and file.read() == b"PAR1"
    except (OSError, ValueError, TypeError):
        return False


def _write_checked(path: Path, label: str, scanned: Scan, reading: Reading, work: Path) -> dict[str, int]:
    """Write `work`/checked.parquet and return the counts of its lines."""
    if not scanned.is_plain:
        copy = work / "as-utf8.csv"
        write_as_utf8(path, scanned, copy, label)
        path = copy
    target = work / "checked.parquet"
    kind = reading.source.kind
    checked = f"""
        with
        split_line as ({sql_of(HERE, "split_line")}),
        {_text(kind)} as ({sql_of(HERE, _text(kind))})
        select * from ({sql_of(HERE, _table(kind))})
    """
    try:
        with Warehouse.in_memory(spill=work / "spill") as engine:
            engine.make("physical_line", sql_of(HERE, "physical_line"), path=exact_path(path))
            [(read,)] = engine.rows("select coalesce(max(line), 0) from physical_line")
            if read != scanned.lines:
                raise PalierError(f"{label}: its bytes have {scanned.lines} lines, but reading gave {read}. "
                                  "Its line ends are not uniform: save it again and send it anew.")  # fmt: skip
            _put_style(engine, reading)
            engine.write(target, checked, **_bindings(reading))
            [(lines, rejected)] = engine.rows(
                "select count(*), count(reject_reason) from read_parquet($path)", path=exact_path(target)
            )
            [(data_lines,)] = engine.rows("select count(raw) from physical_line where line > 1")
            if data_lines != lines:
                raise PalierError(f"{label}: {data_lines} data lines, but {lines} came out of the checks. "
                                  "This is a fault of Palier: please report it.")  # fmt: skip
    except EngineError as error:
        if "Could not write" in str(error):
            raise OSError(errno.ENOSPC, str(error).splitlines()[0]) from error
        raise PalierError(
            f"{label}: reading stopped ({str(error).splitlines()[0]}). Look at that line, or ask the sender for it again."
        ) from error
    if path.name == "as-utf8.csv":
        path.unlink()
    shutil.rmtree(work / "spill", ignore_errors=True)
    return {"lines": lines, "rejected": rejected}


def _put_style(engine: Warehouse, reading: Reading) -> None:
    """The small tables that tell the checks how this sender writes."""
    source = reading.source
    engine.put(
        "style",
        {"dates": "varchar", "decimal_mark": "varchar", "spaces": "varchar", "file_day": "date"},
        [(source.dates, source.decimal, THOUSANDS_SPACES, reading.file_day)],
    )
    engine.put(
        "value_map",
        {"in_column": "varchar", "theirs": "varchar", "ours": "varchar"},
        [(column, theirs, ours) for column, words in source.values.items() for theirs, ours in words.items()],
    )


def _bindings(reading: Reading) -> dict[str, Any]:
    positions = {name: reading.positions.get(name) for name in COLUMNS[reading.source.kind]}
    return {
        **positions,
        "delimiter": reading.delimiter,
        "piece": PIECE.replace("DELIMITER", reading.delimiter),
        "headings": len(reading.headings),
        "spaces": SPACES,
    }


def _recipe(reading: Reading) -> str:
    """Changes with all that the typed lines depend on beside the file's bytes: contract, this folder's code, engine."""
    code = [path.read_text(encoding="utf-8") for path in sorted(HERE.iterdir()) if path.suffix in (".py", ".sql")]
    return hashlib.sha256("\0".join([reading.hash, ENGINE, *code]).encode()).hexdigest()


def _text(kind: str) -> str:
    return "point_text" if kind == "points" else "roster_text"


def _table(kind: str) -> str:
    return "point_checked" if kind == "points" else "roster_checked"
