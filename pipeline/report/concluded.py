"""What a run writes down of each report: published, failed, waiting or left out."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report.delivery import NOT_YET, places_of
from pipeline.report.due import Planned
from pipeline.report.keep import keep_failed, publish
from pipeline.report.record import Record, forget, write_record
from pipeline.report.task import Outcome, Task

KILLED = "the run was killed while this report was at work; it is tried again alone, after all others"


def concluded(home: Home, one: Planned, task: Task, outcome: Outcome) -> Record:
    """Publish it, or keep what there is of it; then the record, which alone says that it is done."""
    folder, files = Path(task.folder), list[str]()
    if not outcome.failure:
        if one.before and one.before.asked != one.asked:
            forget(home, one.before)  # it must not speak for the page that takes the place of its own
        try:
            files = publish(home, folder, one.name, list(one.order.formats))
        except PalierError as error:
            outcome = replace(outcome, failure="render_error", reason=str(error), about={})
    if outcome.failure:
        return _failed(home, one, task.made_at, outcome, keep_failed(home, folder, one.name))
    for file in {*(one.before.files if one.before else [])} - {*files}:  # of a format that is no longer asked for
        (home.reports / file).unlink(missing_ok=True)
    record = _record(
        one, task.made_at, "published", files=files, about=outcome.about, attempts=_attempts(one) + 1,
        seconds=outcome.seconds, peak_mb=outcome.peak_mb, delivery=NOT_YET if places_of(one.order) else "",
    )  # fmt: skip
    write_record(home, record)
    return record


def killed(home: Home, one: Planned, made_at: str) -> Record:
    """Count an attempt of what was at work when a run was killed: it may be what killed it."""
    return _failed(home, one, made_at, Outcome("kernel_died", KILLED, 0.0), "")


def waiting(home: Home, one: Planned, made_at: str, why: str) -> Record:
    """It cannot run yet."""
    return _not_run(home, one, _record(one, made_at, "waiting", failure="data_not_ready", reason=why))


def skipped(home: Home, one: Planned, made_at: str) -> Record:
    """It was missed, and a newer period is there."""
    return _not_run(home, one, _record(one, made_at, "skipped", reason=one.why))


def _not_run(home: Home, one: Planned, record: Record) -> Record:
    """Write down what did not run, unless it ran once: then it keeps the record of that."""
    if one.before is None or one.before.status == "waiting":
        write_record(home, record)
    return record


def _failed(home: Home, one: Planned, made_at: str, outcome: Outcome, kept: str) -> Record:
    """The page of the attempt before is still shown, unless it was withdrawn for its names."""
    before = one.before
    if before and (before.audience, one.order.audience) == ("inside", "outside"):
        before = None
    record = _record(
        one, made_at, "failed", failure=outcome.failure, reason=outcome.reason, kept=kept, attempts=_attempts(one) + 1,
        seconds=outcome.seconds, peak_mb=outcome.peak_mb, files=before.files if before else [],
        about=before.about if before else {},
    )  # fmt: skip
    try:
        write_record(home, record)
    except PalierError:
        if not kept:
            raise
        shutil.rmtree(home.reports / kept, ignore_errors=True)  # a disk full of the failure itself
        record = record.model_copy(update={"kept": ""})
        write_record(home, record)
    return record


def _attempts(one: Planned) -> int:
    """How often it failed with the same data, notebook and version."""
    before = one.before
    same = before is not None and before.status == "failed" and before.tried_on == one.tried_on
    return before.attempts if before and same and before.asked == one.asked else 0


def _record(one: Planned, made_at: str, status: str, **told: Any) -> Record:
    notebook, parameters, audience = one.asked
    return Record.model_validate({
        "report": one.order.name, "page": one.page, "period": one.period, "notebook": notebook, "parameters": parameters,
        "audience": audience, "status": status, "made_at": made_at, "tried_on": one.tried_on, **told,
    })  # fmt: skip
