"""No process outlives its work: kernels die with their worker, workers with their runner, and what is left is ended."""

import ctypes
import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.home import Home

MARK = "PALIER_RUN"
"""In the environment of workers and all that they start: whose they are, also after they have left their group."""
LONGEST_FOLDER = 85
"""A socket below it has a path of at most 107 characters."""
_SET_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None) if os.name == "posix" else None


def die_with_parent() -> None:
    """Have the system kill this process when the one that started it ends, however it ends. Linux; elsewhere nothing."""
    if _LIBC is not None and hasattr(_LIBC, "prctl"):
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def mark_of(home: Home, worker: str = "") -> str:
    """The mark of one worker; without a worker, what the marks of all of a home's begin with."""
    return f"{hashlib.sha256(bytes(home.root)).hexdigest()[:16]}:{worker}"


def end_marked(mark: str) -> int:
    """Kill every process whose mark begins so; how many there were. Elsewhere than on Linux none is found."""
    wanted = f"\0{MARK}={mark}".encode()
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        with suppress(OSError):
            if wanted in b"\0" + (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
                found += 1
    return found


@contextmanager
def temporary_folder(home: Home) -> Iterator[str]:
    """A folder for all that a run and its notebooks lay down for a while. Those of runs that were killed are taken away."""
    ours = f"palier-{mark_of(home)[:8]}-"
    for left in Path(tempfile.gettempdir()).glob(f"{ours}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=ours, ignore_cleanup_errors=True) as folder:
        if len(folder) > LONGEST_FOLDER:
            raise PalierError(
                f"{tempfile.gettempdir()}: the path is too long for the sockets of kernels. Set TMPDIR to a shorter one."
            )
        yield folder


def peak_mb(pid: int | None) -> float | None:
    """The most memory that a living process has taken so far."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        line = next(line for line in lines if line.startswith("VmHWM:"))
        return round(int(line.split()[1]) / 1024, 1)
    return None
