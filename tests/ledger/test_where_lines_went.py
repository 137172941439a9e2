"""reject.sql and reconciliation.sql: every line of every file is in one place, and every point with it."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.ledger.audit import LAWS, audit

ALL = [
    f"ledger/{name}"
    for name in (
        "partner_on_several_lines", "roster_line", "snapshot", "roster_history", "entry_on_several_lines", "entry_kind", "point_ledger",
        "reversal", "reject", "reconciliation", "finding",
    )
]  # fmt: skip


@pytest.fixture
def one_roster_and_one_points_file(warehouse: Warehouse) -> None:
    given(warehouse, "raw_file", """
        file_id | file         | kind   | lines
        1       | points/a.csv | points | 5
        2       | rosters/b.csv | roster | 5
    """)  # fmt: skip
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id | region | reject_reason       | raw
        2       | 2    | 2004-03-01  | ADATUM     | Alsace |                     |
        2       | 3    | 2004-03-01  | ADATUM     | Alsace |                     |
        2       | 4    | 2004-03-01  | ADATUM     | Corse  |                     |
        2       | 5    | 2004-03-01  |            | Corse  | partner_id is empty | ;Corse
        2       | 6    | 2004-03-01  | CONTOSO    | Corse  |                     |
    """)  # fmt: skip
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points | reject_reason      | raw
        1       | 2    | E1       | ADATUM     | 2004-03-02 | 2004-03-03 | 2.00   |                    |
        1       | 3    | E1       | ADATUM     | 2004-03-02 | 2004-03-03 | 2.00   |                    |
        1       | 4    | E2       | FABRIKAM   | 2004-03-02 | 2004-03-03 | 5.50   |                    |
        1       | 5    | E3       | ADATUM     |            | 2004-03-03 | 0.25   | earned_on is empty | E3;ADATUM;
        1       | 6    | E4       | ADATUM     | 2004-03-02 | 2004-03-03 |        | points is empty    | E4;ADATUM
    """)  # fmt: skip
    make(warehouse, *ALL)


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_every_refused_line_stands_with_its_place_and_reason(warehouse: Warehouse) -> None:
    assert table(warehouse, "select * from reject order by file_id, line") == drawn("""
        file_id | line | reject_reason                                                                                     | raw
        1       | 4    | partner_id is on no roster: FABRIKAM                                                              |
        1       | 5    | earned_on is empty                                                                                | E3;ADATUM;
        1       | 6    | points is empty                                                                                   | E4;ADATUM
        2       | 4    | partner_id ADATUM is already in this snapshot with other content: line 2 of rosters/b.csv         |
        2       | 5    | partner_id is empty                                                                               | ;Corse
    """)  # fmt: skip


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_every_line_of_a_file_is_in_one_place(warehouse: Warehouse) -> None:
    assert table(warehouse, "select file, kind, lines_in_file, lines_checked, accepted, repeated, rejected from reconciliation order by file") == drawn("""
        file          | kind   | lines_in_file | lines_checked | accepted | repeated | rejected
        points/a.csv  | points | 5             | 5             | 1        | 1        | 3
        rosters/b.csv | roster | 5             | 5             | 2        | 1        | 2
    """)  # fmt: skip


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_every_point_of_a_file_is_in_one_place(warehouse: Warehouse) -> None:
    assert table(warehouse, "select file, points_in_file, points_accepted, points_repeated, points_rejected from reconciliation order by file") == drawn("""
        file          | points_in_file | points_accepted | points_repeated | points_rejected
        points/a.csv  | 9.75           | 2.00            | 2.00            | 5.75
        rosters/b.csv | 0.00           | 0.00            | 0.00            | 0.00
    """)  # fmt: skip


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_a_superseded_line_counts_as_accepted(warehouse: Warehouse) -> None:
    given(warehouse, "raw_file", """
        file_id | file         | kind   | lines
        1       | points/a.csv | points | 2
    """)  # fmt: skip
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | ADATUM     | 2004-03-02 | 2004-03-03 | 2.00
        1       | 3    | E1       | ADATUM     | 2004-03-02 | 2004-03-04 | 5.00
    """)  # fmt: skip
    make(
        warehouse,
        "ledger/entry_kind",
        "ledger/entry_on_several_lines",
        "ledger/point_ledger",
        "ledger/reject",
        "ledger/reconciliation",
    )
    assert table(warehouse, "select accepted, repeated, rejected, points_accepted from reconciliation") == drawn("""
        accepted | repeated | rejected | points_accepted
        2        | 0        | 0        | 7.00
    """)


def test_an_entry_is_accepted_once_a_later_roster_brings_its_partner(warehouse: Warehouse) -> None:
    given(warehouse, "raw_file", """
        file_id | file            | kind
        1       | points/a.csv    | points
        2       | rosters/03.csv  | roster
        3       | rosters/04.csv  | roster
    """)  # fmt: skip
    given(warehouse, "point_checked", """
        file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
        1       | 2    | E1       | CONTOSO    | 2004-03-02 | 2004-03-03 | 2.00
    """)  # fmt: skip
    given(warehouse, "roster_checked", """
        file_id | line | snapshot_on | partner_id
        2       | 2    | 2004-03-01  | ADATUM
        3       | 2    | 2004-04-01  | ADATUM
        3       | 3    | 2004-04-01  | CONTOSO
    """)  # fmt: skip
    make(warehouse, *ALL)
    assert table(warehouse, "select entry_id, partner_id from point_ledger") == drawn("""
        entry_id | partner_id
        E1       | CONTOSO
    """)


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_the_audit_passes_where_every_law_holds(warehouse: Warehouse) -> None:
    audit(warehouse)


@pytest.mark.usefixtures("one_roster_and_one_points_file")
@pytest.mark.parametrize(
    ("law", "damage"),
    list(zip(
        LAWS,
        [
            "delete from reconciliation; insert into reconciliation by name select 'points/a.csv' as file, 5 as lines_in_file, "
            "5 as lines_checked, 1 as accepted, 1 as repeated, 2 as rejected",
            "update reconciliation set points_accepted = points_accepted + 0.01",
            "insert into roster_history by name select 'ADATUM' as partner_id, date '2004-03-15' as valid_from",
            "update reconciliation set accepted = 0, repeated = 0, rejected = lines_in_file where kind = 'roster'",
        ],
        strict=True,
    )),
)  # fmt: skip
def test_the_audit_names_the_law_that_does_not_hold(warehouse: Warehouse, law: str, damage: str) -> None:
    warehouse.run(damage)
    with pytest.raises(PalierError, match=f"not published: the law '{law}' does not hold"):
        audit(warehouse)


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_the_audit_finds_a_line_that_was_lost_before_it_was_checked(warehouse: Warehouse) -> None:
    warehouse.run("update reconciliation set lines_checked = lines_checked - 1")
    with pytest.raises(PalierError, match="every line of a file"):
        audit(warehouse)


@pytest.mark.usefixtures("one_roster_and_one_points_file")
def test_the_audit_finds_a_day_of_which_no_line_was_accepted_beside_a_good_one(warehouse: Warehouse) -> None:
    warehouse.run(
        "insert into roster_checked by name "
        "select 2 as file_id, 9 as line, date '2004-04-01' as snapshot_on, 'ADATUM' as partner_id, 'x' as reject_reason"
    )
    with pytest.raises(PalierError, match=r"'every roster names a partner' does not hold .*2004-04-01"):
        audit(warehouse)
