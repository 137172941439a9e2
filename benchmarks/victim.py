"""A warm process for `benchmarks.kills`: all is imported before it says `ready`, and each order is done in a fork of it.

An order is a line of JSON on stdin: home, die_at, commands. The fork leads a process group of its own, tells its number and
works; with die_at above 0 it kills itself just before that file operation. Its end is told as a line: exit code, output, errors.
The command `read` is a reader, which opens the published file anew until a file `stop` lies in the home; others are palier's.
"""

import ctypes
import itertools
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from pipeline import cli
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

CHANGES = {"fcntl.flock", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
TO_WRITE = os.O_WRONLY | os.O_RDWR
BETWEEN_QUESTIONS, BETWEEN_READS = 0.02, 1.0  # seconds
PR_SET_PDEATHSIG = 1


def answer(warehouse: Path) -> list[str]:
    """The build, then what each of two tables says of it, each asked by itself on one connection."""
    with Warehouse.open(warehouse) as opened:
        [(build,)] = opened.rows("select build_id from build")
        [(accepted,)] = opened.rows("select sum(points_accepted) from reconciliation")
        time.sleep(BETWEEN_QUESTIONS)
        [(entries, points)] = opened.rows("select count(*), sum(points) from point_ledger")
    return [build, str(accepted), str(points), str(entries)]


def read(home: Home) -> None:
    """Read until told to stop, then print the answers and the failures with how often each came."""
    answers, failures = Counter[str](), Counter[str]()
    while not (home.root / "stop").exists():
        try:
            answers[json.dumps(answer(home.warehouse))] += 1
        except Exception as error:
            failures[f"{type(error).__name__}: {error}"] += 1
        time.sleep(BETWEEN_READS)
    print(json.dumps([answers, failures]))


def palier(home: Home, command: str) -> None:
    """The command line itself, which ends this process where it fails."""
    sys.argv = ["palier", "--home", str(home.root), command]
    try:
        cli.main()
    except SystemExit as end:
        if end.code:
            raise


def count_operations(home: Home, die_at: int) -> "itertools.count[int]":
    """Count what Python changes among the home's files, and die just before one of these operations."""
    number = itertools.count(1)

    def seen(event: str, values: tuple[Any, ...]) -> None:
        writes = event == "open" and str(values[0]).startswith(str(home.root)) and values[2] & TO_WRITE
        if (writes or event in CHANGES) and next(number) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(seen)
    return number


def die_with_parent() -> None:
    """Leave no process behind, however the harness ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def work(home: Home, die_at: int, commands: list[str]) -> None:
    """Do the commands in turn; the last line says how many file operations there were."""
    number = count_operations(home, die_at)
    for command in commands:
        if command == "read":
            read(home)
        else:
            palier(home, command)
    print(next(number) - 1, flush=True)


def in_a_fork(home: str, die_at: int, commands: list[str]) -> tuple[int, str, str]:
    """Do the work in a fork and wait for its end: exit code (minus the signal when killed), output, errors."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        fork = os.fork()
        if not fork:
            die_with_parent()
            os.setsid()
            print(os.getpid(), flush=True)
            for number, file in enumerate((out, errors), start=1):
                os.dup2(file.fileno(), number)
            work(Home(Path(home)), die_at, commands)
            os._exit(0)  # to take all imported modules down takes longer than the work
        code = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
        out.seek(0)
        errors.seek(0)
        return code, out.read(), errors.read()


if __name__ == "__main__":
    die_with_parent()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(in_a_fork(**json.loads(line))), flush=True)
