"""One report for a worker to make: run the notebook, judge it, render the page, all within one work folder."""

import platform
import resource
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.base.errors import PalierError
from pipeline.base.files import write_whole
from pipeline.report.parameters import GIVEN_BY_THE_RUNNER

PAGE, NOTEBOOK, PDF, LOG = "page.html", "notebook.ipynb", "page.pdf", "log.txt"
LONGEST_REASON = 500
LARGEST = 10_000_000


@dataclass(frozen=True)
class Task:
    """What a worker needs to know. name: of the report and its period; folder: its work folder; address: of its kernels."""

    name: str
    notebook: str
    parameters: dict[str, Any]
    folder: str
    made_at: str
    audience: str = "inside"
    cell_seconds: int = 600
    report_seconds: int = 1800
    address: str = ""
    as_pdf: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a task. failure: its class, empty when page and notebook lie in the work folder."""

    failure: str
    reason: str
    seconds: float
    peak_mb: float | None = None
    about: dict[str, Any] = field(default_factory=dict)


def perform(task: Task) -> Outcome:
    """Do it; whatever a notebook or a template does ends in an outcome."""
    began = time.monotonic()
    try:
        failure, reason, peak, about = _made(task)
    except PalierError as error:  # its own files cannot be written
        failure, reason, peak, about = "render_error", str(error), None, {}
    except Exception as error:  # the worker has others to make
        traceback.print_exc()
        failure, reason, peak, about = "notebook_error", f"{type(error).__name__}: {error}", None, {}
    if peak is None:  # it died before it could be asked: the most that any of this worker's kernels took
        peak = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)
    seconds = round(time.monotonic() - began, 1)
    return Outcome(failure, reason[:LONGEST_REASON], seconds, peak, {} if failure else about)


def _made(task: Task) -> tuple[str, str, float | None, dict[str, Any]]:
    import nbformat

    from pipeline.report.kernels import kernel_class
    from pipeline.report.notebook import run_notebook

    written = Path(task.folder) / NOTEBOOK
    kernels = kernel_class(task.address)
    executed = run_notebook(Path(task.notebook), task.parameters, task.cell_seconds, kernels, written)
    if task.audience == "outside":
        _forget_the_machine(executed.notebook)
    text = str(nbformat.writes(executed.notebook))  # type: ignore[no-untyped-call]
    if len(text) > LARGEST:
        written.unlink(missing_ok=True)
        return "render_error", f"its outputs take {len(text):,} characters, more than {LARGEST:,}", executed.peak_mb, {}
    write_whole(written, text)
    if executed.failure:
        return executed.failure, executed.reason, executed.peak_mb, {}
    return (
        *_rendered(task, executed.notebook, executed.about),
        executed.peak_mb,
        {**executed.about, **_said_of(task, executed)},
    )


def _rendered(task: Task, notebook: Any, sentinel: dict[str, Any]) -> tuple[str, str]:
    """The page in its place; the class of a failure and its reason, both empty when all went well."""
    from pipeline.report.pdf import pdf_of
    from pipeline.report.publish import page_of, title_of

    about = {**sentinel, "title": title_of(notebook, sentinel["subject"]), "is_outside": task.audience == "outside"}
    try:
        html = page_of(notebook, about, task.made_at)
        if task.as_pdf:
            write_whole(Path(task.folder) / PDF, pdf_of(html))
    except Exception as error:  # whatever a template does, the other reports must go on
        return "render_error", f"{type(error).__name__}: {error}"
    write_whole(Path(task.folder) / PAGE, html)
    return "", ""


def _said_of(task: Task, executed: Any) -> dict[str, Any]:
    """What index and record say of a page, beside what its sentinel says."""
    from pipeline.report.publish import title_of

    return {
        "title": title_of(executed.notebook, executed.about["subject"]),
        "made_at": task.made_at,
        "python": platform.python_version(),
        "parameters": {name: value for name, value in task.parameters.items() if name != GIVEN_BY_THE_RUNNER},
    }


def _forget_the_machine(notebook: Any) -> None:
    """Take away where it ran: papermill and warnings write paths into the notebook, and the home is a parameter."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("home = "))
