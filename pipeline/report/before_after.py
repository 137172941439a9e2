"""The page on a change of rules: its opening, its lists and tables. Losers come first: losing hurts more than gaining helps."""

from decimal import Decimal

import numpy as np
import pandas as pd

from pipeline.model.benefit import Change, changes
from pipeline.report.fragment import Fragment, Heading, KeyNumber, Opening, Sentences, Table
from pipeline.report.near_chart import near_finding
from pipeline.report.palette import DOWN, tier_colour
from pipeline.report.rows import rows
from pipeline.report.service_chart import load_finding
from pipeline.report.study import FIRST_ROWS, NO_REACTION, Study
from pipeline.report.tier_chart import biggest_falls, moves_finding, tier_finding
from pipeline.report.words import count, listed, many, signed


def opening(study: Study) -> Opening:
    """The answer in twenty seconds: tiers before and after, who loses a tier, who loses a named service."""
    counts = study.transition.counts()
    tiles = [
        KeyNumber(
            study.title_of(r.tier),
            f"{count(r.before)} → {count(r.after)}",
            signed(r.change),
            tier_colour(study.programme, r.tier),
        )
        for r in rows(counts[~counts["tier"].isin(["none", "unknown"])])
    ]
    moves = study.transition.partners["move"].value_counts()
    tiles.append(KeyNumber("Lose a tier", count(moves.get("down", 0)), f"{count(moves.get('up', 0))} gain one", DOWN))
    for change in changed_terms(study.changes):
        lost, had = int(change.partners["loses"].sum()), int(change.partners["had"].sum())
        tiles.append(
            KeyNumber(f"Lose: {change.benefit.title}", f"{count(lost)} of {count(had)}", f"from {change.ends_on}", DOWN)
        )
    where = f"in {study.region}" if study.region else "in all regions"
    asked = (
        f"{study.programme.title}: before ({study.day_before}) and after ({study.cut_over}), {where}, "
        f"as known on {study.known_on}. {NO_REACTION}"
    )
    whose = "In all regions, " if study.region else ""
    loads = [whose + load_finding(change) for change in whole_loads(study)]
    sentences = [
        tier_finding(study),
        f"{moves_finding(study)} {biggest_falls(study)}".strip(),
        *service_findings(study),
        *loads,
    ]
    return Opening(tiles, [*sentences, near_finding(study)], asked, study.provenance.warning())


def headline(study: Study) -> str:
    """The page in one sentence, for the index."""
    where = f"{study.region}: " if study.region else ""
    return " ".join([where + tier_finding(study), moves_finding(study), *service_findings(study)])


def tier_table(study: Study) -> Table:
    """Partners per tier before and after, with shares and a total."""
    counts = study.transition.counts()
    total = counts[["before", "after", "change"]].sum()
    counts["tier"] = [study.title_of(tier) for tier in counts["tier"]]
    counts = pd.concat([counts, pd.DataFrame([{"tier": "All on the roster", **total}])], ignore_index=True)
    for side in ("before", "after"):
        counts[f"share {side}"] = counts[side] / max(total[side], 1)
    counts = counts[["tier", "before", "share before", "after", "share after", "change"]]
    return Table(
        f"Partners per tier on {study.day_before} and on {study.cut_over}, as known on {study.known_on}", counts
    )


def reconciled(study: Study) -> Sentences:
    """Whether the counts add up, from one roster to the other and with the rosters themselves."""
    moves = study.transition.partners["move"].value_counts()
    new, left = int(moves.get("new", 0)), int(moves.get("left", 0))
    before, after = len(study.transition.before.partners), len(study.transition.after.partners)
    sentence = (
        f"{count(before)} partners on the roster before, {count(new)} new, {count(left)} left: {count(after)} after."
    )
    if (len(study.whole.before.partners), len(study.whole.after.partners)) != study.rosters:
        whole = f"The rosters hold {count(study.rosters[0])} and {count(study.rosters[1])} partners, which is not what was counted."
        return Sentences([sentence, whole], warning=True)
    return Sentences([sentence + " The rosters, counted by themselves, say the same." * (not study.region)])


def changed_terms(all_changes: list[Change]) -> list[Change]:
    """The benefits whose own condition changes."""
    return [change for change in all_changes if change.before != change.after and change.partners["loses"].any()]


def whole_loads(study: Study) -> list[Change]:
    """The benefits with a capacity, over all regions: a head serves more than one."""
    return [change for change in changes(study.whole) if change.benefit.capacity_per_head]


