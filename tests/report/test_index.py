"""What the index says of each page, from its records."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_home import ABOUT

from pipeline.base.home import Home
from pipeline.report.due import Planned
from pipeline.report.index import scheduled_pages, write_index
from pipeline.report.order import Order
from pipeline.report.record import Record, write_record

FIRST, SECOND, THIRD = date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30)
ORDER = Order.model_validate({"name": "weekly", "notebook": "n", "every": "week", "start": FIRST})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def remember(home: Home, period: date, status: str = "published", page: str = "weekly", **told: Any) -> None:
    shows = {"files": [f"{page}.{period}.html"], "about": {**ABOUT, "title": page, "made_at": "then", "parameters": {}}}
    fields = {
        "report": "weekly",
        "page": page,
        "period": period,
        "notebook": "n",
        "parameters": {},
        "status": status,
        "made_at": "then",
    }
    write_record(home, Record.model_validate({**fields, **(shows if status == "published" else {}), **told}))


def planned(page: str = "weekly", period: date = THIRD) -> Planned:
    return Planned(ORDER, page, period, {}, "done", "", None, [])


def pages(home: Home, *expected: Planned, today: date = THIRD) -> dict[str, dict[str, Any]]:
    return {page["name"]: page for page in scheduled_pages(home, [ORDER], expected or [planned()], [], today)}


def test_what_a_clock_that_ran_ahead_made_hides_no_failure(home: Home) -> None:
    remember(home, SECOND)
    remember(home, THIRD, "failed", failure="notebook_error", attempts=2)
    remember(home, date(2027, 3, 29))
    page = pages(home)["weekly"]
    assert (page["status"], page["try"], page["published"]["period"]) == (
        "failed",
        "period from 2026-03-30 on, try 2",
        SECOND,
    )


def test_a_page_that_is_expected_no_more_is_neither_failed_nor_late(home: Home) -> None:
    remember(home, SECOND, page="weekly-region-Corse")
    remember(home, THIRD, "failed", page="weekly-region-Corse")
    remember(home, THIRD, "waiting", page="weekly-region-Limousin")
    remember(home, THIRD, page="weekly-region-Alsace")
    found = pages(home, planned("weekly-region-Alsace"))
    assert {name: (page["status"], page["next"]) for name, page in found.items()} == {
        "weekly-region-Alsace": ("published", date(2026, 4, 6)),
        "weekly-region-Corse": ("published", None),
    }


def test_a_report_that_nothing_names_leaves_the_index_also_when_none_is_left(home: Home) -> None:
    remember(home, THIRD)
    assert scheduled_pages(home, [], [], [], THIRD) == []
    assert len(scheduled_pages(home, None, [], [], THIRD)) == 1, "nobody could read reports.toml"


def test_the_index_counts_what_is_not_delivered_and_says_when_it_looked(home: Home) -> None:
    remember(
        home,
        THIRD,
        delivery="anna@example.org: it said 550",
        delivered=["shared"],
        files=["weekly.2026-03-30.html", "weekly.2026-03-30.pdf"],
    )
    write_index(home, [ORDER], [planned()], [], THIRD, "2026-03-30 06:00 UTC")
    page = (home.reports / "index.html").read_text(encoding="utf-8")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "0 failed, 0 late, 1 not delivered, 0 as they should be. Looked at on 2026-03-30 06:00 UTC" in words
    assert '<li class="undelivered">' in page and "delivered to shared" in words
    assert '<a href="weekly.2026-03-30.pdf">PDF</a>' in page


def test_a_failure_leads_to_what_is_left_of_it_if_that_says_something(home: Home) -> None:
    kept = home.reports / "failed" / "weekly.2026-03-30"
    kept.mkdir(parents=True)
    (kept / "notebook.ipynb").write_text("{}", encoding="utf-8")
    (kept / "log.txt").touch()
    remember(home, THIRD, "failed", kept="failed/weekly.2026-03-30")
    assert pages(home)["weekly"]["kept"] == [
        ("the notebook as far as it ran", "failed/weekly.2026-03-30/notebook.ipynb")
    ]
    (kept / "log.txt").write_text("Killed", encoding="utf-8")
    assert [words for words, _ in pages(home)["weekly"]["kept"]] == ["the notebook as far as it ran", "its log"]
