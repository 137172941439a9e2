"""The lines of a plain text: which of them must be read again, their text, and which belong together."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from pipeline.base.errors import PalierError
from pipeline.ingest import line
from pipeline.ingest.line import BREAK, LINE_BYTES, RECORD_LINES, RETURN, piece_of, records, suspects, texts_of

LABEL = "data/raw/points/x.csv"


def recorded(*lines: str, headings: int = 3, delimiter: str = ",", numbers: list[int] | None = None) -> list[str]:
    """Each record as `number+lines text`; a line feed in it is drawn as ¶, a carriage return as ←."""
    numbered = zip(numbers or range(2, len(lines) + 2), lines, strict=True)
    return [
        f"{number}+{count} {text.replace(BREAK, '¶').replace(RETURN, '←')}"
        for number, count, text in records(numbered, delimiter, piece_of(delimiter), headings)
    ]


# Records


def test_lines_whose_quotes_pair_stay_alone() -> None:
    assert recorded("A,1,x", '"B",2,"y"', 'C,3,"say ""hi"""') == [
        "2+1 A,1,x",
        '3+1 "B",2,"y"',
        '4+1 C,3,"say ""hi"""',
    ]


def test_a_field_may_go_on_on_the_next_line() -> None:
    assert recorded('A,1,"x', 'y"', "B,2,z") == ['2+2 A,1,"x¶y"', "4+1 B,2,z"]


def test_a_field_may_go_on_over_several_lines_and_blank_ones() -> None:
    assert recorded('A,1,"x', "y", "\x01", 'z"', "B,2,z") == ['2+4 A,1,"x¶y¶¶z"', "6+1 B,2,z"]


def test_two_fields_of_a_record_may_have_line_breaks() -> None:
    assert recorded('"A', 'a",1,"x', 'y"', "B,2,z") == ['2+3 "A¶a",1,"x¶y"', "5+1 B,2,z"]


def test_a_carriage_return_before_a_line_feed_inside_quotes_is_kept() -> None:
    assert recorded('A,1,"x\r', 'y"\r', "B,2,z\r") == ['2+2 A,1,"x←¶y"\r', "4+1 B,2,z\r"]


@pytest.mark.parametrize(
    "lines",
    [
        ['A,1,"x', "B,2,y", "C,3,z"],
        ['A,1,"x', "B,2,y", 'C,3,z"'],
        ['A,1,"x', 'B,2,"y"', 'C,3,z"'],
        ['A,1,"x', 'B,2,"y', "C,3,z"],
        ['"A,1,x', '"B,2,y', '"C,3,z'],
        ['A,1,"x', "y", "B,2,z"],
        ['A,1,"x', "y"],
        ['A,1,"x'],
        ['A,"1', '2",x,y'],
        ['A"', 'B"'],
        ['12" screen,1,x', '14" screen,1,x'],
        ['A,1,"x"y', 'z"'],
    ],
)
def test_a_quote_that_somebody_forgot_swallows_nothing(lines: list[str]) -> None:
    assert recorded(*lines) == [f"{number}+1 {text}" for number, text in enumerate(lines, start=2)]


def test_a_line_that_is_whole_by_itself_is_never_swallowed() -> None:
    assert recorded('A,1,"x', 'y"', 'B,2,"x', "C,3,z", 'y"') == [
        '2+2 A,1,"x¶y"',
        '4+1 B,2,"x',
        "5+1 C,3,z",
        '6+1 y"',
    ]


def test_lines_after_a_forgotten_quote_are_joined_where_they_belong_together() -> None:
    assert recorded('A,1,"x', 'B,2,"y', 'z"') == ['2+1 A,1,"x', '3+2 B,2,"y¶z"']


def test_lines_that_do_not_lie_next_to_each_other_are_no_record() -> None:
    assert recorded('A,1,"x', 'y"', numbers=[2, 4]) == ['2+1 A,1,"x', '4+1 y"']


def test_the_delimiter_inside_quotes_parts_no_fields_whichever_it_is() -> None:
    for delimiter in ";\t|,":
        lines = [f'A{delimiter}1{delimiter}"x{delimiter}', f'{delimiter}y"']
        assert recorded(*lines, delimiter=delimiter) == [f"2+2 {lines[0]}¶{lines[1]}"]


@pytest.mark.parametrize("more", [0, 1])
def test_a_record_has_at_most_so_many_lines(more: int) -> None:
    lines = ['A,1,"x', *["y"] * (RECORD_LINES - 2 + more), 'z"']
    expected = [f"2+1 {lines[0]}", *["+1 y"] * (len(lines) - 2)] if more else [f"2+{RECORD_LINES} {'¶'.join(lines)}"]
    assert [text.lstrip("0123456789") if " y" in text[-3:] else text for text in recorded(*lines)][:100] == expected[:100]  # fmt: skip


def test_the_only_field_of_a_record_may_go_on_on_the_next_line() -> None:
    assert recorded('"x', 'y"', "b", headings=1) == ['2+2 "x¶y"', "4+1 b"]
    assert recorded('"x', "b", 'y"', headings=1) == ['2+1 "x', "3+1 b", '4+1 y"']


def test_a_field_that_goes_on_before_all_the_others_is_no_line_of_its_own() -> None:
    assert recorded('"A', 'a",1,x', "B,2,y") == ['2+2 "A¶a",1,x', "4+1 B,2,y"]


