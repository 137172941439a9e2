"""Earned ranks on many days in one pass: each entry is read once, comes in at its first step and goes out after its last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.dates import months_before
from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse
from pipeline.model.kinds import Kinds, kinds_of
from pipeline.model.measured import DIMENSIONS, earned_by_track, measure
from pipeline.model.metric import Pooled, metrics_of
from pipeline.model.population import OnRoster, Population
from pipeline.model.programme import Programme
from pipeline.model.question import EVER, Question
from pipeline.model.rule import Ranks
from pipeline.model.version import Version

HERE = Path(__file__).parent
MOST_COUNTERS = 500_000_000
"""Partners × pools × words; with more, each step is measured by itself."""


@dataclass(frozen=True)
class Asked:
    """One step: what stood on `as_of` by the rules of `version`."""

    as_of: date
    version: Version


@dataclass(frozen=True)
class Step:
    """The answer to one step. earned_rank: shape (partners,), of no meaning for those who are not on the roster."""

    asked: Asked
    roster: OnRoster
    earned_rank: Ranks

    @property
    def tier_rank(self) -> Ranks:
        """Where each stands before anything is said of holding; an unknown label is -1."""
        return self.roster.label_rank if self.asked.version.standing_by == "label" else self.earned_rank


def steps_over(
    warehouse: Warehouse, programme: Programme, people: Population, asked: list[Asked], known_on: date | None
) -> Iterator[Step]:
    """The answers to steps given in the order of their days. Bounded memory: one step at a time."""
    for _, group in groupby(asked, key=lambda step: step.version.effective):
        steps = list(group)
        kinds = kinds_of(warehouse, programme, steps[0].version)
        is_plain = not (kinds.version.worth or kinds.version.best or kinds.version.window == "personal year")
        counters = len(people.partner_ids) * max(len(kinds.pools), 1) * sum(len(words) for words in kinds.bits.values())
        ranks = (
            _in_one_pass(warehouse, kinds, people, steps, known_on)
            if is_plain and len(steps) > 1 and counters <= MOST_COUNTERS
            else (_by_itself(warehouse, programme, people, step, known_on) for step in steps)
        )
        for step, metrics_or_ranks in zip(steps, ranks, strict=True):
            roster = people.on(min(step.as_of, known_on or EVER), step.version)
            is_ranked = metrics_or_ranks.ndim == 1
            yield Step(step, roster, metrics_or_ranks if is_ranked else earned_by_track(metrics_or_ranks, roster.track, step.version))  # fmt: skip


def _by_itself(
    warehouse: Warehouse, programme: Programme, people: Population, step: Asked, known_on: date | None
) -> Ranks:
    question = Question(step.as_of, known_on, step.version.effective)
    return ranks_of(warehouse, programme, people, question, step.version)


def ranks_of(
    warehouse: Warehouse, programme: Programme, people: Population, question: Question, version: Version
) -> Ranks:
    """The earned ranks of one question, by the numbers of a population."""
    ranks = np.zeros(len(people.partner_ids), np.int64)
    measured = measure(warehouse, programme, question, version)
    ids = warehouse.arrays("select partner_id from measure")["partner_id"]
    ranks[pd.Index(people.partner_ids).get_indexer(pd.Index(ids))] = measured.earned_rank
    return ranks


def _in_one_pass(
    warehouse: Warehouse, kinds: Kinds, people: Population, steps: list[Asked], known_on: date | None
) -> Iterator[np.ndarray]:
    """The metrics of everyone at each step; those that no tier asks are not kept up. Shape: (partners, metrics)."""
    found = _entries(warehouse, kinds, steps, known_on)
    size, pools = len(people.partner_ids), max(len(kinds.pools), 1)
    places = pools * size
    pool = np.array([kind.pool for kind in kinds.kinds] or [0], np.int32)[found["kind"]]
    key = pool * np.int32(size) + found["number"]
    needed = _needed(kinds.version)
    points, entries = np.zeros(places, np.int64), np.zeros(places, np.int32)
    words = {dimension: np.zeros(len(kinds.bits[dimension]) * places, np.int32) for dimension in DIMENSIONS}
    word_of_kind = {
        dimension: np.array([kinds.bit(dimension, kind).bit_length() - 1 for kind in kinds.kinds] or [-1])
        for dimension in DIMENSIONS
        if dimension in needed
    }
    coming, going = _sorted_by(found["enters"], len(steps)), _sorted_by(found["leaves"], len(steps))
    for at in range(len(steps)):
        # flat places and values of the same type: numpy's fast way to add at places
        for rows, move in ((coming(at), np.add), (going(at), np.subtract)):
            place, one = key[rows].astype(np.intp), np.ones(len(rows), np.int32)
            move.at(points, place, found["points"][rows])
            if "entries" in needed:
                move.at(entries, place, one)
            for dimension, of_kind in word_of_kind.items():
                word = of_kind[found["kind"][rows]]
                is_named = word >= 0
                move.at(words[dimension], (word * places + place)[is_named], one[is_named])
        bits = {
            name: _bits(counts.reshape(len(kinds.bits[name]), places)).reshape(pools, size)
            for name, counts in words.items()
        }
        yield metrics_of(
            kinds, Pooled(points.reshape(pools, size), entries.astype(np.int64).reshape(pools, size), bits)
        )


def _needed(version: Version) -> set[str]:
    """What the metrics count that some tier asks."""
    ladders = [version.tier, *(version.tiers_of(track.id) for track in version.track)]
    asked = {metric for tiers in ladders for tier in tiers for way in tier.ways() for metric in way}
    return {version.counts(metric) for metric in asked}


def _bits(counts: np.ndarray) -> np.ndarray:
    """Which words have a count. Shape: (words, n) → (n,)."""
    found = np.zeros(counts.shape[1], np.int64)
    for at, count in enumerate(counts):
        if count.any():
            found |= (count > 0).astype(np.int64) << at
    return found


def _sorted_by(step: np.ndarray, steps: int) -> Callable[[int], np.ndarray]:
    """A function from a step to its rows."""
    order = np.argsort(step, kind="stable")
    edges = np.searchsorted(step[order], np.arange(steps + 1))
    return lambda at: order[edges[at] : edges[at + 1]]


def _entries(warehouse: Warehouse, kinds: Kinds, steps: list[Asked], known_on: date | None) -> dict[str, np.ndarray]:
    """Every entry that counts at some step: partner's number, position of its kind, points, first and last step."""
    version = kinds.version
    as_of = np.array([step.as_of for step in steps], "datetime64[D]")
    days = warehouse.rows("select earned_on from point_ledger union select earned_on from reversal")
    earned = np.array(sorted(day for (day,) in days), "datetime64[D]")
    rows = []
    for expiry in range(-1, len(version.expiry)):
        after = [Question(step.as_of).window_after(version) for step in steps]
        if expiry >= 0:
            months = version.expiry[expiry].months
            after = [max(day, months_before(step.as_of, months)) for day, step in zip(after, steps, strict=True)]
        enters = np.searchsorted(as_of, earned)
        leaves = np.searchsorted(np.array(after, "datetime64[D]"), earned)
        rows += list(zip(earned.tolist(), [expiry] * len(earned), enters.tolist(), leaves.tolist(), strict=True))
    warehouse.put(
        "day_step", {"earned_on": "date", "expiry": "integer", "enters": "integer", "leaves": "integer"}, rows
    )
    warehouse.put("kind_step", {"kind_id": "integer", "kind": "integer", "expiry": "integer"}, [
        (kind.kind_id, at, -1 if kind.expiry is None else kind.expiry) for at, kind in enumerate(kinds.kinds)
    ])  # fmt: skip
    Question(steps[-1].as_of, known_on).put_into(warehouse, version)
    return warehouse.arrays(sql_of(HERE, "entry_step"))
