"""`python -m benchmarks.sweeping`: ten thousand thresholds over a million partners, against one standing and against re-runs."""

import argparse
import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import KEPT, PROJECT, data

SCENARIOS, RERUNS = 10_000, 20
STEPS = ("standing", "sweep", "reruns")


def step(name: str, folder: Path) -> dict[str, Any]:
    """One step in this process: seconds, and the counts of the first and last scenario to compare."""
    from benchmarks.measuring_data import rulebook
    from benchmarks.measuring_step import DAY
    from pipeline.base.warehouse import Warehouse
    from pipeline.model.axis import changed_version, with_version
    from pipeline.model.cells import asked_metrics, cells_of
    from pipeline.model.question import Question
    from pipeline.model.rule import Ladder
    from pipeline.model.standing import standing
    from pipeline.model.sweep import swept

    rules = rulebook()
    version = rules.version[-1]
    draw = np.random.default_rng(1)
    thresholds = np.sort(draw.integers(0, 60_000, (SCENARIOS, len(version.tier))), axis=1)
    domains = draw.integers(0, 6, SCENARIOS)
    before, after = Question(date.fromisoformat(str(DAY)) - timedelta(days=90)), Question(DAY)
    with Warehouse.open(folder / "warehouse.duckdb") as warehouse:
        began = time.perf_counter()
        if name == "standing":
            standing(warehouse, rules, after).counts()
            return {"seconds": time.perf_counter() - began}
        if name == "reruns":
            counts = []
            for scenario in range(RERUNS):
                changes = {
                    f"tier.{tier.id}.requires.points": _points(thresholds[scenario, at])
                    for at, tier in enumerate(version.tier)
                }
                changes["tier.gold.requires.domains"] = int(domains[scenario])
                changed = with_version(rules, version, changed_version(version, changes))
                counts.append(standing(warehouse, changed, after).counts()["partners"].tolist())
            return {"seconds": time.perf_counter() - began, "counts": counts}
        cells = cells_of(
            standing(warehouse, rules, before), standing(warehouse, rules, after), ["region"], asked_metrics(version)
        )
        counted = time.perf_counter()
        order = [version.metrics.index(metric) for metric in cells.metrics]
        base = Ladder.of(version).minimums[:, 0, order]
        minimums = np.repeat(base[None], SCENARIOS, axis=0)
        minimums[:, :, cells.metrics.index("points")] = thresholds
        minimums[:, -1, cells.metrics.index("domains")] = domains
        found = swept(cells, minimums)
        ended = time.perf_counter()
        return {
            "seconds": ended - began, "cached": ended - counted, "cells": len(cells.partners), "segments": len(cells.segments),
            "counts": found[:RERUNS].sum(axis=1)[:, ::-1].tolist(), "answers": int(found.size),
        }  # fmt: skip


def _points(hundredths: int) -> float:
    return round(int(hundredths) / 100, 2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeping", description=__doc__)
    parser.add_argument("--partners", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=20_000_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    folder = data(wanted.partners, wanted.entries)
    if wanted.step:
        print(json.dumps(step(wanted.step, folder)))
        return
    found = {}
    for name in STEPS:
        command = [
            sys.executable,
            "-m",
            "benchmarks.sweeping",
            "--step",
            name,
            "--partners",
            str(wanted.partners),
            "--entries",
            str(wanted.entries),
        ]
        found[name] = json.loads(
            subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True).stdout
        )
    if found["sweep"]["counts"] != found["reruns"]["counts"]:
        sys.exit(f"the answers differ: {found['sweep']['counts'][:2]} and {found['reruns']['counts'][:2]}")
    one, sweep, reruns = found["standing"]["seconds"], found["sweep"], found["reruns"]["seconds"] * SCENARIOS / RERUNS
    text = "\n".join([
        f"## {SCENARIOS:,} threshold scenarios over {wanted.partners:,} partners and {wanted.entries:,} entries, one turn", "",
        "| what | seconds | against |", "|---|--:|---|",
        f"| one `standing` of the same population | {one:.2f} | |",
        f"| **sweep, cold**: two standings, cells by region and tier before, look-ups | {sweep['seconds']:.2f} | **{sweep['seconds'] / one:.2f} ×** one standing (aim 3) |",
        f"| **sweep, from cells**: suffix sums and {sweep['answers']:,} numbers | {sweep['cached']:.3f} | aim 0.2 s |",
        f"| as many re-runs, from {RERUNS} | {reruns:,.0f} | {reruns / sweep['seconds']:,.0f} × the cold sweep |", "",
        f"{sweep['cells']:,} cells in {sweep['segments']} segments; the first {RERUNS} scenarios give the same counts as their re-runs. "
        "`python -m benchmarks.sweeping` repeats it.", "",
    ])  # fmt: skip
    (KEPT / "sweeping.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
