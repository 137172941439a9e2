"""The parameters of notebooks, checked before anything runs: papermill itself only warns of a misspelt one."""

import ast
import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.home import Home
from pipeline.report.lean import skip_needless_imports

GIVEN_BY_THE_RUNNER = "home"
NAME_BYTES = 100
READ_AS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": lambda text: {"true": True, "false": False}[text.casefold()],
}


def pairs(written: list[str]) -> dict[str, str]:
    """NAME=VALUE pairs as a dict; anything else is a mistake of the user's."""
    if wrong := [pair for pair in written if "=" not in pair]:
        raise PalierError(f"-p {wrong[0]}: write a parameter as NAME=VALUE, for example -p region=Bretagne.")
    return dict(pair.split("=", 1) for pair in written)


def parameters_for(home: Home, notebooks: dict[str, Path], given: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Notebook name → its share of the given parameters that differ from its defaults, in its own types, and the home.

    A parameter that no notebook has is an error that names the nearest one.
    """
    skip_needless_imports()
    import papermill  # type: ignore[import-untyped]

    known = {name: papermill.inspect_notebook(str(path)) for name, path in notebooks.items()}
    every = {parameter for own in known.values() for parameter in own} - {GIVEN_BY_THE_RUNNER}
    for parameter in given:
        if parameter not in every:
            raise PalierError(
                f"parameter {parameter}: {', '.join(notebooks)} has no such{did_you_mean(parameter, every)}"
            )
    at_home = {GIVEN_BY_THE_RUNNER: str(home.root)}
    return {
        name: {**_asked(own, given), **(at_home if GIVEN_BY_THE_RUNNER in own else {})} for name, own in known.items()
    }


def page_name(notebook: str, given: Mapping[str, Any]) -> str:
    """The name of a page's files, which says every given parameter: `2_before_after-region-Bretagne`.

    What a file name should not hold is written _, and what is long is cut. Then, or where several parameters could be
    read as one, a few letters of a hash keep two questions apart.
    """
    asked = {name: value for name, value in given.items() if name != GIVEN_BY_THE_RUNNER}
    whole = "".join(f"-{name}-{value}" for name, value in asked.items())
    safe = re.sub(r"[^\w-]", "_", whole).encode()[:NAME_BYTES].decode(errors="ignore")
    is_plain = safe == whole and len(asked) <= 1
    return f"{notebook}{safe}" if is_plain else f"{notebook}{safe}.{_hash(asked)}"


def _hash(asked: Mapping[str, Any]) -> str:
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]


def _asked(own: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The given parameters of one notebook, in its order, without those that only repeat its default."""
    read = {name: _read(name, given[name], own[name]["inferred_type_name"]) for name in own if name in given}
    return {name: value for name, value in read.items() if value != ast.literal_eval(own[name]["default"])}


def _read(parameter: str, text: str, kind: str) -> Any:
    """The text as a value of the notebook's type."""
    try:
        return READ_AS.get(kind, str)(text)
    except (ValueError, KeyError):
        raise PalierError(f"parameter {parameter}: {text!r} is not of type {kind}.") from None
