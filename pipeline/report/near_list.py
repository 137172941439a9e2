"""Who is close to a threshold, by name, with the cheapest way up."""

import pandas as pd

from pipeline.model.closing import close_to
from pipeline.report.fragment import Sentences, Table
from pipeline.report.near_chart import threshold_of, thresholds
from pipeline.report.study import FIRST_ROWS, Study
from pipeline.report.words import count, exact, many


def near_list(study: Study) -> Table:
    """Those just short of a threshold: first those who held that tier, then the nearest, with the cheapest way up."""
    near = study.transition.near()
    ranks = study.transition.after.version.ranks()
    short = near[near["gap"] < 0]
    held = short["rank_before"] >= short["tier"].map(ranks).astype("int64")
    short = short.assign(held=held, rank=short["tier"].map(ranks)).sort_values(
        ["held", "rank", "gap", "partner_id"], ascending=[False, False, False, True]
    )
    table = pd.DataFrame({
        "partner": short["name"], "id": short["partner_id"], "region": short["region"],
        "tier before": short["tier_before"].map(study.title_of), "short of": short["tier"].map(study.title_of),
        "points": short["points"], "missing": [-gap for gap in short["gap"]], "closed by": short["closed_by"],
    })  # fmt: skip
    return Table(
        f"At most {_closeness(study)} short: those who lose that tier first",
        table,
        FIRST_ROWS,
        study.command("near", "near.csv"),
        study.all_are(),
    )


def closing_rule(study: Study) -> Sentences:
    """What `closed by` means, where the rulebook names activities."""
    rule = "Closed by: the activity of the rulebook that overshoots least, then the fewest times."
    return Sentences([rule] if study.programme.activity else [])


def near_sentences(study: Study) -> Sentences:
    """Just short and just above, per threshold."""
    near, parts = study.transition.near(), []
    for tier in thresholds(study):
        here = near[near["tier"] == tier.id]
        short, above = here[here["gap"] < 0], here[here["gap"] >= 0]
        exactly = sum(gap == 0 for gap in here["gap"])
        held = int((short["rank_before"] >= study.transition.after.version.ranks()[tier.id]).sum())
        parts.append(
            f"{tier.title}, {exact(threshold_of(tier))} points: {many(len(short), 'partner')} at most {exact(close_to(threshold_of(tier)))} short, "
            f"{count(held)} of whom {'loses' if held == 1 else 'lose'} it; {count(len(above))} at most {exact(close_to(threshold_of(tier)))} above, "
            f"{count(exactly)} of them with exactly the threshold."
        )
    return Sentences(parts)


def _closeness(study: Study) -> str:
    """`5 points`, or where thresholds differ in it `5 points (Certified) or 6 points (Gold Certified)`."""
    tiers = thresholds(study)
    if len({close_to(threshold_of(tier)) for tier in tiers}) == 1:
        return f"{exact(close_to(threshold_of(tiers[0])))} points"
    return " or ".join(f"{exact(close_to(threshold_of(tier)))} points ({tier.title})" for tier in tiers) or "0 points"
