"""Refused lines that a steward mended: from data/raw/mended/ into the ledger, and back where a mend does not fit."""

import csv
import io
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from drawn import drawn, given_file, table
from ingested import POINTS, ROSTER, drawn_lines, engine

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.load import load_file
from pipeline.ingest.manifest import ingest
from pipeline.ingest.mended import read_mends
from pipeline.ledger.build import build
from pipeline.ledger.published import rejects
from pipeline.report.answer import write_table

CONTRACTS = read_contracts(PROJECT / "contracts.toml")
HEADINGS = ["file", "line", "reason", "text", "mended"]
HEADING = "entry_id,partner_id,earned_on,posted_on,points,domain\n"
BAD, GOOD = "E2,ADATUM,2004-02-31,2004-03-03,5.00,x", "E2,ADATUM,2004-02-28,2004-03-03,5.00,x"
CONTENT = f"{HEADING}E1,ADATUM,2004-03-02,2004-03-03,1.00,x\n{BAD}\n"
ENTRIES = "line, entry_id, earned_on, posted_on, points"
Row = tuple[str, int, str, str, str]


@pytest.fixture(autouse=True)
def raw_files(home: Home) -> None:
    given_file(home, ROSTER, "partner_id,region\nADATUM,Alsace\n")
    given_file(home, POINTS, CONTENT)


def as_csv(path: Path, rows: list[list[object]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def as_workbook(path: Path, rows: list[list[object]]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("rejects")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)


def sent_back(home: Home, *rows: Row, name: str = "mended-2004-05-10.csv") -> None:
    """A file as `palier rejects --output` writes it, with what a steward wrote beside some lines."""
    path = home.raw / "mended" / name
    path.parent.mkdir(exist_ok=True)
    write = as_workbook if name.endswith("xlsx") else as_csv
    write(path, [HEADINGS, *map(list, rows)])


def lines(home: Home, columns: str) -> str:
    """The lines of the points file with what was mended, drawn; without ledger, which takes longer."""
    mends = read_mends(home.raw, home.lines)
    [loaded] = load_file(home.raw, POINTS, CONTRACTS, home.lines, engine(), mends)
    return drawn_lines(home, loaded, columns)


def published(home: Home, *selects: str) -> list[str]:
    """Ingest and build; the answers, drawn."""
    ingest(home)
    build(home, datetime(2004, 6, 1))
    with Warehouse.open(home.warehouse) as warehouse:
        return [table(warehouse, select) for select in selects]


def rejects_as_written(home: Home) -> list[tuple[int, str, str]]:
    """Line, reason and text of each reject, as `palier rejects --output` would write them."""
    published(home)
    with Warehouse.open(home.warehouse) as warehouse:
        found = warehouse.rows("select line, reject_reason, raw from reject order by line")
    return [(int(line), str(reason), str(raw)) for line, reason, raw in found]


def refusal(home: Home) -> str:
    with pytest.raises(PalierError) as error:
        ingest(home)
    return str(error.value)


def test_a_mended_line_is_a_correction_in_the_ledger_known_from_the_day_of_its_file(home: Home) -> None:
    sent_back(home, (POINTS, 3, "earned_on is not a date: 2004-02-31", BAD, GOOD), name="mended-2004-05-10.xlsx")
    ledger, rejects, files = published(
        home,
        f"select {ENTRIES}, file_day from point_ledger order by line",
        "select line from reject",
        "select file, lines, mended from raw_file order by file_id",
    )
    assert ledger == drawn("""
        line | entry_id | earned_on  | posted_on  | points | file_day
        2    | E1       | 2004-03-02 | 2004-03-03 | 1.00   | 2004-03-31
        3    | E2       | 2004-02-28 | 2004-05-10 | 5.00   | 2004-05-10
    """)
    assert rejects == drawn("line")
    assert files == drawn("""
        file                | lines | mended
        rosters/2004-03.csv | 1     | 0
        points/2004-03.csv  | 2     | 1
    """)


@pytest.mark.parametrize(
    "name", ["mended-2004-05-10.csv", "mended-2004-05-10.xlsx", "2004-05-10 from_Jeanne.csv", "20040510.csv"]
)
def test_the_day_of_a_mended_file_is_in_its_name(home: Home, name: str) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD), name=name)
    assert lines(home, f"{ENTRIES}, reject_reason") == drawn("""
        line | entry_id | earned_on  | posted_on  | points | reject_reason
        2    | E1       | 2004-03-02 | 2004-03-03 | 1.00   |
        3    | E2       | 2004-02-28 | 2004-05-10 | 5.00   |
    """)


