"""The facts of the founding case, read off the built sample; F-numbers as in the rulebook."""

import re
from datetime import date

import numpy as np
import pytest

from pipeline.base.home import PROJECT
from pipeline.base.warehouse import Warehouse
from pipeline.model.benefit import change
from pipeline.model.closing import close_to
from pipeline.model.programme import read_programme
from pipeline.model.question import Question
from pipeline.model.standing import standing
from pipeline.model.transition import transition
from pipeline.model.why import why

BEFORE, AFTER = date(2004, 3, 31), date(2004, 4, 1)


@pytest.fixture(scope="module")
def cut_over(sample_home):

    with Warehouse.open(sample_home.warehouse) as warehouse:
        programme, _ = read_programme(sample_home.file("programmes", "microsoft-france.toml"))
        yield transition(warehouse, programme, Question(BEFORE), Question(AFTER))


def test_f3_certified_is_50_points_and_gold_120_inclusive(cut_over):
    after = cut_over.after.partners
    points = after["points"].astype(float)
    expected = np.select([points >= 120, points >= 50], ["gold", "certified"], "none")
    assert after["tier"].tolist() == expected.tolist()
    assert (points == 50).sum() > 0 and (points == 120).sum() > 0, "the sample has partners exactly on both thresholds"


def test_f2_the_day_before_the_cut_over_the_label_decides_and_on_the_day_the_points(cut_over):
    before = cut_over.before.partners
    assert (before["tier"] == before["label"].fillna("none")).all()
    assert (before["tier"] != before["earned_tier"]).any()
    assert (cut_over.after.partners["tier"] == cut_over.after.partners["earned_tier"]).all()


def test_f4_the_11_domains_all_occur(warehouse, programme):
    assert len(programme.domains) == 11
    found = {name for (name,) in warehouse.rows("select distinct domain from point_ledger where domain is not null")}
    assert found == set(programme.domains)


def test_f6_prospects_have_no_tier_before_and_some_reach_one(cut_over):
    matrix = cut_over.matrix()
    assert matrix.loc["none"].sum() == 1700
    assert matrix.loc["none", "certified"] > 0


def test_f7_nearly_every_certified_partner_has_a_contact_and_the_exceptions_are_findings(cut_over, warehouse):
    without = change(cut_over, "contact").without()
    assert len(without) == 9
    found = warehouse.rows(
        "select partner_id from finding where finding = 'labelled partner without contact' order by 1"
    )
    assert [partner for (partner,) in found] == sorted(without["partner_id"])


def test_f8_500_certified_have_one_of_4_advisers_of_whom_3_are_new(cut_over, warehouse):
    heads = change(cut_over, "adviser").heads()
    assert heads["before"].tolist() == [125, 125, 125, 125]
    in_october = warehouse.rows(
        "select distinct adviser from roster_history where adviser is not null and valid_from = date '2003-10-01'"
    )
    assert len(in_october) == 1
    assert in_october[0][0] in set(heads["name"])


def test_f9_250_have_an_account_manager_and_only_gold_keeps_him(cut_over):
    manager = change(cut_over, "account_manager")
    assert manager.partners["had"].sum() == 250
    assert manager.ends_on == AFTER
    assert set(manager.partners.loc[manager.partners["keeps"], "tier_after"]) == {"gold"}
    losers = manager.losers()
    assert len(losers) + manager.partners["keeps"].sum() == 250
    assert "gold" not in set(losers["tier_after"])


def test_f10_6_technicians_serve_the_certified(cut_over):
    technicians = change(cut_over, "technician")
    assert len(technicians.heads()) == 6
    assert technicians.summary()["have_it_before"] == 1100


def test_f11_every_gold_has_a_technical_coordinator_before_the_cut_over(cut_over):
    coordinator = change(cut_over, "coordinator")
    assert coordinator.partners["had"].sum() == 200
    assert coordinator.without().empty


def test_f1_f5_f12_every_fact_says_where_it_is_shown(programme):
    assert [fact.id for fact in programme.fact] == [f"F{n}" for n in range(1, 13)]
    assert all(fact.shown for fact in programme.fact)


