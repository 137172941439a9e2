"""One partner's card on the terminal."""

import pandas as pd
from rich.console import Console
from rich.markup import escape

from pipeline.model.why import Card
from pipeline.report.answer import print_table


def print_card(card: Card) -> None:
    """The partner, where he lands under each version of the rules, and every entry with its reason."""
    console = Console(width=None if Console().is_terminal else 200)
    console.print(f"[bold]{escape(card.name or '(no name)')}[/bold]  {escape(card.partner_id)}", highlight=False)
    console.print(
        f"{card.points:,.2f} points in {card.domains} domain{'' if card.domains == 1 else 's'} on {card.question.as_of}; "
        f"label on the roster: {escape(card.label or 'none')}",
        highlight=False,
    )
    print_table(card.placements, "Tier under each version of the rules")
    entries = card.entries.rename(columns={"not_counted_because": "counts"})
    entries["counts"] = ["yes" if pd.isna(reason) else f"no: {reason}" for reason in entries["counts"]]
    print_table(
        entries, f"Entries: {(entries['counts'] == 'yes').sum()} count, {(entries['counts'] != 'yes').sum()} do not"
    )
