"""The sweep: look-ups equal to the rule, rows equal to single standings, and what is refused."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawing
from hypothesis import settings
from hypothesis import strategies as st

from pipeline.base.errors import PalierError
from pipeline.model.axis import axis_of, changed_version, with_version
from pipeline.model.cells import Cells, counted
from pipeline.model.grid import planned, run, sweep_of
from pipeline.model.question import Question
from pipeline.model.rule import NOT_ASKED, Ladder
from pipeline.model.solve import among_those_with, solved
from pipeline.model.standing import standing
from pipeline.model.sweep import by_the_rule, swept

EVE, DAY = date(2004, 3, 31), date(2004, 4, 1)
BEFORE, AFTER = Question(EVE, known_on=DAY), Question(DAY, known_on=DAY)

minimum = st.one_of(st.just(NOT_ASKED), st.integers(-3, 12))


@st.composite
def populations(draw):
    """Cells of up to three metrics in up to four segments, and scenarios of up to three tiers."""
    metrics, segments, tiers = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rows = draw(
        st.lists(st.tuples(st.integers(0, segments - 1), *[st.integers(-2, 10)] * metrics), min_size=1, max_size=40)
    )
    values, segment, partners = counted(
        np.array([row[1:] for row in rows], np.int64), np.array([row[0] for row in rows])
    )
    frame = pd.DataFrame({"before": [str(n) for n in range(segments)], "track": ""})
    cells = Cells(frame, [f"m{n}" for n in range(metrics)], values, segment, partners)
    scenario = st.lists(st.lists(minimum, min_size=metrics, max_size=metrics), min_size=tiers, max_size=tiers)
    return cells, len(rows), np.array(draw(st.lists(scenario, min_size=1, max_size=5)), np.int64)


@settings(max_examples=150)
@drawing(populations())
def test_a_look_up_is_what_the_rule_says_of_every_partner(drawn):
    cells, partners, minimums = drawn
    found = swept(cells, minimums)
    ladders = [[ladder] * len(cells.segments) for one in minimums if (ladder := Ladder(one[:, None, :]))]
    assert (found == by_the_rule(cells, ladders)).all()
    assert (found >= 0).all() and (found.sum(axis=(1, 2)) == partners).all()


@drawing(populations(), st.integers(0, 20))
def test_raising_a_threshold_promotes_nobody_in_the_sweep(drawn, more):
    cells, _, minimums = drawn
    higher = np.where(minimums == NOT_ASKED, minimums, minimums + more)
    reached, reached_then = (swept(cells, one)[:, :, ::-1].cumsum(axis=2) for one in (minimums, higher))
    assert (reached_then <= reached).all()


def test_the_rows_of_a_sweep_are_single_standings(warehouse, programme):
    wanted = sweep_of(
        programme,
        ["gold.points=60:160:50", "certified.points=40,50.5", "gold.domains=0,2", "window=12,all time"],
        ["region"],
        BEFORE,
        AFTER,
    )
    table = run(warehouse, wanted)
    scenarios = table.groupby(["window", "gold.points", "certified.points", "gold.domains"])
    assert len(scenarios) == planned(warehouse, wanted).scenarios == 24
    for (window, gold, certified, domains), rows in list(scenarios)[::5]:
        changes = {
            "window": window, "tier.gold.requires.points": gold, "tier.certified.requires.points": certified,
            "tier.gold.requires.domains": domains,
        }  # fmt: skip
        changed = with_version(programme, programme.version[-1], changed_version(programme.version[-1], changes))
        partners = standing(warehouse, changed, AFTER).partners
        assert rows[["gold", "certified", "none"]].sum().tolist() == [
            (partners["tier"] == t).sum() for t in ("gold", "certified", "none")
        ]
        brittany = rows.set_index("region").loc["Bretagne"]
        here = partners[partners["region"] == "Bretagne"]["tier"]
        assert [brittany[t] for t in ("gold", "certified", "none")] == [
            (here == t).sum() for t in ("gold", "certified", "none")
        ]


def test_a_sweep_by_the_tier_before_is_the_migration_matrix(warehouse, programme):
    table = run(warehouse, sweep_of(programme, ["gold.points=120"], ["before"], BEFORE, AFTER)).set_index("before")
    assert table.loc["gold", ["gold", "certified", "none"]].sum() == 200
    assert table[["gold", "certified", "none"]].to_numpy().sum() == 3005


def test_tiers_with_several_ways_take_the_slower_path_and_agree(warehouse, programme):
    version = changed_version(programme.version[-1], {"tier.gold.any_of": [{"domains": 3}, {"points": 150}]})
    rules = with_version(programme, programme.version[-1], version)
    table = run(warehouse, sweep_of(rules, ["gold.points=100,120"], [], BEFORE, AFTER))
    for gold, row in table.set_index("gold.points").iterrows():
        changed = with_version(rules, version, changed_version(version, {"tier.gold.requires.points": gold}))
        assert row["gold"] == (standing(warehouse, changed, AFTER).partners["tier"] == "gold").sum()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gold.points", "write PATH=VALUES"),
        ("golf.points=100", "no such tier golf; did you mean gold?"),
        ("gold.poinst=100", "no such metric poinst; did you mean points?"),
        ("tier.gold.requires.poinst=100", "no such metric poinst; did you mean points?"),
        ("gold.points=160:100:5", "goes nowhere"),
        ("gold.points=100:160:0", "goes nowhere"),
        ("gold.points=1.005", "more than two decimals"),
        ("gold.points=-5", "a threshold is a number of at least 0"),
        ("gold.points=many", "a threshold is a number of at least 0"),
        ("window=0", "number of months from 1 to 600"),
        ("gold.domains=0.5,1", "counts are whole numbers; found 0.5,1"),
        ("tier.gold.id=certified", "is no value to try out"),
        ("standing_by=label", "is no value to try out"),
        ("tier.gold.any_of=1", "must name metrics|valid"),
        ("cap=1", "valid list"),
        ("widnow=12", "there is no widnow; did you mean window?"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(warehouse, programme, text, words):
    with pytest.raises(PalierError, match=words):
        run(warehouse, sweep_of(programme, [text], [], BEFORE, AFTER))


def test_the_absurd_is_refused_with_its_price(warehouse, programme):
    huge = sweep_of(programme, ["gold.points=1:9000:0.1", "certified.points=1:2000:1"], [], BEFORE, AFTER)
    with pytest.raises(PalierError, match=r"scenarios: 2 measurements.*At most 1,000,000"):
        planned(warehouse, huge)
    many = sweep_of(programme, ["window=1:300:1"], [], BEFORE, AFTER)
    with pytest.raises(PalierError, match=r"301 measurements.*fewer things other than thresholds"):
        planned(warehouse, many)


def test_an_axis_is_inclusive_and_exact(programme):
    assert axis_of("gold.points=100:101:0.25", programme.version[-1]).values == [
        Decimal(n) / 4 for n in range(400, 405)
    ]


def test_the_steps_around_a_solution_are_what_single_standings_say(warehouse, programme):
    stood = standing(warehouse, programme, AFTER)
    table = solved(stood, "gold", "points", 200)
    assert table["is_best"].sum() == 1 and (table["difference"] == table["partners"] - 200).all()
    for row in table.itertuples():
        changed = changed_version(programme.version[-1], {"tier.gold.requires.points": row.up_to})
        rules = with_version(programme, programme.version[-1], changed)
        assert (standing(warehouse, rules, AFTER).partners["tier"] == "gold").sum() == row.partners
    lost = -table["partners"].diff().iloc[1:].to_numpy()
    assert (lost == table["tied"].iloc[:-1].to_numpy()).all(), "those tied at a step are lost above it"


def test_a_benefit_can_be_what_is_kept(warehouse, programme):
    before, after = standing(warehouse, programme, BEFORE), standing(warehouse, programme, AFTER)
    among = among_those_with(before, after, "account_manager")
    assert among.sum() == 250
    baseline = solved(after, "gold", "points", 105, among)
    assert baseline.loc[baseline["up_to"] >= 120, "partners"].max() == 105, "250 less the 145 who lose him"


def test_nobody_left_and_everybody_are_steps_too(warehouse, programme):
    stood = standing(warehouse, programme, AFTER)
    assert solved(stood, "gold", "points", 0).iloc[-1]["partners"] == 0
    assert solved(stood, "certified", "points", 10_000).iloc[0]["partners"] == len(stood.partners)


@pytest.mark.parametrize(
    ("tier", "metric", "words"), [("golf", "points", "did you mean gold"), ("gold", "pints", "did you mean points")]
)
def test_an_unknown_threshold_to_solve_for_is_refused(warehouse, programme, tier, metric, words):
    with pytest.raises(PalierError, match=words):
        solved(standing(warehouse, programme, AFTER), tier, metric, 250)


def test_a_grid_that_a_rulebook_could_not_hold_is_refused(warehouse, programme):
    capped = changed_version(programme.version[-1], {
        "cap.staff": {"of": {"category": ["staff"]}, "points": 40, "source": ""},
        "expiry.old": {"of": {"category": ["reference"]}, "months": 12, "source": ""},
    })  # fmt: skip
    rules = with_version(programme, programme.version[-1], capped)
    with pytest.raises(PalierError, match="not shorter than the window"):
        run(warehouse, sweep_of(rules, ["window=6"], [], BEFORE, AFTER))


def test_neither_sweep_nor_solve_answers_where_no_threshold_decides(warehouse, programme):
    held = changed_version(programme.version[-1], {"hold": {"grace_months": 3, "source": ""}})
    rules = with_version(programme, programme.version[-1], held)
    for asked, question, words in (
        (programme, BEFORE, "labels decide"),
        (rules, AFTER, "holds tiers by more than thresholds"),
    ):
        with pytest.raises(PalierError, match=words):
            sweep_of(asked, ["gold.points=100"], [], BEFORE, question)
        with pytest.raises(PalierError, match=words):
            solved(standing(warehouse, asked, question), "gold", "points", 250)


def test_a_group_named_twice_is_taken_once(warehouse, programme):
    assert sweep_of(programme, ["gold.points=100"], ["region", "region"], BEFORE, AFTER).by == ["region"]
