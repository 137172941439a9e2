"""point_ledger.sql, entry_on_several_lines.sql and reversal.sql: what becomes of the lines of points files."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse


@pytest.fixture(autouse=True)
def two_partners(warehouse: Warehouse) -> None:
    given(warehouse, "roster_history", """
        partner_id | valid_from
        ADATUM     | 2004-01-01
        CONTOSO    | 2004-01-01
    """)  # fmt: skip


def lines_judged(warehouse: Warehouse) -> str:
    make(warehouse, "ledger/entry_on_several_lines")
    return table(
        warehouse, "select line, is_repeated, superseded_on from entry_on_several_lines order by file_id, line"
    )


def ledger(warehouse: Warehouse, columns: str) -> str:
    make(warehouse, "ledger/entry_kind", "ledger/entry_on_several_lines", "ledger/point_ledger")
    return table(warehouse, f"select {columns} from point_ledger order by file_id, line")


def test_every_entry_of_a_known_partner_is_in_the_ledger_with_all_that_the_line_says(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | category | activity | domain   | points | reverses | file_day
        7       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | staff    | exam     | Learning | 2.00   |          | 2004-01-31
        7       | 3    | E2       | ADATUM     | 2004-01-16 | 2004-01-21 |          |          |          | -2.00  | E1       | 2004-01-31
    """)  # fmt: skip
    assert ledger(warehouse, "*") == drawn("""
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | superseded_on | category | activity | domain   | points | reverses | file_day   | kind_id
        7       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 |               | staff    | exam     | Learning | 2.00   |          | 2004-01-31 | 2
        7       | 3    | E2       | ADATUM     | 2004-01-16 | 2004-01-21 |               |          |          |          | -2.00  | E1       | 2004-01-31 | 1
    """)  # fmt: skip


def test_an_entry_that_stands_on_one_line_is_not_judged(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E2       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert lines_judged(warehouse) == drawn("line | is_repeated | superseded_on")


def test_the_same_entry_again_with_the_same_content_is_a_repeat(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | domain   | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | Learning | 2.00
        1       | 3    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | Learning | 2.00
    """)  # fmt: skip
    assert lines_judged(warehouse) == drawn("""
        line | is_repeated | superseded_on
        2    | false       |
        3    | true        |
    """)


def test_a_repeat_in_another_file_counts_once_from_its_first_delivery(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points | file_day
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   | 2004-02-29
        2       | 9    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   | 2004-01-31
    """)  # fmt: skip
    assert ledger(warehouse, "file_id, line, points") == drawn("""
        file_id | line | points
        2       | 9    | 2.00
    """)


def test_a_repeat_that_differs_only_in_posted_on_is_known_from_the_earlier_posting(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-02-20 | 2.00
        2       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert ledger(warehouse, "file_id, posted_on, superseded_on") == drawn("""
        file_id | posted_on  | superseded_on
        2       | 2004-01-20 |
    """)


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("partner_id", "ADATUM", "CONTOSO"),
        ("earned_on", "2004-01-15", "2004-01-16"),
        ("points", "2.00", "2.01"),
        ("category", "staff", "survey"),
        ("activity", "", "exam"),
        ("domain", "Learning", ""),
        ("reverses", "", "E0"),
    ],
)
def test_another_content_supersedes_from_its_posting_on(
    warehouse: Warehouse, column: str, before: str, after: str
) -> None:
    plain = {"partner_id": "ADATUM", "earned_on": "2004-01-15", "points": "2.00"}
    first, second = ({**plain, column: value} for value in (before, after))
    given(warehouse, "point_checked", f"""
        file_id | line | entry_id | posted_on  | {" | ".join(first)}
        1       | 2    | E1       | 2004-01-20 | {" | ".join(first.values())}
        1       | 3    | E1       | 2004-02-20 | {" | ".join(second.values())}
    """)  # fmt: skip
    assert lines_judged(warehouse) == drawn("""
        line | is_repeated | superseded_on
        2    | false       | 2004-02-20
        3    | false       |
    """)


