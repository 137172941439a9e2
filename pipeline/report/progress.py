"""Say what is being done: one living line on a terminal, plain lines elsewhere, always on standard error."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape


class Steps:
    """Progress of a long command. Use it in a `with` statement and call it with what begins."""

    def __init__(self, what: str):
        self._console = Console(stderr=True)
        self._what = what
        self._lines = 0
        self._status = self._console.status(what)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        else:
            self._console.print(f"{self._what} …", markup=False, highlight=False, soft_wrap=True)
        return self

    def __call__(self, step: str) -> None:
        """Name the step that begins now."""
        if self._console.is_terminal:
            self._status.update(escape(f"{self._what}: {step}"))

    def files(self, file: str, done: int, of: int, lines: int) -> None:
        """A file is read; so many are done, with so many lines."""
        self(f"{done} of {of} files, {lines:,} lines; {file}")

    def count(self, lines: int) -> None:
        """That many more lines are done."""
        self._lines += lines
        self(f"{self._lines:,} lines")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()
