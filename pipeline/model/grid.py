"""A grid of scenarios: what is set to which values, what it costs, and the counts of each scenario."""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.warehouse import Warehouse
from pipeline.model.axis import Axis, axis_of, changed_version, refuse_mistakes, refuse_unmovable, with_version
from pipeline.model.cells import Cells, asked_metrics, cells_of
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.rule import Ladder, in_units
from pipeline.model.standing import GROUPS, standing
from pipeline.model.sweep import MOST_SUMS, Minimums, by_the_rule, size_of, swept
from pipeline.model.version import Version

MOST_SCENARIOS = 1_000_000
MOST_BY_THE_RULE = 20_000_000_000
MOST_MEASUREMENTS = 200
SECONDS_PER_ENTRY = 4e-7
SECONDS_BY_THE_RULE = 4e-9
SECONDS_PER_LOOK_UP = 5e-8


@dataclass(frozen=True)
class Plan:
    """What a sweep costs: measurements of all partners, look-ups or turns of the rule, seconds and bytes, estimated."""

    scenarios: int
    measurements: int
    look_ups: int
    seconds: float
    bytes: int

    def in_words(self) -> str:
        """`1,326 scenarios: 1 measurement, 3,978 look-ups, about 0.1 s, 12 MB`."""
        measured = f"{self.measurements:,} measurement{'' if self.measurements == 1 else 's'}"
        return (
            f"{self.scenarios:,} scenarios: {measured}, {self.look_ups:,} look-ups, about {self.seconds:.1f} s, "
            f"{self.bytes / 1e6:,.0f} MB"
        )


@dataclass(frozen=True)
class Sweep:
    """A sweep to be planned and run. by: the columns grouped by, `before` for the tier before the change."""

    programme: Programme
    version: Version
    axes: list[Axis]
    by: list[str]
    before: Question
    after: Question

    @property
    def thresholds(self) -> list[Axis]:
        """What is looked up."""
        return [axis for axis in self.axes if axis.is_threshold]

    @property
    def measured(self) -> list[Axis]:
        """What is measured anew for each of its values."""
        return [axis for axis in self.axes if not axis.is_threshold]


def sweep_of(programme: Programme, settings: list[str], by: list[str], before: Question, after: Question) -> Sweep:
    """A sweep as it is written. Raises PalierError for a path, a value or a group that is not there."""
    version = after.version(programme)
    refuse_unmovable(programme, version, "sweep")
    axes = [axis_of(text, version) for text in settings]
    if twice := [axis.path for at, axis in enumerate(axes) if axis.path in [other.path for other in axes[:at]]]:
        raise PalierError(f"--set {twice[0]}: stands twice; put its values into one.")
    known = ["before", "track", *GROUPS]
    if unknown := [name for name in by if name not in known]:
        raise PalierError(f"--by {unknown[0]}: partners cannot be grouped by that{did_you_mean(unknown[0], known)}")
    return Sweep(programme, version, axes, list(dict.fromkeys(by)), before, after)


def planned(warehouse: Warehouse, sweep: Sweep) -> Plan:
    """What a sweep will cost. Raises PalierError for the absurd, with the number."""
    scenarios = prod(len(axis.values) for axis in sweep.axes)
    measurements = prod(len(axis.values) for axis in sweep.measured) + 1
    [(entries, partners)] = warehouse.rows(
        "select (select count(*) from point_ledger), (select max(partners) from snapshot)"
    )
    look_ups = scenarios * len(sweep.version.tier)
    plan = Plan(
        scenarios, measurements, look_ups,
        measurements * (0.1 + (entries + 3 * (partners or 0)) * SECONDS_PER_ENTRY) + look_ups * SECONDS_PER_LOOK_UP,
        scenarios * (len(sweep.version.tier) + 1 + len(sweep.axes)) * 8,
    )  # fmt: skip
    if scenarios > MOST_SCENARIOS or measurements > MOST_MEASUREMENTS:
        raise PalierError(
            f"{plan.in_words()}. At most {MOST_SCENARIOS:,} scenarios and {MOST_MEASUREMENTS} measurements are run at once: "
            "take larger steps, or set fewer things other than thresholds."
        )
    return plan


