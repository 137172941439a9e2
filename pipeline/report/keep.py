"""What a finished report leaves: its page in one step, the newest under a name that stays, and no more past than is kept."""

import filecmp
import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write, make_folder
from pipeline.base.home import Home
from pipeline.report.record import Record, files_of, forget, newest_shown
from pipeline.report.task import NOTEBOOK, PAGE, PDF

MADE = {"html": PAGE, "ipynb": NOTEBOOK, "pdf": PDF}
"""Format → its file in the work folder."""


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
    places = files_of(name, formats)
    for kind, place in places.items():
        target = home.reports / place
        make_folder(target.parent)
        try:
            (folder / MADE[kind]).replace(target)
        except OSError as error:
            raise cannot_write(target, error) from error
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home.reports / "failed" / name, ignore_errors=True)
    return list(places.values())


def keep_failed(home: Home, folder: Path, name: str) -> str:
    """Keep the work folder of a failure: notebook as far as it ran, log. Its path under the reports, empty if it cannot be kept.

    That of the attempt before makes way.
    """
    kept = home.reports / "failed" / name
    shutil.rmtree(kept, ignore_errors=True)
    try:
        make_folder(kept.parent)
        folder.rename(kept)
    except (OSError, PalierError):
        return ""
    return str(kept.relative_to(home.reports))


def show_newest(home: Home, records: list[Record], today: date) -> None:
    """Give the newest published page of each report the name that stays. A period after `today` is a clock's mistake."""
    for page, record in newest_shown(records, today).items():
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


def drop_old(home: Home, records: list[Record], keep: Mapping[str, int], expected: Mapping[str, date]) -> list[Record]:
    """Delete what is older than the newest page and the past ones kept; the records that stay.

    keep: report → how many; expected: name → period of all that reports.toml expects now, which is never deleted.
    Counted by published pages, never by today's date: a clock that runs ahead deletes nothing that is still the newest.
    """
    published: dict[str, list[date]] = {}
    for record in records:
        if record.files:
            published.setdefault(record.page, []).append(record.period)
    oldest = min(expected.values(), default=date.min)
    stay = []
    for record in records:
        if record.report not in keep or record.name in expected:
            stay.append(record)
            continue
        kept = published.get(record.page, [])[-keep[record.report] - 1 :]
        if record.period in kept if record.files else record.period >= min([oldest, *kept]):
            stay.append(record)
            continue
        _take_away(home, record)
    return stay


def withdraw_names(home: Home, records: list[Record], outside: set[str]) -> None:
    """Delete the pages with names of reports that are for readers outside now: their links may have been given away.

    Whatever no record calls free of names goes, so that neither a lost record nor a call that was killed leaves one.
    """
    free = [record for record in records if record.audience == "outside"]
    names = {file for record in free for file in (*record.files, record.name)}
    for report in outside:
        for folder in ("", "notebooks", "failed"):
            begin = (f"{report}.", f"{report}-", f".{report}.", f".{report}-")
            for path in (path for one in begin for path in (home.reports / folder).glob(f"{one}*")):
                if str(path.relative_to(home.reports)).removeprefix("failed/") in names or _is_copy(home, path, free):
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for record in records:
        if record.report in outside and record.audience == "inside":
            forget(home, record)


def _is_copy(home: Home, path: Path, free: list[Record]) -> bool:
    """Whether it shows, under the name that stays, one of these pages."""
    pages = [home.reports / f"{record.name}.html" for record in free if f"{record.page}.html" == path.name]
    return any(page.is_file() and filecmp.cmp(page, path, shallow=False) for page in pages)


def _take_away(home: Home, record: Record) -> None:
    """The record last: as long as it is there, the next call finds what is left."""
    for file in record.files:
        (home.reports / file).unlink(missing_ok=True)
    shutil.rmtree(home.reports / "failed" / record.name, ignore_errors=True)
    forget(home, record)
