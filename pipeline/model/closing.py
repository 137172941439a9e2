"""What would close a gap: the activities of the rulebook, a few times over."""

from collections.abc import Collection
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from pipeline.model.programme import Programme

MOST_ENTRIES = 10
CLOSE_POINTS, CLOSE_SHARE = 5, Decimal("0.05")


def close_to(threshold: Decimal) -> Decimal:
    """How many points are few beside a threshold: 5, or 5 % of it in whole points where that is more."""
    return max(Decimal(CLOSE_POINTS), (threshold * CLOSE_SHARE).to_integral_value(ROUND_HALF_UP))


def closing_activity(programme: Programme, missing: Decimal, had: Collection[str] = ()) -> str | None:
    """The cheapest way to earn `missing` points by one kind of activity: `2 × customer reference`.

    Cheapest is the least surplus of points, then the fewest entries; never more than 10 entries, and an activity
    that counts once only if it is not among those `had`. None when nothing is missing or nothing closes it.
    """
    if missing <= 0:
        return None
    ways = []
    for activity in programme.activity:
        entries = int((missing / activity.points).to_integral_value(ROUND_CEILING))
        most = MOST_ENTRIES if not activity.once else int(activity.id not in had)
        if entries <= most:
            ways.append((entries * activity.points - missing, entries, activity.id))
    return f"{min(ways)[1]} × {min(ways)[2]}" if ways else None
