"""reports.toml: which notebook runs when, for whom, with what. Read whole, and refused with every mistake at once."""

from datetime import date, datetime
from pathlib import Path
from re import fullmatch
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveInt

from pipeline.base.document import Strict, validated
from pipeline.base.errors import did_you_mean
from pipeline.base.home import Home
from pipeline.report.period import Every
from pipeline.report.post import Address, Mail

FILE = "reports.toml"
READY = ("points cover as_of", "roster covers as_of")
RESERVED = ("index", "whatif")
EARLIEST = date(1900, 1, 1)
"""Before it no programme ranked partners."""


def _names(value: Any) -> Any:
    """One word or several; each must be a check that there is."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"write one of {', '.join(READY)}, or a list of them")
    if unknown := [word for word in words if word not in READY]:
        raise ValueError(f"{unknown[0]!r} is no such check{did_you_mean(unknown[0], READY)}")
    return words


def _groups(value: Any) -> Any:
    """An attribute of the roster, or one attribute with the values wanted."""
    if isinstance(value, str) and value:
        return {value: []}
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(
            'write a column of the roster, for example "region", or one with values: { region = ["Bretagne"] }'
        )
    [(group, values)] = value.items()
    if not isinstance(values, list) or not values or not all(isinstance(one, str) and one for one in values):
        raise ValueError(f"{group} must be a list of texts, at least one")
    if len(set(values)) < len(values):
        raise ValueError(f"{group} names a value twice; take one away")
    return value


def _plain(value: Any) -> Any:
    """A table of texts, numbers, switches and days: what a notebook's parameters are."""
    if not isinstance(value, dict):
        raise ValueError('write a table, for example { region = "Bretagne" }')
    for name, one in value.items():
        if isinstance(one, datetime):
            raise ValueError(f"{name}: {_day_alone(name, one)}")
        if not isinstance(one, str | int | float | date):
            raise ValueError(f"{name}: {one!r} is neither a text nor a number, a switch or a day")
    return value


def _file_name(value: Any) -> Any:
    if not isinstance(value, str) or not fullmatch("[a-z][a-z0-9_]*", value):
        raise ValueError(
            f"{value!r} must be lower-case letters, digits and _, the first a letter: files are named after it"
        )
    if value in RESERVED:
        raise ValueError(f"{value} is a page of its own; choose another name")
    return value


def _day_alone(key: str, moment: datetime) -> str:
    return f"{moment} has a time of day; write the day alone: {key} = {moment.date()}"


def _first_day(value: Any) -> Any:
    """A day as TOML writes it."""
    if isinstance(value, datetime):
        raise ValueError(_day_alone("start", value))
    if isinstance(value, str) and fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError(f"write a day without quotes: start = {value}")
    if not isinstance(value, date):
        raise ValueError(f"{value!r} is no day; write one such as start = 2026-01-05")
    return value


def _list_such_as(example: str) -> BeforeValidator:
    """A list, also where it has one value."""

    def is_list(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is no list; write one: {example}")
        return value

    return BeforeValidator(is_list)


def _tables(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError("write [[report]], with two brackets, above each report")
    return value


class Order(Strict):
    """One report. for_each: group → values, no value meaning all on the roster; keep: past periods beside the newest.

    may_lag_days: how old the newest delivery may be on as_of for the data still to be ready.
    deliver_to: a folder, from the home on, for copies of its pages; mail_to: who gets each page by mail.
    """

    name: Annotated[str, BeforeValidator(_file_name)]
    notebook: str
    every: Every
    start: Annotated[date, Field(ge=EARLIEST), BeforeValidator(_first_day)]
    params: Annotated[dict[str, Any], BeforeValidator(_plain)] = {}
    for_each: Annotated[dict[str, list[str]], BeforeValidator(_groups)] = {}
    ready_when: Annotated[list[str], BeforeValidator(_names)] = []
    may_lag_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    catch_up: Literal["newest", "every"] = "newest"
    formats: Annotated[list[Literal["html", "ipynb", "pdf"]], _list_such_as('formats = ["html", "pdf"]')] = ["html"]
    keep: Annotated[int, Field(ge=1, le=10_000)] = 12
    audience: Literal["inside", "outside"] = "inside"
    deliver_to: Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$")] = ""
    mail_to: Annotated[list[Address], _list_such_as('mail_to = ["anna@example.org"]')] = []
    cell_seconds: PositiveInt = 600
    report_seconds: PositiveInt = 1800

    @property
    def group(self) -> str:
        """The roster's column that each page is for one value of; empty where there is one page for all."""
        return next(iter(self.for_each), "")


class Orders(Strict):
    """The whole file."""

    report: Annotated[list[Order], BeforeValidator(_tables)] = []
    mail: Mail | None = None


def orders_path(home: Home) -> Path:
    """The home's own reports.toml, else the project's."""
    return home.file(FILE)


def orders_of(path: Path, data: dict[str, Any], told: list[str]) -> Orders:
    """Plain values as orders; with what was `told` of them elsewhere, all mistakes are in one PalierError."""
    return validated(path, data, Orders, place, told)


def place(data: Any, location: tuple[Any, ...]) -> str:
    """`report national, params.region`; a report without a name by its number. A value in a list is quoted, not counted."""
    if len(location) < 2 or location[0] != "report" or not isinstance(location[1], int):
        return ".".join(str(part) for part in location)
    found = data["report"][location[1]]
    name = found.get("name") if isinstance(found, dict) else None
    inner = ".".join(part for part in location[2:] if isinstance(part, str))
    return f"report {name if isinstance(name, str) else location[1] + 1}" + (f", {inner}" if inner else "")
