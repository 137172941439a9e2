"""The shipped scenarios beside their expected answers; what is refused; aims; what each change does."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home
from pipeline.model.question import Question
from pipeline.model.scenario import Aim, read_scenario, scenario_names, scenarios_of
from pipeline.model.scenario_table import attribution, reached, scenario_table
from pipeline.model.standing import standing
from pipeline.model.transition import transition

EVE, DAY = date(2004, 3, 31), date(2004, 4, 1)
BEFORE, AFTER = Question(EVE, known_on=DAY), Question(DAY, known_on=DAY)
SHIPPED = [
    "gold-100", "gold-80-uk", "gold-needs-a-competency", "grandfather-to-january-2005", "one-step-down", "staff-cap-30",
    "twelve-month-window",
]  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_gives_the_answer_beside_it(name, warehouse, sample_home):
    found = transition(warehouse, read_scenario(sample_home, name).programme, BEFORE, AFTER).matrix()
    expected = pd.read_csv(PROJECT / "scenarios" / f"{name}.expected.csv", index_col="before")
    assert found.rename_axis(columns=None).to_csv() == expected.to_csv()


def test_every_shipped_scenario_is_named_here_and_has_its_sources(sample_home):
    assert scenario_names(sample_home) == SHIPPED
    for one in scenarios_of(sample_home, "microsoft-france", []):
        assert all(change.reason and change.source for change in one.file.change)
        assert one.file.aim


def test_gold_at_100_is_whoever_has_100_points(warehouse, sample_home, programme):
    points = standing(warehouse, programme, AFTER).partners["points"]
    tiers = standing(warehouse, read_scenario(sample_home, "gold-100").programme, AFTER).partners["tier"]
    assert ((points >= 100) == (tiers == "gold")).all() and (tiers == "gold").sum() == 225


def test_old_labels_stand_until_january_and_fall_then(warehouse, sample_home):
    rules = read_scenario(sample_home, "grandfather-to-january-2005").programme
    held = {}
    for day in (DAY, date(2004, 12, 31), date(2005, 1, 1)):
        partners = standing(warehouse, rules, Question(day)).partners
        held[day] = int((partners["held_because"] == "grandfathered").sum())
    assert held[DAY] > 400 and held[date(2004, 12, 31)] > 300 and held[date(2005, 1, 1)] == 0


WRONG = {
    "changes nothing": ('path = "tier.gold.requires.points"\nto = 120', "changes nothing: it is 120 already"),
    "wrong path": ('path = "tier.golf.requires.points"\nto = 100', "there is no golf; did you mean gold"),
    "wrong metric": (
        'path = "tier.gold.requires.poinst"\nto = 100',
        "requires.poinst: no such metric; did you mean points",
    ),
    "falling ladder": ('path = "tier.gold.requires.points"\nto = 40', "40 is below certified's 50"),
    "another id": ('path = "tier.gold.id"\nto = "platinum"', "an id is what before and after are compared by"),
    "redundant threshold": ('path = "tier.gold.requires.points"\nto = 50', "is redundant: certified asks 50 already"),
    "wrong type": ('path = "window"\nto = "a year"', "must be 'all time'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_scenario_that_makes_no_sense_is_refused_by_name(tmp_path: Path, name):
    body, words = WRONG[name]
    (tmp_path / "scenarios").mkdir()
    head = 'title = "Drawn"\nbase = "microsoft-france"\n\n[[change]]\nreason = ""\nsource = ""\n'
    (tmp_path / "scenarios" / "drawn.toml").write_text(head + body, encoding="utf-8")
    with pytest.raises(PalierError) as refusal:
        read_scenario(Home(tmp_path), "drawn")
    assert "drawn.toml" in str(refusal.value) and words in str(refusal.value)


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        ('of = "losers"', "at_most: is missing, and so is at_least"),
        ('of = "partners"\nat_most = 5', "tier: is missing; partners needs it"),
        ('of = "partners"\ntier = "golf"\nat_most = 5', "no such tier 'golf'; did you mean gold"),
        ('of = "losers"\ntier = "gold"\nat_most = 5', "tier: says nothing about losers"),
        ('of = "winners"\nat_most = 5', "winners"),
    ],
)
def test_an_aim_that_makes_no_sense_is_refused(tmp_path: Path, aim, words):
    (tmp_path / "scenarios").mkdir()
    text = 'title = ""\nbase = "microsoft-france"\n[[change]]\npath = "window"\nto = 12\nreason = ""\nsource = ""\n[[aim]]\n'
    (tmp_path / "scenarios" / "drawn.toml").write_text(text + aim, encoding="utf-8")
    with pytest.raises(PalierError, match=words):
        read_scenario(Home(tmp_path), "drawn")


def test_the_scenario_table_counts_what_transitions_count_and_judges_aims(warehouse, sample_home, programme):
    chosen = [read_scenario(sample_home, name) for name in ("gold-100", "one-step-down")]
    table = scenario_table(warehouse, programme, chosen, BEFORE, AFTER).set_index("scenario")
    assert table["gold"].to_dict() == {"baseline": 131, "gold-100": 225, "one-step-down": 131}
    assert table["lose account_manager"].to_dict() == {"baseline": 145, "gold-100": 84, "one-step-down": 145}
    assert table.loc["gold-100", "gold ±"] == 94
    assert table["aims_met"].to_dict() == {
        "baseline": table.loc["baseline", "aims_met"],
        "gold-100": "2 of 2",
        "one-step-down": "0 of 1",
    }
    assert table.loc["one-step-down", "missed"] == "losers 406, aimed at most 250"


@pytest.mark.parametrize("name", SHIPPED)
def test_what_the_changes_do_adds_up_to_the_scenario(name, warehouse, sample_home, programme):
    scenario = read_scenario(sample_home, name)
    table = attribution(warehouse, scenario, AFTER).set_index("change")
    both = [
        standing(warehouse, rules, AFTER).counts().set_index("tier")["partners"]
        for rules in (scenario.programme, programme)
    ]
    for tier in ("gold", "certified"):
        assert (
            table[tier].iloc[:-1].sum()
            == pytest.approx(table.loc["all together", tier])
            == pytest.approx(both[0][tier] - both[1][tier])
        )


def test_what_the_changes_do_does_not_hang_on_their_order(tmp_path: Path, warehouse):
    metric = (
        'path = "metric.competencies"\nto = { counts = "entries", of = { category = ["competency"] }, source = "" }'
    )
    changes = [
        metric,
        'path = "tier.gold.requires.competencies"\nto = 1',
        'path = "tier.gold.requires.points"\nto = 100',
    ]
    (tmp_path / "scenarios").mkdir()
    found = []
    for order in permutations(changes):
        body = "".join(f'[[change]]\n{change}\nreason = ""\nsource = ""\n' for change in order)
        text = f'title = ""\nbase = "microsoft-france"\n{body}'
        (tmp_path / "scenarios" / "drawn.toml").write_text(text, encoding="utf-8")
        table = attribution(warehouse, read_scenario(Home(tmp_path), "drawn"), AFTER).set_index("change")
        found.append(table["gold"].sort_index().round(9).to_dict())
    assert all(one == found[0] for one in found)
    assert (
        found[0]["metric.competencies"]
        == found[0]["tier.gold.requires.competencies"]
        < 0
        < found[0]["tier.gold.requires.points"]
    )


def test_an_aim_is_held_to_those_on_the_roster_and_to_exact_numbers(warehouse, programme):
    early = Question(date(2003, 10, 31), known_on=DAY)
    moves = transition(warehouse, programme, early, AFTER)
    on_roster = moves.partners[moves.partners["tier_after"] != "left the roster"]
    assert len(on_roster) < len(moves.partners)
    shares = (on_roster["rank_after"] >= 1).groupby(on_roster["region"]).mean()
    gap = reached(Aim(of="group_gap", tier="certified", by="region", at_least=0.5), moves)
    assert gap == pytest.approx(shares.min() / shares.max())
    load = reached(Aim(of="load", benefit="adviser", at_most=125), moves)
    assert load == (on_roster["tier_after"] == "certified").sum() / 4 != round(load, 1)
