from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.period import as_of, first_day, newest_periods, next_period
from pipeline.report.scheduled import Asked

PARIS = ZoneInfo("Europe/Paris")
EVERY = st.sampled_from(["day", "week", "month", "quarter"])
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def periods(every: str, start: str, today: str, most: int = 5) -> list[str]:
    return [str(day) for day in newest_periods(every, date.fromisoformat(start), date.fromisoformat(today), most)]


def test_a_monday_s_report_speaks_of_the_data_up_to_sunday() -> None:
    assert periods("week", "2026-01-05", "2026-03-18", 2) == ["2026-03-16", "2026-03-09"]
    assert as_of(date(2026, 3, 16)) == date(2026, 3, 15)


def test_a_period_begins_on_its_first_day_and_not_before() -> None:
    assert periods("week", "2026-01-05", "2026-03-15", 1) == ["2026-03-09"]
    assert periods("week", "2026-01-05", "2026-03-16", 1) == ["2026-03-16"]
    assert periods("month", "2026-01-01", "2025-12-31") == []


def test_a_month_that_lacks_the_start_s_day_begins_on_its_last_and_the_next_does_not_drift() -> None:
    assert periods("month", "2026-01-31", "2026-05-30") == ["2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31"]
    assert periods("month", "2028-01-31", "2028-02-29", 1) == ["2028-02-29"]
    assert periods("quarter", "2027-11-30", "2028-02-29", 1) == ["2028-02-29"]


def test_the_leap_day_is_a_day_like_others() -> None:
    assert periods("day", "2028-01-01", "2028-03-01", 2) == ["2028-03-01", "2028-02-29"]
    assert as_of(date(2028, 3, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize("hour", ["2026-03-29T01:59", "2026-03-29T03:01", "2026-10-25T02:30", "2026-10-25T23:59"])
def test_the_hour_that_summer_time_skips_or_repeats_changes_no_day(hour: str) -> None:
    for fold in (0, 1):
        now = datetime.fromisoformat(hour).replace(tzinfo=PARIS, fold=fold)
        assert str(Asked(now).day) == hour[:10]


@given(every=EVERY, start=DAYS, later=st.integers(0, 2000))
def test_every_day_lies_in_exactly_one_period(every: str, start: date, later: int) -> None:
    today = start + timedelta(days=later)
    [newest] = newest_periods(every, start, today, 1)
    assert newest <= today < next_period(every, start, today)


@given(every=EVERY, start=DAYS, number=st.integers(1, 60))
def test_periods_follow_each_other_without_a_gap(every: str, start: date, number: int) -> None:
    first = first_day(every, start, number)
    assert newest_periods(every, start, first - timedelta(days=1), 1) == [first_day(every, start, number - 1)]
    assert next_period(every, start, first - timedelta(days=1)) == first
