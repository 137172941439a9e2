"""What a rulebook may write as a value: exact points, a number of months, a window, which entries, an id."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.base.document import Strict

MOST_POINTS = 1_000_000_000
MOST_MONTHS = 600
WINDOW_WORDS = ("all time", "calendar year", "personal year")
FISCAL_YEAR = r"^year from (0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"


def _two_places(value: Any) -> Any:
    """An exact decimal of at most two places from a TOML integer or float."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"must be a number; found {value!r}")
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact) >= MOST_POINTS:
        raise ValueError(f"must be between 0 and {MOST_POINTS:,}; found {value}")
    if exact != exact.quantize(Decimal("0.01")):
        raise ValueError(f"has more than two decimals: {value}")
    return exact


def _a_window(value: Any) -> Any:
    """All time, a year of some kind, a number of months, or the first days of seasons in order."""
    if isinstance(value, list) and value and all(type(day) is date for day in value) and sorted(set(value)) == value:
        return value
    is_months = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_MONTHS
    is_fiscal = isinstance(value, str) and re.fullmatch(FISCAL_YEAR, value)
    if value not in WINDOW_WORDS and not is_months and not is_fiscal:
        raise ValueError(
            "must be 'all time', 'calendar year', 'personal year', 'year from MM-DD' (day 01 to 28) "
            f"or a number of months from 1 to {MOST_MONTHS}, or a list of the first days of seasons in order; found {value!r}"
        )
    return value


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Points = Annotated[Decimal, BeforeValidator(_two_places)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]
Window = Annotated[str | int | list[date], BeforeValidator(_a_window)]
Dimension = Literal["category", "activity", "domain"]


class Of(Strict):
    """Which entries are meant: those with one of the words in each column named; all where none is named."""

    category: list[str] = Field(default=[], min_length=1)
    activity: list[str] = Field(default=[], min_length=1)
    domain: list[str] = Field(default=[], min_length=1)

    def holds(self, category: str | None, activity: str | None, domain: str | None) -> bool:
        """Whether entries of this kind are meant."""
        pairs = ((self.category, category), (self.activity, activity), (self.domain, domain))
        return all(not words or word in words for words, word in pairs)

    def includes(self, other: "Of") -> bool:
        """Whether every entry that the other means is meant here."""
        pairs = ((words, getattr(other, name)) for name, words in self)
        return all(not words or (theirs and set(theirs) <= set(words)) for words, theirs in pairs)

    def in_words(self) -> str:
        """`category staff or sales, activity exam`; empty for all entries."""
        named = {name: words for name, words in self if words}
        return ", ".join(f"{name} {' or '.join(words)}" for name, words in named.items())
