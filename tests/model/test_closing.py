"""What is close to a threshold, and what closes a gap."""

from decimal import Decimal

import pytest

from pipeline.base.home import PROJECT
from pipeline.model.closing import close_to, closing_activity
from pipeline.model.programme import read_programme

FRANCE, _ = read_programme(PROJECT / "programmes" / "microsoft-france.toml")


@pytest.mark.parametrize(("threshold", "close"), [(0, 5), (50, 5), (109, 5), (110, 6), (1000, 50)])
def test_few_points_are_5_or_5_per_cent(threshold, close):
    assert close_to(Decimal(threshold)) == close


@pytest.mark.parametrize(
    ("missing", "way"),
    [
        ("0", None), ("-1", None), ("1", "1 × conference attendance"), ("0.5", "1 × conference attendance"),
        ("3", "1 × certified person"), ("4", "2 × customer reference"), ("50", "1 × first competency"),
        ("70", "3 × further competency"), ("300", None),
    ],
)  # fmt: skip
def test_the_cheapest_way_overshoots_least_then_takes_the_fewest_entries(missing, way):
    assert closing_activity(FRANCE, Decimal(missing)) == way


def test_what_counts_once_closes_nothing_for_a_partner_who_has_it():
    assert closing_activity(FRANCE, Decimal(50), had={"first competency"}) == "2 × further competency"
