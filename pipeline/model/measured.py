"""From entries to metrics: the tables of one question, then the numbers of every partner on the roster."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse
from pipeline.model.kinds import Kinds, kinds_of, put_rules
from pipeline.model.metric import Pooled, Whole, metrics_of
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.rule import Ladder, Metrics, Ranks, earned, labelled
from pipeline.model.version import Version

HERE = Path(__file__).parent
DIMENSIONS = ("domain", "category", "activity")
SUMS = {
    "points": "cast(sum(case when pool = {pool} then points end) * 100 as bigint)",
    "entries": "cast(count(case when pool = {pool} then 1 end) as bigint)",
    **{f"{what}_bits": f"bit_or(case when pool = {{pool}} then {what}_bit end)" for what in DIMENSIONS},
}
"""What is added up of the entries of one pool."""


@dataclass(frozen=True)
class Measured:
    """Every partner on the roster in question, in the order of the rows of the table `measure`.

    metrics: shape (partners, metrics). label_rank: what the label names, -1 = unknown. track: position of the partner's
    track in the version's list, -1 = none.
    """

    kinds: Kinds
    pooled: Pooled
    metrics: Metrics
    label_rank: Ranks
    track: Whole

    def in_order(self, at: Whole) -> "Measured":
        """The same of the partners at these rows, in this order."""
        bits = {name: values[:, at] for name, values in self.pooled.bits.items()}
        pooled = Pooled(self.pooled.points[:, at], self.pooled.entries[:, at], bits)
        return Measured(self.kinds, pooled, self.metrics[at], self.label_rank[at], self.track[at])

    @property
    def earned_rank(self) -> Ranks:
        """The tier that each partner earns."""
        return earned_by_track(self.metrics, self.track, self.kinds.version)

    @property
    def tier_rank(self) -> Ranks:
        """The tier at which each stands, before anything is said of holding."""
        return self.label_rank if self.kinds.version.standing_by == "label" else self.earned_rank


def measure(warehouse: Warehouse, programme: Programme, question: Question, version: Version) -> Measured:
    """Measure everyone on the roster. Leaves the tables `roster_in_question`, `entry_counted` and `measure`."""
    kinds = count_entries(warehouse, programme, question, version)
    labels = [label for (label,) in warehouse.rows("select distinct label from roster_in_question")]
    warehouse.put("label_rank", {"label": "varchar", "label_rank": "bigint"},
                  list(zip(labels, labelled(labels, version).tolist(), strict=True)))  # fmt: skip
    is_plain = not (version.worth or version.best or version.window == "personal year")
    warehouse.view_for_question("entry_in_pool", sql_of(HERE, "entry_in_force" if is_plain else "entry_in_pool"))
    warehouse.make_for_question("measure", measure_sql(kinds))
    return read(warehouse, kinds)


def read(warehouse: Warehouse, kinds: Kinds, partner_id: str | None = None) -> Measured:
    """The numbers in `measure`, of all partners or of one, in the order of its rows."""
    columns = ", ".join(["label_rank", "track_number", *pool_columns(kinds)])
    where = "" if partner_id is None else " where partner_id = $partner_id"
    values = {} if partner_id is None else {"partner_id": partner_id}
    found = warehouse.arrays(f"select {columns} from measure{where}", **values)
    none = np.zeros(len(found["label_rank"]), np.int64)
    by_what = {
        what: np.stack([found.get(f"{what}_{pool}", none) for pool in range(len(kinds.pools))] or [none])
        for what in ("points", "entries", *(f"{dimension}_bits" for dimension in DIMENSIONS))
    }
    pooled = Pooled(
        by_what["points"], by_what["entries"], {dimension: by_what[f"{dimension}_bits"] for dimension in DIMENSIONS}
    )
    return Measured(kinds, pooled, metrics_of(kinds, pooled), found["label_rank"], found["track_number"])


def count_entries(warehouse: Warehouse, programme: Programme, question: Question, version: Version) -> Kinds:
    """Make `roster_in_question` and the view `entry_counted`: which entries count, and with how many points."""
    kinds = kinds_of(warehouse, programme, version)
    question.put_into(warehouse, version)
    put_rules(warehouse, kinds, question.as_of, question.window_after(version))
    warehouse.put("track_word", {"word": "varchar", "track": "varchar", "number": "bigint"},
                  [(word, track.id, at) for at, track in enumerate(version.track) for word in track.of])  # fmt: skip
    warehouse.make_for_question("roster_in_question", sql_of(HERE, "roster_in_question"))
    joined = "select distinct joined_on from roster_in_question where joined_on is not null"
    days = warehouse.rows(joined) if version.window == "personal year" else []
    warehouse.put("joined_window", {"joined_on": "date", "after": "date", "up_to": "date"},
                  question.own_windows(version, [day for (day,) in days]))  # fmt: skip
    warehouse.make_for_question("own_window", sql_of(HERE, "own_window"))
    warehouse.view_for_question("reversal_in_force", sql_of(HERE, "reversal_in_force"))
    steps = ["entry_status"]
    steps += ["entry_worth"] if version.worth or version.best else []
    steps += ["entry_best"] if version.best else []
    for step in steps:
        warehouse.view_for_question(step, sql_of(HERE, step))
    warehouse.view_for_question("entry_counted", f"select * from {steps[-1]}")
    return kinds


def pool_columns(kinds: Kinds) -> list[str]:
    """The columns of `measure` that hold the sums of the pools; what no metric counts is left out."""
    counted = {metric.counts for metric in kinds.version.metric}
    whats = ["points", "domain_bits", *(["entries"] if "entries" in counted else [])]
    whats += [f"{dimension}_bits" for dimension in ("category", "activity") if dimension in counted]
    return [f"{what}_{pool}" for what in whats for pool in range(len(kinds.pools))]


def measure_sql(kinds: Kinds) -> str:
    """One row per partner on the roster in question: what its label names, its track, and the sums of each pool of entries.

    Only numbers of our own making stand in the composed text: positions of pools.
    """
    sums = [
        f"{SUMS[what].format(pool=pool)} as {column}"
        for column, what, pool in ((column, *column.rsplit("_", 1)) for column in pool_columns(kinds))
    ]
    columns = ", ".join(f"coalesce(pooled.{column}, 0) as {column}" for column in pool_columns(kinds))
    return f"""
        select
            roster_in_question.partner_id,
            label_rank.label_rank,
            coalesce(track_number.number, cast(-1 as bigint)) as track_number,
            coalesce(pooled.domain_bits, 0) as domain_bits,
            coalesce(pooled.entries, 0) as entries,
            {columns}
        from roster_in_question
        inner join label_rank on label_rank.label = roster_in_question.label
        left join (select distinct track, number from track_word) as track_number
            on track_number.track = roster_in_question.track
        left join (
            select partner_id, bit_or(domain_bit) as domain_bits, cast(count(*) as bigint) as entries, {", ".join(sums)}
            from entry_in_pool
            group by partner_id
        ) as pooled on pooled.partner_id = roster_in_question.partner_id
    """


def earned_by_track(metrics: Metrics, track: Whole, version: Version) -> Ranks:
    """The earned rank of each partner, as its track asks. Shapes: (partners, metrics), (partners,) → (partners,)."""
    ranks = earned(metrics, Ladder.of(version))
    for at, one in enumerate(version.track):
        mine = track == at
        ranks[mine] = earned(metrics[mine], Ladder.of(version, one.id))
    return ranks
