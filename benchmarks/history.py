"""The history that is measured: an invented one, written once and kept, with utf-8 copies for the yardstick."""

import shutil
from pathlib import Path

from pipeline.base.home import Home, home_at
from pipeline.sample import write_sample

ENTRIES_PER_PARTNER = 25


def history(home: Path, entries: int) -> None:
    """Write the raw files of a home and their utf-8 copies, whole or not at all, unless they are there already."""
    if home.is_dir():
        return
    unfinished = home.with_name(f"{home.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    raw = unfinished / "data" / "raw"
    write_sample(raw, partners=entries // ENTRIES_PER_PARTNER, entries=entries)
    for path in raw.glob("*/*.csv"):
        copy = unfinished / "utf-8" / path.relative_to(raw)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().decode("cp1252").encode("utf-8"))
    unfinished.rename(home)


def utf8_copies(home: Path, kind: str) -> list[str]:
    """Paths of the copies of one folder, rosters or points."""
    return [str(path) for path in sorted((home / "utf-8" / kind).glob("*.csv"))]


def nothing_derived(home: Path) -> Home:
    """The home as it was received: all that an earlier measurement derived is deleted."""
    found = home_at(home)
    shutil.rmtree(found.processed, ignore_errors=True)
    return found
