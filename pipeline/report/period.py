"""Periods of a report: a day, week, month or quarter, counted from the report's start, so that they never drift."""

from datetime import date, timedelta
from typing import Literal

from pipeline.base.dates import day_before, months_after

Every = Literal["day", "week", "month", "quarter"]
DAYS: dict[str, int] = {"day": 1, "week": 7}
MONTHS: dict[str, int] = {"month": 1, "quarter": 3}


def first_day(every: Every, start: date, number: int) -> date:
    """The first day of a period, number 0 being that of the start. A month that lacks the start's day begins on its last.

    Counted from the start each time: from 31 January on, February begins on the 28th or 29th, and March on the 31st again.
    """
    if every in DAYS:
        return start + timedelta(days=DAYS[every] * number)
    return months_after(start, MONTHS[every] * number)


def newest_periods(every: Every, start: date, today: date, most: int) -> list[date]:
    """First days of the periods that have begun by `today`, the newest first, at most so many; none before the start."""
    if today < start:
        return []
    number = _number_on(every, start, today)
    return [first_day(every, start, n) for n in range(number, max(number - most, -1), -1)]


def next_period(every: Every, start: date, today: date) -> date:
    """The first day of the period that begins after `today`."""
    return start if today < start else first_day(every, start, _number_on(every, start, today) + 1)


def as_of(first: date) -> date:
    """The day that a period's report speaks of: the last whole day before it begins. Monday's report knows Sunday."""
    return day_before(first)


def _number_on(every: Every, start: date, today: date) -> int:
    """The number of the period in which a day lies."""
    if every in DAYS:
        return (today - start).days // DAYS[every]
    number = ((today.year - start.year) * 12 + today.month - start.month) // MONTHS[every]
    return number if first_day(every, start, number) <= today else number - 1
