"""What differs between two rulebooks, or between two versions: path, from, to, and where the new value is written."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.base.dates import day as day_of
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.model.patch import NAMED_BY
from pipeline.model.programme import Programme
from pipeline.model.rulebooks import rulebook
from pipeline.model.version import Version

COLUMNS = ["path", "from", "to", "source"]
NAMES = frozenset(NAMED_BY)
UNTOLD = {*NAMED_BY, "source"}
"""What is not repeated in a table's one line: the path and the column source say it."""


class Difference(NamedTuple):
    """One value that is not the same: as in TOML, empty where it is not said."""

    path: str
    before: str
    after: str
    source: str


def named(home: Home, name: str) -> Programme | Version:
    """The rulebook `NAME`, or for `NAME@YYYY-MM-DD` its version in force on that day."""
    book, at, day = name.partition("@")
    programme, _ = rulebook(home, book)
    return programme.version_on(day_of(day, name)) if at else programme


def differences(before: Programme | Version, after: Programme | Version) -> list[Difference]:
    """All that differs, in the order of the keys. Lists of tables are matched by id or effective.

    A changed source is a difference of its own, but where it stands beside a value of its table that changed with it.
    """
    if type(before) is not type(after):
        raise PalierError("--diff: a rulebook is no version. Add @YYYY-MM-DD to both names or to none.")
    return list(_between("", before.model_dump(), after.model_dump(), ""))


def _between(path: str, before: Any, after: Any, source: str) -> Iterator[Difference]:
    if _said(before) == _said(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _in_table(path, before, after, source)
    elif _is_named(before or []) and _is_named(after or []):
        yield from _in_list(path, _by_name(before or []), _by_name(after or []), source)
    else:
        yield Difference(path, as_toml(before), as_toml(after), _source(after) or _source(before) or source)


def _in_table(path: str, before: dict[str, Any], after: dict[str, Any], source: str) -> Iterator[Difference]:
    source = _source(after) or _source(before) or source
    found = [
        difference
        for key in dict.fromkeys([*before, *after])
        if key != "source"
        for difference in _between(_step(path, key), before.get(key), after.get(key), source)
    ]
    yield from found
    if all(one.source != source for one in found):
        yield from _between(_step(path, "source"), before.get("source"), after.get("source"), source)


def _in_list(path: str, before: dict[str, Any], after: dict[str, Any], source: str) -> Iterator[Difference]:
    """Tables by their names; and their order, where it is not that of before with what is new at the end."""
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        if _holds_tables(one) or _holds_tables(other):  # too long for one line
            one, other = one or {}, other or {}
        yield from _between(_step(path, name), one, other, source)
    kept = [name for name in before if name in after]
    is_dated = any("effective" in table for table in after.values())
    if not is_dated and list(after) != [*kept, *(name for name in after if name not in before)]:
        yield Difference(path, as_toml(list(before)), as_toml(list(after)), source)


def as_toml(value: Any) -> str:
    """A value as a rulebook writes it; a table in one line, without its name and source; empty where nothing is said."""
    match _said(value):
        case None:
            return ""
        case bool(said):
            return str(said).lower()
        case Decimal() as said:
            return f"{said.normalize():f}"
        case date() as said:
            return said.isoformat()
        case list(said):
            return f"[{', '.join(map(as_toml, said))}]"
        case dict(said):
            keys = [f"{key} = {text}" for key, one in said.items() if key not in UNTOLD and (text := as_toml(one))]
            return f"{{ {', '.join(keys)} }}" if keys else ""
        case said:
            return json.dumps(said, ensure_ascii=False)


def _said(value: Any) -> Any:
    """None for what a rulebook would leave out."""
    return None if value in ([], {}, "") else value


def _is_named(value: Any) -> bool:
    """Whether it is a list of tables that can be told apart by their names."""
    tables = isinstance(value, list) and all(isinstance(one, dict) and not NAMES.isdisjoint(one) for one in value)
    return tables and len(_by_name(value)) == len(value)


def _holds_tables(table: dict[str, Any] | None) -> bool:
    return any(value and _is_named(value) for value in (table or {}).values())


def _by_name(tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(next(table[key] for key in NAMED_BY if key in table)): table for table in tables}


def _source(value: Any) -> str:
    return str(value.get("source") or "") if isinstance(value, dict) else ""


def _step(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
