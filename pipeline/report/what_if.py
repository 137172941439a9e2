"""The page on what would be: its opening, its sentences, its lists and tables."""

from typing import Any

import pandas as pd

from pipeline.model.scenario_table import is_met
from pipeline.model.version import Tier
from pipeline.report.fragment import Fragment, KeyNumber, Opening, Sentences, Table
from pipeline.report.palette import DOWN, UP, tier_colour
from pipeline.report.rows import rows
from pipeline.report.scenario_study import Outcome, WhatIf
from pipeline.report.study import NO_REACTION
from pipeline.report.sweep_chart import aims_about, asked_tiers, steps_finding
from pipeline.report.thresholds import kept, neighbours, trade_offs
from pipeline.report.words import count, exact, listed, many, signed

MOST_TRADES = 12


def opening(page: WhatIf) -> Opening:
    """The answer in twenty seconds: the rules as they are, the scenario, and the threshold that keeps what was."""
    study = page.study
    tiles = [
        KeyNumber(study.title_of(tier), *_from_to(page, tier), tier_colour(study.programme, tier))
        for tier in page.tiers
    ]  # fmt: skip
    tiles.append(KeyNumber("Lose a tier", *_from_to(page, "fall"), DOWN))
    if page.service:
        tiles.append(KeyNumber(f"Lose: {page.service.benefit.title}", *_lost(page), DOWN))
    for tier in [] if page.left_out else asked_tiers(page)[-1:]:
        if found := kept(page, tier):
            best = _best(found[1])
            at = f"{exact(best.up_to)} points" if best.up_to is not None else "none"
            tiles.append(
                KeyNumber(
                    f"As many at {_above(page, tier)} as before", at, f"today {exact(tier.requires['points'])}", UP
                )
            )
    where = f"in {study.region}" if study.region else "in all regions"
    asked = (
        f"{study.programme.title}: the day after the change ({study.cut_over}), {where}, as known on {study.known_on}. "
        f"{_arrow(page)}{NO_REACTION}"
    )
    sentences = [_baseline(page), scenario_finding(page), *_of_thresholds(page)]
    return Opening(tiles, sentences, asked, study.provenance.warning())


def _of_thresholds(page: WhatIf) -> list[str]:
    """What other thresholds would give, and what of that is left out."""
    if page.left_out:
        return [f"{page.left_out}: no threshold is moved on this page."]
    version = page.study.transition.after.version
    said = [sentence for tier in reversed(asked_tiers(page)) if (sentence := kept_in_words(page, tier))]
    if version.track or any(len(tier.ways()) > 1 for tier in version.tier):
        said = [
            "Tracks and alternatives stay as they are when a threshold is moved, so no one threshold is said to keep as many as before."
        ]
    return [*said, steps_finding(page)]


def _arrow(page: WhatIf) -> str:
    return f"From the rules as they are → to the scenario: {page.chosen.title}. " if page.chosen else ""


def headline(page: WhatIf) -> str:
    """The page in one sentence, for the index."""
    where = f"{page.study.region}: " if page.study.region else ""
    return f"{where}{_baseline(page)} {scenario_finding(page)}"


def _from_to(page: WhatIf, fact: str) -> tuple[str, str]:
    """`131 → 225` and `+94`; the baseline alone where there is no scenario."""
    now = int(page.facts[fact])
    if not page.chosen or fact not in page.chosen.facts:
        return count(now), "as the rules are"
    then = int(page.chosen.facts[fact])
    return f"{count(now)} → {count(then)}", signed(then - now)


def _lost(page: WhatIf) -> tuple[str, str]:
    """The same of those who lose the page's service."""
    assert page.service, "there is a service"
    now, had = int(page.service.partners["loses"].sum()), int(page.service.partners["had"].sum())
    then = _lost_then(page)
    return (count(now), f"of {count(had)}") if then is None else (f"{count(now)} → {count(then)}", f"of {count(had)}")


def _lost_then(page: WhatIf) -> int | None:
    """Who lose the page's service in the scenario."""
    if not (page.moved and page.service):
        return None
    found = [one for one in page.moved.changes if one.benefit.id == page.service.benefit.id]
    return int(found[0].partners["loses"].sum()) if found else None


def _baseline(page: WhatIf) -> str:
    tiers = listed([f"{count(page.facts[tier])} {page.study.title_of(tier)}" for tier in page.tiers])
    lost = ""
    if page.service:
        number, had = int(page.service.partners["loses"].sum()), int(page.service.partners["had"].sum())
        lost = f" {page.service.benefit.title}: {count(number)} of the {count(had)} who have it lose it."
    return f"The rules as they are give {tiers}; {many(page.facts['fall'], 'partner loses', 'partners lose')} a tier.{lost}"


def scenario_finding(page: WhatIf) -> str:
    """`Gold at 100 points: Gold Certified 225 instead of 131 (+94), …; 94 partners stand higher, 0 lower. Both aims are met.`"""
    if not page.chosen or not page.against:
        return f"There are no scenarios about {page.study.programme.title}: write one in scenarios/ and it stands here."
    parts = []
    for tier in page.tiers:
        now, then = int(page.facts[tier]), int(page.chosen.facts.get(tier, 0))
        same = f"{page.study.title_of(tier)} stays at {count(now)}"
        changed = f"{page.study.title_of(tier)} {count(then)} instead of {count(now)} ({signed(then - now)})"
        parts.append(same if now == then else changed)
    return f"{page.chosen.title}: {'; '.join(parts)}. {moves_finding(page)}{_aims_in_short(page.chosen)}"


