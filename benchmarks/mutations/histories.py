"""What becomes of readable lines: who was on the roster when, which entry is known when, what repeats and what is refused."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from benchmarks.mutations.reading import Style, Values

Place = tuple[str, int]  # file, line


@dataclass
class Ledger:
    """What becomes of the readable lines of all files: rows kept, lines that repeat others, lines refused."""

    points: dict[Place, Values]
    roster_lines: dict[Place, Values]
    spells: list[Values]
    repeated: dict[Place, Values]
    refused: set[Place]


def ledger_of(files: dict[str, tuple[Style, dict[int, Values]]]) -> Ledger:
    """The histories from the readable lines of all files, given in the order in which Palier takes them."""
    ledger = Ledger({}, {}, [], {}, set())
    first: dict[tuple[date, str], Values] = {}
    for file, (style, lines) in files.items():
        for line, values in lines.items() if style.kind == "roster" else ():
            said = first.setdefault((values["snapshot_on"], values["partner_id"]), values)
            if said is values:
                ledger.roster_lines[file, line] = values
            elif said == values:
                ledger.repeated[file, line] = values
            else:
                ledger.refused.add((file, line))
    partners = {partner for _, partner in first}
    entries: dict[str | Place, list[tuple[Any, Place, Values]]] = defaultdict(list)
    for number, (file, (style, lines)) in enumerate(files.items()):
        for line, values in lines.items() if style.kind == "points" else ():
            if values["partner_id"] not in partners:
                ledger.refused.add((file, line))
                continue
            order = (values["posted_on"], style.file_day or date.min, number, line)
            entries[values["entry_id"] or (file, line)].append((order, (file, line), values))
    for versions in entries.values():
        before: Values | None = None
        for _, place, values in sorted(versions, key=lambda version: version[0]):
            row = {**values, "superseded_on": None}
            if before and {**row, "posted_on": before["posted_on"]} == before:
                ledger.repeated[place] = values
                continue
            if before:
                before["superseded_on"] = values["posted_on"]
            before = ledger.points[place] = row
    ledger.spells = list(_spells(list(ledger.roster_lines.values())))
    return ledger


def _spells(lines: list[Values]) -> Iterator[Values]:
    """Who was on the roster from when to when; equal snapshots in a row are one spell."""
    days: list[date | None] = [*sorted({values["snapshot_on"] for values in lines}), None]
    partners: dict[str, dict[date, Values]] = defaultdict(dict)
    for values in lines:
        partners[values["partner_id"]][values["snapshot_on"]] = values
    for on_days in partners.values():
        spell: Values | None = None
        for day, next_day in pairwise(days):
            said = on_days.get(day) if day else None
            if spell and said and {**said, "snapshot_on": None} == {**spell["said"], "snapshot_on": None}:
                spell["valid_to"] = next_day
                continue
            if spell:
                yield spell
            spell = {"said": said, "valid_from": day, "valid_to": next_day} if said else None
        if spell:
            yield spell
