"""The SELECTs that measure partners, drawn: entry_status, entry_worth, entry_best, entry_in_pool, entry_in_force, own_window, roster_in_question."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse


@pytest.fixture
def warehouse():
    with Warehouse.in_memory() as opened:
        given(opened, "reversal")
        yield opened


def asked(warehouse, as_of="2004-03-31", known_on="9999-12-31", after="0001-01-01"):
    given(
        warehouse,
        "question",
        f"""
        as_of   | known_on   | roster_on | after
        {as_of} | {known_on} | {as_of}   | {after}
    """,
    )
    given(warehouse, "own_window")
    given(warehouse, "kind_rule")
    if "entry_kind" in {name for (name,) in warehouse.rows("select table_name from duckdb_tables()")}:
        warehouse.run("insert into kind_rule (kind_id) select kind_id from entry_kind")
    given(warehouse, "track_word")


def reasons(warehouse) -> str:
    make(warehouse, "model/reversal_in_force", "model/entry_status")
    return table(warehouse, "select entry_id, not_counted_because from entry_status order by entry_id, line")


def test_an_entry_counts_on_the_very_day_it_is_earned_and_not_the_day_before(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-03-31 | 2004-03-31 | 50.00
        E2       | ADATUM     | 2004-04-01 | 2004-03-31 | 50.00
    """,
    )
    asked(warehouse, as_of="2004-03-31")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E2       | earned later
    """)


def test_a_late_entry_does_not_leak_into_what_was_known_before(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-15 | 2004-02-01 | 50.00
        E2       | ADATUM     | 2004-01-15 | 2004-02-02 | 50.00
    """,
    )
    asked(warehouse, known_on="2004-02-01")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E2       | not yet known
    """)


def test_a_correction_counts_from_its_posting_and_what_it_corrects_up_to_then(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        line | entry_id | partner_id | earned_on  | posted_on  | superseded_on | points
        1    | E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 2004-02-10    | 50.00
        2    | E1       | ADATUM     | 2004-01-15 | 2004-02-10 |               | 25.00
    """,
    )
    asked(warehouse, known_on="2004-02-09")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E1       | not yet known
    """)
    asked(warehouse, known_on="2004-02-10")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | superseded by a correction
        E1       |
    """)


def test_a_window_leaves_out_its_first_day_and_holds_its_last(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2003-03-31 | 2003-03-31 | 50.00
        E2       | ADATUM     | 2003-04-01 | 2003-04-01 | 50.00
    """,
    )
    asked(warehouse, after="2003-03-31")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | before the window
        E2       |
    """)


def test_a_reversal_takes_its_entry_away_from_its_own_day_on_and_counts_nothing_itself(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points | reverses
        E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 50.00  |
        E2       | ADATUM     | 2004-02-15 | 2004-02-20 | -50.00 | E1
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse, as_of="2004-02-14")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E2       | earned later
    """)
    asked(warehouse, known_on="2004-02-19")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E2       | not yet known
    """)
    asked(warehouse)
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | reversed
        E2       | cancels another entry
    """)


def test_a_reversal_of_an_entry_before_the_window_takes_nothing_away(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points | reverses
        E1       | ADATUM     | 2003-01-15 | 2003-01-15 | 50.00  |
        E2       | ADATUM     | 2004-02-15 | 2004-02-15 | -50.00 | E1
        E3       | ADATUM     | 2004-02-15 | 2004-02-15 | 10.00  |
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse, after="2003-03-31")
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | before the window
        E2       | cancels another entry
        E3       |
    """)


def test_two_reversals_of_one_entry_do_not_double_it(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points | reverses
        E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 50.00  |
        E2       | ADATUM     | 2004-02-15 | 2004-02-15 | -50.00 | E1
        E3       | ADATUM     | 2004-02-16 | 2004-02-16 | -50.00 | E1
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse)
    assert table(warehouse_with_status(warehouse), "select count(*) as entries from entry_status") == drawn("""
        entries
        3
    """)


def warehouse_with_status(warehouse):
    make(warehouse, "model/reversal_in_force", "model/entry_status")
    return warehouse