def test_the_matrix_reconciles_with_both_rosters(cut_over):
    matrix = cut_over.matrix()
    assert matrix.drop(index="not on the roster").to_numpy().sum() == len(cut_over.before.partners) == 3000
    assert matrix.drop(columns="left the roster").to_numpy().sum() == len(cut_over.after.partners)
    counts = cut_over.counts().set_index("tier")
    assert counts["before"].to_dict() == matrix.drop(index="not on the roster").sum(axis=1).to_dict()
    assert counts["after"].to_dict() == matrix.drop(columns="left the roster").sum(axis=0).to_dict()


def test_group_counts_add_up_to_the_whole_and_nobody_changes_group(cut_over):
    whole = cut_over.counts().set_index("tier")[["before", "after"]]
    by_region = cut_over.counts("region").groupby("tier")[["before", "after"]].sum()
    assert by_region.loc[whole.index].to_dict() == whole.to_dict()


def test_the_answer_for_the_sample_is_as_written_down(cut_over):
    """The answer beside the question; the laws are above. Change it only with a reason."""
    assert cut_over.counts().set_index("tier")[["before", "after"]].to_dict("index") == {
        "gold": {"before": 200, "after": 132},
        "certified": {"before": 1100, "after": 937},
        "none": {"before": 1700, "after": 1936},
    }
    assert len(change(cut_over, "account_manager").losers()) == 145


def test_the_readme_says_what_the_sample_says(warehouse, programme):
    """README's table is of what was known on the day of the cut-over."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| (Gold|Certified|No tier) \| ([\d,]+) \| ([\d,]+) \|", readme, flags=re.MULTILINE)
    moves = transition(warehouse, programme, Question(BEFORE, known_on=AFTER), Question(AFTER, known_on=AFTER))
    counts = moves.counts().set_index("tier")
    found = [(title, f"{counts.before[tier]:,}", f"{counts.after[tier]:,}") for title, tier in
             (("Gold", "gold"), ("Certified", "certified"), ("No tier", "none"))]  # fmt: skip
    assert written == found
    assert f"{len(change(moves, 'account_manager').losers())} of the 250 partners" in readme


def test_rules_equal_to_the_baseline_move_nobody(warehouse, programme):
    same = transition(warehouse, programme, Question(AFTER), Question(AFTER))
    assert set(same.partners["move"]) == {"same"}


def test_late_entries_are_left_out_of_what_was_known_on_the_day(warehouse, programme):
    known_then = standing(warehouse, programme, Question(AFTER, known_on=AFTER)).partners["points"].sum()
    known_later = standing(warehouse, programme, Question(AFTER)).partners["points"].sum()
    assert known_then < known_later


def test_why_agrees_with_the_batch_and_its_entries_add_up(warehouse, programme):
    question = Question(AFTER)
    partners = standing(warehouse, programme, question).partners
    for row in partners.iloc[::600].itertuples():
        card = why(warehouse, programme, row.partner_id, question)
        counted = card.entries[card.entries["not_counted_because"].isna()]
        assert counted["points"].sum() == card.points == row.points
        assert len(counted) == row.entries
        assert card.domains == row.domains
        assert card.placements["tier"].iloc[-1] == row.tier


def test_the_near_list_closes_a_gap_as_the_card_does(cut_over, warehouse, programme):
    missed = cut_over.near().query("gap < 0").drop_duplicates("partner_id").iloc[::25]
    for row in missed.itertuples():
        card = why(warehouse, programme, row.partner_id, Question(AFTER)).placements.iloc[-1]
        assert (row.tier, row.closed_by) == (card["next_tier"], card["closed_by"])


def test_those_who_miss_a_threshold_come_first_in_the_near_list_with_what_closes_the_gap(cut_over):
    near = cut_over.near()
    reached = (near["gap"] >= 0).tolist()
    assert reached == sorted(reached)
    assert (near["gap"].abs() <= near["threshold"].map(close_to)).all()
    missed = near[near["gap"] < 0]
    assert missed["closed_by"].notna().all()
    assert near.loc[near["gap"] >= 0, "closed_by"].isna().all()
