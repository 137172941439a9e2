"""What makes a report cheaper to run and changes nothing in it."""

import sys
from collections.abc import Mapping

NEEDLESS = ("rfc3987_syntax",)
"""jsonschema imports it, if it is there, to check addresses with letters beyond ASCII, and it builds a grammar for a second.
No schema of notebooks asks for that."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Libraries of linear algebra start a thread per core when they are imported; a report has nothing for them to do."""
KERNEL_ARGUMENTS = ["--HistoryManager.enabled=False"]
"""Nobody scrolls back in the kernel of a report. For papermill's `extra_arguments`."""
EXECUTION = {"shutdown_kernel": "immediate"}
"""For papermill.execute_notebook. A kernel whose outputs are in is killed; asked to leave, one in ten takes 2.6 seconds."""


def skip_needless_imports() -> None:
    """Call it before papermill or nbformat is imported: as if what is needless were not installed."""
    for name in NEEDLESS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def lean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a kernel; what the caller has set stands."""
    return {**ONE_THREAD, **environment}
