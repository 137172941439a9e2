"""Answers as files and on the terminal: text from data does nothing, numbers stay exact."""

from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.report.answer import harmless, print_table, write_table
from pipeline.report.table import shown

HOSTILE = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\x0b=1", "\u00a0=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_in_csv_is_plain_text(text, tmp_path):
    write_table(pd.DataFrame({"name": [text]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()[1].lstrip('"').startswith("'")
    assert harmless("Adatum = good") == "Adatum = good"
    assert [harmless(f"{sign}1+1")[0] for sign in ("\u200b=", "\ufeff@", "＝", "\n-")] == ["'"] * 4


@pytest.mark.parametrize("text", ["=1+1", "http://example.org", "007"])
def test_text_in_excel_is_text_and_neither_formula_nor_link_nor_number(text, tmp_path):
    write_table(pd.DataFrame({"name": [text]}), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_points_are_written_with_both_places(tmp_path):
    write_table(pd.DataFrame({"points": [Decimal("50.00"), Decimal("0.10")]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines() == ["points", "50.00", "0.10"]


def test_parquet_has_the_same_types_whatever_the_rows_hold(tmp_path):
    ones = [Decimal("1.00")] * 3000 + [Decimal("123456789.01")]
    frame = pd.DataFrame({"points": ones, "on": pd.Timestamp("2004-04-01"), "why": [None] * 3001, "n": 1})
    write_table(frame, tmp_path / "x.parquet")
    with Warehouse.in_memory() as engine:
        kinds = engine.rows("describe select * from read_parquet($path)", path=str(tmp_path / "x.parquet"))
        total = engine.rows('select sum(points), min("on") from read_parquet($path)', path=str(tmp_path / "x.parquet"))
    assert [(name, kind) for name, kind, *_ in kinds] == [
        ("points", "DECIMAL(18,2)"), ("on", "DATE"), ("why", "VARCHAR"), ("n", "BIGINT"),
    ]  # fmt: skip
    assert total == [(sum(ones), date(2004, 4, 1))]


def test_more_rows_than_excel_holds_are_refused_with_a_way_out(tmp_path):
    with pytest.raises(PalierError, match=r"1,048,576 rows: Excel holds 1,048,575. Write .csv"):
        write_table(pd.DataFrame({"n": range(1_048_576)}), tmp_path / "x.xlsx")


def test_names_cannot_act_on_the_terminal(capsys):
    print_table(
        pd.DataFrame({"name": ["\x1b[31mred\x1b[0m", "[bold]Adatum[/bold]", ":smile: Co", "\u202eevil"]}), "Names"
    )
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\u202e" not in out
    assert "[bold]Adatum[/bold]" in out and ":smile: Co" in out


def test_line_feeds_in_a_name_stay_on_their_line():
    assert "\n" not in shown("a\nb")


def test_an_output_below_a_file_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(PalierError, match="cannot write"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / "file" / "x.csv")
