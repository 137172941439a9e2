"""What each entry brings after the caps: the part of it that counts, and why the rest does not."""

from decimal import Decimal

import numpy as np
import pandas as pd

from pipeline.base.warehouse import hundredths_as_decimals
from pipeline.model.kinds import Kinds


def with_counted(entries: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """Entries with `counted`, the points that count, and the reason where a cap cuts them.

    entries: partner_id, kind_id, points (exact), not_counted_because, in the order in which a cap fills up: earned_on,
    posted_on, file, line. What a cap lets through of an entry is what the entry adds to the capped sum, so that the
    parts add up to it, also where some points are negative.
    """
    by_kind = {kind.kind_id: kind for kind in kinds.kinds}
    caps = kinds.version.cap
    counts = entries["not_counted_because"].isna()
    hundredths = np.array([int(points * 100) for points in entries["points"]], np.int64) * counts.to_numpy()
    cap = np.array([-1 if (number := by_kind[kind].cap) is None else number for kind in entries["kind_id"]], np.int64)
    most = np.array([*(int(one.points * 100) for one in caps), np.iinfo(np.int64).max])[cap]
    summed = pd.Series(hundredths).groupby([entries["partner_id"].to_numpy(), cap]).cumsum().to_numpy()
    counted = np.where(cap == -1, hundredths, np.minimum(summed, most) - np.minimum(summed - hundredths, most))
    reasons = entries["not_counted_because"].astype(object).where(~counts, None)
    is_cut = counts.to_numpy() & (counted != hundredths)
    for at in np.flatnonzero(is_cut).tolist():
        one = caps[cap[at]]
        part = Decimal(int(counted[at])).scaleb(-2)
        reasons.iloc[at] = f"{'' if counted[at] == 0 else f'only {part}: '}over the cap of {one.points} on {one.id}"
    return entries.assign(
        counted=hundredths_as_decimals(pd.Series(counted, index=entries.index)), not_counted_because=reasons
    )