def test_another_partners_reversal_does_not_touch_my_entry(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points | reverses
        E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 50.00  |
        E2       | CONTOSO    | 2004-02-15 | 2004-02-15 | -50.00 | E1
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse)
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       |
        E2       | cancels another entry
    """)


def test_a_partner_is_on_the_roster_from_the_first_day_of_his_spell_up_to_the_day_before_its_end(warehouse):
    given(
        warehouse,
        "roster_history",
        """
        partner_id | valid_from | valid_to   | label
        ADATUM     | 2004-01-01 | 2004-03-31 | gold
        CONTOSO    | 2004-03-31 |            |
        FABRIKAM   | 2004-04-01 |            | gold
    """,
    )
    asked(warehouse, as_of="2004-03-31")
    make(warehouse, "model/roster_in_question")
    assert table(warehouse, "select partner_id, label from roster_in_question") == drawn("""
        partner_id | label
        CONTOSO    |
    """)


def test_an_entry_that_ages_out_earlier_than_the_window_says_so(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points | activity
        E1       | ADATUM     | 2003-09-30 | 2003-09-30 | 2.00   | reference
        E2       | ADATUM     | 2003-10-01 | 2003-10-01 | 2.00   | reference
        E3       | ADATUM     | 2003-09-30 | 2003-09-30 | 50.00  | competency
    """,
    )
    asked(warehouse)
    warehouse.run(
        "update kind_rule set expired_up_to = date '2003-09-30' where kind_id in "
        "(select kind_id from entry_kind where activity = 'reference')"
    )
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | expired
        E2       |
        E3       |
    """)


def test_a_partner_with_a_window_of_his_own_is_measured_by_it(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2003-06-14 | 2003-06-14 | 50.00
        E2       | ADATUM     | 2003-06-15 | 2003-06-15 | 50.00
        E3       | ADATUM     | 2004-03-01 | 2004-03-01 | 50.00
        E4       | CONTOSO    | 2004-03-01 | 2004-03-01 | 50.00
    """,
    )
    asked(warehouse)
    given(
        warehouse,
        "own_window",
        """
        partner_id | after      | up_to
        ADATUM     | 2003-06-14 | 2004-02-29
    """,
    )
    assert reasons(warehouse) == drawn("""
        entry_id | not_counted_because
        E1       | before the window
        E2       |
        E3       | earned later
        E4       |
    """)


def test_the_first_entry_that_counts_brings_more_than_the_next(warehouse):
    given(
        warehouse,
        "kind_rule",
        """
        kind_id | pool | worth
        1       | 0    | 0
        2       | 0    |
    """,
    )
    given(
        warehouse,
        "worth_in_turn",
        """
        worth | first_turn | last_turn  | points
        0     | 1          | 1          | 50.00
        0     | 2          | 2000000000 | 25.00
    """,
    )
    given(
        warehouse,
        "entry_status",
        """
        line | partner_id | earned_on  | posted_on  | points | kind_id | not_counted_because
        1    | ADATUM     | 2004-01-03 | 2004-01-03 | 1.00   | 1       |
        2    | ADATUM     | 2004-01-01 | 2004-01-01 | 1.00   | 1       | reversed
        3    | ADATUM     | 2004-01-02 | 2004-01-02 | 1.00   | 1       |
        4    | ADATUM     | 2004-01-01 | 2004-01-01 | 7.00   | 2       |
        5    | ADATUM     | 2004-01-04 | 2004-01-04 | 1.00   | 1       |
    """,
    )
    make(warehouse, "model/entry_worth")
    assert table(warehouse, "select line, points from entry_worth order by line") == drawn("""
        line | points
        1    | 25.00
        2    | 1.00
        3    | 50.00
        4    | 7.00
        5    | 25.00
    """)


def test_only_the_best_days_count_and_of_equal_ones_the_earlier(warehouse):
    given(
        warehouse,
        "kind_rule",
        """
        kind_id | pool | best
        1       | 0    | 0
    """,
    )
    given(
        warehouse,
        "stretch",
        """
        stretch | best | from_day   | until      | results | is_by_day
        0       | 0    | 1950-01-01 | 1950-07-01 | 2       | true
    """,
    )
    given(
        warehouse,
        "entry_worth",
        """
        file_id | line | partner_id | earned_on  | points | kind_id | not_counted_because
        1       | 1    | FAGIOLI    | 1950-05-13 | 6.00   | 1       |
        1       | 2    | FAGIOLI    | 1950-05-21 | 2.00   | 1       |
        1       | 3    | FAGIOLI    | 1950-05-21 | 4.00   | 1       |
        1       | 4    | FAGIOLI    | 1950-06-04 | 6.00   | 1       |
        1       | 5    | FAGIOLI    | 1950-06-18 | 9.00   | 1       | earned later
        1       | 6    | FAGIOLI    | 1950-07-02 | 1.00   | 1       |
    """,
    )
    make(warehouse, "model/entry_best")
    assert table(warehouse, "select line, not_counted_because from entry_best order by line") == drawn("""
        line | not_counted_because
        1    |
        2    |
        3    |
        4    | beyond the best results
        5    | earned later
        6    |
    """)