def test_a_line_posted_after_it_was_mended_is_known_from_its_posting(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD.replace("2004-03-03", "2004-08-01")))
    assert lines(home, "line, posted_on") == drawn("""
        line | posted_on
        2    | 2004-03-03
        3    | 2004-08-01
    """)


def test_a_mended_line_of_a_file_without_posting_days_is_known_from_the_mend(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\nADATUM,x,5\nADATUM,2004-03-01,6\n")
    sent_back(home, (POINTS, 2, "", "ADATUM,x,5", "ADATUM,2004-03-02,5"))
    assert lines(home, "line, posted_on") == drawn("""
        line | posted_on
        2    | 2004-05-10
        3    | 2004-03-31
    """)


ON_NO_ROSTER = "partner_id is on no roster: FABRIKAM"


def test_a_line_that_only_the_rosters_refuse_may_be_mended_although_it_is_plain(home: Home) -> None:
    one = CONTENT.splitlines()[1]
    sent_back(home, (POINTS, 2, ON_NO_ROSTER, one, one.replace("1.00", "7.00")))
    assert lines(home, "line, points, posted_on") == drawn("""
        line | points | posted_on
        2    | 7.00   | 2004-05-10
        3    | 5.00   | 2004-03-03
    """)


def test_a_row_that_nobody_filled_changes_nothing(home: Home) -> None:
    before = lines(home, ENTRIES)
    sent_back(home, (POINTS, 3, "", BAD, " "), (POINTS, 3, "", "whatever", ""))
    assert lines(home, ENTRIES) == before


def test_a_mend_that_is_taken_away_leaves_the_line_refused_again(home: Home) -> None:
    ingest(home)
    sent_back(home, (POINTS, 3, "", BAD, GOOD))
    assert [loaded.rejected for loaded in ingest(home)] == [0, 0]
    (home.raw / "mended/mended-2004-05-10.csv").unlink()
    assert [loaded.rejected for loaded in ingest(home)] == [0, 1]


def test_a_mended_roster_line_is_in_its_snapshot(home: Home) -> None:
    given_file(home, ROSTER, "partner_id,region\nADATUM,Alsace\nCONTOSO\n")
    sent_back(home, (ROSTER, 3, "", "CONTOSO", "CONTOSO,Corse"))
    assert published(home, "select partner_id, region, valid_from from roster_history order by 1") == [drawn("""
        partner_id | region | valid_from
        ADATUM     | Alsace | 2004-03-01
        CONTOSO    | Corse  | 2004-03-01
    """)]  # fmt: skip


# A mend that is no better


def test_a_faulty_mend_stays_a_reject_with_the_new_text_and_reason(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD.replace("5.00", "five")))
    assert lines(home, "line, reject_reason, raw") == drawn("""
        line | reject_reason                                        | raw
        2    |                                                      |
        3    | points is not a number of at most two decimals: five | E2,ADATUM,2004-02-28,2004-03-03,five,x
    """)


def test_the_later_mend_wins_whatever_the_order_of_the_names(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD.replace("5.00", "8.00")), name="z-2004-05-10.csv")
    sent_back(home, (POINTS, 3, "", BAD, GOOD.replace("5.00", "9.00")), name="a-2004-05-20.csv")
    assert lines(home, "line, points, posted_on") == drawn("""
        line | points | posted_on
        2    | 1.00   | 2004-03-03
        3    | 9.00   | 2004-05-20
    """)


def test_a_faulty_mend_can_be_mended_from_the_text_that_was_refused_then(home: Home) -> None:
    faulty = BAD.replace("5.00", "five")
    sent_back(home, (POINTS, 3, "", BAD, faulty))
    sent_back(home, (POINTS, 3, "", faulty, GOOD), name="mended-2004-05-20.csv")
    assert lines(home, "line, points, posted_on") == drawn("""
        line | points | posted_on
        2    | 1.00   | 2004-03-03
        3    | 5.00   | 2004-05-20
    """)


# What may stand in a line


@pytest.mark.parametrize("name", ["mended-2004-05-10.csv", "mended-2004-05-10.xlsx"])
def test_a_record_of_several_lines_is_mended_as_one(home: Home, name: str) -> None:
    bad, good = 'E2,ADATUM,?,2004-03-03,5.00,"x\ny"', 'E2,ADATUM,2004-03-02,2004-03-03,5.00,"x\nz"'
    given_file(home, POINTS, f"{HEADING}{bad}\nE3,ADATUM,2004-03-02,2004-03-03,1.00,u\n")
    sent_back(home, (POINTS, 2, "", bad, good), name=name)
    assert lines(home, "line, replace(domain, chr(10), '¶') as domain, reject_reason") == drawn("""
        line | domain | reject_reason
        2    | x¶z    |
        4    | u      |
    """)


