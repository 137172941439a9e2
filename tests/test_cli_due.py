"""`palier report` with --plan and --due, and what `palier check` says of reports.toml."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline import cli, cli_due
from pipeline.base.home import Home

pytestmark = pytest.mark.processes

YEARLY = """
[[report]]
name = "{name}"
notebook = "tiny"
every = "quarter"
start = 2026-01-01
params = {{ region = "{region}" }}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path)
    notebook(made, "tiny", parameters='region: str = ""  # one region')
    orders(made, YEARLY.format(name="quarterly", region="Corse"))
    return made


@pytest.fixture
def palier(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["palier", "--home", str(home.root), *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def test_a_plan_says_what_would_run_and_why_and_runs_nothing(
    palier: Callable[..., tuple[int, str, str]], home: Home
) -> None:
    code, out, _ = palier("report", "--plan")
    assert code == 0 and "quarterly" in out and "never run" in out
    assert not home.reports.exists()


def test_what_is_due_runs_once(palier: Callable[..., tuple[int, str, str]], home: Home) -> None:
    code, out, messages = palier("report", "--due", "--workers", "1")
    assert code == 0, messages
    assert "published quarterly.20" in out and (home.reports / "quarterly.html").is_file()
    code, out, _ = palier("report", "--due")
    assert (code, out.splitlines()[0]) == (0, "nothing is due")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "tiny", "--due"], "Leave names and parameters out"),
        (["report", "--plan", "-p", "region=Corse"], "Leave names and parameters out"),
        (["report", "--due", "--since", "2999-01-01"], "is later than today"),
        (["report", "--due", "--since", "monday"], "--since: 'monday' is not a date"),
        (["report", "tiny", "--since", "2026-01-01"], "--since: goes with --due"),
        (["report", "tiny", "--kernels", "fork"], "Write `palier report --due --kernels fork`"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], said: str, palier: Callable[..., tuple[int, str, str]]
) -> None:
    code, _, messages = palier(*words)
    assert (code, said in messages) == (1, True), messages


def test_mistakes_in_reports_toml_refuse_the_run_and_the_check(
    palier: Callable[..., tuple[int, str, str]], home: Home
) -> None:
    orders(
        home,
        YEARLY.format(name="a", region="Corse")
        + "kep = 1"
        + YEARLY.format(name="b", region="x").replace("tiny", "tinny"),
    )
    for words in (("report", "--due"), ("report", "--plan"), ("check",)):
        code, _, messages = palier(*words)
        assert code == 1 and "2 mistakes" in messages
        assert "report a, kep: no such key; did you mean keep?" in messages and "did you mean tiny?" in messages
    assert not (home.reports / "runs").exists()


def test_the_mail_server_s_password_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_MAIL_PASSWORD", "secret")
    assert cli_due.mail_password() == "secret"
    assert "PALIER_MAIL_PASSWORD" not in os.environ
