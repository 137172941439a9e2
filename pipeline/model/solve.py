"""The inverse question: which threshold keeps so many partners at a tier. Points are lumpy, so steps and ties are shown."""

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.warehouse import hundredths_as_decimals
from pipeline.model.axis import refuse_unmovable
from pipeline.model.benefit import change
from pipeline.model.rule import NOT_ASKED, Ladder
from pipeline.model.standing import Standing
from pipeline.model.transition import compare

STEPS_SHOWN = 4


def solved(after: Standing, tier: str, metric: str, keep: int, among: np.ndarray | None = None) -> pd.DataFrame:
    """The thresholds around the one at which `keep` partners stand at `tier` or above, all else as it is.

    among: which partners are counted, shape (partners,), in the order of `after.partners`; None = all. One row per step:
    from_more_than and up_to (the thresholds that give it; from_more_than is empty on the first step), partners, difference
    from `keep`, tied (partners who all have exactly `up_to` and so are lost together above it), is_best: the closest step,
    of two equally close the one that keeps more. Raises PalierError for tiers with several ways or tracks.
    """
    version, measured = after.version, after.measured
    if tier not in version.ranks():
        raise PalierError(f"solve {tier}.{metric}: no such tier {tier}{did_you_mean(tier, version.ranks())}")
    if metric not in version.metrics:
        raise PalierError(f"solve {tier}.{metric}: no such metric {metric}{did_you_mean(metric, version.metrics)}")
    refuse_unmovable(after.programme, version, f"solve {tier}.{metric}")
    if measured is None or version.track or any(len(one.ways()) > 1 for one in version.tier):
        raise PalierError(
            f"solve {tier}.{metric}: tiers with tracks or several ways have no single threshold; use `palier sweep`."
        )
    rank, at = version.ranks()[tier], version.metrics.index(metric)
    others = Ladder.of(version).minimums[:rank, 0].copy()
    others[rank - 1, at] = NOT_ASKED
    able = (measured.metrics[:, None, :] >= others[None]).all(axis=(1, 2))
    values = measured.metrics[able if among is None else able & among, at]
    steps, tied = np.unique(np.maximum(values, 0), return_counts=True)
    partners = tied[::-1].cumsum()[::-1]
    # above the highest value nobody is left
    steps, tied, partners = np.append(steps, 0), np.append(tied, 0), np.append(partners, 0)
    gap = np.abs(partners - keep)
    best = int(np.flatnonzero(gap == gap.min())[0])
    shown = slice(max(best - STEPS_SHOWN, 0), best + STEPS_SHOWN + 1)
    is_points = version.counts(metric) == "points"
    up_to = pd.Series(steps[shown]).astype(object)
    more_than = pd.Series(np.append([-1], steps[:-1])[shown]).astype(object)
    frame = pd.DataFrame({
        "from_more_than": hundredths_as_decimals(more_than) if is_points else more_than,
        "up_to": hundredths_as_decimals(up_to) if is_points else up_to,
        "partners": partners[shown], "difference": partners[shown] - keep, "tied": tied[shown],
        "is_best": np.arange(len(steps))[shown] == best,
    })  # fmt: skip
    frame["from_more_than"] = [
        None if at == 0 else value for at, value in zip(range(len(steps))[shown], frame["from_more_than"], strict=True)
    ]
    frame["up_to"] = [
        None if at == len(steps) - 1 else value
        for at, value in zip(range(len(steps))[shown], frame["up_to"], strict=True)
    ]
    return frame


def among_those_with(before: Standing, after: Standing, benefit: str) -> np.ndarray:
    """Which partners of `after` had a benefit before the change. Shape: (partners,)."""
    had = change(compare(before, after), benefit).partners
    return after.partners["partner_id"].isin(had.loc[had["had"], "partner_id"]).to_numpy()