@given(lines=strategies.lists(strategies.text('a,"\r', max_size=6), max_size=12))
@settings(max_examples=120)
def test_records_hold_every_line_once_and_in_order(lines: list[str]) -> None:
    found = list(records(iter(list(enumerate(lines, start=2))), ",", piece_of(","), 3))
    assert [number for number, _, _ in found] == [2 + sum(count for _, count, _ in found[:at]) for at in range(len(found))]  # fmt: skip
    texts = [part for _, _, text in found for part in text.replace(RETURN, "\r").split(BREAK)]
    assert texts == lines


# The text of lines


@pytest.fixture(params=[1, 3, 7, 1 << 18])
def block_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Blocks so small that lines lie across them."""
    monkeypatch.setattr(line, "BLOCK_BYTES", request.param)
    return int(request.param)


@pytest.mark.usefixtures("block_bytes")
@pytest.mark.parametrize("last", ["", "\n"])
def test_the_text_of_the_wanted_lines_is_found(tmp_path: Path, last: str) -> None:
    path = tmp_path / "x.csv"
    lines = ["heading", "été", "\x01", "a\r", "", 'x"y', "end"]
    path.write_text("\n".join(lines) + last, encoding="utf-8", newline="")
    for wanted in ([], [1], [2, 3], [7], [1, 4, 5, 7], [1, 2, 3, 4, 5, 6, 7], [6, 8, 9], [8]):
        found = list(texts_of(path, LABEL, np.array(wanted, np.int64)))
        assert found == [(number, lines[number - 1]) for number in wanted if number <= 7]


@pytest.mark.parametrize("end", ["", "\n", "\nlast\n"])
def test_a_line_of_a_megabyte_is_read_and_a_far_longer_one_refused_with_its_number(tmp_path: Path, end: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("heading\n\u00a0b\n" + "x" * LINE_BYTES + end, encoding="utf-8")
    assert suspects(path, LABEL, ",", False).tolist() == [2]
    path.write_text("heading\n\u00a0b\n" + "x" * (LINE_BYTES + line.BLOCK_BYTES) + end, encoding="utf-8")
    with pytest.raises(PalierError, match=rf"^{LABEL}, line 3: is longer than 1,048,576 bytes\. Look at that line"):
        suspects(path, LABEL, ",", False)


# Lines to be read again


def suspects_slowly(text: str, delimiter: str, quoted: bool) -> list[int]:
    """The same, one line and one field at a time."""
    found = []
    for number, one in enumerate(text.removesuffix("\n").split("\n"), start=1):
        bare = one.removesuffix("\r")
        edges = delimiter + ("\r\n" + '"' if quoted else "\r\n")
        has_edge_space = any(
            letter == " " and (at in (0, len(one) - 1) or one[at - 1] in edges or one[at + 1] in edges)
            for at, letter in enumerate(one)
        )
        marks = [mark for mark in '"\t\x01\x1e\u00a0\u2009\u202f' if mark != delimiter and not (quoted and mark == '"')]
        if has_edge_space or any(mark in bare for mark in marks):
            found.append(number)
    return found


@pytest.mark.usefixtures("block_bytes")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\nc,d\n", []),
        ("a b,c d\n", []),
        (" a,b\nc, d\ne ,f\ng,h \ni,j\n", [1, 2, 3, 4]),
        ("a,b \r\nc,d\r\n", [1]),
        ("a,b\nc,d ", [2]),
        ("a,b\n \n", [2]),
        (" ", [1]),
        ("a\tb\n\x01\na\x1eb\nc", [1, 2, 3]),
        ("a\u00a0b\nc\u202fd\ne\u2009f\ng\u2003h\n", [1, 2, 3]),
        ('a"b\n"c"\nd', [1, 2]),
        ("\u00e9\u0120\n\u2020\n", []),
    ],
)
def test_lines_that_may_be_misread_are_found(tmp_path: Path, text: str, found: list[int]) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert suspects(path, LABEL, ",", False).tolist() == found
    assert suspects_slowly(text, ",", False) == found


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("delimiter", [",", "\t"])
@given(
    text=strategies.text('aé ,;\t"\r\n\x01\x1e\u00a0\u2009\u202f\u2003\u00e2\u0120', min_size=1, max_size=30),
    block=strategies.integers(1, 12),
)
@settings(max_examples=80)
def test_no_line_that_may_be_misread_is_missed(
    tmp_path: Path, delimiter: str, quoted: bool, text: str, block: int
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "BLOCK_BYTES", block)
        assert suspects(path, LABEL, delimiter, quoted).tolist() == suspects_slowly(text, delimiter, quoted)


def test_lines_that_lie_across_real_blocks_are_found(tmp_path: Path) -> None:
    path, drawn = tmp_path / "x.csv", random.Random(1)
    fields = ["a", "b c", " d", "e ", "\u00a0", '"', "f" * 200]
    rows = [",".join(drawn.choices(fields, [50, 50, 1, 1, 1, 1, 50], k=4)) for _ in range(10_000)]
    text = "\n".join(rows)
    path.write_text(text, encoding="utf-8")
    assert len(text) > 3 * line.BLOCK_BYTES
    found = suspects(path, LABEL, ",", False)
    assert found.tolist() == suspects_slowly(text, ",", False)
    assert list(texts_of(path, LABEL, found)) == [(number, rows[number - 1]) for number in found.tolist()]
