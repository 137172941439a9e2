"""What is wrong in reports.toml against the notebooks: unknown notebooks, parameters, types and groups, all at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.base.document import toml_of
from pipeline.base.errors import did_you_mean
from pipeline.base.home import Home
from pipeline.model.standing import GROUPS
from pipeline.report.lean import skip_needless_imports
from pipeline.report.order import Order, Orders, orders_of, orders_path
from pipeline.report.parameters import GIVEN_BY_THE_RUNNER
from pipeline.report.pdf import MISSING, can_make_pdf

GIVEN_BY_THE_PERIOD = "as_of"
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
    return dict(_parameters_of(notebook, notebook.stat().st_mtime_ns))


@cache
def _parameters_of(notebook: Path, _changed_at: int) -> dict[str, str]:
    skip_needless_imports()
    import papermill  # type: ignore[import-untyped]  # takes two seconds

    return {name: found["inferred_type_name"] for name, found in papermill.inspect_notebook(str(notebook)).items()}


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
        if "html" not in table.get("formats", ["html"]):
            yield f"{where}, formats: html must be among them; the index leads to it"
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
        yield from _in_groups(where, notebook, table.get("for_each"), own, known)


def _in_delivery(home: Home, where: str, table: dict[str, Any], has_mail: bool) -> Iterator[str]:
    formats, folder = table.get("formats"), table.get("deliver_to")
    if isinstance(formats, list) and "pdf" in formats and not can_make_pdf():
        yield f"{where}, formats: {MISSING}"
    if table.get("mail_to") and not has_mail:
        yield f"{where}, mail_to: no [mail] says how; add the table with host and from"
    if isinstance(folder, str) and folder and (home.root / folder).resolve().is_relative_to(home.processed.resolve()):
        yield f"{where}, deliver_to: {folder} lies in data/processed, which is made anew; name a folder elsewhere"


def _in_params(
    where: str, notebook: str, table: dict[str, Any], own: dict[str, str], known: Mapping[str, set[str]]
) -> Iterator[str]:
    params = table.get("params", {})
    for name, value in params.items() if isinstance(params, dict) else ():
        place = f"{where}, params.{name}"
        if name in (GIVEN_BY_THE_RUNNER, GIVEN_BY_THE_PERIOD):
            given = "the runner" if name == GIVEN_BY_THE_RUNNER else "each period"
            yield f"{place}: is given by {given}; take it away"
        elif name not in own:
            yield f"{place}: {notebook} has no such parameter{did_you_mean(name, own)}"
        elif isinstance(value, str | int | float | date) and not _is_of(value, own[name]):
            yield f"{place}: {value!r} is not of type {own[name]}, as {notebook} has it; write it as one"
        elif name in GROUPS and value:
            yield from _in_values(place, [value], known.get(name))


def _is_of(value: Any, kind: str) -> bool:
    """Whether a value may be given for a parameter of that type; one without a type takes any. true is no number."""
    if kind not in MAY_STAND_FOR:
        return kind in ("None", "Any") or type(value).__name__ == kind
    return isinstance(value, MAY_STAND_FOR[kind]) and (kind == "bool" or not isinstance(value, bool))


def _in_groups(
    where: str, notebook: str, for_each: Any, own: dict[str, str], known: Mapping[str, set[str]]
) -> Iterator[str]:
    table = {for_each: []} if isinstance(for_each, str) else for_each if isinstance(for_each, dict) else {}
    for group, values in table.items():
        usable = [name for name in own if name in GROUPS]
        if group not in usable:
            yield f"{where}, for_each: {notebook} cannot be asked for one {group}{did_you_mean(group, usable)}"
        elif isinstance(values, list):
            yield from _in_values(f"{where}, for_each.{group}", values, known.get(group))


def _in_values(place: str, values: list[Any], known: set[str] | None) -> Iterator[str]:
    for value in values:
        if known and isinstance(value, str) and value not in known:
            near = next((name for name in known if name.casefold() == value.casefold()), None)
            yield f"{place}: {value!r}: no partner was ever there{f'; did you mean {near}?' if near else did_you_mean(value, known)}"


def as_given(value: Any) -> Any:
    """A value as the notebook takes it: days are texts there."""
    return value.isoformat() if isinstance(value, date) else value
