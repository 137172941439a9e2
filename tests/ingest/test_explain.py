"""`explain`: what is made of one file, and nothing is kept."""

from pathlib import Path

import pytest
import xlsxwriter
from drawn import given_file
from ingested import HEADING, POINTS

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest.explain import explain


def test_a_file_is_explained_with_its_rows_and_rejects_and_nothing_is_kept(home: Home) -> None:
    content = f"Title\n{HEADING.strip()},colour\nA,2004-01-15,1,x\n B,2004-01-15,2,y\nC,?,3,z\nD,!,4,z\n"
    path = given_file(home, POINTS, content, "utf-16")
    [told] = explain(home, path)
    assert (told.name, told.refusal) == (f"data/raw/{POINTS}", "")
    assert told.columns == ["line", "partner_id", "earned_on", "posted_on", "points"]
    assert [(row[0], row[1], float(row[-1])) for row in told.rows] == [(3, "A", 1.0), (4, "B", 2.0)]
    assert told.rejects == [
        (5, "earned_on is not a date: ?", "C,?,3,z"),
        (6, "earned_on is not a date: !", "D,!,4,z"),
    ]
    assert told.reasons == [("earned_on is not a date", 2)]
    facts = {
        "encoding": "utf-16", "delimiter": "comma", "heading": "line 2", "headings not used": "colour", "days": "yyyy-mm-dd",
        "decimal mark": ".", "day of the file": "2004-03-31", "rows": "4, of which 2 refused",
    }  # fmt: skip
    assert facts.items() <= told.facts.items()
    assert [path.name for path in home.processed.iterdir()] == []


def test_rows_are_shown_in_their_order_whichever_way_they_were_read(home: Home) -> None:
    lines = [f"{' ' if at % 3 == 0 else ''}P{at},2004-01-15,{at}\n" for at in range(20)]
    [told] = explain(home, given_file(home, POINTS, HEADING + "".join(lines)))
    assert [row[1] for row in told.rows] == [f"P{at}" for at in range(8)]


def test_a_file_that_is_refused_is_explained_by_its_refusal(home: Home) -> None:
    [told] = explain(home, given_file(home, POINTS, "a,b\n1,2\n"))
    assert told.refusal.startswith(f"data/raw/{POINTS}: no column for partner_id and ")
    assert (told.rows, told.facts["encoding"], told.facts["lines"]) == ([], "utf-8", "2")


def test_each_sheet_of_a_workbook_is_explained(home: Home, tmp_path: Path) -> None:
    (tmp_path / "points").mkdir()
    with xlsxwriter.Workbook(tmp_path / "points" / "2004-03.xlsx") as book:
        book.add_worksheet("notes").write("A1", "x")
        book.add_worksheet("data").write_row(0, 0, ["a", "b"])
    contracts = home.file("contracts.toml").read_text(encoding="utf-8").replace('"points/*.csv"', '"points/*.xlsx"')
    (home.root / "contracts.toml").write_text(contracts, encoding="utf-8")
    told = explain(home, tmp_path / "points" / "2004-03.xlsx")
    assert [one.name for one in told] == [f"data/raw/points/2004-03.xlsx [{sheet}]" for sheet in ("notes", "data")]


def test_a_file_may_be_named_by_its_place_below_raw_or_lie_elsewhere(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n")
    elsewhere = tmp_path / "new" / "points" / "2004-04.csv"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(f"{HEADING}A,2004-01-15,1\n")
    for path in (Path(POINTS), Path("data/raw") / POINTS, elsewhere):
        assert explain(home, path)[0].facts["rows"] == "1, of which 0 refused"


def test_a_file_that_is_not_there_is_named(home: Home) -> None:
    with pytest.raises(PalierError, match=r"^new\.csv: there is no such file\. Give its path, or its place below "):
        explain(home, Path("new.csv"))