def run(warehouse: Warehouse, sweep: Sweep) -> pd.DataFrame:
    """The counts of every scenario, exact: equal to as many single standings.

    One row per scenario and group; columns: one per value set, those grouped by, one per tier from the top with the partners
    who stand at it, and none.
    """
    before = standing(warehouse, sweep.programme, sweep.before)
    parts = []
    for values in product(*(axis.values for axis in sweep.measured)):
        version = changed_version(
            sweep.version, {axis.path: value for axis, value in zip(sweep.measured, values, strict=True)}
        )
        programme = with_version(sweep.programme, sweep.version, version)
        refuse_mistakes(programme)
        after = standing(warehouse, programme, sweep.after)
        asked = {*asked_metrics(version), *(axis.metric for axis in sweep.thresholds)}
        by = [name for name in sweep.by if name not in ("before", "track")]
        cells = cells_of(before, after, by, [name for name in version.metrics if name in asked])
        frame = looked_up(cells, version, sweep.thresholds, sweep.by)
        for axis, value in reversed(list(zip(sweep.measured, values, strict=True))):
            frame.insert(0, axis.path, value)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def looked_up(cells: Cells, version: Version, axes: list[Axis], by: list[str]) -> pd.DataFrame:
    """Every combination of thresholds over one population, as `run` gives it."""
    order = [version.metrics.index(name) for name in cells.metrics]
    combinations = list(product(*(axis.values for axis in axes)))
    is_simple = not version.track and all(len(tier.ways()) == 1 for tier in version.tier)
    if (
        is_simple
        and size_of(cells, minimums := _minimums(version, axes, combinations, cells.metrics, order)) <= MOST_SUMS
    ):
        counts = swept(cells, minimums)
    else:
        price = len(combinations) * len(cells.partners)
        if price > MOST_BY_THE_RULE:
            minutes = price * SECONDS_BY_THE_RULE / 60
            raise PalierError(f"{len(combinations):,} scenarios over {len(cells.partners):,} cells are {price:,} turns of the "
                              f"rule, about {minutes:,.0f} minutes. Take larger steps.")  # fmt: skip
        counts = by_the_rule(cells, [_ladders(cells, version, axes, values, order) for values in combinations])
    # segments that no one asked to be told apart are added up, here and not in a table of all of them
    groups = (
        cells.segments[by].drop_duplicates().sort_values(by).reset_index(drop=True) if by else pd.DataFrame(index=[0])
    )
    group = (
        cells.segments[by].merge(groups.reset_index(), how="left", on=by)["index"].to_numpy()
        if by
        else np.zeros(len(cells.segments), int)
    )
    summed = np.zeros((len(combinations), len(groups), counts.shape[2]), np.int64)
    for at in range(len(cells.segments)):
        summed[:, group[at]] += counts[:, at]
    frame = pd.DataFrame({
        f"{axis.tier}.{axis.metric}": np.repeat(np.array([values[at] for values in combinations], dtype=object), len(groups))
        for at, axis in enumerate(axes)
    }, index=range(len(combinations) * len(groups)))  # fmt: skip
    for name in by:
        frame[name] = np.tile(groups[name].to_numpy(), len(combinations))
    for rank, tier in reversed(list(enumerate(version.tier, start=1))):
        frame[tier.id] = summed[:, :, rank].ravel()
    return frame.assign(none=summed[:, :, 0].ravel())


def _minimums(
    version: Version, axes: list[Axis], combinations: list[tuple[Any, ...]], metrics: list[str], order: list[int]
) -> Minimums:
    """The minimums of every combination. Shape: (combinations, tiers, metrics)."""
    minimums = np.repeat(Ladder.of(version).minimums[None, :, 0, order], len(combinations), axis=0)
    for at, axis in enumerate(axes):
        units = [in_units(values[at], version.counts(axis.metric)) for values in combinations]
        minimums[:, version.ranks()[axis.tier] - 1, metrics.index(axis.metric)] = units
    return minimums


def _ladders(
    cells: Cells, version: Version, axes: list[Axis], values: tuple[Any, ...], order: list[int]
) -> list[Ladder]:
    """The ladder of each segment in one scenario."""
    asked = changed_version(version, {axis.path: value for axis, value in zip(axes, values, strict=True)})
    by_track = {
        track: Ladder(Ladder.of(asked, track or None).minimums[:, :, order])
        for track in ("", *(one.id for one in version.track))
    }
    return [by_track[track] for track in cells.segments["track"]]
