"""What a finished report leaves: its page in one step, the newest under a name that stays, and no more past than is kept."""

import os
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path

from pipeline.base.files import cannot_write, make_folder
from pipeline.base.home import Home
from pipeline.report.record import Record, forget
from pipeline.report.task import NOTEBOOK, PAGE, PDF


def work_folder(home: Home, name: str) -> Path:
    """A fresh folder for one report to be made in, on the disk where it will be published."""
    folder = home.reports / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    return folder


def clear_work(home: Home) -> None:
    """Take away what a runner that was killed had begun."""
    shutil.rmtree(home.reports / "work", ignore_errors=True)


def publish(home: Home, folder: Path, name: str, formats: list[str]) -> list[str]:
    """Move page and notebook from the work folder to their places, each in one step; their paths under the reports."""
    places = {
        "html": (PAGE, f"{name}.html"),
        "ipynb": (NOTEBOOK, f"notebooks/{name}.ipynb"),
        "pdf": (PDF, f"{name}.pdf"),
    }
    made = []
    for kind in sorted(formats, reverse=True):  # the page last: when it is there, all is there
        source, place = places[kind]
        target = home.reports / place
        make_folder(target.parent)
        try:
            (folder / source).replace(target)
        except OSError as error:
            raise cannot_write(target, error) from error
        made.append(place)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home.reports / "failed" / name, ignore_errors=True)
    return made


def keep_failed(home: Home, folder: Path, name: str) -> Path:
    """Keep the work folder of a failure: notebook as far as it ran, log. That of the attempt before makes way."""
    kept = home.reports / "failed" / name
    shutil.rmtree(kept, ignore_errors=True)
    with suppress(OSError):
        make_folder(kept.parent)
        folder.rename(kept)
    return kept


def show_newest(home: Home, records: list[Record], today: date) -> None:
    """Give the newest published page of each report the name that stays. A period after `today` is a clock's mistake."""
    newest = {
        record.page: record for record in records if record.files and record.period <= today
    }  # by page and period, so that the last stands
    for page, record in newest.items():
        source, target = home.reports / f"{record.name}.html", home.reports / f"{page}.html"
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        if not source.is_file() or (target.is_file() and target.samefile(source)):
            continue
        try:
            beside.unlink(missing_ok=True)
            try:
                beside.hardlink_to(source)
            except OSError:  # a disk without hard links
                shutil.copyfile(source, beside)
            beside.replace(target)
        except OSError as error:
            raise cannot_write(target, error) from error
        finally:
            beside.unlink(missing_ok=True)


def drop_old(home: Home, records: list[Record], keep: dict[str, int]) -> list[Record]:
    """Delete what is older than the newest page and the past ones kept. keep: report → how many; the records that stay.

    Counted by published pages, never by today's date: a clock that runs ahead deletes nothing that is still the newest.
    """
    published: dict[str, list[date]] = {}
    for record in records:
        if record.files:
            published.setdefault(record.page, []).append(record.period)
    stay = []
    for record in records:
        periods = published.get(record.page, [])
        if (
            record.report not in keep
            or len(periods) <= keep[record.report]
            or record.period >= periods[-keep[record.report] - 1]
        ):
            stay.append(record)
            continue
        _take_away(home, record)
    return stay


def withdraw_inside(home: Home, records: list[Record], outside: set[str]) -> None:
    """Delete the pages with names of reports that are for readers outside now: their links may have been given away."""
    for record in records:
        if record.report in outside and record.audience == "inside":
            _take_away(home, record)
            (home.reports / f"{record.page}.html").unlink(missing_ok=True)


def _take_away(home: Home, record: Record) -> None:
    forget(home, record)
    for file in record.files:
        (home.reports / file).unlink(missing_ok=True)
    shutil.rmtree(home.reports / "failed" / record.name, ignore_errors=True)
