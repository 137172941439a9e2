"""Lines → a published warehouse: write beside, audit, swap in with one rename."""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pipeline
from pipeline.base.document import file_hash
from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.base.home import Home
from pipeline.base.lock import only_builder
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import ENGINE, EngineError, Warehouse, exact_path, literal
from pipeline.ingest.load import Loaded
from pipeline.ingest.manifest import read_manifest
from pipeline.ingest.raw_line import raw_lines
from pipeline.ledger.audit import audit

HERE = Path(__file__).parent
TABLES = (
    "partner_on_several_lines",
    "roster_line",
    "snapshot",
    "roster_history",
    "entry_on_several_lines",
    "point_ledger",
    "reversal",
    "reject",
    "reconciliation",
    "finding",
)
WORK_TABLES = ("partner_on_several_lines", "roster_line", "entry_on_several_lines")


def build(home: Home, built_at: datetime, progress: Callable[[str], None] = lambda table: None) -> str:
    """Build the warehouse from the ingested lines, audit it and publish it. Returns the build's id.

    The same lines give the same tables and the same id. Raises PalierError when the audit fails, another build is
    running or the disk does not let us; the published file then stays as it was.
    """
    with only_builder(home.processed):
        files = read_manifest(home)
        _refuse_what_is_gone(home, files)
        beside = home.processed / f"building-{os.getpid()}.duckdb"
        try:
            _clear(home.processed)
            build_id = _fill(beside, home, files, built_at, progress)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(home.warehouse)
        except OSError as error:
            raise cannot_write(home.processed, error) from error
        except EngineError as error:
            raise PalierError(
                f"{beside}: the build stopped ({str(error).splitlines()[0]}). The published warehouse is as it was. "
                "Free space if the disk is full; else delete data/processed/lines and run `palier run`."
            ) from error
        finally:
            _clear(home.processed)
    return build_id


def _clear(processed: Path) -> None:
    """Take away what builds left beside the published file: their files, logs and spilled parts."""
    for left_over in processed.glob("building-*"):
        if left_over.is_dir():
            shutil.rmtree(left_over, ignore_errors=True)
        else:
            left_over.unlink(missing_ok=True)


def _refuse_what_is_gone(home: Home, files: list[Loaded]) -> None:
    """The manifest may be older than what lies on the disk."""
    wanted = [path for file in files for path in (home.raw / file.file, home.lines / file.folder / "checked.parquet")]
    for path in wanted:
        if not path.is_file():
            raise PalierError(f"{path}: is gone since the last ingest. Run `palier ingest` again.")
    for kind in ("roster", "points"):
        if kind not in {file.kind for file in files}:
            raise PalierError(f"no file was read as {kind}: see the kind of each source in contracts.toml.")


def _fill(path: Path, home: Home, files: list[Loaded], built_at: datetime, progress: Callable[[str], None]) -> str:
    """All tables in a new file, audited."""
    build_id = _id_of(files)
    with Warehouse.create(path) as warehouse:
        _see_lines(warehouse, home, files)
        for table in TABLES:
            progress(table)
            warehouse.make(table, sql_of(HERE, table))
        _complete_rejects(warehouse, home, files)
        audit(warehouse)
        for table in WORK_TABLES:
            warehouse.run(f"drop table {table}")
        warehouse.make(
            "build",
            "select $build_id as build_id, $version as palier, $engine as engine, $built_at as built_at",
            build_id=build_id,
            version=pipeline.__version__,
            engine=ENGINE,
            built_at=built_at.astimezone(UTC).replace(tzinfo=None),
        )
        # closing would do this too, but would not say so when the disk is full
        warehouse.run("checkpoint")
    return build_id


def _see_lines(warehouse: Warehouse, home: Home, files: list[Loaded]) -> None:
    """The table raw_file and one view per kind over the Parquet lines of its files."""
    columns = {
        "file_id": "integer", "file": "varchar", "kind": "varchar", "source": "varchar", "encoding": "varchar",
        "sha256": "varchar", "size_bytes": "bigint", "lines": "bigint", "headings_not_used": "varchar",
        "checked_lines": "varchar",
    }  # fmt: skip
    warehouse.put(
        "file_read",
        columns,
        [
            (number, file.file, file.kind, file.source, file.encoding, file.sha256, file.size, file.lines,
             ", ".join(file.headings_not_used) or None, str(home.lines / file.folder / "checked.parquet"))
            for number, file in enumerate(files, start=1)
        ],
    )  # fmt: skip
    warehouse.make("raw_file", "select * exclude (checked_lines) from file_read order by file_id")
    for table in ("roster_checked", "point_checked"):
        paths = sorted({home.lines / file.folder / "checked.parquet" for file in files if file.table == table})
        listed = ", ".join(literal(exact_path(path)) for path in paths)
        warehouse.view_for_question(
            table,
            f"select file_read.file_id, line.* exclude (filename) from read_parquet([{listed}], filename = true) as line "
            "inner join file_read on file_read.checked_lines = line.filename",
        )


def _complete_rejects(warehouse: Warehouse, home: Home, files: list[Loaded]) -> None:
    """Fetch the text of lines that were readable and refused only here."""
    for number, file in enumerate(files, start=1):
        wanted = [line for (line,) in warehouse.rows(
            "select line from reject where raw is null and file_id = $number", number=number)]  # fmt: skip
        if wanted:
            raw = home.raw / file.file
            if not raw.is_file() or file_hash(raw) != file.sha256:
                raise PalierError(
                    f"data/raw/{file.file}: has changed since it was ingested. Run `palier ingest`, then this again."
                )
            texts: list[tuple[Any, ...]] = list(raw_lines(home.raw / file.file, file.encoding, wanted).items())
            warehouse.put("raw_text", {"line": "bigint", "raw": "varchar"}, texts)
            warehouse.run(
                "update reject set raw = raw_text.raw from raw_text "
                "where reject.file_id = $number and reject.line = raw_text.line and reject.raw is null",
                number=number,
            )


def _id_of(files: list[Loaded]) -> str:
    """Ten hex digits that change with any input, the code's version or the engine's."""
    parts = [pipeline.__version__, ENGINE, *(f"{file.file}\0{file.folder}" for file in files)]
    parts += [sql_of(HERE, table) for table in TABLES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
