"""Scenarios side by side, their aims in words, and who moves in the one that is looked at closely."""

from typing import Any

import pandas as pd

from pipeline.model.scenario import Aim
from pipeline.model.scenario_table import is_met
from pipeline.report.fragment import Fragment, Heading, Sentences, Table
from pipeline.report.scenario_study import Outcome, WhatIf
from pipeline.report.study import FIRST_ROWS
from pipeline.report.sweep_chart import aim_bounds
from pipeline.report.tier_chart import matrix_of
from pipeline.report.what_if import moves_finding
from pipeline.report.words import count, exact, many


def scenario_rows(page: WhatIf) -> list[Fragment]:
    """One row per scenario, the baseline first: a few numbers that fit a phone; the others, and the aims, below."""
    if not page.outcomes:
        return [Sentences([f"There are none about {page.study.programme.title}. A scenario is a file in scenarios/, a few changes with "
                           "their reasons; those of microsoft-france are examples."])]  # fmt: skip
    where = page.study.region or "all regions"
    columns = {
        "scenario": "scenario",
        **{tier: page.study.title_of(tier) for tier in page.tiers},
        "fall": "lose a tier",
    }
    whole = scenario_frame(page)
    met = "aims met, all regions" if page.study.region else "aims met"
    first = whole[[*columns, "aims met"]].rename(columns={**columns, "aims met": met})
    rest = whole.drop(columns=[*page.tiers, "fall", "aims met"]).rename(columns=lambda name: _title(page, name))
    return [
        Table(f"Scenarios side by side, {where}, {page.study.cut_over}", first),
        aim_table(page),
        Table(f"What else changes, {where}", rest),
    ]


def scenario_frame(page: WhatIf) -> pd.DataFrame:
    """All facts of all scenarios, as in the scenario table of the model; and how many aims are met."""
    table: list[dict[str, Any]] = [{"scenario": "rules as they are", **page.facts, "aims met": None}]
    for one in page.outcomes:
        known = [(aim, value) for aim, value in one.aims if value is not None]
        met = f"{sum(is_met(*pair) for pair in known)} of {len(one.aims)}" if one.aims else None
        table.append({"scenario": one.scenario.name, **one.facts, "aims met": met})
    found = pd.DataFrame(table).astype(object)
    if page.study.region:  # a head serves more than one region
        found = found.drop(columns=[name for name in found if str(name).endswith(" load")])
    return found.where(found.notna(), None)


def _title(page: WhatIf, fact: str) -> str:
    """The heading of a fact of the scenario table."""
    titles = {benefit.id: benefit.title for benefit in page.study.programme.benefit}
    if fact.startswith("lose ") and fact[5:] in titles:
        return f"lose: {titles[fact[5:]]}"
    if fact.endswith(" load") and fact[:-5] in titles:
        return f"{titles[fact[:-5]]}, per head if all are served"
    return {"none": "no tier", "unknown": "unknown label", "rise": "gain a tier"}.get(fact, fact)


def aim_table(page: WhatIf) -> Table:
    """Each aim of each scenario: met or missed, what it comes to, and what it asks, in words."""
    table: list[tuple[str | None, ...]] = []
    for one in page.outcomes:
        scenario = f"{one.scenario.name}: {one.title}"
        for aim, value in one.aims:
            said = verdict(aim, value), reached_in_words(aim, value), aim_in_words(page, aim)
            table.append((*said, scenario))
        if not one.aims:
            table.append((None, None, "no aim is stated", scenario))
    shown = pd.DataFrame(table, columns=["aim", "comes to", "what is aimed at", "scenario"], dtype=object)
    return Table("Aims met and missed, all regions", shown)


def aim_in_words(page: WhatIf, aim: Aim) -> str:
    """`at most 125 lose: Partner account manager (PAM)`."""
    tier, bounds = page.study.title_of(aim.tier), aim_bounds(aim)
    benefit = next((one.title for one in page.study.programme.benefit if one.id == aim.benefit), aim.benefit)
    match aim.of:
        case "partners":
            return f"{bounds} partners at {tier} or above"
        case "losers":
            return f"{bounds} partners lose a tier"
        case "benefit_losers":
            return f"{bounds} lose: {benefit}"
        case "load":
            return f"{bounds} partners per head: {benefit}"
        case _:
            return f"the lowest {aim.by.replace('_', ' ')}'s share at {tier} or above is {bounds} of the highest's"


