"""The whole rule in plain Python, word by word as docs/rulebook.md has it: slow, and there to be compared with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.base.dates import months_before
from pipeline.model.programme import Programme
from pipeline.model.version import Best, Of, Requirements, Tier, Version

NEW_YEAR = date(2000, 1, 1)


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    entry_id: str
    partner_id: str
    earned_on: date
    posted_on: date
    points: Decimal
    category: str | None = None
    activity: str | None = None
    domain: str | None = None
    reverses: str | None = None
    superseded_on: date | None = None
    file_id: int = 1
    line: int = 1

    @property
    def order(self) -> tuple[date, date, int, int]:
        return self.earned_on, self.posted_on, self.file_id, self.line


@dataclass(frozen=True)
class Listed:
    """A partner as one roster lists him."""

    partner_id: str
    label: str | None = None
    joined_on: date | None = None
    size_class: str | None = None


@dataclass(frozen=True)
class World:
    """All that an answer hangs on. rosters: what each snapshot lists, by its day."""

    programme: Programme
    rosters: dict[date, list[Listed]]
    entries: list[Entry]
    known_on: date = date.max


def version_on(world: World, day: date) -> Version | None:
    return max((v for v in world.programme.version if v.effective <= day), key=lambda v: v.effective, default=None)


def listed_on(world: World, partner_id: str, day: date) -> Listed | None:
    newest = max((snapshot for snapshot in world.rosters if snapshot <= min(day, world.known_on)), default=None)
    return next((one for one in world.rosters.get(newest, []) if one.partner_id == partner_id), None)


# what an entry brings


def came_round(born: date, day: date) -> date:
    """The last day up to `day` on which `born` came round; 29 February does on the 28th of a common year."""
    years = (day.year - born.year, day.year - born.year - 1)
    return next(found for year in years if (found := months_before(born, -12 * year)) <= day)


def window_from(version: Version, listed: Listed, day: date) -> date:
    """The first day whose entries count."""
    match version.window:
        case "all time":
            return date.min
        case "calendar year":
            return came_round(NEW_YEAR, day)
        case "personal year":
            return came_round(listed.joined_on or NEW_YEAR, day)
        case str(fiscal):
            return came_round(date.fromisoformat(f"2000-{fiscal.removeprefix('year from ')}"), day)
        case months:
            return months_before(day, months) + timedelta(days=1)


def is_meant(of: Of, entry: Entry) -> bool:
    columns = ((of.category, entry.category), (of.activity, entry.activity), (of.domain, entry.domain))
    return all(not words or word in words for words, word in columns)


def first_table(tables: list[Any], entry: Entry) -> Any:
    return next((table for table in tables if is_meant(table.of, entry)), None)


def is_reversed(world: World, entry: Entry, day: date) -> bool:
    return any(
        other.reverses == entry.entry_id
        and other.partner_id == entry.partner_id
        and other.earned_on <= day
        and other.posted_on <= world.known_on
        and (other.superseded_on is None or other.superseded_on > world.known_on)
        for other in world.entries
    )


def why_not_by_itself(world: World, version: Version, listed: Listed, day: date, entry: Entry) -> str | None:
    expiry = first_table(version.expiry, entry)
    if entry.posted_on > world.known_on:
        return "not yet known"
    if entry.superseded_on is not None and entry.superseded_on <= world.known_on:
        return "superseded by a correction"
    if entry.earned_on > day:
        return "earned later"
    if entry.earned_on < window_from(version, listed, day):
        return "before the window"
    if expiry and entry.earned_on <= months_before(day, expiry.months):
        return "expired"
    if entry.reverses is not None:
        return "cancels another entry"
    return "reversed" if is_reversed(world, entry, day) else None


def with_worth(version: Version, entries: list[Entry]) -> dict[Entry, Decimal]:
    """What each entry brings before best and caps, in order."""
    brought: dict[Entry, Decimal] = {}
    had: dict[str, int] = defaultdict(int)
    for entry in sorted(entries, key=lambda entry: entry.order):
        worth = first_table(version.worth, entry)
        brought[entry] = worth.points[min(had[worth.id], len(worth.points) - 1)] if worth else entry.points
        had[worth.id if worth else ""] += 1
    return brought


def best_for(version: Version, entry: Entry) -> Best | None:
    first = first_table(version.best, entry)
    return next((
        best for best in version.best
        if first and best.of == first.of
        and (best.from_day is None or best.from_day <= entry.earned_on)
        and (best.until is None or entry.earned_on < best.until)
    ), None)  # fmt: skip


def stretch(per: str, day: date) -> tuple[int, ...]:
    months = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}
    return () if per == "window" else (day.year, (day.month - 1) // months[per])


def beyond_the_best(version: Version, brought: dict[Entry, Decimal]) -> set[Entry]:
    """The entries, given in order, whose result is not among the best of its stretch."""
    results: dict[tuple[Any, ...], dict[Any, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in brought:
        if best := best_for(version, entry):
            result = entry.earned_on if best.result == "day" else entry
            results[best.id, best.results, stretch(best.per, entry.earned_on)][result].append(entry)
    beyond = set()
    for (_, most, _), of_stretch in results.items():
        from_the_best = sorted(of_stretch.values(), key=lambda result: -sum(brought[entry] for entry in result))
        beyond |= {entry for result in from_the_best[most:] for entry in result}
    return beyond


def what_counts(
    world: World, version: Version, listed: Listed, day: date
) -> tuple[dict[Entry, Decimal], dict[Entry, str | None]]:
    """What each entry that counts brings; and of every entry why it does not count, None = it counts."""
    own = [entry for entry in world.entries if entry.partner_id == listed.partner_id]
    reasons = {entry: why_not_by_itself(world, version, listed, day, entry) for entry in own}
    brought = with_worth(version, [entry for entry in own if reasons[entry] is None])
    reasons |= dict.fromkeys(beyond_the_best(version, brought), "beyond the best results")
    return {entry: points for entry, points in brought.items() if reasons[entry] is None}, reasons


# what is measured


def sum_capped(version: Version, brought: dict[Entry, Decimal]) -> Decimal:
    """What these entries bring together; those of one cap no more than the cap."""
    under: dict[str, Decimal] = defaultdict(Decimal)
    for entry, points in brought.items():
        cap = first_table(version.cap, entry)
        under[cap.id if cap else ""] += points
    return under[""] + sum(min(cap.points, under[cap.id]) for cap in version.cap)


def different(column: str, entries: Iterable[Entry], known: list[str]) -> int:
    """How many different words stand in a column; of domains those that the programme knows, all where it names none."""
    words = {getattr(entry, column) for entry in entries} - {None}
    return len(words & set(known) if column == "domain" and known else words)


def measured(world: World, version: Version, listed: Listed, day: date) -> dict[str, Decimal | int]:
    """Metric → its number."""
    brought, _ = what_counts(world, version, listed, day)
    known = world.programme.domains
    found: dict[str, Decimal | int] = {
        "points": sum_capped(version, brought),
        "domains": different("domain", brought, known),
    }
    for metric in version.metric:
        meant = {entry: points for entry, points in brought.items() if is_meant(metric.of, entry)}
        match metric.counts:
            case "points":
                number = sum_capped(version, meant)
            case "entries":
                number = len(meant)
            case column:
                number = different(column, meant, known)
        found[metric.id] = number if metric.most is None else min(number, metric.most)
    return found


# what is earned


def asked_of(version: Version, tier: Tier, listed: Listed) -> tuple[Requirements, list[Requirements]]:
    word = getattr(listed, version.track_by) if version.track_by else None
    asked = next((track.tier[tier.id] for track in version.track if word in track.of and tier.id in track.tier), tier)
    return asked.requires, asked.any_of


def earned(world: World, version: Version, listed: Listed, day: date) -> int:
    """The rank of the highest tier earned; 0 = none."""
    metrics = measured(world, version, listed, day)

    def meets(asked: Requirements) -> bool:
        return all(metrics[metric] >= minimum for metric, minimum in asked.items())

    for rank, tier in enumerate(version.tier):
        requires, any_of = asked_of(version, tier, listed)
        asks_nothing = not requires and not any_of
        if asks_nothing or not meets(requires) or (any_of and not any(map(meets, any_of))):
            return rank
    return len(version.tier)


def labelled(version: Version, listed: Listed) -> int:
    """The rank that the label names, by id or title; -1 = no tier of that name."""
    word = (listed.label or "").casefold()
    named = [rank for rank, tier in enumerate(version.tier, start=1) if word in (tier.id, tier.title.casefold())]
    return (named or [-1])[0] if word else 0
