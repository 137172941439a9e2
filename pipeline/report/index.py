"""The index of all pages: what failed or is late first, each page with its history."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pipeline.base.document import toml_of
from pipeline.base.errors import PalierError
from pipeline.base.files import write_whole
from pipeline.base.home import Home
from pipeline.report.delivery import NOT_YET
from pipeline.report.due import Planned, is_given_up
from pipeline.report.order import Order, orders_of, orders_path
from pipeline.report.period import next_period
from pipeline.report.provenance import WARNING
from pipeline.report.record import Record, newest_shown, read_records
from pipeline.report.table import in_reading_order
from pipeline.report.task import LOG, NOTEBOOK

HERE = Path(__file__).parent
FIRST = {"failed": 0, "late": 1, "undelivered": 2, "published": 3}


def write_index(
    home: Home,
    orders: Sequence[Order] | None,
    planned: Sequence[Planned],
    to_go: Sequence[Planned],
    today: date,
    checked_at: str,
) -> None:
    """The index page, from the records.

    orders: none where reports.toml cannot be read; planned: all that it expects, empty where nobody looked; to_go: what of
    it is due and has not run yet; checked_at: when that was looked at, empty if never.
    A question by hand that never had an answer is not on it.
    """
    from pipeline.report.run import by_hand

    shown = [record for record in by_hand(home) if record["published"] or not record["parameters"]]
    shown += scheduled_pages(home, orders, planned, to_go, today)
    page = index_of(shown, (home.reports / "whatif.html").is_file(), checked_at)
    write_whole(home.reports / "index.html", page)


def refresh_index(home: Home, today: date) -> None:
    """The index after a report by hand; reports.toml, which that one did not need, may be wrong."""
    orders: list[Order] | None = None
    with suppress(PalierError):
        path = orders_path(home)
        orders = orders_of(path, toml_of(path), []).report
    write_index(home, orders, [], [], today, "")


def scheduled_pages(
    home: Home, orders: Sequence[Order] | None, planned: Sequence[Planned], to_go: Sequence[Planned], today: date
) -> list[dict[str, Any]]:
    """One entry per page that reports.toml has made or should have made, in the words that `index_of` shows.

    What reports.toml no longer names is left out. A page that it no longer expects, as that of a region that has left the
    roster, is neither failed nor late; it is there with what it last published.
    """
    by_name = {order.name: order for order in orders or ()}
    by_page: dict[str, list[Record]] = {}
    for record in read_records(home):
        if orders is None or record.report in by_name:
            by_page.setdefault(record.page, []).append(record)
    due: dict[str, list[Planned]] = {}
    for one in to_go:
        due.setdefault(one.page, []).append(one)
    expected = {one.page for one in planned} or {*by_page}
    for page in {*by_page} - expected:
        by_page[page] = [record for record in by_page[page] if record.files]
    pages = sorted(page for page in {*by_page, *due} if by_page.get(page) or page in due)
    return [
        _entry(home, page, by_page.get(page, []), due.get(page, []), by_name, page in expected, today) for page in pages
    ]


def _entry(
    home: Home,
    page: str,
    records: list[Record],
    due: list[Planned],
    orders: Mapping[str, Order],
    is_expected: bool,
    today: date,
) -> dict[str, Any]:
    """A page by its newest period; the page still shown is that of the newest published one. Periods to come are a clock's mistake."""
    counted = [record for record in records if record.status != "skipped" and record.period <= today]
    newest, shown = counted[-1] if counted else None, newest_shown(records, today).get(page)
    status, failure, reason = "published", "", ""
    if newest and newest.status != "published" and is_expected:
        status = "failed" if newest.status == "failed" else "late"
        failure, reason = newest.failure, newest.reason
    elif newest and newest.delivery not in ("", NOT_YET):
        status = "undelivered"
    waiting = [one for one in due if newest is None or one.period >= newest.period]
    if waiting and status != "failed":
        first = max(one.period for one in waiting)
        status, failure, reason = "late", "due", f"the period from {first} on has not run yet"
    order = orders.get(records[0].report if records else due[0].order.name)
    return {
        "name": page, "place": list(orders).index(order.name) if order else len(orders), "status": status, "failure": failure,
        "reason": reason, "made_at": newest.made_at if newest else "", "parameters": newest.parameters if newest else {},
        "published": {**shown.about, "period": shown.period} if shown else None,
        "kept": _kept(home, newest) if newest else [], "delivery": newest.delivery if newest else "",
        "try": _tried(newest) if newest and newest.attempts else "",
        "notes": _notes(shown) if shown else [], "files": [file for file in shown.files if not file.endswith(".html")] if shown else [],
        "history": [_past(record) for record in reversed(records)],
        "next": next_period(order.every, order.start, today) if order and is_expected else None,
    }  # fmt: skip


