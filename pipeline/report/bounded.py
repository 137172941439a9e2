"""What a kernel prints, up to a bound: a flood must fill neither the memory of the runner nor the page."""

from typing import Any

from ipykernel.iostream import OutStream

MOST = 1_000_000
ARGUMENT = f"--IPKernelApp.outstream_class={__name__}.Bounded"
"""For papermill's `extra_arguments`."""


class Bounded(OutStream):
    """Standard output or error of a kernel: the first million characters, then a line that says so, then nothing."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._left = MOST
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Keep what still fits; the caller never notices."""
        if self._left > 0 and isinstance(string, str):
            kept = string[: self._left]
            self._left -= len(string)
            super().write(
                kept if self._left > 0 else f"{kept}\n… what follows the first {MOST:,} characters is left out\n"
            )
        return len(string)