def test_two_contents_posted_on_one_day_leave_the_later_line_in_force(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 5.00
    """)  # fmt: skip
    assert ledger(warehouse, "points, posted_on, superseded_on") == drawn("""
        points | posted_on  | superseded_on
        2.00   | 2004-01-20 | 2004-01-20
        5.00   | 2004-01-20 |
    """)


def test_of_two_contents_posted_on_one_day_the_later_delivery_is_in_force(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points | file_day
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 5.00   | 2004-03-31
        2       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   | 2004-01-31
    """)  # fmt: skip
    assert ledger(warehouse, "points, superseded_on") == drawn("""
        points | superseded_on
        5.00   |
        2.00   | 2004-01-20
    """)


def test_a_content_that_comes_back_is_a_version_of_its_own(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E1       | ADATUM     | 2004-01-15 | 2004-02-20 | 5.00
        1       | 4    | E1       | ADATUM     | 2004-01-15 | 2004-03-20 | 2.00
    """)  # fmt: skip
    assert lines_judged(warehouse) == drawn("""
        line | is_repeated | superseded_on
        2    | false       | 2004-02-20
        3    | false       | 2004-03-20
        4    | false       |
    """)


def test_a_repeat_between_two_versions_does_not_hide_the_supersession(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E1       | ADATUM     | 2004-01-15 | 2004-02-20 | 2.00
        1       | 4    | E1       | ADATUM     | 2004-01-15 | 2004-03-20 | 5.00
    """)  # fmt: skip
    assert lines_judged(warehouse) == drawn("""
        line | is_repeated | superseded_on
        2    | false       | 2004-03-20
        3    | true        |
        4    | false       |
    """)


def test_a_text_moved_from_one_column_to_the_next_is_another_content(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points | activity | domain
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   | exam     |
        1       | 3    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   |          | exam
    """)  # fmt: skip
    assert ledger(warehouse, "line") == drawn("""
        line
        2
        3
    """)


def test_lines_without_entry_id_are_never_merged(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    |          | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    |          | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert ledger(warehouse, "line, points, superseded_on") == drawn("""
        line | points | superseded_on
        2    | 2.00   |
        3    | 2.00   |
    """)


def test_an_entry_of_a_partner_on_no_roster_is_not_in_the_ledger(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | FABRIKAM   | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E2       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert ledger(warehouse, "line, partner_id") == drawn("""
        line | partner_id
        3    | ADATUM
    """)


def test_a_line_of_an_unknown_partner_does_not_supersede_the_entry(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        1       | 3    | E1       | FABRIKAM   | 2004-01-15 | 2004-02-20 | 5.00
    """)  # fmt: skip
    assert ledger(warehouse, "line, superseded_on") == drawn("""
        line | superseded_on
        2    |
    """)


def test_a_refused_line_neither_counts_nor_supersedes(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points | reject_reason
        1       | 2    | E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00   |
        1       | 3    | E1       | ADATUM     |            | 2004-02-20 | 5.00   | earned_on is empty
    """)  # fmt: skip
    assert ledger(warehouse, "line, superseded_on") == drawn("""
        line | superseded_on
        2    |
    """)


def test_an_entry_before_the_partner_joined_or_after_its_own_posting_is_accepted(warehouse: Warehouse) -> None:
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 1999-01-15 | 2004-01-20 | 2.00
        1       | 3    | E2       | ADATUM     | 2005-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert ledger(warehouse, "line, earned_on") == drawn("""
        line | earned_on
        2    | 1999-01-15
        3    | 2005-01-15
    """)


def test_an_entry_that_reverses_another_is_a_reversal_with_both_its_dates(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | superseded_on | points | reverses
        E1       | ADATUM     | 2004-01-15 | 2004-01-20 |               | 2.00   |
        E2       | ADATUM     | 2004-02-15 | 2004-02-20 | 2004-03-20    | -2.00  | E1
    """)  # fmt: skip
    make(warehouse, "ledger/reversal")
    assert table(warehouse, "select * from reversal") == drawn("""
        reversed_entry_id | entry_id | partner_id | points | earned_on  | posted_on  | superseded_on
        E1                | E2       | ADATUM     | -2.00  | 2004-02-15 | 2004-02-20 | 2004-03-20
    """)
