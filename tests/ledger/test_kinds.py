"""entry_kind: each combination of words once, and every entry with its kind."""

from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse


def test_a_kind_is_a_combination_of_words_and_nothing_is_a_word_too(warehouse: Warehouse) -> None:
    given(warehouse, "roster_history", "partner_id\nADATUM")
    given(warehouse, "point_checked", """
        file_id | line | partner_id | earned_on  | posted_on  | category | activity | domain   | points | reject_reason
        1       | 2    | ADATUM     | 2004-01-01 | 2004-01-01 | staff    | exam     | Security | 1.00   |
        1       | 3    | ADATUM     | 2004-01-01 | 2004-01-01 | staff    |          |          | 2.00   |
        1       | 4    | ADATUM     | 2004-01-02 | 2004-01-02 | staff    | exam     | Security | 3.00   |
        1       | 5    | ADATUM     | 2004-01-02 | 2004-01-02 |          |          |          | 4.00   |
        1       | 6    | ADATUM     | 2004-01-02 | 2004-01-02 | bad      |          |          |        | points is empty
        1       | 7    | NOBODY     | 2004-01-02 | 2004-01-02 | other    |          |          | 5.00   |
    """)  # fmt: skip
    given(warehouse, "entry_on_several_lines")
    make(warehouse, "ledger/entry_kind", "ledger/point_ledger")
    assert table(warehouse, "select * from entry_kind order by kind_id") == drawn("""
        kind_id | category | activity | domain
        1       |          |          |
        2       | staff    |          |
        3       | staff    | exam     | Security
    """)
    assert table(warehouse, "select line, kind_id from point_ledger order by line") == drawn("""
        line | kind_id
        2    | 3
        3    | 2
        4    | 3
        5    | 1
    """)
