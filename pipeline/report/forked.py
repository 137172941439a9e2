"""Kernels forked clean from one process that has imported their libraries; Linux only, and never one used twice.

    with ForkedKernels() as kernels:
        papermill.execute_notebook(..., kernel_manager_class=kernels.manager_class)

Another process of the same run uses `manager_class_at(kernels.address)`. Where no kernel can be forked, an ordinary one
starts instead, and one line on standard error says so.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from pipeline.report.fork_server import LARGEST
from pipeline.report.lean import ONE_THREAD
from pipeline.report.notebook import LAUNCHER, PrivateKernels

PRELOAD = (
    "duckdb", "numpy", "pandas", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "pipeline.report.what_if",
    "pipeline.report.before_after", "pipeline.report.health", "pipeline.report.complete", "pipeline.report.bounded",
)  # fmt: skip
"""What the notebooks of reports import."""
PATIENCE_SECONDS = 60
WARNING = "warning"
INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""What ipykernel tells matplotlib, and matplotlib hears only when it is imported."""


class ForkedKernels:
    """The process that kernels are forked from, for one run. It imports while the caller goes on."""

    def __init__(self, preload: Sequence[str] = PRELOAD, environment: Mapping[str, str] = os.environ) -> None:
        self._preload = preload
        self._environment = environment
        self._folder = tempfile.TemporaryDirectory(prefix="f", dir=environment.get("TMPDIR"))
        self._server: subprocess.Popen[bytes] | None = None
        self.address = str(Path(self._folder.name) / "fork")

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(self.address)
                listener.listen(128)
                command = [sys.executable, "-m", "pipeline.report.fork_server", str(listener.fileno()), *self._preload]
                self._server = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[listener.fileno()],
                    cwd=self._folder.name, env={**INLINE, **self._environment, **ONE_THREAD}, start_new_session=True,
                )  # fmt: skip
        return self

    @property
    def manager_class(self) -> type[PrivateKernels]:
        """For papermill's `kernel_manager_class`."""
        return manager_class_at(self.address)

    @property
    def pid(self) -> int | None:
        """The process that kernels are forked from."""
        return self._server.pid if self._server else None

    @property
    def warning(self) -> str:
        """The line that said in one of the run's processes why kernels were not forked; empty if they were."""
        with suppress(FileNotFoundError):
            return (Path(self._folder.name) / WARNING).read_text(encoding="utf-8")
        return ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server and self._server.stdin:
            self._server.stdin.close()
            try:
                self._server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._server.kill()  # its kernels die with it
                self._server.wait()
        self._folder.cleanup()


def manager_class_at(address: str) -> type[PrivateKernels]:
    """The kernel manager of a run, for any of its processes."""
    return type("ForkedManager", (_ForkedManager,), {"address": address})


class _ForkedManager(PrivateKernels):
    """Kernels from the process that listens at an address."""

    address: str

    async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override]
        """Fork one."""
        if self.provisioner is None:
            self.provisioner = _ForkedProvisioner(kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**settings)


class _ForkedProvisioner(LocalProvisioner):
    """Forks a kernel where it can, and else starts an ordinary one."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Launch a kernel with the command of its specification."""
        manager: Any = self.parent
        try:
            kernel = _forked(manager.address, cmd, **settings)
        except OSError as error:
            _warn_once(manager.address, error)
            return await super().launch_kernel(cmd, **settings)
        self.process: Any = kernel
        self.pid, self.pgid, self.cwd = kernel.pid, None, settings.get("cwd", Path.cwd())
        return self.connection_info


def _forked(
    address: str, cmd: list[str], env: dict[str, str], cwd: str = "", stdout: Any = None, stderr: Any = None, **_: Any
) -> "_ForkedKernel":
    """Ask for a kernel, in the terms of Popen. Raises OSError where none can be forked."""
    if cmd[0] != sys.executable or cmd[1:3] != LAUNCHER:
        raise OSError(f"not a kernel of this Python: {cmd[0]}")
    order = {
        "arguments": cmd[3:],
        "folder": str(Path(cwd).absolute()),
        "environment": {**env, "JPY_PARENT_PID": str(os.getpid())},
    }
    streams = [_descriptor(stdout, 1), _descriptor(stderr, 2)]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(address)
        socket.send_fds(connection, [json.dumps(order).encode()], streams)
        answer = json.loads(connection.recv(LARGEST) or '{"refusal": "it ended"}')
        if "refusal" in answer:
            raise OSError(answer["refusal"])
    except OSError:
        connection.close()
        raise
    return _ForkedKernel(connection, answer["pid"])


def _descriptor(asked: Any, otherwise: int) -> int:
    """The file descriptor of a stream as Popen would take it."""
    if asked is None:
        return otherwise
    number: int = asked if isinstance(asked, int) else asked.fileno()
    if number < 0:
        raise OSError("a forked kernel writes to files only")
    return number


def _warn_once(address: str, error: OSError) -> None:
    """One line for the whole run, whichever of its processes comes first."""
    warning = f"kernels are not forked, but started one by one: {error}"
    with suppress(FileExistsError):
        with suppress(FileNotFoundError), (Path(address).parent / WARNING).open("x", encoding="utf-8") as file:
            file.write(warning)
        print(warning, file=sys.stderr)


class _ForkedKernel:
    """What jupyter_client asks of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        connection.setblocking(False)
        self._connection = connection
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; nothing while it runs. When the process it was forked from is gone, so is the kernel."""
        if self.returncode is None:
            try:
                answer = self._connection.recv(LARGEST)
            except BlockingIOError:
                return None
            except ConnectionError:
                answer = b""
            self.returncode = json.loads(answer)["exit_code"] if answer else -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def wait(self) -> int | None:
        """The same; jupyter_client waits by asking again."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """To the kernel and all in its group."""
        with suppress(OSError):  # it ends just now
            if self.poll() is None:
                self._connection.send(str(int(signum)).encode())

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
