"""Who stands where on a day: measure partners in SQL, decide their cells by the rule, join the answer back."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme, Version
from pipeline.model.question import Question
from pipeline.model.rule import Ladder, earned, labelled

HERE = Path(__file__).parent
GROUPS = ("region", "city", "size_class", "primary_domain", "status", "adviser", "account_manager", "label")
NOT_GIVEN = "(not given)"


@dataclass(frozen=True)
class Standing:
    """Where every partner on the roster stands.

    partners: one row per partner, by partner_id: who it is, points (exact), domains, tier, earned_tier (by points,
    also where the label decides).
    """

    programme: Programme
    question: Question
    version: Version
    partners: pd.DataFrame
    had_once: dict[str, set[str]] = field(default_factory=dict)

    @property
    def tiers(self) -> list[str]:
        """Tier ids from the top down, then none, then unknown where a label is unknown."""
        ids = [tier.id for tier in reversed(self.version.tier)] + ["none"]
        return [*ids, "unknown"] if (self.partners["tier"] == "unknown").any() else ids

    def counts(self, by: str | None = None) -> pd.DataFrame:
        """Partners per tier. Columns tier, partners, share (0–1); with `by`, one row per group and one column per tier."""
        if by is None:
            partners = self.partners["tier"].value_counts().reindex(self.tiers, fill_value=0)
            share = partners / max(len(self.partners), 1)
            return pd.DataFrame({"tier": self.tiers, "partners": partners.to_numpy(), "share": share.to_numpy()})
        groups = grouped(self.partners, by)
        table = pd.crosstab(groups, self.partners["tier"]).reindex(columns=self.tiers, fill_value=0)
        table.insert(0, "partners", table.sum(axis=1))
        return table.rename_axis(index=by, columns=None).reset_index()


def grouped(partners: pd.DataFrame, by: str) -> pd.Series:
    """The group of each partner; empty is `(not given)`. An unknown group is an error that names the nearest one."""
    if by not in GROUPS:
        raise PalierError(f"--by {by}: partners cannot be grouped by that{did_you_mean(by, GROUPS)}")
    return partners[by].fillna(NOT_GIVEN)


def standing(warehouse: Warehouse, programme: Programme, question: Question) -> Standing:
    """Everyone's standing. Raises PalierError when no rules or no roster cover the day."""
    version = question.version(programme)
    decide(warehouse, programme, question, version)
    partners = warehouse.frame(f"{sql_of(HERE, 'standing')} order by partner_id")
    for rank, tier in (("tier_rank", "tier"), ("earned_rank", "earned_tier")):
        partners[tier] = tier_ids(version)[partners[rank].to_numpy() + 1]
    return Standing(programme, question, version, partners, _had_once(warehouse, programme))


def _had_once(warehouse: Warehouse, programme: Programme) -> dict[str, set[str]]:
    """What each partner already has of the activities that count only once."""
    warehouse.put("once", {"activity": "varchar"}, [(activity.id,) for activity in programme.activity if activity.once])
    had: dict[str, set[str]] = {}
    for partner_id, activity in warehouse.rows(
        "select distinct entry_status.partner_id, entry_status.activity from entry_status "
        "inner join once on once.activity = entry_status.activity where entry_status.not_counted_because is null"
    ):
        had.setdefault(partner_id, set()).add(activity)
    return had


def tier_ids(version: Version) -> np.ndarray:
    """Tier ids by rank + 1: unknown, none, the lowest tier, …"""
    return np.array(["unknown", "none", *(tier.id for tier in version.tier)], dtype=object)


def measure(warehouse: Warehouse, programme: Programme, question: Question, version: Version) -> None:
    """Make the tables `roster_in_question` and `measure` of one question."""
    question.put_into(warehouse, version)
    warehouse.put("domain_bit", {"domain": "varchar", "bit": "bigint"}, domain_bits(warehouse, programme))
    warehouse.view_for_question("entry_status", sql_of(HERE, "entry_status"))
    warehouse.make_for_question("roster_in_question", sql_of(HERE, "roster_in_question"))
    warehouse.make_for_question("measure", sql_of(HERE, "measure"))


def decide(warehouse: Warehouse, programme: Programme, question: Question, version: Version) -> None:
    """Make the table `cell_rank`: the tier of every cell, by the one rule."""
    measure(warehouse, programme, question, version)
    warehouse.make_for_question("cell", sql_of(HERE, "cell"))
    cells = warehouse.arrays("select label, points, domains from cell")
    metrics = np.column_stack([cells["points"], cells["domains"]]).astype(np.int64)
    by_points = earned(metrics, Ladder.of(version))
    by_label = labelled(list(cells["label"]), version)
    cells["earned_rank"] = by_points
    cells["tier_rank"] = by_points if version.standing_by == "points" else by_label
    warehouse.put_arrays("cell_rank", cells)


def domain_bits(warehouse: Warehouse, programme: Programme) -> list[tuple[str, int]]:
    """One bit for each domain that counts: the rulebook's, or all in the ledger where it names none.

    Raises PalierError above 62 domains, the bits of a number.
    """
    names = programme.domains or [
        name
        for (name,) in warehouse.rows("select distinct domain from point_ledger where domain is not null order by 1")
    ]
    if len(names) > 62:
        raise PalierError(f"{programme.title}: {len(names)} domains are more than the 62 that can be counted. "
                          "Name those that count in the rulebook's domains.")  # fmt: skip
    return [(name, 1 << position) for position, name in enumerate(names)]
