"""The SELECTs that measure partners: entry_status, roster_in_question, measure, cell, standing, drawn."""

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


def reasons(warehouse) -> str:
    make(warehouse, "model/entry_status")
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
    make(warehouse, "model/entry_status")
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


def test_points_are_added_up_exactly_and_domains_counted_once(warehouse):
    given(
        warehouse,
        "roster_in_question",
        """
        partner_id | label
        ADATUM     | gold
        CONTOSO    |
    """,
    )
    given(
        warehouse,
        "domain_bit",
        """
        domain   | bit
        Security | 1
        Learning | 2
    """,
    )
    given(
        warehouse,
        "entry_status",
        """
        partner_id | domain   | points | not_counted_because
        ADATUM     | Security | 0.10   |
        ADATUM     | Security | 0.20   |
        ADATUM     | Learning | 49.69  |
        ADATUM     |          | -0.01  |
        ADATUM     | Security | 99.00  | reversed
        ADATUM     | Cooking  | 1.00   |
        NOBODY     | Learning | 5.00   |
    """,
    )
    make(warehouse, "model/measure")
    assert table(warehouse, "select * from measure order by partner_id") == drawn("""
        partner_id | label | points | domains | domain_bits | entries
        ADATUM     | gold  | 5098   | 2       | 3           | 5
        CONTOSO    |       | 0      | 0       | 0           | 0
    """)


def test_a_cell_is_all_partners_of_one_label_and_equal_metrics(warehouse):
    given(
        warehouse,
        "measure",
        """
        partner_id | label | points | domains
        ADATUM     | gold  | 12000  | 2
        CONTOSO    | gold  | 12000  | 2
        FABRIKAM   | gold  | 12000  | 3
    """,
    )
    make(warehouse, "model/cell")
    assert table(warehouse, "select * from cell order by domains") == drawn("""
        label | points | domains | partners
        gold  | 12000  | 2       | 2
        gold  | 12000  | 3       | 1
    """)


def test_the_decided_cell_is_joined_back_to_each_of_its_partners(warehouse):
    given(
        warehouse,
        "roster_in_question",
        """
        partner_id | name   | label
        ADATUM     | Adatum | gold
        CONTOSO    | Contoso | gold
    """,
    )
    given(
        warehouse,
        "measure",
        """
        partner_id | label | points | domains | domain_bits | entries
        ADATUM     | gold  | 11999  | 1       | 1           | 4
        CONTOSO    | gold  | 11999  | 1       | 2           | 3
    """,
    )
    given(
        warehouse,
        "cell_rank",
        """
        label | points | domains | earned_rank | tier_rank
        gold  | 11999  | 1       | 1           | 2
    """,
    )
    make(warehouse, "model/standing")
    columns = "partner_id, label, points, entries, tier_rank, earned_rank"
    assert table(warehouse, f"select {columns} from standing order by partner_id") == drawn("""
        partner_id | label | points | entries | tier_rank | earned_rank
        ADATUM     | gold  | 119.99 | 4       | 2         | 1
        CONTOSO    | gold  | 119.99 | 3       | 2         | 1
    """)
