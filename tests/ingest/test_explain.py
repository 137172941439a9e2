"""`explain`: what is made of one file, and nothing is kept."""

from pathlib import Path

import pytest
import xlsxwriter
from drawn import given_file
from ingested import HEADING, POINTS, ROSTER

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest.explain import explain
from pipeline.ingest.manifest import ingest


def test_a_file_is_explained_with_its_rows_and_rejects_and_nothing_is_kept(home: Home) -> None:
    content = f"Title\n{HEADING.strip()},colour\nA,2004-01-15,1,x\n B,2004-01-15,2,y\nC,?,3,z\nD,!,4,z\n"
    path = given_file(home, POINTS, content, "utf-16")
    [told] = explain(home, path)
    assert (told.name, told.refusal) == (f"data/raw/{POINTS}", "")
    assert told.columns == ["line", "partner_id", "earned_on", "posted_on", "points"]
    assert [(row[0], row[1], float(row[-1])) for row in told.rows] == [(3, "A", 1.0), (4, "B", 2.0)]
    assert told.rejects == [
        (5, "earned_on is not written yyyy-mm-dd: ?", "C,?,3,z"),
        (6, "earned_on is not written yyyy-mm-dd: !", "D,!,4,z"),
    ]
    assert told.reasons == [("earned_on is not written yyyy-mm-dd", 2)]
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


def given_workbook(home: Home, path: Path, **sheets: list[list[object]]) -> Path:
    """A workbook, and contracts that take workbooks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contracts = home.file("contracts.toml").read_text(encoding="utf-8").replace('"points/*.csv"', '"points/*"')
    (home.root / "contracts.toml").write_text(contracts, encoding="utf-8")
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


TABLE = [["partner_id", "earned_on", "points"], ["A", "2004-01-15", 1]]


def test_a_sheet_that_ingest_leaves_unread_is_told_so_and_not_refused(home: Home) -> None:
    path = given_workbook(home, home.raw / "points/2004-04.xlsx", notes=[["x"]], data=TABLE)
    notes, data = explain(home, path)
    assert (notes.name, notes.refusal) == ("data/raw/points/2004-04.xlsx [notes]", "")
    assert notes.facts["left unread"] == "holds no table of the contract, or `sheets` names others"
    assert (data.facts["rows"], data.refusal) == ("1, of which 0 refused", "")


@pytest.mark.parametrize("sheets", [{"a": TABLE, "b": TABLE}, {"a": [["x"]], "b": [["y"]]}], ids=["two tables", "none"])
def test_a_workbook_is_refused_in_the_words_of_ingest(home: Home, sheets: dict[str, list[list[object]]]) -> None:
    path = given_workbook(home, home.raw / "points/2004-04.xlsx", **sheets)
    given_file(home, ROSTER, "partner_id\nA\n")
    with pytest.raises(PalierError) as error:
        ingest(home)
    told = explain(home, path)
    assert [one.refusal for one in told] == ["", "", str(error.value)]
    assert told[-1].name == "data/raw/points/2004-04.xlsx"


def test_a_sheet_is_explained_without_what_was_refused_in_another(home: Home) -> None:
    bad = [*TABLE, ["B", "?", 2]]
    path = given_workbook(home, home.raw / "points/2004-04.xlsx", bad=bad, good=TABLE)
    text = (
        home.file("contracts.toml")
        .read_text(encoding="utf-8")
        .replace('kind = "points"', 'kind = "points"\nsheets = "*"')
    )
    (home.root / "contracts.toml").write_text(text, encoding="utf-8")
    first, second = explain(home, path)
    assert (len(first.rejects), second.rejects, second.facts["rows"]) == (1, [], "1, of which 0 refused")


def test_a_mended_file_is_explained_by_what_it_mends(home: Home) -> None:
    rows = "file,line,reason,text,mended\npoints/a.csv,2,r,x,y\npoints/a.csv,3,r,x,y\npoints/b.csv,2,r,x,y\npoints/b.csv,3,r,x,\n"
    path = given_file(home, "mended/mended-2004-05-10.csv", rows)
    [told] = explain(home, path)
    assert (told.name, told.refusal) == ("data/raw/mended/mended-2004-05-10.csv", "")
    assert told.facts == {
        "what it is": "refused lines that were mended",
        "known from": "2004-05-10",
        "lines mended": "2 of points/a.csv; 1 of points/b.csv",
    }


def test_a_file_outside_raw_is_told_where_to_copy_it(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "new" / "points" / "2004-04.csv"
    path.parent.mkdir(parents=True)
    path.write_text(f"{HEADING}A,2004-01-15,1\n")
    assert explain(home, path)[0].facts["lies at"] == f"{path}; to have it read, copy it to data/raw/points/2004-04.csv"
    assert "lies at" not in explain(home, given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n"))[0].facts


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
