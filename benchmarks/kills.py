"""`python -m benchmarks.kills`: is the published file always whole, and does the next run succeed with nothing cleaned by hand?

Runs of `palier ingest` and `palier build` are killed at random instants and at file operations, raced by readers and by
each other, and starved of disk. Prints a table, writes benchmarks/kept/kills.json and .md; exit code 1 when anything was at fault.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.proving_ground import RUN, ProvingGround, Result, Worker, at_work, memory_disk, publish, strike
from pipeline.ingest.manifest import ingest

KEPT = Path(__file__).parent / "kept"
FIRST = 10  # one in so many kills hits the first run of a home, with nothing derived yet
READERS, PUBLISHES, PAIRS = 20, 100, 10
KIB_FREE = (0, 4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288)
Scenario = Callable[[Result, ProvingGround], None]


def kill_and_run(result: Result, ground: ProvingGround, worker: Worker, **when: Any) -> None:
    """Kill a run on a new variant and check; then the next run must mend all."""
    variant = ground.give_next()
    hit = strike(ground.home, worker, **when)
    result.hit(hit.phase)
    result.expect(hit.code in (0, -9), "the run failed by itself", hit.said)
    ground.check_published(result, variant if hit.has_swapped else ground.published, hit.phase)
    run_again(result, ground, worker, variant, hit.phase)


def run_again(result: Result, ground: ProvingGround, worker: Worker, variant: int, when: str) -> None:
    """A run that nobody kills, and nobody cleaned up for, must publish what was given and leave nothing behind."""
    ended = strike(ground.home, worker)
    result.expect(ended.code == 0, "the next run failed", f"after {when}: {ended.code} {ended.said}")
    if ended.code == 0:
        ground.check_complete(result, variant, when)
    else:
        ground.forget()


def instants(result: Result, ground: ProvingGround, kills: int = 200, seed: int = 1) -> None:
    """Kills at instants drawn evenly from the time that a run takes; some of them in the first run of a home."""
    draw = random.Random(seed)
    with at_work() as [worker]:
        lasts = {is_first: median(lasting(ground, worker, is_first) for _ in range(5)) for is_first in (True, False)}
        for kill in range(1, kills + 1):
            if is_first := kill % FIRST == 0:
                ground.forget()
            kill_and_run(result, ground, worker, seconds=draw.uniform(0, lasts[is_first]))
    result.notes = {"seconds of a run": round(lasts[False], 2), "seconds of a first run": round(lasts[True], 2)}


def lasting(ground: ProvingGround, worker: Worker, is_first: bool) -> float:
    """Seconds of a run that nobody kills."""
    if is_first:
        ground.forget()
    ground.published = ground.give_next()
    begun = time.perf_counter()
    ended = strike(ground.home, worker)
    assert ended.code == 0, ended.said
    return time.perf_counter() - begun


def operations(result: Result, ground: ProvingGround) -> None:
    """A kill just before each file operation of Python's, one after the other: no narrow gap is left to chance."""
    with at_work() as [worker]:
        publish(ground.home)
        ground.published = ground.give_next()
        counted = int(strike(ground.home, worker).out.splitlines()[-1])
        for operation in range(1, counted + 1):
            kill_and_run(result, ground, worker, die_at=operation)


def readers(result: Result, ground: ProvingGround) -> None:
    """Readers, each a process that opens the file anew for every question, during many publishes."""
    publish(ground.home)
    with at_work(READERS) as workers:
        for worker in workers:
            worker.begin(ground.home, "read")
        for _ in range(PUBLISHES):
            ground.give_next()
            publish(ground.home)
        (ground.home.root / "stop").touch()
        ends = [worker.end() for worker in workers]
    for code, out, said in ends:
        result.expect(code == 0, "a reader died", said)
        answers, failures = json.loads(out.splitlines()[0]) if code == 0 else ({}, {})
        for text, times in answers.items():
            found = json.loads(text)
            result.expect(found in ground.answers, "torn answer", text)
            result.hit(f"answer of variant {ground.answers.index(found)}" if found in ground.answers else "torn", times)
        for failure, times in failures.items():
            result.hit("failed", times)
            result.expect(False, "a reader failed", failure)
    result.notes = {"readers": READERS, "publishes": PUBLISHES}


def builders(result: Result, ground: ProvingGround) -> None:
    """Two runs at once: one succeeds; the other does so too, or says in one line that another build is running."""
    with at_work(2) as workers:
        for pair in range(PAIRS):
            variant = ground.give_next()
            commands = RUN if pair % 2 else ("build",)
            if commands != RUN:
                ingest(ground.home)
            for worker in workers:
                worker.begin(ground.home, *commands)
            (first, *_), (second, _, said) = sorted(worker.end() for worker in workers)
            result.hit("one succeeded, one was told" if second else "both succeeded, one after the other")
            result.expect(first == 0, "neither succeeded", said)
            was_told = second == 1 and "another build is running" in said and len(said.splitlines()) == 1
            result.expect(second == 0 or was_told, "the second was not told clearly", said)
            ground.check_complete(result, variant, "two at once")


