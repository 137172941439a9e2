"""The numbers behind other thresholds, by look-up and exact: steps, neighbours, grids, and what no other threshold beats."""

from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.model.axis import Axis
from pipeline.model.cells import Cells
from pipeline.model.grid import looked_up
from pipeline.model.solve import solved
from pipeline.model.transition import ranks_on_the_later_ladder
from pipeline.model.version import Tier
from pipeline.report.rows import rows
from pipeline.report.scenario_study import WhatIf

MOST_STEPS = 240
MOST_DOMAINS = 3


def step_of(threshold: Decimal) -> Decimal:
    """The step by which a threshold is moved: 5 for 50 and 120, 50 for 1,000; 1, 2 or 5 times a power of ten."""
    wanted = max(threshold / 24, Decimal("0.01"))
    power = Decimal(10) ** (wanted.adjusted())
    return next(nice * power for nice in (1, 2, 5, 10) if nice * power >= wanted)


def axis(tier: str, values: list[Decimal], metric: str = "points") -> Axis:
    """A tier's minimum set to each value."""
    return Axis(f"tier.{tier}.requires.{metric}", values, is_threshold=True)


def counted(page: WhatIf, cells: Cells, axes: list[Axis], by: list[str] | None = None) -> pd.DataFrame:
    """Partners per tier under each combination, all else as it is."""
    return looked_up(cells, page.study.transition.after.version, axes, by or [])


def at_or_above(page: WhatIf, tier: str, values: list[Decimal]) -> list[int]:
    """Partners at a tier or above, for each of its thresholds."""
    return [int(number) for number in _above(page, counted(page, page.cells, [axis(tier, values)]), tier)]


def _above(page: WhatIf, counts: pd.DataFrame, tier: str) -> np.ndarray:
    ids = [one.id for one in page.study.transition.after.version.tier]
    return counts[ids[ids.index(tier) :]].sum(axis=1).to_numpy()


def steps(page: WhatIf, tier: Tier) -> pd.DataFrame:
    """The step curve of a tier, from half to one and a half of its threshold. Columns up to, partners.

    One row per number of points that somebody has: every threshold above the row before, up to this one, gives these
    partners. Where those are very many, one row per round threshold.
    """
    threshold, measured = tier.requires["points"], page.study.transition.after.measured
    assert measured is not None, "a study is measured"
    low, high = threshold / 2, threshold * 3 / 2
    found = [Decimal(int(points)) / 100 for points in np.unique(measured.metrics[:, 0])]
    values = sorted({points for points in found if low <= points <= high} | {threshold, high})
    if len(values) > MOST_STEPS:
        values = _spread(threshold, step_of(threshold / 4), int(threshold / 2 / step_of(threshold / 4)))
    return pd.DataFrame({"up to": values, "partners": at_or_above(page, tier.id, values)})


def neighbours(page: WhatIf, tier: Tier) -> pd.DataFrame:
    """One and two steps below and above a threshold. Columns threshold, partners (at the tier or above), change, lost.

    lost: those who lose the page's service; missing where it has none.
    """
    threshold = tier.requires["points"]
    values = _spread(threshold, step_of(threshold), 2)
    partners = at_or_above(page, tier.id, values)
    now = partners[values.index(threshold)]
    lost = lost_under(page, [axis(tier.id, values)])
    return pd.DataFrame({
        "threshold": values, "partners": partners, "change": [number - now for number in partners], "lost": lost,
    })  # fmt: skip


def _spread(threshold: Decimal, step: Decimal, each_way: int, further: int = 0) -> list[Decimal]:
    """Thresholds around one, itself among them, none below 0."""
    found = (threshold + step * at for at in range(-each_way, each_way + further + 1))
    return [value for value in found if value >= 0]


def lost_under(page: WhatIf, axes: list[Axis]) -> list[int | None]:
    """How many lose the page's service under each combination; None where it has none."""
    if not page.service or not page.service.after:
        return [None] * int(np.prod([len(one.values) for one in axes]))
    had = int(page.service.partners["had"].sum())
    counts = counted(page, page.cells_of_service, axes)
    tiers = [tier for tier in page.service.after.tiers if tier in counts.columns]
    return [had - int(kept) for kept in counts[tiers].sum(axis=1)]


