"""What counts as up and down when the rules themselves change their tiers."""

from datetime import date

import pandas as pd
import pytest

from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.standing import Standing
from pipeline.model.transition import compare
from pipeline.model.version import Tier, Version


def rules(day: int, *tiers: str) -> Version:
    steps = [Tier(id=tier, title=tier, requires={"points": n * 10}, source="") for n, tier in enumerate(tiers, 1)]
    return Version(effective=date(2004, 4, day), standing_by="points", tier=steps, source="")


def move(before: Version, tier_before: str, after: Version, tier_after: str) -> str:
    programme = Programme(title="", summary="", version=sorted([before, after], key=lambda version: version.effective))

    def stands(version: Version, tier: str) -> Standing:
        columns = "name region city size_class primary_domain status joined_on contact adviser account_manager coordinator technician label"
        row = {
            "partner_id": "ADATUM",
            "tier": tier,
            "tier_rank": version.ranks().get(tier, 0),
            "points": 0,
            "domains": 0,
        }
        return Standing(
            programme, Question(version.effective), version, pd.DataFrame([row | dict.fromkeys(columns.split())])
        )

    return str(compare(stands(before, tier_before), stands(after, tier_after)).partners["move"].iloc[0])


OLD, NEW = rules(1, "certified", "gold"), rules(2, "bronze", "certified", "gold")


@pytest.mark.parametrize(
    ("tier_before", "tier_after", "expected"),
    [
        ("certified", "certified", "same"),
        ("certified", "bronze", "down"),
        ("none", "bronze", "up"),
        ("gold", "gold", "same"),
        ("gold", "certified", "down"),
    ],
)
def test_a_new_tier_below_moves_nobody_by_itself(tier_before, tier_after, expected):
    assert move(OLD, tier_before, NEW, tier_after) == expected


@pytest.mark.parametrize(
    ("tier_before", "tier_after", "expected"),
    [
        ("bronze", "certified", "up"),
        ("bronze", "none", "down"),
        ("certified", "certified", "same"),
        ("gold", "certified", "down"),
    ],
)
def test_a_tier_that_is_gone_stands_between_its_neighbours(tier_before, tier_after, expected):
    assert move(NEW, tier_before, OLD, tier_after) == expected
