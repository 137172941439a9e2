"""Workbooks and Parquet files as text: every kind of cell, and everything that must be refused without harm."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.ingest import workbook
from pipeline.ingest.parquet import write_parquet
from pipeline.ingest.workbook import CELL_BREAK, Sheet, sheets_as_text

LABEL = "data/raw/points/x.xlsx"
FIRST_SHEET = "xl/worksheets/sheet1.xml"


def made(path: Path, *sheets: dict[str, Any], date_format: str = "dd/mm/yyyy") -> Path:
    """An .xlsx with one sheet for each mapping of cell addresses to values."""
    with xlsxwriter.Workbook(path, {"default_date_format": date_format, "strings_to_formulas": True}) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for address, value in cells.items():
                sheet.write(address, value)
    return path


def with_part(path: Path, part: str, content: str | bytes, stated_size: int | None = None) -> Path:
    """The zip with one part replaced; `stated_size` is what its directory says in place of the true size."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()} | {part: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
        if stated_size is not None:
            new.getinfo(part).file_size = stated_size
    return path


def sheet_xml(rows: str) -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'


def read(path: Path) -> list[Sheet]:
    folder = path.parent / "text"
    folder.mkdir()
    return sheets_as_text(path, LABEL, folder)


def text(path: Path) -> str:
    """The text of a file's only sheet."""
    [sheet] = read(path)
    return sheet.path.read_bytes().decode("utf-8")


def refusal(path: Path) -> str:
    with pytest.raises(PalierError) as error:
        read(path)
    said = str(error.value)
    assert said.startswith(LABEL)
    assert "\n" not in said
    return said.removeprefix(LABEL)


# Sheets and places


def test_every_line_of_the_text_is_the_row_that_excel_shows(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"C3": "code", "D3": "points", "C5": "FR1", "D5": 2.5})
    assert text(path) == "\n\n\t\tcode\tpoints\n\n\t\tFR1\t2.5\n"


def test_title_rows_above_the_table_are_kept(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"A1": "Points 2004", "A3": "code", "B3": "points", "A4": "FR1", "B4": 1})
    assert text(path) == "Points 2004\t\n\ncode\tpoints\nFR1\t1\n"


def test_sheets_are_numbered_without_those_that_hold_nothing(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        bold = book.add_format({"bold": True})
        for name in ("Été", "vide", "mise en forme", "caché"):
            book.add_worksheet(name)
        first, _, styled, hidden = book.worksheets()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='Été'!$A$1:$A$1"})
        book.add_chartsheet("graphique").set_chart(chart)
        first.write("A1", "a")
        styled.write_blank("B7", None, bold)
        hidden.write("A1", "b")
        hidden.hide()
    sheets = read(tmp_path / "x.xlsx")
    assert [(sheet.name, sheet.path.name, sheet.path.read_text()) for sheet in sheets] == [
        ("Été", "sheet-1.tsv", "a\n"),
        ("caché", "sheet-2.tsv", "b\n"),
    ]


def test_a_workbook_whose_sheets_hold_nothing_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {}, {})
    with_part(path, FIRST_SHEET, sheet_xml('<row r="2"><c r="B2" t="str"><f>""</f><v></v></c></row>'))
    assert refusal(path).startswith(": none of its sheets holds anything.")


def test_the_caller_s_own_modules_do_not_reach_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    assert text(made(Path("x.xlsx").resolve(), {"A1": "a"})) == "a\n"


# Cells


WRITTEN: list[tuple[Any, str]] = [
    (0.1 + 0.2, "0.3"),
    (2.50, "2.5"),
    (-0.0, "0"),
    (7, "7"),
    (22530001100015, "22530001100015"),
    (1234567890123456, "1234567890123456"),
    (2**53 - 1, "9007199254740991"),
    (-(2**53) + 1, "-9007199254740991"),
    (2**53, "9007199254740990"),
    (999999999999999.9, "1000000000000000"),
    (-1e22, "-10000000000000000000000"),
    (1.5e-7, "0.00000015"),
    (1 / 3, "0.333333333333333"),
    (True, "TRUE"),
    (False, "FALSE"),
    (date(2004, 1, 15), "2004-01-15"),
    (datetime(2004, 1, 15, 23, 59, 59), "2004-01-15"),
    (time(10, 30), "10:30:00"),
    ("15/01/2004", "15/01/2004"),
    ("00123", "00123"),
    ("2,50", "2,50"),
    (" Été\u00a0", " Été\u00a0"),
    ("a\nb", f"a{CELL_BREAK}b"),
    ("a\tb", '"a\tb"'),
    ('say "hi"', '"say ""hi"""'),
]


