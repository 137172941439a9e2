"""partner_on_several_lines.sql, roster_line.sql, snapshot.sql and roster_history.sql: who was on the roster when."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse


def judged(warehouse: Warehouse, columns: str) -> str:
    """What is made of the roster lines of partners on several lines of one snapshot."""
    given(warehouse, "raw_file", """
        file_id | file
        1       | rosters/a.csv
        2       | rosters/b.csv
    """)  # fmt: skip
    make(warehouse, "ledger/partner_on_several_lines")
    return table(warehouse, f"select {columns} from partner_on_several_lines order by file_id, line")


def given_lines(warehouse: Warehouse, drawing: str) -> None:
    """Roster lines of one file, numbered as drawn."""
    given(warehouse, "roster_checked", drawing)
    warehouse.run("update roster_checked set file_id = 1, line = rowid + 2")


def history(warehouse: Warehouse, columns: str = "partner_id, valid_from, valid_to") -> str:
    """The roster history of the lines given."""
    judged(warehouse, "line")
    make(warehouse, "ledger/roster_line", "ledger/snapshot", "ledger/roster_history")
    return table(warehouse, f"select {columns} from roster_history order by partner_id, valid_from")


def test_a_partner_twice_in_a_snapshot_speaks_by_its_first_line(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id | region
        1       | 2    | 2004-03-01  | ADATUM     | Alsace
        1       | 5    | 2004-03-01  | ADATUM     | Corse
    """)  # fmt: skip
    assert judged(warehouse, "line, is_first, first_line, first_file") == drawn("""
        line | is_first | first_line | first_file
        2    | true     | 2          | rosters/a.csv
        5    | false    | 2          | rosters/a.csv
    """)


def test_the_first_line_may_stand_in_another_file_of_the_same_snapshot(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id
        2       | 2    | 2004-03-01  | ADATUM
        1       | 9    | 2004-03-01  | ADATUM
    """)  # fmt: skip
    assert judged(warehouse, "file_id, is_first, first_line, first_file") == drawn("""
        file_id | is_first | first_line | first_file
        1       | true     | 9          | rosters/a.csv
        2       | false    | 9          | rosters/a.csv
    """)


def test_the_same_partner_in_two_snapshots_is_on_several_lines_of_none(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id
        1       | 2    | 2004-03-01  | ADATUM
        2       | 2    | 2004-04-01  | ADATUM
    """)  # fmt: skip
    assert judged(warehouse, "file_id, is_first") == drawn("file_id | is_first")


@pytest.mark.parametrize(
    "column",
    [
        "name",
        "tier",
        "region",
        "city",
        "size_class",
        "primary_domain",
        "joined_on",
        "contact",
        "adviser",
        "account_manager",
        "coordinator",
        "technician",
        "status",
    ],
)
def test_every_attribute_belongs_to_the_content(warehouse: Warehouse, column: str) -> None:
    given(warehouse, "roster_checked", f"""
        file_id | line | snapshot_on | partner_id | {column}
        1       | 2    | 2004-03-01  | ADATUM     | 2001-01-01
        1       | 3    | 2004-03-01  | ADATUM     |
        1       | 4    | 2004-03-01  | ADATUM     | 2001-01-01
    """)  # fmt: skip
    assert judged(warehouse, "line, says_the_same") == drawn("""
        line | says_the_same
        2    | true
        3    | false
        4    | true
    """)


def test_a_refused_roster_line_does_not_make_several(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id | reject_reason
        1       | 2    | 2004-03-01  | ADATUM     | joined_on is not a date: x
        1       | 3    | 2004-03-01  | ADATUM     |
    """)  # fmt: skip
    assert judged(warehouse, "line, is_first") == drawn("line | is_first")


def test_a_roster_line_is_the_first_line_of_each_partner_and_snapshot(warehouse: Warehouse) -> None:
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id | region | reject_reason
        1       | 2    | 2004-03-01  | ADATUM     | Alsace |
        1       | 5    | 2004-03-01  | ADATUM     | Corse  |
        1       | 6    | 2004-03-01  | CONTOSO    | Corse  |
        1       | 7    | 2004-03-01  | FABRIKAM   | Corse  | the line has 3 fields, the heading 4
    """)  # fmt: skip
    judged(warehouse, "line")
    make(warehouse, "ledger/roster_line")
    assert table(warehouse, "select file_id, line, snapshot_on, partner_id from roster_line order by line") == drawn("""
        file_id | line | snapshot_on | partner_id
        1       | 2    | 2004-03-01  | ADATUM
        1       | 6    | 2004-03-01  | CONTOSO
    """)