def test_a_line_may_be_mended_into_a_record_of_several(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, 'E2,ADATUM,2004-02-28,2004-03-03,5.00,"x\r\ny"'))
    assert "x¶y" in lines(home, "line, replace(domain, chr(10), '¶') as domain")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_the_apostrophe_before_a_formula_is_no_part_of_the_line(home: Home, sign: str) -> None:
    bad, good = f"{sign}1,ADATUM,?,2004-03-03,5.00,x", f"{sign}1,ADATUM,2004-03-02,2004-03-03,5.00,x"
    given_file(home, POINTS, f"{HEADING}{bad}\n")
    sent_back(home, (POINTS, 2, "", f"'{bad}", f"'{good}"))
    assert lines(home, "entry_id, points") == drawn(f"""
        entry_id | points
        {sign}1 | 5.00
    """)


@pytest.mark.parametrize(
    ("encoding", "end"), [("cp1252", "\r\n"), ("utf-16", "\n"), ("utf-8-sig", "\r")], ids=["cp1252", "utf-16", "CR"]
)
def test_a_line_of_a_file_in_any_encoding_is_mended(home: Home, encoding: str, end: str) -> None:
    bad = "É2,ADATUM,?,2004-03-03,5.00,“x”\u00a0€"
    given_file(home, POINTS, f"{HEADING}\n{bad}\n".replace("\n", end), encoding)
    sent_back(home, (POINTS, 3, "", bad, bad.replace("?", "2004-03-02")))
    assert lines(home, "line, entry_id, domain") == drawn("""
        line | entry_id | domain
        3    | É2       | “x”\u00a0€
    """)


# What the rejects show can be sent back


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        (" E3 ,FABRIKAM,2004-03-02,2004-03-03,2.00,x\n", lambda text: text.replace("FABRIKAM", "ADATUM")),
        ("E3,ADATUM,2004-03-02,2004-03-03,2.00\n", lambda text: f"{text},x"),
        ('E3,ADATUM,2004-03-02,2004-03-03,?,"x\ny"\n', lambda text: text.replace("?", "5")),
        ('E3,ADATUM,2004-03-02,2004-03-03,?,"x\n\ny"\n', lambda text: text.replace("?", "5")),
        ('E3,FABRIKAM,2004-03-02,2004-03-03,2.00,"x\ny"\n', lambda text: text.replace("FABRIKAM", "ADATUM")),
    ],
    ids=["on no roster", "torn", "record", "record with a blank line", "record on no roster"],
)  # fmt: skip
def test_what_the_rejects_show_can_be_sent_back(home: Home, line: str, mend: Callable[[str], str]) -> None:
    given_file(home, POINTS, CONTENT.replace(f"{BAD}\n", line))
    [(number, reason, raw)] = rejects_as_written(home)
    sent_back(home, (POINTS, number, reason, raw, mend(raw)))
    assert rejects_as_written(home) == []


def test_a_mended_line_that_the_rosters_refuse_can_be_mended_again(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD.replace("ADATUM", "FABRIKAM")))
    [(line, reason, raw)] = rejects_as_written(home)
    sent_back(home, (POINTS, line, reason, raw, GOOD), name="mended-2004-05-20.csv")
    assert "2004-05-20" in lines(home, "posted_on")


def test_a_line_of_a_sheet_is_mended_by_the_name_of_its_sheet(home: Home) -> None:
    contracts = home.file("contracts.toml").read_text(encoding="utf-8").replace('files = "points/*.csv"', 'files = ["points/*.csv", "points/*.xlsx"]')  # fmt: skip
    (home.root / "contracts.toml").write_text(contracts, encoding="utf-8")
    as_workbook(home.raw / "points/2004-04.xlsx", [["partner_id", "earned_on", "points"], ["ADATUM", "2004-04-02", "five"]])  # fmt: skip
    sent_back(home, ("points/2004-04.xlsx [rejects]", 2, "", "ADATUM\t2004-04-02\tfive", "ADATUM\t2004-04-02\t5"))
    [loaded] = [one for one in ingest(home) if one.sheet]
    assert drawn_lines(home, loaded, "line, points, posted_on") == drawn("""
        line | points | posted_on
        2    | 5.00   | 2004-05-10
    """)


