"""How a tier is held, in plain Python: one partner, one step after the other. Beside reference.py, which says what he earns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from model.reference import NEW_YEAR, World, came_round, earned, labelled, listed_on, measured, version_on

from pipeline.base.dates import day_before, months_before
from pipeline.model.version import Hold, Review, Version


@dataclass
class State:
    """What a partner holds and why; at_start: what he held when the version in force began."""

    rank: int = 0
    at_start: int = 0
    reached: date | None = None
    below: date | None = None
    reason: str = "earned"


@dataclass(frozen=True)
class Stood:
    """The answer of one partner on one day."""

    metrics: dict[str, Decimal | int]
    earned_tier: str
    tier: str
    held_because: str


def stood_by_all(world: World, as_of: date) -> dict[str, Stood]:
    """Every partner on the roster of the day."""
    partners = {one.partner_id for listed in world.rosters.values() for one in listed}
    return {partner: stood(world, partner, as_of) for partner in sorted(partners) if listed_on(world, partner, as_of)}


def stood(world: World, partner_id: str, as_of: date) -> Stood:
    version, listed = version_on(world, as_of), listed_on(world, partner_id, as_of)
    rank = earned(world, version, listed, as_of)
    held, reason = rank, "earned"
    if version.standing_by == "label":
        held, reason = labelled(version, listed), "label"
    elif version.hold:
        state = path(world, partner_id, as_of)
        held, reason = state.rank, state.reason
    return Stood(measured(world, version, listed, as_of), tier_id(version, rank), tier_id(version, held), reason)


def tier_id(version: Version, rank: int) -> str:
    return {-1: "unknown", 0: "none"}.get(rank) or version.tier[rank - 1].id


def months_after(day: date, months: int) -> date:
    return months_before(day, -months)


def carried(rank: int, before: Version, after: Version) -> int:
    """A rank by tier id; a tier that is gone counts as the next lower one that still exists."""
    still = {tier.id: at for at, tier in enumerate(after.tier, start=1)}
    return next((still[tier.id] for tier in reversed(before.tier[: max(rank, 0)]) if tier.id in still), 0)


def earned_rank(world: World, partner_id: str, day: date, version: Version) -> int:
    """What a partner earns on a day by the rules of a version; off the roster nothing."""
    listed = listed_on(world, partner_id, day)
    return earned(world, version, listed, day) if listed else 0


def first_version_held(world: World, as_of: date) -> Version:
    """The version in force, or the earliest before it from which on every one has a hold."""
    first = version_on(world, as_of)
    for before, version in reversed(list(pairwise(world.programme.version))):
        if version is first and before.hold:
            first = before
    return first


def is_covered(world: World, day: date) -> bool:
    return version_on(world, day) is not None and min(world.rosters) <= min(day, world.known_on)


def beginning(world: World, partner_id: str, as_of: date) -> tuple[date, State]:
    """The first day of holding and what is held then."""
    first = first_version_held(world, as_of)
    eve = day_before(first.effective)
    if not is_covered(world, eve):
        start = max(world.programme.version[0].effective, min(world.rosters))
        rank = earned_rank(world, partner_id, start, version_on(world, start))
        return start, State(rank, rank)
    before, listed = version_on(world, eve), listed_on(world, partner_id, eve)
    rank = earned_rank(world, partner_id, eve, before)
    if before.standing_by == "label":
        rank = labelled(before, listed) if listed else 0
    rank = carried(rank, before, first)
    return first.effective, State(rank, rank)


def path(world: World, partner_id: str, as_of: date) -> State:
    """From the first day of holding, judged at its own end, over the firsts of months to the day in question."""
    start, state = beginning(world, partner_id, as_of)
    version = version_on(world, start)
    step(world, partner_id, state, version, start, judged=start, is_first=start.day == 1)
    months = range(1, (as_of.year - start.year) * 12 + as_of.month - start.month + 1)
    for month in months:
        first = months_after(start.replace(day=1), month)
        version = renewed(world, partner_id, state, version, first)
        step(world, partner_id, state, version, first, judged=day_before(first), is_first=True)
    version = renewed(world, partner_id, state, version, as_of)
    step(world, partner_id, state, version, as_of, judged=as_of, is_first=False)
    return state


def renewed(world: World, partner_id: str, state: State, version: Version, day: date) -> Version:
    """The version in force on a day; where it is another one, what is held on its eve goes over to it."""
    for after in world.programme.version:
        if version.effective < after.effective <= day:
            eve = day_before(after.effective)
            step(world, partner_id, state, version, eve, judged=eve, is_first=False)
            state.rank = state.at_start = carried(state.rank, version, after)
            version = after
    return version


def step(
    world: World, partner_id: str, state: State, version: Version, day: date, judged: date, is_first: bool
) -> None:
    """Rise, keep or fall. The first of a month judges the day before; the first day and that in question themselves."""
    hold = version.hold
    listed = listed_on(world, partner_id, judged)
    state.reason = "earned"
    if listed is None:
        state.rank, state.at_start, state.reached, state.below = 0, 0, None, None
        return
    came = came_round(listed.joined_on or NEW_YEAR, day)

    def is_reviewed(review: Review) -> bool:
        if review == "anniversary":
            return is_first and came > months_before(day, 1)
        return review == "always" or (is_first and day.month in review)

    rank = earned_rank(world, partner_id, judged, version)
    if rank > state.rank and is_reviewed(hold.review_up):
        state.rank, state.reached = rank, day
    if rank >= state.rank:
        state.below = None
    elif hold.grandfathered_until and day < hold.grandfathered_until and state.rank <= state.at_start:
        state.reason = "grandfathered"
    elif hold.protected_months and state.reached and day < months_after(state.reached, hold.protected_months):
        state.reason = "protected"
    else:
        state.below = state.below or day
        if hold.grace_months and day < months_after(state.below, hold.grace_months):
            state.reason = "grace"
        elif hold.downgrade == "none":
            state.reason = "kept"
        elif not is_reviewed(hold.review_down) or (hold.downgrade == "one step" and not is_first):
            state.reason = "until review"
        else:
            if version.window == "personal year" and hold.review_down == "anniversary":
                rank = max(rank, earned_rank(world, partner_id, day_before(came), version))
            fall(state, rank, hold)


def fall(state: State, rank: int, hold: Hold) -> None:
    """Down to what is earned, or one step; whoever earned his tier in the year that is judged keeps it."""
    if rank < state.rank:
        state.rank = max(rank, state.rank - 1) if hold.downgrade == "one step" else rank
        state.reached = state.below = None
