"""Rows on the terminal: numbers to the right, nothing in a text acts on the terminal, and how to get the rest."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

ROWS_SHOWN = 50


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str, total: Sequence[Any] = ()) -> None:
    """Print the first rows under their headings, and a `total` below them."""
    table = Table(header_style="bold")
    for at, name in enumerate(columns):
        is_number = any(isinstance(row[at], int | float | Decimal) for row in rows[:20])
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left")
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*(Text(shown(cell_text(name, value))) for name, value in zip(columns, row, strict=True)))
    if total:
        table.add_section()
        table.add_row(*(Text(cell_text(name, value), style="bold") for name, value in zip(columns, total, strict=True)))
    console = Console(width=None if Console().is_terminal else 200)
    console.print(Text(shown(title), style="bold"))
    console.print(table)
    if len(rows) > ROWS_SHOWN:
        console.print(f"first {ROWS_SHOWN} of {len(rows):,} rows; all of them: add --output FILE.csv")


def shown(text: str) -> str:
    """Text from data without what a terminal would obey: control characters are written as U+FFFD."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "\ufffd", in_reading_order(text))


def in_reading_order(text: str) -> str:
    """Without the marks that would turn the direction of what follows: they are written as U+FFFD."""
    return re.sub(r"[\u202a-\u202e\u2066-\u2069]", "\ufffd", text)


def cell_text(column: str, value: Any) -> str:
    """A value for people: shares as per cent, dates as days, missing (None, NaN, NaT) as nothing."""
    if value is None or value != value:
        return ""
    if column == "line":
        return str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and str(column).endswith("share"):
        return f"{value:.1%}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,g}" if value == int(value) else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
