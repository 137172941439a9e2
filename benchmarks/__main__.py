"""`python -m benchmarks`: measure everything in turn, several times over, and write docs/performance.md."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.page import Measured, machine, page, table

PROJECT = Path(__file__).resolve().parents[1]
WORK = PROJECT / "benchmarks" / "kept"
PAGE = PROJECT / "docs" / "performance.md"
TURN = [
    "ingest_all", "read_same_files", "build_all", "read_all", "standing_counts", "sql_counts", "pandas_load",
    "pandas_counts", "standing_partners", "sql_partners", "transition_matrix",
]  # fmt: skip
SECTIONS = [
    "reading",
    "mutations",
    "kills",
    "measuring",
    "sweeping",
    "whatif",
    "outlook",
    "reports",
]  # what the other benchmarks wrote last
SAME_ANSWER = ["standing_counts", "sql_counts", "pandas_counts", "standing_partners", "sql_partners"]


def main() -> None:
    """Each step runs once a turn, in a process of its own, so that noise of the machine hits all alike."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200,000 entries, once; writes no page")
    parser.add_argument("--turns", type=int, default=5, help="how often everything is measured (default: 5)")
    wanted = parser.parse_args()
    entries, turns = (200_000, 1) if wanted.quick else (5_000_000, wanted.turns)
    home = WORK / str(entries)
    WORK.mkdir(exist_ok=True)
    step("make_history", home, entries)
    measured = {name: Measured() for name in TURN}
    for turn in range(1, turns + 1):
        answers = {name: measured[name].add(step(name, home, entries)) for name in TURN}
        differing = {name: answers[name] for name in SAME_ANSWER if answers[name] != answers[SAME_ANSWER[0]]}
        if differing:
            sys.exit(f"the answers differ: {SAME_ANSWER[0]} gave {answers[SAME_ANSWER[0]]}, but {differing}")
        print(f"turn {turn} of {turns}: {', '.join(f'{name} {m.runs[-1]:.2f} s' for name, m in measured.items())}")
    if wanted.quick:
        print(table(measured))
        return
    sections = [path.read_text(encoding="utf-8") for name in SECTIONS if (path := WORK / f"{name}.md").exists()]
    text = page(measured, entries, size_of(home), turns, machine())
    PAGE.write_text("\n".join([text, *sections]), encoding="utf-8")
    print(f"written: {PAGE}")


def step(name: str, home: Path, entries: int) -> dict[str, Any]:
    """Seconds, peak bytes and answer of one step."""
    command = [sys.executable, "-m", "benchmarks.step", name, str(home), str(entries)]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def size_of(home: Path) -> dict[str, int]:
    """Bytes of the raw files by folder."""
    raw = home / "data" / "raw"
    return {name: sum(path.stat().st_size for path in (raw / name).glob("*.csv")) for name in ("points", "rosters")}


if __name__ == "__main__":
    main()
