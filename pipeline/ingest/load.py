"""One raw file → its typed lines and rejects, as Parquet files that are written once."""

import errno
import hashlib
import json
import os
import shutil
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import ENGINE, EngineError, Warehouse
from pipeline.ingest.contract import Contracts
from pipeline.ingest.mended import Mend, Mends, hash_of
from pipeline.ingest.opened import Opened, Text, open_raw
from pipeline.ingest.reading import Head, Reading, reading_of
from pipeline.ingest.typed import HEAD_BYTES, write_typed_lines

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Loaded:
    """One text of a raw file and where its typed lines lie."""

    file: str
    sheet: str
    kind: str
    source: str
    encoding: str
    delimiter: str
    sha256: str
    size: int
    file_day: str | None
    first_line: int  # of those in plain.parquet
    parts: list[str]
    lines: int
    rejected: int
    points: str
    headings_not_used: list[str]
    sheets_not_read: list[str]
    mended: int
    mends: str
    folder: str

    @property
    def name(self) -> str:
        """The file, and the sheet of a workbook."""
        return name_of(self.file, self.sheet)


def name_of(file: str, sheet: str) -> str:
    """A file, and the sheet of a workbook, as people see it."""
    return f"{file} [{sheet}]" if sheet else file


def mark_of(path: Path) -> list[int]:
    """Size, times of change and place of a file: while they stay the same, so do its bytes."""
    try:
        about = path.stat()
    except OSError as error:
        raise PalierError(f"{path}: cannot be read ({error.strerror}). Allow reading it, or take it out.") from None
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]


def load_file(
    raw: Path, file: str, contracts: Contracts, lines_folder: Path, engine: Warehouse, mends: Mends | None = None
) -> list[Loaded]:
    """Read one file below data/raw, or take its lines as kept from an earlier reading of the same bytes.

    One entry per sheet of a workbook, one for any other file. Raises PalierError when the file as a whole cannot be
    read under its contract, or changes meanwhile.
    """
    label, mark = f"data/raw/{file}", mark_of(raw / file)
    work = lines_folder / f"work-{os.getpid()}-{threading.get_ident()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        opened = open_raw(raw / file, label, work)
        readings = readings_of(contracts, file, opened)
        task = Task(raw / file, mark, file, opened, work, lines_folder, engine, [text.sheet for text, _ in readings])
        return [
            _loaded(task, text, reading, (mends or {}).get(name_of(file, text.sheet), {})) for text, reading in readings
        ]
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        raise PalierError(
            f"{label}: cannot be read ({error.strerror}). Allow reading it, or take it out of data/raw."
        ) from error
    except EngineError as error:
        if "Could not write" in str(error):
            raise OSError(errno.ENOSPC, str(error).splitlines()[0]) from error
        raise PalierError(
            f"{label}: reading stopped ({str(error).splitlines()[0]}). Look at that line, or ask the sender for it again."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def readings_of(contracts: Contracts, file: str, opened: Opened) -> list[tuple[Text, Reading]]:
    """How each text of a file is read. Sheets that hold no table of the contract are left out, unless all are."""
    found, refusals = [], []
    for text in opened.texts:
        if not text.sheet or contracts.for_path(file, text.sheet) or not contracts.for_path(file):
            try:
                found.append((text, reading_of(contracts, head_of(file, text, opened.has_typed_cells))))
            except PalierError as error:
                refusals.append(error)
    if not found:
        known = ", ".join(text.sheet for text in opened.texts)
        raise (
            refusals[0]
            if refusals
            else PalierError(
                f"data/raw/{file}: has no sheet that the contract names; found: {known}. Mend `sheets` of its source."
            )
        )
    if len(found) > 1 and not all(reading.source.sheets for _, reading in found):
        known = " and ".join(text.sheet for text, _ in found)
        raise PalierError(f"data/raw/{file}: the sheets {known} each hold such a table, and reading both might count all "
                          'twice. Say in contracts.toml which to read, for example sheets = ["2004*"].')  # fmt: skip
    return found


def head_of(file: str, text: Text, has_typed_cells: bool) -> Head:
    """The first lines of a text."""
    with text.path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
        whole = head if len(head) < HEAD_BYTES or b"\n" not in head else head[: head.rindex(b"\n")]
    return Head(file, whole.decode(errors="replace"), text.sheet, has_typed_cells)


@dataclass(frozen=True)
class Task:
    """The reading of one file: what is read, and where to."""

    path: Path
    mark: list[int]
    file: str
    opened: Opened
    work: Path
    lines_folder: Path
    engine: Warehouse
    sheets: list[str]


def _loaded(task: Task, text: Text, reading: Reading, mends: dict[int, Mend]) -> Loaded:
    """The typed lines of one text: kept from before, or written now."""
    opened, mended = task.opened, hash_of(mends)
    folder = task.lines_folder / f"{opened.sha256[:20]}-{_recipe(reading, mended)[:12]}"
    if not is_whole(folder):
        making = task.work / "lines"
        making.mkdir()
        counts = write_typed_lines(task.engine, text, reading, mends, task.work, making)
        (making / "loaded.json").write_text(json.dumps(counts), encoding="utf-8")
        if mark_of(task.path) != task.mark:  # the hash and the lines may be those of different bytes
            raise PalierError(f"data/raw/{task.file}: changed while it was read. Run `palier ingest` again.")
        _put_in_place(making, folder)
    return Loaded(
        file=task.file,
        sheet=reading.sheet,
        kind=reading.source.kind,
        source=reading.source.name,
        encoding=opened.encoding,
        delimiter=reading.delimiter,
        sha256=opened.sha256,
        size=opened.size,
        file_day=reading.file_day.isoformat() if reading.file_day else None,
        first_line=reading.first_line,
        headings_not_used=reading.headings_not_used,
        sheets_not_read=[one.sheet for one in opened.texts if one.sheet not in task.sheets],
        mended=len(mends),
        mends=mended,
        folder=folder.name,
        **json.loads((folder / "loaded.json").read_text(encoding="utf-8")),
    )


def _put_in_place(making: Path, folder: Path) -> None:
    """Rename, unless another file of the same bytes has just been read; what lies there damaged goes."""
    try:
        making.rename(folder)
    except OSError:
        if not is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            making.rename(folder)


def is_whole(folder: Path) -> bool:
    """Whether an earlier reading lies there whole: its counts, and Parquet files with their end marks."""
    try:
        counts = json.loads((folder / "loaded.json").read_text(encoding="utf-8"))
        for name in counts["parts"]:
            with (folder / name).open("rb") as file:
                file.seek(-4, os.SEEK_END)
                if file.read() != b"PAR1":
                    return False
        return set(counts) == {"parts", "lines", "rejected", "points"}
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _recipe(reading: Reading, mends: str) -> str:
    """Changes with all that the typed lines depend on beside the file's bytes: contract, this folder's code, engine."""
    return hashlib.sha256("\0".join([reading.hash, mends, ENGINE, code_hash()]).encode()).hexdigest()


@cache
def code_hash() -> str:
    """Changes with the code that reads files."""
    code = [path.read_bytes() for path in sorted(HERE.iterdir()) if path.suffix in (".py", ".sql")]
    return hashlib.sha256(b"\0".join(code)).hexdigest()