def test_a_snapshot_knows_its_partners_and_the_next_snapshot(warehouse: Warehouse) -> None:
    given(warehouse, "roster_line", """
        snapshot_on | partner_id
        2004-04-01  | ADATUM
        2004-03-01  | ADATUM
        2004-03-01  | CONTOSO
    """)  # fmt: skip
    make(warehouse, "ledger/snapshot")
    assert table(warehouse, "select * from snapshot order by snapshot_on") == drawn("""
        snapshot_on | next_snapshot_on | partners
        2004-03-01  | 2004-04-01       | 2
        2004-04-01  |                  | 1
    """)


def test_unchanged_snapshots_are_one_spell_that_still_holds(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | city   
        2004-01-01  | ADATUM     | c
        2004-02-01  | ADATUM     | c
        2004-03-01  | ADATUM     | c
    """)  # fmt: skip
    assert history(warehouse) == drawn("""
        partner_id | valid_from | valid_to
        ADATUM     | 2004-01-01 |
    """)


def test_a_changed_attribute_begins_a_spell_on_the_day_the_old_one_ends(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | region | city   
        2004-01-01  | ADATUM     | Alsace | c
        2004-02-01  | ADATUM     | Alsace | c
        2004-03-01  | ADATUM     | Corse  | d
    """)  # fmt: skip
    assert history(warehouse, "valid_from, valid_to, region") == drawn("""
        valid_from | valid_to   | region
        2004-01-01 | 2004-03-01 | Alsace
        2004-03-01 |            | Corse
    """)


def test_an_attribute_that_changes_and_changes_back_makes_three_spells(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | city   
        2004-01-01  | ADATUM     | c
        2004-02-01  | ADATUM     | d
        2004-03-01  | ADATUM     | c
    """)  # fmt: skip
    assert history(warehouse) == drawn("""
        partner_id | valid_from | valid_to
        ADATUM     | 2004-01-01 | 2004-02-01
        ADATUM     | 2004-02-01 | 2004-03-01
        ADATUM     | 2004-03-01 |
    """)


def test_a_partner_missing_from_the_newest_snapshot_has_left_on_that_day(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | city   
        2004-01-01  | ADATUM     | c
        2004-01-01  | CONTOSO    | c
        2004-02-01  | CONTOSO    | c
    """)  # fmt: skip
    assert history(warehouse) == drawn("""
        partner_id | valid_from | valid_to
        ADATUM     | 2004-01-01 | 2004-02-01
        CONTOSO    | 2004-01-01 |
    """)


def test_a_partner_who_comes_back_unchanged_has_two_spells(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | city   
        2004-01-01  | ADATUM     | c
        2004-01-01  | CONTOSO    | c
        2004-02-01  | CONTOSO    | c
        2004-03-01  | ADATUM     | c
        2004-03-01  | CONTOSO    | c
    """)  # fmt: skip
    assert history(warehouse) == drawn("""
        partner_id | valid_from | valid_to
        ADATUM     | 2004-01-01 | 2004-02-01
        ADATUM     | 2004-03-01 |
        CONTOSO    | 2004-01-01 |
    """)


def test_the_history_keeps_every_attribute_and_calls_the_tier_a_label(warehouse: Warehouse) -> None:
    given_lines(warehouse, """
        snapshot_on | partner_id | name   | tier | region | city  | size_class | primary_domain | joined_on  | contact | adviser | account_manager | coordinator | technician | status
        2004-01-01  | ADATUM     | Adatum | gold | Corse  | Corte | 1-9        | Learning       | 2001-05-06 | Ann     | Bob     | Cid             | Dan         | Eve        | Actif
    """)  # fmt: skip
    assert history(warehouse, "*") == drawn("""
        partner_id | valid_from | valid_to | name   | label | region | city  | size_class | primary_domain | joined_on  | contact | adviser | account_manager | coordinator | technician | status
        ADATUM     | 2004-01-01 |          | Adatum | gold  | Corse  | Corte | 1-9        | Learning       | 2001-05-06 | Ann     | Bob     | Cid             | Dan         | Eve        | Actif
    """)  # fmt: skip
