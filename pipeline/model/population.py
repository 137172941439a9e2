"""Everyone who is on some roster, numbered, and who is on it on a day: with which label, in which track, since when."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipeline.base.warehouse import Warehouse
from pipeline.model.metric import Whole
from pipeline.model.rule import Ranks, labelled
from pipeline.model.version import Version

FAR = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True)
class OnRoster:
    """A roster of one day. Shapes: (partners,). joined_on: NaT where the roster has no day."""

    is_on: NDArray[np.bool_]
    label_rank: Ranks
    track: Whole
    joined_on: NDArray[np.datetime64]


@dataclass(frozen=True)
class Population:
    """partner_ids in order, shape (partners,). The rest: one row per spell on a roster, by the partner's number."""

    partner_ids: NDArray[np.object_]
    number: Whole
    valid_from: NDArray[np.datetime64]
    valid_to: NDArray[np.datetime64]
    label: Whole
    labels: list[str]
    words: dict[str, NDArray[np.object_]]
    joined_on: NDArray[np.datetime64]

    def on(self, day: date, version: Version) -> OnRoster:
        """The roster of a day, labels and tracks as a version reads them."""
        here = (self.valid_from <= np.datetime64(day, "D")) & (np.datetime64(day, "D") < self.valid_to)
        number, size = self.number[here], len(self.partner_ids)
        is_on, label_rank = np.zeros(size, bool), np.zeros(size, np.int64)
        track, joined_on = np.full(size, -1, np.int64), np.full(size, np.datetime64("NaT", "D"))
        is_on[number] = True
        label_rank[number] = labelled(self.labels, version)[self.label[here]]
        joined_on[number] = self.joined_on[here]
        if version.track_by:
            words = self.words[version.track_by][here]
            for at, one in enumerate(version.track):
                track[number[np.isin(words, one.of)]] = at
        return OnRoster(is_on, label_rank, track, joined_on)


def population(warehouse: Warehouse, versions: list[Version]) -> Population:
    """Everyone on some roster. Leaves the table `partner_number`."""
    warehouse.make_for_question(
        "partner_number",
        "select partner_id, row_number() over (order by partner_id) - 1 as number "
        "from (select distinct partner_id from roster_history)",
    )
    labels = [label for (label,) in warehouse.rows("select distinct coalesce(label, '') from roster_history")]
    warehouse.put("label_number", {"label": "varchar", "label_number": "bigint"}, list(zip(labels, range(len(labels)), strict=True)))  # fmt: skip
    attributes = sorted({version.track_by for version in versions if version.track_by})
    spells = warehouse.arrays(
        "select partner_number.number, roster_history.valid_from, coalesce(roster_history.valid_to, date '9999-12-31') as valid_to, "
        "label_number.label_number, coalesce(roster_history.joined_on, date '0001-01-01') as joined_on"
        + "".join(f", coalesce(roster_history.{name}, '') as {name}" for name in attributes)
        + " from roster_history inner join partner_number on partner_number.partner_id = roster_history.partner_id "
        "inner join label_number on label_number.label = coalesce(roster_history.label, '')"
    )
    ids = warehouse.arrays("select partner_id from partner_number order by number")["partner_id"]
    joined_on = spells["joined_on"].astype("datetime64[D]")
    joined_on[joined_on == np.datetime64("0001-01-01", "D")] = np.datetime64("NaT", "D")
    return Population(
        ids, spells["number"].astype(np.int64), spells["valid_from"].astype("datetime64[D]"),
        spells["valid_to"].astype("datetime64[D]"), spells["label_number"], labels,
        {name: spells[name] for name in attributes}, joined_on,
    )  # fmt: skip
