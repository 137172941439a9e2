"""Benefits apart from tiers: who meets a term."""

from datetime import date

import pandas as pd
import pytest

from pipeline.model.benefit import allowed
from pipeline.model.programme import Term

PARTNERS = pd.DataFrame({
    "partner_id": ["ADATUM", "CONTOSO", "FABRIKAM", "GONE"],
    "tier_after": ["gold", "gold", "certified", "left the roster"],
    "rank_after": [2, 2, 1, -2],
    "label": ["Gold", None, "gold", "gold"],
    "region": ["Bretagne", "Corse", "Bretagne", "Bretagne"],
})  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "who"),
    [
        ({}, ["ADATUM", "CONTOSO", "FABRIKAM"]),
        ({"tiers": ["gold"]}, ["ADATUM", "CONTOSO"]),
        ({"labels": ["GOLD"]}, ["ADATUM", "FABRIKAM"]),
        ({"tiers": ["gold"], "labels": ["gold"]}, ["ADATUM"]),
        ({"where": {"region": ["Corse"]}}, ["CONTOSO"]),
        ({"tiers": ["gold"], "where": {"region": ["Bretagne"]}}, ["ADATUM"]),
    ],
)
def test_whoever_meets_every_condition_of_a_term_may_have_the_benefit(conditions, who):
    term = Term(effective=date(2004, 4, 1), source="", **conditions)
    assert PARTNERS["partner_id"][allowed(PARTNERS, "after", term)].tolist() == who


def test_before_the_first_term_nobody_has_it():
    assert not allowed(PARTNERS, "after", None).any()
