"""Days and month arithmetic, computed here so that SQL never has to."""

import calendar
from datetime import date, timedelta

from pipeline.base.errors import PalierError


def day(text: str, what: str = "date") -> date:
    """The day written as YYYY-MM-DD; anything else is an error that says so."""
    try:
        found = date.fromisoformat(text)
        if found.isoformat() != text or found == date.min:
            raise ValueError
        return found
    except ValueError:
        raise PalierError(f"{what}: {text!r} is not a date. Write it as YYYY-MM-DD, for example 2004-03-31.") from None


def day_or(default: date | None, text: str, what: str) -> date | None:
    """The day that `text` writes, or `default` when it is empty."""
    return day(text, what) if text else default


def day_before(later: date) -> date:
    """The day before `later`."""
    return later - timedelta(days=1)


def months_before(later: date, months: int) -> date:
    """The same day `months` earlier, or that month's last day where it has no such day; never past the calendar's ends."""
    month_index = later.year * 12 + later.month - 1 - months
    year, month = divmod(month_index, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    return date(year, month + 1, min(later.day, last_day_of_month(year, month + 1)))


def months_after(earlier: date, months: int) -> date:
    """The same day `months` later, or that month's last day where it has no such day."""
    return months_before(earlier, -months)


def anniversary(up_to: date, month: int, day: int) -> date:
    """The last such day of a year on or before `up_to`; 29 February is 28 February in other years."""
    year = up_to.year
    found = date(year, month, min(day, last_day_of_month(year, month)))
    return found if found <= up_to else date(year - 1, month, min(day, last_day_of_month(year - 1, month)))


def firsts_of_months(after: date, up_to: date) -> list[date]:
    """Every first of a month later than `after`, up to and including `up_to`."""
    indexes = range(after.year * 12 + after.month, up_to.year * 12 + up_to.month)
    return [date(index // 12, index % 12 + 1, 1) for index in indexes]


def last_day_of_month(year: int, month: int) -> int:
    """28 to 31."""
    return calendar.monthrange(year, month)[1]
