"""Runs what is due: one runner at a time; a failure keeps the old page and does not stop the others."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.lock import only_one
from pipeline.ledger.outside import publish_outside
from pipeline.report.delivery import NOT_YET, deliver, places_of
from pipeline.report.due import Planned, plan
from pipeline.report.index import write_index
from pipeline.report.keep import clear_work, drop_old, keep_failed, publish, show_newest, withdraw_inside, work_folder
from pipeline.report.kernels import Kernels, kernels_for_a_run
from pipeline.report.known import known
from pipeline.report.leftover import end_marked, mark_of
from pipeline.report.order import Order, Orders
from pipeline.report.order_review import parameters_of, read_all_orders
from pipeline.report.parameters import GIVEN_BY_THE_RUNNER
from pipeline.report.pool import outcomes
from pipeline.report.record import Record, read_records, write_record
from pipeline.report.task import Outcome, Task

INDEX_SECONDS = 2


@dataclass(frozen=True)
class Asked:
    """What a call of the runner is about. at: the moment, in the zone whose days count; since: also run missed periods from then on.

    password: of the mail server.
    """

    at: datetime
    since: date | None = None
    workers: int = 0
    kernels: Kernels = "ordinary"
    password: str = field(default="", repr=False)

    @property
    def made_at(self) -> str:
        """As pages and records write it."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.at.tzname() or 'UTC'}"

    @property
    def day(self) -> date:
        """The day that it is."""
        return self.at.date()


def planned(home: Home, asked: Asked) -> list[Planned]:
    """What `run_due` would do now, and why. Raises PalierError with every mistake in reports.toml, before anything runs."""
    _, all_planned = _planned(home, asked)
    return all_planned


def run_due(home: Home, asked: Asked, progress: Callable[[str], None]) -> list[Record]:
    """Run all that is due and publish it; the records of what ran or is waiting.

    Raises PalierError, before anything runs, for mistakes in reports.toml, when nothing is published to report on, or
    when another runner is at work.
    """
    with only_one(home.reports / "due.lock", "another `palier report --due` is running"):
        everything, all_planned = _planned(home, asked)
        orders = everything.report
        end_marked(mark_of(home))  # of a runner that was killed: we hold its lock
        clear_work(home)
        withdraw_inside(home, read_records(home), {order.name for order in orders if order.audience == "outside"})
        told = _not_run(home, asked, all_planned)
        todo = [one for one in all_planned if one.action == "run"]
        todo, refused = _without_names(home, asked, todo)
        told += refused
        write_index(home, orders, todo, asked.day)
        told += _run_all(home, asked, orders, todo, progress)
        stay = drop_old(home, read_records(home), {order.name: order.keep for order in orders})
        show_newest(home, stay, asked.day)
        delivered = deliver(home, everything, asked.at, asked.password)
        clear_work(home)
        write_index(home, orders, [], asked.day)
    return list({record.name: record for record in (*told, *delivered)}.values())


def _run_all(
    home: Home, asked: Asked, orders: list[Order], todo: list[Planned], progress: Callable[[str], None]
) -> list[Record]:
    """Run these and publish each as it ends, with the index kept up to date, so that a runner that is killed left the truth."""
    to_go = {one.name: one for one in todo}
    known_records = {record.name: record for record in read_records(home)}
    told, indexed_at = [], time.monotonic()
    with kernels_for_a_run(asked.kernels) as address:
        tasks = [_task(home, asked, one, address) for one in todo]
        with closing(outcomes(home, tasks, asked.workers or _workers(), os.environ)) as ended:
            for task, outcome in ended:
                record = _concluded(home, asked, to_go.pop(task.name), task, outcome)
                told.append(record)
                known_records[record.name] = record
                of_page = [one for one in known_records.values() if one.page == record.page]
                show_newest(home, sorted(of_page, key=lambda one: one.period), asked.day)
                progress(f"{record.status} {record.name}, {len(to_go)} to go")
                if time.monotonic() - indexed_at > INDEX_SECONDS:
                    write_index(home, orders, list(to_go.values()), asked.day)
                    indexed_at = time.monotonic()
    return told