def reached_in_words(aim: Aim, value: float | None) -> str | None:
    """What an aim comes to: a count, or a share of the highest group's."""
    if value is None:
        return None
    return f"{value:.2f}" if aim.of == "group_gap" else exact(value)


def verdict(aim: Aim, value: float | None) -> str:
    """met, missed, or not known."""
    if value is None:
        return "not known"
    return "met" if is_met(aim, value) else "missed"


def chosen_heading(page: WhatIf) -> Heading:
    """The scenario that is looked at closely."""
    return Heading(f"Who moves in the scenario “{page.chosen.title}”?" if page.chosen else "Who moves in a scenario?")


def who_moves(page: WhatIf) -> list[Fragment]:
    """The matrix from the rules as they are to the scenario, who stands higher and lower, and what each change does."""
    if not (page.chosen and page.against and page.moved):
        return [Sentences(["There is no scenario to look at closely."])]
    day = page.study.cut_over
    why = [_changed(page.chosen, at) for at in range(len(page.chosen.scenario.changed))]
    caption = (
        f"From the tier under the rules as they are (rows) to the tier in the scenario (columns), both on {day}, with the share of "
        "the row. Outlined: unchanged; plum: lower; green: higher."
    )
    sides = (f"rules as they are, {day}", f"{page.chosen.scenario.name}, {day}")
    matrix = matrix_of(page.against, moves_finding(page), caption, sides)
    lists = [mover_list(page, move, words) for move, words in (("up", "higher"), ("down", "lower"))]
    return [Sentences(why), matrix, *lists, *_attributed(page, page.chosen)]


def _changed(chosen: Outcome, at: int) -> str:
    """`tier.gold.requires.points: 100 instead of 120. <reason> <source>`"""
    path, was, is_now = chosen.scenario.changed[at]
    why = chosen.scenario.file.change[at]
    instead = f" instead of {_value(was)}" if was is not None else ""
    return f"{path}: {_value(is_now)}{instead}. {why.reason} (Source: {why.source.rstrip('.') or 'not given'}.)"


def _value(value: Any) -> str:
    """A value of a rulebook in words: `points 30, of category staff`."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_value(one)}" for key, one in value.items() if key != "source")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def mover_list(page: WhatIf, move: str, words: str) -> Table:
    """Who stands higher, or lower, in the scenario: those with most points first."""
    assert page.against and page.chosen, "there is a scenario"
    found = page.against.transition.moved(move)
    is_same = (found["points"] == found["points_before"]).all()
    table = pd.DataFrame({
        "partner": found["name"], "id": found["partner_id"], "region": found["region"],
        "as the rules are": found["tier_before"].map(page.study.title_of), "in the scenario": found["tier_after"].map(page.study.title_of),
        **({} if is_same else {"points as the rules are": found["points_before"]}),
        "points" if is_same else "points in the scenario": found["points"],
    })  # fmt: skip
    command = f"palier standing --scenario {page.chosen.scenario.name} --as-of {page.study.cut_over} --known-on {page.study.known_on} --partners --output standing.csv"
    return Table(
        f"Who stands {words} than under the rules as they are", table, FIRST_ROWS, command, "everyone in the scenario"
    )


def _attributed(page: WhatIf, chosen: Outcome) -> list[Fragment]:
    """What each change does, where there are several and they can be told apart."""
    changes = len(chosen.scenario.file.change)
    if page.attributed is None:
        too_many = f"{chosen.title} makes {count(changes)} changes, too many to tell apart what each does."
        return [Sentences([too_many])] if changes > 1 else []
    table = page.attributed.rename(columns=page.study.title_of)
    note = (
        f"What each of the {many(changes, 'change')} adds to the partners of each tier in all regions, averaged over all orders in which "
        "they can be made (their Shapley values), so that they add up."
    )
    return [Sentences([note]), Table("What each change does", table)]
