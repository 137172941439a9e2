"""The kernel of a report: `python -m pipeline.report.kernel`, with the arguments of ipykernel's own launcher."""

import sys
from pathlib import Path

import zmq
from ipykernel.kernelapp import IPKernelApp


class ReportKernel(IPKernelApp):
    """One that waits with what it has to say until it is read: ipykernel drops what is beyond a thousand messages, without a word."""

    def init_iopub(self, context: "zmq.Context[zmq.Socket[bytes]]") -> None:
        """Set up the channel of outputs."""
        context.setsockopt(zmq.SNDHWM, 0)
        super().init_iopub(context)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]  # as ipykernel's own launcher does
    ReportKernel.launch_instance()
