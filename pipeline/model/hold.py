"""How a tier is held although it is not earned any more: a pass over months, apart from the earned tier."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.dates import day_before, firsts_of_months, months_after, months_before
from pipeline.base.warehouse import Warehouse
from pipeline.model.over_time import Asked, Step, ranks_of, steps_over
from pipeline.model.population import Population, population
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.rule import Ranks
from pipeline.model.version import Review, Version

REASONS = np.array(["earned", "label", "grandfathered", "protected", "grace", "until review", "kept"], dtype=object)
EARNED, LABEL, GRANDFATHERED, PROTECTED, GRACE, UNTIL_REVIEW, KEPT = range(len(REASONS))
NO_DAY = np.datetime64("0001-01-01", "D")


@dataclass
class State:
    """What each partner holds, and since when. Shapes: (partners,).

    reached: the day of the last rise; below: the first review that found the tier earned no more; NO_DAY = none.
    at_start: what was held the day before the rules in force began.
    """

    rank: Ranks
    at_start: Ranks
    reached: NDArray[np.datetime64] = field(init=False)
    below: NDArray[np.datetime64] = field(init=False)

    def __post_init__(self) -> None:
        self.reached = np.full(len(self.rank), NO_DAY)
        self.below = np.full(len(self.rank), NO_DAY)

    def copy(self) -> "State":
        """A state of its own."""
        other = State(self.rank.copy(), self.at_start)
        other.reached, other.below = self.reached.copy(), self.below.copy()
        return other


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
    chain = _chain(programme, version)
    began, first = _beginning(warehouse, programme, chain[0])
    chain = [one for one in chain if one.effective >= first.effective and one.hold is not None]
    start = max(chain[0].effective, began)
    events = [(start, start, chain[0])]
    for at, one in enumerate(chain):
        until = chain[at + 1].effective if at + 1 < len(chain) else looks[-1]
        last = day_before(until) if at + 1 < len(chain) else until
        after = day_before(one.effective) if at else start
        events += [(day_before(day), day, one) for day in firsts_of_months(after, last)]
    # a look on the day when holding begins comes after the step of that day
    ordered = sorted(
        [*((*event, False) for event in events), *((look, look, version, True) for look in looks)],
        key=lambda event: (event[0], event[1], event[3]),
    )
    asked = [Asked(began, first), *(Asked(as_of, one) for as_of, _, one, _ in ordered)]
    walk = steps_over(warehouse, programme, people, asked, known_on)
    begin = next(walk)
    held = np.where(begin.roster.is_on, np.maximum(begin.tier_rank, 0), 0)
    rules = chain[0]
    state = _carried(State(held, held), first, rules)
    for step, (_, day, one, is_look) in zip(walk, ordered, strict=True):
        assert one.hold is not None
        if one.effective != rules.effective:
            state, rules = _carried(state, rules, one), one
        if is_look:
            seen = state.copy()
            because = _moved(seen, step, day, one, *_reviewed_on_any_day(one, len(held)))
            yield HeldOn(day, version, step.roster.is_on, seen.rank, because, people)
            continue
        previous = firsts_of_months(months_before(day, 2), day_before(day))[-1]
        rises, falls = (_reviewed(review, day, previous, step) for review in (one.hold.review_up, one.hold.review_down))
        if one.hold.downgrade == "one step" and day.day != 1:
            falls = np.zeros_like(falls)
        closed = None
        if one.window == "personal year" and one.hold.review_down == "anniversary":
            question = Question(day, known_on, one.effective, closed_since=previous)
            closed = ranks_of(warehouse, programme, people, question, one)
        _moved(state, step, day, one, rises, falls, closed)


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


def _carried(state: State, before: Version, after: Version) -> State:
    """A state under new rules: a tier that is gone counts as the next lower one that is left."""
    later, ranks = after.ranks(), [0]
    for tier in before.tier:
        ranks.append(later.get(tier.id, ranks[-1]))
    rank = np.array(ranks, np.int64)[state.rank]
    carried = State(rank, rank.copy())
    carried.reached, carried.below = state.reached, state.below
    return carried


def _reviewed_on_any_day(version: Version, size: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    hold = version.hold
    assert hold is not None
    falls = hold.review_down == "always" and hold.downgrade != "one step"  # a step is taken on the first of a month
    return np.full(size, hold.review_up == "always"), np.full(size, falls)


def _reviewed(review: Review, day: date, previous: date, step: Step) -> NDArray[np.bool_]:
    """Who is reviewed on the first of a month, or on the day when the rules begin."""
    size = len(step.earned_rank)
    if review == "anniversary":
        return _has_anniversary(step.roster.joined_on, previous, day)
    return np.full(size, review == "always" or (day.day == 1 and day.month in review))


def _has_anniversary(joined_on: NDArray[np.datetime64], after: date, up_to: date) -> NDArray[np.bool_]:
    """Whose day came round in (after, up_to]; without a day that is the first of January."""
    days = pd.DatetimeIndex(pd.Series(joined_on.astype("datetime64[s]")).fillna(pd.Timestamp(2000, 1, 1)))
    found = np.zeros(len(days), bool)
    month, number = days.month.to_numpy(), days.day.to_numpy()
    for day in pd.date_range(after, up_to)[1:]:
        is_eve_of_march = day.month == 2 and day.is_month_end and not day.is_leap_year
        found |= (month == day.month) & ((number == day.day) | (is_eve_of_march & (number == 29)))
    return found


def _moved(
    state: State,
    step: Step,
    day: date,
    version: Version,
    rises: NDArray[np.bool_],
    falls: NDArray[np.bool_],
    closed: Ranks | None = None,
) -> Ranks:
    """Move a state by one review and say why each holds what it holds: codes of REASONS. Shapes: (partners,)."""
    hold = version.hold
    assert hold is not None
    today, is_on = np.datetime64(day, "D"), step.roster.is_on
    because = np.full(len(state.rank), EARNED)
    state.rank[~is_on] = 0
    state.reached[~is_on], state.below[~is_on] = NO_DAY, NO_DAY
    state.at_start = np.where(is_on, state.at_start, 0)
    earned = np.where(is_on, step.earned_rank, 0)
    up = (earned > state.rank) & rises
    state.rank[up], state.reached[up] = earned[up], today
    is_below = earned < state.rank
    state.below[~is_below] = NO_DAY
    left = is_below.copy()

    def keep(who: NDArray[np.bool_], reason: int) -> None:
        because[left & who] = reason
        left[who] = False

    if hold.grandfathered_until and day < hold.grandfathered_until:
        keep(state.rank <= state.at_start, GRANDFATHERED)
    if hold.protected_months:
        keep((state.reached != NO_DAY) & (_later(state.reached, hold.protected_months) > today), PROTECTED)
    state.below[left & (state.below == NO_DAY)] = today
    if hold.grace_months:
        keep(_later(state.below, hold.grace_months) > today, GRACE)
    if hold.downgrade == "none":
        keep(left.copy(), KEPT)
    keep(~falls, UNTIL_REVIEW)
    target = earned if closed is None else np.maximum(earned, np.where(is_on, closed, 0))
    keep(target >= state.rank, EARNED)
    if hold.downgrade == "one step":
        target = np.maximum(target, state.rank - 1)
    state.rank[left] = target[left]
    state.reached[left], state.below[left] = NO_DAY, NO_DAY
    return because


def _later(days: NDArray[np.datetime64], months: int) -> NDArray[np.datetime64]:
    """Each day some months later; few are different."""
    different, at = np.unique(days, return_inverse=True)
    later = np.array([months_after(day, months) for day in different.tolist()], "datetime64[D]")
    return later[at]
