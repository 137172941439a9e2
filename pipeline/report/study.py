"""One question to one home: everyone's place before and after a change of rules, for all or for one region."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.dates import day_or
from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.home import home_at
from pipeline.base.warehouse import Warehouse
from pipeline.model.benefit import Change, changes
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.rulebooks import rulebook
from pipeline.model.standing import Standing, grouped
from pipeline.model.transition import NOT_YET, Transition, transition
from pipeline.report.provenance import Provenance, provenance

FIRST_ROWS = 20
NO_REACTION = "Counted as if nobody reacts; in truth partners collect points once they know a threshold."


@dataclass(frozen=True)
class Study:
    """What a page about a change shows.

    transition: the partners of the region, by their region before the change; whole: those of all regions.
    domains: domain → its bit in a standing's domain_bits. rosters: partners on the roster before and after, counted in
    the rosters themselves. rulebook: its name, empty where it was not asked by name.
    """

    programme: Programme
    provenance: Provenance
    cut_over: date
    region: str
    whole: Transition
    transition: Transition
    domains: dict[str, int]
    rosters: tuple[int, int]
    rulebook: str = ""

    @property
    def day_before(self) -> date:
        """The day of the standing before."""
        return self.transition.before.question.as_of

    @property
    def known_on(self) -> date:
        """Nothing posted later is used."""
        return self.provenance.known_on

    @cached_property
    def changes(self) -> list[Change]:
        """What happens to each benefit, for the partners of the region."""
        return changes(self.transition)

    def title_of(self, tier: str) -> str:
        """A tier's title, and the words for those who were on no roster before."""
        return "new on the roster" if tier == NOT_YET else self.programme.title_of(tier)

    def footer(self, whole: bool = False) -> str:
        """The foot of a chart; `whole`: of one that shows all regions."""
        where = "" if not self.region else "All regions · " if whole else f"{self.region} · "
        return f"{where}{self.provenance.footer()}\n{NO_REACTION}"

    def command(self, name: str, file: str) -> str:
        """The command that writes a whole list to a file."""
        rules = f"--programme {self.rulebook} " if self.rulebook else ""
        days = f"--before {self.day_before} --after {self.cut_over} --known-on {self.known_on}"
        return f"palier transition {rules}{days} --list {name} --output {file}"

    def all_are(self) -> str:
        """What that command gives: the lists of the command line know no region."""
        return "all, of every region" if self.region else "all"


def open_study(as_of: str = "", cut_over: str = "", region: str = "", programme: str = "", home: str = "") -> Study:
    """Ask the published warehouse: before on the eve of the cut-over (or on as_of, if that is earlier), after on its day.

    Nothing posted after as_of is used, nor a later roster. An empty cut_over is the day of the newest version, an empty
    as_of the cut-over. Raises PalierError for a bad day or an unknown name.
    """
    place = home_at(Path(home) if home else None)
    rules, rulebook_hash = rulebook(place, programme)
    eve, first_day = rules.cut_over_days(after=day_or(None, cut_over, "cut_over"))
    asked = day_or(first_day, as_of, "as_of") or first_day
    with Warehouse.open(place.warehouse) as warehouse:
        before = Question(min(asked, eve), known_on=asked, rules_on=eve)
        after = Question(first_day, known_on=asked, rules_on=first_day)
        whole = transition(warehouse, rules, before, after)
        rosters = (_on_roster(warehouse, before.roster_on), _on_roster(warehouse, after.roster_on))
        source = provenance(place, warehouse, rules.title, rulebook_hash, asked)
    part = in_region(whole, region) if region else whole
    return Study(rules, source, first_day, region, whole, part, whole.after.domains, rosters, programme)


def in_region(whole: Transition, region: str) -> Transition:
    """The partners who were in a region before the change. An unknown region is an error that names the nearest one."""
    regions = grouped(whole.partners, "region")
    if region not in set(regions):
        raise PalierError(f"region {region!r}: no partner is there{_nearest(region, regions)}")
    partners = whole.partners[regions == region].reset_index(drop=True)
    ids = set(partners["partner_id"])
    return Transition(only(whole.before, ids), only(whole.after, ids), partners)


def _nearest(region: str, regions: pd.Series) -> str:
    by_lower_case = {name.casefold(): name for name in regions}
    exact = by_lower_case.get(region.casefold())
    return f"; did you mean {exact}?" if exact else did_you_mean(region, set(regions))


def only(standing: Standing, ids: set[str]) -> Standing:
    """The standing of some partners: their rows, and what was measured of them."""
    positions = np.flatnonzero(standing.partners["partner_id"].isin(ids))
    measured = standing.measured.in_order(positions) if standing.measured else None
    return replace(standing, partners=standing.partners.iloc[positions].reset_index(drop=True), measured=measured)


def _on_roster(warehouse: Warehouse, on: date) -> int:
    """Partners of the snapshot that speaks for a day, counted there."""
    [(partners,)] = warehouse.rows(
        "select partners from snapshot where snapshot_on <= $on order by snapshot_on desc limit 1", on=on
    )
    return int(partners)
