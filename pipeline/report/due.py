"""What is due: reports × periods × parameters that reports.toml expects, minus those that are done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pipeline
from pipeline.base.home import Home
from pipeline.report.known import Known
from pipeline.report.order import Order
from pipeline.report.order_review import GIVEN_BY_THE_PERIOD, as_given, parameters_of
from pipeline.report.parameters import page_name
from pipeline.report.period import as_of, newest_periods
from pipeline.report.record import Record, is_done

ATTEMPTS = 3
IN_VAIN = "bad_parameters"
"""To try again with the same data cannot help."""
Action = Literal["run", "done", "wait", "give up", "skip"]


@dataclass(frozen=True)
class Planned:
    """One report of one period. parameters: what its notebook is given, beside the home; before: its record, if any.

    tried_on: build, notebook with rulebooks, version and limits; when one changes, a report that failed for good is tried again.
    """

    order: Order
    page: str
    period: date
    parameters: dict[str, Any]
    action: Action
    why: str
    before: Record | None
    tried_on: list[str]

    @property
    def name(self) -> str:
        """The name of its files: page and period."""
        return f"{self.page}.{self.period}"

    @property
    def asked(self) -> tuple[str, dict[str, Any], str]:
        """What it is to answer, as a record says it: notebook, parameters and audience."""
        return self.order.notebook, self.parameters, self.order.audience


def plan(
    home: Home, orders: list[Order], known: Known, records: list[Record], today: date, since: date | None
) -> list[Planned]:
    """All that reports.toml expects of the periods it keeps, with what to do about it and why; newest periods first."""
    by_page: dict[str, dict[date, Record]] = {}
    for record in records:
        by_page.setdefault(record.page, {})[record.period] = record
    notebooks = {path.stem: path for path in home.files("notebooks", ".ipynb")}
    rules = [*home.files("programmes", ".toml"), *home.files("scenarios", ".toml")]
    found: list[Planned] = []
    for order in orders:
        notebook = notebooks[order.notebook]
        own = set(parameters_of(notebook))
        limits = f"{order.cell_seconds} {order.report_seconds}"
        tried_on = [known.build_id, _hash([notebook, *rules]), pipeline.__version__, limits]
        periods = newest_periods(order.every, order.start, today, order.keep + 1)
        for page, value in _pages(order, known, periods):
            found += _of_page(home, order, page, value, own, known, by_page.get(page, {}), periods, since, tried_on)
    return sorted(found, key=lambda one: (-one.period.toordinal(), one.page))


def is_given_up(record: Record) -> bool:
    """Whether it is not tried again before something changes."""
    return record.status == "failed" and (record.attempts >= ATTEMPTS or record.failure == IN_VAIN)


def _hash(paths: list[Path]) -> str:
    """Of the content of these files, in their order."""
    return sha256(b"\0".join(sha256(path.read_bytes()).digest() for path in paths)).hexdigest()


def _pages(order: Order, known: Known, periods: list[date]) -> Iterator[tuple[str, dict[str, str]]]:
    """The pages of a report, each with its group's value; a value that left the roster still had its past periods."""
    if not order.group:
        yield order.name, {}
        return
    values = order.for_each[order.group] or sorted({
        value for first in periods for value in known.values(order.group, as_of(first))
    })  # fmt: skip
    for value in values:
        yield page_name(order.name, {order.group: value}), {order.group: value}


def _of_page(
    home: Home, order: Order, page: str, value: dict[str, str], own: set[str], known: Known,
    records: Mapping[date, Record], periods: list[date], since: date | None, tried_on: list[str],
) -> Iterator[Planned]:  # fmt: skip
    """The periods of one page, from the newest on: the newest whose data are there runs, earlier ones only on request."""
    first_known = min(records, default=None)
    has_newer = False
    for first in periods:
        before = records.get(first)
        if (
            value
            and not order.for_each[order.group]
            and value[order.group] not in known.values(order.group, as_of(first))
        ):
            continue
        period = {GIVEN_BY_THE_PERIOD: as_of(first).isoformat()} if GIVEN_BY_THE_PERIOD in own else {}
        given = {**{name: as_given(one) for name, one in order.params.items()}, **value, **period}
        asked = since is not None and first >= since
        missed = first_known is not None and first > first_known
        action: Action
        if is_done(home, before, (order.notebook, given, order.audience), order.formats):
            action, why = "done", f"published {before.made_at}" if before else ""
        elif has_newer and not asked and not (order.catch_up == "every" and (missed or before)):
            action, why = "skip", "a newer period is there; --since runs it"
        elif missing := known.missing(order.ready_when, as_of(first), order.may_lag_days):
            action, why = "wait", missing
        else:
            action, why = _action(before, order, given, tried_on)
        is_of_interest = first == periods[0] or asked or missed or before is not None or action == "run"
        has_newer = has_newer or action not in ("wait", "skip")
        if is_of_interest:
            yield Planned(order, page, first, given, action, why, before, tried_on)


def _action(before: Record | None, order: Order, given: dict[str, Any], tried_on: list[str]) -> tuple[Action, str]:
    """Run it, unless it failed too often with nothing changed since."""
    if before is None or before.status in ("waiting", "skipped"):
        return "run", "never run"
    if before.asked != (order.notebook, given, order.audience):
        return "run", "its parameters have changed"
    if before.status == "published":
        return "run", "a file of it is missing"
    if before.tried_on == tried_on and is_given_up(before):
        times = "once" if before.attempts == 1 else f"{before.attempts} times"
        mend = "mend its notebook, parameters, limits or rulebook, or wait for other data"
        return "give up", f"failed {times} ({before.failure}); {mend}"
    return "run", f"failed before ({before.failure})"
