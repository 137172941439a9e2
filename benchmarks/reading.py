"""`python -m benchmarks.reading`: what it costs to ingest ten million lines, against DuckDB's and pandas' bare readers."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.planted import EVERY, FAULTS, expected, write_points
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, exact_path
from pipeline.ingest.manifest import read_manifest

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / "benchmarks" / "kept"
FILES = {"clean utf-8": ("utf-8", False), "clean cp1252": ("cp1252", False), "1 % spoiled, utf-8": ("utf-8", True)}
AIMS = {"clean utf-8": 2.5, "clean cp1252": 2.5, "1 % spoiled, utf-8": 3.5}
DUCKDB = """
import duckdb, sys
c = duckdb.connect(); c.execute("set enable_progress_bar = false")
print(c.execute('''select count(*), sum(points), max(entry), max(partner), max(earned), max(posted), max(category), max(domain)
from read_csv($path, auto_detect = false, header = false, skip = 1, delim = ';', quote = '', escape = '', ignore_errors = true,
encoding = $encoding, dateformat = '%d/%m/%Y', decimal_separator = ',', columns = {'entry': 'varchar', 'partner': 'varchar',
'earned': 'date', 'posted': 'date', 'category': 'varchar', 'domain': 'varchar', 'points': 'decimal(18, 2)'})''',
{"path": sys.argv[1], "encoding": sys.argv[2].replace("cp1252", "latin-1")}).fetchall())
"""
PANDAS = """
import pandas as pd, sys
frame = pd.read_csv(sys.argv[1], sep=";", encoding=sys.argv[2], decimal=",", quoting=3, on_bad_lines="skip", header=0,
    names=["entry", "partner", "earned", "posted", "category", "domain", "points"],
    dtype={0: "str", 1: "str", 4: "category", 5: "category"} | ({} if sys.argv[3] == "1" else {6: "float64"}))
for name in ("earned", "posted"):
    frame[name] = pd.to_datetime(frame[name], format="%d/%m/%Y", errors="coerce")
