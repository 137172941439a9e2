"""Read a TOML document into a strict model and report every mistake at once, in the document's own words."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.base.errors import PalierError, did_you_mean


class Strict(BaseModel):
    """A frozen model that refuses unknown keys: configuration cannot be half-read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


LONGEST_QUOTE = 100
Model = TypeVar("Model", bound=Strict)


def read_document(
    path: Path,
    model: type[Model],
    place: Callable[[Any, tuple[Any, ...]], str],
    prepared: Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]] = lambda data: (data, []),
) -> Model:
    """The document as a `model`. `place(data, location)` says where a mistake stands, for the user.

    `prepared` gives the document as the model wants it, and the mistakes met on the way. Raises PalierError with all
    mistakes, one a line.
    """
    data, told = prepared(toml_of(path))
    return validated(path, data, model, place, told)


def validated(
    path: Path,
    data: dict[str, Any],
    model: type[Model],
    place: Callable[[Any, tuple[Any, ...]], str],
    told: Iterable[str] = (),
) -> Model:
    """Plain values as a `model`; what was `told` of them before is among the mistakes."""
    mistakes = [f"  {mistake}" for mistake in told]
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        for fault in error.errors():
            # what a whole document gets wrong names its places itself, one a line
            own = [] if fault["loc"] else [f"  {line.strip()}" for line in _fact(fault, model).splitlines()]
            mistakes += own or [f"  {place(data, fault['loc'])}: {_fact(fault, model)}"]
        mistakes = list(dict.fromkeys(mistakes))
    if mistakes:
        raise PalierError(mistakes_in(path, mistakes))
    return found


def all_valid(documents: Iterable[tuple[Path, Callable[[Path], object]]]) -> None:
    """Read every document by its reader; one PalierError with the mistakes of all."""
    mistakes = []
    for path, read in documents:
        try:
            read(path)
        except PalierError as error:
            mistakes.append(str(error))
    if mistakes:
        raise PalierError("\n".join(mistakes))


def mistakes_in(path: Path, mistakes: list[str]) -> str:
    """A heading that counts the mistakes, then one a line."""
    plural = "" if len(mistakes) == 1 else "s"
    return "\n".join([f"{path}: {len(mistakes)} mistake{plural}", *mistakes])


def toml_of(path: Path) -> dict[str, Any]:
    """The TOML file as plain values; a syntax error names the file and the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PalierError(f"{path}: cannot be read ({error.strerror}). Put a readable TOML file there.") from None
    except ValueError as error:  # bad utf-8
        raise PalierError(f"{path}: not valid TOML: {error}. Mend that line.") from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise PalierError(f"{path}: not valid TOML: nested too deep. Mend it.") from None
    except ValueError as error:  # bad TOML, a number of thousands of digits
        raise PalierError(f"{path}: not valid TOML: {error}{_line_of(str(error), text)}. Mend that line.") from None


def _line_of(error: str, text: str) -> str:
    """The line that a syntax error speaks of, and what is likely meant there; nothing where it names no line."""
    place = re.search(r"\(at line (\d+), column (\d+)\)$", error)
    if not place:
        return ""
    row, column = map(int, place.groups())
    line = text.replace("\r\n", "\n").split("\n")[row - 1]
    quoted = line.strip()[:LONGEST_QUOTE]
    word = re.match(r"[^\W\d][^#,\]}]*", line[column - 1 : column - 1 + LONGEST_QUOTE])
    if error.startswith("Invalid value") and word:
        return f': {quoted}. Write text in quotes: "{word[0].strip()}"; a switch is true or false'
    if error.startswith("Cannot declare") and (table := re.fullmatch(r"\[([^\[\]]+)\]", quoted)):
        return f": {quoted}. Where several are meant, write each as [[{table[1]}]]"
    return f": {quoted}"


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fact(error: Any, model: type[Strict]) -> str:
    """What is wrong, with the nearest known name for an unknown key."""
    key = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"no such key{did_you_mean(key, _keys_at(model, error['loc'][:-1]))}"
        case "missing":
            return "is missing"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"{error['msg'][0].lower()}{error['msg'][1:]}; found {error['input']!r}"


def _keys_at(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys that the model knows at a location, or none where it cannot be told."""
    for step in location:
        if isinstance(step, int):
            continue
        field = next((f for name, f in model.model_fields.items() if step in (name, f.alias)), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model named in a type such as `tuple[Tier, ...]` or `Window | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)
