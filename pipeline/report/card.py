"""One partner's card: on the terminal, and as a page of its own."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.text import Text

from pipeline.base.files import write_whole
from pipeline.model.why import Card
from pipeline.report.answer import print_table
from pipeline.report.fragment import STYLE, Table
from pipeline.report.provenance import Provenance
from pipeline.report.publish import PAGE_STYLE, POLICY
from pipeline.report.table import cell_text, shown


def print_card(card: Card) -> None:
    """The partner, his tier and why, where he lands under each version of the rules, and every entry with its reason."""
    console = Console(width=None if Console().is_terminal else 200)
    console.print(Text.assemble((shown(card.name or "(no name)"), "bold"), "  ", shown(card.partner_id)))
    console.print(shown(summary(card)), highlight=False, markup=False, emoji=False)
    for caption, table in tables(card):
        if len(table):
            print_table(table, caption)


def summary(card: Card) -> str:
    """Tier, reason and metrics in one line."""
    metrics = [
        f"{cell_text(name, value)} {name if value != 1 or name != 'domains' else 'domain'}"
        for name, value in card.metrics.items()
    ]
    return (
        f"{', '.join(metrics)} on {card.question.as_of}; tier {card.tier}, {card.held_because}; "
        f"label on the roster: {card.label or 'none'}"
    )


def tables(card: Card) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of a card, each with its caption, in the order of what one asks first."""
    yield "Tier under each version of the rules", card.placements
    yield "What each tier asks", card.gates
    yield "Tier over time", card.over_time
    yield "Points by category", card.categories.loc[:, card.categories.notna().any()]
    entries = card.entries.rename(columns={"not_counted_because": "counts"})
    entries["counts"] = [_counts(reason) for reason in entries["counts"]]
    entries = entries[[*(name for name in entries if name not in ("counted", "counts")), "counted", "counts"]]
    yield (
        f"Entries: {(entries['counts'] == 'yes').sum()} count, {(entries['counts'] != 'yes').sum()} do not or in part",
        entries,
    )


def _counts(reason: str | None) -> str:
    """Whether an entry counts: `yes`, `no: expired`, or the part that a cap lets through."""
    if reason is None or pd.isna(reason):
        return "yes"
    return reason if reason.startswith("only ") else f"no: {reason}"


def write_card(card: Card, path: Path, source: Provenance) -> None:
    """The card as one self-contained page without an outside request."""
    title = escape(f"{card.name or card.partner_id} on {card.question.as_of}")
    parts = "".join(
        Table(caption, table.rename(columns=lambda name: name.replace("_", " ")))._repr_html_()
        for caption, table in tables(card)
    )
    warning = f'<div class="palier"><p class="warning">{escape(source.warning())}</p></div>' if source.warning() else ""
    policy = escape(POLICY, quote=True)
    write_whole(
        path,
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{PAGE_STYLE}{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{warning}<p>{escape(card.partner_id)}: {escape(summary(card))}</p>
{parts}</main>
<footer><p>{escape(source.footer())}</p></footer>
</body>
</html>
""",
    )
