"""Answers as files and on the terminal: text from data does nothing, numbers stay exact."""

from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from pipeline.base.errors import PalierError
from pipeline.report.answer import harmless, print_table, shown, write_table

HOSTILE = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\x0b=1", "\u00a0=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_in_csv_is_plain_text(text, tmp_path):
    write_table(pd.DataFrame({"name": [text]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()[1].lstrip('"').startswith("'")
    assert harmless("Adatum = good") == "Adatum = good"


@pytest.mark.parametrize("text", ["=1+1", "http://example.org", "007"])
def test_text_in_excel_is_text_and_neither_formula_nor_link_nor_number(text, tmp_path):
    write_table(pd.DataFrame({"name": [text]}), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_points_are_written_with_both_places(tmp_path):
    write_table(pd.DataFrame({"points": [Decimal("50.00"), Decimal("0.10")]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines() == ["points", "50.00", "0.10"]


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
