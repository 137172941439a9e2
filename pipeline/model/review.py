"""One review of a tier that is held: who rises, who falls, and why the others keep what they hold."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.dates import months_after
from pipeline.model.over_time import Step
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


def carried(state: State, before: Version, after: Version) -> State:
    """A state under new rules: a tier that is gone counts as the next lower one that is left."""
    later, ranks = after.ranks(), [0]
    for tier in before.tier:
        ranks.append(later.get(tier.id, ranks[-1]))
    rank = np.array(ranks, np.int64)[state.rank]
    carried = State(rank, rank.copy())
    carried.reached, carried.below = state.reached, state.below
    return carried


def reviewed_on_any_day(version: Version, size: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who may rise and who may fall on a day that is no first of a month."""
    hold = version.hold
    assert hold is not None
    falls = hold.review_down == "always" and hold.downgrade != "one step"  # a step is taken on the first of a month
    return np.full(size, hold.review_up == "always"), np.full(size, falls)


def reviewed(review: Review, day: date, previous: date, step: Step) -> NDArray[np.bool_]:
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


def moved(
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
