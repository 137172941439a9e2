"""The options that several commands share, and what they name: the home, its warehouse, a rulebook."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import pipeline
from pipeline.base.errors import PalierError
from pipeline.base.home import Home, home_at
from pipeline.base.warehouse import DamagedError, OutdatedError, Warehouse
from pipeline.report.kernels import Kernels
from pipeline.report.table import shown

if TYPE_CHECKING:  # they load pandas, which a small ingest does not need
    from pipeline.model.programme import Programme
    from pipeline.model.question import Question

MENDABLE = (PalierError, OSError, OutdatedError, *DamagedError)

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
RulesOf = Annotated[
    str, typer.Option("--programme", metavar="NAME", help="A rulebook in programmes/; default: the home's own.")
]
ScenarioOf = Annotated[
    str, typer.Option("--scenario", metavar="NAME", help="A scenario in scenarios/, in place of the programme.")
]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="GROUP", help="One row per region, city, size_class, primary_domain, status, adviser …"
    ),
]
KernelsOf = Annotated[
    Kernels,
    typer.Option("--kernels", help="With --due: ordinary, or fork, which takes a third less time; Linux only."),
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="With --due: how many at once; 0: one per processor.")]


def print_version(asked_for: bool) -> None:
    """Print the version and leave, when asked for."""
    if asked_for:
        print(f"palier {pipeline.__version__}")
        raise typer.Exit


def home_of(context: typer.Context) -> Home:
    """The home that the command line names."""
    return home_at(context.obj)


def warehouse_of(context: typer.Context) -> Warehouse:
    """The published warehouse, read-only."""
    home = home_of(context)
    if home.invented:
        print(f"Invented data, no real partner is in it: see {home.invented}", file=sys.stderr)
    warehouse = Warehouse.open(home.warehouse)
    if "build" not in warehouse.tables():
        raise PalierError(f"{home.warehouse}: was not built by this version. Run `palier build` again.")
    return warehouse


def programme_of(context: typer.Context, name: str, scenario: str = "") -> Programme:
    """A rulebook by its name, or as a scenario changes it."""
    from pipeline.model.rulebooks import rulebook
    from pipeline.model.scenario import read_scenario

    if scenario:
        found = read_scenario(home_of(context), scenario)
        if name not in ("", found.file.base):
            raise PalierError(f"--scenario {scenario}: is about {found.file.base}, not {name}. Leave --programme out.")
        return found.programme
    return rulebook(home_of(context), name)[0]


def asked(warehouse: Warehouse, as_of: str, known_on: str) -> Question:
    """The question of two written days; without a day, that of the newest roster."""
    from pipeline.ledger import published
    from pipeline.model.question import question_on

    question = question_on(as_of, known_on, published.newest_roster(warehouse))
    warn_beyond(warehouse, question.as_of)
    return question


def warn_beyond(warehouse: Warehouse, day: date) -> None:
    """Say so when a day lies after all that is known."""
    from pipeline.ledger import published

    if warning := published.beyond_what_is_known(warehouse, day):
        print(f"Note: {warning}", file=sys.stderr)


def in_words(error: Exception) -> str:
    """What went wrong in one message: the place, the fact, the next step; nothing in it acts on a terminal."""
    if isinstance(error, OSError):
        place, fact = error.filename or "output", error.strerror
        text = f"{place}: {fact}. Free space or allow access, then run it again."
    elif isinstance(error, PalierError):
        text = str(error)
    elif isinstance(error, OutdatedError):
        fact = str(error).splitlines()[0]
        text = f"the warehouse is of another version of Palier ({fact}). Run `palier build`."
    else:
        fact = str(error).splitlines()[0]
        text = f"the warehouse is damaged ({fact}). Delete data/processed and run `palier run`."
    return "\n".join(shown(line) for line in f"palier: {text}".split("\n"))
