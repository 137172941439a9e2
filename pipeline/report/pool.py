"""A pool of workers, each a process group of its own with a time limit for each report; nothing of them outlives the run."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path

from pipeline.base.files import make_folder
from pipeline.base.home import Home
from pipeline.base.warehouse import THREADS
from pipeline.report.lean import lean_environment
from pipeline.report.leftover import MARK, end_marked, mark_of
from pipeline.report.task import LOG, LONGEST_REASON, Outcome, Task

LOOK_EVERY_SECONDS = 0.5
LONGEST_LOG = 1_000_000


class Worker:
    """One worker process and the task it is at."""

    def __init__(self, home: Home, number: int, environment: Mapping[str, str]) -> None:
        temporary = Path(environment["TMPDIR"]) / str(
            number
        )  # of its own: what its notebooks delete there, no other misses
        self.mark = mark_of(home, f"{os.getpid()}.{number};")
        self.task: Task | None = None
        self.began = 0.0
        self._answer = b""
        self._log = home.reports / "work" / f"worker-{number}.log"
        with self._log.open("wb") as log:
            log.truncate(0)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.report.worker", str(os.getpid())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
                env={**lean_environment(environment), MARK: self.mark, "TMPDIR": str(temporary)},
            )  # fmt: skip

    def give(self, task: Task) -> None:
        """Have it begin; one that is dead already is found out when its answer is read."""
        self.task, self.began, self._answer = task, time.monotonic(), b""
        os.truncate(self._log, 0)
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(asdict(task)).encode() + b"\n")
            self.process.stdin.flush()

    def read(self) -> Outcome | None:
        """Its answer, as soon as it is whole; that of a worker that died is told by what killed it."""
        assert self.process.stdout
        part = os.read(self.process.stdout.fileno(), 1 << 16)
        self._answer += part
        if part and not self._answer.endswith(b"\n"):
            return None
        if part:
            return Outcome(**json.loads(self._answer))
        code = self.process.wait()
        log = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
        said = f"the worker and its kernel died ({': '.join([_in_words(code), *log])})"
        return Outcome("kernel_died", said[:LONGEST_REASON], self.seconds)

    @property
    def seconds(self) -> float:
        """How long it has been at its task."""
        return round(time.monotonic() - self.began, 1)

    def bound_log(self) -> None:
        """Begin a log anew when it grows too long: a flood must not fill the disk."""
        if self._log.stat().st_size > LONGEST_LOG:
            os.truncate(self._log, 0)

    def keep_log(self) -> None:
        """Lay the log of a task that failed beside its notebook."""
        if self.task:
            text = self._log.read_bytes()[-LONGEST_LOG:]
            with suppress(OSError):
                (Path(self.task.folder) / LOG).write_bytes(text)

    def end(self) -> None:
        """Kill it and all that it or its kernels started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        end_marked(self.mark)
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close() if pipe else None


def outcomes(
    home: Home, tasks: Iterable[Task], workers: int, environment: Mapping[str, str]
) -> Generator[tuple[Task, Outcome]]:
    """Each task with its outcome, as they end. A task past its report_seconds is killed, and its worker replaced.

    environment: of the workers; its TMPDIR is the run's own folder.
    """
    waiting = deque(tasks)
    numbers = count(1)
    at_work: list[Worker] = []
    make_folder(home.reports / "work")
    shared = {**environment, THREADS: environment.get(THREADS, _threads(workers))}
    try:
        while waiting or any(worker.task for worker in at_work):
            while len(at_work) < workers and sum(not worker.task for worker in at_work) < len(waiting):
                at_work.append(Worker(home, next(numbers), shared))
            for worker in at_work:
                if not worker.task and waiting:
                    worker.give(waiting.popleft())
            for worker, outcome in _ended(at_work):
                assert worker.task
                task = worker.task
                if outcome.failure:
                    worker.keep_log()
                worker.task = None
                if worker.process.poll() is not None or outcome.failure == "report_timeout":
                    at_work.remove(worker)
                    worker.end()
                yield task, outcome
    finally:
        for worker in at_work:
            worker.end()


def _threads(workers: int) -> str:
    """How many threads the database of each kernel may have, so that all together have one per processor."""
    return str(max(1, processors() // max(workers, 1)))


def processors() -> int:
    """Those that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ended(at_work: list[Worker]) -> list[tuple[Worker, Outcome]]:
    """Wait a little; the workers whose task has ended or has taken too long."""
    found: list[tuple[Worker, Outcome]] = []
    with selectors.DefaultSelector() as selector:
        for worker in at_work:
            if worker.task and worker.process.stdout:
                selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
        for key, _ in selector.select(LOOK_EVERY_SECONDS):
            if outcome := key.data.read():
                found.append((key.data, outcome))
    ended = [worker for worker, _ in found]
    for worker in at_work:
        worker.bound_log()
        if worker.task and worker not in ended and worker.seconds > worker.task.report_seconds:
            reason = f"took longer than {worker.task.report_seconds} seconds"
            found.append((worker, Outcome("report_timeout", reason, worker.seconds)))
    return found


def _in_words(code: int) -> str:
    """What a return code says of an end."""
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}, perhaps for want of memory"
    return f"exit code {code}"
