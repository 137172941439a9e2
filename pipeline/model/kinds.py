"""What the rules of a version say of each kind of entry: its pool, its turn's worth, its stretch, its end."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.dates import months_after, months_before
from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.amount import Of
from pipeline.model.programme import Programme
from pipeline.model.version import Best, Version

MOST_DIFFERENT = 62
"""The bits of a number that can tell one domain, category or activity from another."""
MONTHS_IN = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}
Words = tuple[str | None, str | None, str | None]
"""A category, an activity, a domain."""
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Kind:
    """One combination of category, activity and domain, and what a version says of its entries.

    cap, worth, expiry: positions in the version's lists, None = no such rule. best: position of the first of the rules
    with the same `of`. metrics: positions, in the version's own metrics, of those it counts in. pool: kinds of one pool are
    added up together.
    """

    kind_id: int
    category: str | None
    activity: str | None
    domain: str | None
    cap: int | None
    best: int | None
    worth: int | None
    expiry: int | None
    metrics: tuple[int, ...]
    pool: int = 0


@dataclass(frozen=True)
class Kinds:
    """All kinds of entries of a ledger under one version. bits: dimension → word → its bit, for what is told apart."""

    version: Version
    kinds: list[Kind]
    bits: dict[str, dict[str, int]]

    @property
    def pools(self) -> list[Kind]:
        """One kind of each pool, in the order of the pools."""
        return [kind for _, kind in sorted({kind.pool: kind for kind in self.kinds}.items())]

    def bit(self, dimension: str, kind: Kind) -> int:
        """The bit of a kind's word; 0 where it has none or none that counts."""
        return self.bits[dimension].get(getattr(kind, dimension) or "", 0)


def kinds_of(warehouse: Warehouse, programme: Programme, version: Version) -> Kinds:
    """What a version says of each kind of entry in the ledger.

    Raises PalierError for a metric that holds a cap's entries in part, and above 62 different words to count.
    """
    found: list[Kind] = []
    for kind_id, *words in warehouse.rows(
        "select kind_id, category, activity, domain from entry_kind order by kind_id"
    ):
        found.append(_kind(version, kind_id, tuple(words), found))
    kinds = Kinds(version, found, bits={
        dimension: _bits(programme, dimension, _words(programme, version, dimension, found))
        for dimension in ("domain", "category", "activity")
    })  # fmt: skip
    _refuse_caps_in_part(programme, kinds)
    return kinds


def kind_like(kinds: Kinds, words: list[Words]) -> tuple[Kinds, list[int]]:
    """The same kinds with those that such entries would have, and the pool of each."""
    found = list(kinds.kinds)
    for one in words:
        found.append(_kind(kinds.version, -1, one, found))
    return Kinds(kinds.version, found, kinds.bits), [kind.pool for kind in found[len(kinds.kinds) :]]


def _kind(version: Version, kind_id: int, words: Words, before: list[Kind]) -> Kind:
    """A kind, in the pool of those before that are treated alike."""
    metrics = tuple(at for at, metric in enumerate(version.metric) if metric.of.holds(*words))
    cap = _first([cap.of for cap in version.cap], words)
    pools = {(kind.cap, kind.metrics): kind.pool for kind in before}
    return Kind(
        kind_id, *words, cap, _first([best.of for best in version.best], words),
        _first([worth.of for worth in version.worth], words), _first([expiry.of for expiry in version.expiry], words),
        metrics, pools.get((cap, metrics), len(pools)),
    )  # fmt: skip


def _first(of: list[Of], words: Words) -> int | None:
    return next((at for at, one in enumerate(of) if one.holds(*words)), None)


def _words(programme: Programme, version: Version, dimension: str, kinds: list[Kind]) -> list[str]:
    """The words that are told apart: the programme's domains, else all in the ledger; none where no metric counts them."""
    if dimension == "domain" and programme.domains:
        return programme.domains
    if dimension != "domain" and all(metric.counts != dimension for metric in version.metric):
        return []
    return sorted({word for kind in kinds if (word := getattr(kind, dimension))})


