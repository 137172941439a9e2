"""Scenarios side by side: counts, losers, benefits lost, load, aims met or missed; and what each change of one does."""

from itertools import combinations
from math import factorial
from typing import Any

import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.axis import changed_version, refuse_mistakes, with_version
from pipeline.model.benefit import change, changes
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.scenario import Aim, Scenario
from pipeline.model.standing import NOT_GIVEN, standing
from pipeline.model.transition import Transition, transition

MOST_CHANGES = 8
OFF = -2
"""The rank of who is not on the roster."""


def facts_of(moves: Transition) -> dict[str, Any]:
    """One row of the scenario table: partners per tier after, who falls and rises, what each benefit loses and asks."""
    after = moves.after.counts().set_index("tier")["partners"]
    facts: dict[str, Any] = {str(tier): int(partners) for tier, partners in after.items()}
    facts |= {
        "fall": int((moves.partners["move"] == "down").sum()),
        "rise": int((moves.partners["move"] == "up").sum()),
    }
    for one in changes(moves):
        summary = one.summary()
        if one.benefit.stated_partners or one.benefit.stated_heads:
            facts[f"lose {one.benefit.id}"] = summary["lose_it"]
        if summary["per_head_if_all_served"] is not None and one.benefit.capacity_per_head:
            facts[f"{one.benefit.id} load"] = summary["per_head_if_all_served"]
    return facts


def scenario_table(
    warehouse: Warehouse, baseline: Programme, scenarios: list[Scenario], before: Question, after: Question
) -> pd.DataFrame:
    """One row per scenario, the baseline first: facts, the difference of the top tier's and fallers' numbers, aims."""
    moves = transition(warehouse, baseline, before, after)
    base = facts_of(moves)
    top = moves.after.tiers[0]
    rows = [{"scenario": "baseline", **base}]
    for scenario in scenarios:
        moved = transition(warehouse, scenario.programme, before, after)
        facts = facts_of(moved)
        aims = [(aim, reached(aim, moved)) for aim in scenario.file.aim]
        met = sum(is_met(aim, value) for aim, value in aims)
        rows.append({
            "scenario": scenario.name, **facts, f"{top} ±": facts[top] - base[top], "fall ±": facts["fall"] - base["fall"],
            "aims_met": f"{met} of {len(aims)}" if aims else "",
            "missed": "; ".join(aim_in_words(aim, value) for aim, value in aims if not is_met(aim, value)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def reached(aim: Aim, moves: Transition) -> float:
    """What a transition comes to in the terms of an aim."""
    match aim.of:
        case "losers":
            return float((moves.partners["move"] == "down").sum())
        case "benefit_losers":
            return float(change(moves, aim.benefit).partners["loses"].sum())
        case "load":
            found = change(moves, aim.benefit).load_if_all_served
            if found is None:
                raise PalierError(f"aim of load on {aim.benefit}: nobody is named for it, so there is no load")
            return found
        case "partners":
            return float(_at_or_above(moves, aim.tier).sum())
        case _:
            on_roster = moves.partners["rank_after"] > OFF
            groups = moves.partners[aim.by].fillna(NOT_GIVEN)[on_roster]
            shares = _at_or_above(moves, aim.tier)[on_roster].groupby(groups).mean()
            return float(shares.min() / shares.max()) if shares.max() > 0 else 1.0


def _at_or_above(moves: Transition, tier: str) -> pd.Series:
    return moves.partners["rank_after"] >= moves.after.version.ranks()[tier]


def is_met(aim: Aim, value: float) -> bool:
    """Whether a value is within the bounds of an aim."""
    return (aim.at_most is None or value <= float(aim.at_most)) and (
        aim.at_least is None or value >= float(aim.at_least)
    )


def aim_in_words(aim: Aim, value: float) -> str:
    """`benefit_losers of account_manager 145, aimed at most 125`."""
    of = " ".join(part for part in (aim.of, aim.tier, aim.benefit, aim.by) if part)
    bounds = [f"at most {aim.at_most}"] * (aim.at_most is not None) + [f"at least {aim.at_least}"] * (
        aim.at_least is not None
    )
    return f"{of} {value:g}, aimed {' and '.join(bounds)}"


def attribution(warehouse: Warehouse, scenario: Scenario, after: Question) -> pd.DataFrame:
    """What each change of a scenario does to the number of partners per tier: its Shapley value, so that they add up.

    One row per change, then the sum, equal to scenario minus baseline. A change's value is its effect averaged over all
    orders in which the changes can be made (L. S. Shapley, A value for n-person games, 1953); one that cannot stand alone,
    such as a minimum on a metric that another change adds, counts as having no effect until it can. Raises PalierError above
    8 changes.
    """
    made = {one.path: one.to for one in scenario.file.change}
    if len(made) > MOST_CHANGES:
        raise PalierError(
            f"{scenario.name}: {len(made)} changes have {2 ** len(made):,} combinations; at most {MOST_CHANGES} changes are told apart."
        )
    tiers = [tier.id for tier in reversed(scenario.changes_version.tier)]
    paths = list(made)
    every = [frozenset(chosen) for size in range(len(paths) + 1) for chosen in combinations(paths, size)]
    counts = {
        chosen: _counts(warehouse, scenario, {p: made[p] for p in paths if p in chosen}, after) for chosen in every
    }
    stands = {chosen: found[tiers] for chosen, found in counts.items() if found is not None}
    worth = {chosen: stands[chosen] if chosen in stands else _of_the_largest(chosen, stands) for chosen in every}
    rows, n = [], len(paths)
    for path in paths:
        value = pd.Series(0.0, index=tiers)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations([other for other in paths if other != path], size):
                value = value + weight * (worth[frozenset({*chosen, path})] - worth[frozenset(chosen)])
        rows.append({"change": path, **value.to_dict()})
    total = worth[frozenset(paths)] - worth[frozenset()]
    return pd.DataFrame([*rows, {"change": "all together", **total.astype(float).to_dict()}])


def _counts(warehouse: Warehouse, scenario: Scenario, made: dict[str, Any], after: Question) -> pd.Series | None:
    """Partners per tier with some of the changes; None where they cannot stand without another."""
    version = scenario.changes_version
    try:
        programme = with_version(scenario.base, version, changed_version(version, made))
        refuse_mistakes(programme)
    except PalierError:
        return None
    return standing(warehouse, programme, after).counts().set_index("tier")["partners"].astype(float)


def _of_the_largest(chosen: frozenset[str], stands: dict[frozenset[str], pd.Series]) -> pd.Series:
    """The mean over the largest sets of these changes that can stand, so that the order of the changes tells nothing."""
    inside = [smaller for smaller in stands if smaller < chosen]
    most = max(map(len, inside))
    return pd.DataFrame([stands[one] for one in inside if len(one) == most]).mean()