def _planned(home: Home, asked: Asked) -> tuple[Orders, list[Planned]]:
    if not home.warehouse.is_file():
        raise PalierError(f"{home.warehouse}: nothing is published yet. Run `palier run` first.")
    data = known(home)
    orders = read_all_orders(home, data.ever())
    return orders, plan(home, orders.report, data, read_records(home), asked.day, asked.since)


def _workers() -> int:
    """One for each processor that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _not_run(home: Home, asked: Asked, all_planned: list[Planned]) -> list[Record]:
    """Write down what waits for its data, and what was missed and is left out; the former are told of."""
    told = []
    for one in all_planned:
        if one.action == "wait":
            record = _record(one, asked, "waiting", "data_not_ready", one.why)
            told.append(record)
        elif one.action == "skip":
            record = _record(one, asked, "skipped", "", one.why)
        else:
            continue
        if one.before is None or one.before.status == "waiting":  # what ran once keeps its own record
            write_record(home, record)
    return told


def _without_names(home: Home, asked: Asked, todo: list[Planned]) -> tuple[list[Planned], list[Record]]:
    """See to the copy without names, where a report is for readers outside; those cannot run when it cannot be made."""
    outside = [one for one in todo if one.order.audience == "outside"]
    if not outside:
        return todo, []
    try:
        publish_outside(home)
        return todo, []
    except PalierError as error:
        refused = [_record(one, asked, "waiting", "data_not_ready", str(error)) for one in outside]
        for record in refused:
            write_record(home, record)
        return [one for one in todo if one.order.audience == "inside"], refused


def _task(home: Home, asked: Asked, one: Planned, address: str) -> Task:
    notebook = home.file("notebooks", f"{one.order.notebook}.ipynb")
    at_home = {GIVEN_BY_THE_RUNNER: str(home.root)} if GIVEN_BY_THE_RUNNER in parameters_of(notebook) else {}
    order = one.order
    return Task(
        one.name, str(notebook), {**one.parameters, **at_home}, str(work_folder(home, one.name)), asked.made_at,
        order.audience, order.cell_seconds, order.report_seconds, address, "pdf" in order.formats,
    )  # fmt: skip


def _concluded(home: Home, asked: Asked, one: Planned, task: Task, outcome: Outcome) -> Record:
    """Publish it, or keep what there is of it; then the record, which alone says that it is done."""
    folder, files = Path(task.folder), list[str]()
    if not outcome.failure:
        try:
            files = publish(home, folder, one.name, list(one.order.formats))
        except PalierError as error:
            outcome = replace(outcome, failure="render_error", reason=str(error), about={})
    status = "failed" if outcome.failure else "published"
    before = one.before if one.before and one.before.audience == one.order.audience else None
    record = _record(one, asked, status, outcome.failure, outcome.reason).model_copy(
        update={
            "kept": str(keep_failed(home, folder, one.name).relative_to(home.reports)) if outcome.failure else "",
            "seconds": outcome.seconds,
            "peak_mb": outcome.peak_mb,
            "attempts": _attempts(one) + 1,
            "files": files or (before.files if before else []),
            "about": outcome.about or (before.about if before else {}),
            "delivery": NOT_YET if status == "published" and places_of(one.order) else "",
        }
    )
    write_record(home, record)
    return record


def _attempts(one: Planned) -> int:
    """How often it failed with the same data, notebook and version."""
    before = one.before
    same = before is not None and before.status == "failed" and before.tried_on == one.tried_on
    return before.attempts if before and same and before.parameters == one.parameters else 0


def _record(one: Planned, asked: Asked, status: str, failure: str, reason: str) -> Record:
    return Record.model_validate({
        "report": one.order.name, "page": one.page, "period": one.period, "notebook": one.order.notebook,
        "parameters": one.parameters, "audience": one.order.audience, "status": status, "failure": failure, "reason": reason, "made_at": asked.made_at,
        "tried_on": one.tried_on,
    })  # fmt: skip
