"""point_text.sql, point_checked.sql, roster_text.sql, roster_checked.sql: fields → typed values or a reason."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse
from pipeline.ingest.contract import COLUMNS
from pipeline.ingest.load import SPACES

REASON = "select reject_reason from {}"


@pytest.fixture
def french(warehouse: Warehouse) -> None:
    given(warehouse, "value_map", """
        in_column | theirs     | ours
        category  | Compétence | competency
        activity  | Examen     | exam
        tier      | Certifié   | certified
    """)  # fmt: skip
    given(warehouse, "style", """
        dates      | decimal_mark | file_day
        dd/mm/yyyy | ,            | 2004-01-31
    """)  # fmt: skip
    warehouse.run("update style set spaces = $spaces", spaces=SPACES)


@pytest.fixture
def plain(warehouse: Warehouse) -> None:
    given(warehouse, "value_map")
    given(warehouse, "style", """
        dates      | decimal_mark | file_day
        yyyy-mm-dd | .            |
    """)  # fmt: skip
    warehouse.run("update style set spaces = $spaces", spaces=SPACES)


def points_of(warehouse: Warehouse, written: str, earned_on: str) -> tuple[str | None, str | None]:
    """Points as typed, and the reason why the line is refused."""
    given(warehouse, "point_text", "fields | headings | has_open_quote | partner_id\n 3 | 3 | false | ADATUM")
    warehouse.run("update point_text set points_text = $written, earned_on_text = $earned_on, posted_on_text = $earned_on",
                  written=written, earned_on=earned_on)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    [(points, reason)] = warehouse.rows("select cast(points as varchar), reject_reason from point_checked")
    return points, reason


def earned_on_of(warehouse: Warehouse, written: str, points: str = "1") -> tuple[str | None, str | None]:
    """The day as typed, and the reason why the line is refused."""
    given(warehouse, "point_text", "fields | headings | has_open_quote | partner_id\n 3 | 3 | false | ADATUM")
    warehouse.run(
        "update point_text set points_text = $points, earned_on_text = $written", written=written, points=points
    )
    warehouse.run("update style set file_day = date '2004-01-31'")
    make(warehouse, "ingest/point_checked")
    [(day, reason)] = warehouse.rows("select cast(earned_on as varchar), reject_reason from point_checked")
    return day, reason


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("written", "points"),
    [
        ("2", "2.00"), ("2,5", "2.50"), ("2,50", "2.50"), ("-2,50", "-2.50"), ("0,00", "0.00"), ("007", "7.00"),
        ("1 555,00", "1555.00"), ("1\u00a0555,00", "1555.00"), ("1\u202f555,00", "1555.00"), ("1 000 000", "1000000.00"),
        ("12 345,67", "12345.67"), ("-1 555,5", "-1555.50"), ("999999999,99", "999999999.99"),
    ],
)  # fmt: skip
def test_a_french_number_is_read(warehouse: Warehouse, written: str, points: str) -> None:
    assert points_of(warehouse, written, "15/01/2004") == (points, None)


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    "written",
    ["1,555", "12.50", "1.555,00", "12,5,0", "1e3", "1_000", "0x10", "+5", "5-", "--5", "-", ",", "5,", "n.c.", "NaN",
     "inf", "\u22125", "\uff11\uff12", "\u0661\u0662", "2,50 €", "12,5O", "99999999999999999999", "12 50", "1 2 3,5", "1555 000", "1 555 00", "1 555,5 0", "- 5", "1  555"],
)  # fmt: skip
def test_what_is_no_french_number_is_refused_with_its_text(warehouse: Warehouse, written: str) -> None:
    reason = f"points is not a number of at most two decimals: {written}"
    assert points_of(warehouse, written, "15/01/2004") == (None, reason)


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("written", ["1000000000", "-9999999999999999,99"])
def test_points_that_nobody_can_mean_are_refused(warehouse: Warehouse, written: str) -> None:
    assert points_of(warehouse, written, "15/01/2004")[1] == f"points is not within a thousand million: {written}"


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(("written", "points"), [("2.50", "2.50"), ("1 555.00", "1555.00"), ("-2", "-2.00")])
def test_a_plain_number_is_read(warehouse: Warehouse, written: str, points: str) -> None:
    assert points_of(warehouse, written, "2004-01-15") == (points, None)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("written", ["2,50", "1,555", "1,555.00", "1.555", "1e3"])
def test_what_is_no_plain_number_is_refused(warehouse: Warehouse, written: str) -> None:
    assert points_of(warehouse, written, "2004-01-15")[0] is None


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("15/01/2004", "2004-01-15"),
        ("29/02/2004", "2004-02-29"),
        ("01/01/1900", "1900-01-01"),
        ("31/12/2199", "2199-12-31"),
    ],
)
def test_a_french_day_is_read(warehouse: Warehouse, written: str, day: str) -> None:
    assert earned_on_of(warehouse, written) == (day, None)


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    "written",
    ["31/02/2004", "29/02/2003", "01/13/2004", "00/01/2004", "15/01/04", "15/1/2004", "5/01/2004", "2004-01-15",
     "15-01-2004", "15.01.2004", "15/01/2004 00:00", "1 /02/2004", "janvier 04", "37987", "+1/01/2004"],
)  # fmt: skip
def test_what_is_no_french_day_is_refused_with_its_text(warehouse: Warehouse, written: str) -> None:
    assert earned_on_of(warehouse, written)[1] == f"earned_on is not a date: {written}"


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("written", ["2004-02-31", "15/01/2004", "2004-1-15", "04-01-15", "20040115", "2004/01/15"])
def test_what_is_no_plain_day_is_refused(warehouse: Warehouse, written: str) -> None:
    assert earned_on_of(warehouse, written)[1] == f"earned_on is not a date: {written}"


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("written", ["31/12/1899", "01/01/2200", "15/01/0204"])
def test_a_day_that_nobody_can_mean_is_refused(warehouse: Warehouse, written: str) -> None:
    assert earned_on_of(warehouse, written)[1] == f"earned_on is not within 1900 to 2199: {written}"


@pytest.mark.usefixtures("french")
def test_the_first_reason_met_is_given(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        line | fields | headings | has_open_quote | partner_id | earned_on_text | posted_on_text | points_text
        2    | 4      | 4        | false          | ADATUM     | 15/01/2004     | 20/01/2004     | 2,00
        3    | 4      | 4        | true           | ADATUM     | 15/01/2004     | 20/01/2004     | 2,00
        4    | 3      | 4        | false          | ADATUM     | 15/01/2004     | 20/01/2004     | 2,00
        5    | 4      | 4        | false          |            | 15/01/2004     | 20/01/2004     | 2,00
        6    | 4      | 4        | false          | ADATUM     |                | 20/01/2004     | 2,00
        7    | 4      | 4        | false          | ADATUM     | 15/01/2004     | demain         | 2,00
        8    | 4      | 4        | false          | ADATUM     | 15/01/2004     | 20/01/1204     | 2,00
        9    | 4      | 4        | false          | ADATUM     | 15/01/2004     | 20/01/2004     |
        10   | 4      | 4        | false          |            |                | demain         |
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert table(warehouse, "select line, reject_reason from point_checked order by line") == drawn("""
        line | reject_reason
        2    |
        3    | a quote is opened and not closed on this line
        4    | the line has 3 fields, the heading 4
        5    | partner_id is empty
        6    | earned_on is empty
        7    | posted_on is not a date: demain
        8    | posted_on is not within 1900 to 2199: 20/01/1204
        9    | points is empty
        10   | partner_id is empty
    """)


@pytest.mark.usefixtures("french")
def test_only_a_refused_line_keeps_its_raw_text(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        raw  | fields | headings | has_open_quote | partner_id | earned_on_text | points_text
        good | 3      | 3        | false          | ADATUM     | 15/01/2004     | 2,00
        bad  | 3      | 3        | false          | ADATUM     | 15/01/2004     | deux
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert table(warehouse, "select partner_id, raw from point_checked order by raw nulls first") == drawn("""
        partner_id | raw
        ADATUM     |
        ADATUM     | bad
    """)


@pytest.mark.usefixtures("french")
def test_points_of_a_line_with_shifted_fields_say_nothing(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        line | fields | headings | has_open_quote | partner_id | earned_on_text | points_text
        2    | 2      | 3        | false          | ADATUM     | 15/01/2004     | 2,00
        3    | 3      | 3        | true           | ADATUM     | 15/01/2004     | 2,00
        4    | 3      | 3        | false          |            | 15/01/2004     | 2,00
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert table(warehouse, "select line, points from point_checked order by line") == drawn("""
        line | points
        2    |
        3    |
        4    | 2.00
    """)


@pytest.mark.usefixtures("french")
def test_an_entry_without_posting_day_is_known_from_the_day_of_its_file(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        line | fields | headings | has_open_quote | partner_id | earned_on_text | posted_on_text | points_text
        2    | 3      | 3        | false          | ADATUM     | 15/01/2004     |                | 2,00
        3    | 3      | 3        | false          | ADATUM     | 15/01/2004     | 20/01/2004     | 2,00
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert table(warehouse, "select line, posted_on, file_day from point_checked order by line") == drawn("""
        line | posted_on  | file_day
        2    | 2004-01-31 | 2004-01-31
        3    | 2004-01-20 | 2004-01-31
    """)


@pytest.mark.usefixtures("plain")
def test_an_entry_without_posting_day_in_a_file_without_day_is_refused(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        fields | headings | has_open_quote | partner_id | earned_on_text | points_text
        3      | 3        | false          | ADATUM     | 2004-01-15     | 2.00
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert warehouse.rows(REASON.format("point_checked")) == [("posted_on is empty and the file name has no date",)]


@pytest.mark.usefixtures("french")
def test_the_senders_words_become_ours_and_unknown_words_stay(warehouse: Warehouse) -> None:
    given(warehouse, "point_text", """
        line | fields | headings | has_open_quote | partner_id | earned_on_text | points_text | category_text | activity_text
        2    | 3      | 3        | false          | ADATUM     | 15/01/2004     | 2,00        | Compétence    | Examen
        3    | 3      | 3        | false          | ADATUM     | 15/01/2004     | 2,00        | Examen        | Compétence
        4    | 3      | 3        | false          | ADATUM     | 15/01/2004     | 2,00        |               |
    """)  # fmt: skip
    make(warehouse, "ingest/point_checked")
    assert table(warehouse, "select line, category, activity from point_checked order by line") == drawn("""
        line | category   | activity
        2    | competency | exam
        3    | Examen     | Compétence
        4    |            |
    """)


@pytest.mark.usefixtures("french")
def test_a_roster_line_is_typed_or_refused_with_its_reason(warehouse: Warehouse) -> None:
    given(warehouse, "roster_text", """
        line | fields | headings | has_open_quote | partner_id | tier_text | joined_on_text | snapshot_on_text
        2    | 4      | 4        | false          | ADATUM     | Certifié  | 15/01/2001     | 01/03/2004
        3    | 4      | 4        | false          | CONTOSO    | autre     |                |
        4    | 4      | 4        | true           | ADATUM     |           |                |
        5    | 5      | 4        | false          | ADATUM     |           |                |
        6    | 4      | 4        | false          |            |           |                |
        7    | 4      | 4        | false          | ADATUM     |           | 31/02/2001     |
        8    | 4      | 4        | false          | ADATUM     |           |                | mars 2004
    """)  # fmt: skip
    make(warehouse, "ingest/roster_checked")
    assert table(warehouse, "select line, tier, joined_on, snapshot_on, reject_reason from roster_checked order by line") == drawn("""
        line | tier      | joined_on  | snapshot_on | reject_reason
        2    | certified | 2001-01-15 | 2004-03-01  |
        3    | autre     |            | 2004-01-31  |
        4    |           |            | 2004-01-31  | a quote is opened and not closed on this line
        5    |           |            | 2004-01-31  | the line has 5 fields, the heading 4
        6    |           |            | 2004-01-31  | partner_id is empty
        7    |           |            | 2004-01-31  | joined_on is not a date: 31/02/2001
        8    |           |            |             | snapshot_on is not a date: mars 2004
    """)  # fmt: skip


@pytest.mark.usefixtures("plain")
def test_a_roster_line_without_snapshot_day_in_a_file_without_day_is_refused(warehouse: Warehouse) -> None:
    given(warehouse, "roster_text", "fields | headings | has_open_quote | partner_id\n 1 | 1 | false | ADATUM")
    make(warehouse, "ingest/roster_checked")
    assert warehouse.rows(REASON.format("roster_checked")) == [("snapshot_on is empty and the file name has no date",)]


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("column", ["joined_on", "snapshot_on"])
def test_a_roster_day_that_nobody_can_mean_is_refused(warehouse: Warehouse, column: str) -> None:
    given(warehouse, "roster_text", f"""
        fields | headings | has_open_quote | partner_id | {column}_text
        2      | 2        | false          | ADATUM     | 01/03/0204
    """)  # fmt: skip
    make(warehouse, "ingest/roster_checked")
    assert warehouse.rows(REASON.format("roster_checked")) == [(f"{column} is not within 1900 to 2199: 01/03/0204",)]


@pytest.mark.parametrize("kind", ["point", "roster"])
def test_fields_take_our_names_by_their_positions_and_empty_ones_are_null(warehouse: Warehouse, kind: str) -> None:
    given(warehouse, "split_line", """
        line | raw  | has_open_quote | fields
        2    | text | true           | [, ADATUM]
    """)  # fmt: skip
    columns = COLUMNS["points" if kind == "point" else "roster"]
    positions = {**dict.fromkeys(columns), columns[0]: 1, "partner_id": 2}
    make(warehouse, f"ingest/{kind}_text", headings=5, **positions)
    [row] = warehouse.rows(f"select * from {kind}_text")
    assert row[:5] == (2, "text", True, 2, 5)
    assert [value for value in row[5:] if value is not None] == ["ADATUM"]
