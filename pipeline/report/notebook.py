"""Runs one notebook in a private folder, and judges for itself whether it ran to its end."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]

from pipeline.report.complete import MIME
from pipeline.report.session import SESSION

CELL_SECONDS = 600


@dataclass(frozen=True)
class Executed:
    """What came of it. failure: empty, or its class; about: what the sentinel says of the page."""

    notebook: NotebookNode
    failure: str
    reason: str
    about: dict[str, Any]


class PrivateKernels(AsyncKernelManager):
    """Kernels that talk over sockets in a fresh folder, so that many may start at once."""

    def __init__(self, **settings: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="palier-")
        super().__init__(**settings, transport="ipc", ip=str(Path(self._folder.name) / "k"))

    async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override]
        """Start it as what it is: not a session of JupyterLab, also when `palier report` is called from within one."""
        environment = {name: value for name, value in os.environ.items() if name != SESSION}
        await super().start_kernel(**{**settings, "env": environment})


def run_notebook(path: Path, parameters: dict[str, Any]) -> Executed:
    """Run a notebook with its parameters and check that every cell ran, down to the sentinel."""
    with tempfile.TemporaryDirectory(prefix="palier-") as folder:
        output = Path(folder) / path.name
        failure, reason = "", ""
        try:
            papermill.execute_notebook(
                path, output, parameters, cwd=folder, progress_bar=False, kernel_name="python3",
                execution_timeout=CELL_SECONDS, kernel_manager_class=PrivateKernels,
            )  # fmt: skip
        except PapermillExecutionError as error:
            failure = "bad_parameters" if error.ename == "PalierError" else "notebook_error"
            reason = error.evalue if error.ename == "PalierError" else f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            failure, reason = "cell_timeout", f"a cell took longer than {CELL_SECONDS} seconds"
        except RuntimeError as error:  # a kernel that does not start, or dies
            failure, reason = "kernel_died", f"the kernel died, perhaps for want of memory ({error})"
        executed = _read(output if output.is_file() else path)
    if failure:
        return Executed(executed, failure, reason, {})
    return _judged(executed)


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
