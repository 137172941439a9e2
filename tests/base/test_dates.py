from datetime import date

import pytest
from hypothesis import given, strategies

from pipeline.base.dates import day, day_before, firsts_of_months, last_day_of_month, months_after, months_before
from pipeline.base.errors import PalierError


def test_a_day_is_written_year_first() -> None:
    assert day("2004-03-31") == date(2004, 3, 31)


@pytest.mark.parametrize("text", ["31/03/2004", "2004-02-30", "20040331", "2004-3-31", "2004-W14-3", "", "today"])
def test_what_is_no_day_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(PalierError, match=r"--as-of: .* is not a date\. Write it as YYYY-MM-DD"):
        day(text, "--as-of")


@pytest.mark.parametrize(
    ("later", "months", "earlier"),
    [
        (date(2004, 3, 15), 1, date(2004, 2, 15)), (date(2004, 3, 31), 1, date(2004, 2, 29)),
        (date(2003, 3, 31), 1, date(2003, 2, 28)), (date(2004, 1, 31), 1, date(2003, 12, 31)),
        (date(2004, 2, 29), 12, date(2003, 2, 28)), (date(2004, 5, 31), 0, date(2004, 5, 31)),
        (date(2004, 12, 31), 13, date(2003, 11, 30)),
    ],
)  # fmt: skip
def test_months_before_is_the_same_day_or_the_last_of_its_month(later: date, months: int, earlier: date) -> None:
    assert months_before(later, months) == earlier


@given(strategies.dates(date(1900, 1, 1), date(2100, 1, 1)), strategies.integers(0, 600))
def test_months_before_never_passes_the_day_and_keeps_the_order_of_days(later: date, months: int) -> None:
    earlier = months_before(later, months)
    assert earlier.day == min(later.day, last_day_of_month(earlier.year, earlier.month))
    assert (later.year - earlier.year) * 12 + later.month - earlier.month == months
    assert months_before(day_before(later), months) <= earlier


def test_the_day_before_crosses_months_and_years() -> None:
    assert (day_before(date(2004, 3, 1)), day_before(date(2004, 1, 1))) == (date(2004, 2, 29), date(2003, 12, 31))


def test_months_end_with_the_calendar() -> None:
    assert months_after(date(9999, 12, 15), 1) == date.max
    assert months_before(date(1, 1, 15), 1) == date.min
    assert firsts_of_months(date(9999, 11, 1), date(9999, 12, 31)) == [date(9999, 12, 1)]
