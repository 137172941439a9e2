"""One at a time: builders, and runners of due reports; readers never wait."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write, make_folder


@contextmanager
def only_builder(processed: Path) -> Iterator[None]:
    """Hold the builders' lock, which the system lets go of however we end; a second builder is told and stops."""
    with only_one(processed / "build.lock", "another build is running"):
        yield


@contextmanager
def only_one(lock: Path, other: str) -> Iterator[None]:
    """Hold a lock, which the system lets go of however we end; a second one is told what the `other` does, and stops."""
    make_folder(lock.parent)
    try:
        file = lock.open("w")
    except OSError as error:
        raise cannot_write(lock, error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PalierError(f"{lock}: {other}. Wait for it to end, then run this again.") from None
        yield
