"""Lines → a published warehouse: write beside, audit, swap in with one rename."""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pipeline
from pipeline.base.document import file_hash
from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.base.home import Home
from pipeline.base.lock import only_builder
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import ENGINE, EngineError, Warehouse, exact_path, literal
from pipeline.ingest.line import texts_of
from pipeline.ingest.load import Loaded
from pipeline.ingest.manifest import read_manifest
from pipeline.ingest.opened import open_raw
from pipeline.ledger.audit import audit

HERE = Path(__file__).parent
TABLES = (
    "partner_on_several_lines",
    "roster_line",
    "snapshot",
    "roster_history",
    "entry_on_several_lines",
    "entry_kind",
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
    wanted = [path for file in files for path in (home.raw / file.file, *_parts(home, file))]
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
        # the engine thinks little of the lines' views and would hash millions of lines to look few up in them
        warehouse.run("set disabled_optimizers = 'build_side_probe_side'")
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
        "sha256": "varchar", "size_bytes": "bigint", "lines": "bigint", "headings_not_used": "varchar", "mended": "bigint",
        "file_day": "date", "first_line": "bigint", "plain": "varchar", "judged": "varchar",
    }  # fmt: skip
    warehouse.put(
        "file_read",
        columns,
        [
            (number, file.name, file.kind, file.source, file.encoding, file.sha256, file.size, file.lines,
             ", ".join(file.headings_not_used) or None, file.mended, file.file_day, file.first_line, *_parts(home, file)[:2],
             *([None] if len(file.parts) == 1 else []))
            for number, file in enumerate(files, start=1)
        ],
    )  # fmt: skip
    warehouse.make("raw_file", "select * exclude (file_day, first_line, plain, judged) from file_read order by file_id")
    for kind, table in {"roster": "roster_checked", "points": "point_checked"}.items():
        parts = [_parts(home, file) for file in files if file.kind == kind]
        day = ", coalesce(mended_on, file_day) as file_day" if kind == "points" else ""
        checked = _checked({one[0] for one in parts}, {one[1] for one in parts if one[1:]})
        warehouse.view_for_question(table, f"select * exclude (file_day, mended_on){day} from ({checked})")


def _parts(home: Home, file: Loaded) -> list[Path]:
    """The Parquet files of one text: of its plain lines, then of those that were judged."""
    return [home.lines / file.folder / part for part in file.parts]


def _checked(plain: set[Path], judged: set[Path]) -> str:
    """One row per line of all files of a kind: a judged line speaks for itself, every other is plain."""
    of_plain = f"""
        select file_read.file_id, file_read.file_day, cast(null as date) as mended_on, part.file_row_number + file_read.first_line as line,
            part.* exclude (filename, file_row_number, is_plain), cast(null as varchar) as reject_reason, cast(null as varchar) as raw
        from read_parquet([{_listed(plain)}], filename = true, file_row_number = true, hive_partitioning = false) as part
        inner join file_read on file_read.plain = part.filename
        where part.is_plain
    """
    if not judged:
        return of_plain
    of_judged = f"""
        select file_read.file_id, file_read.file_day, part.* exclude (filename)
        from read_parquet([{_listed(judged)}], filename = true, hive_partitioning = false) as part
        inner join file_read on file_read.judged = part.filename
    """
    return f"""
        select plain_line.* from ({of_plain}) as plain_line
        anti join ({of_judged}) as judged_line
            on judged_line.file_id = plain_line.file_id and judged_line.line = plain_line.line
        union all by name
        select * exclude (is_data) from ({of_judged}) where is_data
    """


def _listed(paths: set[Path]) -> str:
    return ", ".join(literal(exact_path(path)) for path in sorted(paths))


def _complete_rejects(warehouse: Warehouse, home: Home, files: list[Loaded]) -> None:
    """Fetch the text of lines that were readable and refused only here."""
    work = home.processed / f"building-{os.getpid()}-text"
    for number, file in enumerate(files, start=1):
        wanted = warehouse.arrays(
            "select line from reject where raw is null and file_id = $number order by line", number=number
        )["line"]
        if not len(wanted):
            continue
        raw = home.raw / file.file
        if not raw.is_file() or file_hash(raw) != file.sha256:
            raise PalierError(
                f"data/raw/{file.file}: has changed since it was ingested. Run `palier ingest`, then this again."
            )
        work.mkdir()
        text = next(text for text in open_raw(raw, f"data/raw/{file.file}", work).texts if text.sheet == file.sheet)
        texts = [(line, text.rstrip("\r")) for line, text in texts_of(text.path, text.label, wanted)]
        shutil.rmtree(work)
        warehouse.put("raw_text", {"line": "bigint", "raw": "varchar"}, texts)
        warehouse.run(
            "update reject set raw = raw_text.raw from raw_text "
            "where reject.file_id = $number and reject.line = raw_text.line and reject.raw is null",
            number=number,
        )


def _id_of(files: list[Loaded]) -> str:
    """Ten hex digits that change with any input, the code's version or the engine's."""
    parts = [pipeline.__version__, ENGINE, *(f"{file.name}\0{file.folder}" for file in files)]
    parts += [sql_of(HERE, table) for table in TABLES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
