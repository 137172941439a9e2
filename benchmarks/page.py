"""docs/performance.md: the numbers, what they are measured against, and whether the aims are met."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median
from typing import Any

WHAT = {
    "ingest_all": "**ingest**: raw files → typed lines and rejects",
    "build_all": "**build**: lines → published warehouse",
    "read_same_files": "(a) DuckDB's bare typed `read_csv` of the same files into tables in memory",
    "read_all": "DuckDB `read_csv` of points and rosters into a database file",
    "standing_counts": "**standing**, partners per tier",
    "sql_counts": "(b) one SELECT by hand, partners per tier",
    "pandas_counts": "(c) pandas, partners per tier, its tables loaded before",
    "pandas_load": "loading those tables into pandas",
    "standing_partners": "**standing**, every partner in a frame",
    "sql_partners": "(b) one SELECT by hand, every partner in a frame",
    "transition_matrix": "**transition**, the migration matrix of every partner",
}
TEXT = """# Performance

Written by `make bench`; do not edit. {entries:,} entries of {partners:,} partners, {megabytes:,} MB of raw files, {turns} turns.

Machine: {cores} cores, {memory} GB of memory, {system}, Python {python}, DuckDB {duckdb}, pandas {pandas}; load average
at the end: {load}.

## Aims

| aim | measured | met |
|---|--:|---|
{aims}

Each ratio is taken within one turn, and the median over the turns is shown.

## Seconds and memory

{table}

Medians of {turns} turns, the range in brackets. A load average above one process means that others used the machine at the same time:
CPU seconds then say more than seconds. Memory is the peak of the whole process, Python and libraries included.

## What is compared with what

- **Raw files**: an invented history (`palier sample` makes the same), cp1252, seven rosters and eight points files. It has
  spoiled, repeated, late, corrected and reversed lines, as real deliveries do.
- **(a)** reads the same points files and rosters, typed, into tables in memory, and so does less than ingest and build: no line
  numbers, no reasons, no repeats or corrections, no file to publish. DuckDB reads no cp1252, so it is given utf-8 copies made
  beforehand; ingest decodes the files itself, within its time. The copies are read with `ignore_errors` and without quotes: told of
  quotes, it takes what follows a quote that is never closed as one value, and drops millions of lines without a word.
  The next row writes a database file, and so comes nearer to the same work.
- **(b)** is `benchmarks/standing_by_hand.sql`, on the published warehouse: corrections, reversals and what was known on the day,
  tiers by `case`. It has the thresholds in its text, gives points as floats and knows no domains.
- **(c)** has the ledger, the reversals and the rosters in pandas before its clock starts; loading them is a row of its own. Its memory
  includes them.
- The answers of standing, (b) and (c) are the same on every turn, or there is no page.
- Every step runs in a process of its own, with imports done before the clock starts, and all steps run one after the other in each
  turn, so that noise of the machine hits all alike.

## How to repeat

`make bench` measures all of this and writes this page; `.venv/bin/python -m benchmarks --quick` tries it on 200,000 entries and writes
nothing. The history is made once and kept in `benchmarks/kept/`; delete that folder to make it anew.
"""


@dataclass
class Measured:
    """What one step took in each turn."""

    runs: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> object:
        """Take in one run; gives its answer back."""
        self.runs.append(result["seconds"])
        self.cpu.append(result["cpu_seconds"])
        self.peaks.append(result["peak_bytes"])
        return result["answer"]

    @property
    def seconds(self) -> str:
        return f"{median(self.runs):.2f} ({min(self.runs):.2f}–{max(self.runs):.2f})"


Steps = dict[str, Measured]


def page(measured: Steps, entries: int, bytes_of: dict[str, int], turns: int, on: dict[str, Any]) -> str:
    """The whole document."""
    megabytes = sum(bytes_of.values()) // 1_000_000
    return TEXT.format(
        entries=entries,
        partners=entries // 25,
        megabytes=megabytes,
        turns=turns,
        aims=aims(measured),
        table=table(measured),
        **on,
    )


def aims(measured: Steps) -> str:
    """One row per aim or comparison."""
    cpu = {name: Measured(step.cpu) for name, step in measured.items()}
    rows = [
        ("ingest + build within 5 × (a)", ratio(measured, ["ingest_all", "build_all"], "read_same_files"), 5),
        ("… the same in CPU seconds", ratio(cpu, ["ingest_all", "build_all"], "read_same_files"), None),
        ("standing within 2 × (b), partners per tier", ratio(measured, ["standing_counts"], "sql_counts"), 2),
        ("standing within 2 × (b), every partner in a frame", ratio(measured, ["standing_partners"], "sql_partners"), 2),
        ("for comparison: ingest + build against points and rosters into a file",
         ratio(measured, ["ingest_all", "build_all"], "read_all"), None),
        ("for comparison: standing against (c), partners per tier", ratio(measured, ["standing_counts"], "pandas_counts"), None),
    ]  # fmt: skip
    return "\n".join(
        f"| {aim} | {value:.2f} × | {'' if limit is None else 'yes' if value <= limit else '**no**'} |"
        for aim, value, limit in rows
    )


def table(measured: Steps) -> str:
    """One row per step."""
    rows = [
        f"| {WHAT[name]} | {measured[name].seconds} | {median(measured[name].cpu):.2f} | {median(measured[name].peaks) / 1e6:,.0f} |"
        for name in WHAT
    ]
    return "\n".join(["| step | seconds | CPU seconds | peak memory, MB |", "|---|--:|--:|--:|", *rows])


def ratio(measured: Steps, ours: list[str], theirs: str) -> float:
    """Median over the turns of our seconds by theirs."""
    turns = zip(*(measured[name].runs for name in [*ours, theirs]), strict=True)
    return median(sum(seconds) / yardstick for *seconds, yardstick in turns)


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory": round(memory / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[1]:.1f}",
        "duckdb": version("duckdb"),
        "pandas": version("pandas"),
    }
