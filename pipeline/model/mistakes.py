"""What makes no sense in a rulebook although every value by itself is right."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import did_you_mean
from pipeline.model.version import BUILT_IN, Best, Version

if TYPE_CHECKING:
    from pipeline.model.programme import Programme


OF_A_STANDING = {
    "partner_id", "name", "region", "city", "size_class", "primary_domain", "joined_on", "status", "contact", "adviser",
    "account_manager", "coordinator", "technician", "label", "track", "tier", "earned_tier", "held_because", "entries",
    "domain_bits", "tier_rank", "earned_rank", "partners", "share",
}  # fmt: skip


def mistakes_of(programme: "Programme") -> list[str]:
    """All of them, each with its place."""
    in_versions = [
        f"version {version.effective}, {mistake}"
        for version in programme.version
        for mistake in dict.fromkeys(_in_version(version))
    ]
    return [*_twice(programme), *_out_of_order(programme), *in_versions, *_in_benefits(programme)]


def unknown_metrics(document: dict[str, Any]) -> list[str]:
    """Tiers that ask a metric which their version does not have, in a document whose values may be wrong as well."""
    mistakes = []
    for version in _tables(document, "version"):
        known = [*BUILT_IN, *(str(metric.get("id")) for metric in _tables(version, "metric"))]
        asking = [(f"tier {tier.get('id')}", tier) for tier in _tables(version, "tier")]
        for track in _tables(version, "track"):
            tiers = track.get("tier")
            asking += [
                (f"track {track.get('id')}, tier {tier}", asked)
                for tier, asked in (tiers.items() if isinstance(tiers, dict) else ())
                if isinstance(asked, dict)
            ]
        for place, tier in asking:
            ways = tier.get("any_of")
            sets = [("requires", tier.get("requires"))]
            sets += [(f"any_of {n}", way) for n, way in enumerate(ways if isinstance(ways, list) else [], start=1)]
            mistakes += [
                f"version {version.get('effective')}, {place}, {name}.{metric}: no such metric{did_you_mean(metric, known)}"
                for name, asked in sets
                for metric in (asked if isinstance(asked, dict) else ())
                if metric not in known
            ]
    return mistakes


def _tables(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    return [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []


def _twice(programme: "Programme") -> list[str]:
    """What must be named once: a domain that stands twice would count every entry in it twice."""
    named = [
        ("domains", programme.domains),
        ("benefit", [benefit.id for benefit in programme.benefit]),
        ("activity", [activity.id for activity in programme.activity]),
    ]
    return [f"{what} {name}: stands twice; take one away" for what, names in named for name in _repeated(names)]


def _repeated(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _out_of_order(programme: "Programme") -> list[str]:
    dated = [("version", [version.effective for version in programme.version])]
    dated += [
        (f"benefit {benefit.id}, term", [term.effective for term in benefit.term]) for benefit in programme.benefit
    ]
    return [
        f"{what} {later}: stands after {earlier}; put them in order of effective, each day once"
        for what, days in dated
        for earlier, later in pairwise(days)
        if later <= earlier
    ]


def _in_version(version: Version) -> Iterator[str]:
    for what in ("metric", "cap", "best", "worth", "expiry", "track", "tier"):
        ids = [one.id for one in getattr(version, what)]
        yield from (f"{what} {name}: stands twice; give one another id" for name in _repeated(ids))
    for tier in version.tier:
        if tier.id in ("none", "unknown"):
            yield f"tier {tier.id}: this name has a meaning of its own; choose another id"
        if version.standing_by == "points" and not tier.is_earned:
            yield f"tier {tier.id}: asks nothing; give it a requires.points"
    yield from _in_measuring(version)
    yield from _in_turn(version)
    yield from _in_tracks(version)
    yield from _in_asking(version)
    yield from _in_ladder(version)
    yield from _in_hold(version)


def _in_measuring(version: Version) -> Iterator[str]:
    for metric in version.metric:
        if metric.id in BUILT_IN:
            yield f"metric {metric.id}: every version has this metric already; name yours otherwise"
        elif metric.id in OF_A_STANDING:
            yield f"metric {metric.id}: a standing has a column of this name; name yours otherwise"
        if metric.most is not None and metric.counts != "points" and metric.most % 1:
            yield f"metric {metric.id}, most: {metric.most} is no whole number, though it counts {metric.counts}; write one"
    for best in version.best:
        if best.from_day and best.until and best.until <= best.from_day:
            yield f"best {best.id}, until: {best.until} is not later than from_day {best.from_day}; it is the day after the last one"
    for what in ("cap", "worth", "expiry"):
        for one in getattr(version, what):
            if not one.of.in_words():
                yield f"{what} {one.id}, of: names no entries; name a category, an activity or a domain"
    if version.window != "all time" and not isinstance(version.window, list):
        in_window = version.window if isinstance(version.window, int) else 12
        for expiry in version.expiry:
            if expiry.months >= in_window:
                yield (f"expiry {expiry.id}, months: {expiry.months} is not shorter than the window of {in_window} months; "
                       "it changes nothing. Shorten it, or take it away")  # fmt: skip


def _in_turn(version: Version) -> Iterator[str]:
    """Only the first table whose `of` holds is used; best results of the same entries share out the days."""
    for what in ("cap", "best", "worth", "expiry"):
        for first, second in combinations(getattr(version, what), 2):
            if what == "best" and first.of == second.of:
                if _share_a_day(first, second):
                    yield (f"best {second.id}: shares days with {first.id}, which has the same `of`; part them by from_day "
                           "and until")  # fmt: skip
            elif first.of.includes(second.of):
                yield (f"{what} {second.id}, of: all its entries fall under {first.id}, which comes first; this one would "
                       "never be used. Put it first, or take it away")  # fmt: skip


def _share_a_day(one: Best, other: Best) -> bool:
    start = max(one.from_day or date.min, other.from_day or date.min)
    return start < min(one.until or date.max, other.until or date.max)


def _in_tracks(version: Version) -> Iterator[str]:
    if version.track and not version.track_by:
        yield "track_by: is missing; name the roster's column that tells the tracks apart"
    if version.track_by and not version.track:
        yield "track: is missing, though track_by tells tracks apart; write a track, or take track_by away"
    known = [tier.id for tier in version.tier]
    for track in version.track:
        for name in track.tier:
            if name not in known:
                yield f"track {track.id}, tier {name}: no such tier{did_you_mean(name, known)}"
    words = [word for track in version.track for word in track.of]
    yield from (f"track: {word!r} stands in two tracks; take it out of one" for word in _repeated(words))


def _ladders(version: Version) -> Iterator[tuple[str, Version]]:
    """Every ladder with its place: that of all partners, then that of each track."""
    yield "", version
    for track in version.track:
        yield f"track {track.id}, ", version.model_copy(update={"tier": version.tiers_of(track.id), "track": []})


def _in_asking(version: Version) -> Iterator[str]:
    for place, ladder in _ladders(version):
        for tier in ladder.tier:
            sets = [("requires", tier.requires), *((f"any_of {n}", way) for n, way in enumerate(tier.any_of, start=1))]
            for name, asked in sets:
                where = f"{place}tier {tier.id}, {name}"
                if name != "requires" and not asked:
                    yield f"{where}: asks nothing, so that the others ask nothing either; take it away"
                for metric, minimum in asked.items():
                    if metric not in version.metrics:
                        continue  # told by unknown_metrics
                    if version.counts(metric) != "points" and minimum % 1:
                        yield f"{where}.{metric}: {minimum} is no whole number, though it counts {version.counts(metric)}; write one"
                    elif (most := _most(version, metric)) is not None and minimum > most:
                        yield f"{where}.{metric}: {minimum} is more than the {most} that can count; lower it, or raise most"


def _most(version: Version, metric: str) -> Decimal | None:
    return next((own.most for own in version.metric if own.id == metric), None)


def _in_ladder(version: Version) -> Iterator[str]:
    """A higher tier that asks less than a lower one; where tiers have alternatives, that is for the analyst to see."""
    for place, ladder in _ladders(version):
        for metric in version.metrics:
            asking = [(tier.id, tier.requires[metric]) for tier in ladder.tier if metric in tier.requires]
            for (lower, low), (name, high) in pairwise(asking):
                if high < low:
                    yield f"{place}tier {name}, requires.{metric}: {high} is below {lower}'s {low}; a higher tier asks as much or more"


def _in_hold(version: Version) -> Iterator[str]:
    hold = version.hold
    if hold is None:
        return
    if version.standing_by == "label":
        yield "hold: a label is held until the roster says otherwise; leave hold to versions that stand by points"
    if not hold.model_fields_set - {"source"}:
        yield "hold: says nothing; give it a grace, a protection, a review or a day"
    if hold.grandfathered_until and hold.grandfathered_until <= version.effective:
        yield f"hold, grandfathered_until: {hold.grandfathered_until} is not later than effective {version.effective}; it is the first day without"
    for name, months in (("review_up", hold.review_up), ("review_down", hold.review_down)):
        if isinstance(months, list) and (not months or sorted(set(months)) != months):
            yield f"hold, {name}: {months} must be months from 1 to 12 in order, each once"
    if hold.downgrade == "none" and (hold.grace_months or hold.protected_months):
        yield "hold, downgrade: none, so that grace_months and protected_months change nothing; take them away"


def _in_benefits(programme: "Programme") -> list[str]:
    known = {tier.id for version in programme.version for tier in version.tier} | {"none"}
    mistakes = [
        f"benefit {benefit.id}, term {term.effective}, tiers: no such tier {name!r}{did_you_mean(name, known)}"
        for benefit in programme.benefit
        for term in benefit.term
        for name in term.tiers
        if name not in known
    ]
    mistakes += [
        f"benefit {benefit.id}, term {term.effective}: names neither tiers nor labels nor, in named_in, a roster column; "
        "nobody could tell who has it"
        for benefit in programme.benefit
        for term in benefit.term
        if not term.tiers and not term.labels and not benefit.named_in
    ]
    return mistakes
