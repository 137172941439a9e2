"""How days and amounts are written, and what a written one means: the one rule, for whatever the fast reading leaves."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pipeline.base.dates import last_day_of_month

THOUSANDS = " \u00a0\u2009\u202f"  # may set groups of three digits apart
SPACES = THOUSANDS + "\t\r"  # dropped around a value
EXCEL = "excel"
EXCEL_DAY_0 = date(1899, 12, 30)  # so that serial 61 is 1 March 1900, as every spreadsheet writes it
FIRST_YEAR, LAST_YEAR = 1900, 2199
OTHER_MARK = {",": (".", "comma"), ".": (",", "point")}  # and what the mark itself is called
POINTS_LIMIT = 100_000_000_000  # hundredths
TOKEN = re.compile("yyyy|yy|mm|m|dd|d")
ORDERS = {"ymd", "dmy", "mdy", "ym", "my", "y"}
DIGITS = {
    "yyyy": "[0-9]{4}",
    "yy": "[0-9]{2}",
    "mm": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "dd": "[0-9]{2}",
    "d": "[0-9]{1,2}",
}
TIME = re.compile(
    r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)  # of day: a day is a day
AMOUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)?(?:[.][0-9]{1,2})?")


@dataclass(frozen=True)
class DayPattern:
    """One way to write a day, such as dd/mm/yyyy: tokens yyyy yy mm m dd d with one separator or none."""

    text: str

    def fault(self) -> str | None:
        """Why this is no pattern, None when it is one."""
        tokens, separators = TOKEN.findall(self.text), TOKEN.sub("", self.text)
        order = "".join(token[0] for token in tokens)
        if self.text == EXCEL or (
            order in ORDERS
            and separators in {mark * (len(tokens) - 1) for mark in ("", "-", "/", ".", "_", " ")}
            and TOKEN.sub("#", self.text) == (separators[:1]).join("#" * len(tokens))
            and not (not separators and {"d", "m"} & set(tokens))
            and not (order in ("ym", "my", "y") and "yyyy" not in tokens)
        ):
            return None
        return f"{self.text!r} is no way to write a day; write yyyy-mm-dd, dd/mm/yyyy, d/m/yy, yyyy-mm, excel …"

    @cached_property
    def tokens(self) -> list[str]:
        """Its tokens in order."""
        return TOKEN.findall(self.text)

    @property
    def order(self) -> str:
        """Its tokens as letters: dmy, mdy, ymd, ym, my or y; empty for Excel's serial number."""
        return "" if self.text == EXCEL else "".join(token[0] for token in self.tokens)

    @property
    def is_short(self) -> bool:
        """Whether its years have two digits."""
        return self.text != EXCEL and "yyyy" not in self.tokens

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Finds year, month and day by the letters y, m, d."""
        if self.text == EXCEL:
            return re.compile("(?P<serial>[1-9][0-9]{0,5})")
        named = (f"(?P<{token[0]}>{DIGITS[token]})" for token in self.tokens)
        separator = TOKEN.sub("", self.text)[:1]
        return re.compile(re.escape(separator).join(named))

    @property
    def engine_format(self) -> str | None:
        """The same for the engine's strptime, None where that could mean another day."""
        if self.order not in ("ymd", "dmy", "mdy") or self.is_short or not TOKEN.sub("", self.text):
            return None
        if {"d", "m"} & set(self.tokens) and {"dd", "mm"} & set(self.tokens):
            return None  # the engine takes one digit or two, for both
        return TOKEN.sub(lambda token: {"y": "%Y", "m": "%m", "d": "%d"}[token[0][0]], self.text)

    def written(self, day: date) -> str:
        """A day written so."""
        if self.text == EXCEL:
            return str((day - EXCEL_DAY_0).days)
        parts = {
            "yyyy": f"{day:%Y}",
            "yy": f"{day:%y}",
            "mm": f"{day:%m}",
            "m": f"{day:%m}",
            "dd": f"{day:%d}",
            "d": f"{day:%d}",
        }
        return TOKEN.sub(lambda token: parts[token[0]], self.text)


@dataclass(frozen=True)
class Notation:
    """How one sender writes days and amounts."""

    days: tuple[str, ...]
    years_from: int | None
    undated: Literal["first", "last"]
    marks: str  # of decimals: "," or "." or both
    units: tuple[str, ...] = ()  # that may stand before or after an amount

    @cached_property
    def patterns(self) -> list[DayPattern]:
        """The ways to write a day, in order."""
        return [DayPattern(text) for text in self.days]

    def day_of(self, text: str) -> tuple[date | None, str | None]:
        """The day that a text writes, or why it writes none."""
        ways = ["as a serial of Excel" if way == EXCEL else way for way in self.days]
        bare, fault = TIME.sub("", text), f"is not written {' or '.join(ways)}"
        for pattern in self.patterns:
            if match := pattern.regex.fullmatch(bare):
                try:
                    found = self._day(match.groupdict())
                except (ValueError, OverflowError):
                    fault = "is not a date"
                    continue
                if FIRST_YEAR <= found.year <= LAST_YEAR:
                    return found, None
                fault = f"is not within {FIRST_YEAR} to {LAST_YEAR}"
        return None, fault

    def _day(self, parts: dict[str, str]) -> date:
        """The day of the parts found; ValueError when the calendar has none."""
        if "serial" in parts:
            return EXCEL_DAY_0 + timedelta(days=int(parts["serial"]))
        year = int(parts["y"])
        if len(parts["y"]) == 2:
            assert self.years_from is not None, "the contract asks for it"
            year += self.years_from - self.years_from % 100
            year += 100 if year < self.years_from else 0
        first = self.undated == "first"
        month = int(parts["m"]) if "m" in parts else (1 if first else 12)
        if "d" in parts:
            return date(year, month, int(parts["d"]))
        return date(year, month, 1 if first or not 1 <= month <= 12 else last_day_of_month(year, month))

    def hundredths_of(self, text: str) -> tuple[int | None, str | None]:
        """The points that a text writes, in hundredths, or why it writes none. Thousands may be set apart by spaces."""
        plain = text.translate(dict.fromkeys(map(ord, THOUSANDS), " "))
        for unit in self.units:
            plain = plain.removesuffix(unit).removeprefix(unit).strip()
        if self.marks in OTHER_MARK:
            other, called = OTHER_MARK[self.marks]
            if other in plain and AMOUNT.fullmatch(plain.replace(other, ".")):
                return None, f"is not a number of at most two decimals after a {called}"
            plain = plain.replace(other, "?")
        plain = plain.replace(",", ".")
        if not AMOUNT.fullmatch(plain) or not any(letter.isdigit() for letter in plain):
            return None, "is not a number of at most two decimals"
        found = int(Decimal(plain.replace(" ", "")).scaleb(2)) if len(plain) < 40 else POINTS_LIMIT
        return (found, None) if abs(found) < POINTS_LIMIT else (None, "is not within a thousand million")
