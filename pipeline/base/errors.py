"""The one exception that a user may see, and the nearest name to a misspelt one."""

from collections.abc import Iterable
from difflib import get_close_matches


class PalierError(Exception):
    """A mistake that the user can mend. Its text names the place, the fact and the next step; no traceback is shown."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for the known name nearest to `name`, or the known names when none is near."""
    names = sorted(known)
    near = get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(names)}" if names else ""
