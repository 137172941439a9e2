"""The numbers behind the page on what would be, against single standings and the scenario table."""

from decimal import Decimal

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.model.axis import changed_version, with_version
from pipeline.model.benefit import change
from pipeline.model.scenario_table import scenario_table
from pipeline.model.transition import Transition, transition
from pipeline.report import scenario_list, what_if
from pipeline.report.fragment import Picture
from pipeline.report.scenario_study import WhatIf, open_what_if
from pipeline.report.study import in_region
from pipeline.report.thresholds import (
    at_or_above,
    axis,
    grid,
    kept,
    lost_under,
    neighbours,
    not_beaten,
    step_of,
    steps,
    trade_offs,
)


@pytest.fixture(scope="module")
def page(home: Home) -> WhatIf:
    return open_what_if(home=str(home.root))


def under(page: WhatIf, home: Home, minimums: dict[str, int]) -> Transition:
    """The transition under other minimums, asked one by one of the warehouse."""
    study = page.study
    version = study.transition.after.version
    asked = changed_version(version, {path: Decimal(value) for path, value in minimums.items()})
    with Warehouse.open(home.warehouse) as warehouse:
        whole = transition(
            warehouse,
            with_version(study.programme, version, asked),
            study.whole.before.question,
            study.whole.after.question,
        )
    return in_region(whole, study.region) if study.region else whole


@pytest.mark.parametrize(("tier", "threshold"), [("gold", 100), ("gold", 113), ("certified", 45), ("certified", 130)])
def test_a_step_is_what_a_single_standing_says(page: WhatIf, home: Home, tier: str, threshold: int) -> None:
    minimums = {f"tier.{tier}.requires.points": threshold}
    if tier == "certified" and threshold > 120:  # a ladder rises: who is Gold is Certified too
        minimums["tier.gold.requires.points"] = threshold
    after = under(page, home, minimums).after
    stood = after.partners["tier_rank"] >= after.version.ranks()[tier]
    assert at_or_above(page, tier, [Decimal(threshold)]) == [stood.sum()]


def test_the_step_curve_steps_at_points_that_somebody_has(page: WhatIf) -> None:
    gold = page.study.transition.after.version.tier[-1]
    curve = steps(page, gold)
    points = {*page.study.transition.after.partners["points"], Decimal(120), Decimal(180)}
    assert set(curve["up to"]) <= points and curve["partners"].is_monotonic_decreasing
    between = [at - Decimal("0.01") for at in curve["up to"][1:]]
    assert at_or_above(page, "gold", between) == at_or_above(page, "gold", list(curve["up to"][1:]))


@pytest.mark.parametrize(("lower", "upper"), [(50, 120), (40, 80), (70, 160)])
def test_a_cell_of_the_map_is_what_a_single_transition_says(page: WhatIf, home: Home, lower: int, upper: int) -> None:
    cells = grid(page).set_index(["lower", "upper"])
    moves = under(page, home, {"tier.certified.requires.points": lower, "tier.gold.requires.points": upper})
    found = cells.loc[(Decimal(lower), Decimal(upper))]
    assert found["partners"] == (moves.after.partners["tier"] == "gold").sum()
    assert found["falls"] == (moves.partners["move"] == "down").sum()


@pytest.mark.parametrize(("points", "domains"), [(110, 0), (100, 2), (130, 3)])
def test_who_loses_the_account_manager_is_looked_up_as_it_is_counted(
    page: WhatIf, home: Home, points: int, domains: int
) -> None:
    axes = [axis("gold", [Decimal(points)]), axis("gold", [Decimal(domains)], "domains")]
    moves = under(page, home, {"tier.gold.requires.points": points, "tier.gold.requires.domains": domains})
    assert page.service and page.service.benefit.id == "account_manager"
    assert lost_under(page, axes) == [change(moves, "account_manager").partners["loses"].sum()]


def test_no_threshold_shown_is_beaten_by_another_and_each_trades(page: WhatIf) -> None:
    found, tried = trade_offs(page)
    assert tried == 17 * 4 and len(found) == len(found[["partners", "lose"]].drop_duplicates())
    assert found["lose"].is_monotonic_increasing and found["partners"].is_monotonic_decreasing
    table = grid(page)[["partners", "falls"]].to_numpy()
    slow = [not any((b <= a).all() and (b < a).any() for b in table) for a in table]
    assert not_beaten(table).tolist() == slow


