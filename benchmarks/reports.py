"""`python -m benchmarks.reports`: one page per region, made several ways, and 300 forked kernels, eight at once."""

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.memory import peak_of
from benchmarks.reports_step import AT_ONCE, BY_COMMAND_LINE, KEPT, PROJECT, STARTS, STEPS, made_home, regions

AIMS = {"ordinary": 3.5, "forked": 8.0}
WHAT = {
    "cells": "(0) the notebook's cells alone, one region after the other in one Python process, no page made",
    "commands": f"(a) `papermill …; jupyter nbconvert …` in a loop, measured on {BY_COMMAND_LINE} regions",
    "plain": "(b) papermill and nbconvert as libraries, in one process",
    "ordinary": "(c) **Palier**, ordinary kernels, one at a time",
    "forked": "(d) **Palier**, forked kernels, one at a time",
    "ordinary_two": "(e) as (c), two at once",
    "forked_two": "(f) as (d), two at once",
}


def measure(name: str, limit: int) -> dict[str, Any]:
    """One way in a process of its own: seconds, CPU seconds of it and all that came of it, peak memory of all together."""
    command = [sys.executable, "-m", "benchmarks.reports", "--step", name, "--regions", str(limit)]
    began = time.perf_counter()
    log = KEPT / "reports" / f"{name}.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=said, text=True)
    with peak_of(process.pid) as peaks:
        assert process.stdout
        answer = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{name} failed:\n{log.read_text(encoding='utf-8')}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": max(peaks), "answer": json.loads(answer)}


def page(measured: dict[str, dict[str, Any]], reports: int, stressed: dict[str, Any]) -> str:
    """The section of docs/performance.md."""
    per = {
        name: found["cpu"] / min(reports, BY_COMMAND_LINE if name == "commands" else reports)
        for name, found in measured.items()
    }
    lines = [f"## One page for each of {reports} regions", "",
             "| how | CPU seconds a report | fewer than (a) | aim | seconds in all | peak memory, MB |", "|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for name, found in measured.items():
        ratio, aim = per["commands"] / per[name], AIMS.get(name)
        met = "" if aim is None else f"{aim} ×: {'met' if ratio >= aim else '**missed**'}"
        seconds = f"{found['seconds']:.0f}"
        if name == "commands":
            seconds = f"{found['seconds'] * reports / min(reports, BY_COMMAND_LINE):.0f} (extrapolated)"
        lines.append(
            f"| {WHAT[name]} | {per[name]:.2f} | {ratio:.2f} × | {met} | {seconds} | {found['peak'] / 1e6:,.0f} |"
        )
    own = per["cells"]
    beside = {name: (per["commands"] - own) / (per[name] - own) for name in AIMS}
    failures = stressed["answer"]
    return "\n".join([
        *lines, "",
        "CPU seconds are those of all processes, libraries' imports and the server of forked kernels included; memory is what all of "
        "them take together, shared pages counted once. The pages of (c) to (f) are the same to the byte. Two at once share the processor's caches and units, "
        "so that the same work costs more CPU seconds and less time.", "",
        f"Of each report {own:.2f} CPU seconds are the notebook's own work (0), mostly charts, in each of these ways. Of what comes on top, (c) takes "
        f"{beside['ordinary']:.1f} × less than (a), and (d) {beside['forked']:.1f} × less.", "",
        f"{STARTS} forked kernels, {AT_ONCE} at once: {len(failures)} failures, {stressed['cpu'] / STARTS:.2f} CPU seconds and "
        f"{1000 * stressed['seconds'] / STARTS:.0f} ms each. `python -m benchmarks.reports` repeats it.", "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--regions", type=int, default=22, help="how many regions (default: all 22)")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    home = made_home()
    asked = regions(home)[: wanted.regions]
    if wanted.step:
        folder = KEPT / "reports" / wanted.step
        folder.mkdir(exist_ok=True)
        print(json.dumps(STEPS[wanted.step](home, asked, folder)))
        return
    measured = {}
    for name in WHAT:
        measured[name] = measure(name, wanted.regions)
        print(f"{name}: {measured[name]['seconds']:.1f} s, {measured[name]['cpu']:.1f} CPU s")
    if any(
        measured[name]["answer"] != measured["ordinary"]["answer"] for name in ("forked", "ordinary_two", "forked_two")
    ):
        sys.exit("the pages of ordinary and of forked kernels differ")
    text = page(measured, len(asked), measure("stress", 0))
    (KEPT / "reports.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
