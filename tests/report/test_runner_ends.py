"""How a run ends when a notebook or the system ends it, and that nothing a notebook said is missing."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_home import notebook, orders, small_home

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report import concluded
from pipeline.report.due import Planned
from pipeline.report.keep import work_folder
from pipeline.report.leftover import temporary_folder
from pipeline.report.order import Order
from pipeline.report.record import Record, read_records, write_record
from pipeline.report.scheduled import Asked, run_due
from pipeline.report.task import NOTEBOOK, Outcome, Task

MONDAY = datetime(2026, 3, 30, 6, tzinfo=UTC)
ORDER = '[[report]]\nname = "{0}_weekly"\nnotebook = "{0}"\nevery = "week"\nstart = 2026-03-30\nformats = ["html", "ipynb"]\n'
ENDS_THE_RUNNER = """import os
worker = open(f"/proc/{os.getppid()}/stat").read()
os.kill(int(worker.rpartition(")")[2].split()[1]), 9)
import time; time.sleep(60)"""


def due(home: Home, *options: str, temporary: Path | None = None) -> subprocess.Popen[str]:
    """`palier report --due` in a process of its own."""
    command = [
        sys.executable,
        "-c",
        "from pipeline.cli import main; main()",
        "--home",
        str(home.root),
        "report",
        "--due",
        *options,
    ]
    environment = {**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def home_with(root: Path, **notebooks: str) -> Home:
    """A home with these notebooks, each a weekly report."""
    home = small_home(root)
    for name, cell in notebooks.items():
        notebook(home, name, cell)
    orders(home, "".join(ORDER.format(name) for name in notebooks))
    return home


@pytest.mark.processes
@pytest.mark.parametrize("kernels", ["ordinary", "fork"])
def test_nothing_that_a_notebook_said_is_missing(tmp_path: Path, kernels: Any) -> None:
    home = home_with(
        tmp_path, shows="for i in range(8_000): display(i)", says="for i in range(20_000): print(i, flush=True)"
    )
    run_due(home, Asked(MONDAY, kernels=kernels), lambda step: None)
    assert [(record.status, record.reason) for record in read_records(home)] == [("published", "")] * 2
    shown = cell_of(home, "shows_weekly").outputs
    assert [output["data"]["text/plain"] for output in shown] == [str(i) for i in range(8_000)]
    said = "".join(output["text"] for output in cell_of(home, "says_weekly").outputs)
    assert said.splitlines() == [str(i) for i in range(20_000)]


def cell_of(home: Home, report: str) -> Any:
    """The executed cell of a notebook made here."""
    made: Any = nbformat.read(home.reports / "notebooks" / f"{report}.2026-03-30.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return made.cells[-2]


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="the notebook finds the runner in /proc")
def test_a_report_that_ends_the_runner_is_given_up_and_holds_up_no_other(tmp_path: Path) -> None:
    home = home_with(tmp_path, a_ends=ENDS_THE_RUNNER, b_fine="'fine'", c_fine="'fine'")
    codes = []
    for _ in range(4):
        runner = due(home, "--workers", "1")
        runner.communicate(timeout=120)
        codes.append(runner.returncode)
    assert codes == [-9, -9, -9, 1], "given up at last, and never said to be well"
    told = {record.notebook: (record.status, record.failure, record.attempts) for record in read_records(home)}
    assert told == {
        "a_ends": ("failed", "kernel_died", 3),
        "b_fine": ("published", "", 1),
        "c_fine": ("published", "", 1),
    }


@pytest.mark.processes
def test_a_notebook_that_deletes_the_temporary_folder_harms_no_other(tmp_path: Path) -> None:
    home = home_with(
        tmp_path, deletes="import shutil, tempfile; shutil.rmtree(tempfile.gettempdir())", fine="'fine'", well="'well'"
    )
    run_due(home, Asked(MONDAY, workers=1), lambda step: None)
    assert {record.notebook: record.status for record in read_records(home) if record.notebook != "deletes"} == {
        "fine": "published",
        "well": "published",
    }


@pytest.mark.processes
@pytest.mark.parametrize("kernels", ["ordinary", "fork"])
def test_a_run_that_is_told_to_stop_leaves_no_folder_and_says_so(tmp_path: Path, temporary: Path, kernels: str) -> None:
    began = tmp_path / "began"
    home = home_with(
        tmp_path / "home", slow=f"from pathlib import Path\nPath({str(began)!r}).touch()\nimport time; time.sleep(60)"
    )
    runner = due(home, "--kernels", kernels, temporary=temporary)
    while not began.exists():
        assert runner.poll() is None, runner.communicate()
        time.sleep(0.1)
    runner.send_signal(signal.SIGTERM)
    _, error = runner.communicate(timeout=30)
    assert (runner.returncode, "stopped before all was done" in error) == (1, True)
    assert not list(temporary.iterdir()) and not (home.reports / "work").exists() and read_records(home) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    (disk := tmp_path / "disk").mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=False, capture_output=True
    ).returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_full_disk_stops_no_report_that_still_fits(small_disk: Path) -> None:
    home = home_with(small_disk, b_small="'small'")
    run_due(home, Asked(MONDAY), lambda step: None)
    before = (home.reports / "b_small_weekly.html").read_bytes()
    notebook(home, "a_large", "'x' * 9_000_000")
    orders(home, ORDER.format("a_large") + ORDER.format("b_small").replace("b_small_weekly", "c_other"))
    for attempts in (1, 2):
        run_due(home, Asked(MONDAY, workers=1), lambda step: None)
        large, other = (record for record in read_records(home) if record.report != "b_small_weekly")
        assert (large.failure, large.attempts, "No space left" in large.reason) == ("render_error", attempts, True)
        assert other.status == "published"
    assert (home.reports / "b_small_weekly.html").read_bytes() == before
    notebook(home, "a_large", "'x'")
    run_due(home, Asked(MONDAY), lambda step: None)
    assert read_records(home)[0].status == "published"


@pytest.mark.processes
def test_folders_of_a_run_that_was_killed_are_taken_away_by_the_next(tmp_path: Path, temporary: Path) -> None:
    home = home_with(tmp_path / "home", a_ends=ENDS_THE_RUNNER)
    due(home, temporary=temporary).communicate(timeout=60)
    assert list(temporary.iterdir())
    orders(home, "")
    due(home, temporary=temporary).communicate(timeout=60)
    assert not list(temporary.iterdir())


def planned_one(before: Record | None = None, audience: str = "inside") -> Planned:
    """One report of one week."""
    order = Order.model_validate(
        {"name": "weekly", "notebook": "n", "every": "week", "start": date(2026, 3, 30), "audience": audience}
    )
    return Planned(order, "weekly", date(2026, 3, 30), {}, "run", "", before, ["build"])


def test_a_disk_full_of_a_failure_keeps_the_record_rather_than_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, one = Home(tmp_path), planned_one()
    folder = work_folder(home, one.name)
    (folder / NOTEBOOK).write_text("as far as it ran", encoding="utf-8")
    kept = home.reports / "failed" / one.name

    def full(home: Home, record: Record) -> None:
        if kept.exists():
            raise PalierError("No space left on device")
        write_record(home, record)

    monkeypatch.setattr(concluded, "write_record", full)
    task = Task(one.name, "n", {}, str(folder), "now")
    told = concluded.concluded(home, one, task, Outcome("render_error", "No space left on device", 1.0))
    assert (told.kept, told.attempts, read_records(home)) == ("", 1, [told])


def test_a_page_never_takes_the_place_of_one_whose_record_speaks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between page and record, the page with names has no record that calls it free of them."""
    home, task = Home(tmp_path), Task("weekly.2026-03-30", "n", {}, str(tmp_path / "work"), "now")
    for one in (planned_one(audience="outside"), planned_one(audience="inside")):
        folder = work_folder(home, one.name)
        (folder / "page.html").write_text(one.order.audience, encoding="utf-8")
        before = next(iter(read_records(home)), None)
        task = Task(one.name, "n", {}, str(folder), "now")
        if before:
            monkeypatch.setattr(concluded, "write_record", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                concluded.concluded(home, planned_one(before), task, Outcome("", "", 1.0))
        else:
            concluded.concluded(home, one, task, Outcome("", "", 1.0))
    assert (home.reports / "weekly.2026-03-30.html").read_text(encoding="utf-8") == "inside"
    assert read_records(home) == []


def test_a_temporary_folder_too_deep_for_sockets_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("deep" * 20)))
    (tmp_path / ("deep" * 20)).mkdir()
    with pytest.raises(PalierError, match="Set TMPDIR to a shorter one"), temporary_folder(Home(tmp_path)):
        pass
