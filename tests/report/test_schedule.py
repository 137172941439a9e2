"""The loop, and what is shown for systemd and cron."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.cli_schedule import read_deliveries
from pipeline.ledger.published import newest_posting
from pipeline.report.leftover import MARK, mark_of
from pipeline.report.schedule import Stopped, repeat
from pipeline.report.timers import crontab, systemd
from pipeline.sample import write_sample

pytestmark = pytest.mark.processes

COMMAND = ["/opt/50 % off/bin/palier", "--home", '/srv/a "b" $c', "report", "--due"]
HOME = 'home: str = ""  # where the data are'


def processes_of(home: Home) -> list[str]:
    """All that works for a home."""
    mark, found = f"{MARK}={mark_of(home)}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes():
                found.append(process.name)
    return found


def eventually(is_so: Callable[[], object], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.2)
    return bool(is_so())


def test_a_pass_that_fails_is_told_of_and_the_next_one_follows_on_time() -> None:
    now, passes, failures, waits = [0.0], [0], list[Exception](), list[float]()

    def one_pass() -> None:
        passes[0] += 1
        now[0] += 90
        if passes[0] == 1:
            raise ValueError("broken")

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds
        if passes[0] == 3:
            raise Stopped

    with pytest.raises(Stopped):
        repeat(one_pass, 1, failures.append, wait, lambda: now[0])
    assert passes[0] == 3 and [str(failure) for failure in failures] == ["broken"]
    assert waits == [30, 30, 30]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_what_fails_and_ends_cleanly_when_it_is_told_to(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "--home", str(tmp_path), "schedule"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        assert any("nothing is published yet. Run `palier run` first" in line for line in lines)
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_delivery_is_read_and_published_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path)
    write_sample(home.raw, partners=100)
    newest = sorted((home.raw / "points").glob("*.csv"))[-1]
    late = home.root / newest.name
    newest.rename(late)
    read_deliveries(home)
    with Warehouse.open(home.warehouse) as warehouse:
        before = newest_posting(warehouse)
    read_deliveries(home)
    assert capsys.readouterr().out.count("read what is new") == 1
    late.rename(newest)
    read_deliveries(home)
    with Warehouse.open(home.warehouse) as warehouse:
        after = newest_posting(warehouse)
    assert before and after and after > before


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_report_that_runs_when_it_is_stopped_leaves_no_process(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    notebook(
        home, "tiny", "import pathlib, time; pathlib.Path(home, 'began').touch(); time.sleep(600)", parameters=HOME
    )
    orders(home, '[[report]]\nname = "slow"\nnotebook = "tiny"\nevery = "quarter"\nstart = 2026-01-01\n')
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "--home", str(tmp_path), "schedule"]
    with subprocess.Popen([*command, "--workers", "1"], stderr=subprocess.PIPE, text=True) as process:
        assert eventually((home.root / "began").exists, 30)
        assert processes_of(home)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr and "Traceback" not in process.stderr.read()
    assert eventually(lambda: not processes_of(home))
    assert not list(home.reports.glob("slow*"))


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(1, "* * * * *"), (15, "*/15 * * * *"), (60, "0 * * * *"), (120, "0 */2 * * *"), (1440, "0 0 * * *")],
)
def test_cron_is_told_when(minutes: int, times: str) -> None:
    line = crontab(["palier", "report", "--due"], minutes).splitlines()[-1]
    assert line == f"{times} palier ingest && palier build; palier report --due"


@pytest.mark.parametrize("minutes", [7, 45, 90, 300, 2880])
def test_what_cron_has_no_word_for_is_said_and_not_rounded(minutes: int) -> None:
    assert crontab(["palier"], minutes).startswith(f"# cron cannot say every {minutes} minutes")


def test_a_path_with_signs_reaches_cron_and_systemd_as_it_is() -> None:
    line = crontab(COMMAND, 60).splitlines()[-1].removeprefix("0 * * * * ").replace("\\%", "%")
    assert shlex.split(line.rpartition("; ")[2]) == COMMAND
    assert r'ExecStart="/opt/50 %% off/bin/palier" "--home" "/srv/a \"b\" $$c" "report" "--due"' in systemd(COMMAND, 60)


def test_deliveries_are_read_first_and_one_that_is_refused_stops_no_report() -> None:
    called = [line for line in systemd(COMMAND, 60).splitlines() if line.startswith("ExecStart=")]
    palier = r'"/opt/50 %% off/bin/palier" "--home" "/srv/a \"b\" $$c"'
    assert called == [
        f'ExecStart=-{palier} "ingest"',
        f'ExecStart=-{palier} "build"',
        f'ExecStart={palier} "report" "--due"',
    ]


def test_cron_runs_the_reports_also_when_a_delivery_is_refused(tmp_path: Path) -> None:
    palier = tmp_path / "palier"
    palier.write_text(f'#!/bin/sh\necho "$3" >> "{tmp_path}/called"\n[ "$3" != ingest ]\n', encoding="utf-8")
    palier.chmod(0o755)
    line = crontab([str(palier), "--home", "/srv", "report", "--due"], 60).splitlines()[-1]
    subprocess.run(["sh", "-c", line.removeprefix("0 * * * * ")], check=True)
    assert (tmp_path / "called").read_text(encoding="utf-8") == "ingest\nreport\n"


def test_both_say_where_the_password_of_the_mail_server_goes() -> None:
    assert all("PALIER_MAIL_PASSWORD=" in show(COMMAND, 60) for show in (systemd, crontab))
