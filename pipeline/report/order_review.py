"""What is wrong in reports.toml against the notebooks: unknown notebooks, parameters, types and groups, all at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.base.dates import day
from pipeline.base.document import toml_of
from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.home import Home
from pipeline.ledger.outside import PEOPLE
from pipeline.model.standing import GROUPS
from pipeline.report.lean import skip_needless_imports
from pipeline.report.order import Order, Orders, orders_of, orders_path
from pipeline.report.parameters import GIVEN_BY_THE_RUNNER
from pipeline.report.pdf import MISSING, can_make_pdf

GIVEN_BY_THE_PERIOD = "as_of"
BEGINS_A_DAY = "the day"
"""So begins the comment of a parameter that is a day."""
FOLDERS = {"programme": "programmes", "scenario": "scenarios"}
"""Parameters that name a file, and where it lies."""
MAY_STAND_FOR: dict[str, tuple[type, ...]] = {"str": (str, date), "float": (float, int), "int": (int,), "bool": (bool,)}


def read_orders(home: Home, known: Mapping[str, set[str]] | None = None) -> list[Order]:
    """The reports of a home, from a file that was checked whole."""
    return read_all_orders(home, known).report


def read_all_orders(home: Home, known: Mapping[str, set[str]] | None = None) -> Orders:
    """The orders of a home, checked whole. known: group → the values that any roster has had, where there is data.

    Raises PalierError with all mistakes.
    """
    path = orders_path(home)
    data = toml_of(path)
    return orders_of(path, data, list(_mistakes(home, data, known or {})))


def parameters_of(notebook: Path) -> dict[str, str]:
    """A notebook's parameters: name → type, as it writes them."""
    return {name: found["inferred_type_name"] for name, found in _inspected(notebook).items()}


def _days_of(notebook: Path) -> set[str]:
    """Those of its parameters that are days, as their comments say."""
    return {name for name, found in _inspected(notebook).items() if found["help"].startswith(BEGINS_A_DAY)}


def _inspected(notebook: Path) -> dict[str, Any]:
    return _inspected_at(notebook, notebook.stat().st_mtime_ns)


@cache
def _inspected_at(notebook: Path, _changed_at: int) -> dict[str, Any]:
    skip_needless_imports()
    import papermill  # type: ignore[import-untyped]  # takes two seconds

    return dict(papermill.inspect_notebook(str(notebook)))


