import asyncio
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.lean import EXECUTION, KERNEL_ARGUMENTS, skip_needless_imports

skip_needless_imports()

import nbformat  # noqa: E402
import papermill  # noqa: E402
from nbclient.exceptions import DeadKernelError  # noqa: E402

from pipeline.report.forked import ForkedKernels, manager_class_at  # noqa: E402
from pipeline.report.notebook import PrivateKernels  # noqa: E402

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]
PRELOAD = ("numpy", "pandas", "matplotlib.pyplot")
CHART = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()"
TABLE = "import pandas as pd\npd.DataFrame({'partner': ['ADATUM', 'CONTOSO'], 'points': [50.0, 120.5]})"
SURROUNDINGS = """
import os, random, signal, sys, threading
print({name: value for name, value in sorted(os.environ.items()) if name != "PYDEVD_USE_FRAME_EVAL"})  # the debugger's
print(os.getcwd(), sys.path, sys.argv[1:2], __name__, os.getpid() == os.getsid(0) == os.getpgid(0))
print(os.read(0, 1), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE), threading.main_thread().name)
"""
RANDOM = "import random, numpy as np\nprint(np.random.random(), np.random.default_rng().random(), random.random())"
Run = Callable[..., nbformat.NotebookNode]


@pytest.fixture(scope="module")
def kernels() -> Iterator[ForkedKernels]:
    with ForkedKernels(PRELOAD) as forked:
        yield forked


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def running(manager: type, *cells: str, **settings: Any) -> nbformat.NotebookNode:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, tmp_path / "in.ipynb")
        return papermill.execute_notebook(
            tmp_path / "in.ipynb", tmp_path / "out.ipynb", cwd=str(tmp_path), progress_bar=False,
            kernel_manager_class=manager, extra_arguments=KERNEL_ARGUMENTS, **{**EXECUTION, **settings},
        )  # fmt: skip

    return running


def outputs(notebook: nbformat.NotebookNode) -> list[Any]:
    return [output.get("text") or output["data"] for cell in notebook.cells for output in cell.outputs]


def printed(notebook: nbformat.NotebookNode) -> str:
    return "".join(output for output in outputs(notebook) if isinstance(output, str)).strip()


def parent_of_one_from(address: str) -> int:
    """Start a kernel, see whose child it is, and end it."""

    async def started() -> int:
        manager = manager_class_at(address)()
        await manager.start_kernel()
        status = Path(f"/proc/{manager.provisioner.pid}/stat").read_text()
        await manager.shutdown_kernel(now=True)
        return int(status.rpartition(")")[2].split()[1])

    return asyncio.run(started())


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_end(pids: list[int], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while (running := any(is_running(pid) for pid in pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return not running


def test_a_forked_kernel_shows_what_an_ordinary_one_shows(kernels: ForkedKernels, run: Run) -> None:
    cells = [
        CHART,
        TABLE,
        SURROUNDINGS,
        "import subprocess; print(subprocess.run(['echo', 'said'], capture_output=True))",
    ]
    forked = run(kernels.manager_class, *cells, "import os; print(os.getppid())")
    ordinary = run(PrivateKernels, *cells)
    assert outputs(forked)[:-1] == outputs(ordinary)
    assert int(outputs(forked)[-1]) == kernels.pid
    assert kernels.warning == ""
    assert sum("image/png" in shown for shown in outputs(forked)) == 1


def test_no_two_kernels_draw_the_same_random_numbers(kernels: ForkedKernels, run: Run) -> None:
    drawn = [printed(run(kernels.manager_class, RANDOM)).split() for _ in range(2)]
    assert not set(drawn[0]) & set(drawn[1])


def test_the_environment_is_that_of_the_caller_of_now(
    kernels: ForkedKernels, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIER_TEST", "set after the server began")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    shown = printed(
        run(kernels.manager_class, "import os, time; print(os.environ['PALIER_TEST'], time.strftime('%z'))")
    )
    assert shown == "set after the server began +0900"


def test_a_killed_kernel_is_seen_to_be_dead(kernels: ForkedKernels, run: Run) -> None:
    began = time.monotonic()
    with pytest.raises(DeadKernelError):
        run(kernels.manager_class, "import os; os.kill(os.getpid(), 9)")
    assert time.monotonic() - began < 5


def test_a_cell_that_takes_too_long_is_interrupted(kernels: ForkedKernels, run: Run) -> None:
    settings = {"execution_timeout": 1, "interrupt_on_timeout": True}
    with pytest.raises(papermill.PapermillExecutionError, match="KeyboardInterrupt"):
        run(kernels.manager_class, "import time; time.sleep(60)", **settings)


def test_nothing_runs_on_when_the_run_is_over() -> None:
    with ForkedKernels(()) as kernels:
        manager = kernels.manager_class()
        asyncio.run(manager.start_kernel())
        pids = [kernels.pid, manager.provisioner.pid]
        assert all(is_running(pid) for pid in pids)
    assert not any(is_running(pid) for pid in pids)


def test_nothing_runs_on_when_the_runner_is_killed() -> None:
    runner = """
        import asyncio, time
        from pipeline.report.lean import skip_needless_imports
        skip_needless_imports()
        from pipeline.report.forked import ForkedKernels
        with ForkedKernels(()) as kernels:
            manager = kernels.manager_class()
            asyncio.run(manager.start_kernel())
            print([kernels.pid, manager.provisioner.pid], flush=True)
            time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(runner)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pids = json.loads(process.stdout.readline())
        assert all(is_running(pid) for pid in pids)
        process.kill()
        assert all_end(pids)


def test_a_kernel_ends_with_the_worker_that_asked_for_it(kernels: ForkedKernels) -> None:
    worker = f"""
        import asyncio, time
        from pipeline.report.forked import manager_class_at
        manager = manager_class_at({kernels.address!r})()
        asyncio.run(manager.start_kernel())
        print(manager.provisioner.pid, flush=True)
        time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(worker)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        assert is_running(pid)
        process.kill()
        assert all_end([pid])


@pytest.mark.parametrize(
    ("preload", "reason"),
    [
        ("threaded", "2 threads run"),
        ("matplotlib_inline", "charts would vanish"),
        ("no_such_module", "No module named"),
    ],
)
def test_where_none_can_be_forked_an_ordinary_one_starts(
    preload: str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[60], daemon=True).start()"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with ForkedKernels([preload]) as kernels:
        assert parent_of_one_from(kernels.address) == os.getpid()
        assert reason in kernels.warning
    assert reason in capfd.readouterr().err


def test_when_the_server_is_killed_its_kernels_die_and_the_next_ones_are_ordinary(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    with ForkedKernels(()) as kernels:
        assert kernels.pid
        with pytest.raises(DeadKernelError):
            run(kernels.manager_class, "import os, time; os.kill(os.getppid(), 9); time.sleep(60)")
        for _ in range(2):
            assert parent_of_one_from(kernels.address) == os.getpid()
    assert capfd.readouterr().err.count("not forked") == 1
