"""A run of due reports with forked kernels against one with ordinary ones."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_home import notebook, orders, small_home

from pipeline.base.home import Home
from pipeline.report.kernels import Kernels
from pipeline.report.scheduled import Asked, run_due

pytestmark = pytest.mark.processes

MONDAY = datetime(2026, 3, 30, 6, tzinfo=UTC)
CELLS = (
    "import pandas as pd; pd.DataFrame({'points': [50, 120]})",
    "import os, pathlib; _ = pathlib.Path(home, 'parent').write_text(pathlib.Path(f'/proc/{os.getppid()}/cmdline').read_text())",
)
ORDER = """
[[report]]
name = "weekly"
notebook = "tiny"
every = "week"
start = 2026-03-30
deliver_to = "shared"
"""


def made(root: Path, kernels: Kernels) -> tuple[Home, str]:
    root.mkdir()
    home = small_home(root)
    notebook(home, "tiny", *CELLS, parameters='home: str = ""  # where the data are')
    orders(home, ORDER)
    [record] = run_due(home, Asked(MONDAY, workers=1, kernels=kernels), lambda step: None)
    assert (record.status, record.reason, record.delivery) == ("published", "", "")
    return home, (home.root / "parent").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_forked_kernels_make_the_page_that_ordinary_ones_make(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ordinary, started_by = made(tmp_path / "ordinary", "ordinary")
    forked, forked_from = made(tmp_path / "forked", "fork")
    assert "pipeline.report.worker" in started_by and "pipeline.report.fork_server" in forked_from
    pages = [(home.root / "shared" / "weekly.html").read_text(encoding="utf-8") for home in (ordinary, forked)]
    assert pages[0] == pages[1] and "120" in pages[0]
    assert "not forked" not in capfd.readouterr().err
