"""physical_line.sql and split_line.sql: bytes → lines → fields."""

from pathlib import Path

import pytest
from drawn import drawn, given, make, table

from pipeline.base.warehouse import Warehouse
from pipeline.ingest.load import PIECE, SPACES


def physical_lines(warehouse: Warehouse, folder: Path, content: bytes) -> list[tuple[object, ...]]:
    path = folder / "file.csv"
    path.write_bytes(content)
    make(warehouse, "ingest/physical_line", path=str(path))
    return warehouse.rows("select line, raw from physical_line order by line")


def fields_of(warehouse: Warehouse, line: str, delimiter: str = ";") -> tuple[list[str], bool]:
    warehouse.put("physical_line", {"line": "bigint", "raw": "varchar"}, [(1, "heading"), (2, line)])
    make(
        warehouse,
        "ingest/split_line",
        delimiter=delimiter,
        piece=PIECE.replace("DELIMITER", delimiter),
        spaces=SPACES,
    )
    [(fields, has_open_quote)] = warehouse.rows("select fields, has_open_quote from split_line")
    return fields, has_open_quote


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_lines_are_numbered_as_they_lie_and_a_blank_one_is_null(
    warehouse: Warehouse, tmp_path: Path, end: bytes
) -> None:
    content = end.join([b"heading", b"", b"first", b"", b"", b"second", b"", b""])
    assert physical_lines(warehouse, tmp_path, content) == [
        (1, "heading"), (2, None), (3, "first"), (4, None), (5, None), (6, "second"), (7, None),
    ]  # fmt: skip


def test_a_last_line_without_line_end_is_a_line(warehouse: Warehouse, tmp_path: Path) -> None:
    assert physical_lines(warehouse, tmp_path, b"heading\nlast") == [(1, "heading"), (2, "last")]


@pytest.mark.parametrize("text", [r"a\x01b", '"', 'a "" b', "#", "NULL", "a\\", "  ", "\u2028", "a\x85b", "\x0c"])
def test_the_text_of_a_line_is_whole(warehouse: Warehouse, tmp_path: Path, text: str) -> None:
    assert physical_lines(warehouse, tmp_path, f"heading\n{text}\nlast\n".encode()) == [
        (1, "heading"), (2, text), (3, "last"),
    ]  # fmt: skip


def test_ten_thousand_lines_keep_their_order(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(1, 10_001)]
    assert physical_lines(warehouse, tmp_path, "\n".join(lines).encode()) == list(enumerate(lines, start=1))


def test_the_heading_and_blank_lines_are_no_data_lines(warehouse: Warehouse) -> None:
    given(warehouse, "physical_line", """
        line | raw
        1    | heading
        2    | a;b
        3    |
        4    | c;d
    """)  # fmt: skip
    make(warehouse, "ingest/split_line", delimiter=";", piece=PIECE, spaces=SPACES)
    assert table(warehouse, "select line, fields[1] as first, has_open_quote from split_line order by line") == drawn("""
        line | first | has_open_quote
        2    | a     | false
        4    | c     | false
    """)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a;b;c", ["a", "b", "c"]),
        ("a;;", ["a", "", ""]),
        (";;", ["", "", ""]),
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
    ],
)
def test_a_line_is_split_as_it_is_meant(warehouse: Warehouse, delimiter: str, line: str, fields: list[str]) -> None:
    expected = [field.replace(";", delimiter) for field in fields]
    assert fields_of(warehouse, line.replace(";", delimiter), delimiter) == (expected, False)


@pytest.mark.parametrize("line", ['"a;b', 'a;"b', '"a"b;c', '"a"";c', 'a;";c', '"a;"b";c'])
def test_a_quote_that_is_not_closed_is_seen(warehouse: Warehouse, line: str) -> None:
    assert fields_of(warehouse, line)[1]
