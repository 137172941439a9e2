"""What a warehouse holds, beside what the bytes of its files say."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from benchmarks.mutations.good_file import HEADINGS
from benchmarks.mutations.histories import Ledger, Place, ledger_of
from benchmarks.mutations.mutant import Mutant
from benchmarks.mutations.reading import Record, Values, records_of
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

POINT = [*HEADINGS["points"], "superseded_on"]
SPELL = [name for name in HEADINGS["roster"] if name != "snapshot_on"]
LINES = ["lines_in_file", "accepted", "repeated", "rejected"]
POINTS = ["points_in_file", "points_accepted", "points_repeated", "points_rejected"]
Read = dict[str, list[Record] | None]


@dataclass
class Outcome:
    """What became of one mutant; `stricter` when Palier refused what the reference reads."""

    verdict: str
    faults: list[str] = field(default_factory=list)
    stricter: bool = False


@dataclass
class Tables:
    """What a warehouse holds, by file and line."""

    points: dict[Place, Values]
    spells: dict[tuple[Any, ...], str]  # and its partner
    rejects: dict[Place, tuple[str, str]]  # reason and text
    counts: dict[str, Values]


def tables_of(home: Home) -> Tables:
    with Warehouse.open(home.warehouse) as warehouse:
        files = dict(warehouse.rows("select file_id, file from reconciliation"))
        points = warehouse.rows(f"select file_id, line, {', '.join(POINT)} from point_ledger")
        rejects = warehouse.rows("select file_id, line, reject_reason, raw from reject")
        columns = ", ".join(SPELL).replace("tier", "label")
        spells = warehouse.rows(f"select {columns}, valid_from, valid_to from roster_history")
        counts = warehouse.rows(f"select file, {', '.join([*LINES, *POINTS])} from reconciliation")
    return Tables(
        points={(files[file], line): dict(zip(POINT, map(_tidy, row), strict=True)) for file, line, *row in points},
        spells={tuple(map(_tidy, spell)): spell[0] for spell in spells},
        rejects={(files[file], line): (reason, _tidy(text)) for file, line, reason, text in rejects},
        counts={file: dict(zip([*LINES, *POINTS], row, strict=True)) for file, *row in counts},
    )


def _tidy(value: Any) -> Any:
    """Which line end stands within a value is held against nobody."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def refused(mutant: Mutant, said: str) -> Outcome:
    """The outcome of a mutant that is refused as a whole."""
    told = [line for line in said.splitlines() if mutant.file in line]
    if mutant.keeps_meaning:
        return Outcome("WRONG", ["refused, although its meaning was kept:", *told])
    return Outcome("refused", told, stricter=any(record.values for record in _read(mutant) or []))


def judged(base: list[Mutant], mutants: list[Mutant], tables: Tables) -> tuple[dict[int, Outcome], list[str]]:
    """An outcome per mutant, and what is wrong without belonging to any of them."""
    in_order = sorted([*base, *mutants], key=lambda mutant: (mutant.good.kind == "points", mutant.file))
    read = {mutant.file: _read(mutant) for mutant in in_order}
    ledger, stricter = _expected(in_order, read, tables)
    faults: dict[str, list[str]] = defaultdict(list)
    for file, records in read.items():
        faults[file] = _faults(file, records, ledger, tables)
    for partner, fault in _spell_faults(ledger, tables):
        file_of = {values["partner_id"]: file for (file, _), values in ledger.roster_lines.items()}
        faults[file_of.get(partner, "none")].append(fault)
    outcomes = {}
    for mutant in mutants:
        too_strict = [f"line {line}: {tables.rejects[file, line]}" for file, line in stricter if file == mutant.file]
        if too_strict and mutant.keeps_meaning:
            faults[mutant.file] += ["lines refused, although the meaning was kept:", *too_strict]
        records = read[mutant.file]
        is_partial = records is None or too_strict or any(not r.values and not r.is_blank for r in records)
        verdict = "WRONG" if faults[mutant.file] else "rejected" if is_partial else "right"
        outcomes[mutant.good.number] = Outcome(verdict, faults[mutant.file], bool(too_strict))
    return outcomes, [*faults["none"], *(fault for one in base for fault in faults[one.file])]


def _read(mutant: Mutant) -> list[Record] | None:
    records = records_of(mutant.data, mutant.good.style, mutant.may_be_utf8)
    if mutant.keeps_meaning and [record.values for record in records or []] != mutant.good.truth:
        raise AssertionError(f"the reference itself is wrong: it reads {mutant.data!r} as {records}")
    return records


