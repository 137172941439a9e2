"""One question to one home about a day to come: who will stand where, with what is known on an earlier day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import pandas as pd

from pipeline.base.dates import day_before, day_or, months_before
from pipeline.base.errors import PalierError
from pipeline.base.home import Home, home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ledger.published import newest_roster
from pipeline.model.programme import Programme
from pipeline.model.rulebooks import rulebook
from pipeline.model.scenario import read_scenario
from pipeline.model.version import Version
from pipeline.outlook import asked
from pipeline.outlook.backtest import Backtest
from pipeline.outlook.call import worth_a_call
from pipeline.outlook.draw import bounds
from pipeline.outlook.fan import fan
from pipeline.outlook.forecast import LEAST_RECORD, Forecast, forecast
from pipeline.outlook.past import METHODS, MODEL, independent
from pipeline.outlook.served import heads, services
from pipeline.report.fragment import Fragment, Sentences
from pipeline.report.palette import tier_colour
from pipeline.report.provenance import Provenance, provenance
from pipeline.report.words import count, many, percent

EVE_MONTHS = 2
BASELINES = [name.replace(" ", "_").replace("-", "_") for name in METHODS[1:]]
"""The plain forecasts as columns, in the order of METHODS."""
WAY = ["day", "tier", "came", "expected", "low_80", "low_50", "high_50", "high_80", *BASELINES]
FEW_WINDOWS = 5

Given = ParamSpec("Given")


@dataclass(frozen=True)
class Outlook:
    """What the page shows. known: the forecast, None where `left_out` says why there is none; way: its `fan`."""

    programme: Programme
    provenance: Provenance
    origin: date
    on: date
    known: Forecast | None
    way: pd.DataFrame
    left_out: str = ""

    @property
    def found(self) -> Forecast:
        """The forecast, where there is one."""
        assert self.known, "there is a forecast"
        return self.known

    @cached_property
    def table(self) -> pd.DataFrame:
        """The forecast's table; `is_above` marks the rows of a tier or above, `id` is their tier."""
        table = self.found.table()
        is_above = table["tier"].str.endswith(" or above")
        return table.assign(is_above=is_above, id=table["tier"].str.removesuffix(" or above"))

    @cached_property
    def services(self) -> pd.DataFrame:
        """What becomes of each benefit that tiers decide."""
        return services(self.found)

    @cached_property
    def heads(self) -> pd.DataFrame:
        """What each person who serves partners will have to carry."""
        return heads(self.found)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Whom one more activity would help most."""
        return worth_a_call(self.found)

    @property
    def tiers(self) -> list[str]:
        """The ids of the tiers on the day, the top one first."""
        return [tier.id for tier in reversed(self.found.version.tier)]

    @property
    def above(self) -> pd.DataFrame:
        """The rows of the table that count each tier or above, the top one first."""
        top = self.tiers[0]
        rows = self.table[self.table["is_above"] | (self.table["id"] == top)]
        return rows.set_index("id").loc[self.tiers].reset_index()

    @cached_property
    def pasts(self) -> pd.DataFrame:
        """One row per forecast of before and tier or above, the first origin first, by the method given.

        Columns: origin, on, tier, nothing_new, expected, low_80, low_50, high_50, high_80, came. All but nothing_new are
        increments above it; the bands are as they were known then.
        """
        found, rows = self.found, []
        tested = Backtest([tier.id for tier in found.version.tier], found.pasts, found.seed)
        for past in sorted(found.pasts, key=lambda one: one.origin):
            limits = bounds(tested.draws(past, found.method), (0.5, 0.8)).astype(int) - past.nothing_new
            expected = past.chances[found.method].sum(axis=0) - past.nothing_new
            for at, tier in reversed(list(enumerate(tested.tiers))):
                (low_50, high_50), (low_80, high_80) = limits[:, :, at]
                rows.append((past.origin, past.on, tier, int(past.nothing_new[at]), round(float(expected[at]), 1),
                             low_80, low_50, high_50, high_80, int(past.truth[at] - past.nothing_new[at])))  # fmt: skip
        columns = ["origin", "on", "tier", "nothing_new", "expected", "low_80", "low_50", "high_50", "high_80", "came"]
        return pd.DataFrame(rows, columns=columns)

    def title_of(self, tier: str) -> str:
        """A tier's title, as the rules of the day have it."""
        titles = {step.id: step.title for step in self.programme.version_on(self.on).tier}
        return titles.get(tier, self.programme.title_of(tier))

    def above_title(self, tier: str) -> str:
        """`Certified or above`; of the top tier its title alone."""
        return self.title_of(tier) if tier == self.tiers[0] else f"{self.title_of(tier)} or above"

    def colour_of(self, tier: str) -> str:
        """The tier's colour."""
        return tier_colour(self.programme, tier)

    def footer(self) -> str:
        """The foot of a chart."""
        return f"{self.provenance.footer()}\n{self.supposed()}"

    def supposed(self) -> str:
        """What is supposed of how partners react."""
        if not self.found.run_for_it:
            return "Nobody is supposed to run for a tier because the rules change."
        return f"Supposed: {percent(self.found.run_for_it)} of those who narrowly miss a tier run for it and get there."

    def windows(self) -> str:
        """On how many forecasts of before the bands rest, and that few are few."""
        pasts = self.found.pasts
        if not pasts:
            return "No such forecast of before can be judged with these data: the width of the bands is supposed, not learned."
        apart, days = independent(pasts), pasts[0].days
        over = "" if days == self.found.days else f" over {many(days, 'day')}, as there is none over {self.found.days}"
        worth = ", which overlap:" if len(pasts) > apart + 0.05 else ":"
        few = ". That is few: take the bands with caution" if apart < FEW_WINDOWS else ""
        return f"The bands rest on {many(len(pasts), 'forecast')} of before{over}{worth} {apart:.1f} independent windows{few}."

    def why_method(self) -> str:
        """Which method's counts are given, and why."""
        found, pasts = self.found, len(self.found.pasts)
        if not pasts:
            return "The counts are the model's; there is no record to judge it by."
        if pasts < LEAST_RECORD:
            return f"The counts are the model's: {many(pasts, 'forecast')} of before {'is' if pasts == 1 else 'are'} too few to choose by."
        missed = found.record.set_index("method")["crps"]
        if found.method == MODEL:
            plain = str(missed.drop(MODEL).idxmin())
            return (
                f"The counts are the model's: on {count(pasts)} forecasts of before it came nearest, off by about "
                f"{missed[MODEL]:,.0f} partners per tier; the best plain forecast, “{plain}”, by about {missed[plain]:,.0f}."
            )
        return (
            f"The counts are those of the plain forecast “{found.method}” ({MEANING[found.method]}), not of the model: on "
            f"{count(pasts)} forecasts of before it was off by about {missed[found.method]:,.0f} partners per tier, the model "
            f"by about {missed[MODEL]:,.0f}."
        )


