"""Random rulebooks and ledgers for Hypothesis: small, on sharp days and with few amounts, so that edges are met often."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from model.reference import Entry, first_table, is_meant

from pipeline.model.amount import Of
from pipeline.model.mistakes import mistakes_of
from pipeline.model.programme import Programme
from pipeline.model.version import Asked, Best, Cap, Expiry, Hold, Metric, Tier, Track, Version, Worth

FIRST, LAST = date(2003, 1, 1), date(2004, 12, 31)


def days_of(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in text.split()]


SHARP = days_of("2004-03-01 2004-02-29 2003-02-28 2003-12-31 2004-01-01 2003-03-31 2004-04-30 2003-07-01 2004-06-30")
EARLY = days_of("2003-07-01 2003-02-15 2003-09-30 2004-01-01 2004-03-10 2004-05-01")
LATE = days_of("2004-07-01 2004-06-30 2004-12-31 2004-03-31 2004-08-29 2005-01-01")
WORDS = {"category": [None, "staff", "sales"], "activity": [None, "exam", "seminar"], "domain": [None, "Cloud", "Web"]}
KINDS = list(product(*WORDS.values()))
AMOUNTS = [Decimal(text) for text in ("10", "0.01", "9.99", "10.01", "20", "19.99", "33.33", "0", "50")]
BELOW_ZERO = [Decimal(text) for text in ("-0.01", "-10", "-20.01")]
TIERS = ["bronze", "silver", "gold"]
PARTNERS = ["ADATUM", "CONTOSO", "FABRIKAM", "LITWARE", "NORTHWIND", "TAILSPIN"]
MEANT = [
    Of(category=["staff"]), Of(domain=["Cloud"]), Of(activity=["exam"]), Of(category=["sales", "staff"]), Of(domain=["Web", "Cloud"]),
    Of(category=["sales"], activity=["seminar", "exam"]), Of(category=["staff"], domain=["Web"]), Of(activity=["seminar"]),
]  # fmt: skip

days = st.sampled_from(SHARP) | st.dates(FIRST, LAST)
late_days = st.sampled_from(LATE) | st.dates(FIRST, date(2005, 2, 1))
amounts = st.sampled_from(AMOUNTS)
of = st.sampled_from(MEANT)


def maybe(strategy: st.SearchStrategy[Any], otherwise: Any = None) -> st.SearchStrategy[Any]:
    return st.just(otherwise) | strategy


def numbered(name: str, tables: list[Any]) -> list[Any]:
    """Each with an id of its own; one that names the same entries as the one before is left out, but for best results."""
    kept = [
        one for at, one in enumerate(tables) if name in ("metric", "best") or at == 0 or one.of != tables[at - 1].of
    ]
    return [table.model_copy(update={"id": f"{name}{at}"}) for at, table in enumerate(kept)]


metrics = st.builds(
    Metric, id=st.just("x"), source=st.just(""), of=st.just(Of()) | of,
    counts=st.sampled_from(["points", "entries", "category", "activity", "domain"]),
    most=maybe(st.sampled_from([Decimal(2), Decimal(1), Decimal(15)])),
)  # fmt: skip
caps = st.builds(Cap, id=st.just("x"), of=of, points=amounts, source=st.just(""))
spells = maybe(st.tuples(maybe(days), maybe(days)).filter(lambda ends: None in ends or ends[0] < ends[1]), (None, None))
bests = st.builds(
    lambda ends, **rest: Best(id="x", source="", from_day=ends[0], until=ends[1], **rest),
    spells, of=st.just(Of()) | of, results=st.integers(1, 2), result=st.sampled_from(["entry", "day"]),
    per=st.sampled_from(["window", "year", "half-year", "quarter", "month"]),
)  # fmt: skip
worths = st.builds(
    Worth,
    id=st.just("x"),
    of=of,
    points=st.lists(st.sampled_from(AMOUNTS + BELOW_ZERO[:1]), min_size=1, max_size=3),
    source=st.just(""),
)
expiries = st.builds(Expiry, id=st.just("x"), of=of, months=st.sampled_from([6, 1, 2, 3, 12]), source=st.just(""))
short_windows = st.sampled_from([2, "personal year", 6, 1, "calendar year", "year from 07-01"])
windows = st.sampled_from(
    ["all time", "calendar year", "personal year", "year from 07-01", "year from 02-28", 12, 2, 6]
)
reviews = st.sampled_from(["always", "anniversary", [1], [7], [1, 4, 7, 10], [3]])
holds = st.builds(
    Hold, grandfathered_until=maybe(days | st.sampled_from([date(2004, 12, 1), date(2005, 1, 1)])), source=st.just(""),
    protected_months=st.sampled_from([None, 6, 2, 1]), grace_months=st.sampled_from([None, 2, 6, 1]),
    review_up=reviews, review_down=reviews, downgrade=st.sampled_from(["earned", "one step", "none"]),
)  # fmt: skip


@st.composite
def asked(draw: st.DrawFn, own: list[Metric], least: int = 0) -> dict[str, Decimal]:
    """Minimums of some metrics."""
    names = ["points", "domains", *(metric.id for metric in own)]
    sums = {"points", *(metric.id for metric in own if metric.counts == "points")}
    named = draw(st.lists(st.sampled_from(names), min_size=least, max_size=2, unique=True))
    found = {name: draw(amounts if name in sums else st.sampled_from([Decimal(1), Decimal(2)])) for name in named}
    most = {metric.id: metric.most for metric in own if metric.most is not None}
    return {name: min(minimum, most.get(name, minimum)) for name, minimum in found.items()}


@st.composite
def what_a_tier_asks(draw: st.DrawFn, own: list[Metric]) -> Asked:
    any_of = draw(st.just([]) | st.lists(asked(own, least=1), max_size=2))
    return Asked(requires=draw(asked(own, least=0 if any_of else 1)), any_of=any_of)


@st.composite
def tiers(draw: st.DrawFn, own: list[Metric], names: list[str], below: Sequence[Tier] = ()) -> list[Tier]:
    """The tiers of these names, above others; none asks less than a lower one."""
    ladder = list(below)
    for name in names:
        steps = draw(what_a_tier_asks(own))
        low = {metric: minimum for tier in ladder for metric, minimum in tier.requires.items()}
        requires = {metric: max(minimum, low.get(metric, minimum)) for metric, minimum in steps.requires.items()}
        ladder.append(Tier(id=name, title=name.title(), requires=requires, any_of=steps.any_of, source=""))
    return ladder[len(below) :]


def light_tiers(names: list[str]) -> st.SearchStrategy[list[Tier]]:
    """A ladder of few points."""
    points = st.lists(st.sampled_from(AMOUNTS[:5]), min_size=len(names), max_size=len(names)).map(sorted)
    return points.map(lambda points: [
        Tier(id=name, title=name.title(), requires={"points": least}, source="") for name, least in zip(names, points, strict=True)
    ])  # fmt: skip


@st.composite
def versions(draw: st.DrawFn, effective: date, without: frozenset[str], is_held: bool = False) -> Version:
    """One version; `without` names the parts that it leaves out, is_held: most have a hold, and tiers are lightly earned and lost."""

    def some(name: str, strategy: st.SearchStrategy[Any]) -> list[Any]:
        return [] if name in without else numbered(name, draw(st.just([]) | st.lists(strategy, min_size=1, max_size=2)))

    own, window = some("metric", metrics), draw(short_windows if is_held else windows)
    names = (
        ["gold"] if "ladder" in without else draw(st.sampled_from([["gold"], TIERS, TIERS[:2], TIERS[1:], TIERS[::2]]))
    )
    ladder, track = draw(light_tiers(names) if is_held else tiers(own, names)), []
    if "track" not in without and draw(st.booleans()):
        kept = draw(st.sampled_from([len(names) - 1, 0]))
        instead = {
            tier.id: Asked(requires=tier.requires, any_of=tier.any_of)
            for tier in draw(tiers(own, names[kept:], ladder[:kept]))
        }
        track = [Track(id="small", of=["small"], tier=instead, source="")]
    standing_by = "points" if "label" in without else draw(st.sampled_from(["points", "points", "label"]))
    has_hold = standing_by == "points" and "hold" not in without and draw(st.sampled_from([is_held, True]))
    return Version(
        effective=effective, standing_by=standing_by, window=window, metric=own, cap=some("cap", caps), best=some("best", bests),
        worth=some("worth", worths), tier=ladder, track_by="size_class" if track else None, track=track, source="",
        expiry=[one for one in some("expiry", expiries) if isinstance(window, str) or one.months < window],
        hold=draw(holds.filter(lambda hold: is_sound(hold, effective))) if has_hold else None,
    )  # fmt: skip


def is_sound(hold: Hold, effective: date) -> bool:
    has_no_use = hold.downgrade == "none" and (hold.grace_months or hold.protected_months)
    return not has_no_use and (hold.grandfathered_until is None or hold.grandfathered_until > effective)


@st.composite
def programmes(draw: st.DrawFn, without: str = "", most: int = 3, is_held: bool = False) -> Programme:
    """A rulebook without mistakes."""
    starts = sorted(draw(st.lists(st.sampled_from(EARLY) if is_held else days, min_size=1, max_size=most, unique=True)))
    written = [
        draw(
            versions(
                start, frozenset(without.split()) | ({"label"} if is_held and start > starts[0] else set()), is_held
            )
        )
        for start in starts
    ]
    return valid(written, draw(maybe(st.just(["Web"]), [])))


def valid(written: list[Version], domains: Sequence[str] = ()) -> Programme:
    """The rulebook of these versions; an example in which it has a mistake is none."""
    assume(not mistakes_of(Programme.model_construct(title="", summary="", domains=list(domains), version=written)))
    assume(not any(_is_cut_in_part(version) for version in written))
    return Programme(title="", summary="", domains=list(domains), version=written)


def _is_cut_in_part(version: Version) -> bool:
    """Whether a metric that sums points holds only some of the entries of a cap."""
    sums = [metric for metric in version.metric if metric.counts == "points"]
    kinds = [Entry("", "", FIRST, FIRST, Decimal(0), *words) for words in KINDS if version.cap and sums]
    return any(
        len({is_meant(metric.of, kind) for kind in kinds if first_table(version.cap, kind) is cap}) > 1
        for cap, metric in product(version.cap, sums)
    )
