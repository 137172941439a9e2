"""A rulebook's version as a patch over the one before: changes by path, on the plain values of the document."""

import copy
from typing import Any

from pipeline.base.errors import PalierError, did_you_mean

NAMED_BY = ("id", "effective")
LEFT_OUT: dict[str, Any] = {name: [] for name in ("metric", "cap", "best", "worth", "expiry", "track")}
LEFT_OUT |= {name: {} for name in ("requires", "hold", "of")}
Told = dict[str, dict[str, str]]
"""Path of a table → what was changed in it → the source of that; its own source under ""."""


def whole_versions(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The document with every patch applied, and the mistakes met on the way.

    A version with `change` is the version before it but for those values: `"tier.gold.requires.points" = 100`. The source
    of a table that is changed in part begins with that of the change.
    """
    versions, mistakes = document.get("version"), []
    if not isinstance(versions, list) or not all(isinstance(version, dict) for version in versions):
        return document, []
    whole: list[dict[str, Any]] = []
    told: Told = {}
    for version in versions:
        if "change" not in version:
            whole.append(version)
            told = {}
            continue
        place = f"version {version.get('effective', len(whole) + 1)}"
        changes = version["change"]
        own = {key: value for key, value in version.items() if key != "change"}
        if not whole:
            mistakes.append(f"{place}, change: there is no version before it to change. Write the version out.")
            whole.append(own)
            continue
        if not isinstance(changes, dict) or not changes:
            mistakes.append(f'{place}, change: must hold paths and values, such as "tier.gold.requires.points" = 100')
            changes = {}
        mistakes += [
            f"{place}, {key}: stands beside change; write it as one of the changes"
            for key in own
            if key not in ("effective", "source")
        ]
        patched = copy.deepcopy(whole[-1])
        for path, value in sorted(changes.items(), key=lambda one: one[0].endswith(".source")):
            try:
                if path in ("effective", "source"):
                    raise PalierError(f"write {path} beside change, not in it")
                change(patched, path, value)
                _tell_source(patched, path, str(own.get("source")), told)
            except PalierError as error:
                mistakes.append(f"{place}, change {path}: {error}")
        whole.append(patched | own)
    return {**document, "version": whole}, mistakes


def change(document: dict[str, Any], path: str, value: Any) -> Any:
    """Set the value at `path` and give the one before (None where there was none).

    A step of the path is a key, or the id of a table in a list. A last step may be a key that is not there yet; a list
    of tables is given by a table with its id. Raises PalierError for a path that leads nowhere or a value that is
    there already.
    """
    *way, last = path.split(".")
    here: Any = document
    for step in way:
        here = _inside(here, step)
    if isinstance(here, list):
        if not isinstance(value, dict):
            raise PalierError("is a table; change one of its keys, or give it whole")
        before, value = next((one for one in here if _name_of(one) == last), None), {"id": last, **value}
        here[:] = [value if one is before else one for one in here] if before else [*here, value]
    elif isinstance(here, dict):
        before = here.get(last)
        if isinstance(before, list) and isinstance(value, dict):
            way_on = f"{last}.{next(iter(value), 'id')}"
            raise PalierError(f'is a list of tables; write the path in quotes, such as "{way_on}"')
        here[last] = value
    else:
        raise PalierError(f"{way[-1]} is {here!r} and holds no {last}; end the path there")
    if before == value and isinstance(before, bool) is isinstance(value, bool):
        raise PalierError(f"changes nothing: it is {value!r} already. Take it away.")
    return before


def _tell_source(version: dict[str, Any], path: str, source: str, told: Told) -> None:
    """Let a changed table's source say where its values are from: the newest change first, none whose value is gone."""
    steps = path.split(".")
    place = ".".join(steps[: 1 if steps[0] == "hold" else 2])
    if path in (place, f"{place}.source"):  # given whole, or with a source of its own
        for known in [known for known in told if f"{known}.".startswith(f"{place}.")]:
            del told[known]
        return
    table = version
    for step in place.split("."):
        table = _inside(table, step)
    links = told.get(place, {"": table.get("source", source)})
    still = {known: link for known, link in links.items() if not f"{known}.".startswith(f"{path}.")}
    told[place] = {**still, path: source}
    table["source"] = "; before: ".join(str(link).rstrip(".") for link in dict.fromkeys(reversed(told[place].values())))


def _inside(here: Any, step: str) -> Any:
    """What a step of a path leads to; a table or list that a version may leave out is begun."""
    if isinstance(here, list):
        found = next((one for one in here if _name_of(one) == step), None)
        names = [_name_of(one) for one in here]
    else:
        names = list(here) if isinstance(here, dict) else []
        if step in LEFT_OUT and isinstance(here, dict):
            here.setdefault(step, copy.copy(LEFT_OUT[step]))
        found = here.get(step) if isinstance(here, dict) else None
    if found is None:
        raise PalierError(f"there is no {step}{did_you_mean(step, names)}")
    return found


def _name_of(table: Any) -> str:
    return next((str(table[key]) for key in NAMED_BY if isinstance(table, dict) and key in table), "")