def test_points_are_added_up_exactly_pool_by_pool(warehouse):
    given(
        warehouse,
        "kind_rule",
        """
        kind_id | pool | domain_bit | category_bit | activity_bit
        1       | 0    | 1          | 0            | 0
        2       | 0    | 2          | 0            | 0
        3       | 1    | 0          | 4            | 0
    """,
    )
    given(
        warehouse,
        "entry_counted",
        """
        partner_id | kind_id | points | not_counted_because
        ADATUM     | 1       | 0.10   |
        ADATUM     | 1       | 0.20   |
        ADATUM     | 2       | 49.69  |
        ADATUM     | 3       | -0.01  |
        ADATUM     | 1       | 99.00  | reversed
    """,
    )
    make(warehouse, "model/entry_in_pool")
    assert table(warehouse, "select * from entry_in_pool order by points") == drawn("""
        partner_id | points | pool | domain_bit | category_bit | activity_bit
        ADATUM     | -0.01  | 1    | 0          | 4            | 0
        ADATUM     | 0.10   | 0    | 1          | 0            | 0
        ADATUM     | 0.20   | 0    | 1          | 0            | 0
        ADATUM     | 49.69  | 0    | 2          | 0            | 0
    """)


def test_what_counts_by_days_alone_is_what_has_no_reason_not_to(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        line | entry_id | partner_id | earned_on  | posted_on  | superseded_on | points | reverses
        1    | E1       | ADATUM     | 2003-04-01 | 2003-04-01 |               | 1.00   |
        2    | E2       | ADATUM     | 2003-03-31 | 2003-03-31 |               | 2.00   |
        3    | E3       | ADATUM     | 2004-03-31 | 2004-03-31 |               | 3.00   |
        4    | E4       | ADATUM     | 2004-04-01 | 2004-03-31 |               | 4.00   |
        5    | E5       | ADATUM     | 2004-02-01 | 2004-02-01 | 2004-02-20    | 5.00   |
        6    | E5       | ADATUM     | 2004-02-01 | 2004-02-20 |               | 6.00   |
        7    | E7       | ADATUM     | 2004-02-02 | 2004-02-02 |               | 7.00   |
        8    | E8       | ADATUM     | 2004-03-02 | 2004-03-02 |               | -7.00  | E7
        9    | E9       | ADATUM     | 2004-03-02 | 2004-04-02 |               | 9.00   |
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse, known_on="2004-04-01", after="2003-03-31")
    make(warehouse, "model/reversal_in_force", "model/entry_status", "model/entry_in_force")
    by_reason = table(warehouse, "select points from entry_status where not_counted_because is null order by points")
    assert (
        table(warehouse, "select points from entry_in_force order by points")
        == by_reason
        == drawn("""
        points
        1.00
        3.00
        6.00
    """)
    )


def test_a_window_of_ones_own_is_that_of_the_day_one_joined(warehouse):
    given(
        warehouse, "roster_in_question", "partner_id | joined_on\nADATUM | 2000-06-15\nCONTOSO | 2001-01-01\nFABRIKAM |"
    )
    given(warehouse, "joined_window", "joined_on | after | up_to\n2000-06-15 | 2003-06-14 | 2004-03-31")
    make(warehouse, "model/own_window")
    assert table(warehouse, "select * from own_window") == drawn("""
        partner_id | after      | up_to
        ADATUM     | 2003-06-14 | 2004-03-31
    """)


def test_an_entry_comes_in_at_its_first_step_and_goes_when_its_window_ends_or_it_is_reversed(warehouse):
    given(
        warehouse,
        "point_ledger",
        """
        line | entry_id | partner_id | earned_on  | posted_on  | points | reverses
        1    | E1       | ADATUM     | 2004-01-15 | 2004-01-15 | 1.00   |
        2    | E2       | ADATUM     | 2004-01-15 | 2004-01-15 | 2.00   |
        3    | E3       | ADATUM     | 2004-02-15 | 2004-02-15 | -2.00  | E2
        4    | E4       | CONTOSO    | 2004-02-15 | 2004-05-01 | 4.00   |
    """,
    )
    make(warehouse, "ledger/reversal")
    asked(warehouse, known_on="2004-04-30")
    given(warehouse, "partner_number", "partner_id | number\nADATUM | 0\nCONTOSO | 1")
    warehouse.run(
        "create or replace temporary table kind_step as select kind_id, 0 as kind, -1 as expiry from entry_kind"
    )
    given(
        warehouse,
        "day_step",
        """
        earned_on  | expiry | enters | leaves
        2004-01-15 | -1     | 0      | 3
        2004-02-15 | -1     | 1      | 4
    """,
    )
    make(warehouse, "model/entry_step")
    assert table(warehouse, "select * from entry_step order by points") == drawn("""
        number | kind | points | enters | leaves
        0      | 0    | 100    | 0      | 3
        0      | 0    | 200    | 0      | 1
    """)
