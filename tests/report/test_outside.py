"""Reports for readers outside: no partner and no person is named anywhere in what is published."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import AUDIENCE, Home, home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ledger.outside import KEPT, PEOPLE, _selects, publish_outside
from pipeline.report.record import Record
from pipeline.report.scheduled import Asked, run_due

pytestmark = pytest.mark.processes

ORDERS = """
[[report]]
name = "outside_{notebook}"
notebook = "{notebook}"
every = "month"
start = 2004-05-01
audience = "outside"
formats = ["html", "ipynb"]
"""
NOW = datetime(2004, 5, 2, 9, tzinfo=UTC)
NOTEBOOKS = ["1_data_health", "2_before_after", "3_what_if", "4_outlook"]


@pytest.fixture(scope="module")
def names(home: Home) -> set[str]:
    """Every name of a partner or a person that any roster has, short ones too."""
    with Warehouse.open(home.warehouse) as warehouse:
        found = set()
        for column in ("name", *PEOPLE):
            found |= {
                name
                for (name,) in warehouse.rows(
                    f"select distinct {column} from roster_history where {column} is not null"
                )
            }
    assert len(found) > 500
    return found


@pytest.fixture(scope="module")
def outside_home(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own around the same warehouse."""
    root = tmp_path_factory.mktemp("outside")
    (root / "data" / "processed").mkdir(parents=True)
    (root / "data" / "raw").symlink_to(home.raw)
    (root / "data" / "processed" / "palier.duckdb").symlink_to(home.warehouse)
    twice = ORDERS.format(notebook="1_data_health").replace("outside_1", "again_1")
    (root / "reports.toml").write_text(
        "".join(ORDERS.format(notebook=name) for name in NOTEBOOKS) + twice, encoding="utf-8"
    )
    return home_at(root)


@pytest.fixture(scope="module")
def published(outside_home: Home) -> list[Record]:
    return run_due(outside_home, Asked(NOW), lambda step: None)


def texts(home: Home) -> Iterator[tuple[str, str]]:
    """Pages, notebooks and records, without the bytes of pictures."""
    for path in [
        *home.reports.glob("*.html"),
        *home.reports.glob("notebooks/*.ipynb"),
        *home.reports.glob("runs/*/*.json"),
    ]:
        yield path.name, re.sub(r"[A-Za-z0-9+/=\\n]{500,}", "", path.read_text(encoding="utf-8"))


def test_every_notebook_runs_for_readers_outside(published: list[Record]) -> None:
    assert [(record.notebook, record.status, record.reason) for record in published if record.reason] == []
    assert {record.notebook for record in published} == set(NOTEBOOKS)


def test_no_name_of_a_partner_or_a_person_is_in_anything_published(
    published: list[Record], outside_home: Home, names: set[str]
) -> None:
    seen = dict(texts(outside_home))
    assert len(seen) > 3 * len(NOTEBOOKS)
    written = {form for name in names for form in (name, escape(name), escape(name, quote=False))}
    leaked = {(file, name) for file, text in seen.items() for name in written if name in text}
    assert not leaked


def test_the_copy_itself_holds_no_name(published: list[Record], outside_home: Home, names: set[str]) -> None:
    with Warehouse.open(Home(outside_home.root, is_outside=True).warehouse) as warehouse:
        for table in warehouse.tables():
            found = {str(value) for row in warehouse.rows(f"select * from {table}") for value in row}
            assert not found & names, table
    whole = Home(outside_home.root, is_outside=True).warehouse.read_bytes()
    assert not {name for name in names if len(name) > 12 and name.encode() in whole}


def test_an_outside_page_names_partners_by_id_and_counts_people_as_before(
    published: list[Record], outside_home: Home, home: Home
) -> None:
    page = (outside_home.reports / "outside_2_before_after.html").read_text(encoding="utf-8")
    assert re.search(r"FR\d{5}", page) and "account manager 1" in page
    counts = "select count(distinct {0}), count({0}) from roster_history"
    with (
        Warehouse.open(home.warehouse) as inside,
        Warehouse.open(Home(outside_home.root, is_outside=True).warehouse) as outside,
    ):
        for person in PEOPLE:
            assert inside.rows(counts.format(person)) == outside.rows(counts.format(person))


def test_an_outside_page_and_notebook_lead_nowhere_inside(published: list[Record], outside_home: Home) -> None:
    for file in ("outside_2_before_after.html", "notebooks/outside_2_before_after.2004-05-01.ipynb"):
        text = (outside_home.reports / file).read_text(encoding="utf-8")
        assert "index.html" not in text and str(outside_home.root) not in text


def test_the_same_build_and_parameters_give_the_same_page_but_for_its_footer(
    published: list[Record], outside_home: Home
) -> None:
    first, second = (
        (outside_home.reports / f"{name}_1_data_health.html").read_text(encoding="utf-8").partition("<footer>")[0]
        for name in ("outside", "again")
    )
    assert len(first) > 10_000 and first == second


def test_the_copy_is_made_once_for_a_build_and_again_when_it_is_damaged(
    published: list[Record], outside_home: Home, tmp_path: Path
) -> None:
    copy = Home(outside_home.root, is_outside=True).warehouse
    made_at = copy.stat().st_mtime_ns
    publish_outside(outside_home, tmp_path)
    assert copy.stat().st_mtime_ns == made_at
    copy.write_bytes(b"not a warehouse")
    publish_outside(outside_home, tmp_path)
    with Warehouse.open(copy) as warehouse:
        assert set(KEPT) < set(warehouse.tables())


def test_numbers_cannot_be_worked_out_from_a_list_of_names() -> None:
    first, second = (_selects()["roster_history"] for _ in range(2))
    assert first != second, "each copy has a salt of its own"


def test_every_column_that_is_copied_whole_was_judged(home: Home) -> None:
    with Warehouse.open(home.warehouse) as warehouse:
        for table, kept in KEPT.items():
            there = [name for name, *_ in warehouse.rows(f"describe {table}")]
            assert kept.split(", ") == there, f"is what is new in {table} free of names? Then name it in KEPT"


def test_without_the_copy_a_session_for_outside_opens_nothing(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "processed").mkdir(parents=True)
    (tmp_path / "data" / "processed" / "palier.duckdb").symlink_to(home.warehouse)
    monkeypatch.setenv(AUDIENCE, "outside")
    with pytest.raises(PalierError, match="nothing is published"):
        Warehouse.open(home_at(tmp_path).warehouse)
    monkeypatch.setenv(AUDIENCE, "outsiders")
    with pytest.raises(PalierError, match="must be inside or outside"):
        home_at(tmp_path)