def test_every_cell_is_written_in_one_notation(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {f"A{row}": value for row, (value, _) in enumerate(WRITTEN, start=1)})
    assert text(path).split("\n") == [*(written for _, written in WRITTEN), ""]


@pytest.mark.parametrize("shown", ["mmm yy", "[$-40C]d mmmm yyyy;@"])
def test_a_date_is_a_date_however_it_is_shown(tmp_path: Path, shown: str) -> None:
    assert text(made(tmp_path / "x.xlsx", {"A1": date(2004, 3, 1)}, date_format=shown)) == "2004-03-01\n"


def test_a_formula_gives_the_value_that_was_saved_with_it(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"A1": "a"})
    cells = (
        '<c r="A1"><f>B1*2</f><v>3.5</v></c><c r="B1" t="str"><f>""</f><v>Gold</v></c><c r="C1" t="e"><v>#N/A</v></c>'
    )
    with_part(path, FIRST_SHEET, sheet_xml(f'<row r="1">{cells}</row>'))
    assert text(path) == "3.5\tGold\t\n"


def test_line_breaks_of_all_kinds_in_a_cell_do_not_break_the_row(tmp_path: Path) -> None:
    cell = '<c r="A1" t="inlineStr"><is><t>a&#13;&#10;b&#13;c&#10;d</t></is></c>'
    path = with_part(made(tmp_path / "x.xlsx", {"A1": 1}), FIRST_SHEET, sheet_xml(f'<row r="1">{cell}</row>'))
    assert text(path) == CELL_BREAK.join("abcd") + "\n"


@pytest.mark.parametrize("code", ["_x0000_", "_x0001_", "_x001D_", "_x001E_"])
def test_a_cell_that_is_no_text_is_refused_with_its_row(tmp_path: Path, code: str) -> None:
    cell = f'<c r="B4" t="inlineStr"><is><t>a{code}</t></is></c>'
    path = with_part(made(tmp_path / "x.xlsx", {"A1": 1}), FIRST_SHEET, sheet_xml(f'<row r="4">{cell}</row>'))
    assert refusal(path).startswith(", sheet 'Sheet1', row 4: a cell holds a character 0x00, 0x01, 0x1d or 0x1e")


def test_a_sheet_of_libreoffice_is_read(tmp_path: Path) -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{short}="{space}:{short}:1.0"' for short in ("office", "table", "text"))
    content = f"""<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="Feuille1">
        <table:table-row table:number-rows-repeated="2"/>
        <table:table-row>
            <table:table-cell office:value-type="string"><text:p>a</text:p><text:p>b</text:p></table:table-cell>
            <table:table-cell office:value-type="float" office:value="2.5"><text:p>2,50</text:p></table:table-cell>
            <table:table-cell office:value-type="date" office:date-value="2004-01-15T10:30:00"/>
            <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
        </table:table-row>
        <table:table-row table:number-rows-repeated="1048573"/>
    </table:table></office:spreadsheet></office:body></office:document-content>"""
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>')
        book.writestr("content.xml", "".join(line.strip() for line in content.splitlines()))
    assert text(tmp_path / "x.ods") == f"\n\na{CELL_BREAK}b\t2.5\t2004-01-15\tTRUE\n"


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    assert text(made(tmp_path / "x.xlsx", {"A1": "a"}).rename(tmp_path / "x.xls")) == "a\n"


