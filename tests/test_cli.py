"""The command line: every documented command runs, every mistake of a user's is one clear message."""

import json
import re
import shlex
import shutil
import sys

import openpyxl
import pandas as pd
import pytest

from pipeline import cli, cli_files, cli_outlook, cli_scenario, cli_schedule, cli_whatif
from pipeline.base.home import PROJECT


@pytest.fixture
def palier(sample_home, capsys, monkeypatch):
    """Run a command as a user would and return its exit code, output and messages."""

    def run(*words: object, home=sample_home.root):
        monkeypatch.setattr(sys, "argv", ["palier", "--home", str(home), *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


MODULES = ("cli.py", "cli_files.py", "cli_scenario.py", "cli_outlook.py", "cli_schedule.py", "cli_whatif.py")


def documented_commands() -> list[str]:
    """Every `palier …` line of the README and every example of a command's help."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    lines = [line.split("#")[0].strip() for line in readme.splitlines() if line.startswith("palier ")]
    code = "".join((PROJECT / "pipeline" / name).read_text(encoding="utf-8") for name in MODULES)
    examples = re.findall(r"Example: `(palier [^`]+)`", code)
    return list(dict.fromkeys([*lines, *examples]))


STARTS_KERNELS = ("palier run", "palier report")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=pytest.mark.processes if command.startswith(STARTS_KERNELS) else ())
        for command in documented_commands()
    ],
)
def test_a_documented_command_runs(command, palier, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [word.replace("/tmp/large", str(tmp_path / "large")) for word in shlex.split(command)[1:]]
    words = [{"200000": "200", "5000000": "2000"}.get(word, word) for word in words]
    code, _, messages = palier(*words)
    assert code == 0, messages


def test_the_documented_commands_are_all_the_commands():
    assert {command.split()[1] for command in documented_commands()} == set(commands())


def commands() -> list[str]:
    apps = [module.app for module in (cli, cli_files, cli_scenario, cli_outlook, cli_schedule, cli_whatif)]
    return [one.name or one.callback.__name__ for app in apps for one in app.registered_commands]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help_with_an_example(command, palier):
    code, out, _ = palier(command, "--help")
    assert code == 0
    assert "Example:" in out


MISTAKES = {
    "a date that is none": (["standing", "--as-of", "2004-02-30"], ["--as-of", "'2004-02-30' is not a date", "YYYY-MM-DD"]),
    "a day before any roster": (["standing", "--as-of", "2003-09-30"], ["no roster covers 2003-09-30", "2003-10-01", "later day"]),
    "an unknown partner": (["why", "FR0010"], ["partner FR0010 is on no roster", "did you mean FR0"]),
    "an unknown rulebook": (["standing", "--programme", "microsoft-franc"], ["microsoft-franc.toml", "did you mean microsoft-france"]),
    "an unknown group": (["standing", "--by", "regoin"], ["--by regoin", "did you mean region"]),
    "an unknown list": (["transition", "--list", "loosers"], ["--list loosers", "did you mean losers"]),
    "an unknown report": (["report", "before_after"], ["before_after", "did you mean 2_before_after"]),
    "an unknown parameter": (["report", "2_before_after", "-p", "regoin=Bretagne"], ["regoin", "did you mean region"]),
    "a parameter without a value": (["report", "-p", "region"], ["-p region", "NAME=VALUE"]),
    "an output of unknown kind": (["standing", "--output", "x.pdf"], ["x.pdf", ".csv, .parquet, .json, .xlsx"]),
    "groups of a list": (["transition", "--list", "losers", "--by", "region"], ["--by region does not go with --list"]),
    "groups of partners": (["standing", "--partners", "--by", "region"], ["--by region does not go with --partners"]),
    "a cut-over that runs backwards": (["transition", "--before", "2004-04-02"], ["2004-04-02 is not earlier"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_clear_message_and_exit_code_1(mistake, palier):
    words, expected = MISTAKES[mistake]
    code, _, messages = palier(*words)
    assert code == 1
    assert "Traceback" not in messages
    for part in expected:
        assert part in messages


def test_a_home_that_is_not_there_is_named(palier, tmp_path):
    code, _, messages = palier("status", home=tmp_path / "nowhere")
    assert (code, "nowhere: there is no such folder" in messages) == (1, True)


def test_an_empty_home_is_told_the_next_step(palier, tmp_path):
    code, _, messages = palier("run", home=tmp_path)
    assert code == 1
    assert "no files" in messages and "palier sample" in messages
    assert not (tmp_path / "data" / "processed" / "palier.duckdb").exists()
    assert "Run `palier run` first" in palier("status", home=tmp_path)[2]


def test_the_version_is_printed(palier):
    assert palier("--version")[1].startswith("palier 0.")


def test_a_word_that_is_no_command_is_a_usage_mistake(palier):
    assert palier("transitoin")[0] == 2


def test_a_misspelt_key_in_a_rulebook_stops_check_and_names_all_mistakes(palier, tmp_path):
    (tmp_path / "programmes").mkdir()
    for name in ("misspelt-metric", "falling-ladder"):
        shutil.copy(PROJECT / "tests" / "broken" / f"{name}.toml", tmp_path / "programmes")
    code, _, messages = palier("check", home=tmp_path)
    assert code == 1
    assert "did you mean points?" in messages and "40 is below certified's 50" in messages


def test_a_corrupt_published_file_is_named_with_the_next_step(palier, tmp_path):
    processed = tmp_path / "data" / "processed"
    processed.mkdir(parents=True)
    (processed / "palier.duckdb").write_bytes(b"not a database" * 1000)
    code, _, messages = palier("status", home=tmp_path)
    assert code == 1
    assert "palier.duckdb: cannot be read as a warehouse" in messages and "palier build" in messages


def test_the_sample_is_not_written_over_files_that_are_there(palier, sample_home):
    before = {path: path.read_bytes() for path in sample_home.raw.rglob("*") if path.is_file()}
    code, _, messages = palier("sample", "--seed", "7", sample_home.raw)
    assert code == 1
    assert "already holds" in messages
    assert before == {path: path.read_bytes() for path in sample_home.raw.rglob("*") if path.is_file()}


def test_json_and_every_file_format_hold_the_same_rows(palier, tmp_path):
    words = ["transition", "--list", "losers"]
    rows = json.loads(palier(*words, "--json")[1])
    for suffix in ("csv", "parquet", "json", "xlsx"):
        assert palier(*words, "--output", tmp_path / f"losers.{suffix}")[0] == 0
    assert json.loads((tmp_path / "losers.json").read_text(encoding="utf-8")) == rows
    csv = pd.read_csv(tmp_path / "losers.csv", dtype=str)
    assert csv["partner_id"].tolist() == [row["partner_id"] for row in rows]
    assert csv["points"].str.fullmatch(r"\d+\.\d\d").all()
    sheet = openpyxl.load_workbook(tmp_path / "losers.xlsx").active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [row["partner_id"] for row in rows]
    from pipeline.base.warehouse import Warehouse

    with Warehouse.in_memory() as engine:
        found = engine.rows("select partner_id, points from read_parquet($path)", path=str(tmp_path / "losers.parquet"))
    assert [(partner, float(points)) for partner, points in found] == [
        (row["partner_id"], row["points"]) for row in rows
    ]


def test_what_shows_the_sample_says_that_it_is_invented(palier):
    assert "Invented data" in palier("standing")[2]


def test_one_partner_is_one_row(palier):
    rows = json.loads(palier("standing", "--partner", "FR00105", "--json")[1])
    assert [row["partner_id"] for row in rows] == ["FR00105"]
    code, _, messages = palier("standing", "--partner", "NOBODY")
    assert code == 1 and "palier why NOBODY" in messages
