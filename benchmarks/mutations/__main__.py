"""`python -m benchmarks.mutations`: spoil good files in many ways and hold what Palier loads against an honest reading.

Verdict per mutated file: right (all of it loaded as the bytes say), rejected (some lines refused, all others right),
refused (the file as a whole, by a PalierError that names it), WRONG (a value, line or count that the bytes do not say,
or a file refused whose meaning was kept), CRASH (any other exception, or an error that names no file).
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.mutations import reading
from benchmarks.mutations.mutant import Mutant, spoiled
from benchmarks.mutations.outcomes import outcomes_in_a_process
from benchmarks.mutations.verdict import Outcome

KEPT = Path(__file__).parents[1] / "kept"
EXAMPLES = KEPT / "mutations"
FILES_AT_ONCE = 100
AT_ONCE = 2
MOST_EXAMPLES, MOST_OF_A_CLASS = 20, 3
VERDICTS = ["right", "rejected", "refused", "WRONG", "CRASH"]


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


def section(table: dict[str, Counter[str]], seed: int) -> str:
    """The part of docs/performance.md on mutations."""
    columns = [*VERDICTS, "stricter"]
    lines = [
        f"## What became of {table['all'].total() - table['all']['stricter']:,} mutated files",
        "",
        f"| mutation | {' | '.join(columns)} |",
        "|---|" + "--:|" * len(columns),
    ]
    for kind in [*sorted(table.keys() - {"all"}), "all"]:
        lines.append(f"| {kind} | " + " | ".join(f"{table[kind][column]:,}" for column in columns) + " |")
    return "\n".join([
        *lines, "", __doc__.split("\n\n", 1)[1].strip(), "*Stricter*, counted apart: Palier refused more than the honest reading, "
        f"and lost nothing. `python -m benchmarks.mutations --seed {seed}` repeats it.", ""])  # fmt: skip


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
    batches = [mutants[at : at + FILES_AT_ONCE] for at in range(0, len(mutants), FILES_AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for of_a_batch in threads.map(outcomes_in_a_process, batches):
            outcomes |= of_a_batch
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
    (KEPT / "mutations.md").write_text(section(table, wanted.seed), encoding="utf-8")
    result = {"mutations": len(mutants), "seed": wanted.seed, "seconds": seconds, "switches": switches, "table": table}
    _keep_examples(wanted.seed, mutants, outcomes)
    (KEPT / "mutations.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(f"{len(mutants):,} mutations in {seconds} s")
    sys.exit(1 if table["all"]["WRONG"] + table["all"]["CRASH"] else 0)


if __name__ == "__main__":
    main()
