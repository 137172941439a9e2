"""One question to one home about what would be: today's rules, the scenarios of the programme, and one of them closely."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.base.home import Home, home_at
from pipeline.base.warehouse import Warehouse
from pipeline.model.benefit import Change
from pipeline.model.cells import Cells, asked_metrics, cells_of
from pipeline.model.rulebooks import rulebook_name
from pipeline.model.scenario import Aim, Scenario, read_scenario, scenario_names, scenarios_of
from pipeline.model.scenario_table import MOST_CHANGES, attribution, facts_of, reached
from pipeline.model.standing import standing
from pipeline.model.transition import Transition, compare, transition
from pipeline.report.study import Study, in_region, only, open_study


@dataclass(frozen=True)
class Outcome:
    """What comes of one scenario. facts: as in the scenario table, of the region; aims: what each comes to, None = unknown.

    Aims are about all regions.
    """

    scenario: Scenario
    facts: dict[str, Any]
    aims: list[tuple[Aim, float | None]]

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return self.scenario.file.title


@dataclass(frozen=True)
class WhatIf:
    """What a page about scenarios shows. study: before and after under today's rules, which are the baseline.

    facts: the baseline's. chosen: the scenario looked at closely, None where there is none; moved: the study under it;
    against: from the baseline to it, both on the day after; attributed: what each of its changes does, if it has several.
    """

    study: Study
    facts: dict[str, Any]
    outcomes: list[Outcome]
    chosen: Outcome | None = None
    moved: Study | None = None
    against: Study | None = None
    attributed: pd.DataFrame | None = None

    @property
    def tiers(self) -> list[str]:
        """The tiers that facts count, top down, without none and unknown."""
        return [tier for tier in self.study.transition.after.tiers if tier not in ("none", "unknown")]

    @property
    def left_out(self) -> str:
        """Why no threshold can be moved on this page; empty where it can."""
        version = self.study.transition.after.version
        if version.standing_by == "label":
            return f"Labels decide on {self.study.cut_over}, which no threshold moves"
        if version.hold:
            return f"On {self.study.cut_over} tiers are also held by time, not by thresholds alone"
        return "" if version.thresholds() else "No tier asks for points"

    @cached_property
    def cells(self) -> Cells:
        """The partners of the region counted by what the rules ask and by their tier before."""
        return self._cells([])

    @cached_property
    def cells_by_region(self) -> Cells:
        """The same, told apart by region."""
        return self._cells(["region"])

    @cached_property
    def service(self) -> Change | None:
        """The benefit that most lose, of those that tiers alone decide after the change; None where there is none."""
        found = [
            one for one in self.study.changes
            if one.after and one.after.tiers and not one.after.labels and not one.after.where and one.partners["loses"].any()
        ]  # fmt: skip
        return max(found, key=lambda one: (one.before != one.after, one.partners["loses"].sum()), default=None)

    @cached_property
    def cells_of_service(self) -> Cells:
        """Those who have that benefit before, and are still on the roster."""
        assert self.service, "there is a service"
        partners = self.service.partners
        return self._cells([], set(partners.loc[partners["had"], "partner_id"]))

    def _cells(self, by: list[str], ids: set[str] | None = None) -> Cells:
        moves = self.study.transition
        asked = {"points", "domains", *asked_metrics(moves.after.version)}
        metrics = [name for name in moves.after.version.metrics if name in asked]
        return cells_of(moves.before, moves.after if ids is None else only(moves.after, ids), by, metrics)


def open_what_if(
    scenario: str = "", as_of: str = "", cut_over: str = "", region: str = "", programme: str = "", home: str = ""
) -> WhatIf:
    """Ask the published warehouse as `open_study` does, then each scenario of the programme; an empty one is the first.

    Raises PalierError for a bad day or an unknown name, and for a scenario of another programme.
    """
    study = open_study(as_of, cut_over, region, programme, home)
    place = home_at(Path(home) if home else None)
    name = rulebook_name(place, programme)
    scenarios = _scenarios(place, name, scenario)
    facts = facts_of(study.transition)
    if not scenarios:
        return WhatIf(study, facts, [])
    chosen = scenario or scenarios[0].name
    outcomes, attributed = {}, None
    with Warehouse.open(place.warehouse) as warehouse:
        for one in scenarios:
            whole = _under(warehouse, one, study.whole)
            part = in_region(whole, region) if region else whole
            outcomes[one.name] = Outcome(one, facts_of(part), [(aim, _reached(aim, whole)) for aim in one.file.aim])
            if one.name == chosen:
                moved = replace(study, programme=one.programme, whole=whole, transition=part)
                if 1 < len(one.file.change) <= MOST_CHANGES:
                    attributed = attribution(warehouse, one, study.whole.after.question)
    against = replace(moved, transition=compare(study.transition.after, moved.transition.after))
    return WhatIf(study, facts, list(outcomes.values()), outcomes[chosen], moved, against, attributed)


def _scenarios(place: Home, programme: str, asked: str) -> list[Scenario]:
    """All of a programme, none where there is none; one that is asked by name must be about it."""
    if asked:
        scenarios_of(place, programme, [asked])
    found = [read_scenario(place, name) for name in scenario_names(place)]
    return [one for one in found if one.file.base == programme]


def _under(warehouse: Warehouse, scenario: Scenario, baseline: Transition) -> Transition:
    """The transition under a scenario; the standing before is asked again only where the scenario changes its rules."""
    before, after = baseline.before.question, baseline.after.question
    if before.version(scenario.programme) != baseline.before.version:
        return transition(warehouse, scenario.programme, before, after)
    return compare(baseline.before, standing(warehouse, scenario.programme, after))


def _reached(aim: Aim, moves: Transition) -> float | None:
    """What an aim comes to; None where that cannot be said, such as a load on no one."""
    try:
        value = reached(aim, moves)
    except PalierError:
        return None
    return value if np.isfinite(value) else None