def test_a_roster_line_that_stands_twice_with_other_content_can_be_mended_as_the_rejects_show_it(home: Home) -> None:
    given_file(home, ROSTER, "partner_id,region\nADATUM,Alsace\nADATUM,Corse\n")
    given_file(home, POINTS, HEADING)
    [(line, reason, raw)] = rejects_as_written(home)
    sent_back(home, (ROSTER, line, reason, raw, "CONTOSO,Corse"))
    assert rejects_as_written(home) == []


def test_a_faulty_mend_of_a_line_that_the_rosters_refuse_can_be_mended_again(home: Home) -> None:
    one, faulty = BAD.replace("02-31,", "02-28,").replace("ADATUM", "FABRIKAM"), GOOD.replace("5.00", "five")
    given_file(home, POINTS, f"{HEADING}{one}\n")
    [(line, reason, raw)] = rejects_as_written(home)
    sent_back(home, (POINTS, line, reason, raw, faulty))
    [(line, reason, raw)] = rejects_as_written(home)
    assert reason == "points is not a number of at most two decimals: five"
    sent_back(home, (POINTS, line, reason, raw, GOOD), name="mended-2004-05-20.csv")
    assert rejects_as_written(home) == []


# Files that a steward may send


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_mended_csv_may_be_saved_by_a_french_excel(home: Home, delimiter: str, encoding: str) -> None:
    bad, good = BAD.replace(",x", ",été"), GOOD.replace(",x", ",été")
    given_file(home, POINTS, CONTENT.replace(BAD, bad))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([HEADINGS, [POINTS, 3, "", bad, good]])
    given_file(home, "mended/mended-2004-05-10.csv", text.getvalue(), encoding)
    assert lines(home, "line, domain, posted_on") == drawn("""
        line | domain | posted_on
        2    | x      | 2004-03-03
        3    | été    | 2004-05-10
    """)


def test_a_damaged_mended_workbook_does_not_stand_in_the_way_of_a_good_one(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD), name="mended-2004-05-10.xlsx")
    path = home.raw / "mended/mended-2004-05-10.xlsx"
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    assert "is damaged" in refusal(home)
    assert not list(home.lines.glob("work-mended*"))
    path.write_bytes(good)
    assert [loaded.rejected for loaded in ingest(home)] == [0, 0]
    assert not list(home.lines.glob("work-mended*"))


def test_two_mended_workbooks_that_are_named_csv_are_both_read(home: Home) -> None:
    given_file(home, POINTS, f"{CONTENT}{BAD}\n")
    for line, day in ((3, 10), (4, 11)):
        as_workbook(home.raw / "mended.xlsx", [HEADINGS, [POINTS, line, "", BAD, GOOD]])
        given_file(home, f"mended/mended-2004-05-{day}.csv", (home.raw / "mended.xlsx").read_bytes())
    (home.raw / "mended.xlsx").unlink()
    assert [loaded.rejected for loaded in ingest(home)] == [0, 0]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_line_of_a_workbook_is_mended_by_changing_the_text_that_the_rejects_show(home: Home, suffix: str) -> None:
    contracts = home.file("contracts.toml").read_text(encoding="utf-8").replace('"points/*.csv"', '"points/*"')
    (home.root / "contracts.toml").write_text(contracts, encoding="utf-8")
    table = [
        ["partner_id", "earned_on", "points", "domain"],
        ["ADATUM", "2004-04-02", "five", "x y"],
        ["ADATUM", "2004-04-02"],
    ]
    as_workbook(home.raw / "points/2004-03.xlsx", table)
    (home.raw / POINTS).unlink()
    published(home)
    with Warehouse.open(home.warehouse) as warehouse:
        frame = rejects(warehouse, to_mend=True)
    frame["mended"] = ["ADATUM\t2004-04-02\t5\tx y", "ADATUM\t2004-04-02\t6\t"]
    (home.raw / "mended").mkdir()
    write_table(frame, home.raw / f"mended/mended-2004-05-10.{suffix}")
    [loaded] = [one for one in ingest(home) if one.sheet]
    assert drawn_lines(home, loaded, "line, points, domain") == drawn("""
        line | points | domain
        2    | 5.00   | x y
        3    | 6.00   |
    """)


@pytest.mark.parametrize("what", ["a link to nothing", "a link to a folder", "a pipe"])
def test_what_is_no_file_among_the_mended_ones_is_named(home: Home, what: str) -> None:
    path = home.raw / "mended/mended-2004-05-10.csv"
    path.parent.mkdir()
    if what == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(home.root / "nowhere" if what == "a link to nothing" else home.raw)
    assert refusal(home).startswith(f"{path}: is no file, but a link to a folder or to nothing, or a pipe.")


# Refusals


