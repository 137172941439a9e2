"""The options that several commands share, and what they name: the home, its warehouse, a rulebook."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.base.home import Home, home_at
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme, read_programme

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[Path | None, typer.Option("--output", help="Write to a file: .csv, .parquet, .json or .xlsx.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="DAY", help="Entries earned up to this day count; default: the newest roster's day."
    ),
]
KnownOn = Annotated[
    str,
    typer.Option("--known-on", metavar="DAY", help="Use nothing posted after this day; default: all that is known."),
]
RulesOf = Annotated[str, typer.Option("--programme", metavar="NAME", help="A rulebook in programmes/.")]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="GROUP", help="One row per region, city, size_class, primary_domain, status, adviser …"
    ),
]


def home_of(context: typer.Context) -> Home:
    """The home that the command line names."""
    return home_at(context.obj)


def warehouse_of(context: typer.Context) -> Warehouse:
    """The published warehouse, read-only."""
    home = home_of(context)
    if home.invented:
        print(f"Invented data, no real partner is in it: see {home.invented}", file=sys.stderr)
    return Warehouse.open(home.warehouse)


def programme_of(context: typer.Context, name: str) -> Programme:
    """A rulebook by its name."""
    return read_programme(home_of(context).file("programmes", f"{name}.toml"))[0]