def test_today_is_on_every_chart_with_todays_number(page: WhatIf) -> None:
    for tier in page.study.transition.after.version.tier:
        near = neighbours(page, tier)
        today = near[near["threshold"] == tier.requires["points"]].iloc[0]
        stood = (
            page.study.transition.after.partners["tier_rank"] >= page.study.transition.after.version.ranks()[tier.id]
        )
        assert (today["partners"], today["change"]) == (stood.sum(), 0)


def test_the_threshold_that_keeps_so_many_keeps_them(page: WhatIf) -> None:
    gold = page.study.transition.after.version.tier[-1]
    asked = kept(page, gold)
    assert asked and asked[0] == (page.study.transition.before.partners["tier"] == "gold").sum()
    best = asked[1][asked[1]["is_best"]].iloc[0]
    assert at_or_above(page, "gold", [best["up_to"]]) == [best["partners"]]
    assert f"{best['up_to'].normalize():f} points" in what_if.kept_in_words(page, gold)


@pytest.mark.parametrize(
    ("threshold", "step"), [("50", "5"), ("120", "5"), ("1000", "50"), ("20", "1"), ("700", "50"), ("0", "0.01")]
)
def test_a_step_suits_its_threshold(threshold: str, step: str) -> None:
    assert step_of(Decimal(threshold)) == Decimal(step)


def test_scenarios_come_to_what_the_model_says(page: WhatIf, home: Home) -> None:
    with Warehouse.open(home.warehouse) as warehouse:
        moves = page.study.transition
        table = scenario_table(
            warehouse,
            page.study.programme,
            [one.scenario for one in page.outcomes],
            moves.before.question,
            moves.after.question,
        )
    shown = scenario_list.scenario_frame(page)
    for column in ("gold", "certified", "none", "fall", "rise", "lose account_manager", "adviser load"):
        assert list(shown[column]) == list(table[column])
    assert list(shown["aims met"][1:]) == list(table["aims_met"][1:])


def test_the_first_scenario_is_looked_at_closely_and_another_by_name(page: WhatIf, home: Home) -> None:
    assert page.chosen and page.chosen.scenario.name == "gold-100"
    other = open_what_if("gold-needs-a-competency", home=str(home.root))
    assert other.attributed is not None and "Gold also needs a competency" in what_if.headline(other)
    assert "What each change does" in "".join(one.html() for one in scenario_list.who_moves(other))


@pytest.mark.parametrize(
    ("scenario", "programme", "said"),
    [("gold-10", "", "did you mean gold-100"), ("gold-100", "airline-2024", "is about microsoft-france")],
)
def test_a_scenario_that_is_not_there_is_refused_by_name(home: Home, scenario: str, programme: str, said: str) -> None:
    with pytest.raises(PalierError, match=said):
        open_what_if(
            scenario, "2024-06-01", "2024-06-01", "", programme, str(home.root)
        ) if programme else open_what_if(scenario, home=str(home.root))


def test_the_matrix_and_the_lists_are_of_the_day_after_on_both_sides(page: WhatIf) -> None:
    assert page.against and page.moved
    matrix = next(one for one in scenario_list.who_moves(page) if isinstance(one, Picture))
    assert int(matrix.numbers.iloc[:, 1:].to_numpy().sum()) == len(page.study.transition.after.partners)
    higher = scenario_list.mover_list(page, "up", "higher").frame
    was, is_now = (
        one.partners.set_index("partner_id")["tier"]
        for one in (page.study.transition.after, page.moved.transition.after)
    )
    assert set(higher["id"]) == set(was[(was != "gold") & (is_now == "gold")].index)


def test_what_was_measured_of_a_region_is_of_its_partners(page: WhatIf) -> None:
    part = in_region(page.study.whole, "Bretagne")
    for standing in (part.before, part.after):
        assert standing.measured is not None
        points = [int(100 * points) for points in standing.partners["points"]]
        assert standing.measured.metrics[:, 0].tolist() == points
        assert standing.measured.label_rank.shape == standing.measured.track.shape == (len(points),)


def test_a_region_is_counted_by_itself(home: Home) -> None:
    part = open_what_if(region="Bretagne", home=str(home.root))
    assert part.cells.partners.sum() == len(part.study.transition.after.partners)
    after = under(part, home, {"tier.gold.requires.points": 100}).after
    assert at_or_above(part, "gold", [Decimal(100)]) == [(after.partners["tier"] == "gold").sum()]
