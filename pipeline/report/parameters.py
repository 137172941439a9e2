"""The parameters of notebooks, checked before anything runs: papermill itself only warns of a misspelt one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import papermill  # type: ignore[import-untyped]

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.home import Home

GIVEN_BY_THE_RUNNER = "home"
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
    """Notebook name → its share of the given parameters, in the notebook's own types, and the home.

    A parameter that no notebook has is an error that names the nearest one.
    """
    known = {name: _types(path) for name, path in notebooks.items()}
    every = {parameter for types in known.values() for parameter in types} - {GIVEN_BY_THE_RUNNER}
    for parameter in given:
        if parameter not in every:
            raise PalierError(
                f"parameter {parameter}: {', '.join(notebooks)} has no such{did_you_mean(parameter, every)}"
            )
    at_home = {GIVEN_BY_THE_RUNNER: str(home.root)}
    return {
        name: {
            **{
                parameter: _read(parameter, text, types[parameter])
                for parameter, text in given.items()
                if parameter in types
            },
            **(at_home if GIVEN_BY_THE_RUNNER in types else {}),
        }
        for name, types in known.items()
    }


def _types(path: Path) -> dict[str, str]:
    """Parameter → the name of its type, as the notebook's own cell says."""
    return {name: found["inferred_type_name"] for name, found in papermill.inspect_notebook(str(path)).items()}


def _read(parameter: str, text: str, kind: str) -> Any:
    """The text as a value of the notebook's type."""
    try:
        return READ_AS.get(kind, str)(text)
    except (ValueError, KeyError):
        raise PalierError(f"parameter {parameter}: {text!r} is not of type {kind}.") from None
