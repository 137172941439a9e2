"""A forecast on the sample: its tables agree with each other and with what stands, and mistakes are named."""

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import read_programme
from pipeline.model.question import Question
from pipeline.model.scenario import read_scenario
from pipeline.model.standing import standing
from pipeline.outlook import asked
from pipeline.outlook.backtest import backtest
from pipeline.outlook.call import worth_a_call
from pipeline.outlook.fan import fan
from pipeline.outlook.forecast import forecast
from pipeline.outlook.served import heads, services

ORIGIN, ON = date(2004, 1, 31), date(2004, 4, 1)


@pytest.fixture(scope="module")
def warehouse(sample_home):
    with Warehouse.open(sample_home.warehouse) as opened:
        yield opened


@pytest.fixture(scope="module")
def programme(sample_home):
    return read_programme(sample_home.file("programmes", "microsoft-france.toml"))[0]


@pytest.fixture(scope="module")
def found(warehouse, programme):
    return forecast(warehouse, programme, ORIGIN, ON)


def test_every_partner_stands_somewhere(found):
    table = found.table().set_index("tier")
    partners = len(found.stood.partners)
    for column in ("now", "expected", "nothing_new", "recent_pace", "look_alikes"):
        assert table.loc[["gold", "certified", "none"], column].sum() == pytest.approx(partners, abs=0.2)
        assert table.loc["certified or above", column] == pytest.approx(
            table.loc[["gold", "certified"], column].sum(), abs=0.2
        )


def test_bounds_lie_within_each_other_around_what_is_expected(found):
    for row in found.table().itertuples():
        bounds = [row.low_95, row.low_80, row.low_50, row.high_50, row.high_80, row.high_95]
        assert bounds == sorted(bounds)
        assert row.low_80 <= row.expected <= row.high_80


def test_the_margins_of_the_expected_matrix_are_the_standing_now_and_the_counts_expected(found):
    matrix, table = found.matrix(), found.table().set_index("tier")
    assert matrix.sum(axis=1).to_dict() == pytest.approx(found.stood.counts().set_index("tier")["partners"].to_dict())
    for tier in matrix.columns:
        assert matrix[tier].sum() == pytest.approx(table.loc[tier, "expected"], abs=0.1)


def test_the_same_seed_gives_the_same_numbers_and_another_one_other_bounds(warehouse, programme, found):
    again = dataclasses.replace(found, seed=1)
    twice = forecast(warehouse, programme, ORIGIN, ON, look_back=False)
    assert dataclasses.replace(twice, pasts=found.pasts).table().to_csv() == found.table().to_csv()
    assert not again.table().equals(found.table())


def test_without_a_horizon_the_forecast_is_the_standing(warehouse, programme):
    table = forecast(warehouse, programme, ON, ON).table().set_index("tier")
    stood = standing(warehouse, programme, Question(ON, ON)).counts().set_index("tier")["partners"]
    for tier, partners in stood.items():
        row = table.loc[tier]
        assert row["expected"] == row["low_95"] == row["high_95"] == row["now"] == partners


def test_what_is_posted_after_the_origin_changes_nothing(warehouse, programme, found):
    known = warehouse.rows("select count(*) from point_ledger where posted_on <= $day", day=ORIGIN)[0][0]
    later = warehouse.rows(
        "select count(*) from point_ledger where posted_on > $day and earned_on <= $day", day=ORIGIN
    )[0][0]
    assert later > 100, "the sample has entries that are posted late"
    assert found.taught.history.day.max() <= np.datetime64(ORIGIN)
    assert len(found.taught.history.number) <= known
    stood = standing(warehouse, programme, Question(ON, ORIGIN)).counts().set_index("tier")["partners"]
    assert found.table().set_index("tier").loc["gold", "nothing_new"] == stood["gold"]


def test_thresholds_are_swept_without_fitting_again(warehouse, found):
    swept = asked.swept(warehouse, found, ["gold.points=100,120,2000"]).set_index(["gold.points", "tier"])["expected"]
    assert swept[120, "gold"] == found.table().set_index("tier").loc["gold", "expected"]
    assert swept[100, "gold"] > swept[120, "gold"] > swept[2000, "gold"]
    assert swept[100, "certified or above"] == swept[120, "certified or above"]


def test_a_scenario_with_a_cap_and_a_domain_is_simulated_and_earns_no_more(sample_home, warehouse, found):
    capped = read_scenario(sample_home, "staff-cap-30").programme
    other = forecast(warehouse, capped, ORIGIN, ON, look_back=False, method="model")
    plain = dataclasses.replace(found, asked_method="model")
    assert 0 < other.table()["expected"].iloc[0] <= plain.table()["expected"].iloc[0] * 1.05


def test_who_runs_for_it_is_an_assumption_that_only_adds(warehouse, programme, found):
    supposed = forecast(warehouse, programme, ORIGIN, ON, run_for_it=0.5, look_back=False, method="model")
    plain = found.chances["model"]
    assert (supposed.chances["model"] >= plain - 1e-12).all()
    assert supposed.chances["model"].sum() > plain.sum() + 5
    assert any("50%" in sentence for sentence in asked.not_modelled(supposed))


def test_services_and_heads_add_up(found):
    served = services(found).set_index("benefit")
    loads = heads(found)
    for benefit, part in loads.groupby("benefit"):
        assert part["now"].sum() == served.loc[benefit, "have_it_now"]
        assert part["keep_it"].sum() == pytest.approx(served.loc[benefit, "keep_it"], abs=0.6)
    assert (served["keep_low_80" if "keep_low_80" in served else "keep_it_low_80"] <= served["keep_it"]).all()


