"""Where `benchmarks.kills` tries things: a home in variants, processes that work on it, and what must hold after each."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.victim import answer
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, quoted
from pipeline.ingest.manifest import ingest, manifest_path, read_manifest
from pipeline.ledger.build import build
from pipeline.sample import write_sample

PROJECT = Path(__file__).resolve().parents[1]
RUN = ("ingest", "build")
VARIANTS = 3
DISK_MIB = 64
BELONGS = {"build.lock", "lines", "manifest.json", "palier.duckdb"}
LONGEST = 300  # seconds that any run may take
End = tuple[int, str, str]


@dataclass
class Result:
    """What one scenario tried, where it hit, and what was at fault, by class."""

    tried: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0

    def hit(self, what: str, times: int = 1) -> None:
        """Count one thing tried by where it hit or what came of it."""
        self.tried += times
        self.hits[what] += times

    def expect(self, holds: bool, fault: str, fact: object = "") -> None:
        """Count a fault unless `holds`; the first ones are told."""
        if not holds:
            self.faults[fault] += 1
            if len(self.examples) < 30:
                self.examples.append(f"{fault}: {fact}")


@dataclass(frozen=True)
class Hit:
    """A process that ended, killed or by itself: in which phase, whether it had swapped its build in, what it told."""

    phase: str
    has_swapped: bool
    code: int
    out: str
    said: str


class ProvingGround:
    """A home with an invented sample whose point files come in variants, and what each variant publishes elsewhere."""

    def __init__(self, root: Path, partners: int):
        self.home = Home(root / "home")
        write_sample(self.home.raw, partners)
        self._lines = {path: path.read_bytes().splitlines(True) for path in self.home.raw.glob("points/*.csv")}
        self._given = -1
        self.published: int | None = None  # the variant that is
        self.tables: list[dict[str, str]] = []
        self.answers: list[list[str]] = []
        elsewhere = Home(root / "elsewhere")
        for _ in range(VARIANTS):
            self.give_next()
            shutil.copytree(self.home.raw, elsewhere.raw)
            publish(elsewhere)
            self.tables.append(tables_of(elsewhere.warehouse))
            self.answers.append(answer(elsewhere.warehouse))
            shutil.rmtree(elsewhere.root)
        if len({tables["point_ledger"] for tables in self.tables}) < VARIANTS:
            raise ValueError("the variants publish the same ledger")

    def give_next(self) -> int:
        """Put the point files of the next variant into data/raw: each file loses its first lines, more or fewer."""
        self._given = (self._given + 1) % VARIANTS
        for path, lines in self._lines.items():
            path.write_bytes(b"".join([lines[0], *lines[1 + 5 * self._given :]]))
        return self._given

    def forget(self) -> None:
        """Delete all that is derived, as before a first run."""
        shutil.rmtree(self.home.processed, ignore_errors=True)
        self.published = None

    def check_published(self, result: Result, variant: int | None, when: str) -> None:
        """The published file must be readable to its last block and hold that variant, or not be there when None."""
        if variant is None:
            result.expect(not self.home.warehouse.exists(), "a file is published before its build ended", when)
            return
        try:
            found = tables_of(self.home.warehouse)
        except Exception as error:
            result.expect(False, "the published file is damaged", f"{when}: {error}")
            return
        others = [name for name, rows in self.tables[variant].items() if found.get(name) != rows]
        result.expect(found == self.tables[variant], "the published file is another one", f"{when}: {others} differ")

    def check_complete(self, result: Result, variant: int, when: str) -> None:
        """After a run that ended well: its variant is published and nothing is left behind."""
        self.published = variant
        self.check_published(result, variant, f"next run after {when}")
        for path in self.left_behind():
            result.expect(False, f"left behind: {kind_of(path)}", f"{path} after {when}")
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def left_behind(self) -> list[Path]:
        """What lies in data/processed beyond what the last run needs."""
        folders = {file.folder for file in read_manifest(self.home)}
        strays = [path for path in self.home.processed.iterdir() if path.name not in BELONGS]
        return strays + [path for path in self.home.lines.iterdir() if path.name not in folders]


def publish(home: Home) -> None:
    """Ingest and build in this process."""
    ingest(home)
    build(home, datetime.now(UTC))


def tables_of(warehouse: Path) -> dict[str, str]:
    """Number of rows and checksum of every column of every table, but for the time of the build."""
    with Warehouse.open(warehouse) as opened:
        return {
            name: str(
                opened.rows(f"select count(*), sum(hash(line)) from (select {columns} from {quoted(name)}) as line")
            )
            for name in opened.tables()
            for columns in ["* exclude (built_at)" if name == "build" else "*"]
        }


def kind_of(path: Path) -> str:
    """A stray's name without the numbers of processes."""
    return "".join("#" if sign.isdigit() else sign for sign in path.name)


class Worker:
    """A warm process that runs commands on a home in forks of itself, one after the other."""

    def __init__(self) -> None:
        line = [sys.executable, "-m", "benchmarks.victim"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(line, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)
        self._told()

    def _told(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()

    def begin(self, home: Home, *commands: str, die_at: int = 0) -> int:
        """Let a fork work. Returns its number, which is its group's too."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"home": str(home.root), "die_at": die_at, "commands": commands}) + "\n")
        self._process.stdin.flush()
        return int(self._told())

    def has_ended_within(self, seconds: float) -> bool:
        """Wait for the fork's end, but not longer."""
        assert self._process.stdout
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def end(self) -> End:
        """Wait for the fork's end: exit code, output, and what it said beside progress."""
        code, out, said = json.loads(self._told())
        return code, out, "\n".join(line for line in said.splitlines() if not line.endswith(" …"))

    def close(self) -> None:
        """End the process, and its fork with it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def at_work(number: int = 1) -> Iterator[list[Worker]]:
    """Warm processes, ended afterwards."""
    workers = [Worker() for _ in range(number)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.close()


def strike(home: Home, worker: Worker, seconds: float = LONGEST, die_at: int = 0) -> Hit:
    """Run ingest and build; kill the whole group after so many seconds. Says in which phase it ended."""
    before = inodes(home)
    group = worker.begin(home, *RUN, die_at=die_at)
    if not worker.has_ended_within(seconds):
        os.killpg(group, signal.SIGKILL)
    code, out, said = worker.end()
    has_read, has_swapped = (now != then for now, then in zip(inodes(home), before, strict=True))
    if code == 0:
        phase = "7 finished"
    elif has_swapped:
        phase = "6 build, after the swap"
    elif any(home.processed.glob("building-*")):
        phase = "5 build, filling the new file"
    elif has_read:
        phase = "4 after the manifest, before the new file"
    elif any(home.processed.glob(".manifest*")):
        phase = "3 ingest, writing the manifest"
    elif any(home.lines.glob("work-*")):
        phase = "2 ingest, reading files"
    else:
        phase = "1 ingest, before or between files"
    return Hit(phase, has_swapped, code, out, said)


def inodes(home: Home) -> list[int]:
    """Which files lie as manifest and as warehouse; 0 for none."""
    return [path.stat().st_ino if path.exists() else 0 for path in (manifest_path(home), home.warehouse)]


@contextmanager
def memory_disk(folder: Path, is_wanted: bool) -> Iterator[bool]:
    """Whether the folder is what was wanted: a small disk, which is let go of afterwards, or any folder."""
    folder.mkdir()
    if not is_wanted:
        yield True
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    is_there = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield is_there
    finally:
        if is_there:
            subprocess.run(["umount", str(folder)], check=True)
