"""Two standings side by side: who moves where, who wins, who loses, who is close."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.base.warehouse import Warehouse
from pipeline.model.closing import cheapest_way, close_to, closing_activity
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.standing import GROUPS, Standing, grouped, standing
from pipeline.model.version import Version

NOT_YET = "not on the roster"
LEFT = "left the roster"
IDENTITY = ["name", "joined_on", "contact", "coordinator", "technician", *GROUPS]


@dataclass(frozen=True)
class Transition:
    """Every partner's place before and after.

    partners: one row per partner on either roster: tier_before, tier_after, rank_before, rank_after, points_before,
    points (after), move. Attributes are those before the change, so that a change never moves a partner between groups.
    """

    before: Standing
    after: Standing
    partners: pd.DataFrame

    def tiers(self) -> list[str]:
        """Tier ids of either version, top down, then none and unknown."""
        after, before = self.after.tiers, self.before.tiers
        known = [tier for tier in dict.fromkeys([*after, *before]) if tier not in ("none", "unknown")]
        return [*known, "none", *(["unknown"] if "unknown" in (*after, *before) else [])]

    def matrix(self) -> pd.DataFrame:
        """The migration matrix. Rows: tier before (and not on the roster); columns: tier after (and left). Counts."""
        rows, columns = [*self.tiers(), NOT_YET], [*self.tiers(), LEFT]
        counts = pd.crosstab(self.partners["tier_before"], self.partners["tier_after"])
        return counts.reindex(index=rows, columns=columns, fill_value=0).rename_axis(index="before", columns="after")

    def counts(self, by: str | None = None) -> pd.DataFrame:
        """Partners per tier before and after, with the difference; with `by`, per group."""
        keys = [grouped(self.partners, by).rename(by)] if by else []
        sides = []
        for side in ("before", "after"):
            on_roster = self.partners[f"tier_{side}"].isin(self.tiers())
            tier = self.partners.loc[on_roster, f"tier_{side}"].rename("tier")
            sides.append(tier.groupby([*(key[on_roster] for key in keys), tier]).size().rename(side))
        table = pd.concat(sides, axis=1).fillna(0).astype("int64")
        if not by:
            table = table.reindex(pd.Index(self.tiers(), name="tier"), fill_value=0)
        table["change"] = table["after"] - table["before"]
        return table.reset_index()

    def moved(self, move: str) -> pd.DataFrame:
        """The partners of one move: up, down, new, left, same or unknown; those with most points first."""
        chosen = self.partners[self.partners["move"] == move]
        return chosen.sort_values(["rank_before", "points", "partner_id"], ascending=[False, False, True])

    def near(self) -> pd.DataFrame:
        """Partners whose points stand close to a threshold after the change, on either side: those who miss it first.

        Adds tier (the threshold's), threshold, gap (points above it, negative = missing) and the cheapest activity
        that closes a missing gap.
        """
        on_roster = self.partners[self.partners["rank_after"] >= 0]
        points = on_roster["points"].to_numpy(dtype=object)
        found = []
        for tier, threshold in self.after.version.thresholds():
            gap = points - threshold
            close = np.abs(gap.astype(float)) <= float(close_to(threshold))
            part = on_roster[close].assign(tier=tier.id, threshold=threshold, gap=gap[close])
            found.append(part)
        near = pd.concat(found) if found else on_roster.head(0).assign(tier="", threshold=None, gap=None)
        near["closed_by"] = self._closed_by(near)
        order = near.assign(is_reached=near["gap"] >= 0, distance=near["gap"].abs())
        return order.sort_values(["is_reached", "distance", "partner_id"]).drop(columns=["is_reached", "distance"])

    def _closed_by(self, near: pd.DataFrame) -> list[str | None]:
        """What closes each missing gap; where more than points decides, every way is put through the rule."""
        after, had = self.after, self.after.had_once
        if after.measured is None or not (after.version.cap or after.version.metric or after.version.track):
            return [
                closing_activity(after.programme, -gap, had.get(partner, ()))
                for partner, gap in zip(near["partner_id"], near["gap"], strict=True)
            ]
        at, ranks = pd.Index(after.partners["partner_id"]), after.version.ranks()
        ways: list[str | None] = []
        for partner, tier, gap in zip(near["partner_id"], near["tier"], near["gap"], strict=True):
            one = after.measured.in_order(np.array([at.get_loc(partner)]))
            way = cheapest_way(
                after.programme, one.kinds, one.pooled, int(one.track[0]), ranks[tier], had.get(partner, ())
            )
            ways.append(way if gap < 0 else None)
        return ways


def transition(warehouse: Warehouse, programme: Programme, before: Question, after: Question) -> Transition:
    """Everyone's place before and after. Raises PalierError as `standing` does."""
    return compare(standing(warehouse, programme, before), standing(warehouse, programme, after))


def compare(before: Standing, after: Standing) -> Transition:
    """Put two standings of one programme side by side."""
    columns = ["partner_id", "tier", "tier_rank", "points", "domains"]
    left = before.partners[[*columns, *IDENTITY]].rename(
        columns={
            "tier": "tier_before",
            "tier_rank": "rank_before",
            "points": "points_before",
            "domains": "domains_before",
        }
    )
    right = after.partners[[*columns, *IDENTITY]].rename(columns={"tier": "tier_after", "tier_rank": "rank_after"})
    both = left.merge(right, on="partner_id", how="outer", suffixes=("", "_later"), indicator=True)
    is_new, has_left = both["_merge"] == "right_only", both["_merge"] == "left_only"
    for name in IDENTITY:
        both[name] = both[name].where(~is_new, both.pop(f"{name}_later"))
    both["tier_before"] = both["tier_before"].where(~is_new, NOT_YET)
    both["tier_after"] = both["tier_after"].where(~has_left, LEFT)
    for rank in ("rank_before", "rank_after"):
        both[rank] = both[rank].fillna(-2).astype("int64")
    same_ladder = ranks_on_the_later_ladder(before.version, after.version)
    both["move"] = _moves(both["rank_before"].map(same_ladder).to_numpy(), both["rank_after"].to_numpy())
    return Transition(before, after, both.drop(columns="_merge").sort_values("partner_id", ignore_index=True))


def ranks_on_the_later_ladder(before: Version, after: Version) -> dict[int, float]:
    """Rank under the earlier rules → rank under the later ones; a tier that is gone stands half a step up.

    So a move is up or down between the same steps, also when the new rules put a tier below or between.
    """
    later, ranks = after.ranks(), {-2: -2.0, -1: -1.0, 0: 0.0}
    for tier, rank in before.ranks().items():
        ranks[rank] = float(later[tier]) if tier in later else ranks[rank - 1] // 1 + 0.5
    return ranks


def _moves(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The word for each pair of ranks; -2 is off the roster, -1 an unknown label."""
    conditions = [before == -2, after == -2, (before == -1) | (after == -1), after > before, after < before]
    return np.select(conditions, ["new", "left", "unknown", "up", "down"], "same").astype(object)