def test_a_call_is_worth_what_one_more_activity_adds(found):
    calls = worth_a_call(found)
    assert len(calls) == 50
    assert (calls["gap"] > 0).all()
    assert (calls["chance_with_it"] >= calls["chance"]).all()
    assert calls["activity"].str.startswith("1 × ").any()


def test_the_fan_ends_where_the_forecast_does(warehouse, found):
    way = fan(warehouse, found)
    last = way[way["day"] == ON].set_index("tier")["expected"]
    table = found.table().set_index("tier")["expected"]
    assert last["gold"] == pytest.approx(table["gold"], abs=0.1)
    assert last["certified"] == pytest.approx(table["certified or above"], abs=0.1)
    widths = (way["high_80"] - way["low_80"]).groupby(way["day"]).sum()
    assert widths[ON] > widths[way.loc[way["expected"].notna(), "day"].min()]
    assert way["came"].notna().any()


def test_a_history_shorter_than_the_horizon_gives_a_sentence_and_no_crash(warehouse, programme):
    found = forecast(warehouse, programme, date(2004, 3, 31), date(2014, 4, 1))
    assert found.pasts == []
    assert "supposed, not learned" in asked.record_in_words(found)
    table = found.table().set_index("tier")
    assert table.loc["gold", "high_95"] > table.loc["gold", "low_95"]


@pytest.mark.parametrize(
    ("days", "options", "fact"),
    [
        ((ON, ORIGIN), {}, "--on 2004-01-31: lies before --as-of 2004-04-01"),
        ((date(2004, 1, 1), date(2004, 3, 1)), {}, "labels decide, and who gives them is not forecast"),
        ((ORIGIN, ON), {"run_for_it": 2.0}, "--run-for-it 2.0: is a share from 0 to 1"),
        ((ORIGIN, ON), {"method": "guess"}, "--method guess: say model, nothing new"),
        ((date(2001, 1, 1), ON), {}, "no roster covers 2001-01-01"),
        ((ORIGIN, date(9999, 12, 31)), {}, "lies more than 30 years after --as-of 2004-01-31"),
    ],
)
def test_a_question_that_has_no_answer_says_why(warehouse, programme, days, options, fact):
    with pytest.raises(PalierError, match=fact):
        forecast(warehouse, programme, *days, **options)


def test_a_backtest_scores_every_method_at_every_tier(warehouse, programme):
    tested = backtest(warehouse, programme, ON, date(2003, 12, 1), date(2004, 1, 30), 60, [30])
    rows, table = tested.rows(), tested.table()
    assert len(rows) == 2 * 4 * 2  # origins, methods, tiers
    assert set(table["method"]) == {"model", "nothing new", "recent pace", "look-alikes"}
    assert list(table["crps"]) == sorted(table["crps"])
    came = standing(warehouse, programme, Question(date(2003, 12, 31), date(2003, 12, 31), ON)).partners
    gold = rows[(rows["tier"] == "gold") & (rows["origin"] == date(2003, 12, 1))]["came"].unique()
    assert (
        gold == [(came["tier"] == "gold").sum()] or abs(gold[0] - (came["tier"] == "gold").sum()) <= 2
    )  # who joined since
    assert "windows that do not overlap" in tested.headline()


def test_a_backtest_that_cannot_be_judged_says_what_there_is(warehouse, programme):
    with pytest.raises(PalierError, match=r"entries are posted from 2001-01-26 to .*Give a shorter --days"):
        backtest(warehouse, programme, ON, None, None, 30, [2000])
    with pytest.raises(PalierError, match="labels decide"):
        backtest(warehouse, programme, date(2003, 1, 1), None, None, 30, [30])
    with pytest.raises(PalierError, match="origins are more than 60"):
        backtest(warehouse, programme, ON, None, None, 1, [7])


def test_days_have_sensible_defaults(programme):
    assert asked.days_of(programme, "2004-01-31", "", ON) == (ORIGIN, ON)
    assert asked.days_of(programme, "", "", ON) == (ON, ON + timedelta(days=182))


@pytest.mark.parametrize(
    ("settings", "fact"),
    [
        (["gold.points=100", "gold.points=110"], "stands twice"),
        (["gold.domains=4"], "more than points decides"),
        (["window=personal year"], "a year of his own"),
    ],
)
def test_values_under_which_nothing_was_read_are_refused(warehouse, found, settings, fact):
    with pytest.raises(PalierError, match=fact):
        asked.swept(warehouse, found, settings)


def test_the_first_roster_is_no_crowd_of_newcomers(warehouse, programme, found):
    early = forecast(warehouse, programme, date(2003, 12, 1), date(2004, 6, 1), look_back=False)
    assert 0 < found.newcomers < 200
    assert 0 < early.newcomers < 300


def test_a_day_long_after_the_last_entry_is_told(warehouse, programme):
    late = forecast(warehouse, programme, date(2005, 1, 1), date(2005, 2, 1), look_back=False)
    assert asked.not_modelled(late)[0].startswith("Nothing was posted after 2004-04-")


def test_where_everyone_has_the_lower_tier_and_nobody_the_higher_one_chances_are_given(found):
    metrics = np.full_like(found.base.metrics, 60_00)
    chances = found.taught.chances(dataclasses.replace(found.base, metrics=metrics), ON)
    assert (chances[:, 0] == 1).all()
    assert 0 < chances[:, 1].sum() < len(metrics)
