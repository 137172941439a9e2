"""Which raw files there are, and the run over all of them."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write, make_folder, write_whole
from pipeline.base.home import Home
from pipeline.base.lock import only_builder
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.load import Loaded, load_file

FOLDERS = ("rosters", "points")
FILES_AT_ONCE = 2  # half of the reading of a file keeps one core busy; each more costs as much memory again
Progress = Callable[[str, int, int], None]


def raw_files(raw: Path) -> list[str]:
    """Paths below data/raw of all files in its rosters and points folders, in order of name.

    Raises PalierError when either has none.
    """
    found = [
        path.relative_to(raw).as_posix()
        for folder in FOLDERS
        for path in sorted((raw / folder).rglob("*"))
        if not path.is_dir() and not path.name.startswith(".")
    ]
    for path in sorted(raw.rglob("*")):
        astray = path.relative_to(raw).parts[0] not in FOLDERS and not path.name.startswith(".")
        if astray and not path.is_dir() and path.suffix != ".md":
            raise PalierError(
                f"{path}: lies neither in rosters nor in points, so nobody reads it. Move it there or away."
            )
    for folder in FOLDERS:
        if not any(file.startswith(f"{folder}/") for file in found):
            raise PalierError(f"{raw / folder}: no files. Put at least one {folder} file there, "
                              "or write an invented programme with `palier sample`.")  # fmt: skip
    return found


def ingest(home: Home, progress: Progress = lambda file, done, of: None) -> list[Loaded]:
    """Read every raw file that is new or changed and write the manifest of all; lines of files that are gone go.

    Raises PalierError naming every file that is refused; the published warehouse is not touched.
    """
    contracts = read_contracts(home.file("contracts.toml"))
    files = raw_files(home.raw)
    loaded, refusals = [], []
    with only_builder(home.processed):
        make_folder(home.lines)
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            reading = [pool.submit(load_file, home.raw, file, contracts, home.lines) for file in files]
            for done, (file, read) in enumerate(zip(files, reading, strict=True)):
                progress(file, done, len(files))
                try:
                    loaded.append(read.result())
                except PalierError as error:
                    refusals.append(str(error))
                except OSError as error:
                    pool.shutdown(cancel_futures=True)
                    raise cannot_write(home.lines, error) from error
        if refusals:
            raise PalierError("\n".join(refusals))
        write_whole(manifest_path(home), json.dumps([asdict(file) for file in loaded], indent=1, ensure_ascii=False))
        in_use = {file.folder for file in loaded}
        for folder in home.lines.iterdir():
            if folder.name not in in_use:
                shutil.rmtree(folder, ignore_errors=True)
    return loaded


def read_manifest(home: Home) -> list[Loaded]:
    """What the last ingest read, in order of file name."""
    path = manifest_path(home)
    if not path.is_file():
        raise PalierError(f"{path}: nothing has been ingested yet. Run `palier ingest` first.")
    try:
        return [Loaded(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (TypeError, ValueError):
        raise PalierError(f"{path}: was not written by this version. Run `palier ingest` again.") from None


def manifest_path(home: Home) -> Path:
    """The list of files read, with hashes and counts."""
    return home.processed / "manifest.json"