# What is no workbook


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"\r\n<HTML><table><tr><td>1</td></tr></table></HTML>", "is HTML, not a workbook"),
        ("\ufeff<html><body>Été".encode("utf-16"), "is HTML, not a workbook"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "is XML, not a workbook"),
        (b"code;points\nFR1;2,50\n", "is plain text, not a workbook"),
        ("code\tpoints\n".encode("utf-16"), "is plain text, not a workbook"),
        (b"", "is empty"),
        (b"\x00\x01\x02\x03", "is not a workbook"),
        (b"PK\x03\x04 and nothing more", "is damaged, or not a workbook"),
        (workbook.OLE + bytes(600), "is damaged, or not a workbook"),
        (workbook.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_by_what_it_is(tmp_path: Path, content: bytes, fact: str) -> None:
    (tmp_path / "x.xls").write_bytes(content)
    assert refusal(tmp_path / "x.xls").startswith(f": {fact}")


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"A1": "a"})
    path.write_bytes(path.read_bytes()[:-100])
    assert refusal(path).startswith(": is damaged, or not a workbook (File is not a zip file).")


def test_a_workbook_with_a_damaged_sheet_is_refused_whole(tmp_path: Path) -> None:
    assert "is damaged" in refusal(
        with_part(made(tmp_path / "x.xlsx", {"A1": "a"}, {"A1": "b"}), FIRST_SHEET, "<works")
    )


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x.xlsx").startswith(": cannot be read (No such file or directory).")


# Bombs


def test_a_cell_at_the_far_corner_is_refused_for_its_memory(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"A1": "a", "XFD1048576": "b"})
    assert refusal(path).startswith(": reading it takes more than 4 GB of memory. Delete all that is not the table")


def test_a_cell_far_below_is_read(tmp_path: Path) -> None:
    assert text(made(tmp_path / "x.xlsx", {"A1": "a", "A200000": "b"})) == "a" + "\n" * 199_999 + "b\n"


@pytest.mark.parametrize(("unpacked", "said"), [(210_000_000, "210,0"), (3_000_000_000, "3,000,0")])
def test_a_zip_that_says_it_unpacks_to_too_much_is_refused_unread(tmp_path: Path, unpacked: int, said: str) -> None:
    path = with_part(made(tmp_path / "x.xlsx", {"A1": "a"}), FIRST_SHEET, "", stated_size=unpacked)
    refused = refusal(path)
    assert refused.startswith(f": unpacks from {path.stat().st_size:,} to {said}")
    assert "at most 2,147,483,648 are read, and 300 times the packed size." in refused


def test_a_bomb_of_zeros_is_refused(tmp_path: Path) -> None:
    xml = sheet_xml('<row r="1"><c r="A1" t="str"><v>').encode() + b"0" * workbook.PACKED_FROM_BYTES
    assert ": unpacks from" in refusal(with_part(made(tmp_path / "x.xlsx", {"A1": "a"}), FIRST_SHEET, xml))


def test_a_zip_that_states_less_than_it_unpacks_to_is_refused_by_the_reader(tmp_path: Path) -> None:
    xml = sheet_xml('<row r="1"><c r="A1" t="str"><v>' + "0" * 1_000_000 + "</v></c></row>")
    path = with_part(made(tmp_path / "x.xlsx", {"A1": "a"}), FIRST_SHEET, xml, stated_size=100)
    assert "larger than its declared uncompressed size" in refusal(path)


@pytest.mark.parametrize(
    ("limit", "most", "fact"),
    [
        ("MEMORY_BYTES", 200 << 20, "reading it takes more than 0.195 GB of memory"),
        ("TEXT_BYTES", 1 << 20, "its text is larger than 0.000977 GB"),
        ("SECONDS", 0, "reading it takes more than 0 seconds"),
    ],
)
def test_a_long_text_on_many_rows_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, fact: str
) -> None:
    path = made(tmp_path / "x.xlsx", {"A1": "x" * 10_000})
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 30_001))
    with_part(path, FIRST_SHEET, sheet_xml(rows))
    monkeypatch.setattr(workbook, limit, most)
    assert refusal(path).startswith(f": {fact}. Delete all that is not the table")


# Parquet