def _bits(programme: Programme, dimension: str, words: list[str]) -> dict[str, int]:
    if len(words) > MOST_DIFFERENT:
        plural = {"domain": "domains", "category": "categories", "activity": "activities"}[dimension]
        advice = (
            "Name those that count in the rulebook's domains." if dimension == "domain" else "Count something rarer."
        )
        raise PalierError(f"{programme.title}: {len(words)} {plural} are more than the {MOST_DIFFERENT} that can be counted. {advice}")  # fmt: skip
    return {word: 1 << position for position, word in enumerate(words)}


def _refuse_caps_in_part(programme: Programme, kinds: Kinds) -> None:
    version = kinds.version
    for cap_at, cap in enumerate(version.cap):
        inside = [kind for kind in kinds.kinds if kind.cap == cap_at]
        for at, metric in enumerate(version.metric):
            held = sum(at in kind.metrics for kind in inside)
            if metric.counts == "points" and 0 < held < len(inside):
                raise PalierError(
                    f"{programme.title}, version {version.effective}: metric {metric.id} holds only a part of the entries of cap "
                    f"{cap.id}, so that nobody could say which of them the cap cuts off. Let its `of` hold all or none of them."
                )


def put_rules(warehouse: Warehouse, kinds: Kinds, as_of: date, after: date) -> None:
    """The tables `kind_rule`, `worth_in_turn` and `stretch` of one question; after: the last day before its window."""
    version = kinds.version
    warehouse.put(
        "kind_rule",
        {"kind_id": "integer", "pool": "integer", "expired_up_to": "date", "worth": "integer", "best": "integer",
         "domain_bit": "bigint", "category_bit": "bigint", "activity_bit": "bigint"},
        [
            (kind.kind_id, kind.pool,
             None if kind.expiry is None else months_before(as_of, version.expiry[kind.expiry].months),
             kind.worth, kind.best, *(kinds.bit(dimension, kind) for dimension in ("domain", "category", "activity")))
            for kind in kinds.kinds
        ],
    )  # fmt: skip
    warehouse.put(
        "worth_in_turn",
        {"worth": "integer", "first_turn": "integer", "last_turn": "integer", "points": "decimal(18, 2)"},
        [
            (at, turn, 2_000_000_000 if turn == len(worth.points) else turn, points)
            for at, worth in enumerate(version.worth)
            for turn, points in enumerate(worth.points, start=1)
        ],
    )  # fmt: skip
    warehouse.put(
        "stretch",
        {"stretch": "integer", "best": "integer", "from_day": "date", "until": "date", "results": "integer", "is_by_day": "boolean"},
        [(at, *row) for at, row in enumerate(_stretches(warehouse, version, as_of, after))],
    )  # fmt: skip


def _stretches(warehouse: Warehouse, version: Version, as_of: date, after: date) -> list[tuple[object, ...]]:
    """Each stretch of time in which only the best results count."""
    rows: list[tuple[object, ...]] = []
    if not version.best:
        return rows
    [(first_earned,)] = warehouse.rows("select min(earned_on) from point_ledger")
    for best in version.best:
        group = next(at for at, other in enumerate(version.best) if other.of == best.of)
        begins = FIRST_DAY if version.window == "personal year" else after
        first = max(best.from_day or FIRST_DAY, begins, first_earned or FIRST_DAY)
        rows += [
            (group, start, end, best.results, best.result == "day")
            for start, end in _parts(best, first, min(best.until or LAST_DAY, LAST_DAY), as_of)
        ]
    return rows


def _parts(best: Best, first: date, until: date, as_of: date) -> list[tuple[date, date]]:
    """The days of one rule cut into its stretches, half-open."""
    if best.per == "window":
        return [(best.from_day or FIRST_DAY, until)]
    months = MONTHS_IN[best.per]
    start = date(first.year, (first.month - 1) // months * months + 1, 1)
    parts = []
    while start <= as_of and start < until:
        end = months_after(start, months)
        parts.append((max(start, best.from_day or FIRST_DAY), min(end, until)))
        start = end
    return [(start, end) for start, end in parts if start < end]
