"""What becomes of mutated files: ingest and build many together, and lay each fault to the file it came from."""

import multiprocessing
import shutil
import tempfile
import traceback
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.mutations.good_file import PARTNERS, Good, contracts
from benchmarks.mutations.mutant import Mutant
from benchmarks.mutations.verdict import Outcome, judged, refused, tables_of
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build

PLAIN: dict[str, Any] = {
    "number": 0, "truth": [], "file_day": date(2003, 12, 31), "encoding": "utf-8", "delimiter": ";", "line_end": "\n",
    "quote_all": False, "dates": "yyyy-mm-dd", "decimal": "point",
}  # fmt: skip
ROSTER = Good(kind="roster", rows=[["partner_id"], *([partner] for partner in PARTNERS)], **PLAIN)
POINTS = Good(kind="points", rows=[["partner_id", "earned_on", "points"], ["P001", "2003-12-01", "1"]], **PLAIN)
BASE = [Mutant("base", good, good.data) for good in (ROSTER, POINTS)]


def outcomes_in_a_process(mutants: list[Mutant]) -> dict[int, Outcome]:
    """The same in a process of its own, so that even one that dies is told and laid to a mutant."""
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            return process.submit(outcomes_of, mutants).result()
    except BrokenProcessPool:
        if len(mutants) == 1:
            return {mutants[0].good.number: Outcome("CRASH", ["the process died"])}
        half = len(mutants) // 2
        return outcomes_in_a_process(mutants[:half]) | outcomes_in_a_process(mutants[half:])


def outcomes_of(mutants: list[Mutant], known_lines: Path | None = None) -> dict[int, Outcome]:
    """Ingest and build them together. What cannot be laid to one of them is tried again in halves.

    `known_lines` is the folder of lines of a home that has read the same files before.
    """
    with tempfile.TemporaryDirectory(prefix="palier-mutations-") as folder:
        home = Home(Path(folder))
        _lay_out(home, [*BASE, *mutants], known_lines)
        outcomes, left = {}, list(mutants)
        while True:
            try:
                ingest(home)
                build(home, datetime.now(UTC))
            except PalierError as error:
                named, fault = [mutant for mutant in left if mutant.file in str(error)], Outcome("CRASH", [str(error)])
                left = [mutant for mutant in left if mutant not in named]
                for mutant in named:
                    outcomes[mutant.good.number] = refused(mutant, str(error))
                    (home.raw / mutant.file).unlink()
                if named:
                    continue
            except Exception:
                fault = Outcome("CRASH", traceback.format_exc().splitlines())
            else:
                found, of_nobody = judged(BASE, left, tables_of(home))
                if not of_nobody:
                    return outcomes | _confirmed(found, left, home)
                fault = Outcome("WRONG", of_nobody)
            if len(left) <= 1:
                return outcomes | {mutant.good.number: fault for mutant in left or mutants}
            half = len(left) // 2
            return outcomes | outcomes_of(left[:half], home.lines) | outcomes_of(left[half:], home.lines)


def _lay_out(home: Home, mutants: list[Mutant], known_lines: Path | None) -> None:
    for folder in ("rosters", "points"):
        (home.raw / folder).mkdir(parents=True)
    (home.root / "contracts.toml").write_text(contracts(), encoding="utf-8")
    for mutant in mutants:
        (home.raw / mutant.file).write_bytes(mutant.data)
    if known_lines and known_lines.is_dir():
        shutil.copytree(known_lines, home.lines)


def _confirmed(found: dict[int, Outcome], mutants: list[Mutant], home: Home) -> dict[int, Outcome]:
    """One wrong file may pull others along: those that are wrong are tried again, each alone."""
    wrong = [mutant for mutant in mutants if found[mutant.good.number].verdict == "WRONG"]
    if not wrong or len(mutants) == 1:
        return found
    alone = {number: outcome for one in wrong for number, outcome in outcomes_of([one], home.lines).items()}
    is_real = any(outcome.verdict in ("WRONG", "CRASH") for outcome in alone.values())
    return found | alone if is_real else found
