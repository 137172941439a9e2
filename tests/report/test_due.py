"""What is due: expected minus done. Rows are (period, action); nothing runs here."""

from datetime import date, datetime
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report.due import ATTEMPTS, Planned
from pipeline.report.keep import drop_old, show_newest, withdraw_names
from pipeline.report.record import Record, read_records, write_record
from pipeline.report.scheduled import Asked, planned

WEEKLY = """
[[report]]
name = "weekly"
notebook = "tiny"
every = "week"
start = 2026-01-05
keep = 4
"""
MONDAYS = ["2026-03-30", "2026-03-23", "2026-03-16", "2026-03-09", "2026-03-02"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path)
    notebook(made, "tiny", parameters='as_of: str = ""  # the day\nregion: str = ""  # one region')
    orders(made, WEEKLY)
    return made


def plan(home: Home, today: str, since: str = "") -> list[Planned]:
    return planned(home, Asked(datetime.fromisoformat(today), date.fromisoformat(since) if since else None))


def actions(home: Home, today: str, since: str = "") -> list[tuple[str, str]]:
    return [(str(one.period), one.action) for one in plan(home, today, since)]


def conclude(home: Home, one: Planned, status: str = "published", attempts: int = 1, builds: str = "build-1") -> None:
    files = [f"{one.name}.html"] if status == "published" else []
    for file in files:
        (home.reports / file).parent.mkdir(parents=True, exist_ok=True)
        (home.reports / file).write_text(f"page of {one.period}", encoding="utf-8")
    record = Record.model_validate({
        "report": one.order.name, "page": one.page, "period": one.period, "notebook": one.order.notebook, "parameters": one.parameters,
        "status": status, "failure": "" if status == "published" else "notebook_error", "made_at": "then", "attempts": attempts,
        "files": files, "tried_on": [builds, *one.tried_on[1:]],
    })  # fmt: skip
    write_record(home, record)


def on(home: Home, day: str, since: str = "") -> list[str]:
    """Conclude all that is due on a day as a runner would; the periods that ran."""
    ran = [one for one in plan(home, day, since) if one.action == "run"]
    for one in ran:
        conclude(home, one)
    return [str(one.period) for one in ran]


def test_a_new_report_runs_its_newest_period_alone(home: Home) -> None:
    assert actions(home, "2026-03-31") == [("2026-03-30", "run")]
    assert plan(home, "2026-03-31")[0].parameters == {"as_of": "2026-03-29"}


def test_what_is_done_is_not_run_again(home: Home) -> None:
    assert on(home, "2026-03-30") == ["2026-03-30"]
    assert on(home, "2026-03-30") == on(home, "2026-04-05") == []
    assert on(home, "2026-04-06") == ["2026-04-06"]


def test_after_three_weeks_off_the_newest_runs_and_the_others_are_shown_as_skipped(home: Home) -> None:
    on(home, "2026-03-09")
    assert actions(home, "2026-03-31") == [
        ("2026-03-30", "run"),
        ("2026-03-23", "skip"),
        ("2026-03-16", "skip"),
        ("2026-03-09", "done"),
    ]


def test_since_runs_the_missed_periods_that_are_kept(home: Home) -> None:
    on(home, "2026-03-09")
    assert on(home, "2026-03-31", since="2026-03-16") == ["2026-03-30", "2026-03-23", "2026-03-16"]
    assert on(home, "2026-03-31", since="2020-01-01") == ["2026-03-02"]
    assert actions(home, "2026-03-31", since="2020-01-01") == [(day, "done") for day in MONDAYS]


def test_a_report_that_catches_up_on_every_period_runs_all_that_it_missed(home: Home) -> None:
    orders(home, WEEKLY + 'catch_up = "every"')
    assert on(home, "2026-03-09") == ["2026-03-09"], "what lies before its first run is not missed"
    assert on(home, "2026-03-31") == ["2026-03-30", "2026-03-23", "2026-03-16"]


