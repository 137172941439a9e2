"""Write a file whole or not at all, and say plainly when the disk does not let us."""

import os
from contextlib import suppress
from pathlib import Path

from pipeline.base.errors import PalierError


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; a PalierError says why it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside the file, make sure that it is on the disk, then take its place in one step."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    make_folder(path.parent)
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def cannot_write(path: Path, error: OSError) -> PalierError:
    """The operating system's reason in one line."""
    return PalierError(
        f"{path}: cannot write ({error.strerror}). Free space or allow writing there, then run it again."
    )
