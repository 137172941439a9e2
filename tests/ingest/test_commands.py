"""The commands about files, as a user calls them: exit codes, and what is said beside the answer."""

import json
from pathlib import Path

import pytest
from drawn import given_file
from ingested import HEADING, POINTS, ROSTER
from typer.testing import CliRunner, Result

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.cli import app


def palier(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home.root), *words])


@pytest.fixture(autouse=True)
def raw_files(home: Home) -> None:
    given_file(home, ROSTER, "partner_id\nA\n")
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n")


def test_explain_ends_with_the_exit_code_that_ingest_would_have(home: Home) -> None:
    assert palier(home, "ingest", "--explain", POINTS).exit_code == 0
    given_file(home, POINTS, "a,b\n1,2\n")
    told = palier(home, "ingest", "--explain", POINTS)
    assert (told.exit_code, "no column for partner_id" in told.stdout) == (1, True)


def test_ingest_says_which_files_are_gone_and_leaves_its_json_whole(home: Home) -> None:
    given_file(home, "points/2004-02.csv", f"{HEADING}A,2004-01-15,1\n")
    assert "no longer there" not in palier(home, "ingest").stderr
    (home.raw / "points/2004-02.csv").unlink()
    said = palier(home, "ingest", "--json")
    assert "no longer there: points/2004-02.csv, 1 line taken out\n" in said.stderr
    assert [row["file"] for row in json.loads(said.stdout)] == [ROSTER, POINTS]


def test_rejects_are_never_written_over_a_file_that_is_there(home: Home, tmp_path: Path) -> None:
    mended = tmp_path / "mended-2004-05-10.csv"
    mended.write_text("the work of a day")
    error = palier(home, "rejects", "--output", str(mended)).exception
    assert isinstance(error, PalierError)
    assert (
        str(error) == f"--output {mended}: exists already, and somebody may have mended lines in it. Give another name."
    )
    assert mended.read_text() == "the work of a day"


def test_an_output_into_a_folder_that_is_not_there_is_an_error_that_names_it(home: Home, tmp_path: Path) -> None:
    error = palier(home, "ingest", "--output", str(tmp_path / "new" / "x.csv")).exception
    assert isinstance(error, PalierError)
    assert (
        str(error) == f"--output {tmp_path}/new/x.csv: there is no folder {tmp_path}/new. Make it, or write elsewhere."
    )
    assert not (tmp_path / "new").exists()