def test_a_clock_set_back_runs_nothing_twice_and_deletes_nothing(home: Home) -> None:
    on(home, "2026-03-30")
    assert on(home, "2026-03-24") == ["2026-03-23"]
    assert on(home, "2026-03-24") == on(home, "2026-03-30") == []
    on(home, "2026-04-06")
    expected = {one.name: one.period for one in plan(home, "2026-03-24")}
    stay = drop_old(home, read_records(home), {"weekly": 1}, expected)
    assert [str(record.period) for record in stay] == ["2026-03-23", "2026-03-30", "2026-04-06"]
    assert len(drop_old(home, read_records(home), {"weekly": 1}, {})) == 2


def test_what_never_succeeded_is_kept_no_longer_than_what_did(home: Home) -> None:
    for day in MONDAYS:
        for one in plan(home, day):
            conclude(home, one, status="failed")
    newest = {"weekly.2026-03-16": date(2026, 3, 16)}
    stay = drop_old(home, read_records(home), {"weekly": 1}, newest)
    assert [str(record.period) for record in stay] == MONDAYS[2::-1]


def test_a_format_that_is_asked_for_later_is_made(home: Home) -> None:
    on(home, "2026-03-30")
    orders(home, WEEKLY + 'formats = ["html", "ipynb"]')
    assert [(one.action, one.why) for one in plan(home, "2026-03-30")] == [("run", "a file of it is missing")]


def test_bad_parameters_are_tried_once_and_other_limits_are_another_try(home: Home) -> None:
    [one] = plan(home, "2026-03-30")
    conclude(home, one, status="failed")
    record = read_records(home)[0].model_copy(update={"failure": "bad_parameters", "tried_on": one.tried_on})
    write_record(home, record)
    assert actions(home, "2026-03-30") == [("2026-03-30", "give up")]
    orders(home, WEEKLY + "cell_seconds = 1000")
    assert actions(home, "2026-03-30") == [("2026-03-30", "run")]


def test_a_record_of_a_newer_version_is_read(home: Home) -> None:
    on(home, "2026-03-30")
    [path] = (home.reports / "runs").glob("*/*.json")
    path.write_text(path.read_text(encoding="utf-8").replace("{", '{"colour": "blue",', 1), encoding="utf-8")
    assert actions(home, "2026-03-30") == [("2026-03-30", "done")]


def test_the_name_that_stays_shows_the_newest_period_also_after_an_older_one_ran(home: Home) -> None:
    on(home, "2026-03-31")
    on(home, "2026-03-31", since="2026-03-16")
    show_newest(home, read_records(home), date(2026, 3, 31))
    assert (home.reports / "weekly.html").read_text(encoding="utf-8") == "page of 2026-03-30"


def test_a_missing_page_a_torn_record_or_other_parameters_are_not_done(home: Home) -> None:
    on(home, "2026-03-30")
    [page], [record] = home.reports.glob("*.html"), home.reports.glob("runs/weekly/*.json")
    page.unlink()
    assert plan(home, "2026-03-30")[0].why == "a file of it is missing"
    on(home, "2026-03-30")
    record.write_bytes(record.read_bytes()[:40])
    assert plan(home, "2026-03-30")[0].why == "never run"
    on(home, "2026-03-30")
    for change in ("params.region = 'Corse'", "audience = 'outside'"):
        orders(home, WEEKLY + change)
        assert plan(home, "2026-03-30")[0].why == "its parameters have changed"


def test_a_failure_is_tried_again_until_it_failed_too_often_on_the_same_data(home: Home) -> None:
    [one] = plan(home, "2026-03-30")
    for attempts in range(1, ATTEMPTS):
        conclude(home, one, "failed", attempts)
        assert actions(home, "2026-03-30") == [("2026-03-30", "run")]
    conclude(home, one, "failed", ATTEMPTS)
    assert actions(home, "2026-03-30") == [("2026-03-30", "give up")]
    conclude(home, one, "failed", ATTEMPTS, builds="an earlier build")
    assert actions(home, "2026-03-30") == [("2026-03-30", "run")]
    conclude(home, one, "failed", ATTEMPTS)
    notebook(home, "tiny", "'mended'")
    assert actions(home, "2026-03-30") == [("2026-03-30", "run")]


