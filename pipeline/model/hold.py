"""How a tier is held although it is not earned any more: a pass over months, apart from the earned tier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.dates import day_before, firsts_of_months, months_before
from pipeline.base.warehouse import Warehouse
from pipeline.model.over_time import Asked, ranks_of, steps_over
from pipeline.model.population import Population, population
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.review import EARNED, LABEL, REASONS, State, carried, moved, reviewed, reviewed_on_any_day
from pipeline.model.rule import Ranks
from pipeline.model.version import Version

STEP, EVE, LOOK = range(3)
"""What happens to a state: a review, the last day of rules, and a question, which moves nothing."""


@dataclass(frozen=True)
class HeldOn:
    """Who holds what on a day. rank, because: shape (partners,), for those in `is_on`; because: codes of REASONS."""

    day: date
    version: Version
    is_on: NDArray[np.bool_]
    rank: Ranks
    because: Ranks
    people: Population

    def of(self, partner_ids: pd.Series) -> tuple[Ranks, NDArray[np.object_]]:
        """Rank and reason of each of these partners."""
        at = pd.Index(self.people.partner_ids).get_indexer(pd.Index(partner_ids))
        return self.rank[at], REASONS[self.because[at]]


def held_by(warehouse: Warehouse, programme: Programme, question: Question) -> HeldOn:
    """Who holds what on the day of one question."""
    [held] = held_over(warehouse, programme, [question.as_of], question.known_on, question.rules_on)
    return held


def held_over(
    warehouse: Warehouse, programme: Programme, days: list[date], known_on: date | None, rules_on: date | None = None
) -> Iterator[HeldOn]:
    """Who holds what on each of some days, given in order; the steps between are walked once."""
    versions = list(dict.fromkeys(programme.version_on(rules_on or day).effective for day in days))
    in_force = [version for version in programme.version if version.effective in versions]
    people = population(warehouse, programme.version)
    for version in in_force:
        looks = [day for day in days if programme.version_on(rules_on or day) == version]
        yield from _under(warehouse, programme, people, version, looks, known_on)


def _under(
    warehouse: Warehouse,
    programme: Programme,
    people: Population,
    version: Version,
    looks: list[date],
    known_on: date | None,
) -> Iterator[HeldOn]:
    """The answers for days under one version: the path is walked from where holding began."""
    if version.hold is None:
        for step in steps_over(warehouse, programme, people, [Asked(day, version) for day in looks], known_on):
            reason = LABEL if version.standing_by == "label" else EARNED
            because = np.full(len(people.partner_ids), reason)
            yield HeldOn(step.asked.as_of, version, step.roster.is_on, step.tier_rank, because, people)
        return
    if looks[0] < version.effective:
        yield from _supposed(warehouse, programme, people, version, looks, known_on)
        return
    chain = _chain(programme, version)
    began, first = _beginning(warehouse, programme, chain[0])
    chain = [one for one in chain if one.effective >= first.effective and one.hold is not None]
    start = max(chain[0].effective, began)
    events = [(start, start, chain[0], STEP)]
    for at, one in enumerate(chain):
        until = chain[at + 1].effective if at + 1 < len(chain) else looks[-1]
        last = day_before(until) if at + 1 < len(chain) else until
        after = day_before(one.effective) if at else start
        events += [(day_before(day), day, one, STEP) for day in firsts_of_months(after, last)]
        if at + 1 < len(chain):  # what is held on the eve of the next rules is what goes over to them
            events.append((last, last, one, EVE))
    # a look on the day when holding begins comes after the step of that day
    events += [(look, look, version, LOOK) for look in looks]
    ordered = sorted(events, key=lambda event: (event[0], event[1], event[3]))
    asked = [Asked(began, first), *(Asked(as_of, one) for as_of, _, one, _ in ordered)]
    walk = steps_over(warehouse, programme, people, asked, known_on)
    begin = next(walk)
    held = np.where(begin.roster.is_on, np.maximum(begin.tier_rank, 0), 0)
    rules = chain[0]
    state = carried(State(held, held), first, rules)
    for step, (_, day, one, kind) in zip(walk, ordered, strict=True):
        assert one.hold is not None
        if one.effective != rules.effective:
            state, rules = carried(state, rules, one), one
        if kind != STEP:
            seen = state.copy() if kind == LOOK else state
            because = moved(seen, step, day, one, *reviewed_on_any_day(one, len(held)))
            if kind == LOOK:
                yield HeldOn(day, version, step.roster.is_on, seen.rank, because, people)
            continue
        previous = firsts_of_months(months_before(day, 2), day_before(day))[-1]
        rises, falls = (reviewed(review, day, previous, step) for review in (one.hold.review_up, one.hold.review_down))
        if one.hold.downgrade == "one step" and day.day != 1:
            falls = np.zeros_like(falls)
        closed = None
        if one.window == "personal year" and one.hold.review_down == "anniversary":
            question = Question(day, known_on, one.effective, closed_since=previous)
            closed = ranks_of(warehouse, programme, people, question, one)
        moved(state, step, day, one, rises, falls, closed)


def _supposed(
    warehouse: Warehouse,
    programme: Programme,
    people: Population,
    version: Version,
    looks: list[date],
    known_on: date | None,
) -> Iterator[HeldOn]:
    """The answers of rules to come, as if each day were their first: what is held then goes over to them."""
    for look in looks:
        now = held_by(warehouse, programme, Question(look, known_on))
        [step] = steps_over(warehouse, programme, people, [Asked(look, version)], known_on)
        rank = np.where(now.is_on, np.maximum(now.rank, 0), 0)
        state = carried(State(rank, rank), now.version, version)
        because = moved(state, step, look, version, *reviewed_on_any_day(version, len(rank)))
        yield HeldOn(look, version, step.roster.is_on, state.rank, because, people)


def _chain(programme: Programme, version: Version) -> list[Version]:
    """The versions up to this one that have been holding without a break."""
    at = programme.version.index(version)
    first = at
    while first > 0 and programme.version[first - 1].hold is not None:
        first -= 1
    return programme.version[first : at + 1]


def _beginning(warehouse: Warehouse, programme: Programme, first: Version) -> tuple[date, Version]:
    """The day whose standing is what is held at first, and its rules: the eve, else the first day with a roster."""
    [(roster_on,)] = warehouse.rows("select min(snapshot_on) from snapshot")
    eve, at = day_before(first.effective), programme.version.index(first)
    if at > 0 and roster_on <= eve:
        return eve, programme.version[at - 1]
    return max(first.effective, roster_on), programme.version_on(max(first.effective, roster_on))
