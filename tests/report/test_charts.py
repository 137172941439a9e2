import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.model import lists
from pipeline.model.transition import LEFT
from pipeline.report import before_after, near_list
from pipeline.report.fragment import Picture, Table
from pipeline.report.group_chart import by_domain, domain_bars, group_dumbbells, shares_by
from pipeline.report.near_chart import around, near_misses, thresholds
from pipeline.report.palette import DOWN, FROM_THE_TOP, NO_TIER, UP, tier_colour
from pipeline.report.service_chart import load_bars, load_finding
from pipeline.report.study import Study, open_study
from pipeline.report.tier_chart import migration_matrix, moves_finding, tier_bars
from pipeline.report.words import cell, exact, percent, signed


@pytest.fixture(scope="module")
def study(home: Home) -> Study:
    return open_study("2004-04-01", "2004-04-01", home=str(home.root))


def test_the_table_of_tiers_adds_up_to_both_rosters(study: Study) -> None:
    last = before_after.tier_table(study).frame.iloc[-1]
    assert (last["before"], last["after"]) == study.rosters
    assert before_after.reconciled(study).warning is False


def test_a_count_that_differs_from_the_roster_is_said_aloud(study: Study) -> None:
    assert before_after.reconciled(replace(study, rosters=(1, 2))).warning is True


def test_regions_add_up_to_the_whole(study: Study, home: Home) -> None:
    regions = shares_by(study, "region")
    one = open_study("2004-04-01", "2004-04-01", "Bretagne", home=str(home.root))
    bretagne = regions[regions["region"] == "Bretagne"].iloc[0]
    assert bretagne["on_before"] == len(one.transition.before.partners)
    assert regions["before"].sum() == study.whole.before.partners["tier"].isin(["gold", "certified"]).sum()


def test_what_is_posted_after_the_day_of_asking_is_not_used(home: Home) -> None:
    early = open_study("2004-02-15", "2004-04-01", home=str(home.root))
    late = open_study("2004-04-01", "2004-04-01", home=str(home.root))
    assert early.day_before.isoformat() == "2004-02-15" and late.day_before.isoformat() == "2004-03-31"
    assert early.transition.after.partners["points"].sum() < late.transition.after.partners["points"].sum()


@pytest.mark.parametrize(
    ("as_of", "region", "said"), [("1/4/2004", "", "as_of"), ("2004-04-01", "bretagne", "Bretagne")]
)
def test_a_mistake_names_the_parameter_and_the_next_step(home: Home, as_of: str, region: str, said: str) -> None:
    with pytest.raises(PalierError, match=said):
        open_study(as_of, "2004-04-01", region, home=str(home.root))


def test_a_part_of_a_point_stays_on_its_side_of_the_threshold(study: Study) -> None:
    partners = study.transition.partners.head(2).assign(points=[Decimal("49.99"), Decimal("50.00")], rank_after=0)
    edge = replace(study, transition=replace(study.transition, partners=partners))
    assert list(around(edge, thresholds(study)[0])["points"]) == [49, 50]


def test_a_region_where_nobody_is_near_still_has_its_page(study: Study) -> None:
    nobody = replace(study, transition=replace(study.transition, partners=study.transition.partners.head(0)))
    assert "0 partners" in near_misses(nobody).html()
    assert near_list.near_list(nobody).frame.empty


def test_a_name_is_never_read_as_a_formula(study: Study) -> None:
    names = study.transition.partners["region"].replace("Bretagne", "$\\frac{$")
    partners = study.transition.partners.assign(region=names)
    picture = group_dumbbells(replace(study, transition=replace(study.transition, partners=partners)), "region")
    assert isinstance(picture, Picture) and picture.png.startswith(b"\x89PNG")


def test_the_matrix_behind_the_picture_holds_every_partner(study: Study) -> None:
    numbers = migration_matrix(study).numbers.set_index("before")
    assert int(numbers.to_numpy().sum()) == len(study.transition.partners)
    assert {"new on the roster", LEFT} >= {*numbers.index, *numbers.columns} - {
        "Gold Certified",
        "Certified",
        "No tier",
    }


def test_all_eleven_domains_are_shown(study: Study) -> None:
    assert len(by_domain(study)) == 11


