"""finding.sql: lines that were accepted although something about them deserves a look."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse


@pytest.fixture(autouse=True)
def nothing_else(warehouse: Warehouse) -> None:
    for name in ("roster_history", "point_ledger", "reversal", "roster_checked", "roster_line"):
        given(warehouse, name)


def findings(warehouse: Warehouse) -> str:
    make(warehouse, "ledger/finding")
    return table(warehouse, "select * from finding order by all")


NOTHING = drawn("finding | partner_id | entry_id | since | fact")


def test_a_labelled_partner_without_contact_today_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "roster_history", """
        partner_id | valid_from | valid_to   | label | contact
        ADATUM     | 2004-01-01 |            | gold  |
        CONTOSO    | 2004-01-01 |            | gold  | Ann
        FABRIKAM   | 2004-01-01 |            |       |
        LITWARE    | 2004-01-01 | 2004-02-01 | gold  |
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                           | partner_id | entry_id | since      | fact
        labelled partner without contact | ADATUM     |          | 2004-01-01 | label gold, no contact
    """)


def test_an_entry_before_the_first_joining_day_of_its_partner_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "roster_history", """
        partner_id | valid_from | joined_on
        ADATUM     | 2004-01-01 | 2003-05-06
        ADATUM     | 2004-02-01 | 2002-05-06
    """)  # fmt: skip
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2002-05-05 | 2004-01-20 | 2.00
        E2       | ADATUM     | 2002-05-06 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                         | partner_id | entry_id | since      | fact
        entry before the partner joined | ADATUM     | E1       | 2002-05-05 | joined on 2002-05-06
    """)


def test_an_entry_earned_after_its_posting_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-21 | 2004-01-20 | 2.00
        E2       | ADATUM     | 2004-01-20 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                           | partner_id | entry_id | since      | fact
        entry earned after it was posted  | ADATUM     | E1       | 2004-01-21 | posted on 2004-01-20
    """)


def test_a_reversal_of_an_entry_that_nobody_delivered_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    given(warehouse, "reversal", """
        reversed_entry_id | entry_id | partner_id | earned_on  | posted_on
        E1                | E8       | ADATUM     | 2004-02-15 | 2004-02-20
        E7                | E9       | ADATUM     | 2004-02-15 | 2004-02-20
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                                | partner_id | entry_id | since      | fact
        reversal of an entry that is not there | ADATUM     | E9       | 2004-02-20 | reverses E7
    """)


def test_a_reversal_of_another_partners_entry_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    given(warehouse, "reversal", """
        reversed_entry_id | entry_id | partner_id | earned_on  | posted_on
        E1                | E9       | CONTOSO    | 2004-02-15 | 2004-02-20
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                                | partner_id | entry_id | since      | fact
        reversal of an entry that is not there | CONTOSO    | E9       | 2004-02-20 | reverses E1
    """)


def test_equal_lines_without_entry_id_are_found_once(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        line | entry_id | partner_id | earned_on  | posted_on  | activity | points
        2    |          | ADATUM     | 2004-01-15 | 2004-01-20 | exam     | 2.00
        3    |          | ADATUM     | 2004-01-15 | 2004-01-20 | exam     | 2.00
        4    |          | ADATUM     | 2004-01-15 | 2004-01-20 | exam     | 3.00
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                      | partner_id | entry_id | since      | fact
        equal lines without entry_id | ADATUM     |          | 2004-01-15 | 2 lines of 2.00 points, exam
    """)


def test_equal_entries_with_ids_of_their_own_are_no_finding(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
        E2       | ADATUM     | 2004-01-15 | 2004-01-20 | 2.00
    """)  # fmt: skip
    assert findings(warehouse) == NOTHING


def test_a_partner_whose_roster_line_was_refused_has_not_simply_left(warehouse: Warehouse) -> None:
    given(warehouse, "roster_history", """
        partner_id | valid_from | valid_to
        ADATUM     | 2004-03-01 | 2004-04-01
        CONTOSO    | 2004-03-01 |
    """)  # fmt: skip
    given(warehouse, "roster_checked", """
        snapshot_on | partner_id | reject_reason
        2004-04-01  | ADATUM     | joined_on is not a date: x
        2004-04-01  | NEWCOMER   | joined_on is not a date: x
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                           | partner_id | entry_id | since      | fact
        left the roster by a refused line | ADATUM     |          | 2004-04-01 | joined_on is not a date: x
    """)


def test_reversals_that_do_not_do_what_they_seem_to_are_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points  | reverses
        E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 100.00  |
        E2       | ADATUM     | 2004-01-16 | 2004-01-16 | -30.00  | E1
        E3       | ADATUM     | 2004-01-17 | 2004-01-17 | 30.00   | E2
    """)  # fmt: skip
    make(warehouse, "ledger/reversal")
    assert findings(warehouse) == drawn("""
        finding                                            | partner_id | entry_id | since      | fact
        reversal of a reversal, which brings nothing back  | ADATUM     | E3       | 2004-01-17 | reverses E2
        reversal of other points than the entry has        | ADATUM     | E2       | 2004-01-16 | -30.00 reverses 100.00
    """)


def test_an_entry_id_that_two_partners_share_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | superseded_on | points
        1        | ADATUM     | 2004-01-15 | 2004-01-15 | 2004-02-01    | 130.00
        1        | CONTOSO    | 2004-01-16 | 2004-02-01 |               | 60.00
        2        | ADATUM     | 2004-01-15 | 2004-01-15 | 2004-02-01    | 5.00
        2        | ADATUM     | 2004-01-15 | 2004-02-01 |               | 6.00
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                                   | partner_id | entry_id | since      | fact
        entry_id that names more than one partner | ADATUM     | 1        | 2004-02-01 | from then on of CONTOSO
    """)


def test_an_entry_posted_after_its_delivery_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points | file_day
        E1       | ADATUM     | 2004-03-01 | 2004-04-03 | 5.00   | 2004-03-31
        E2       | ADATUM     | 2004-03-01 | 2004-03-31 | 5.00   | 2004-03-31
        E3       | ADATUM     | 2004-03-01 | 2004-04-30 | 5.00   |
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                         | partner_id | entry_id | since      | fact
        entry posted after its delivery | ADATUM     | E1       | 2004-04-03 | delivered by 2004-03-31
    """)


def test_a_month_without_any_posting_between_others_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "point_ledger", """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2003-11-01 | 2003-12-31 | 5.00
        E2       | ADATUM     | 2003-11-01 | 2004-01-01 | 5.00
        E3       | ADATUM     | 2003-11-01 | 2004-04-30 | 5.00
        E4       | CONTOSO    | 2003-11-01 | 2004-04-02 | 5.00
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                   | partner_id | entry_id | since      | fact
        gap in the months covered |            |          | 2004-04-02 | months before without a posting: 2
    """)


def test_a_partner_who_has_had_several_names_is_found(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        partner_id | snapshot_on | name
        ADATUM     | 2004-01-01  | Adatum
        ADATUM     | 2004-02-01  | Adatum SA
        CONTOSO    | 2004-01-01  | Contoso
        CONTOSO    | 2004-02-01  |
    """)  # fmt: skip
    assert findings(warehouse) == drawn("""
        finding                       | partner_id | entry_id | since      | fact
        partner_id with several names | ADATUM     |          | 2004-01-01 | Adatum and Adatum SA
    """)
