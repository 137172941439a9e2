"""One partner's result explained: every entry counted or not and why, sums, caps, gates, and the tier day by day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from pipeline.base.dates import day_before, firsts_of_months, months_before
from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.closing import cheapest_way
from pipeline.model.counted import with_counted
from pipeline.model.hold import held_over
from pipeline.model.kinds import Kinds
from pipeline.model.measured import Measured, measure
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.review import REASONS
from pipeline.model.rule import NO_WAY, NOT_ASKED, Ladder, missing
from pipeline.model.standing import standing, tier_ids
from pipeline.model.version import Version

HERE = Path(__file__).parent
MONTHS_SHOWN = 12
OF_THE_PARTNER = ("point_ledger", "roster_history", "reversal")


@dataclass(frozen=True)
class Card:
    """All there is to say of one partner on one day.

    metrics: name → value, points exact. entries: one row per version of an entry, by earned_on: points, what counts of
    them, and why the rest does not (None = all of it counts). categories: points, counted and cap of each category.
    gates: one row per tier and metric asked. placements: one row per version of the rules, with what is missing.
    over_time: the tier at the ends of the last months and on the days when rules begin.
    """

    partner_id: str
    name: str | None
    label: str | None
    question: Question
    tier: str
    held_because: str
    metrics: dict[str, Decimal | int]
    entries: pd.DataFrame
    categories: pd.DataFrame
    gates: pd.DataFrame
    placements: pd.DataFrame
    over_time: pd.DataFrame

    @property
    def points(self) -> Decimal:
        """The points that count."""
        return Decimal(self.metrics["points"])

    @property
    def domains(self) -> int:
        """The domains that count."""
        return int(self.metrics["domains"])


def why(warehouse: Warehouse, programme: Programme, partner_id: str, question: Question) -> Card:
    """The card of one partner. Raises PalierError for an unknown partner or one not on the roster that day."""
    version = question.version(programme)
    with _only(warehouse, partner_id) as alone:
        stood = standing(alone, programme, question)
        if stood.partners.empty:
            raise _not_there(warehouse, partner_id, question)
        measured = measure(alone, programme, question, version)
        entries = explained_entries(alone, measured.kinds)
        placements = [_placement(alone, programme, rules, question) for rules in _rules_to_show(programme, version)]
        over_time = _over_time(alone, programme, question)
    row = stood.partners.iloc[0]
    metrics = {name: row[name] if isinstance(row[name], Decimal) else int(row[name]) for name in version.metrics}
    return Card(
        partner_id, row["name"], row["label"], question, row["tier"], row["held_because"], metrics,
        entries.drop(columns=["partner_id", "kind_id"]), _categories(entries, measured.kinds),
        pd.DataFrame(_gates(version, measured), columns=["tier", "metric", "asked", "has", "missing"]),
        pd.DataFrame(placements), over_time,
    )  # fmt: skip


def explained_entries(warehouse: Warehouse, kinds: Kinds) -> pd.DataFrame:
    """Every version of an entry of the question last measured: points, what counts of them, and why the rest does not."""
    return with_counted(
        warehouse.frame(
            "select partner_id, entry_id, earned_on, posted_on, category, activity, domain, points, kind_id, not_counted_because "
            "from entry_counted order by partner_id, earned_on, posted_on, file_id, line"
        ),
        kinds,
    )


@contextmanager
def _only(warehouse: Warehouse, partner_id: str) -> Iterator[Warehouse]:
    """The same database as if it held this partner alone."""
    with warehouse.beside() as alone:
        for table in OF_THE_PARTNER:
            alone.run(f"create temporary table {table} as select * from {table} where partner_id = $id", id=partner_id)
        yield alone


def _rules_to_show(programme: Programme, version: Version) -> list[Version]:
    """The version before the one in force, that one, and those to come."""
    return programme.version[max(programme.version.index(version) - 1, 0) :]


def _placement(warehouse: Warehouse, programme: Programme, version: Version, question: Question) -> dict[str, object]:
    """Where the partner lands on the day asked under one version of the rules."""
    under = Question(question.as_of, question.known_on, version.effective)
    stood = standing(warehouse, programme, under)
    row = stood.partners.iloc[0]
    placement: dict[str, object] = {
        "rules_of": version.effective, "standing_by": version.standing_by, "tier": row["tier"],
        "held_because": row["held_because"], "earned_tier": row["earned_tier"], "points": row["points"],
        "next_tier": None, "missing": None, "closed_by": None,
    }  # fmt: skip
    rank = int(row["earned_rank"])
    if version.standing_by == "label" or rank == len(version.tier):
        return placement
    measured = measure(warehouse, programme, under, version)
    lacking = missing(measured.metrics, _ladder(version, measured))[0, rank]
    parts = [
        _amount(version, name, lacks) for name, lacks in zip(version.metrics, lacking.tolist(), strict=True) if lacks
    ]
    had = stood.had_once.get(row["partner_id"], set())
    by = cheapest_way(programme, measured.kinds, measured.pooled, int(measured.track[0]), rank + 1, had)
    return placement | {"next_tier": version.tier[rank].id, "missing": " and ".join(parts), "closed_by": by}


def _ladder(version: Version, measured: Measured) -> Ladder:
    track = int(measured.track[0])
    return Ladder.of(version, version.track[track].id if track >= 0 else None)


def _amount(version: Version, name: str, value: int) -> str:
    """`12.50 points`, `2 domains`, `3.00 of staff`."""
    amount = str(Decimal(value).scaleb(-2)) if version.counts(name) == "points" else str(value)
    return f"{amount} {name if name in ('points', 'domains') else f'of {name}'}"


def _gates(version: Version, measured: Measured) -> list[tuple[object, ...]]:
    """Each minimum of each tier beside what the partner has; where a tier can be reached in several ways, of each way."""
    rows: list[tuple[object, ...]] = []
    for tier, ways in zip(version.tier, _ladder(version, measured).minimums, strict=True):
        for number, way in enumerate(ways, start=1):
            title = tier.id if len(tier.ways()) == 1 else f"{tier.id}, way {number}"
            for at, name in enumerate(version.metrics):
                if way[at] in (NOT_ASKED, NO_WAY):
                    continue
                has, asked = int(measured.metrics[0, at]), int(way[at])
                unit = Decimal("0.01") if version.counts(name) == "points" else 1
                rows.append((title, name, asked * unit, has * unit, max(asked - has, 0) * unit))
    return rows


def _categories(entries: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """Points, counted points and caps by category."""
    named = entries["category"].fillna("(none)")
    by_kind = {kind.kind_id: kind for kind in kinds.kinds}
    caps = [None if (at := by_kind[kind].cap) is None else kinds.version.cap[at] for kind in entries["kind_id"]]
    frame = pd.DataFrame({
        "category": named, "cap": [one.id if one else None for one in caps], "most": [one.points if one else None for one in caps],
        "points": entries["points"], "counted": entries["counted"],
    })  # fmt: skip
    summed = frame.groupby(["category", "cap", "most"], dropna=False, sort=True).agg(
        entries=("points", "size"), points=("points", "sum"), counted=("counted", "sum")
    )
    return summed.reset_index()[["category", "entries", "points", "counted", "cap", "most"]]


def _over_time(warehouse: Warehouse, programme: Programme, question: Question) -> pd.DataFrame:
    """The tier at each end of a month up to the day asked, on the eve and the day of new rules, and on that day."""
    begins = max(months_before(question.as_of, MONTHS_SHOWN), programme.version[0].effective)
    days = {question.as_of, *(day_before(first) for first in firsts_of_months(begins, question.as_of))}
    for version in programme.version:
        days |= {day for day in (day_before(version.effective), version.effective) if begins <= day <= question.as_of}
    spells = warehouse.rows("select valid_from, coalesce(valid_to, date '9999-12-31') from roster_history")
    on_roster = [
        day for day in sorted(days) if any(start <= min(day, question.known_on or day) < end for start, end in spells)
    ]
    rows = [
        (held.day, tier_ids(held.version)[held.rank[0] + 1], REASONS[held.because[0]])
        for held in held_over(warehouse, programme, on_roster, question.known_on)
    ]
    return pd.DataFrame(rows, columns=["day", "tier", "held_because"])


def _not_there(warehouse: Warehouse, partner_id: str, question: Question) -> PalierError:
    """Either never on a roster (with the nearest id), or not on that day (with the days he was)."""
    spells = warehouse.rows(
        "select min(valid_from), max(coalesce(valid_to, date '9999-12-31')) from roster_history where partner_id = $partner_id",
        partner_id=partner_id,
    )
    [(first, last)] = spells
    if first is not None:
        until = "" if last.year == 9999 else f" up to {last}"
        return PalierError(f"partner {partner_id} is not on the roster of {question.roster_on}; it is on rosters from "
                           f"{first}{until}. Ask about one of those days with --as-of.")  # fmt: skip
    [(nearest,)] = warehouse.rows(
        "select partner_id from roster_history group by partner_id "
        "order by levenshtein(lower(partner_id), lower($partner_id)), partner_id limit 1",
        partner_id=partner_id,
    )
    return PalierError(f"partner {partner_id} is on no roster; did you mean {nearest}?")