def _mistakes(home: Home, data: dict[str, Any], known: Mapping[str, set[str]]) -> Iterator[str]:
    """Of each report whose own words can be read; what is of the wrong shape is told by the model."""
    found = data.get("report")
    tables = [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []
    notebooks = {path.stem: path for path in home.files("notebooks", ".ipynb")}
    names = [str(table.get("name")) for table in tables if "name" in table]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"report {name}: stands twice; give one another name"
        if name in notebooks:
            yield f"report {name}: a notebook has this name, and its page too; choose another"
    for number, table in enumerate(tables, start=1):
        where = f"report {table.get('name', number)}"
        if isinstance(formats := table.get("formats"), list) and "html" not in formats:
            yield f"{where}, formats: html must be among them; the index leads to it"
        if "may_lag_days" in table and not table.get("ready_when"):
            yield f"{where}, may_lag_days: does nothing without ready_when; add that, or take it away"
        yield from _for_outside(where, table)
        yield from _in_delivery(home, where, table, "mail" in data)
        notebook = table.get("notebook")
        if not isinstance(notebook, str):
            continue
        if notebook not in notebooks:
            yield f"{where}, notebook: no such notebook {notebook!r}{did_you_mean(notebook, notebooks)}"
            continue
        try:
            found_there = parameters_of(notebooks[notebook])
        except Exception as error:  # whatever the file holds
            yield f"{where}, notebook: {notebook} cannot be read as a notebook ({type(error).__name__}); mend it"
            continue
        own = {name: kind for name, kind in found_there.items() if name != GIVEN_BY_THE_RUNNER}
        yield from _in_params(where, notebook, table, own, known)
        yield from _in_texts(home, where, table.get("params"), own, _days_of(notebooks[notebook]))
        yield from _in_groups(where, notebook, table.get("for_each"), own, known)


def _in_delivery(home: Home, where: str, table: dict[str, Any], has_mail: bool) -> Iterator[str]:
    formats, folder = table.get("formats"), table.get("deliver_to")
    if isinstance(formats, list) and "pdf" in formats and not can_make_pdf():
        yield f"{where}, formats: {MISSING}"
    if isinstance(mail_to := table.get("mail_to"), list) and mail_to and not has_mail:
        yield f"{where}, mail_to: no [mail] says how; add the table with host and from"
    if not isinstance(folder, str) or not folder or "\0" in folder:
        return
    if folder.startswith("~"):
        yield f"{where}, deliver_to: {folder} begins with ~, which is not read here; write the whole path"
    target, ours = (home.root / folder).resolve(), (home.processed, home.raw, home.root / "data")
    if inside := next((one for one in ours if target.is_relative_to(one.resolve())), None):
        fact = f"lies in {inside.relative_to(home.root).as_posix()}, which Palier reads or makes anew"
        yield f"{where}, deliver_to: {folder} {fact}; name a folder elsewhere"


def _for_outside(where: str, table: dict[str, Any]) -> Iterator[str]:
    """What a page is asked for stands in its file's name and its title, which the copy without names does not change."""
    if table.get("audience") != "outside":
        return
    params = table.get("params")
    given = [name for name, value in params.items() if value] if isinstance(params, dict) else []
    places = [("for_each", name) for name in _table_of(table.get("for_each"))]
    for key, name in [*places, *((f"params.{name}", name) for name in given)]:
        if name in PEOPLE:
            yield (
                f"{where}, {key}: file names and titles would say who the {name} is, and readers outside see no names; "
                "take it away"
            )


def _in_params(
    where: str, notebook: str, table: dict[str, Any], own: dict[str, str], known: Mapping[str, set[str]]
) -> Iterator[str]:
    params, groups = table.get("params", {}), _table_of(table.get("for_each"))
    for name, value in params.items() if isinstance(params, dict) else ():
        place = f"{where}, params.{name}"
        if name in (GIVEN_BY_THE_RUNNER, GIVEN_BY_THE_PERIOD):
            given = "the runner" if name == GIVEN_BY_THE_RUNNER else "each period"
            yield f"{place}: is given by {given}; take it away"
        elif name not in own:
            yield f"{place}: {notebook} has no such parameter{did_you_mean(name, own)}"
        elif isinstance(value, str | int | float | date) and not _is_of(value, own[name]):
            yield f"{place}: {value!r} is not of type {own[name]}, as {notebook} has it; write it as one"
        elif name in groups:
            yield f"{place}: for_each gives each page its own {name}; take one of the two away"
        elif name in GROUPS and value:
            yield from _in_values(place, [value], known.get(name))


def _in_texts(home: Home, where: str, params: Any, own: dict[str, str], days: set[str]) -> Iterator[str]:
    """Texts that must be a day or the name of a file."""
    for name, value in params.items() if isinstance(params, dict) else ():
        place = f"{where}, params.{name}"
        if not isinstance(value, str) or not value:
            continue
        if name in days and name != GIVEN_BY_THE_PERIOD:
            try:
                day(value, place)
            except PalierError as error:
                yield str(error)
        elif name in FOLDERS and name in own:
            files = {path.stem for path in home.files(FOLDERS[name], ".toml")}
            if value not in files:
                yield f"{place}: no such {name} {value!r}{did_you_mean(value, files)}"


def _is_of(value: Any, kind: str) -> bool:
    """Whether a value may be given for a parameter of that type; one without a type takes any. true is no number."""
    if kind not in MAY_STAND_FOR:
        return kind in ("None", "Any") or type(value).__name__ == kind
    return isinstance(value, MAY_STAND_FOR[kind]) and (kind == "bool" or not isinstance(value, bool))


def _in_groups(
    where: str, notebook: str, for_each: Any, own: dict[str, str], known: Mapping[str, set[str]]
) -> Iterator[str]:
    for group, values in _table_of(for_each).items():
        usable = [name for name in own if name in GROUPS]
        if group not in usable:
            yield f"{where}, for_each: {notebook} cannot be asked for one {group}{did_you_mean(group, usable)}"
        elif isinstance(values, list):
            yield from _in_values(f"{where}, for_each.{group}", values, known.get(group))


def _table_of(for_each: Any) -> dict[str, Any]:
    """Group → values, however it is written; empty where it is of the wrong shape."""
    return {for_each: []} if isinstance(for_each, str) else for_each if isinstance(for_each, dict) else {}


def _in_values(place: str, values: list[Any], known: set[str] | None) -> Iterator[str]:
    for value in values:
        if known and isinstance(value, str) and value not in known:
            near = next((name for name in known if name.casefold() == value.casefold()), None)
            yield f"{place}: {value!r}: no partner was ever there{f'; did you mean {near}?' if near else did_you_mean(value, known)}"


def as_given(value: Any) -> Any:
    """A value as the notebook takes it: days are texts there."""
    return value.isoformat() if isinstance(value, date) else value