def grid(page: WhatIf) -> pd.DataFrame:
    """Two thresholds, lower and upper, set to several values. Columns lower, upper, partners (at the upper tier or above), falls."""
    lower, upper = (tier for tier, _ in page.study.transition.after.version.thresholds()[-2:])
    low, high = lower.requires["points"], upper.requires["points"]
    axes = [axis(lower.id, _spread(low, step_of(low), 2, 2)), axis(upper.id, _spread(high, 2 * step_of(high), 4))]
    table = pd.DataFrame(list(product(*(one.values for one in axes))), columns=["lower", "upper"], dtype=object)
    return table.assign(partners=_above(page, counted(page, page.cells, axes), upper.id), falls=_falls(page, axes))


def _ranks_before(page: WhatIf) -> dict[str, float]:
    """Each tier before on the ladder after."""
    before, after = page.study.transition.before.version, page.study.transition.after.version
    later = ranks_on_the_later_ladder(before, after)
    return {tier: later[rank] for tier, rank in before.ranks().items()}


def trade_offs(page: WhatIf) -> tuple[pd.DataFrame, int]:
    """The thresholds of the highest tier that no other beats, and how many were tried: the Pareto set, exactly.

    Tried: its points by steps, with each minimum of domains; of equal outcomes one is kept. Of two numbers, partners at the tier or above and those who
    lose (the service; without one, those who fall), fewer is better. Columns points, domains, partners, lose, is_today.
    """
    tier = page.study.transition.after.version.thresholds()[-1][0]
    threshold, now = tier.requires["points"], tier.requires.get("domains", Decimal(0))
    points = _spread(threshold, step_of(threshold), 8)
    measured = page.study.transition.after.measured
    most = int(measured.metrics[:, 1].max(initial=0)) if measured is not None else 0
    domains = sorted({now, *(Decimal(number) for number in range(min(most, MOST_DOMAINS) + 1))})
    axes = [axis(tier.id, points), axis(tier.id, domains, "domains")]
    lost: list[Any] = lost_under(page, axes) if page.service else _falls(page, axes)
    table = pd.DataFrame(list(product(points, domains)), columns=["points", "domains"], dtype=object)
    table["partners"] = _above(page, counted(page, page.cells, axes), tier.id)
    table["lose"] = [int(number) for number in lost]
    table["is_today"] = [one.points == threshold and one.domains == now for one in rows(table)]
    best = table[not_beaten(table[["partners", "lose"]].to_numpy())]
    # of equal outcomes the one that asks what is asked today, else the fewest domains
    best = best.sort_values(["is_today", "domains", "points"], ascending=[False, True, False])
    best = best.drop_duplicates(["partners", "lose"])
    return best.sort_values(["lose", "partners"], ignore_index=True), len(table)


def _falls(page: WhatIf, axes: list[Axis]) -> list[int]:
    """How many fall to a lower tier under each combination."""
    counts = counted(page, page.cells, axes, ["before"])
    ranks, each = _ranks_before(page), int(len(counts) / np.prod([len(one.values) for one in axes]))
    falls = np.zeros(len(counts), np.int64)
    for rank, tier in enumerate(["none", *(one.id for one in page.study.transition.after.version.tier)]):
        falls += np.where(counts["before"].map(ranks).fillna(0) > rank, counts[tier], 0)
    return [int(number) for number in falls.reshape(-1, each).sum(axis=1)]


def not_beaten(costs: np.ndarray) -> np.ndarray:
    """Which rows no other row beats: at most as much in each column, and less in one. Shape: (rows, costs) → (rows,)."""
    no_more = (costs[:, None, :] <= costs[None, :, :]).all(axis=2)
    less = (costs[:, None, :] < costs[None, :, :]).any(axis=2)
    return np.asarray(~(no_more & less).any(axis=0))


def kept(page: WhatIf, tier: Tier) -> tuple[int, pd.DataFrame] | None:
    """Partners at a tier or above before the change, and the thresholds around the one that would keep as many.

    None where that cannot be asked: the tier is new, or more than one threshold decides.
    """
    before = page.study.transition.before
    if tier.id not in before.version.ranks():
        return None
    number = int((before.partners["tier_rank"] >= before.version.ranks()[tier.id]).sum())
    try:
        return number, solved(page.study.transition.after, tier.id, "points", number)
    except PalierError:
        return None
