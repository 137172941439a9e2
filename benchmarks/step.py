"""One measured step in a process of its own: `python -m benchmarks.step NAME HOME ENTRIES` prints what it took."""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np

from benchmarks import history, yardstick
from pipeline.base.home import home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.model.measured import measure
from pipeline.model.programme import read_programme
from pipeline.model.question import Question
from pipeline.model.standing import standing
from pipeline.model.transition import transition

PROGRAMME = "microsoft-france.toml"
DAY = date(2004, 4, 1)
BEFORE = date(2004, 3, 31)
QUESTION = Question(DAY, known_on=DAY)
Answer = object
Work = Callable[[], Answer]


def make_history(home: Path, entries: int) -> Work:
    return lambda: history.history(home, entries)


def ingest_all(home: Path, _: int) -> Work:
    fresh = history.nothing_derived(home)
    return lambda: sum(file.lines for file in ingest(fresh))


def build_all(home: Path, _: int) -> Work:
    return lambda: build(home_at(home), datetime(2026, 1, 1))


def read_same_files(home: Path, _: int) -> Work:
    return lambda: yardstick.read_same_files(home)


def read_all(home: Path, _: int) -> Work:
    return lambda: yardstick.read_all(home)


def standing_counts(home: Path, _: int) -> Work:
    programme, _hash = read_programme(home_at(home).file("programmes", PROGRAMME))
    version = QUESTION.version(programme)

    def work() -> Answer:
        with Warehouse.open(home_at(home).warehouse) as warehouse:
            ranks, counts = np.unique(measure(warehouse, programme, QUESTION, version).tier_rank, return_counts=True)
        found = dict(zip(ranks.tolist(), counts.tolist(), strict=True))
        return {tier: found.get(rank, 0) for tier, rank in {"none": 0, **version.ranks()}.items()}

    return work


def standing_partners(home: Path, _: int) -> Work:
    programme, _hash = read_programme(home_at(home).file("programmes", PROGRAMME))

    def work() -> Answer:
        with Warehouse.open(home_at(home).warehouse) as warehouse:
            return yardstick.counts_of(standing(warehouse, programme, QUESTION).partners["tier"])

    return work


def transition_matrix(home: Path, _: int) -> Work:
    programme, _hash = read_programme(home_at(home).file("programmes", PROGRAMME))

    def work() -> Answer:
        with Warehouse.open(home_at(home).warehouse) as warehouse:
            before = Question(BEFORE, known_on=BEFORE)
            return int(transition(warehouse, programme, before, QUESTION).matrix().to_numpy().sum())

    return work


def sql_counts(home: Path, _: int) -> Work:
    return lambda: yardstick.sql_counts(home_at(home).warehouse, DAY)


def sql_partners(home: Path, _: int) -> Work:
    return lambda: yardstick.sql_partners(home_at(home).warehouse, DAY)


def pandas_load(home: Path, _: int) -> Work:
    return lambda: len(yardstick.Loaded.of(home_at(home).warehouse).ledger)


def pandas_counts(home: Path, _: int) -> Work:
    loaded = yardstick.Loaded.of(home_at(home).warehouse)
    return lambda: loaded.counts(DAY)


STEPS = [
    make_history, ingest_all, read_same_files, build_all, read_all, standing_counts, sql_counts, pandas_load, pandas_counts,
    standing_partners, sql_partners, transition_matrix,
]  # fmt: skip


def main(name: str, home: str, entries: str) -> None:
    """Prepare the step, then do and time it; the peak is the whole process's."""
    work = {step.__name__: step for step in STEPS}[name](Path(home), int(entries))
    begun, begun_cpu = time.perf_counter(), time.process_time()
    answer = work()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_bytes": peak, "answer": answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
