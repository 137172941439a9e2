"""`python -m benchmarks.mutations`: spoil good files in many ways and hold what Palier loads against an honest reading.

Verdict per mutated file: right (all of it loaded as the bytes say), rejected (some lines refused, all others right),
refused (the file as a whole, by a PalierError that names it), WRONG (a value, line or count that the bytes do not say,
or a file refused whose meaning was kept), CRASH (any other exception, or an error that names no file).
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.mutations import reading
from benchmarks.mutations.good_file import PARTNERS, Good, contracts
from benchmarks.mutations.mutant import Mutant, spoiled
from benchmarks.mutations.verdict import Outcome, judged, refused, tables_of
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build

KEPT = Path(__file__).parents[1] / "kept"
EXAMPLES = KEPT / "mutations"
FILES_AT_ONCE = 100
MOST_EXAMPLES, MOST_OF_A_CLASS = 20, 3
VERDICTS = ["right", "rejected", "refused", "WRONG", "CRASH"]
PLAIN: dict[str, Any] = {
    "number": 0, "truth": [], "file_day": date(2003, 12, 31), "encoding": "utf-8", "delimiter": ";", "line_end": "\n",
    "quote_all": False, "dates": "yyyy-mm-dd", "decimal": "point",
}  # fmt: skip
ROSTER = Good(kind="roster", rows=[["partner_id"], *([partner] for partner in PARTNERS)], **PLAIN)
POINTS = Good(kind="points", rows=[["partner_id", "earned_on", "points"], ["P001", "2003-12-01", "1"]], **PLAIN)
BASE = [Mutant("base", good, good.data) for good in (ROSTER, POINTS)]


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


def _keep_examples(seed: int, mutants: list[Mutant], outcomes: dict[int, Outcome]) -> None:
    """The bytes of what went wrong, each beside its explanation."""
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for old in [*EXAMPLES.glob("WRONG *"), *EXAMPLES.glob("CRASH *")]:
        old.unlink()
    kept: Counter[str] = Counter()
    for mutant in mutants:
        outcome, number = outcomes[mutant.good.number], mutant.good.number
        is_wanted = kept[mutant.kind] < MOST_OF_A_CLASS and kept.total() < MOST_EXAMPLES
        if outcome.verdict in ("WRONG", "CRASH") and is_wanted:
            kept[mutant.kind] += 1
            name = f"{outcome.verdict} {mutant.kind} {number}"
            again = f"python -m benchmarks.mutations --seed {seed} --first {number} --mutations 1"
            (EXAMPLES / f"{name}, {Path(mutant.file).name}").write_bytes(mutant.data)
            (EXAMPLES / f"{name}.txt").write_text("\n".join([*outcome.faults, "", again, ""]), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="number of the first mutation (default: 1)")
    wanted = parser.parse_args()
    begun = time.monotonic()
    mutants = [spoiled(wanted.seed, number) for number in range(wanted.first, wanted.first + wanted.mutations)]
    outcomes: dict[int, Outcome] = {}
    for at in range(0, len(mutants), FILES_AT_ONCE):
        outcomes |= outcomes_of(mutants[at : at + FILES_AT_ONCE])
        print(f"\r{len(outcomes)} of {len(mutants)}", end="", file=sys.stderr)
    seconds = round(time.monotonic() - begun, 1)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in mutants:
        outcome = outcomes[mutant.good.number]
        for kind in (mutant.kind, "all"):
            table[kind].update([outcome.verdict, *(["stricter"] if outcome.stricter else [])])
    columns = [*VERDICTS, "stricter"]
    print(f"\r{'class':34}", *(f"{column:>9}" for column in columns))
    for kind in [*sorted(table.keys() - {"all"}), "all"]:
        print(f"{kind:34}", *(f"{table[kind][column]:9,}" for column in columns))
    switches = {name: value for name, value in vars(reading).items() if name.isupper() and isinstance(value, int | str)}
    result = {"mutations": len(mutants), "seed": wanted.seed, "seconds": seconds, "switches": switches, "table": table}
    _keep_examples(wanted.seed, mutants, outcomes)
    (KEPT / "mutations.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(f"{len(mutants):,} mutations in {seconds} s")
    sys.exit(1 if table["all"]["WRONG"] + table["all"]["CRASH"] else 0)


if __name__ == "__main__":
    main()