def full_disk(result: Result, ground: ProvingGround) -> None:
    """Runs on a small disk with more and more room until one succeeds; after each failure there is room again."""
    ground.published = ground.give_next()
    publish(ground.home)
    ballast = ground.home.root / "ballast"
    with at_work() as [worker]:
        for free in KIB_FREE:
            variant = ground.give_next()
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(ground.home.root).free - free * 1024)
            hit = strike(ground.home, worker)
            result.hit(f"{'succeeded' if hit.code == 0 else 'stopped in'} {hit.phase}")
            is_clear = hit.code == 1 and hit.said.startswith("palier: ") and len(hit.said.splitlines()) == 1
            result.expect(hit.code == 0 or is_clear, "not one clear line", f"{free} KiB free: {hit.code} {hit.said}")
            ground.check_published(result, variant if hit.has_swapped else ground.published, f"{free} KiB free")
            ballast.unlink()
            run_again(result, ground, worker, variant, f"{free} KiB free")
            if hit.code == 0:
                result.notes["KiB free that suffice"] = free
                return
    result.expect(False, "no room sufficed")


def tried(name: str, scenario: Scenario, root: Path, partners: int) -> Result:
    """One scenario on ground of its own; prints what came of it."""
    result, begun = Result(), time.perf_counter()
    scenario(result, ProvingGround(root / name, partners))
    result.seconds = round(time.perf_counter() - begun, 1)
    notes = ", ".join(f"{what}: {fact}" for what, fact in result.notes.items())
    print(f"\n{name}: {result.tried:,} tried in {result.seconds} s, {result.faults.total()} faults. {notes}")
    for label, counts in (("", result.hits), ("FAULT ", result.faults)):
        for what, times in sorted(counts.items()):
            print(f"{times:>9,}  {label}{what}")
    print("".join(f"           {example}\n" for example in result.examples[:5]), end="", flush=True)
    return result


def section(results: dict[str, dict[str, Any]]) -> str:
    """The part of docs/performance.md on kills."""
    lines = [
        "## Kills, readers, builders and a full disk",
        "",
        "| scenario | tried | faults | notes |",
        "|---|--:|--:|---|",
    ]
    for name, result in results.items():
        notes = ", ".join(f"{what}: {fact}" for what, fact in result.get("notes", {}).items())
        tried_times = f"{result['tried']:,}" if "tried" in result else result["not tried"]
        lines.append(f"| {WHAT[name]} | {tried_times} | **{sum(result['faults'].values())}** | {notes} |")
    return "\n".join([*lines, "", "A fault is a published file that is not whole, a reader that fails or sees a mixture, or a next run that does "
                      "not succeed with nothing cleaned by hand. `python -m benchmarks.kills` repeats it.", ""])  # fmt: skip


def main() -> None:
    """All scenarios, or those named; exit code 1 when anything was at fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random instants (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the instants (default: 1)")
    parser.add_argument("--only", nargs="+", default=list(SCENARIOS), choices=SCENARIOS)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nothing is left behind here either
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="palier-kills-") as folder:
        for name in wanted.only:
            scenario, partners = SCENARIOS[name]
            if name == "instants":
                scenario = partial(instants, kills=wanted.kills, seed=wanted.seed)
            with memory_disk(Path(folder) / name, is_wanted=name == "full_disk") as is_there:
                if is_there:
                    results[name] = vars(tried(name, scenario, Path(folder), partners))
                else:
                    print(f"\n{name}: not tried, a disk in memory cannot be mounted here")
                    results[name] = {"not tried": "a disk in memory cannot be mounted here", "faults": {}}
    KEPT.mkdir(exist_ok=True)
    (KEPT / "kills.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    (KEPT / "kills.md").write_text(section(results), encoding="utf-8")
    sys.exit(int(any(result["faults"] for result in results.values())))


SCENARIOS: dict[str, tuple[Scenario, int]] = {  # with how many partners
    "instants": (instants, 20_000),
    "operations": (operations, 200),
    "readers": (readers, 200),
    "builders": (builders, 3000),
    "full_disk": (full_disk, 1000),
}

WHAT = {
    "instants": "`kill -9` at a random instant of ingest and build",
    "operations": "`kill -9` just before each file operation",
    "readers": "readers' answers during publishes",
    "builders": "two runs at once",
    "full_disk": "runs on a full disk",
}

if __name__ == "__main__":
    main()
