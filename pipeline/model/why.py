"""One partner's result explained: every entry counted or not and why, and what is missing for the next tier."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.closing import closing_activity
from pipeline.model.programme import Programme, Version
from pipeline.model.question import Question
from pipeline.model.rule import Ladder, earned, labelled, missing
from pipeline.model.standing import measure, tier_ids

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Card:
    """All there is to say of one partner on one day.

    entries: one row per version of an entry, by earned_on: points, and why it does not count (None = it counts).
    placements: one row per version of the rules: the tier these points or this label give, and what is missing.
    """

    partner_id: str
    name: str | None
    label: str | None
    question: Question
    points: Decimal
    domains: int
    entries: pd.DataFrame
    placements: pd.DataFrame


def why(warehouse: Warehouse, programme: Programme, partner_id: str, question: Question) -> Card:
    """The card of one partner. Raises PalierError for an unknown partner or one not on the roster that day."""
    version = question.version(programme)
    measure(warehouse, programme, question, version)
    measured = warehouse.rows(
        "select roster_in_question.name, measure.label, measure.points, measure.domains from measure "
        "inner join roster_in_question on roster_in_question.partner_id = measure.partner_id "
        "where measure.partner_id = $partner_id",
        partner_id=partner_id,
    )
    if not measured:
        raise _not_there(warehouse, partner_id, question)
    [(name, label, hundredths, domains)] = measured
    entries = warehouse.frame(
        "select entry_id, earned_on, posted_on, category, activity, domain, points, not_counted_because "
        "from entry_status where partner_id = $partner_id order by earned_on, posted_on, file_id, line",
        partner_id=partner_id,
    )
    had = set(entries.loc[entries["not_counted_because"].isna(), "activity"].dropna())
    metrics = np.array([[hundredths, domains]], np.int64)
    placements = pd.DataFrame([_placement(programme, rules, label, metrics, had) for rules in programme.version])
    points = Decimal(hundredths).scaleb(-2)
    return Card(partner_id, name, label or None, question, points, domains, entries, placements)


def _placement(
    programme: Programme, version: Version, label: str, metrics: np.ndarray, had: set[str]
) -> dict[str, object]:
    """Where one partner lands under one version of the rules."""
    ladder = Ladder.of(version)
    by_points = int(earned(metrics, ladder)[0])
    rank = by_points if version.standing_by == "points" else int(labelled([label], version)[0])
    placement: dict[str, object] = {
        "rules_of": version.effective,
        "standing_by": version.standing_by,
        "tier": tier_ids(version)[rank + 1],
        "next_tier": None,
        "missing": None,
        "closed_by": None,
    }
    if version.standing_by == "points" and by_points < len(version.tier):
        lacking_points, lacking_domains = missing(metrics, ladder)[0, by_points]
        gap = Decimal(int(lacking_points)).scaleb(-2)
        parts = [f"{gap} points"] * bool(gap) + [f"{lacking_domains} domains"] * bool(lacking_domains)
        placement |= {
            "next_tier": version.tier[by_points].id,
            "missing": " and ".join(parts),
            "closed_by": closing_activity(programme, gap, had),
        }
    return placement


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
