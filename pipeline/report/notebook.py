"""Runs one notebook in a private folder, and judges for itself whether it ran to its end."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import papermill  # type: ignore[import-untyped]
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]

from pipeline.report.bounded import ARGUMENT
from pipeline.report.complete import MIME
from pipeline.report.lean import EXECUTION, KERNEL_ARGUMENTS
from pipeline.report.leftover import die_with_parent, peak_mb
from pipeline.report.post import PASSWORD
from pipeline.report.session import SESSION

CELL_SECONDS = 600
LAUNCHER = ["-m", "pipeline.report.kernel"]


@dataclass(frozen=True)
class Executed:
    """What came of it. failure: empty, or its class; about: what the sentinel says of the page; peak_mb: of the kernel."""

    notebook: NotebookNode
    failure: str
    reason: str
    about: dict[str, Any]
    peak_mb: float | None = None


class PrivateKernels(AsyncKernelManager):
    """Kernels that talk over sockets in a fresh folder, so that many may start at once, and die with who started them."""

    peaks: ClassVar[list[float]] = []
    """The most memory that each took, in megabytes; of one run where a subclass has its own."""

    def __init__(self, **settings: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="k")
        super().__init__(**settings, transport="ipc", ip=str(Path(self._folder.name) / "k"))

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command of our own kernel in the place of ipykernel's."""
        command: list[str] = super().format_kernel_cmd(extra_arguments)
        return [*command[:1], *LAUNCHER, *command[3:]] if command[1:3] == ["-m", "ipykernel_launcher"] else command

    async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override]
        """Start it as what it is: not a session of JupyterLab, also when called from within one, and without the mail password."""
        environment = {name: value for name, value in os.environ.items() if name not in (SESSION, PASSWORD)}
        await super().start_kernel(**{"preexec_fn": die_with_parent, **settings, "env": environment})

    def client(self, **settings: Any) -> AsyncKernelClient:  # type: ignore[override]
        """With room for all that a kernel says: what comes faster than it is read would else be dropped without a word."""
        client = super().client(**settings)
        client.context.setsockopt(zmq.RCVHWM, 0)
        return client

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """See what it took before it goes."""
        peak = peak_mb(getattr(self.provisioner, "pid", None))
        if peak:
            self.peaks.append(peak)
        await super().shutdown_kernel(now=now, restart=restart)


def run_notebook(
    path: Path,
    parameters: dict[str, Any],
    cell_seconds: int = CELL_SECONDS,
    kernels: type[PrivateKernels] = PrivateKernels,
    output: Path | None = None,
) -> Executed:
    """Run a notebook with its parameters and check that every cell ran, down to the sentinel.

    output: where to write it after each cell, so that something is left when all is killed; default: nowhere.
    """
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="palier-") as folder:
        output = output or Path(folder) / path.name
        failure, reason = "", ""
        try:
            papermill.execute_notebook(
                path, output, parameters, cwd=folder, progress_bar=False, kernel_name="python3",
                execution_timeout=cell_seconds, iopub_timeout=cell_seconds, extra_arguments=[*KERNEL_ARGUMENTS, ARGUMENT],
                kernel_manager_class=type("Kernels", (kernels,), {"peaks": peaks}), **EXECUTION,
            )  # fmt: skip
        except PapermillExecutionError as error:
            failure = "bad_parameters" if error.ename == "PalierError" else "notebook_error"
            reason = error.evalue if error.ename == "PalierError" else f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            failure, reason = "cell_timeout", f"a cell took longer than {cell_seconds} seconds"
        except RuntimeError as error:  # a kernel that does not start, or dies
            failure, reason = "kernel_died", f"the kernel died, perhaps for want of memory ({error})"
        except OSError as error:  # a full disk, for one
            failure, reason = "render_error", f"the notebook cannot be written ({error.strerror or error})"
        executed = _as_far_as_it_ran(output, path)
    peak = max(peaks, default=None)
    return replace(_judged(executed) if not failure else Executed(executed, failure, reason, {}), peak_mb=peak)


def _as_far_as_it_ran(output: Path, source: Path) -> NotebookNode:
    """What was written last; the notebook as it stands where that is nothing that can be read."""
    with suppress(OSError, ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError):
        return _read(output)
    return _read(source)


def _read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _judged(notebook: NotebookNode) -> Executed:
    """Complete only if every code cell was executed and the last one shows the sentinel."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    not_run = sum(cell.execution_count is None for cell in cells)
    if not_run:
        return Executed(notebook, "incomplete", f"{not_run} of {len(cells)} code cells were not executed", {})
    last = cells[-1].outputs if cells else []
    found = [output["data"][MIME] for output in last if MIME in output.get("data", {})]
    if not found:
        return Executed(notebook, "incomplete", "the last cell did not end in report_complete(…)", {})
    return Executed(notebook, "", "", found[-1])
