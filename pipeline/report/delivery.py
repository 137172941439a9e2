"""Delivers published pages: where reports.toml wants them, minus where they were delivered. A failure is told and tried again."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.files import write_whole
from pipeline.base.home import Home
from pipeline.report.letter import letter
from pipeline.report.mailbox import Mailbox, Undelivered
from pipeline.report.order import Order, Orders
from pipeline.report.record import Record, newest_shown, read_records, write_record
from pipeline.report.table import shown

ATTEMPTS = 3
NOT_YET = "not delivered yet"
LONGEST_REASON = 500
LINK = '<a href="index.html">All reports</a>'
"""Leads nowhere where the page is delivered to."""


def places_of(order: Order) -> list[str]:
    """Where the pages of a report go: its folder, then its addresses."""
    return list(dict.fromkeys([*([order.deliver_to] if order.deliver_to else []), *order.mail_to]))


def deliver(home: Home, orders: Orders, at: datetime, password: str) -> list[Record]:
    """Deliver all that is owed; the records of what was tried, with `delivery` saying what is still missing and why."""
    by_name = {order.name: order for order in orders.report}
    records, told = read_records(home), []
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(orders.mail, password)) if orders.mail else None
        for record, names in _owed(records, by_name, at.date()):
            order = by_name[record.report]
            if _is_given_up(record, order, orders, at.date()):
                told.append(record)
                continue
            missing = [place for place in places_of(order) if place not in record.delivered]
            failures = _failures(home, order, record, names, missing, mailbox, at)
            given = [place for place in missing if place not in failures]
            settings = _settings(order, orders, at.date())
            tries = record.refusals if record.refused_with == settings else 0
            tried = record.model_copy(
                update={
                    "delivered": [*record.delivered, *given],
                    "delivery": shown("; ".join(f"{place}: {failure.why}" for place, failure in failures.items()))[
                        :LONGEST_REASON
                    ],
                    "refusals": tries + any(failure.is_final for failure in failures.values()),
                    "refused_with": settings,
                }
            )
            write_record(home, tried)
            told.append(tried)
    return told


def _owed(records: list[Record], orders: dict[str, Order], today: date) -> Iterator[tuple[Record, list[str]]]:
    """Pages marked as undelivered, and the newest of each report that never reached a place.

    With the names that a copy gets: that of its period, and for the newest page the name that stays.
    """
    newest = newest_shown(records, today)
    for record in records:
        if record.status != "published" or record.report not in orders:
            continue
        missing = set(places_of(orders[record.report])) - set(record.delivered)
        is_newest = newest.get(record.page) == record
        if record.delivery or (missing and is_newest):
            yield record, [record.name, record.page] if is_newest else [record.name]


def _is_given_up(record: Record, order: Order, orders: Orders, today: date) -> bool:
    """Whether it was refused too often, for today. What cannot be reached is tried at every call."""
    return record.refusals >= ATTEMPTS and record.refused_with == _settings(order, orders, today)


def _settings(order: Order, orders: Orders, today: date) -> str:
    """What a delivery was tried with, and on which day; when it changes, one that was refused too often is tried again."""
    return sha256(repr((order.deliver_to, order.mail_to, orders.mail, today)).encode()).hexdigest()


def _failures(
    home: Home,
    order: Order,
    record: Record,
    names: list[str],
    missing: list[str],
    mailbox: Mailbox | None,
    at: datetime,
) -> dict[str, Undelivered]:
    """Deliver to the places that are missing; those that it could not be brought to, each with the reason."""
    try:
        page = (
            (home.reports / f"{record.name}.html").read_text(encoding="utf-8").replace(LINK, "<span>Palier</span>", 1)
        )
    except OSError as error:
        return dict.fromkeys(missing, Undelivered(f"the page cannot be read ({error.strerror})"))
    failures: dict[str, Undelivered] = {}
    if order.deliver_to in missing:
        try:
            _copy(home, home.root / order.deliver_to, record, names, page)
        except (PalierError, OSError) as error:
            failures[order.deliver_to] = Undelivered(str(error))
    addresses = [place for place in missing if place in order.mail_to]
    if addresses and mailbox:
        message = letter(record, page, mailbox.mail.sender, addresses, at)
        failures |= mailbox.send(message, addresses)
    return failures


def _copy(home: Home, folder: Path, record: Record, names: list[str], page: str) -> None:
    """The page, and its PDF where there is one, under these names, each in one step. What may be mounted is never made."""
    if not folder.resolve().is_relative_to(home.root) and not folder.parent.is_dir():
        raise PalierError(
            f"{folder.parent}: is not there. Mount it or make it; only folders in the home are made here."
        )
    pdf = home.reports / f"{record.name}.pdf"
    for name in names:
        if pdf.name in record.files:
            write_whole(folder / f"{name}.pdf", pdf.read_bytes())
        write_whole(folder / f"{name}.html", page)