def test_a_mend_of_a_line_that_reads_otherwise_now_is_refused_by_row(home: Home) -> None:
    sent_back(home, (POINTS, 2, "", "", ""), (POINTS, 3, "", BAD.replace("5.00", "4.00"), GOOD))
    assert refusal(home) == (
        "data/raw/mended/mended-2004-05-10.csv, row 3: line 3 of data/raw/points/2004-03.csv does not read so any more. "
        "Take the row out, or write the refused lines anew with `palier rejects --output`."
    )


@pytest.mark.parametrize("line", [1, 4, 400])
def test_a_mend_of_a_line_that_is_no_data_is_refused_by_row(home: Home, line: int) -> None:
    sent_back(home, (POINTS, line, "", HEADING if line == 1 else GOOD, GOOD))
    assert refusal(home).startswith("data/raw/mended/mended-2004-05-10.csv, row 2: ")


def test_a_mend_of_a_line_that_was_accepted_is_refused_by_row(home: Home) -> None:
    one = CONTENT.splitlines()[1]
    sent_back(home, (POINTS, 2, "", one, one.replace("1.00", "7000000.00")))
    assert refusal(home) == (
        f"data/raw/mended/mended-2004-05-10.csv, row 2: line 2 of data/raw/{POINTS} is not refused, and only refused lines "
        "are mended. Take the row out; where `palier rejects` lists the line, leave its reason as it was written."
    )


def test_a_mend_of_a_blank_line_is_refused_by_row(home: Home) -> None:
    given_file(home, POINTS, CONTENT.replace(BAD, f",,,,,\n{BAD}"))
    sent_back(home, (POINTS, 3, "", ",,,,,", GOOD))
    assert "row 2: line 3 of data/raw/points/2004-03.csv is not refused, " in refusal(home)


def test_a_mend_of_a_file_that_is_not_there_is_refused_by_row(home: Home) -> None:
    sent_back(home, ("points/2004-09.csv", 3, "", BAD, GOOD))
    assert refusal(home) == (
        "data/raw/mended/mended-2004-05-10.csv, row 2: there is no file data/raw/points/2004-09.csv. Take the row out."
    )


def test_a_file_that_is_refused_is_not_said_to_be_missing(home: Home) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD))
    given_file(home, POINTS, "")
    assert refusal(home) == f"data/raw/{POINTS}: is empty. Ask the sender for it again, or take it out of data/raw."


@pytest.mark.parametrize("name", ["mended.csv", "mended-2004-13-10.csv", "mended 2004.xlsx"])
def test_a_mended_file_without_a_day_in_its_name_is_refused(home: Home, name: str) -> None:
    sent_back(home, (POINTS, 3, "", BAD, GOOD), name=name)
    assert refusal(home) == (
        f"data/raw/mended/{name}: no day in its name, so nobody can say since when its lines are known. "
        "Rename it, for example mended-2004-05-10.xlsx."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file,line,reason,mended\nx,1,,y\n", "no column text; found: file, line, reason, mended. Send back the file that"),
        ("file|line|reason|text|mended\n", "no column file and line and reason and text and mended; found: file|line|reason|text|mended."),
        (f"file,line,reason,text,mended\n{POINTS},two,,x,y\n", "row 2: line is not a number: two. Leave that column as it was."),
        (f"file,line,reason,text,mended\n{POINTS},{'9' * 5000},,x,y\n", "row 2: line is not a number: 999"),
        (f"file,line,reason,text,mended\n{POINTS},٣,,x,y\n", "row 2: line is not a number: ٣."),
        (f"file,line,reason,text,mended\n{POINTS},3,,{'x ' * 600_000},y\n", "row 2: cannot be read (field larger than field limit"),
        ("x" * 1_200_000, "row 1: cannot be read (field larger than field limit"),
        ("", "is empty"),
    ],
    ids=["no text", "other delimiter", "no number", "endless number", "number in other digits", "endless cell", "endless heading", "empty"],
)  # fmt: skip
def test_a_mended_file_that_is_not_as_it_was_written_is_refused(home: Home, content: str, said: str) -> None:
    given_file(home, "mended/mended-2004-05-10.csv", content)
    assert said in refusal(home)


@pytest.mark.parametrize(
    "content",
    [f"mended,file,line,text,reason\ny,{POINTS}\n", f"file,line,reason,text,mended\n{POINTS},3,,{'x' * 200_000},y\n"],
    ids=["short row", "long cell"],
)
def test_a_mended_file_that_is_damaged_is_refused_without_a_traceback(home: Home, content: str) -> None:
    given_file(home, "mended/mended-2004-05-10.csv", content)
    assert refusal(home).startswith("data/raw/mended/mended-2004-05-10.csv")
