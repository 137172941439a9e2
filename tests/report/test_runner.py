"""The runner against notebooks that do all that a notebook should not. One run of all of them, then what is left of it."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from small_home import notebook, orders, small_home

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report.index import scheduled_pages
from pipeline.report.keep import show_newest, work_folder
from pipeline.report.leftover import MARK, mark_of
from pipeline.report.record import Record, read_records, write_record
from pipeline.report.scheduled import Asked, planned, run_due
from pipeline.report.task import PAGE, Task

pytestmark = pytest.mark.processes

MONDAY = datetime(2026, 3, 30, 6, tzinfo=UTC)
SLEEP = "import time; time.sleep(600)"
HOSTILE = "<script>alert(1)</script> \u202ecod.exe =cmd|' /C calc'!A0"
NOTEBOOKS = {
    "good": ["'the good page'"],
    "raises": [f"raise ValueError({HOSTILE!r})"],
    "refuses": ["class PalierError(Exception): pass", "raise PalierError('region Bretange: did you mean Bretagne?')"],
    "sleeps": [SLEEP],
    "never_ends": [
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP,
    ],
    "kills_its_kernel": ["import os; os.kill(os.getpid(), 9)"],
    "kills_its_worker": ["import os, time; os.kill(os.getppid(), 9); time.sleep(600)"],
    "leaves_midway": ["import sys; sys.exit(0)"],
    "floods": ["import sys\nfor _ in range(200): print('x' * 10_000, file=sys.stderr)", "import os; os.write(2, b'y' * 3_000_000)"],
    "is_huge": ["from IPython.display import HTML; HTML('z' * 11_000_000)"],
    "waits": ["'never'"],
    "breaks": ["1 / 0"],
}  # fmt: skip
LIMITS = {
    "sleeps": "cell_seconds = 1",
    "never_ends": "report_seconds = 7",
    "waits": 'ready_when = "points cover as_of"\nstart = 2026-03-30',
}
EXPECTED = {
    "good": "", "floods": "", "raises": "notebook_error", "refuses": "bad_parameters", "sleeps": "cell_timeout", "never_ends": "report_timeout",
    "kills_its_kernel": "kernel_died", "kills_its_worker": "kernel_died", "leaves_midway": "incomplete", "is_huge": "render_error",
    "waits": "data_not_ready", "breaks": "notebook_error",
}  # fmt: skip


def order(name: str, limits: str = "") -> str:
    start = "" if "start" in limits else "start = 2026-03-02\n"
    return f'[[report]]\nname = "{name}_weekly"\nnotebook = "{name}"\nevery = "week"\n{start}formats = ["html", "ipynb"]\n{limits}\n'


def processes_of(home: Home) -> list[str]:
    """The command lines of all that works for a home."""
    mark = f"\0{MARK}={mark_of(home)}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in b"\0" + (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text(encoding="utf-8"))
        except OSError:
            continue
    return found


def eventually(is_so: Callable[[], object], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.2)
    return bool(is_so())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All notebooks, each with a page of the week before."""
    made = small_home(tmp_path_factory.mktemp("runner"), posted_to=datetime(2026, 3, 20).date())
    for name, cells in NOTEBOOKS.items():
        notebook(made, name, *cells)
    orders(made, "".join(order(name, LIMITS.get(name, "")) for name in NOTEBOOKS))
    made.reports.mkdir()
    for name in NOTEBOOKS:
        page = f"{name}_weekly"
        (made.reports / f"{page}.2026-03-23.html").write_text("last week's", encoding="utf-8")
        about = {"title": page, "headline": "", "programme": "", "build_id": "", "made_at": "", "parameters": {}}
        record = Record.model_validate({
            "report": page, "page": page, "period": datetime(2026, 3, 23).date(), "notebook": name, "parameters": {}, "made_at": "then",
            "status": "published", "files": [f"{page}.2026-03-23.html"], "about": about,
        })  # fmt: skip
        write_record(made, record)
        if name == "breaks":  # published with other parameters before it broke
            redone = {
                "period": MONDAY.date(),
                "files": [f"{page}.2026-03-30.html"],
                "parameters": {"as_of": "another day"},
            }
            (made.reports / f"{page}.2026-03-30.html").write_text("this week's", encoding="utf-8")
            write_record(made, record.model_copy(update=redone))
    show_newest(made, read_records(made), MONDAY.date())
    return made


@pytest.fixture(scope="module")
def run(home: Home) -> dict[str, Record]:
    """The run of all, by notebook."""
    return {record.notebook: record for record in run_due(home, Asked(MONDAY, workers=2), lambda step: None)}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_end_has_its_class(name: str, run: dict[str, Record]) -> None:
    assert (run[name].failure, run[name].reason == "") == (EXPECTED[name], not EXPECTED[name])


@pytest.mark.parametrize("name", [name for name, failure in EXPECTED.items() if failure and name != "breaks"])
def test_a_failure_leaves_the_page_of_the_week_before_as_it_was(name: str, run: dict[str, Record], home: Home) -> None:
    assert (home.reports / f"{name}_weekly.html").read_text(encoding="utf-8") == "last week's"
    assert not (home.reports / f"{name}_weekly.2026-03-30.html").exists()


