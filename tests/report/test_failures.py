from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import Home, home_at
from pipeline.report.run import Run, report

pytestmark = pytest.mark.processes

MADE_AT = datetime(2004, 4, 2, 9, 30)
SENTINEL = """
from datetime import date
from pipeline.report.complete import report_complete
from pipeline.report.provenance import Provenance
report_complete(Provenance("P", "hash", date(2004, 4, 1), "b", "0", "e", {}, True), "All is well.")
"""


def run_tiny(home: Home) -> Run:
    return report(home, ["tiny"], {}, MADE_AT, lambda name: None)[0]


def test_a_failure_keeps_the_old_page_and_the_notebook_as_far_as_it_ran(notebook_at_home: Callable[..., Home]) -> None:
    home = notebook_at_home("'the good page'", SENTINEL)
    assert run_tiny(home).status == "published"
    page = (home.reports / "tiny.html").read_text(encoding="utf-8")
    assert "the good page" in page

    home = notebook_at_home("1 / 0", SENTINEL)
    run = run_tiny(home)
    assert (run.status, run.page) == ("failed", None)
    assert "ZeroDivisionError" in run.reason and "tiny.failed.ipynb" in run.reason
    assert (home.reports / "notebooks" / "tiny.failed.ipynb").is_file()
    assert (home.reports / "tiny.html").read_text(encoding="utf-8") == page
    index = (home.reports / "index.html").read_text(encoding="utf-8")
    assert "notebook_error" in index and "All is well." in index


def test_a_notebook_that_leaves_midway_is_not_published(notebook_at_home: Callable[..., Home]) -> None:
    run = run_tiny(notebook_at_home("import sys; sys.exit(0)", SENTINEL))
    assert run.status == "failed" and run.page is None


def test_a_notebook_without_the_last_line_is_not_published(notebook_at_home: Callable[..., Home]) -> None:
    run = run_tiny(notebook_at_home(SENTINEL, "'one more cell'"))
    assert run.status == "failed" and "report_complete" in run.reason


def test_a_killed_kernel_is_a_failure(notebook_at_home: Callable[..., Home]) -> None:
    run = run_tiny(notebook_at_home("import os; os.kill(os.getpid(), 9)", SENTINEL))
    assert run.status == "failed" and "kernel" in run.reason


def test_an_unknown_region_names_the_nearest_one(home: Home) -> None:
    runs = report(home, ["2_before_after"], {"region": "Bretange"}, MADE_AT, lambda name: None)
    assert runs[0].status == "failed" and "did you mean Bretagne?" in runs[0].reason
    assert runs[0].page is None
    assert "Bretange" not in (home.reports / "index.html").read_text(encoding="utf-8")


def test_without_a_published_warehouse_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(PalierError, match="palier run"):
        report(home_at(tmp_path), ["1_data_health"], {}, MADE_AT, lambda name: None)


def test_a_run_record_that_was_cut_short_does_not_stop_later_reports(notebook_at_home: Callable[..., Home]) -> None:
    home = notebook_at_home("'the good page'", SENTINEL)
    run_tiny(home)
    record = home.reports / "runs" / "tiny.json"
    record.write_text(record.read_text(encoding="utf-8")[:20], encoding="utf-8")
    assert run_tiny(home).status == "published"