def parquet(warehouse: Warehouse, path: Path, select: str) -> Path:
    """The answer of a SELECT as a Parquet file."""
    warehouse.write(path, select)
    return path


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("date '2004-01-15'", "2004-01-15"),
        ("timestamp '2004-01-15 23:59:59'", "2004-01-15"),
        ("timestamp_ns '2004-01-15 23:59:59.123456789'", "2004-01-15"),
        ("timestamptz '2004-01-15 23:30:00+00'", "2004-01-15"),
        ("cast(2.50 as decimal(18, 2))", "2.50"),
        ("cast(0.1 as double) + cast(0.2 as double)", "0.3"),
        ("cast(0.1 as float)", "0.1"),
        ("cast('-0' as double)", "0"),
        ("cast(22530001100015 as double)", "22530001100015"),
        ("cast(1234567890123456 as double)", "1234567890123456"),
        ("cast(-9007199254740991 as double)", "-9007199254740991"),
        ("cast(9007199254740992 as double)", "9007199254740990"),
        ("cast('nan' as double)", "nan"),
        ("cast(-1e22 as double)", "-10000000000000000000000"),
        ("cast(-1.5e-7 as double)", "-0.00000015"),
        ("cast(1234567890123456 as bigint)", "1234567890123456"),
        ("true", "TRUE"),
        ("'a' || chr(13) || chr(10) || 'b' || chr(13) || 'c' || chr(10) || 'd'", CELL_BREAK.join("abcd")),
        ("'a' || chr(9) || 'b'", '"a\tb"'),
        ("""'say "hi"'""", '"say ""hi"""'),
        ("cast(null as varchar)", ""),
        ("cast(null as double)", ""),
        ("''", ""),
        ("time '10:30:00'", "10:30:00"),
        ("cast('a\\x00b' as blob)", "a\\x00b"),
        ("[1, 2]", "[1, 2]"),
        ("[timestamp '2004-01-15 10:30:00']", "['2004-01-15 10:30:00']"),
        ("{'a': 'x' || chr(10) || 'y'}", f"{{'a': x{CELL_BREAK}y}}"),
        ("map {'a': 1}", "{a=1}"),
    ],
)
def test_a_value_of_parquet_is_written_as_a_cell_would_be(
    tmp_path: Path, warehouse: Warehouse, sql: str, written: str
) -> None:
    write_parquet(parquet(warehouse, tmp_path / "x.parquet", f"select {sql} as a"), LABEL, tmp_path / "x.tsv")
    assert (tmp_path / "x.tsv").read_bytes().decode("utf-8") == f"a\n{written}\n"


def test_row_i_of_parquet_is_line_i_and_one(tmp_path: Path, warehouse: Warehouse) -> None:
    select = 'select i as number, \'FR\' || i as "it\'s, ""code""" from range(1, 300001) as rows(i)'
    [sheet] = read(parquet(warehouse, tmp_path / "it's [1].PARQUET", select))
    lines = sheet.path.read_text(encoding="utf-8").split("\n")
    assert sheet.name == ""
    assert lines == ['number\t"it\'s, ""code"""', *(f"{row}\tFR{row}" for row in range(1, 300_001)), ""]


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path: Path, warehouse: Warehouse) -> None:
    (tmp_path / "year=2004").mkdir()
    path = parquet(warehouse, tmp_path / "year=2004" / "x.parquet", "select 1 as a where false")
    write_parquet(path, LABEL, tmp_path / "x.tsv")
    assert (tmp_path / "x.tsv").read_text() == "a\n"


@pytest.mark.parametrize("code", [1, 29, 30])
def test_a_value_of_parquet_that_is_no_text_is_refused_with_its_line(
    tmp_path: Path, warehouse: Warehouse, code: int
) -> None:
    path = parquet(warehouse, tmp_path / "x.parquet", f"select unnest(['a', 'b' || chr({code})]) as a")
    assert refusal(path).startswith(", line 3: a cell holds a character 0x00, 0x01, 0x1d or 0x1e")


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_text("a,b\n1,2\n")
    assert refusal(tmp_path / "x.parquet").startswith(": cannot be read as Parquet (")


def test_the_text_of_parquet_is_bounded(tmp_path: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "TEXT_BYTES", 1 << 20)
    path = parquet(warehouse, tmp_path / "x.parquet", "select repeat('x', 1000) as a from range(3000)")
    assert refusal(path).startswith(": its text is larger than 0.000977 GB.")
