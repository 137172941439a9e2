"""Which raw files there are, and the run over all of them."""

import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.base.document import file_hash
from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write, make_folder, write_whole
from pipeline.base.home import Home
from pipeline.base.lock import only_builder
from pipeline.base.warehouse import ENGINE, Warehouse
from pipeline.ingest import mended
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.load import Loaded, code_hash, is_whole, load_file, mark_of
from pipeline.ingest.opened import files_below

FOLDERS = ("rosters", "points")
FILES_AT_ONCE = 2
LARGE = 1 << 25  # bytes; the engine reads a large file with all cores, so that they go one after another
SETTLED_SECONDS = 2  # a file changed so shortly before it was read may change again without showing it
Progress = Callable[[str, int, int, int], None]
"""Told for each file: its name, how many are done, of how many, and the lines read so far."""


def raw_files(raw: Path) -> list[str]:
    """Paths below data/raw of all files in its rosters and points folders, in order of name.

    Raises PalierError when either has none.
    """
    found = [path.relative_to(raw).as_posix() for folder in FOLDERS for path in files_below(raw / folder)]
    others = [path for path in sorted(raw.glob("[!.]*")) if path.name not in (*FOLDERS, mended.FOLDER)]
    for path in (path for other in others for path in (files_below(other) if other.is_dir() else [other])):
        if path.suffix != ".md":
            raise PalierError(
                f"{path}: lies neither in rosters nor in points, so nobody reads it. Move it there or away."
            )
    for folder in FOLDERS:
        if not any(file.startswith(f"{folder}/") for file in found):
            raise PalierError(f"{raw / folder}: no files. Put at least one {folder} file there, "
                              "or write an invented programme with `palier sample`.")  # fmt: skip
    return found


def ingest(home: Home, progress: Progress = lambda file, done, of, lines: None) -> list[Loaded]:
    """Read every raw file that is new or changed and write the manifest of all; lines of files that are gone go.

    Raises PalierError naming every file that is refused; the published warehouse is not touched.
    """
    contracts_path = home.file("contracts.toml")
    contracts, recipe = read_contracts(contracts_path), f"{file_hash(contracts_path)} {code_hash()} {ENGINE}"
    files = raw_files(home.raw)
    loaded: list[Loaded] = []
    read: dict[str, Any] = {}
    refusals: list[str] = []
    refused: list[str] = []
    with only_builder(home.processed):
        make_folder(home.lines)
        for left_over in home.processed.glob(".manifest.json.*"):  # of a run that was killed while it wrote
            left_over.unlink()
        before = _read_before(home, recipe)
        mends = mended.read_mends(home.raw, home.lines)
        engines = threading.local()
        one_large = threading.Lock()

        def load(file: str) -> tuple[list[int], list[Loaded]]:
            mark, began = mark_of(home.raw / file), time.time_ns()
            known = before.get(file)
            if known and known["mark"] == mark and all(
                is_whole(home.lines / one.folder) and one.mends == mended.hash_of(mends.get(one.name)) for one in known["loaded"]
            ):  # fmt: skip
                return mark, known["loaded"]
            if not hasattr(engines, "one"):
                engines.one = Warehouse.in_memory()
            with one_large if mark[0] > LARGE else nullcontext():
                settled = max(mark[1:3]) < began - SETTLED_SECONDS * 10**9
                return mark if settled else [], load_file(home.raw, file, contracts, home.lines, engines.one, mends)

        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            reading = [pool.submit(load, file) for file in files]
            for done, (file, one) in enumerate(zip(files, reading, strict=True)):
                progress(file, done, len(files), sum(text.lines for text in loaded))
                try:
                    mark, texts = one.result()
                    loaded += texts
                    read[file] = {"mark": mark, "loaded": [asdict(text) for text in texts]}
                except PalierError as error:
                    refusals.append(str(error))
                    refused.append(file)
                except OSError as error:
                    pool.shutdown(cancel_futures=True)
                    raise cannot_write(home.lines, error) from error
        refusals += _mends_of_nothing(mends, [*refused, *(text.name for text in loaded)])
        if refusals:
            raise PalierError("\n".join(refusals))
        write_whole(manifest_path(home), json.dumps({"recipe": recipe, "files": read}, indent=1, ensure_ascii=False))
        in_use = {text.folder for text in loaded}
        for folder in home.lines.iterdir():
            if folder.name not in in_use:
                shutil.rmtree(folder, ignore_errors=True)
    return loaded


def _read_before(home: Home, recipe: str) -> dict[str, Any]:
    """What the last ingest with the same contracts and code read, by file."""
    try:
        manifest = json.loads(manifest_path(home).read_text(encoding="utf-8"))
        if manifest["recipe"] != recipe:
            return {}
        return {
            file: {"mark": about["mark"], "loaded": [Loaded(**text) for text in about["loaded"]]}
            for file, about in manifest["files"].items()
        }
    except (OSError, TypeError, ValueError, KeyError, AttributeError):
        return {}


def _mends_of_nothing(mends: mended.Mends, known: list[str]) -> list[str]:
    """Mended lines of files that are not there."""
    return [
        f"{next(iter(lines.values())).place}: there is no file data/raw/{name}. Take the row out."
        for name, lines in mends.items()
        if name not in known and name.split(" [")[0] not in known
    ]


def read_manifest(home: Home) -> list[Loaded]:
    """What the last ingest read, in order of file name."""
    path = manifest_path(home)
    if not path.is_file():
        raise PalierError(f"{path}: nothing has been ingested yet. Run `palier ingest` first.")
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return [Loaded(**text) for about in files.values() for text in about["loaded"]]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise PalierError(f"{path}: was not written by this version. Run `palier ingest` again.") from None


def read_last(home: Home) -> list[Loaded]:
    """The same, and nothing where there is no manifest of this version."""
    try:
        return read_manifest(home)
    except PalierError:
        return []


def gone_since(before: list[Loaded], now: list[Loaded]) -> list[str]:
    """A line for each file (or sheet) that was read before and is not there now."""
    there = {one.name for one in now}
    return [
        f"no longer there: {one.name}, {one.lines:,} {'line' if one.lines == 1 else 'lines'} taken out"
        for one in before
        if one.name not in there
    ]


def manifest_path(home: Home) -> Path:
    """The list of files read, with hashes and counts."""
    return home.processed / "manifest.json"
