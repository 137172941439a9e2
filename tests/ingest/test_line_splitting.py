"""split_line.sql: records → fields."""

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse
from pipeline.ingest.line import BREAK, RETURN, piece_of
from pipeline.ingest.notation import SPACES

BREAKS = BREAK + RETURN


def split(warehouse: Warehouse, delimiter: str = ";", split_at: int | None = None, quotes: bool = True) -> None:
    make(
        warehouse,
        "ingest/split_line",
        delimiter=delimiter,
        piece=piece_of(delimiter, quotes),
        quotes=quotes,
        headings=3,
        spaces=SPACES + "\n",
        breaks=BREAKS,
        split_at=split_at,
    )


def fields_of(warehouse: Warehouse, line: str, delimiter: str = ";", quotes: bool = True) -> tuple[list[str], bool]:
    warehouse.put("physical_line", {"line": "bigint", "raw": "varchar"}, [(2, line)])
    split(warehouse, delimiter, quotes=quotes)
    [(fields, has_open_quote)] = warehouse.rows("select fields, has_open_quote from split_line")
    return fields, has_open_quote


def test_a_blank_line_and_one_of_delimiters_or_spaces_have_no_fields(warehouse: Warehouse) -> None:
    lines = ["a;b;c", None, "  ", ";;", '"";"";""', ' ;" ";\u00a0', ";;;;;", "d;;"]
    warehouse.put("physical_line", {"line": "bigint", "raw": "varchar"}, list(enumerate(lines, start=2)))
    split(warehouse)
    assert table(
        warehouse, "select line, raw, fields[1] as first, has_open_quote from split_line order by line"
    ) == drawn("""
        line | raw   | first | has_open_quote
        2    | a;b;c | a     | false
        9    | d;;   | d     | false
    """)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a;b;c", ["a", "b", "c"]),
        ("a;;", ["a", "", ""]),
        (";;c", ["", "", "c"]),
        ("a", ["a"]),
        ('"a";b;"c"', ["a", "b", "c"]),
        ('"a;b";c', ["a;b", "c"]),
        ('"";c', ["", "c"]),
        ('"say ""hi""";c', ['say "hi"', "c"]),
        ('"""";c', ['"', "c"]),
        ('12" screen;c', ['12" screen', "c"]),
        (" a ; b ;c ", ["a", "b", "c"]),
        ("\u00a0a\u00a0;\u202fb\u202f;c", ["a", "b", "c"]),
        ('" a ";c', ["a", "c"]),
        ("a b;c", ["a b", "c"]),
        (f'"a{BREAK}b";c', ["a\nb", "c"]),
        (f'"a{RETURN}{BREAK}{BREAK}";c', ["a", "c"]),
        (f'a;"{BREAK} b"', ["a", "b"]),
        ("a;b;c;;", ["a", "b", "c"]),
        ("a;b;c; ;d", ["a", "b", "c", "", "d"]),
        ("a;b;;", ["a", "b", ""]),
        ('"a" ; "b;x" ;c', ["a", "b;x", "c"]),
    ],
)
def test_a_line_is_split_as_it_is_meant(warehouse: Warehouse, delimiter: str, line: str, fields: list[str]) -> None:
    expected = [field.replace(";", delimiter) for field in fields]
    assert fields_of(warehouse, line.replace(";", delimiter), delimiter) == (expected, False)


@pytest.mark.parametrize("line", ['"a;b', 'a;"b', '"a"b;c', '"a"";c', 'a;";c', '"a;"b";c', ' "a;b', '"'])
def test_a_quote_that_is_not_closed_is_seen(warehouse: Warehouse, line: str) -> None:
    assert fields_of(warehouse, line)[1]


@pytest.mark.parametrize(
    ("line", "fields"),
    [('"a;b";c', ['"a', 'b"', "c"]), ('"a;"', ['"a', '"']), ('""', ['""']), (' "a" ;b;;', ['"a"', "b", ""])],
)
def test_where_quotes_are_letters_they_part_and_close_nothing(
    warehouse: Warehouse, line: str, fields: list[str]
) -> None:
    assert fields_of(warehouse, line, quotes=False) == (fields, False)


def test_a_decimal_comma_in_a_comma_file_is_put_together_at_its_place(warehouse: Warehouse) -> None:
    given(warehouse, "physical_line", """
        line | raw
        2    | a,2,50,x
        3    | a,-2,5,x
        4    | a,2,x
        5    | a,2,505,x
        6    | a,b,50,x
        7    | a,2,50,x,y
        8    | a,"2","50",x
        9    | 1,1,1
        10   | a,1 000,5,x
        11   | a,1 00,5,x
    """)  # fmt: skip
    split(warehouse, delimiter=",", split_at=2)
    assert table(
        warehouse, "select line, array_to_string(fields, ' ; ') as fields from split_line order by line"
    ) == drawn("""
        line | fields
        2    | a ; 2,50 ; x
        3    | a ; -2,5 ; x
        4    | a ; 2 ; x
        5    | a ; 2 ; 505 ; x
        6    | a ; b ; 50 ; x
        7    | a ; 2 ; 50 ; x ; y
        8    | a ; 2,50 ; x
        9    | 1 ; 1 ; 1
        10   | a ; 1 000,5 ; x
        11   | a ; 1 00 ; 5 ; x
    """)
