"""One partner's card on the terminal."""

import pandas as pd
from rich.console import Console
from rich.text import Text

from pipeline.model.why import Card
from pipeline.report.answer import print_table
from pipeline.report.table import shown


def print_card(card: Card) -> None:
    """The partner, where he lands under each version of the rules, and every entry with its reason."""
    console = Console(width=None if Console().is_terminal else 200)
    console.print(Text.assemble((shown(card.name or "(no name)"), "bold"), "  ", shown(card.partner_id)))
    console.print(
        f"{card.points:,.2f} points in {card.domains} domain{'' if card.domains == 1 else 's'} on {card.question.as_of}; "
        f"label on the roster: {shown(card.label or 'none')}",
        highlight=False,
        markup=False,
        emoji=False,
    )
    print_table(card.placements, "Tier under each version of the rules")
    entries = card.entries.rename(columns={"not_counted_because": "counts"})
    entries["counts"] = ["yes" if pd.isna(reason) else f"no: {reason}" for reason in entries["counts"]]
    print_table(
        entries, f"Entries: {(entries['counts'] == 'yes').sum()} count, {(entries['counts'] != 'yes').sum()} do not"
    )
