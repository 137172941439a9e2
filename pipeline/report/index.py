"""The index of all pages: what failed or is late first, each page with its history."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pipeline.base.document import toml_of
from pipeline.base.errors import PalierError
from pipeline.base.files import write_whole
from pipeline.base.home import Home
from pipeline.report.due import Planned
from pipeline.report.order import Order, orders_of, orders_path
from pipeline.report.period import next_period
from pipeline.report.provenance import WARNING
from pipeline.report.record import Record, read_records

HERE = Path(__file__).parent
FIRST = {"failed": 0, "late": 1, "published": 2}


def write_index(
    home: Home, orders: Sequence[Order] = (), to_go: Sequence[Planned] = (), today: date | None = None
) -> None:
    """The index page, from the records. to_go: what is due and has not run yet.

    A question by hand that never had an answer is not on it.
    """
    from pipeline.report.run import by_hand

    shown = [record for record in by_hand(home) if record["published"] or not record["parameters"]]
    shown += scheduled_pages(home, orders, to_go, today)
    write_whole(home.reports / "index.html", index_of(shown, (home.reports / "whatif.html").is_file()))


def refresh_index(home: Home, today: date) -> None:
    """The index after a report by hand; reports.toml, which that one did not need, may be wrong."""
    orders: list[Order] = []
    with suppress(PalierError):
        path = orders_path(home)
        orders = orders_of(path, toml_of(path), []).report
    write_index(home, orders, [], today)


def scheduled_pages(
    home: Home, orders: Sequence[Order] = (), to_go: Sequence[Planned] = (), today: date | None = None
) -> list[dict[str, Any]]:
    """One entry per page that reports.toml has made or should have made, in the words that `index_of` shows."""
    by_page: dict[str, list[Record]] = {}
    for record in read_records(home):
        by_page.setdefault(record.page, []).append(record)
    due: dict[str, list[Planned]] = {}
    for one in to_go:
        due.setdefault(one.page, []).append(one)
    by_name = {order.name: order for order in orders}
    if by_name:  # what reports.toml no longer names is neither failed nor late
        by_page = {page: records for page, records in by_page.items() if records[0].report in by_name}
    return [_entry(page, by_page.get(page, []), due.get(page, []), by_name, today) for page in sorted({*by_page, *due})]


def _entry(
    page: str, records: list[Record], due: list[Planned], orders: Mapping[str, Order], today: date | None
) -> dict[str, Any]:
    """A page by its newest period; the page still shown is that of the newest published one."""
    published = [record for record in records if record.files]
    counted = [record for record in records if record.status != "skipped"]
    newest, shown = counted[-1] if counted else None, published[-1] if published else None
    status, failure, reason = "published", "", ""
    if newest and newest.status != "published":
        status = "failed" if newest.status == "failed" else "late"
        failure, reason = newest.failure, newest.reason
    waiting = [one for one in due if newest is None or one.period >= newest.period]
    if waiting and status != "failed":
        status, failure, reason = (
            "late",
            "due",
            f"the period from {max(one.period for one in waiting)} on has not run yet",
        )
    report = newest.report if newest else due[0].order.name
    order = orders.get(report)
    return {
        "name": page, "status": status, "failure": failure, "reason": reason, "made_at": newest.made_at if newest else "",
        "parameters": newest.parameters if newest else {}, "published": {**shown.about, "period": shown.period} if shown else None,
        "kept": newest.kept if newest else "", "delivery": newest.delivery if newest else "", "history": [_past(record) for record in reversed(records)],
        "next": next_period(order.every, order.start, today) if order and today else None,
    }  # fmt: skip


def _past(record: Record) -> dict[str, Any]:
    """One line of a page's history."""
    return {
        "period": record.period, "status": record.status, "link": record.files and f"{record.name}.html",
        "why": ": ".join(word for word in (record.failure, record.reason, record.delivery) if word), "made_at": record.made_at,
        "seconds": record.seconds, "peak_mb": record.peak_mb, "attempts": record.attempts,
    }  # fmt: skip


def index_of(records: Sequence[Mapping[str, Any]], has_whatif: bool = False) -> str:
    """The index page: failed reports first, then late ones, then by notebook, the highest number first, the whole before its parts.

    has_whatif: whether the page on which one moves the thresholds lies beside it.
    """
    from pipeline.report.fragment import STYLE
    from pipeline.report.publish import PAGE_STYLE, POLICY

    pages = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(["j2"]), undefined=StrictUndefined)
    records = [_complete(record) for record in records]
    by_name = sorted(records, key=lambda record: str(record["name"]))
    by_notebook = sorted(by_name, key=lambda record: str(record["name"]).partition("-")[0], reverse=True)
    ordered = sorted(by_notebook, key=lambda record: FIRST[record["status"]])
    invented = any(record["published"].get("is_invented") for record in records if record["published"])
    return pages.get_template("index.html.j2").render(
        records=ordered,
        counts={status: sum(record["status"] == status for record in ordered) for status in FIRST},
        has_whatif=has_whatif,
        invented=WARNING if invented else "",
        policy=POLICY,
        style=PAGE_STYLE + STYLE,
    )


def _complete(record: Mapping[str, Any]) -> dict[str, Any]:
    """With what a page by hand does not have: a period, a history, a next day, a kept notebook."""
    published = {"period": None, **record["published"]} if record["published"] else None
    return {"history": [], "next": None, "kept": "", "delivery": "", **record, "published": published}
