"""The command that calls `palier report --due` again and again, or shows how a system's own timer calls it."""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline import cli_due
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.options import MENDABLE, KernelsOf, Workers, home_of, in_words

app = typer.Typer()


@app.command()
def schedule(
    context: typer.Context,
    every: Annotated[int, typer.Option(min=1, metavar="MINUTES", help="How long from one pass to the next.")] = 60,
    only_print: Annotated[bool, typer.Option("--print", help="Show files for systemd and cron; run nothing.")] = False,
    workers: Workers = 0,
    kernels: KernelsOf = "ordinary",
) -> None:
    """Read new deliveries and run the reports that are due, now and every hour, until it is stopped; or show how systemd and cron do it.

    Example: `palier schedule --print`, or `palier schedule --every 30`
    """
    from pipeline.report.schedule import repeat, until_stopped
    from pipeline.report.scheduled import Asked
    from pipeline.report.timers import crontab, systemd

    home = home_of(context)
    if only_print:
        told = [
            *(["--workers", str(workers)] if workers else []),
            *(["--kernels", kernels] if kernels != "ordinary" else []),
        ]
        command = [str(_palier()), "--home", str(home.root), "report", "--due", *told]
        return print(systemd(command, every), crontab(command, every), sep="\n", end="")
    password = cli_due.mail_password()

    def one_pass() -> None:
        try:
            read_deliveries(home)
        except MENDABLE as error:  # the reports of what is published run all the same
            _tell(error)
        cli_due.run_and_tell(home, Asked(datetime.now().astimezone(), None, workers, kernels, password))

    with until_stopped():
        repeat(one_pass, every, _tell)


def read_deliveries(home: Home) -> None:
    """Read and publish what lies new or changed in data/raw; nothing to do where nothing does."""
    from pipeline.ingest.manifest import ingest
    from pipeline.ledger.build import build
    from pipeline.report.known import known

    if home.warehouse.is_file() and not any(known(home).unread.values()):
        return
    ingest(home)
    build(home, datetime.now(UTC))
    print("read what is new in data/raw", flush=True)


def _tell(error: Exception) -> None:
    """What a user can mend in words, all else as it is."""
    if isinstance(error, MENDABLE):
        print(in_words(error), file=sys.stderr, flush=True)
    else:
        traceback.print_exception(error)


def _palier() -> Path:
    """The command beside the Python that runs."""
    palier = Path(sys.executable).with_name("palier")
    if not palier.is_file():
        raise PalierError(f"{palier}: there is no such command. Install Palier into the Python that runs it.")
    return palier
