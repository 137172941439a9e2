"""What would close a gap: the activities of the rulebook, a few times over, tried by the rule itself."""

from collections.abc import Collection
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import combinations

import numpy as np

from pipeline.model.kinds import Kinds, kind_like
from pipeline.model.measured import earned_by_track
from pipeline.model.metric import Pooled, metrics_of
from pipeline.model.programme import Activity, Programme

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
        if entries <= _most(activity, had):
            ways.append((entries * activity.points - missing, entries, activity.id))
    return f"{min(ways)[1]} × {min(ways)[2]}" if ways else None


def cheapest_way(
    programme: Programme, kinds: Kinds, pooled: Pooled, track: int, rank: int, had: Collection[str] = ()
) -> str | None:
    """The activities that would bring one partner to a rank: `1 × exam and 2 × customer reference`; None = none found.

    Every combination of one or two activities, up to 10 entries each, is put through caps, metrics and the rule. Cheapest
    is one activity before two, then the fewest points in all, then the fewest entries. pooled: the partner's sums, shape
    (pools, 1). An activity is taken to bring its usual points and no new domain.
    """
    able = [activity for activity in programme.activity if _most(activity, had)]
    ways: list[tuple[tuple[Activity, int], ...]] = [
        ((activity, n),) for activity in able for n in range(1, _most(activity, had) + 1)
    ]
    ways += [
        ((one, n), (other, m))
        for one, other in combinations(able, 2)
        for n in range(1, _most(one, had) + 1)
        for m in range(1, _most(other, had) + 1)
    ]  # fmt: skip
    if not ways:
        return None
    widened, pool_of = kind_like(kinds, [(activity.category, activity.id, None) for activity in able])
    more = len(widened.pools) - len(kinds.pools)
    added = {
        what: np.repeat(np.pad(values, ((0, more), (0, 0))), len(ways), axis=1)
        for what, values in (("points", pooled.points), ("entries", pooled.entries), *pooled.bits.items())
    }
    position = {activity.id: at for at, activity in enumerate(able)}
    for column, way in enumerate(ways):
        for activity, times in way:
            pool = pool_of[position[activity.id]]
            added["points"][pool, column] += int(activity.points * 100) * times
            added["entries"][pool, column] += times
    tried = Pooled(added["points"], added["entries"], {name: added[name] for name in pooled.bits})
    ranks = earned_by_track(metrics_of(widened, tried), np.full(len(ways), track), kinds.version)
    reaching = [
        (
            len(way),
            sum(activity.points * n for activity, n in way),
            sum(n for _, n in way),
            [(activity.id, n) for activity, n in way],
        )
        for way, reached in zip(ways, ranks, strict=True)
        if reached >= rank
    ]
    return " and ".join(f"{n} × {name}" for name, n in min(reaching)[3]) if reaching else None


def _most(activity: Activity, had: Collection[str]) -> int:
    return MOST_ENTRIES if not activity.once else int(activity.id not in had)
