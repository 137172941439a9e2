"""What a forecast means for services: who keeps what he is served with, and what each head will have to carry."""

import numpy as np
import pandas as pd

from pipeline.model.benefit import allowed
from pipeline.model.programme import Benefit, Term
from pipeline.outlook.forecast import Forecast
from pipeline.outlook.rate import Real


def services(found: Forecast) -> pd.DataFrame:
    """One row per benefit that tiers decide on the day: who has it now, how many of them keep it, who may have it.

    Columns: benefit, have_it_now, keep_it, keep_low_80, keep_high_80, entitled, entitled_low_80, entitled_high_80.
    """
    rows = []
    for benefit, term, had in _decided(found):
        chance = _may_have(found, term)
        kept, may = (found.count(chance[who]) for who in (had, np.ones(len(had), bool)))
        rows.append((benefit.title, int(had.sum()), *kept, *may))
    ends = ("", "_low_80", "_high_80")
    columns = ["benefit", "have_it_now", *(f"keep_it{end}" for end in ends), *(f"entitled{end}" for end in ends)]
    return pd.DataFrame(rows, columns=columns)


def heads(found: Forecast) -> pd.DataFrame:
    """One row per benefit and person who serves it: partners now, and how many of them keep it.

    Columns: benefit, name, now, keep_it, low_80, high_80.
    """
    rows = []
    for benefit, term, had in _decided(found):
        if not benefit.named_in or benefit.named_in == "contact":
            continue
        chance, names = _may_have(found, term), found.stood.partners[benefit.named_in].to_numpy()
        for name in sorted(set(names[had])):
            mine = had & (names == name)
            rows.append((benefit.title, name, int(mine.sum()), *found.count(chance[mine])))
    return pd.DataFrame(rows, columns=["benefit", "name", "now", "keep_it", "low_80", "high_80"])


def _decided(found: Forecast) -> list[tuple[Benefit, Term, np.ndarray]]:
    """Benefits whose term on the day names tiers, and who has each on the origin."""
    partners = found.stood.partners.rename(columns={"tier": "tier_before", "tier_rank": "rank_before"})
    decided = []
    for benefit in found.programme.benefit:
        term = benefit.term_on(found.on)
        if term is None or not term.tiers:
            continue
        has = allowed(partners, "before", benefit.term_on(found.origin))
        if benefit.named_in:
            has &= partners[benefit.named_in].notna()
        decided.append((benefit, term, has.to_numpy()))
    return decided


def _may_have(found: Forecast, term: Term) -> Real:
    """The chance that each may have a benefit on the day. Shape: (partners,)."""
    chance = found.chances[found.method]
    nested = np.column_stack([chance, np.zeros(len(chance))])
    inside = [at for at, tier in enumerate(found.version.tier) if tier.id in term.tiers]
    of_tier = np.asarray(sum((nested[:, at] - nested[:, at + 1] for at in inside), np.zeros(len(chance))))
    others = found.stood.partners.assign(rank_now=0)
    return np.where(allowed(others, "now", term.model_copy(update={"tiers": []})), of_tier, 0.0)
