"""The labels of a roster against the tiers that the points earn, and labels that are no tier at all."""

from datetime import date
from difflib import get_close_matches
from itertools import pairwise

import pandas as pd

from pipeline.model.rule import labelled
from pipeline.model.standing import Standing, tier_ids
from pipeline.report.fragment import Sentences, Table
from pipeline.report.rows import rows
from pipeline.report.words import count, many, percent


def labels_and_points(standing: Standing) -> pd.DataFrame:
    """Partners by label on the roster (rows) and by the tier that their points earn (columns)."""
    known = [tier.id for tier in reversed(standing.version.tier)]
    labels = _tiers_of_labels(standing, standing.partners["label"])
    shown = [*known, "none", *(["unknown"] if (labels == "unknown").any() else [])]
    earned = standing.partners["earned_tier"]
    return pd.crosstab(labels, earned).reindex(index=shown, columns=[*known, "none"], fill_value=0)


def _tiers_of_labels(standing: Standing, labels: pd.Series) -> pd.Series:
    """The tier that each label names, by the one rule."""
    ranks = labelled(labels.fillna("").tolist(), standing.version)
    return pd.Series(tier_ids(standing.version)[ranks + 1], index=labels.index)


def label_table(standing: Standing, known_on: date) -> Table:
    """Labels against points, with titles."""
    title = standing.programme.title_of
    table = labels_and_points(standing).rename(index=title, columns=lambda tier: f"points for {title(tier)}")
    table = table.rename_axis(index="label on the roster", columns=None).reset_index()
    on = standing.question.roster_on
    return Table(
        f"Label on the roster of {on} against the tier that the points earn, with all that is posted by {known_on}",
        table,
    )


def label_sentences(standing: Standing) -> Sentences:
    """How many labels the points bear out, and who earns a tier without one."""
    table = labels_and_points(standing)
    labelled = table.drop(index="none")
    total, same = (
        int(labelled.to_numpy().sum()),
        sum(int(table[tier][tier]) for tier in table.columns if tier != "none"),
    )
    without = sum(int(table[tier]["none"]) for tier in table.columns if tier != "none")
    earn = f"{many(without, 'partner')} without a label {'earns' if without == 1 else 'earn'} a tier."
    if not total:
        return Sentences([f"No partner has a label; {earn}"])
    borne_out = f"{count(same)} of {many(total, 'label')} ({percent(same / total)}) are what the points earn; {earn}"
    return Sentences([borne_out, *_not_earned(standing)])


def _not_earned(standing: Standing) -> list[str]:
    """Why labels and points may differ, where the rulebook says that labels count."""
    versions = standing.programme.version
    if standing.version.standing_by == "label":
        return ["The label decides, whatever the points are, so many may differ."]
    ends = [later.effective for earlier, later in pairwise(versions) if earlier.standing_by == "label"]
    return [f"Before {ends[-1]} labels were not earned by points, so many may differ."] if ends else []


def unknown_label_table(standing: Standing) -> Table:
    """Labels that are no tier of the rulebook, most partners first, and what to write for each."""
    tiers = {tier.id: tier.title for tier in standing.version.tier}
    labels = standing.partners["label"].dropna()
    unknown = (
        labels[_tiers_of_labels(standing, labels) == "unknown"]
        .value_counts()
        .rename_axis("label")
        .rename("partners")
        .reset_index()
    )
    add = [f'"{label}" = "{_tier_meant(str(label), tiers)}"' for label in unknown["label"]]
    return Table("Labels that are no tier of the rulebook", unknown.assign(add=add))


def _tier_meant(label: str, tiers: dict[str, str]) -> str:
    """The tier whose id or title is nearest to a label; where none is near, all of them, to choose from."""
    words = {word.casefold(): tier for tier, title in tiers.items() for word in (tier, title)}
    near = get_close_matches(label.casefold(), words, n=1)
    return words[near[0]] if near else " or ".join(tiers)


def unknown_labels(standing: Standing) -> list[str]:
    """One sentence per label that is no tier, with what to do about it."""
    title = standing.programme.title
    return [
        f'label "{row.label}" ({many(row.partners, "partner")}) is no tier of {title}; '
        f"add {row.add} under [source.values.tier] in contracts.toml."
        for row in rows(unknown_label_table(standing).frame)
    ]
