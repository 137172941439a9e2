"""Who stands where on a day: measure partners in SQL, decide their cells by the rule, join the answer back."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.warehouse import Warehouse, hundredths_as_decimals
from pipeline.model.hold import held_by
from pipeline.model.measured import Measured, measure
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.version import Version

GROUPS = ("region", "city", "size_class", "primary_domain", "status", "adviser", "account_manager", "label")
NOT_GIVEN = "(not given)"


@dataclass(frozen=True)
class Standing:
    """Where every partner on the roster stands.

    partners: one row per partner, by partner_id: who it is, the version's metrics by name (points exact), tier, earned_tier
    (by points, also where the label decides), and held_because: why it holds its tier.
    had_once: partner → the activities he has of those that count only once. domains: domain → its bit in domain_bits.
    measured: the sums of each partner, in the order of `partners`.
    """

    programme: Programme
    question: Question
    version: Version
    partners: pd.DataFrame
    had_once: dict[str, set[str]] = field(default_factory=dict)
    domains: dict[str, int] = field(default_factory=dict)
    measured: Measured | None = None

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
    held = held_by(warehouse, programme, question) if version.hold else None
    measured = measure(warehouse, programme, question, version)
    ids = warehouse.arrays("select partner_id from measure")["partner_id"]
    measured = measured.in_order(np.argsort(ids))
    partners = warehouse.frame(
        "select roster_in_question.* replace (nullif(label, '') as label), measure.domain_bits, measure.entries "
        "from roster_in_question inner join measure on measure.partner_id = roster_in_question.partner_id"
    ).sort_values("partner_id", ignore_index=True)
    for at, name in enumerate(version.metrics):
        values = pd.Series(measured.metrics[:, at], index=partners.index)
        partners[name] = hundredths_as_decimals(values) if version.counts(name) == "points" else values
    partners["tier_rank"], partners["earned_rank"] = measured.tier_rank, measured.earned_rank
    partners["held_because"] = "label" if version.standing_by == "label" else "earned"
    if held is not None:
        partners["tier_rank"], partners["held_because"] = held.of(partners["partner_id"])
    for rank, tier in (("tier_rank", "tier"), ("earned_rank", "earned_tier")):
        partners[tier] = tier_ids(version)[partners[rank].to_numpy() + 1]
    domains = measured.kinds.bits["domain"]
    return Standing(programme, question, version, partners, _had_once(warehouse, programme), domains, measured)


def _had_once(warehouse: Warehouse, programme: Programme) -> dict[str, set[str]]:
    """What each partner already has of the activities that count only once."""
    once = [(activity.id,) for activity in programme.activity if activity.once]
    if not once:
        return {}
    warehouse.put("once", {"activity": "varchar"}, once)
    had: dict[str, set[str]] = {}
    for partner_id, activity in warehouse.rows(
        "select distinct entry_counted.partner_id, entry_counted.activity from entry_counted "
        "inner join once on once.activity = entry_counted.activity where entry_counted.not_counted_because is null"
    ):
        had.setdefault(partner_id, set()).add(activity)
    return had


def tier_ids(version: Version) -> np.ndarray:
    """Tier ids by rank + 1: unknown, none, the lowest tier, …"""
    return np.array(["unknown", "none", *(tier.id for tier in version.tier)], dtype=object)