def test_a_tier_has_one_colour_and_no_tier_is_grey(study: Study) -> None:
    colours = [tier_colour(study.programme, tier) for tier in ("gold", "certified", "none")]
    assert colours == [*FROM_THE_TOP[:2], NO_TIER] and tier_colour(study.programme, "unknown") == NO_TIER
    assert not {UP, DOWN} & {*FROM_THE_TOP, NO_TIER}


def test_a_table_is_escaped_cut_and_aligned() -> None:
    frame = pd.DataFrame({"name": ["<script>", '=1+1"'], "share": [0.5, 0.001], "points": [Decimal("49.50"), None]})
    html = Table("A & B", frame, rows=1, all_by="palier <x>").html()
    assert "&lt;script&gt;" in html and "<script>" not in html
    assert "A &amp; B" in html and 'scope=col class="r">share' in html
    assert "<summary>All 2</summary>" in html and "palier" not in html


def test_a_table_beyond_500_rows_names_the_command_that_gives_them_all() -> None:
    frame = pd.DataFrame({"name": [f"p{number}" for number in range(501)], "region": None})
    html = Table("Partners", frame, rows=20, all_by="palier <x>").html()
    assert "First 20 of 501; all: <code>palier &lt;x&gt;</code>" in html and "p500" not in html
    assert "region" not in html.replace('role="region"', "")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(0.999), "99.9 %"), (percent(0.001), "0.1 %"), (percent(1.0), "100 %"), (percent(0.425), "42 %"),
        (signed(-1234), "−1,234"), (signed(0), "±0"), (exact(Decimal("49.50")), "49.5"), (exact(Decimal("120.00")), "120"),
        (cell(None), "–"), (cell(0.25, "share before"), "25.0 %"), (cell(5, "change"), "+5"), (cell(True), "yes"),
    ],
)  # fmt: skip
def test_numbers_are_written_one_way(written: str, expected: str) -> None:
    assert written == expected


def test_without_days_the_newest_rules_are_asked_on_their_first_day(study: Study, home: Home) -> None:
    plain = open_study(home=str(home.root))
    assert (plain.cut_over, plain.known_on, plain.day_before) == (study.cut_over, study.known_on, study.day_before)


def test_every_partner_is_in_the_sentence_on_moves(study: Study) -> None:
    numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", moves_finding(study))]
    assert sum(numbers) == len(study.transition.partners)


def test_the_load_is_said_with_what_it_was_before(study: Study) -> None:
    [adviser] = before_after.whole_loads(study)
    after, before = int(adviser.partners["entitled"].sum()), int(adviser.partners["should_have"].sum())
    said = load_finding(adviser)
    assert f"{after} are entitled ({before} before); 4 heads at 125 can serve 500" in said
    assert "leaves" not in said if after <= 500 else f"leaves {after - 500} without one" in said


def test_the_list_of_losers_gives_the_day_that_the_command_line_gives(study: Study) -> None:
    [change] = before_after.changed_terms(study.changes)
    listed = lists.benefits(study.transition)
    by_command = listed[listed["benefit"] == change.benefit.id]
    assert sorted(before_after.loser_list(study, change).frame["id"]) == sorted(by_command["partner_id"])
    assert set(before_after.loser_list(study, change).frame["no more from"]) == set(by_command["ends_on"])
    assert set(listed["ends_on"]) == {study.cut_over}, "a benefit whose term did not change ends with the tier"


def test_one_group_alone_is_not_compared(study: Study) -> None:
    partners = study.transition.partners.assign(region=None)
    alone = replace(study, transition=replace(study.transition, partners=partners))
    assert "no roster names a region" in group_dumbbells(alone, "region").html()


def test_one_domain_is_said_in_the_singular(study: Study) -> None:
    name, bit = next(iter(study.domains.items()))
    picture = domain_bars(replace(study, domains={name: bit}))
    assert isinstance(picture, Picture) and picture.finding.startswith("1 domain: ")


def test_no_chart_is_cut_off_at_an_edge(study: Study) -> None:
    [adviser] = before_after.whole_loads(study)
    shown = [load_bars(study, adviser), group_dumbbells(study, "region")]
    shown += [chart(study) for chart in (tier_bars, migration_matrix, near_misses, domain_bars)]
    for picture in shown:
        assert isinstance(picture, Picture)
        pixels = np.asarray(Image.open(BytesIO(picture.png)).convert("L"))
        assert min(edge.min() for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])) == 255, picture.finding