def service_findings(study: Study) -> list[str]:
    """`Partner account manager (PAM): 145 of the 250 who have it lose it from … on, 105 keep it; …`, one per changed benefit."""
    sentences = []
    for change in changed_terms(study.changes):
        had, lost, stated = (
            int(change.partners["had"].sum()),
            int(change.partners["loses"].sum()),
            change.benefit.stated_partners,
        )
        against = f" The rulebook states {count(stated)} in all." if stated is not None and not study.region else ""
        sentences.append(
            f"{change.benefit.title}: {count(lost)} of the {count(had)} who have it lose it from {change.ends_on} on, "
            f"{many(had - lost, 'keeps', 'keep')} it{_none_yet(change)}.{against}"
        )
    return sentences


def _none_yet(change: Change) -> str:
    """`; 26 further partners are entitled but have none`; empty where there are none."""
    number = int((change.partners["entitled"] & ~change.partners["keeps"]).sum())
    further = many(number, "further partner is entitled but has", "further partners are entitled but have")
    return f"; {further} none" if number else ""


def loser_list(study: Study, change: Change) -> Table:
    """Who loses a benefit: the best placed first, with what is missing to keep it."""
    needed = needed_points(study, change)
    lost = change.losers()
    table = pd.DataFrame({
        "partner": lost["name"], "id": lost["partner_id"], "region": lost["region"],
        "served by": lost[change.benefit.named_in] if change.benefit.named_in else None,
        "tier before": lost["tier_before"].map(study.title_of), "tier after": lost["tier_after"].map(study.title_of),
        "points": lost["points"],
        "missing": [max(needed - points, Decimal(0)) if needed is not None and points == points else None for points in lost["points"]],
        "no more from": change.ends_on,
    })  # fmt: skip
    return Table(
        f"{change.benefit.title}: who loses it",
        table,
        FIRST_ROWS,
        study.command("benefits", "losers.csv"),
        study.all_are(),
    )


def needed_points(study: Study, change: Change) -> Decimal | None:
    """The fewest points that meet a benefit's condition after the change."""
    tiers = change.after.tiers if change.after else []
    asked = [tier.requires.get("points") for tier in study.transition.after.version.tier if tier.id in tiers]
    return min([points for points in asked if points is not None], default=None)


def service_table(study: Study) -> Table:
    """All benefits: who has each before, keeps, loses it; for all regions also heads and load."""
    table = pd.DataFrame([change.summary() for change in study.changes])
    table = table.replace({np.nan: None}) if len(table) else table
    if study.region:
        table = table[["benefit", "have_it_before", "keep_it", "lose_it", "entitled_before", "entitled_after"]]
    later = [{"benefit": f"{b.title}: {b.note}"} for b in study.programme.benefit if not b.term]
    table = pd.concat([table, pd.DataFrame(later)], ignore_index=True).astype(object)
    table = table.where(table.notna(), None)
    return Table("Benefits before and after", table.rename(columns=_heading))


def _heading(column: str) -> str:
    words = {"per_head_before": "per head: before", "per_head_if_all_served": "if all entitled are served"}
    return words.get(column, column.replace("_", " "))


def unserved(study: Study) -> Sentences:
    """Who should have a named service before the change, but is named no one."""
    missing = [
        (change.benefit.title, len(change.without()))
        for change in study.changes
        if change.before and change.before.tiers
    ]
    parts = [f"{title} {count(number)}" for title, number in missing if number]
    return Sentences([f"Entitled before the change, but named no one on the roster: {listed(parts)}."] if parts else [])


def even_heading(study: Study) -> Heading:
    """The question that `group_of` answers."""
    return Heading("Are large and small partners hit alike?" if study.region else "Are regions hit alike?")


def group_of(study: Study) -> str:
    """What to compare: regions, or within one region sizes."""
    return "size_class" if study.region else "region"


def facts(study: Study) -> list[Fragment]:
    """The facts of the case, and where this page shows each; nothing where the rulebook has none."""
    rows = [{"fact": f.id, "on": f.on, "what the source says": f.text, "shown": f.shown} for f in study.programme.fact]
    if not rows:
        return []
    title = "The facts of the case"
    pointer = "What the source leaves open is a stated assumption: see docs/assumptions.md."
    return [Heading(title), Sentences([pointer]), Table(title, pd.DataFrame(rows))]


def time_line(study: Study) -> Table:
    """Dated facts, versions of the rules and terms of benefits, in order."""
    rulebook = study.programme
    rows = [(f.on, f.text) for f in rulebook.fact if f.on]
    rows += [(v.effective, f"Rules in force: the tier is decided by {v.standing_by}") for v in rulebook.version]
    for benefit in rulebook.benefit:
        for term in benefit.term:
            who = listed([study.title_of(tier) for tier in term.tiers]) or "whoever is named for it on the roster"
            rows.append((term.effective, f"{benefit.title}: {who}"))
    return Table("Time line", pd.DataFrame(sorted(rows), columns=["from", "what"]))