def moves_finding(page: WhatIf) -> str:
    """`94 partners stand higher than under the rules as they are, 0 lower.`"""
    assert page.against, "there is a scenario"
    moves = page.against.transition.partners["move"].value_counts()
    up, down = int(moves.get("up", 0)), int(moves.get("down", 0))
    if not up and not down:
        return "Nobody stands higher or lower than under the rules as they are."
    return (
        f"{many(up, 'partner stands', 'partners stand')} higher than under the rules as they are, {count(down)} lower."
    )


def _aims_in_short(outcome: Outcome) -> str:
    known = [(aim, value) for aim, value in outcome.aims if value is not None]
    if not outcome.aims:
        return ""
    met = sum(is_met(aim, value) for aim, value in known)
    return f" {count(met)} of {many(len(outcome.aims), 'aim is', 'aims are')} met."


def kept_in_words(page: WhatIf, tier: Tier) -> str:
    """Which threshold keeps as many at a tier or above as before; empty where that cannot be asked."""
    found = kept(page, tier)
    if found is None:
        return ""
    number, table = found
    best = _best(table)
    said = f"As many at {_above(page, tier)} as before the change ({count(number)})"
    if best.up_to is None:
        return f"{said}: nobody would have to stand there, so every threshold gives more."
    if best.from_more_than is None and best.partners < number:
        return f"{said}: no threshold gives so many; asking for no points at all gives {count(best.partners)}."
    exactly = (
        "gives exactly so many"
        if best.difference == 0
        else f"comes closest with {count(best.partners)} ({signed(best.difference)})"
    )
    above = (
        f"; {many(best.tied, 'partner has', 'partners have')} just these points and would fall together"
        if best.tied > 1
        else ""
    )
    return f"{said}: {exact(best.up_to)} points {exactly}, against {exact(tier.requires['points'])} today{above}."


def _best(table: pd.DataFrame) -> Any:
    [best] = [row for row in rows(table) if row.is_best]
    return best


def _above(page: WhatIf, tier: Tier) -> str:
    is_top = tier.id == page.study.transition.after.version.tier[-1].id
    return tier.title if is_top else f"{tier.title} or above"


def near_table(page: WhatIf) -> Fragment:
    """One and two steps around each threshold of today."""
    if page.left_out:
        return Sentences([])
    lose = f"lose: {page.service.benefit.title}" if page.service else "lost"
    parts = []
    for tier in reversed(asked_tiers(page)):
        near = neighbours(page, tier)
        today = near["threshold"] == tier.requires["points"]
        near.insert(0, "tier", _above(page, tier))
        near["threshold"] = [
            f"{exact(at)}, today" if is_now else exact(at) for at, is_now in zip(near["threshold"], today, strict=True)
        ]
        parts.append(near)
    table = pd.concat(parts, ignore_index=True).rename(columns={"lost": lose})
    return Table(f"A little below and above the thresholds, {page.study.cut_over}", table)


def trade_table(page: WhatIf) -> list[Fragment]:
    """The thresholds that no other beats, against two aims that pull apart."""
    if page.left_out:
        return []
    found, tried = trade_offs(page)
    tier = asked_tiers(page)[-1]
    lose = f"lose: {page.service.benefit.title}" if page.service else "lose a tier"
    here = _above(page, tier)
    table = pd.DataFrame({
        f"points for {tier.title}": [f"{exact(one.points)}{', today' if one.is_today else ''}" for one in rows(found)],
        "domains": [exact(number) if number else "not asked" for number in found["domains"]],
        here: found["partners"], lose: found["lose"], "stated aims": _aims_met(page, tier, found),
    })  # fmt: skip
    sentence = (
        f"Fewest {here} and fewest who {lose.replace(':', '')} pull apart. Of {count(tried)} pairs of points and domains, these "
        f"{count(len(found))} outcomes are beaten by no other: whoever betters one number pays with the other."
    )
    return [Sentences([sentence, _of_today(page, found)]), Table("Thresholds that no other beats", table, MOST_TRADES)]


def _of_today(page: WhatIf, found: pd.DataFrame) -> str:
    """Whether the threshold of today is among them; if not, what beats it."""
    if found["is_today"].any():
        return "Today's threshold is one of them."
    tier = asked_tiers(page)[-1]
    [near] = [row for row in rows(neighbours(page, tier)) if row.threshold == tier.requires["points"]]
    lost = near.lost if page.service else page.facts["fall"]
    better = found[(found["partners"] <= near.partners) & (found["lose"] <= lost)]
    if better.empty:
        return "Today's threshold gives the same as one of them."
    one = next(rows(better))
    domains = f" and {many(int(one.domains), 'domain')}" if one.domains else ""
    return (
        f"Today's threshold ({count(near.partners)} and {count(lost)}) is not among them: {exact(one.points)} points{domains} "
        f"give {count(one.partners)} and {count(one.lose)}."
    )


def _aims_met(page: WhatIf, tier: Tier, found: pd.DataFrame) -> list[str | None]:
    """Per outcome, how many of the aims that the scenarios state about its two numbers are met; None where none is stated."""
    numbers = {"partners": aims_about(page, "partners", tier.id)}
    numbers["lose"] = (
        aims_about(page, "benefit_losers", benefit=page.service.benefit.id)
        if page.service
        else aims_about(page, "losers")
    )
    aims = [] if page.study.region else [(column, aim) for column, some in numbers.items() for aim, _ in some]
    verdicts = [[is_met(aim, float(getattr(one, column))) for column, aim in aims] for one in rows(found)]
    return [f"{sum(met)} of {len(met)} met" if met else None for met in verdicts]
