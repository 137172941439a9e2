"""What a newcomer writes wrong in reports.toml, and what is said of it: the place, the fact, what to write."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline import cli
from pipeline.base.document import toml_of
from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest.load import mark_of
from pipeline.ingest.manifest import manifest_path
from pipeline.report.known import Known, known, values_known
from pipeline.report.order_review import read_orders

PARAMETERS = """as_of: str = ""  # the day of asking
cut_over: str = ""  # the day from which the new rules apply
seen: str = ""  # a day in words
region: str = ""  # one region
adviser: str = ""  # one adviser
programme: str = ""  # a rulebook
scenario: str = ""  # a scenario"""
REPORT = """
[[report]]
name = "weekly"
notebook = "tiny"
every = "week"
start = 2026-01-05
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path / "home")
    notebook(made, "tiny", parameters=PARAMETERS)
    return made


@pytest.fixture
def refused(home: Home) -> Callable[[str], list[str]]:
    def refusal(text: str) -> list[str]:
        orders(home, text)
        with pytest.raises(PalierError) as told:
            read_orders(home, known(home).ever())
        return str(told.value).splitlines()[1:]

    return refusal


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("deliver_to = 'data/raw/points'", "deliver_to: data/raw/points lies in data/raw, which Palier reads"),
        ("deliver_to = 'pages/../data/processed'", "lies in data/processed, which Palier reads or makes anew; name"),
        ("deliver_to = 'data'", "deliver_to: data lies in data, which"),
        ("deliver_to = '~/pages'", "deliver_to: ~/pages begins with ~, which is not read here; write the whole path"),
        ("audience = 'outside'\nfor_each = 'adviser'", "for_each: file names and titles would say who the adviser is, and readers outside"),
        ("audience = 'outside'\nparams.adviser = 'A'", "params.adviser: file names and titles would say who the adviser is"),
        ("params.cut_over = '01/04/2004'", "params.cut_over: '01/04/2004' is not a date. Write it as YYYY-MM-DD"),
        ("params.cut_over = 'NO'", "params.cut_over: 'NO' is not a date"),
        ("params.cut_over = 2004-04-01 08:00:00", "cut_over: 2004-04-01 08:00:00 has a time of day; write the day alone: cut_over = 2004-04-01"),
        ("params.programme = 'microsoft-franc'", "params.programme: no such programme 'microsoft-franc'; did you mean microsoft-france?"),
        ("params.scenario = 'gold-10'", "params.scenario: no such scenario 'gold-10'; did you mean gold-100?"),
        ("formats = 'pdf'", """formats: 'pdf' is no list; write one: formats = ["html", "pdf"]"""),
        ("formats = 5", "formats: 5 is no list"),
        ("mail_to = 'a@b.org'", """mail_to: 'a@b.org' is no list; write one: mail_to = ["anna@example.org"]"""),
        ("mail_to = ['a@b.org', 'x']\n[mail]\nhost = 'h'\nfrom = 'a@b.org'", "report weekly, mail_to: 'x' is no plain address"),
        ("formats = ['html', 'docx']", "report weekly, formats: input should be 'html'"),
        ("for_each = 'region'\nparams.region = 'Corse'", "params.region: for_each gives each page its own region; take one"),
        ("ready_when = 'points cover as_of'\nmay_lag_days = 99999999", "may_lag_days: input should be less than or equal to 36500"),
        ("keep = 1000000", "keep: input should be less than or equal to 10000"),
        ('deliver_to = "a\\u0000b"', "deliver_to: "),
        ("may_lag_days = 31", "may_lag_days: does nothing without ready_when; add that, or take it away"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_once_with_what_to_write(line: str, said: str, refused: Callable[[str], list[str]]) -> None:
    [told] = refused(REPORT + line)
    assert said in told


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ('"2026-10-05"', "start: write a day without quotes: start = 2026-10-05"),
        ("2026-10-05 08:00:00", "start: 2026-10-05 08:00:00 has a time of day; write the day alone: start = 2026-10-05"),
        ('"soon"', "start: 'soon' is no day; write one such as start = 2026-01-05"),
        ("5", "start: 5 is no day; write one such as start = 2026-01-05"),
    ],
)  # fmt: skip
def test_a_start_that_is_no_day_is_told_how_to_write_it(
    start: str, said: str, refused: Callable[[str], list[str]]
) -> None:
    [told] = refused(REPORT.replace("2026-01-05", start))
    assert said in told


@pytest.mark.parametrize(
    "line",
    [
        "deliver_to = '../pages'",
        "deliver_to = '/srv/pages'",
        "deliver_to = 'database'",
        "audience = 'outside'\nfor_each = 'region'\nparams.adviser = ''",
        "for_each = 'adviser'",
        "params = {cut_over = 2004-04-01, programme = 'microsoft-france', scenario = 'gold-100', seen = 'in spring'}",
        "params = {cut_over = '2004-04-01'}",
        "params = {cut_over = '', programme = ''}",
        "may_lag_days = 31\nready_when = 'points cover as_of'",
    ],
)
def test_what_is_right_is_taken(line: str, home: Home) -> None:
    orders(home, REPORT + line)
    assert len(read_orders(home, known(home).ever())) == 1


def test_one_bracket_is_told_of_the_second(refused: Callable[[str], list[str]]) -> None:
    assert refused(REPORT.replace("[[report]]", "[report]")) == [
        "  report: write [[report]], with two brackets, above each report"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\r\naudience = NO\r\n', '(at line 2, column 12): audience = NO. Write text in quotes: "NO"; a switch is true or false. Mend that line.'),
        ("params = { region = Pays de la Loire, least = 3 }", 'Write text in quotes: "Pays de la Loire"; a switch'),
        ("starttls = True", "a switch is true or false. Mend that line."),
        ("start = 2026-1-5\n", "(at line 1, column 13): start = 2026-1-5. Mend that line."),
        ("a = 5 # " + "x" * 300 + "\nb = 5 five", "column 7): b = 5 five. Mend"),
        ("[report]\na = 1\n[report]\na = 2", "(at line 3, column 8): [report]. Where several are meant, write each as [[report]]. Mend"),
        ("a = [1,", "not valid TOML: Invalid value (at end of document). Mend that line."),
    ],
)  # fmt: skip
def test_a_line_that_is_no_toml_is_quoted(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(text.encode())
    with pytest.raises(PalierError) as told:
        toml_of(path)
    assert said in str(told.value)


def test_a_long_line_is_quoted_in_part(tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_text("a = " + "x" * 5000, encoding="utf-8")
    with pytest.raises(PalierError) as told:
        toml_of(path)
    assert len(str(told.value).removeprefix(str(path))) < 400


def delivered(home: Home, *files: str) -> None:
    for file in files:
        path = home.raw / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


BOTH = ["points cover as_of", "roster covers as_of"]
PUT = "put the file into data/raw/{0} and run `palier run`"


def test_a_report_that_waits_says_all_it_waits_for_and_the_next_step(home: Home) -> None:
    delivered(home, "points/a.csv", "rosters/r.csv")
    assert known(home).missing(BOTH, date(2026, 6, 30), 31) == (
        f"points go to 2026-03-31, wanted is 2026-05-30, 31 days before as_of 2026-06-30: {PUT.format('points')}; "
        f"rosters go to 2026-03-01, wanted is 2026-05-30, 31 days before as_of 2026-06-30: {PUT.format('rosters')}"
    )
    assert known(home).missing(BOTH, date(2026, 3, 31), 31) == ""


def test_a_delivery_that_nobody_read_is_named(home: Home) -> None:
    delivered(home, "points/a.csv", "points/b.csv", "points/c.csv", "points/.c.csv.part", "rosters/r.csv")
    marks = {file: {"mark": mark_of(home.raw / file)} for file in ("points/a.csv", "points/b.csv", "rosters/r.csv")}
    manifest_path(home).write_text(json.dumps({"files": marks | {"points/b.csv": {"mark": []}}}), encoding="utf-8")
    told = known(home).missing(BOTH, date(2026, 6, 30), 0)
    assert "wanted is 2026-06-30: data/raw/points/c.csv is not read yet; run `palier run`; rosters" in told
    assert told.endswith(PUT.format("rosters"))
    (home.raw / "points" / "a.csv").write_text("changed", encoding="utf-8")
    told = known(home).missing(BOTH, date(2026, 6, 30), 0)
    assert "data/raw/points/a.csv and 1 more file are not read yet; run `palier run`" in told


def test_a_manifest_that_cannot_be_read_accuses_no_file(home: Home) -> None:
    delivered(home, "points/a.csv", "rosters/r.csv")
    manifest_path(home).write_text("[", encoding="utf-8")
    assert PUT.format("points") in known(home).missing(BOTH, date(2026, 6, 30), 0)


def test_a_home_whose_warehouse_was_made_elsewhere_is_not_told_to_read_files(home: Home) -> None:
    assert known(home).missing(BOTH[:1], date(2026, 6, 30), 0) == "points go to 2026-03-31, wanted is 2026-06-30"
    assert Known("b", None, None).missing(BOTH[:1], date(2026, 6, 30), 0).startswith("points go to no day")


def test_values_are_known_where_there_is_a_warehouse_that_can_be_read(home: Home, tmp_path: Path) -> None:
    assert values_known(home)["region"] == {"Bretagne", "Corse"}
    assert values_known(Home(tmp_path)) == {}
    home.warehouse.write_bytes(b"no warehouse" * 1000)
    assert values_known(home) == {}


def test_check_and_plan_refuse_the_same_and_run_may_bring_a_new_region(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders(home, REPORT + "params = {region = 'Bretange'}")
    said = {}
    for words in ("check", "report --plan", "run"):
        monkeypatch.setattr(sys, "argv", ["palier", "--home", str(home.root), *words.split()])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert end.value.code == 1
        said[words] = capsys.readouterr().err
    assert (
        said["check"] == said["report --plan"] and "no partner was ever there; did you mean Bretagne?" in said["check"]
    )
    assert "Bretange" not in said["run"] and "no files" in said["run"]


def test_a_parameter_without_a_comment_is_no_day(home: Home) -> None:
    notebook(home, "tiny", parameters='as_of = ""\ncut_over = ""')
    orders(home, REPORT + "params = {cut_over = 'in spring'}")
    assert len(read_orders(home)) == 1


def test_a_parameter_that_the_notebook_lacks_is_one_mistake(home: Home, refused: Callable[[str], list[str]]) -> None:
    notebook(home, "tiny")
    assert len(refused(REPORT + "params = {programme = 'nosuch'}")) == 1
