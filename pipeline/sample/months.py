"""The months of the case, and days as whole numbers: 0 is "no day", 1 is 1 January 1996."""

import numpy as np

from pipeline.sample.text import Texts, Whole, table

ROSTER_MONTHS = ("2003-10", "2003-11", "2003-12", "2004-01", "2004-02", "2004-03", "2004-04")
POINT_MONTHS = ("2003-09", *ROSTER_MONTHS)
OPENING, MARCH, APRIL = 0, 6, 7
"""Places in POINT_MONTHS. The roster of place r opens the month whose points are in place r + 1."""

MARCH_ROSTER, APRIL_ROSTER, STILL_THERE = 5, 6, 7
JANUARY_ROSTER = 3

NO_DAY = 0
_ZERO = np.datetime64("1995-12-31")
_HOLIDAYS = ["2001-12-25", "2002-12-25", "2003-11-11", "2003-12-25", "2004-01-01"]


def day(text: str) -> int:
    """The number of an ISO date."""
    return int((np.datetime64(text) - _ZERO).astype(np.int64))


FIRST_DAY = day("2001-01-15")
OPENING_END = day("2003-09-30")
CUT_OVER = day("2004-04-01")
LAST_DAY = day("2004-04-09")


def _day_texts() -> Texts:
    days = _ZERO + np.arange(1, LAST_DAY + 1)
    return table(["", *(f"{text[8:]}/{text[5:7]}/{text[:4]}" for text in days.astype(str))])


DAY_TEXTS = _day_texts()


def workday(days: Whole) -> Whole:
    """The same days, weekends and holidays moved back to the working day before."""
    rolled = np.busday_offset(_ZERO + days, 0, roll="backward", holidays=_HOLIDAYS)
    return np.asarray((rolled - _ZERO).astype(np.int64))


MONTH_STARTS = np.array([FIRST_DAY, *(day(f"{month}-01") for month in ROSTER_MONTHS)])
MONTH_ENDS = np.array([OPENING_END, *(MONTH_STARTS[2:] - 1), LAST_DAY])


def month_of(days: Whole) -> Whole:
    """The place in POINT_MONTHS of the file that holds what was delivered on each day."""
    return np.maximum(np.searchsorted(MONTH_STARTS, days, side="right") - 1, OPENING)


def days_in(months: Whole, earliest: Whole, generator: np.random.Generator) -> Whole:
    """One working day in each month; in the opening history not before `earliest`, and rather late than early."""
    chance = generator.random(len(months))
    starts = np.where(months == OPENING, earliest, MONTH_STARTS[months])
    depth = np.where(months == OPENING, np.sqrt(chance), chance)
    days = workday((starts + depth * (MONTH_ENDS[months] + 1 - starts)).astype(np.int64))
    return np.where(days < starts, _next_workday(starts), days)


def _next_workday(days: Whole) -> Whole:
    rolled = np.busday_offset(_ZERO + days, 0, roll="forward", holidays=_HOLIDAYS)
    return np.asarray((rolled - _ZERO).astype(np.int64))