MEANING = {
    "nothing new": "everyone keeps the points that still count on the day",
    "recent pace": "everyone earns again what he earned in as long a time before",
    "look-alikes": "everyone earns what a partner earned who looked alike one such time ago",
}
"""What each plain forecast says, in words."""


def whole(number: float) -> str:
    """An expected count without decimals, the same wherever it is written."""
    return count(round(round(number, 1)))


def where_forecast(piece: Callable[Concatenate[Outlook, Given], Fragment]) -> Callable[Concatenate[Outlook, Given], Fragment]:  # fmt: skip
    """A piece of the page that says why it is left out where nothing can be forecast."""

    @wraps(piece)
    def shown(page: Outlook, /, *args: Given.args, **kwargs: Given.kwargs) -> Fragment:
        return piece(page, *args, **kwargs) if page.known else Sentences(["Left out for the same reason."])

    return shown


def open_outlook(
    as_of: str = "", on: str = "", programme: str = "", scenario: str = "", run_for_it: float = 0.0, home: str = ""
) -> Outlook:
    """Ask the published warehouse, with nothing posted after as_of, who will stand where on a day.

    An empty `on` is the day of the newest rules if as_of is earlier, else half a year on. An empty as_of is the newest
    roster's day; where that is not beyond the newest rules' first day, two months before it. Raises PalierError for a bad
    day, an unknown name, or a day before as_of.
    """
    place = home_at(Path(home) if home else None)
    rules, rulebook_hash = _rules(place, programme, scenario)
    with Warehouse.open(place.warehouse) as warehouse:
        origin = day_or(None, as_of, "as_of") or _usual_origin(warehouse, rules)
        _, usual = asked.days_of(rules, "", "", origin)
        day = day_or(usual, on, "on") or usual
        source = provenance(place, warehouse, rules.title, rulebook_hash, origin)
        if left_out := _left_out(rules.version_on(day), day):
            return Outlook(rules, source, origin, day, None, pd.DataFrame(columns=WAY), left_out)
        found = forecast(warehouse, rules, origin, day, run_for_it=run_for_it)
        way = fan(warehouse, found).reindex(columns=WAY)
        _ = found.stood  # asked for while the warehouse is open
    return Outlook(rules, source, origin, day, found, way)


def _rules(place: Home, programme: str, scenario: str) -> tuple[Programme, str]:
    """The rulebook, or as a scenario changes it; and the hash of its file."""
    if not scenario:
        return rulebook(place, programme)
    read = read_scenario(place, scenario)
    if programme not in ("", read.file.base):
        raise PalierError(f"scenario {scenario}: is about {read.file.base}, not {programme}. Leave programme out.")
    changed = read.programme.model_copy(update={"title": f"{read.programme.title}, scenario “{read.file.title}”"})
    return changed, rulebook(place, read.file.base)[1]


def _usual_origin(warehouse: Warehouse, rules: Programme) -> date:
    """The newest roster's day; where the newest rules do not lie behind it, two months before them if data reach there."""
    newest, first_day = newest_roster(warehouse), rules.version[-1].effective
    if newest > first_day:
        return newest
    [(oldest,)] = warehouse.rows("select min(snapshot_on) from snapshot")
    eve = day_before(months_before(first_day, EVE_MONTHS))
    return eve if oldest <= eve <= newest else newest


def _left_out(version: Version, day: date) -> str:
    """Why nothing can be forecast under some rules; empty where it can."""
    if version.standing_by == "label":
        return f"By the rules of {version.effective}, in force on {day}, labels decide: who gives them is not forecast."
    if version.best or version.worth or version.window == "personal year":
        what = "count the best results, pay by turn or give each partner a year of his own"
        return f"The rules of {version.effective} {what}, which is not forecast."
    return ""
