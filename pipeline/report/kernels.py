"""Which kernels a run uses: the one place to plug in another way of starting them."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pipeline.report.notebook import PrivateKernels

Kernels = Literal["ordinary", "fork"]


@contextmanager
def kernels_for_a_run(kernels: Kernels, environment: Mapping[str, str]) -> Iterator[str]:
    """Set up what all kernels of a run share, for as long as it lasts. Gives its address, empty where there is nothing."""
    if kernels == "ordinary":
        yield ""
        return
    from pipeline.report.forked import ForkedKernels

    with ForkedKernels(environment=environment) as forked:
        try:
            yield forked.address
        finally:
            if forked.warning:  # a worker's own word of it stays in the worker's log
                print(forked.warning, file=sys.stderr)


def kernel_class(address: str) -> "type[PrivateKernels]":
    """The kernels of a run, in any of its workers: those of an address, ordinary ones where it is empty."""
    if address:
        from pipeline.report.forked import manager_class_at

        return manager_class_at(address)
    from pipeline.report.notebook import PrivateKernels

    return PrivateKernels