def test_a_report_waits_for_its_data_and_the_newest_period_that_has_them_runs(home: Home) -> None:
    orders(home, WEEKLY + 'ready_when = "points cover as_of"')
    assert on(home, "2026-03-16") == ["2026-03-16"]
    assert actions(home, "2026-04-13") == [("2026-04-13", "wait"), ("2026-04-06", "wait"), ("2026-03-30", "run"), ("2026-03-23", "skip"), ("2026-03-16", "done")]  # fmt: skip
    assert plan(home, "2026-04-13")[0].why == "points go to 2026-03-31, wanted is 2026-04-12"
    orders(home, WEEKLY + 'ready_when = ["points cover as_of", "roster covers as_of"]\nmay_lag_days = 45')
    assert actions(home, "2026-04-13")[0] == ("2026-04-13", "run")


def test_each_region_on_the_roster_has_a_page(home: Home) -> None:
    orders(home, WEEKLY + 'for_each = "region"')
    assert [one.page for one in plan(home, "2026-03-30")] == ["weekly-region-Bretagne", "weekly-region-Corse"]
    assert plan(home, "2026-03-30")[1].parameters == {"region": "Corse", "as_of": "2026-03-29"}
    assert plan(home, "2026-03-01") == [], "before the first roster there is no region"
    orders(home, WEEKLY + 'for_each = {region = ["Corse"]}')
    assert [one.page for one in plan(home, "2026-03-30")] == ["weekly-region-Corse"]


def test_what_is_older_than_the_past_ones_kept_is_deleted(home: Home) -> None:
    for day in ("2026-03-02", "2026-03-09", "2026-03-16"):
        on(home, day)
    stay = drop_old(home, read_records(home), {"weekly": 1}, {})
    assert [str(record.period) for record in stay] == ["2026-03-09", "2026-03-16"]
    assert {path.name for path in home.reports.glob("weekly.*.html")} == {
        "weekly.2026-03-09.html",
        "weekly.2026-03-16.html",
    }
    assert len(list(home.reports.glob("runs/weekly/*.json"))) == 2


def test_without_a_published_warehouse_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(PalierError, match="palier run"):
        planned(Home(tmp_path / "empty"), Asked(datetime(2026, 3, 30)))


def test_pages_with_names_are_withdrawn_when_their_readers_are_outside(home: Home) -> None:
    on(home, "2026-03-23")
    on(home, "2026-03-30")
    show_newest(home, read_records(home), date(2026, 3, 30))
    withdraw_names(home, read_records(home), {"another"})
    assert len(list(home.reports.glob("*.html"))) == 3
    withdraw_names(home, read_records(home), {"weekly"})
    assert not list(home.reports.glob("*.html")) and read_records(home) == []


def test_pages_with_names_that_no_record_tells_of_are_withdrawn_too(home: Home) -> None:
    on(home, "2026-03-30")
    [record] = read_records(home)
    write_record(home, record.model_copy(update={"audience": "outside"}))
    show_newest(home, read_records(home), date(2026, 3, 30))
    lost = ["weekly.2026-03-23.html", "weekly.2026-03-30.pdf", "notebooks/weekly.2026-03-30.ipynb", ".weekly.html.7",
            "weekly-region-Corse.html", "failed/weekly.2026-03-23/notebook.ipynb"]  # fmt: skip
    for path in (home.reports / name for name in lost):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("names", encoding="utf-8")
    (home.reports / "weekly_too.html").write_text("of another report", encoding="utf-8")
    withdraw_names(home, read_records(home), {"weekly"})
    left = sorted(path.name for path in home.reports.rglob("*") if path.is_file() and path.suffix != ".json")
    assert left == ["weekly.2026-03-30.html", "weekly.html", "weekly_too.html"]


def test_a_call_that_is_killed_while_it_withdraws_forgets_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    on(home, "2026-03-30")

    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".html":
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "unlink", killed)
        withdraw_names(home, read_records(home), {"weekly"})
    withdraw_names(home, read_records(home), {"weekly"})
    assert not list(home.reports.glob("*.html")) and read_records(home) == []
