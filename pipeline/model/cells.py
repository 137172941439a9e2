"""A population counted in cells: all partners of one segment and equal metrics."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.model.metric import Whole
from pipeline.model.rule import Metrics
from pipeline.model.standing import NOT_GIVEN, Standing
from pipeline.model.version import Version


@dataclass(frozen=True)
class Cells:
    """How many partners share a segment and metrics; together they are the population.

    segments: one row per segment: before (the tier before the change), track, and the columns grouped by. metrics: the
    names of the columns of `values`, shape (cells, metrics); segment and partners: shape (cells,).
    """

    segments: pd.DataFrame
    metrics: list[str]
    values: Metrics
    segment: Whole
    partners: Whole


def cells_of(before: Standing, after: Standing, by: list[str], metrics: list[str]) -> Cells:
    """The partners on the roster after, by their tier before and by their groups, counted by some of their metrics."""
    if after.measured is None:
        raise PalierError("these partners were not measured; ask for their standing again")
    tier_before = before.partners.set_index("partner_id")["tier"]
    frame = pd.DataFrame(
        {"before": tier_before.reindex(after.partners["partner_id"]).fillna("not on the roster").to_numpy()}
    )
    tracks = np.array(["", *(track.id for track in after.version.track)], dtype=object)
    frame["track"] = tracks[after.measured.track + 1]
    groups_before = before.partners.set_index("partner_id")
    for name in by:
        now = after.partners[name]
        earlier = groups_before[name].reindex(after.partners["partner_id"]).to_numpy()
        frame[name] = (
            pd.Series(earlier, index=now.index)
            .where(after.partners["partner_id"].isin(groups_before.index), now)
            .fillna(NOT_GIVEN)
        )
    codes = frame.groupby(list(frame.columns), sort=True, observed=True).ngroup().to_numpy().astype(np.int64)
    order = [after.version.metrics.index(name) for name in metrics]
    values, segment, partners = counted(after.measured.metrics[:, order], codes)
    segments = frame.assign(segment=codes).drop_duplicates("segment").sort_values("segment")
    return Cells(segments.drop(columns="segment").reset_index(drop=True), metrics, values, segment, partners)


def counted(values: Metrics, segment: Whole) -> tuple[Metrics, Whole, Whole]:
    """Equal rows counted: their values, segment and number. Shapes: (rows, metrics), (rows,) → (cells, metrics), (cells,) × 2."""
    key, columns = np.zeros(len(segment), np.int64), []
    for column in [segment, *values.T]:
        different, at = np.unique(column, return_inverse=True)
        if len(different) and key.max(initial=0) > np.iinfo(np.int64).max // (len(different) + 1):
            key = np.unique(key, return_inverse=True)[1]
        key = key * len(different) + at
        columns.append(column)
    _, first, partners = np.unique(key, return_index=True, return_counts=True)
    return values[first], segment[first], partners.astype(np.int64)


def asked_metrics(version: Version) -> list[str]:
    """The metrics that some tier, or some tier in a track, asks, in the order of the version."""
    ladders = [version.tier, *(version.tiers_of(track.id) for track in version.track)]
    asked = {name for tiers in ladders for tier in tiers for way in tier.ways() for name in way}
    return [name for name in version.metrics if name in asked]
