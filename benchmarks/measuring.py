"""`python -m benchmarks.measuring`: what it costs to measure a million partners, against SQL by hand, polars and pandas."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / "benchmarks" / "kept"
WHAT = {
    "model_once": "**Palier**, one question: `measure`, then `earned_rank`",
    "by_hand": "one SELECT by hand on the same file",
    "by_hand_bits": "the same SELECT, domains as bits",
    "polars_loaded": "polars, on frames in memory",
    "polars_scanned": "polars, scanning Parquet",
    "pandas_loaded": "pandas, on frames in memory (once)",
    "model_in_one_pass": "**Palier**, 24 month-ends by `steps_over`",
    "model_many": "**Palier**, 24 month-ends one by one",
}
ONCE = ("pandas_loaded",)
Turn = dict[str, dict[str, Any]]


def measured(name: str, folder: Path) -> dict[str, Any]:
    """What a step tells, and seconds, CPU seconds and peak bytes of its whole process, start and libraries included."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.measuring_step", name, str(folder)], cwd=PROJECT, stdout=subprocess.PIPE
    )
    assert child.stdout
    text = child.stdout.read()
    _, code, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        sys.exit(f"{name} ended with {child.returncode}")
    process = {
        "process": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "bytes": usage.ru_maxrss * 1024,
    }
    return {"load": 0.0, "load_cpu": 0.0, **json.loads(text), **process}


def data(partners: int, entries: int) -> Path:
    """The folder with the warehouse and the Parquet files, made once."""
    folder = KEPT / f"measuring-{partners}-{entries}"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "warehouse.duckdb").exists():
        subprocess.run([sys.executable, "-m", "benchmarks.measuring_step", "make", str(folder), str(partners), str(entries)],
                       cwd=PROJECT, check=True)  # fmt: skip
    return folder


def turn(folder: Path, left_out: tuple[str, ...]) -> Turn:
    """Each step once; all must count alike on every day that they have in common."""
    for file in folder.iterdir():
        with file.open("rb") as opened:
            while opened.read(1 << 20):  # into the page cache, for all alike
                pass
    found = {name: measured(name, folder) for name in WHAT if name not in left_out}
    wanted = found["model_many"]["counts"]
    for name, one in found.items():
        for day, counts in one["counts"].items():
            if {tier: counts.get(tier, 0) for tier in wanted[day]} != wanted[day]:
                sys.exit(f"the answers of {day} differ: model_many {wanted[day]}, {name} {counts}")
    if found["model_in_one_pass"]["counts"].keys() != wanted.keys():
        sys.exit("the pass did not answer every month-end")
    return found


def section(turns: list[Turn], partners: int, entries: int) -> str:
    """The part of docs/performance.md on measuring."""

    def of(name: str, what: str) -> float:
        return median(turn[name][what] for turn in turns if name in turn)

    def ratio(name: str, by: str, load: int, cpu: str) -> float:
        """`name` by `by`, within a turn; load: whether what `by` loads first is counted too; cpu: `_cpu` for CPU seconds."""
        return median(
            turn[name]["seconds" + cpu] / (turn[by]["seconds" + cpu] + load * turn[by]["load" + cpu])
            for turn in turns
            if name in turn and by in turn
        )

    aims = [
        ("one question within 1.5 × the SELECT by hand", ("model_once", "by_hand", 0), 1.5),
        ("… against the SELECT with bits", ("model_once", "by_hand_bits", 0), None),
        (
            "one question level with polars that reads Parquet, load and computation",
            ("model_once", "polars_loaded", 1),
            1,
        ),
        ("… with polars that scans Parquet", ("model_once", "polars_scanned", 0), 1),
        ("… against the computation of polars alone, its frames in memory", ("model_once", "polars_loaded", 0), None),
        ("one question in a fifth of pandas, computation alone", ("model_once", "pandas_loaded", 0), 0.2),
        ("… of pandas, load and computation", ("model_once", "pandas_loaded", 1), None),
        ("24 month-ends in one pass in a quarter of 24 single ones", ("model_in_one_pass", "model_many", 0), 0.25),
    ]
    counts = turns[0]["model_once"]["counts"]
    [(day, tiers)] = counts.items()
    out = [f"## Measuring {partners:,} partners with {entries:,} entries, {len(turns)} turn{'s' if len(turns) > 1 else ''}", "",
           "| aim | measured | met | in CPU seconds |", "|---|--:|---|--:|"]  # fmt: skip
    for aim, pair, most in aims:
        value = ratio(*pair, "")
        met = "" if most is None else "yes" if value <= most else "**no**"
        out.append(f"| {aim} | {value:.2f} × | {met} | {ratio(*pair, '_cpu'):.2f} × |")
    out += [
        "",
        "| step | seconds | loading first, s | whole process, s | CPU s | peak memory, MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    out += [
        f"| {what} | {of(name, 'seconds'):.2f} | {of(name, 'load') or '':{'.2f' if of(name, 'load') else ''}} | {of(name, 'process'):.2f} "
        f"| {of(name, 'cpu'):.2f} | {of(name, 'bytes') / 1e6:,.0f} |"
        for name, what in WHAT.items()
    ]
    out += ["", f"Caps on two of six categories, eleven domains, a window of 12 months, an expiry of 6; all count alike on {day}: "
            + ", ".join(f"{number:,} {tier}" for tier, number in tiers.items()) + ".",
            "Each step is a process of its own; seconds are of its work (opening the file included, libraries loaded before), CPU seconds and",
            "memory of the whole process. Each ratio within one turn, the median over the turns. polars and pandas have points in whole",
            "hundredths and only the columns that they need; pandas' frames are filled by DuckDB (no pyarrow), its categories and domains are",
            "categories. `python -m benchmarks.measuring` repeats it."]  # fmt: skip
    return "\n".join(out) + "\n"


def main() -> None:
    """Measure, print, and keep the section for the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measuring", description=__doc__)
    parser.add_argument("--partners", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=20_000_000)
    parser.add_argument("--turns", type=int, default=3)
    wanted = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    folder = data(wanted.partners, wanted.entries)
    turns: list[Turn] = []
    for number in range(wanted.turns):
        turns.append(turn(folder, ONCE if number else ()))
        seconds = {name: round(one["seconds"], 2) for name, one in turns[-1].items()}
        print(f"turn {number + 1}: {json.dumps(seconds)}", flush=True)
    text = section(turns, wanted.partners, wanted.entries)
    print(text)
    (KEPT / "measuring.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
