import re
from collections.abc import Callable
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home
from pipeline.report.known import known
from pipeline.report.order import Order
from pipeline.report.order_review import read_all_orders, read_orders
from pipeline.report.post import Mail

PARAMETERS = """as_of: str = ""  # the day
region: str = ""  # one region
least: int = 5  # a number
share: float = 0.5  # a share
deep: bool = False  # a switch
home: str = ""  # the home"""
REPORT = """
[[report]]
name = "weekly"
notebook = "tiny"
every = "week"
start = 2026-01-05
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path)
    notebook(made, "tiny", parameters=PARAMETERS)
    return made


@pytest.fixture
def refused(home: Home) -> Callable[[str], str]:
    def refusal(text: str) -> str:
        orders(home, text)
        with pytest.raises(PalierError) as told:
            read_orders(home, known(home).ever())
        return str(told.value)

    return refusal


def test_the_project_s_own_reports_are_valid() -> None:
    assert {order.name for order in read_orders(Home(PROJECT))} == {
        "national",
        "regional",
        "what_if",
        "outlook",
        "data_health",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("evry = 1", "report weekly, evry: no such key; did you mean every?"),
        ("params.regoin = 'Corse'", "report weekly, params.regoin: tiny has no such parameter; did you mean region?"),
        ("params.least = 'five'", "params.least: 'five' is not of type int"),
        ("params.least = true", "params.least: True is not of type int"),
        ("params.deep = 'NO'", "params.deep: 'NO' is not of type bool"),
        ("params.share = 'half'", "params.share: 'half' is not of type float"),
        ("params.region = 5", "params.region: 5 is not of type str"),
        ("params.region = ['Corse']", "report weekly, params: region: ['Corse'] is neither a text"),
        ("params.as_of = 2026-01-01", "params.as_of: is given by each period"),
        ("params.home = '/elsewhere'", "params.home: is given by the runner"),
        ("params.region = 'corse'", "params.region: 'corse': no partner was ever there; did you mean Corse?"),
        ("for_each = 'regoin'", "for_each: tiny cannot be asked for one regoin; did you mean region?"),
        ("for_each = 'city'", "for_each: tiny cannot be asked for one city; known: region"),
        ("for_each = {region = ['Bretange']}", "'Bretange': no partner was ever there; did you mean Bretagne?"),
        ("for_each = {region = ['Corse', 'Corse']}", "region names a value twice"),
        ("for_each = 5", "for_each: write a column of the roster"),
        ("ready_when = 'point cover as_of'", "did you mean points cover as_of?"),
        ("formats = ['ipynb']", "formats: html must be among them"),
        ("formats = ['html', 'docx']", "formats"),
        ("keep = 0", "report weekly, keep: "),
        ("audience = 'everyone'", "report weekly, audience: "),
        ("cell_seconds = -1", "report weekly, cell_seconds: "),
        ("cell_seconds = '60'", "report weekly, cell_seconds: "),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(line: str, said: str, refused: Callable[[str], str]) -> None:
    assert said in refused(REPORT + line)


def test_all_mistakes_of_a_file_are_told_at_once(refused: Callable[[str], str]) -> None:
    text = refused(
        REPORT.replace('week"', 'wek"')
        + "params.regoin = 'x'\nkep = 3\n"
        + REPORT.replace("tiny", "tinny")
        + "audience = 3\n"
    )
    for said in (
        "every:",
        "params.regoin",
        "kep: no such key; did you mean keep?",
        "'tinny'; did you mean tiny?",
        "audience:",
        "stands twice",
    ):
        assert said in text
    assert text.splitlines()[0].endswith("reports.toml: 6 mistakes")


def test_a_report_may_not_take_the_name_of_another_page(refused: Callable[[str], str]) -> None:
    assert "a notebook has this name" in refused(REPORT.replace("weekly", "tiny"))
    assert "index is a page of its own" in refused(REPORT.replace("weekly", "index"))
    assert "files are named after it" in refused(REPORT.replace("weekly", "../weekly"))


def test_a_notebook_that_is_none_is_a_mistake(home: Home, refused: Callable[[str], str]) -> None:
    (home.root / "notebooks" / "torn.ipynb").write_text('{"cells": [', encoding="utf-8")
    assert "report weekly, notebook: torn cannot be read as a notebook" in refused(REPORT.replace("tiny", "torn"))


def test_values_are_what_toml_says_they_are(home: Home) -> None:
    orders(home, REPORT + "params = {region = 'Corse', least = 3, share = 1, deep = true}")
    [order] = read_orders(home, known(home).ever())
    assert order.params == {"region": "Corse", "least": 3, "share": 1, "deep": True}


def test_the_documentation_s_example_is_valid_and_names_every_key_and_class(home: Home) -> None:
    page = (PROJECT / "docs" / "reports.md").read_text(encoding="utf-8")
    example = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)[0]
    (home.root / "notebooks" / "tiny.ipynb").unlink()
    orders(home, example)
    assert [order.name for order in read_orders(home, known(home).ever())] == ["regional"]
    classes = (
        "bad_parameters data_not_ready notebook_error cell_timeout report_timeout kernel_died incomplete render_error"
    )
    assert [name for name in (*Order.model_fields, *classes.split()) if name not in page] == []


def test_a_pdf_without_its_extra_is_refused_with_the_extra_s_name(
    refused: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.order_review.can_make_pdf", lambda: False)
    told = refused(REPORT + "formats = ['html', 'pdf']")
    assert "report weekly, formats: pdf needs WeasyPrint; install the extra `pdf`" in told


def test_the_documentation_s_delivery_is_valid(home: Home) -> None:
    page = (PROJECT / "docs" / "reports.md").read_text(encoding="utf-8")
    (home.root / "notebooks" / "tiny.ipynb").unlink()
    orders(home, re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)[1])
    whole = read_all_orders(home, known(home).ever())
    assert whole.mail and whole.mail.sender == "palier@example.org"
    assert [
        name for name in (*Mail.model_fields, "PALIER_MAIL_PASSWORD") if name != "sender" and name not in page
    ] == []
