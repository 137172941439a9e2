"""Does the same thing again and again until it is told to stop; a pass that fails is told of and followed by the next."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """We were told to stop. Not an Exception: nothing but the end of the loop may catch it."""


@contextmanager
def until_stopped() -> Iterator[None]:
    """End the block, cleaning up on the way, when told to stop or when the terminal goes; a second word does not disturb that."""

    def stop(_: int, __: FrameType | None) -> NoReturn:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    except Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def repeat(
    one_pass: Callable[[], object],
    every_minutes: int,
    failed: Callable[[Exception], None],
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """Do it at once, then every so many minutes from the first on; one that takes longer skips the turns it took."""
    seconds = 60 * every_minutes
    began = clock()
    while True:
        try:
            one_pass()
        except Exception as error:
            failed(error)
        wait(seconds - (clock() - began) % seconds)