print(len(frame))
"""


def measured(command: list[str]) -> dict[str, float]:
    """Wall seconds, CPU seconds and peak bytes of a process, start included."""
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, code, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        sys.exit(f"{' '.join(command)[:80]} … ended with {child.returncode}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "bytes": usage.ru_maxrss * 1024}


def home_with(name: str, lines: int) -> Home:
    """A home with one large points file and a roster; nothing derived."""
    encoding, spoiled = FILES[name]
    home = Home(KEPT / f"reading-{lines}-{encoding}-{'spoiled' if spoiled else 'clean'}")
    file = home.raw / "points" / "2004-03.csv"
    shutil.rmtree(home.processed, ignore_errors=True)
    (home.raw / "points" / "2004-04.csv").unlink(missing_ok=True)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        (home.raw / "rosters").mkdir(exist_ok=True)
        (home.raw / "rosters" / "2004-03.csv").write_text("partner_id\nFR000000\n", encoding="utf-8")
        beside = file.with_suffix(".part")
        write_points(beside, lines, encoding, spoiled)
        beside.rename(file)
    return home


def turn(name: str, lines: int) -> dict[str, dict[str, float]]:
    """Everything once for one file: the readers, then two runs of ingest, the second with a small file more."""
    home, (encoding, spoiled) = home_with(name, lines), FILES[name]
    file = str(home.raw / "points" / "2004-03.csv")
    ingest = [str(Path(sys.executable).with_name("palier")), "--home", str(home.root), "ingest"]
    with Path(file).open("rb") as opened:
        while opened.read(
            1 << 20
        ):  # into the page cache, for all alike; a large parent would count as the child's memory
            pass
    found = {
        "duckdb": measured([sys.executable, "-c", DUCKDB, file, encoding]),
        "pandas": measured([sys.executable, "-c", PANDAS, file, encoding, str(int(spoiled))]),
        "ingest": measured(ingest),
    }
    write_points(home.raw / "points" / "2004-04.csv", 1000, "utf-8", False)
    time.sleep(0.1)
    return found | {"second": measured(ingest)}


def faults(name: str, lines: int) -> list[tuple[str, int, str, int]]:
    """Each planted fault: lines, what must happen, and how many lines fared otherwise."""
    home = home_with(name, lines)
    subprocess.run([str(Path(sys.executable).with_name("palier")), "--home", str(home.root), "ingest"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    loaded = next(text for text in read_manifest(home) if text.kind == "points")
    parts = [exact_path(home.lines / loaded.folder / part) for part in loaded.parts]
    with Warehouse.in_memory() as engine:
        engine.make("judged", "select * from read_parquet($path) where is_data", path=parts[1])
        engine.make(
            "entry",
            "select entry_id, reject_reason, raw from judged union all select entry_id, null, null from "
            "read_parquet($path, file_row_number = true) where is_plain and file_row_number + 2 not in "
            "(select line from read_parquet($judged))", path=parts[0], judged=parts[1])  # fmt: skip
        found = engine.rows(
            "select number, count(*), count(*) filter (reject_reason is null) from "
            f"(select cast(substr(coalesce(entry_id, raw), 2, 8) as integer) as number, reject_reason from entry) where number % {EVERY} = {EVERY - 1} "
            "group by 1"
        )
        [(good, wrong)] = engine.rows(
            "select count(*), count(reject_reason) from "
            f"(select cast(substr(coalesce(entry_id, raw), 2, 8) as integer) as number, reject_reason from entry) where number % {EVERY} <> {EVERY - 1}"
        )
    by_fault: dict[str, list[int]] = {fault: [0, 0] for fault in FAULTS}
    names = list(FAULTS)
    for number, rows, taken in found:
        fault = names[number // EVERY % len(names)]
        by_fault[fault][0] += 1
        by_fault[fault][1] += rows != 1 or bool(taken) != FAULTS[fault][1]
    told = []
    for fault, (count, must_take) in expected(lines).items():
        missing = count - by_fault[fault][0]
        told.append((fault, count, "taken" if must_take else "refused", by_fault[fault][1] + missing))
    clean = lines - sum(count for count, _ in expected(lines).values())
    told.append(("none", clean, "taken", wrong + abs(clean - good)))
    return told


def section(turns: list[dict[str, Any]], told: list[tuple[str, int, str, int]], lines: int) -> str:
    """The part of docs/performance.md on ingest."""
    out = [f"## Ingest of {lines:,} lines in one file, {len(turns)} turns", "",
           "| file | ingest, s | CPU s | MB | DuckDB, s | CPU s | MB | pandas, s | time: ingest ÷ DuckDB | CPU | memory | ÷ pandas | second run ÷ first |",
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]  # fmt: skip

    def of(name: str, who: str, what: str) -> float:
        return median(turn[name][who][what] for turn in turns)

    def ratio(name: str, who: str, by: str, what: str = "seconds") -> float:
        return median(turn[name][who][what] / turn[name][by][what] for turn in turns)

    for name in FILES:
        out.append(
            f"| {name} | {of(name, 'ingest', 'seconds'):.2f} | {of(name, 'ingest', 'cpu'):.1f} | {of(name, 'ingest', 'bytes') / 1e6:,.0f} "
            f"| {of(name, 'duckdb', 'seconds'):.2f} | {of(name, 'duckdb', 'cpu'):.1f} | {of(name, 'duckdb', 'bytes') / 1e6:,.0f} "
            f"| {of(name, 'pandas', 'seconds'):.1f} | **{ratio(name, 'ingest', 'duckdb'):.2f}** (aim {AIMS[name]}) "
            f"| {ratio(name, 'ingest', 'duckdb', 'cpu'):.2f} | **{ratio(name, 'ingest', 'duckdb', 'bytes'):.2f}** (aim 1.5) "
            f"| {ratio(name, 'ingest', 'pandas'):.2f} | **{ratio(name, 'second', 'ingest'):.1%}** (aim 5 %) |"
        )
    out += ["", "Whole processes, start included; each ratio within one turn, the median over the turns. DuckDB is its bare typed `read_csv` of the",
            "same file (cp1252 as latin-1, spoiled lines skipped, quotes not read), one pass that keeps nothing; pandas `read_csv` with dtypes,",
            "days parsed. `python -m benchmarks.reading` repeats it.", "",
            "What became of the planted faults (one line in a hundred):", "",
            "| fault | lines | must be | were not |", "|---|--:|---|--:|"]  # fmt: skip
    out += [f"| {fault} | {count:,} | {must} | {wrong} |" for fault, count, must, wrong in told]
    return "\n".join(out) + "\n"


def main() -> None:
    """Measure, print, and keep the section for the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--turns", type=int, default=3)
    wanted = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    for name in FILES:
        home_with(name, wanted.lines)
    turns = []
    for number in range(wanted.turns):
        turns.append({name: turn(name, wanted.lines) for name in FILES})
        print(f"turn {number + 1}: " + json.dumps({
            name: {who: round(one["seconds"], 2) for who, one in about.items()} for name, about in turns[-1].items()
        }), flush=True)  # fmt: skip
    told = faults("1 % spoiled, utf-8", wanted.lines)
    text = section(turns, told, wanted.lines)
    print(text)
    (KEPT / "reading.md").write_text(text, encoding="utf-8")
    sys.exit(any(wrong for *_, wrong in told))


if __name__ == "__main__":
    main()
