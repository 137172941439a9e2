"""Numbers and days as words: the sentences of a page are made from what it shows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

MINUS = "−"


def count(number: float) -> str:
    """1,234"""
    return f"{int(number):,}".replace("-", MINUS)


def signed(number: float) -> str:
    """+12, −68 or ±0"""
    return f"{'+' if number > 0 else '±' if number == 0 else ''}{count(number)}"


def percent(share: float) -> str:
    """A share of 0–1 as 43 %; one decimal where it would else round to nothing or to all."""
    near_an_end = 0 < share < 0.01 or 0.99 < share < 1
    return (f"{share:.1%}" if near_an_end else f"{share:.0%}").replace("%", " %").replace("-", MINUS)


def tenths(share: float) -> str:
    """A share of 0–1 as 42.5 %: in a table, where shares are added up."""
    return f"{share:.1%}".replace("%", " %").replace("-", MINUS)


def exact(points: Decimal | float) -> str:
    """Points without needless zeros: 50, 49.5, −3."""
    text = f"{points:,.2f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def many(number: int, one: str, more: str = "") -> str:
    """1 partner, 145 partners."""
    return f"{count(number)} {one if number == 1 else more or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def cell(value: Any, heading: str = "") -> str:
    """One value of a table as text; a share is written in per cent, nothing as a dash."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not is_number(value):
        return str(value)
    if heading == "change":
        return signed(float(value))
    if "share" in heading.casefold():
        return tenths(float(value))
    return exact(value) if isinstance(value, Decimal | float) else count(value)


def is_number(value: Any) -> bool:
    """Whether a table writes this value to the right."""
    return isinstance(value, Decimal) or pd.api.types.is_number(value)