def _tried(record: Record) -> str:
    """Of which period a failure is, and whether another try comes by itself."""
    given_up = ", given up until something changes" if is_given_up(record) else ""
    return f"period from {record.period} on, try {record.attempts}{given_up}"


def _kept(home: Home, record: Record) -> list[tuple[str, str]]:
    """What is left of a failure: words and link of each file that says something."""
    files = (("the notebook as far as it ran", NOTEBOOK), ("its log", LOG)) if record.kept else ()
    paths = ((words, f"{record.kept}/{file}") for words, file in files)
    return [
        (words, path)
        for words, path in paths
        if (home.reports / path).is_file() and (home.reports / path).stat().st_size
    ]


def _notes(record: Record) -> list[str]:
    """Who has a page."""
    outside = ["for readers outside"] if record.audience == "outside" else []
    return outside + ([f"delivered to {', '.join(record.delivered)}"] if record.delivered else [])


def _past(record: Record) -> dict[str, Any]:
    """One line of a page's history."""
    return {
        "period": record.period, "status": record.status, "link": f"{record.name}.html" if record.files else "",
        "why": ": ".join(word for word in (record.failure, record.reason, record.delivery) if word), "made_at": record.made_at,
        "seconds": record.seconds, "peak_mb": record.peak_mb,
    }  # fmt: skip


def index_of(records: Sequence[Mapping[str, Any]], has_whatif: bool = False, checked_at: str = "") -> str:
    """The index page: failed reports first, then late ones, then undelivered ones, then as reports.toml has them, the whole before its parts.

    Pages by hand come last, by notebook, the highest number first.

    has_whatif: whether the page on which one moves the thresholds lies beside it.
    """
    from pipeline.report.fragment import STYLE
    from pipeline.report.publish import PAGE_STYLE, POLICY

    pages = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(["j2"]), undefined=StrictUndefined)
    records = [_complete(record) for record in records]
    by_name = sorted(records, key=lambda record: str(record["name"]))
    by_notebook = sorted(by_name, key=lambda record: str(record["name"]).partition("-")[0], reverse=True)
    ordered = sorted(by_notebook, key=lambda record: (FIRST[record["status"]], record["place"]))
    invented = any(record["published"].get("is_invented") for record in records if record["published"])
    page = pages.get_template("index.html.j2").render(
        records=ordered,
        counts={status: sum(record["status"] == status for record in ordered) for status in FIRST},
        has_whatif=has_whatif,
        checked_at=checked_at,
        invented=WARNING if invented else "",
        policy=POLICY,
        style=PAGE_STYLE + STYLE,
    )
    return in_reading_order(page)


def _complete(record: Mapping[str, Any]) -> dict[str, Any]:
    """With what a page by hand does not have: a place in reports.toml, a period, a history, deliveries, a next day."""
    published = {"period": None, "newest": "", **record["published"]} if record["published"] else None
    by_hand = {
        "place": inf,
        "history": [],
        "next": None,
        "kept": [],
        "delivery": "",
        "try": "",
        "notes": ["made by hand"],
        "files": [],
    }
    return {**by_hand, **record, "published": published}