def test_a_page_that_fails_when_it_is_made_again_is_still_shown(run: dict[str, Record], home: Home) -> None:
    assert (home.reports / "breaks_weekly.html").read_text(encoding="utf-8") == "this week's"
    assert (run["breaks"].status, run["breaks"].files) == ("failed", ["breaks_weekly.2026-03-30.html"])


def test_a_failure_does_not_stop_the_others(run: dict[str, Record], home: Home) -> None:
    assert "the good page" in (home.reports / "good_weekly.html").read_text(encoding="utf-8")
    assert (home.reports / "good_weekly.html").samefile(home.reports / "good_weekly.2026-03-30.html")
    assert run["good"].files == ["notebooks/good_weekly.2026-03-30.ipynb", "good_weekly.2026-03-30.html"]


@pytest.mark.parametrize(
    "name", ["raises", "refuses", "sleeps", "never_ends", "kills_its_kernel", "kills_its_worker", "leaves_midway"]
)
def test_the_notebook_is_kept_as_far_as_it_ran(name: str, run: dict[str, Record], home: Home) -> None:
    kept = home.reports / run[name].kept
    nbformat.validate(nbformat.read(kept / "notebook.ipynb", as_version=4))
    assert (kept / "log.txt").is_file()


def test_no_process_is_left(run: dict[str, Record], home: Home) -> None:
    assert eventually(lambda: not processes_of(home)), processes_of(home)
    assert not (home.reports / "work").exists()


def test_seconds_and_memory_are_recorded(run: dict[str, Record]) -> None:
    assert run["good"].seconds > 0 and 20 < (run["good"].peak_mb or 0) < 2_000
    assert run["sleeps"].seconds < 20 and run["never_ends"].seconds < 12


def test_a_flood_is_cut(run: dict[str, Record], home: Home) -> None:
    text = (home.reports / "notebooks" / "floods_weekly.2026-03-30.ipynb").read_text(encoding="utf-8")
    assert len(text) < 1_500_000 and "is left out" in text


def test_the_index_says_what_failed_and_what_is_late_first(run: dict[str, Record], home: Home) -> None:
    index = (home.reports / "index.html").read_text(encoding="utf-8")
    assert "<b>9 failed, 1 late, 0 not delivered</b>, 2 as they should be. Looked at on 2026-03-30 06:00 UTC;" in index
    assert index.index("report_timeout") < index.index("<b>Late</b> (data_not_ready)") < index.index("good_weekly.html")
    assert "points go to 2026-03-20, wanted is 2026-03-29" in index and "next on 2026-04-06" in index
    assert "<script" not in index and "&lt;script&gt;" in index


def test_a_runner_that_is_killed_leaves_the_truth_and_no_process(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    notebook(home, "quick", "1 + 1")
    notebook(
        home,
        "slow",
        f"from pathlib import Path\nPath({str(home.root / 'began')!r}).touch()\n{SLEEP}",
    )
    orders(home, order("quick") + order("slow"))
    script = (
        "from pathlib import Path; from datetime import datetime; from pipeline.base.home import Home; "
        "from pipeline.report.scheduled import Asked, run_due; "
        f"run_due(Home(Path({str(home.root)!r})), Asked(datetime(2026, 3, 30), workers=1), print)"
    )
    runner = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.DEVNULL)
    assert eventually((home.root / "began").exists, 60)
    assert len(processes_of(home)) >= 2
    with pytest.raises(PalierError, match="another `palier report --due` is running"):
        run_due(home, Asked(MONDAY), lambda step: None)
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    assert eventually(lambda: not processes_of(home)), processes_of(home)
    assert [(record.notebook, record.status) for record in read_records(home)] == [("quick", "published")]
    index = (home.reports / "index.html").read_text(encoding="utf-8")
    assert "<b>Late</b> (due): the period from 2026-03-30 on has not run yet" in index
    assert [(one.page, one.action) for one in planned(home, Asked(MONDAY))] == [
        ("quick_weekly", "done"),
        ("slow_weekly", "run"),
    ]


def test_a_full_disk_is_a_render_error_and_the_worker_goes_on(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    notebook(home, "large", "'x' * 200_000")
    notebook(home, "small", "'y'")
    tasks = []
    for name in ("large", "small"):
        path = str(home.root / "notebooks" / f"{name}.ipynb")
        tasks.append(Task(name, path, {}, str(work_folder(home, name)), "now"))
    worker = subprocess.run(
        [sys.executable, "-m", "pipeline.report.worker", str(os.getpid())],
        input="".join(json.dumps(asdict(task)) + "\n" for task in tasks), capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    first, second = (json.loads(line) for line in worker.stdout.splitlines())
    assert (first["failure"], "File too large" in first["reason"]) == ("render_error", True)
    assert second["failure"] == ""
    assert not (Path(tasks[0].folder) / PAGE).exists() and (Path(tasks[1].folder) / PAGE).is_file()


def test_the_history_of_a_page_names_every_period(run: dict[str, Record], home: Home) -> None:
    pages = {page["name"]: page for page in scheduled_pages(home, None, [], [], MONDAY.date())}
    assert [(str(past["period"]), past["status"]) for past in pages["sleeps_weekly"]["history"]] == [
        ("2026-03-30", "failed"), ("2026-03-23", "published"),
    ]  # fmt: skip