def _expected(in_order: list[Mutant], read: Read, tables: Tables) -> tuple[Ledger, set[Place]]:
    """The histories of all lines that the reference reads, but for those that Palier refused: these are the stricter."""
    stricter: set[Place] = set()
    while True:
        files = {}
        for mutant in in_order:
            lines = {r.line: r.values for r in read[mutant.file] or [] if r.values}
            lines = {line: values for line, values in lines.items() if (mutant.file, line) not in stricter}
            files[mutant.file] = (mutant.good.style, lines)
        ledger = ledger_of(files)
        more = {place for place in [*ledger.points, *ledger.roster_lines, *ledger.repeated] if place in tables.rejects}
        if not more:
            return ledger, stricter
        stricter |= more


def _faults(file: str, records: list[Record] | None, ledger: Ledger, tables: Tables) -> list[str]:
    """What Palier says of one file and its bytes do not."""
    counts = tables.counts.get(file)
    if not counts:
        return ["the file is not in the reconciliation"]
    if records is None:
        loaded = counts["accepted"] + counts["repeated"]
        return [f"{loaded} lines loaded, though its heading cannot be read"] if loaded else []
    rejects = {line: text for (at, line), (_, text) in tables.rejects.items() if at == file}
    known = {line for record in records for line in range(record.line, record.last_line + 1)}
    found = [f"line {line} is refused, but is no data line" for line in rejects.keys() - known]
    for record in records:
        place = (file, record.line)
        loaded, said = tables.points.get(place), ledger.points.get(place)
        if loaded != said:
            names = [name for name in POINT if not loaded or not said or loaded[name] != said[name]]
            found.append(f"line {record.line}: loaded {_told(loaded, names)}, the bytes say {_told(said, names)}")
        must_go = not record.values or place in ledger.refused
        if must_go and not record.is_blank and record.line not in rejects:
            found.append(f"line {record.line}: must be refused, but was not: {record.text!r}")
        if not must_go and rejects.keys() & set(range(record.line + 1, record.last_line + 1)):
            found.append(f"lines {record.line} to {record.last_line} are loaded as one, and refused one by one")
        if record.line == record.last_line and rejects.get(record.line, record.text) != record.text:
            found.append(f"line {record.line}: refused as {rejects[record.line]!r}, the bytes say {record.text!r}")
    found += [
        f"line {line} is loaded, but is no data line" for at, line in tables.points if at == file and line not in known
    ]
    return [*found, *_count_faults(file, counts, len(rejects), ledger)]


def _count_faults(file: str, counts: Values, rejects: int, ledger: Ledger) -> list[str]:
    """Whether lines and points add up, file by file."""
    kept = [values for (at, _), values in [*ledger.points.items(), *ledger.roster_lines.items()] if at == file]
    repeated = [values for (at, _), values in ledger.repeated.items() if at == file]
    lines = [len(kept) + len(repeated) + rejects, len(kept), len(repeated), rejects]
    sums = [sum((values.get("points") or Decimal(0) for values in part), Decimal(0)) for part in (kept, repeated)]
    found, (in_file, *parts) = [counts[name] for name in LINES], [counts[name] for name in POINTS]
    return [
        *([f"reconciliation: lines {found}, should be {lines}"] if found != lines else []),
        *([f"reconciliation: points {parts}, should begin {sums}"] if parts[:2] != sums else []),
        *([f"reconciliation: points {parts} are not {in_file} in all"] if sum(parts) != in_file else []),
    ]


def _spell_faults(ledger: Ledger, tables: Tables) -> list[tuple[str, str]]:
    """Partner and fault, for each spell on the roster that only one side knows."""
    expected = {
        (*(spell["said"][name] for name in SPELL), spell["valid_from"], spell["valid_to"]): spell["said"]["partner_id"]
        for spell in ledger.spells
    }
    return [
        (partner, f"roster: {'loaded' if spell in tables.spells else 'not loaded'}: {_told(dict(enumerate(spell)))}")
        for spell, partner in sorted(expected.items() ^ tables.spells.items(), key=str)
    ]


def _told(values: dict[Any, Any] | None, names: list[str] | None = None) -> str:
    return ", ".join(f"{name} {values[name]}" for name in names or values) if values else "nothing"
