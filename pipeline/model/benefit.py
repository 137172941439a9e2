"""Services apart from tiers: who has one, who keeps, loses or gains it, and what each head has to carry."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.model.programme import Benefit, Term
from pipeline.model.question import Question
from pipeline.model.transition import Transition


@dataclass(frozen=True)
class Change:
    """One benefit before and after. partners: the transition's rows with had, keeps, loses and entitled (all bool).

    after_on: the day of the standing after.
    """

    benefit: Benefit
    before: Term | None
    after: Term | None
    after_on: date
    partners: pd.DataFrame

    @property
    def ends_on(self) -> date:
        """The day from which those who lose it have it no more: that of a new term, else that of the standing after."""
        return self.after.effective if self.after and self.after != self.before else self.after_on

    def losers(self) -> pd.DataFrame:
        """Those who have it before and no more after: the best placed first."""
        lost = self.partners[self.partners["loses"]]
        return lost.sort_values(["points", "partner_id"], ascending=[False, True])

    def without(self) -> pd.DataFrame:
        """Those who should have it before the change but are named no one."""
        return self.partners[self.partners["should_have"] & ~self.partners["had"]]

    def heads(self) -> pd.DataFrame:
        """Load per head: partners before, of these kept after. Empty where the roster names no one.

        Columns: name, before, kept.
        """
        if not self.benefit.named_in:
            return pd.DataFrame({"name": [], "before": [], "kept": []})
        had = self.partners[self.partners["had"]]
        by_name = had.groupby(self.benefit.named_in)["keeps"].agg(["size", "sum"]).astype("int64").reset_index()
        by_name.columns = ["name", "before", "kept"]
        return by_name

    @property
    def head_count(self) -> int | None:
        """How many serve it; None where no one does. A contact is a person of the partner's own: there is no load to share."""
        return self.benefit.stated_heads or (len(self.heads()) if self.benefit.named_in != "contact" else 0) or None

    @property
    def load_if_all_served(self) -> float | None:
        """Partners per head if everyone entitled after the change is served."""
        return int(self.partners["entitled"].sum()) / self.head_count if self.head_count else None

    def summary(self) -> dict[str, object]:
        """One row of the table of benefits."""
        heads, load = self.head_count, self.load_if_all_served
        had, entitled = int(self.partners["had"].sum()), int(self.partners["entitled"].sum())
        return {
            "benefit": self.benefit.title,
            "stated": self.benefit.stated_partners,
            "have_it_before": had,
            "keep_it": int(self.partners["keeps"].sum()),
            "lose_it": int(self.partners["loses"].sum()),
            "entitled_before": int(self.partners["should_have"].sum())
            if self.before and self.before.has_conditions
            else None,
            "entitled_after": entitled if self.after and self.after.has_conditions else None,
            "heads": heads,
            "per_head_before": round(had / heads, 1) if heads else None,
            "per_head_if_all_served": None if load is None else round(load, 1),
            "capacity_per_head": self.benefit.capacity_per_head,
            "capacity": self.benefit.capacity,
        }


def changes(transition: Transition) -> list[Change]:
    """What happens to each benefit of the rulebook that has terms, in its order."""
    return [change(transition, benefit.id) for benefit in transition.after.programme.benefit if benefit.term]


def change(transition: Transition, benefit_id: str) -> Change:
    """What happens to one benefit. An unknown name is an error that names the nearest one."""
    known = {benefit.id: benefit for benefit in transition.after.programme.benefit}
    if benefit_id not in known:
        raise PalierError(
            f"{transition.after.programme.title}: no benefit {benefit_id}{did_you_mean(benefit_id, known)}"
        )
    benefit = known[benefit_id]
    before = benefit.term_on(_rules_day(transition.before.question))
    after = benefit.term_on(_rules_day(transition.after.question))
    partners = transition.partners.copy()
    named = partners[benefit.named_in].notna() if benefit.named_in else pd.Series(True, index=partners.index)
    may_before, may_after = (allowed(partners, side, term) for side, term in (("before", before), ("after", after)))
    partners["should_have"] = may_before
    partners["had"] = may_before & named
    partners["keeps"] = partners["had"] & may_after
    partners["loses"] = partners["had"] & ~may_after
    partners["entitled"] = may_after if after and after.has_conditions else partners["keeps"]
    return Change(benefit, before, after, transition.after.question.as_of, partners)


def _rules_day(question: Question) -> date:
    return question.rules_on or question.as_of


def allowed(partners: pd.DataFrame, side: str, term: Term | None) -> pd.Series:
    """Who is on the roster and meets every condition of a term; nobody where none is in force.

    Label and attributes are those before the change.
    """
    if term is None:
        return pd.Series(False, index=partners.index)
    allowed = partners[f"rank_{side}"] > -2
    if term.tiers:
        allowed &= partners[f"tier_{side}"].isin(term.tiers)
    if term.labels:
        allowed &= partners["label"].fillna("").str.casefold().isin([label.casefold() for label in term.labels])
    for attribute, words in term.where.items():
        allowed &= partners[attribute].isin(words)
    return allowed
