"""What the command `report` does: by hand, or what is due; and how it tells of it."""

import os
import webbrowser
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.base.dates import day_or
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report.kernels import Kernels
from pipeline.report.progress import Steps
from pipeline.report.table import print_rows, shown

if TYPE_CHECKING:
    from pipeline.report.scheduled import Asked


def by_hand(
    home: Home,
    names: list[str] | None,
    parameters: list[str] | None,
    now: datetime,
    only_due: dict[str, object],
) -> bool:
    """Run the named notebooks, or all; whether one failed. only_due: options that mean nothing here, with their values."""
    from pipeline.report.parameters import pairs
    from pipeline.report.run import report, report_names

    for option, value in only_due.items():
        if value:
            raise PalierError(f"{option}: goes with --due. Write `palier report --due {option} {value}`.")
    with Steps("reports") as step:
        runs = report(home, names or report_names(home), pairs(parameters or []), now, step)
    for one in runs:
        print(f"{one.status} {one.name} in {one.seconds:.0f} s: {one.reason or one.page}")
    return any(one.status == "failed" for one in runs)


def due(
    home: Home,
    names: list[str] | None,
    parameters: list[str] | None,
    now: datetime,
    since: str,
    workers: int,
    kernels: Kernels,
    only_plan: bool,
) -> bool:
    """Run what is due, or show what would run; whether one failed."""
    from pipeline.report.schedule import until_stopped
    from pipeline.report.scheduled import Asked, planned

    if names or parameters:
        raise PalierError("--due and --plan: follow reports.toml. Leave names and parameters out, or --due.")
    asked = Asked(now, _day(since, now.date()), workers, kernels, mail_password())
    if only_plan:
        table = [
            (one.action, one.page, one.period, one.parameters.get("as_of", "–"), one.why)
            for one in planned(home, asked)
        ]
        print_rows(
            ("does", "report", "period", "as_of", "why"), table, f"What `palier report --due` would do on {asked.day}"
        )
        return False
    with until_stopped():
        return run_and_tell(home, asked)
    raise PalierError("stopped before all was done; the next `palier report --due` does what is missing.")


def mail_password() -> str:
    """The password of the mail server, taken out of the environment: nothing that we start sees it."""
    from pipeline.report.post import PASSWORD

    return os.environ.pop(PASSWORD, "")


def run_and_tell(home: Home, asked: "Asked") -> bool:
    """Run what is due and say what came of it; whether one failed or was not delivered."""
    from pipeline.report.due import is_given_up
    from pipeline.report.scheduled import run_due

    with Steps("reports that are due") as step:
        records = run_due(home, asked, step)
    for one in records:
        said = f"{one.failure}: {one.reason}" if one.failure else "ok"
        where = f" ({home.reports / one.kept})" if one.kept else ""
        delivered = f"; delivered to {', '.join(one.delivered)}" if one.delivered else ""
        delivered += f"; not delivered: {one.delivery}" if one.delivery else ""
        took = f" in {one.seconds:.0f} s" if one.seconds else ""
        given_up = "; given up until something changes" if is_given_up(one) else ""
        print(shown(f"{one.status} {one.name}{took}: {said}{where}{given_up}{delivered}"), flush=True)
    if not records:
        print("nothing is due", flush=True)
    return any(one.status == "failed" or one.delivery for one in records)


def _day(since: str, today: date) -> date | None:
    day = day_or(None, since, "--since")
    if day and day > today:
        raise PalierError(f"--since {day}: is later than today, {today}. Name an earlier day.")
    return day


def point_to_index(home: Home, show: bool) -> None:
    """Say where the pages are, and open them when asked to."""
    index = home.reports / "index.html"
    if show and not webbrowser.open(index.as_uri()):
        print("there is no browser here")
    print(f"open {index}")
