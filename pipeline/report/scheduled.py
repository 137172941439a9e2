"""Runs what is due: one runner at a time; a failure keeps the old page and does not stop the others."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.lock import only_one
from pipeline.ledger.outside import publish_outside
from pipeline.report.concluded import KILLED, concluded, killed, skipped, waiting
from pipeline.report.delivery import deliver
from pipeline.report.due import Planned, plan
from pipeline.report.index import write_index
from pipeline.report.keep import clear_work, drop_old, show_newest, withdraw_names, work_folder
from pipeline.report.kernels import Kernels, kernels_for_a_run
from pipeline.report.known import known
from pipeline.report.leftover import MARK, end_marked, mark_of, temporary_folder
from pipeline.report.order import Order, Orders
from pipeline.report.order_review import parameters_of, read_all_orders
from pipeline.report.parameters import GIVEN_BY_THE_RUNNER
from pipeline.report.pool import outcomes, processors
from pipeline.report.record import Record, read_records
from pipeline.report.task import NOTEBOOK, Outcome, Task

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
        if _killed(home, asked, all_planned):
            everything, all_planned = _planned(home, asked)
        withdraw_names(home, read_records(home), {order.name for order in orders if order.audience == "outside"})
        clear_work(home)
        try:
            told = _not_run(home, asked, all_planned)
            todo = [one for one in all_planned if one.action == "run"]
            todo, refused = _without_names(home, asked, todo)
            write_index(home, orders, all_planned, todo, asked.day, asked.made_at)
            told += refused + _run_all(home, asked, orders, all_planned, todo, progress)
            expected = {one.name: one.period for one in all_planned}
            stay = drop_old(home, read_records(home), {order.name: order.keep for order in orders}, expected)
            show_newest(home, stay, asked.day)
            write_index(home, orders, all_planned, [], asked.day, asked.made_at)  # a mail server may take its time
            delivered = deliver(home, everything, asked.at, asked.password)
        finally:
            clear_work(home)  # what is left there tells the next call that this one was killed
        write_index(home, orders, all_planned, [], asked.day, asked.made_at)
    return list({record.name: record for record in (*told, *delivered)}.values())


def _killed(home: Home, asked: Asked, all_planned: list[Planned]) -> list[Record]:
    """Write down what was at work when a runner was killed."""
    begun = {path.parent.name for path in (home.reports / "work").glob(f"*/{NOTEBOOK}")}
    return [killed(home, one, asked.made_at) for one in all_planned if one.action == "run" and one.name in begun]


def _run_all(
    home: Home,
    asked: Asked,
    orders: list[Order],
    all_planned: list[Planned],
    todo: list[Planned],
    progress: Callable[[str], None],
) -> list[Record]:
    """Run what is `todo` and publish each as it ends, with the index kept up to date, so that a runner that is killed left the truth."""
    to_go = {one.name: one for one in todo}
    known_records = {record.name: record for record in read_records(home)}
    told, indexed_at = [], time.monotonic()
    with closing(_outcomes(home, asked, todo)) as ended:
        for task, outcome in ended:
            record = concluded(home, to_go.pop(task.name), task, outcome)
            told.append(record)
            known_records[record.name] = record
            of_page = [one for one in known_records.values() if one.page == record.page]
            show_newest(home, sorted(of_page, key=lambda one: one.period), asked.day)
            progress(f"{record.status} {record.name}, {len(to_go)} to go")
            if time.monotonic() - indexed_at > INDEX_SECONDS:
                write_index(home, orders, all_planned, list(to_go.values()), asked.day, asked.made_at)
                indexed_at = time.monotonic()
    return told


def _outcomes(home: Home, asked: Asked, todo: list[Planned]) -> Generator[tuple[Task, Outcome]]:
    """What comes of these, as they end; what may have killed a runner last, and each alone."""
    suspects = [one for one in todo if one.before and one.before.reason == KILLED]
    others = [one for one in todo if one not in suspects]
    with ExitStack() as stack:
        environment = {**os.environ, "TMPDIR": stack.enter_context(temporary_folder(home))}
        address = stack.enter_context(kernels_for_a_run(asked.kernels, {**environment, MARK: mark_of(home, "fork;")}))
        for some, workers in ((others, asked.workers or processors()), (suspects, 1)):
            tasks = [_task(home, asked, one, address) for one in some]
            yield from stack.enter_context(closing(outcomes(home, tasks, workers, environment)))


def _planned(home: Home, asked: Asked) -> tuple[Orders, list[Planned]]:
    if not home.warehouse.is_file():
        raise PalierError(f"{home.warehouse}: nothing is published yet. Run `palier run` first.")
    data = known(home)
    orders = read_all_orders(home, data.ever())
    return orders, plan(home, orders.report, data, read_records(home), asked.day, asked.since)


def _not_run(home: Home, asked: Asked, all_planned: list[Planned]) -> list[Record]:
    """Write down what waits for its data, and what was missed and is left out; the former are told of, and what failed for good."""
    told = []
    for one in all_planned:
        if one.action == "wait":
            told.append(waiting(home, one, asked.made_at, one.why))
        elif one.action == "skip":
            skipped(home, one, asked.made_at)
        elif one.action == "give up" and one.before:
            told.append(one.before)
    return told


def _without_names(home: Home, asked: Asked, todo: list[Planned]) -> tuple[list[Planned], list[Record]]:
    """See to the copy without names, where a report is for readers outside; those cannot run when it cannot be made."""
    outside = [one for one in todo if one.order.audience == "outside"]
    if not outside:
        return todo, []
    try:
        publish_outside(home, work_folder(home, "outside"))
        return todo, []
    except PalierError as error:
        refused = [waiting(home, one, asked.made_at, str(error)) for one in outside]
        return [one for one in todo if one.order.audience == "inside"], refused


def _task(home: Home, asked: Asked, one: Planned, address: str) -> Task:
    notebook = home.file("notebooks", f"{one.order.notebook}.ipynb")
    at_home = {GIVEN_BY_THE_RUNNER: str(home.root)} if GIVEN_BY_THE_RUNNER in parameters_of(notebook) else {}
    order = one.order
    return Task(
        one.name, str(notebook), {**one.parameters, **at_home}, str(work_folder(home, one.name)), asked.made_at,
        order.audience, order.cell_seconds, order.report_seconds, address, "pdf" in order.formats,
    )  # fmt: skip
