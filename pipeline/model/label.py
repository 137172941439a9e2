"""Labels held against points: who is called what the points do not earn."""

import pandas as pd

from pipeline.model.rule import labelled
from pipeline.model.standing import Standing, tier_ids

FINDING = "label unlike the tier that the points earn"


def labels_unlike_points(stood: Standing) -> pd.DataFrame:
    """One row per partner whose label names another tier than his points earn; none while the label itself decides.

    Columns as in the ledger's findings: finding, partner_id, entry_id, since, fact.
    """
    columns = ["finding", "partner_id", "entry_id", "since", "fact"]
    partners = stood.partners
    if stood.version.standing_by != "points":
        return pd.DataFrame([], columns=columns)
    labels = ["" if pd.isna(label) else str(label) for label in partners["label"]]
    called = tier_ids(stood.version)[labelled(labels, stood.version) + 1]
    unlike = called != partners["earned_tier"].to_numpy()
    rows = [
        (
            FINDING,
            partner,
            None,
            stood.question.as_of.isoformat(),
            f"label {label or 'none'}, {points:,.2f} points earn {tier}",
        )
        for partner, label, points, tier in zip(
            partners["partner_id"][unlike],
            called[unlike],
            partners["points"][unlike],
            partners["earned_tier"][unlike],
            strict=True,
        )
    ]
    return pd.DataFrame(rows, columns=columns)
