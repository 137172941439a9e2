"""The one rule for days and amounts, as tables of what is written and what it means."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies

from pipeline.ingest.notation import EXCEL_DAY_0, DayPattern, Notation

NO_DATE = "is not a date"
OUT_OF_BOUNDS = "is not within 1900 to 2199"
NO_NUMBER = "is not a number of at most two decimals"
TOO_LARGE = "is not within a thousand million"


def notation(*days: str, undated: str = "first", years_from: int | None = None, marks: str = ",") -> Notation:
    return Notation(days, years_from, undated, marks)  # type: ignore[arg-type]


def day_of(pattern: str, text: str, **how: object) -> str | None:
    """The day that a text writes in one pattern, in ISO, or why it writes none."""
    day, fault = notation(pattern, **how).day_of(text)  # type: ignore[arg-type]
    assert (day is None) != (fault is None)
    return day.isoformat() if day else fault


# Days


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        ("yyyy-mm-dd", "2004-01-15", "2004-01-15"),
        ("dd/mm/yyyy", "15/01/2004", "2004-01-15"),
        ("mm/dd/yyyy", "01/15/2004", "2004-01-15"),
        ("dd.mm.yyyy", "15.01.2004", "2004-01-15"),
        ("dd mm yyyy", "15 01 2004", "2004-01-15"),
        ("d/m/yyyy", "5/1/2004", "2004-01-05"),
        ("d/m/yyyy", "05/01/2004", "2004-01-05"),
        ("m/d/yyyy", "1/15/2004", "2004-01-15"),
        ("yyyy-m-d", "2004-1-5", "2004-01-05"),
        ("yyyymmdd", "20040115", "2004-01-15"),
        ("ddmmyyyy", "15012004", "2004-01-15"),
        ("dd/mm/yyyy", "29/02/2004", "2004-02-29"),
        ("dd/mm/yyyy", "01/01/1900", "1900-01-01"),
        ("dd/mm/yyyy", "31/12/2199", "2199-12-31"),
        ("dd/mm/yyyy", "31/12/1899", OUT_OF_BOUNDS),
        ("dd/mm/yyyy", "01/01/2200", OUT_OF_BOUNDS),
        ("dd/mm/yyyy", "15/01/0204", OUT_OF_BOUNDS),
        ("excel", "61", "1900-03-01"),
        ("excel", "37987", "2004-01-01"),
        ("excel", "2", "1900-01-01"),
        ("excel", "1", OUT_OF_BOUNDS),
        ("excel", "109574", "2199-12-31"),
        ("excel", "109575", OUT_OF_BOUNDS),
        ("excel", "999999", OUT_OF_BOUNDS),
    ],
)
def test_a_day_is_read_by_its_pattern(pattern: str, text: str, day: str) -> None:
    assert day_of(pattern, text) == day


@pytest.mark.parametrize(
    "suffix",
    [" 00:00", " 00:00:00", "T00:00:00", " 23:59:59.999999", " 9:05", " 10:30:00,5", "T10:30:00Z", " 10:30:00+01:00", " 10:30 +0100"],
)  # fmt: skip
@pytest.mark.parametrize(("pattern", "text"), [("yyyy-mm-dd", "2004-01-15"), ("dd/mm/yyyy", "15/01/2004")])
def test_a_time_of_day_says_nothing(pattern: str, text: str, suffix: str) -> None:
    assert day_of(pattern, text + suffix) == "2004-01-15"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        *(("dd/mm/yyyy", text) for text in (
            "", "31/02/2004", "29/02/2003", "01/13/2004", "00/01/2004", "15/00/2004", "15/01/04", "15/1/2004", "5/01/2004",
            "2004-01-15", "15-01-2004", "15.01.2004", "15/01-2004", "15/01/2004 00", "15/01/2004 12h30", "15/01/200400:00",
            "15/01/2004 00:00 x", "1 /02/2004", " 5/01/2004", "5 /01/2004", "15/01/2004x", "x15/01/2004", "janvier 04", "37987",
            "+1/01/2004", "-1/01/2004", "15/01/+204", "epoch", "infinity", "-infinity", "today", "15/01/20 4", "15//01/2004",
            "\u0661\u0665/\u0660\u0661/\u0662\u0660\u0660\u0664", "\uff11\uff15/01/2004", "15/01/2004\n", "15/01/2004\n00:00",
        )),
        *(("yyyy-mm-dd", text) for text in (
            "2004-02-31", "15/01/2004", "2004-1-15", "04-01-15", "20040115", "2004/01/15", "2004-01", "02004-01-15", "2004-01-15Z",
            "2004-01-15+00:00", "2004-W03-4", "2004-015", "-2004-01-15",
        )),
        *(("d/m/yyyy", text) for text in ("005/1/2004", "5/001/2004", "5/1/04", "5/1/20041", "/1/2004", "5//2004", "epoch")),
        *(("dd/m/yyyy", text) for text in ("5/1/2004", "5/01/2004")),
        *(("yyyymmdd", text) for text in ("2004011", "200401155", "2004-01-15", "20041315")),
        *(("excel", text) for text in ("0", "061", "-61", "61.0", "1e4", "1234567", "+61")),
        *(("yyyy-mm", text) for text in ("2004-00", "2004-13", "2004-1", "2004")),
    ],
)  # fmt: skip
def test_what_is_no_day_of_its_pattern_is_none(pattern: str, text: str) -> None:
    assert day_of(pattern, text) in (
        NO_DATE,
        f"is not written {'as a serial of Excel' if pattern == 'excel' else pattern}",
    )


def test_a_day_that_the_calendar_does_not_have_is_no_date_and_any_other_is_told_how_it_is_written() -> None:
    assert day_of("dd/mm/yyyy", "31/02/2004") == NO_DATE
    assert day_of("dd/mm/yyyy", "2004-02-15") == "is not written dd/mm/yyyy"
    days = Notation(("dd/mm/yyyy", "excel", "yyyy-mm"), None, "last", ",")
    assert days.day_of("tomorrow")[1] == "is not written dd/mm/yyyy or as a serial of Excel or yyyy-mm"


@pytest.mark.parametrize(
    ("pattern", "text", "first", "last"),
    [
        ("yyyy", "2004", "2004-01-01", "2004-12-31"),
        ("yyyy-mm", "2004-02", "2004-02-01", "2004-02-29"),
        ("yyyy-mm", "2003-02", "2003-02-01", "2003-02-28"),
        ("mm/yyyy", "12/2004", "2004-12-01", "2004-12-31"),
        ("m/yyyy", "2/2004", "2004-02-01", "2004-02-29"),
        ("yyyymm", "200402", "2004-02-01", "2004-02-29"),
        ("yyyy", "1899", OUT_OF_BOUNDS, OUT_OF_BOUNDS),
        ("yyyy-mm-dd", "2004-02-10", "2004-02-10", "2004-02-10"),
    ],
)
def test_a_month_or_a_year_is_its_first_or_its_last_day(pattern: str, text: str, first: str, last: str) -> None:
    assert (day_of(pattern, text, undated="first"), day_of(pattern, text, undated="last")) == (first, last)


@pytest.mark.parametrize(
    ("years_from", "short", "year"),
    [
        (1950, "50", 1950), (1950, "99", 1999), (1950, "00", 2000), (1950, "49", 2049),
        (1999, "99", 1999), (1999, "00", 2000), (1999, "98", 2098),
        (1900, "00", 1900), (1900, "99", 1999), (2000, "00", 2000), (2000, "99", 2099), (2100, "00", 2100), (2100, "99", 2199),
    ],
)  # fmt: skip
def test_a_year_of_two_digits_lies_in_the_hundred_years_from_the_one_given(
    years_from: int, short: str, year: int
) -> None:
    assert day_of("dd/mm/yy", f"15/01/{short}", years_from=years_from) == f"{year}-01-15"


def test_the_leap_day_of_a_short_year_is_that_of_its_century() -> None:
    assert day_of("dd/mm/yy", "29/02/00", years_from=1950) == "2000-02-29"
    assert day_of("dd/mm/yy", "29/02/00", years_from=1900) == NO_DATE


@pytest.mark.parametrize(
    ("text", "day"),
    [("15/01/2004", "2004-01-15"), ("2004-01-15", "2004-01-15"), ("37987", "2004-01-01"), ("15/1/2004", None)],
)
def test_a_day_may_be_written_in_any_of_several_patterns(text: str, day: str | None) -> None:
    found, _ = notation("yyyy-mm-dd", "dd/mm/yyyy", "excel").day_of(text)
    assert (found and found.isoformat()) == day


def test_a_number_that_is_no_day_of_excel_may_be_a_month_of_another_pattern() -> None:
    assert notation("yyyymm", "excel").day_of("200401") == (date(2004, 1, 1), None)
    assert notation("excel", "yyyymm").day_of("200401") == (date(2004, 1, 1), None)


PATTERNS = ["yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "d.m.yyyy", "m d yyyy", "yyyymmdd", "ddmmyyyy", "dd-mm-yy", "yymmdd", "excel"]  # fmt: skip


@given(
    day=strategies.dates(date(1950, 1, 1), date(2049, 12, 31)),
    pattern=strategies.sampled_from(PATTERNS),
    time=strategies.sampled_from(["", " 00:00", "T12:00:00.0Z"]),
)
def test_what_a_pattern_writes_it_reads(day: date, pattern: str, time: str) -> None:
    assert notation(pattern, years_from=1950).day_of(DayPattern(pattern).written(day) + time) == (day, None)


@given(strategies.dates(date(1900, 3, 1), date(2199, 12, 31)))
def test_an_excel_day_is_counted_from_the_end_of_1899(day: date) -> None:
    assert EXCEL_DAY_0 + timedelta(days=int(DayPattern("excel").written(day))) == day


@pytest.mark.parametrize(
    "text",
    ["yyyy-mm-dd", "dd/mm/yyyy", "d/m/yy", "mm/dd/yyyy", "yyyymmdd", "ddmmyy", "dd.mm.yyyy", "dd mm yyyy", "yyyy_mm_dd", "yyyy-mm", "mm/yyyy", "yyyy", "excel"],
)  # fmt: skip
def test_a_pattern_has_no_fault(text: str) -> None:
    assert DayPattern(text).fault() is None


@pytest.mark.parametrize(
    "text",
    ["", "iso", "Excel", "YYYY-MM-DD", "yyyy-dd-mm", "dd/mm", "mm", "dd", "yy", "mm/yy", "yy-mm", "yyyymd", "dmyyyy", "yyyy-mm/dd", "yyyy--mm-dd",
     "yyyy-mm-dd ", " yyyy-mm-dd", "-yyyy-mm-dd", "yyyy:mm:dd", "yyyy-mm-dd-dd", "dd/mm/yyyy hh:mm", "yyy-mm-dd", "dd/mmm/yyyy", "%Y-%m-%d"],
)  # fmt: skip
def test_what_is_no_pattern_is_told_with_examples(text: str) -> None:
    fault = DayPattern(text).fault()
    assert fault == f"{text!r} is no way to write a day; write yyyy-mm-dd, dd/mm/yyyy, d/m/yy, yyyy-mm, excel …"


# Amounts


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("2", 200), ("2,5", 250), ("2,50", 250), ("-2,50", -250), ("0,00", 0), ("-0", 0), ("007", 700), (",5", 50), ("-,5", -50),
        ("1 555,00", 155500), ("1\u00a0555,00", 155500), ("1\u202f555,00", 155500), ("1\u2009555,00", 155500), ("1 000 000", 100000000),
        ("1\u00a0000 000", 100000000), ("12 345,67", 1234567), ("-1 555,5", -155550), ("999999999,99", 99999999999),
        ("-999 999 999,99", -99999999999), ("0000000000012", 1200),
    ],
)  # fmt: skip
def test_an_amount_with_decimal_comma_is_read(text: str, hundredths: int) -> None:
    assert notation().hundredths_of(text) == (hundredths, None)


@pytest.mark.parametrize(
    "text",
    ["", "1,555", "12.50", "1.555,00", "12,5,0", "1e3", "1_000", "0x10", "+5", "5-", "--5", "-", ",", "5,", "n.c.", "NaN", "inf", "epoch",
     "\u22125", "\uff11\uff12", "\u0661\u0662", "2,50 €", "12,5O", "12 50", "1 2 3,5", "1555 000", "1 555 00", "1 555,5 0", "- 5", "1  555",
     "1'000", "5?5", "5\n", "5\x1e5"],
)  # fmt: skip
def test_what_is_no_amount_is_none(text: str) -> None:
    assert notation().hundredths_of(text) in ((None, NO_NUMBER), (None, f"{NO_NUMBER} after a comma"))


def test_an_amount_with_the_other_decimal_mark_is_told_which_one_is_meant() -> None:
    assert notation().hundredths_of("12.50") == (None, f"{NO_NUMBER} after a comma")
    assert notation(marks=".").hundredths_of("1 012,5") == (None, f"{NO_NUMBER} after a point")
    assert notation().hundredths_of("1.012.50") == (None, NO_NUMBER)
    assert notation(marks=",.").hundredths_of("12?5") == (None, NO_NUMBER)


@pytest.mark.parametrize("text", ["1000000000", "-1000000000", "-9999999999999999,99", "9" * 39, "9" * 5000])
def test_an_amount_that_nobody_can_mean_is_none(text: str) -> None:
    assert notation().hundredths_of(text) == (None, TOO_LARGE)


@pytest.mark.parametrize(
    ("marks", "text", "hundredths"),
    [
        (".", "2.50", 250), (".", "1 555.00", 155500), (".", "2,50", None), (".", "1,555.00", None), (".", "1.555", None),
        (",", "2.50", None), (",.", "2.50", 250), (",.", "2,50", 250), (",.", "1,555.00", None), (",.", "1.555", None),
    ],
)  # fmt: skip
def test_only_the_marks_of_the_sender_are_decimal_marks(marks: str, text: str, hundredths: int | None) -> None:
    assert notation(marks=marks).hundredths_of(text)[0] == hundredths


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("2,50 €", 250), ("2,50€", 250), ("€ 2,50", 250), ("-2,50 pts", -250), ("1\u00a0000,5\u00a0€", 100050), ("2", 200), ("€", None),
        ("2 € €", None), ("€", None), ("2 EUR", None), ("2 PTS", None), ("-€ 2", None),
    ],
)  # fmt: skip
def test_the_sender_s_units_may_stand_beside_an_amount(text: str, hundredths: int | None) -> None:
    assert Notation((), None, "first", ",", ("€", "pts")).hundredths_of(text)[0] == hundredths


@given(hundredths=strategies.integers(-99999999999, 99999999999), space=strategies.sampled_from(["", " ", "\u202f"]))
def test_every_amount_is_read_as_it_was_written(hundredths: int, space: str) -> None:
    sign, (whole, cents) = "-" if hundredths < 0 else "", divmod(abs(hundredths), 100)
    assert notation().hundredths_of(f"{sign}{whole:,},{cents:02}".replace(",", space, f"{whole:,}".count(","))) == (hundredths, None)  # fmt: skip
