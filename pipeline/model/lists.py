"""Standings and transitions as the tables that people ask for."""

from collections.abc import Callable

import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.model.benefit import changes
from pipeline.model.standing import Standing
from pipeline.model.transition import Transition

WHO = ["partner_id", "name", "region", "tier_before", "tier_after", "points"]


def losers(transition: Transition) -> pd.DataFrame:
    """Those who fall to a lower tier, highest tier first."""
    return transition.moved("down")[[*WHO, "account_manager", "adviser"]]


def winners(transition: Transition) -> pd.DataFrame:
    """Those who rise to a higher tier."""
    return transition.moved("up")[[*WHO, "account_manager", "adviser"]]


def near(transition: Transition) -> pd.DataFrame:
    """Those close to a threshold after the change, those who miss it first, with what would close the gap."""
    return transition.near()[[*WHO, "threshold", "gap", "closed_by"]]


def benefits(transition: Transition) -> pd.DataFrame:
    """One row per partner and benefit that he loses: who served him, from when no more, what is missing to keep it."""
    parts = []
    for change in changes(transition):
        lost = change.losers()
        served_by = lost[change.benefit.named_in] if change.benefit.named_in else None
        parts.append(lost[WHO].assign(benefit=change.benefit.id, served_by=served_by, ends_on=change.ends_on))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=[*WHO, "benefit", "served_by", "ends_on"])
    )


LISTS: dict[str, Callable[[Transition], pd.DataFrame]] = {
    "losers": losers,
    "winners": winners,
    "near": near,
    "benefits": benefits,
}


def listed(transition: Transition, name: str) -> pd.DataFrame:
    """One list by name; an unknown name is an error that says the nearest one."""
    if name not in LISTS:
        raise PalierError(f"--list {name}: no such list{did_you_mean(name, LISTS)}")
    return LISTS[name](transition).reset_index(drop=True)


def transition_tables(
    transition: Transition, name: str, by: str | None, only_one: bool
) -> list[tuple[str, pd.DataFrame]]:
    """The named list; else the counts, and beside them, unless only one table is wanted, the matrix and the benefits."""
    before, after = transition.before.question.as_of, transition.after.question.as_of
    if name and by:
        raise PalierError(f"--by {by} does not go with --list: a list has one row per partner. Leave one of them out.")
    if name:
        return [(f"{name}, {before} to {after}", listed(transition, name))]
    counts = (f"Partners per tier, {before} and {after}", transition.counts(by))
    if only_one or by:
        return [counts]
    summary = pd.DataFrame([change.summary() for change in changes(transition)])
    return [
        counts,
        (f"From the tier on {before} (rows) to that on {after} (columns)", transition.matrix().reset_index()),
        *([("Benefits", summary)] if len(summary) else []),
    ]


def standing_table(standing: Standing, partners: bool, partner: str, by: str) -> pd.DataFrame:
    """Counts per tier, per group with `by`; or one row per partner, or the row of one."""
    if not (partners or partner):
        return standing.counts(by or None)
    if by:
        raise PalierError(f"--by {by} does not go with --partners: each partner has a row. Leave one of them out.")
    return _standing_rows(standing, partner)


def _standing_rows(standing: Standing, partner: str) -> pd.DataFrame:
    """One row per partner, or the row of one; an unknown partner is an error that names the next step."""
    columns = ["partner_id", "name", "region", "label", "tier", "earned_tier", "points", "domains", "entries"]
    rows = standing.partners[columns]
    if not partner:
        return rows
    if not (found := rows[rows["partner_id"] == partner]).empty:
        return found
    raise PalierError(
        f"--partner {partner}: not on the roster of {standing.question.roster_on}. Ask `palier why {partner}`."
    )


def standing_title(standing: Standing) -> str:
    """What was asked, in one line."""
    question, version = standing.question, standing.version
    known = f", as known on {question.known_on}" if question.known_on else ""
    return (
        f"{standing.programme.title}: {len(standing.partners):,} partners as of {question.as_of}{known}, "
        f"by {version.standing_by} under the rules of {version.effective}"
    )
