"""The process that forked kernels come from: it imports once, stays single-threaded, forks when asked, reaps and kills.

ForkedKernels starts it, hands it a listening socket and a pipe as standard input, and ends it by closing the pipe. Each
kernel has a connection of its own: an order comes in, a process id or a refusal goes out, then signals come in, and at
last an exit code goes out. When a connection ends, so does its kernel. It imports nothing of Palier but the kernel and what it is told.

Environment, folder, output and session of a kernel are those of who asks; umask, limits and priority are the server's.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of an order: the environment is most of it."""
OWN = [
    "pipeline.report.kernel", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger", "pdb", "IPython.core.debugger",
    "IPython.core.oinspect", "IPython.core.completerlib", "IPython.core.logger", "IPython.core.pylabtools",
    "IPython.extensions.storemagic", "sqlite3", "tornado.platform.asyncio", "tornado.queues",
]  # fmt: skip
"""What every kernel imports."""
SPOILS_CHARTS = "matplotlib_inline"
"""Imported outside of a kernel, it never learns of the kernel: charts vanish without a word."""
DEBUGGER = "debugpy"
"""ipykernel imports it if it is there; nobody debugs the kernel of a report."""
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Order:
    """What a kernel starts with. streams: its standard output and error."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    streams: list[int]


def preload(modules: Sequence[str]) -> str:
    """Import them. Returns why no kernel can be forked, or nothing."""
    gc.disable()
    sys.modules[DEBUGGER] = None  # type: ignore[assignment]
    try:
        for name in modules:
            importlib.import_module(name)
    except Exception as error:  # whatever an import does, kernels can still be started one by one
        return f"{type(error).__name__}: {error}"
    finally:
        del sys.modules[DEBUGGER]
    gc.freeze()
    return f"{SPOILS_CHARTS} was imported, and charts would vanish" if SPOILS_CHARTS in sys.modules else ""


class Server:
    """Forks one kernel per connection."""

    def __init__(self, listener: socket.socket, runner: int, fault: str) -> None:
        self._listener = listener
        self._runner = runner
        self._fault = fault
        self._pids: dict[socket.socket, int] = {}
        self._owners: dict[int, socket.socket] = {}  # by the file descriptor that becomes readable when a kernel ends
        self._events = selectors.DefaultSelector()
        self._events.register(listener, selectors.EVENT_READ, self._accept)
        self._events.register(sys.stdin.fileno(), selectors.EVENT_READ)

    def serve(self) -> Order | None:
        """Fork until the run is over. Returns twice and more: nothing here, and in each fork the order it is made for."""
        while os.getppid() == self._runner:
            for key, _ in self._events.select(timeout=1)[:1]:  # one at a time: it may close what the next is about
                answer: Callable[[object], Order | None] | None = key.data
                if answer is None:
                    return None
                order = answer(key.fileobj)
                if order:
                    return order
        return None

    def _accept(self, _: object) -> None:
        connection, _address = self._listener.accept()
        self._events.register(connection, selectors.EVENT_READ, self._ordered)

    def _ordered(self, connection: socket.socket) -> Order | None:
        """An order: fork, or refuse. Returns the order in the fork alone."""
        try:
            message, streams, _, _ = socket.recv_fds(connection, LARGEST, 2)
        except ConnectionError:
            message, streams = b"", []
        order = Order(**json.loads(message), streams=streams) if message else None
        pid, refusal = _fork(self._fault) if order else (None, "nothing ordered")
        if pid == 0:
            return order
        for stream in streams:
            os.close(stream)
        if pid is None:
            _tell(connection, {"refusal": refusal})
            self._close(connection)
            return None
        ended = os.pidfd_open(pid)
        self._pids[connection], self._owners[ended] = pid, connection
        self._events.register(ended, selectors.EVENT_READ, self._reap)
        self._events.modify(connection, selectors.EVENT_READ, self._signalled)
        _tell(connection, {"pid": pid})
        return None

    def _signalled(self, connection: socket.socket) -> None:
        """A signal for a kernel; the end of the connection is the last one."""
        try:
            message = connection.recv(LARGEST)
        except ConnectionError:
            message = b""
        _kill(self._pids[connection], int(message or signal.SIGKILL))
        if not message:
            self._events.unregister(connection)

    def _reap(self, ended: int) -> None:
        """A kernel came to its end."""
        connection = self._owners.pop(ended)
        _, status = os.waitpid(self._pids.pop(connection), 0)
        _tell(connection, {"exit_code": os.waitstatus_to_exitcode(status)})
        self._events.unregister(ended)
        os.close(ended)
        self._close(connection)

    def _close(self, connection: socket.socket) -> None:
        with suppress(KeyError):
            self._events.unregister(connection)
        connection.close()

    def release(self) -> None:
        """In a fork: let go of all that belongs to the server."""
        for ended, connection in self._owners.items():
            connection.close()
            os.close(ended)
        for key in list(self._events.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._events.close()

    def end(self) -> None:
        """Kill and reap what still runs."""
        for pid in self._pids.values():
            _kill(pid, signal.SIGKILL)
        for pid in self._pids.values():
            os.waitpid(pid, 0)


def _fork(fault: str) -> tuple[int | None, str]:
    """The process id, 0 in the fork itself; or none and why not. A fork of several threads may stand still for ever."""
    threads = len([*Path("/proc/self/task").iterdir()])
    if fault or threads > 1:
        return None, fault or f"{threads} threads run where kernels are forked"
    try:
        return os.fork(), ""
    except OSError as error:
        return None, str(error)


def _tell(connection: socket.socket, message: dict[str, object]) -> None:
    with suppress(OSError):  # whoever asked is gone
        connection.send(json.dumps(message).encode())


def _kill(pid: int, signum: int) -> None:
    """A kernel and all in its group; it is not reaped yet, so that the number can't be another's."""
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:  # forked, but not yet a group of its own
        os.kill(pid, signum)


def become_kernel(order: Order, server: int) -> None:
    """Be as a process of its own would be, and run a kernel to its end. Python itself reseeds `random` in a fork."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    os.setsid()
    for standard, source in enumerate([os.open(os.devnull, os.O_RDONLY), *order.streams]):
        os.dup2(source, standard)
        os.close(source)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    os.chdir(order.folder)
    atexit._clear()  # what the server's imports registered is the server's
    gc.enable()
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random").seed()

    from pipeline.report.kernel import ReportKernel

    sys.argv = ["kernel.py", *order.arguments]
    ReportKernel.launch_instance([*order.arguments, f"--IPKernelApp.parent_handle={server}"])


def main() -> None:
    """Arguments: the number of the listening socket, then the modules to import."""
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]  # as ipykernel's own launcher does
    itself, runner = os.getpid(), os.getppid()
    server = Server(socket.socket(fileno=int(sys.argv[1])), runner, preload([*OWN, *sys.argv[2:]]))
    order = server.serve()
    if order is None:
        server.end()
        return
    server.release()
    become_kernel(order, itself)


if __name__ == "__main__":
    main()
