"""`ingest` over all files: what is read again and what is not, what is refused, and what the manifest says."""

import errno
import os
import random
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from drawn import drawn, given_file
from ingested import HEADING, POINTS, ROSTER, contract, drawn_lines, engine

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.ingest import load, manifest
from pipeline.ingest.load import load_file
from pipeline.ingest.manifest import gone_since, ingest, manifest_path, read_last, read_manifest

CONTRACTS = """
[[source]]
name = "plain, rosters"
kind = "roster"
files = "rosters/*"
dates = "yyyy-mm-dd"
decimal = "."
undated = "first"
[source.columns]
partner_id = ["partner_id"]
region = ["region"]

[[source]]
name = "plain, points"
kind = "points"
files = "points/*"
dates = "yyyy-mm-dd"
decimal = "."
undated = "last"
[source.columns]
partner_id = ["partner_id"]
earned_on = ["earned_on"]
points = ["points"]
"""


@pytest.fixture(autouse=True)
def one_of_each(home: Home) -> None:
    given_file(home, "../../contracts.toml", CONTRACTS)
    given_file(home, ROSTER, "partner_id\nADATUM\n")
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n")


def refusal(home: Home) -> str:
    with pytest.raises(PalierError) as error:
        ingest(home)
    return str(error.value)


def workbook(path: Path, **sheets: list[list[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)


# A file is read once


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files as they are opened."""
    return watched(monkeypatch, "open_raw", lambda raw, *_: raw.name)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Kinds of the texts as their lines are typed."""
    return watched(monkeypatch, "write_typed_lines", lambda engine, text, reading, *_: reading.source.kind)


def watched(monkeypatch: pytest.MonkeyPatch, name: str, say: Any) -> list[str]:
    said: list[str] = []
    real = getattr(load, name)

    def instead(*arguments: Any) -> Any:
        said.append(say(*arguments))
        return real(*arguments)

    monkeypatch.setattr(load, name, instead)
    return said


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file counts as settled at once: the change time of a file cannot be set back."""
    monkeypatch.setattr(manifest, "SETTLED_SECONDS", -1000)


@pytest.mark.usefixtures("no_wait")
def test_an_unchanged_file_is_not_even_opened_again(home: Home, opened: list[str]) -> None:
    first = ingest(home)
    assert sorted(opened) == ["2004-03.csv", "2004-03.csv"]
    opened.clear()
    assert ingest(home) == first == read_manifest(home)
    assert opened == []


def test_a_file_that_changed_just_before_it_was_read_is_opened_again_and_not_typed_again(
    home: Home, opened: list[str], typed: list[str]
) -> None:
    first = ingest(home)
    opened.clear(), typed.clear()
    assert ingest(home) == first
    assert (len(opened), typed) == (2, [])


@pytest.mark.usefixtures("no_wait")
def test_a_changed_file_is_read_again_alone(home: Home, opened: list[str], typed: list[str]) -> None:
    ingest(home)
    opened.clear(), typed.clear()
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\nB,2004-01-15,2\n")
    assert [one.lines for one in ingest(home)] == [1, 2]
    assert (len(opened), typed) == (1, ["points"])


@pytest.mark.usefixtures("no_wait")
def test_a_change_that_leaves_size_and_time_is_seen_all_the_same(home: Home) -> None:
    ingest(home)
    path = home.raw / POINTS
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,9\n")
    os.utime(path, ns=times)
    assert [one.points for one in ingest(home)] == ["0", "9.00"]


@pytest.mark.usefixtures("no_wait")
def test_another_file_in_the_place_of_one_is_read(home: Home, tmp_path: Path) -> None:
    ingest(home)
    other, path = tmp_path / "other.csv", home.raw / POINTS
    shutil.copy2(path, other)
    other.write_text(f"{HEADING}A,2004-01-15,9\n")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.rename(path)
    assert [one.points for one in ingest(home)] == ["0", "9.00"]


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ('points = ["points"]', 'points = ["points", "score"]', ["points"]),
        ('region = ["region"]', 'region = ["region", "area"]', ["roster"]),
        ('undated = "last"', 'undated = "first"', ["points"]),
        ('name = "plain, rosters"', 'name = "other"', ["roster"]),
        ('files = "points/*"', 'files = ["points/*"]', []),
        ("\n[[source]]", "\n# a remark\n[[source]]", []),
    ],
)
def test_a_changed_contract_types_only_the_lines_that_it_touches(
    home: Home, typed: list[str], old: str, new: str, kinds: list[str]
) -> None:
    ingest(home)
    typed.clear()
    given_file(home, "../../contracts.toml", CONTRACTS.replace(old, new))
    assert old in CONTRACTS
    ingest(home)
    assert typed == kinds


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("spoiled", ["plain.parquet", "judged.parquet", "loaded.json"])
@pytest.mark.parametrize("how", ["gone", "half", "empty"])
def test_half_a_kept_reading_is_read_again(home: Home, spoiled: str, how: str) -> None:
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n B,2004-01-15,2\n")
    loaded = ingest(home)[1]
    before = drawn_lines(home, loaded)
    path = home.lines / loaded.folder / spoiled
    whole = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if how == "half" else b"")
    assert drawn_lines(home, ingest(home)[1]) == before


@pytest.mark.usefixtures("no_wait")
def test_a_manifest_of_another_version_is_read_past(home: Home, opened: list[str]) -> None:
    first = ingest(home)
    for content in ("", "{}", "[]", '{"recipe": "x", "files": {}}', "null", '{"files": 3}'):
        manifest_path(home).write_text(content)
        opened.clear()
        assert ingest(home) == first
        assert len(opened) == 2


def test_the_same_files_give_the_same_manifest_in_any_order_and_any_number_of_runs(home: Home) -> None:
    files = {f"points/2004-0{month}.csv": f"{HEADING}P{month},2004-01-15,{month}\n" for month in range(1, 7)}
    for file, content in files.items():
        given_file(home, file, content)
    at_once = ingest(home)
    other, drawn_order = Home(home.root / "other"), list(files)
    random.Random(1).shuffle(drawn_order)
    given_file(other, "../../contracts.toml", CONTRACTS)
    given_file(other, ROSTER, "partner_id\nADATUM\n")
    for file in drawn_order:
        given_file(other, file, files[file])
        one_by_one = ingest(other)
    assert one_by_one == at_once
    assert [one.file for one in at_once] == [ROSTER, *sorted(files)]


def test_lines_of_a_file_that_is_gone_go(home: Home) -> None:
    given_file(home, "points/2004-02.csv", f"{HEADING}B,2004-01-15,2\n")
    kept, gone = [ingest(home)[at].folder for at in (2, 1)]
    (home.raw / "points/2004-02.csv").unlink()
    (home.lines / "work-1-1").mkdir()
    assert [one.file for one in ingest(home)] == [ROSTER, POINTS]
    left = {path.name for path in home.lines.iterdir()}
    assert kept in left
    assert gone not in left
    assert len(left) == 2


def test_a_file_that_is_gone_is_told_with_the_lines_that_went(home: Home) -> None:
    given_file(home, "points/2004-02.csv", f"{HEADING}B,2004-01-15,2\nC,2004-01-15,2\n")
    assert read_last(home) == []
    before = ingest(home)
    assert gone_since(read_last(home), before) == []
    (home.raw / "points/2004-02.csv").unlink()
    assert gone_since(read_last(home), ingest(home)) == ["no longer there: points/2004-02.csv, 2 lines taken out"]


def test_files_of_the_same_bytes_share_their_lines_and_both_are_in_the_manifest(home: Home) -> None:
    given_file(home, "points/2004-03 copy.csv", (home.raw / POINTS).read_bytes())
    loaded = ingest(home)
    assert [one.file for one in loaded] == [ROSTER, "points/2004-03 copy.csv", POINTS]
    assert loaded[1].folder == loaded[2].folder
    assert drawn_lines(home, loaded[1]) == drawn_lines(home, loaded[2])


def test_two_files_of_the_same_bytes_read_at_once_do_not_hinder_each_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_is_there, second_goes_on = threading.Event(), threading.Event()
    put_in_place, write = load._put_in_place, load.write_typed_lines
    second = "points/2004-03 copy.csv"
    given_file(home, second, (home.raw / POINTS).read_bytes())

    def written(*arguments: Any) -> Any:
        """The second finds no lines yet, and has written its own when those of the first are in place."""
        counts = write(*arguments)
        if threading.current_thread().name == second:
            first_is_there.wait(5)
        return counts

    def put(making: Path, folder: Path) -> None:
        if threading.current_thread().name == second:
            second_goes_on.set()
            first.join(0.3)
            put_in_place(making, folder)
        else:
            second_looked.wait(5)
            put_in_place(making, folder)
            first_is_there.set()
            second_goes_on.wait(0.5)

    def read(file: str) -> None:
        try:
            contracts = contract()
            found[file] = load_file(home.raw, file, contracts, home.lines, type(engine()).in_memory())
        except PalierError as error:
            found[file] = error

    def is_whole(folder: Path) -> bool:
        result = real_is_whole(folder)
        if threading.current_thread().name == second:
            second_looked.set()
        return result

    real_is_whole, second_looked, found = load.is_whole, threading.Event(), {}
    monkeypatch.setattr(load, "write_typed_lines", written)
    monkeypatch.setattr(load, "_put_in_place", put)
    monkeypatch.setattr(load, "is_whole", is_whole)
    first = threading.Thread(target=read, args=[POINTS], name=POINTS)
    other = threading.Thread(target=read, args=[second], name=second)
    first.start(), other.start()
    first.join(), other.join()
    assert [type(one) for one in found.values()] == [list, list]


# What is refused


def test_all_refused_files_are_named_at_once(home: Home) -> None:
    given_file(home, "rosters/2004-04.csv", "")
    given_file(home, "points/2004-02.csv", b"\x00")
    given_file(home, POINTS, "a,b\n")
    assert [line.split(":")[0].split(",")[0] for line in refusal(home).splitlines()] == [
        "data/raw/rosters/2004-04.csv", "data/raw/points/2004-02.csv", f"data/raw/{POINTS}",
    ]  # fmt: skip


def test_a_refused_file_leaves_the_last_manifest_and_its_lines_in_place(home: Home) -> None:
    ingest(home)
    before, lines = manifest_path(home).read_bytes(), sorted(home.lines.iterdir())
    given_file(home, "points/2004-02.csv", "")
    refusal(home)
    assert manifest_path(home).read_bytes() == before
    assert set(lines) <= set(home.lines.iterdir())


def test_a_raw_file_that_cannot_be_read_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, label: str, work: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(load, "open_raw", forbidden)
    assert f"data/raw/{POINTS}: cannot be read (Permission denied). Allow reading it, or take it out" in refusal(home)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere.csv"))


def link_to_a_folder(path: Path) -> None:
    path.symlink_to(path.parent.parent / "rosters")


def listening_socket(path: Path) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as one:  # a socket's path has 107 bytes
        one.bind(f"{short}/socket")
        shutil.move(f"{short}/socket", path)


@pytest.mark.parametrize("made", [link_to_nothing, link_to_a_folder, os.mkfifo, listening_socket])
@pytest.mark.parametrize("place", ["points/2004-04.csv", "rosters/2004", "astray"])
def test_what_is_no_file_is_named_and_not_waited_for(home: Home, made: Any, place: str) -> None:
    made(home.raw / place)
    said = refusal(home)
    assert said.startswith(f"{home.raw / place}: ") or place == "astray"
    assert "is no file, but a link to a folder or to nothing, or a pipe. Put the" in said or place == "astray"


def test_a_link_to_a_file_and_a_folder_that_is_a_link_are_read(home: Home, tmp_path: Path) -> None:
    (home.raw / "points").rename(tmp_path / "elsewhere")
    (home.raw / "points").symlink_to(tmp_path / "elsewhere")
    (home.raw / "points/2004-04.csv").symlink_to(tmp_path / "elsewhere/2004-03.csv")
    assert [one.file for one in ingest(home)] == [ROSTER, POINTS, "points/2004-04.csv"]


def test_a_file_whose_name_is_not_utf8_is_named(home: Home) -> None:
    (home.raw / os.fsdecode(b"points/2004-04 caf\xe9.csv")).write_text(HEADING)
    assert refusal(home) == f"{home.raw}/points/2004-04 caf\\xe9.csv: its name is not utf-8. Rename it."


@pytest.mark.parametrize("when", ["write_typed_lines", "open_raw"])
def test_a_file_that_changes_while_it_is_read_is_refused_and_nothing_of_it_is_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    real = getattr(load, when)

    def meanwhile(*arguments: Any) -> Any:
        given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\nA,2004-01-15,1000\n")
        return real(*arguments)

    bytes_before = (home.raw / POINTS).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(load, when, meanwhile)
        assert refusal(home) == f"data/raw/{POINTS}: changed while it was read. Run `palier ingest` again."
    given_file(home, POINTS, bytes_before)
    assert [one.points for one in ingest(home)] == ["0", "1.00"]


@pytest.mark.parametrize("folder", ["rosters", "points"])
def test_a_missing_or_empty_raw_folder_is_named_with_the_next_step(home: Home, folder: str) -> None:
    for file in (home.raw / folder).iterdir():
        file.unlink()
    said = refusal(home)
    assert said.startswith(f"{home.raw / folder}: no files. ")
    assert "or write an invented programme with `palier sample`." in said


@pytest.mark.parametrize("astray", ["2004-09.csv", "archive/2004-03.xlsx", "point/2004.csv"])
def test_a_file_that_lies_in_neither_folder_is_not_passed_over_in_silence(home: Home, astray: str) -> None:
    given_file(home, astray, "x")
    assert f"{home.raw / astray}: lies neither in rosters nor in points, so nobody reads it." in refusal(home)


@pytest.mark.parametrize(
    "name", ["points/.~lock.2004-03.csv#", "points/~$2004-03.xlsx", ".DS_Store", "README.md", "mended/.x"]
)
def test_what_a_program_left_behind_is_no_raw_file(home: Home, name: str) -> None:
    given_file(home, name, "")
    assert [one.file for one in ingest(home)] == [ROSTER, POINTS]


def test_files_in_folders_below_are_read(home: Home) -> None:
    given_file(home, "points/2004/02/2004-02.csv", f"{HEADING}A,2004-01-15,1\n")
    assert [one.file for one in ingest(home)] == [ROSTER, "points/2004/02/2004-02.csv", POINTS]


def test_a_manifest_that_is_not_there_asks_for_ingest(home: Home) -> None:
    with pytest.raises(PalierError, match=r"nothing has been ingested yet\. Run `palier ingest` first\."):
        read_manifest(home)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": {"a": {"loaded": [{"file": "a"}]}}}'])
def test_a_manifest_of_another_version_asks_for_ingest(home: Home, content: str) -> None:
    given_file(home, f"../processed/{manifest_path(home).name}", content)
    with pytest.raises(PalierError, match=r"was not written by this version\. Run `palier ingest` again\."):
        read_manifest(home)


def test_progress_names_every_file_in_turn_with_the_lines_read_so_far(home: Home) -> None:
    told: list[tuple[object, ...]] = []
    ingest(home, lambda *progress: told.append(progress))
    assert told == [(ROSTER, 0, 2, 0), (POINTS, 1, 2, 1)]


# Workbooks

TABLE = [["partner_id", "earned_on", "points"], ["A", "2004-01-15", 2.5]]


def of_sheets(home: Home) -> list[tuple[str, str, str, list[str]]]:
    return [(one.name, one.source, one.points, one.sheets_not_read) for one in ingest(home) if one.sheet]


def given_contracts(home: Home, key: str) -> None:
    given_file(home, "../../contracts.toml", CONTRACTS.replace('files = "points/*"', f'files = "points/*"\n{key}'))


def test_the_one_sheet_with_a_table_is_read_and_the_others_named(home: Home) -> None:
    workbook(home.raw / "points/2004-04.xlsx", notes=[["see there"]], data=[["Points of April"], [], *TABLE])
    assert of_sheets(home) == [("points/2004-04.xlsx [data]", "plain, points", "2.50", ["notes"])]


def test_two_sheets_with_a_table_are_refused_unless_the_contract_names_both(home: Home) -> None:
    workbook(home.raw / "points/2004-04.xlsx", april=TABLE, may=TABLE, sum=TABLE)
    assert refusal(home) == (
        "data/raw/points/2004-04.xlsx: the sheets april and may and sum each hold such a table, and reading both might "
        'count all twice. Say in contracts.toml which to read, for example sheets = ["2004*"].'
    )
    given_contracts(home, 'sheets = ["april", "m*"]')
    assert [(name, without) for name, _, _, without in of_sheets(home)] == [
        ("points/2004-04.xlsx [april]", ["sum"]),
        ("points/2004-04.xlsx [may]", ["sum"]),
    ]


def test_a_workbook_without_a_sheet_that_the_contract_names_is_refused(home: Home) -> None:
    workbook(home.raw / "points/2004-04.xlsx", april=TABLE, notes=[["x"]])
    given_contracts(home, 'sheets = "2004*"')
    assert refusal(home) == (
        "data/raw/points/2004-04.xlsx: has no sheet that the contract names; found: april, notes. "
        "Mend `sheets` of its source."
    )


def test_a_workbook_without_a_table_is_refused_by_its_first_sheet(home: Home) -> None:
    workbook(home.raw / "points/2004-04.xlsx", notes=[["x"]], more=[["partner_id", "earned_on"]])
    assert refusal(home).startswith("data/raw/points/2004-04.xlsx, sheet notes: no column for partner_id and earned_on and points; found: x.")  # fmt: skip


def test_sheets_of_one_workbook_are_read_by_different_sources(home: Home) -> None:
    other = CONTRACTS.split("\n\n")[1].replace("plain, points", "scores").replace('["points"]', '["score"]')
    given_file(home, "../../contracts.toml", CONTRACTS.replace('"points/*"', '"points/*"\nsheets = "a*"') + other.replace('"points/*"', '"points/*"\nsheets = "b*"'))  # fmt: skip
    scores = [["partner_id", "earned_on", "score"], ["B", "2004-01-15", 7]]
    workbook(home.raw / "points/2004-04.xlsx", a=TABLE, b=scores)
    given_file(home, POINTS, f"{HEADING}A,2004-01-15,1\n")
    assert of_sheets(home) == [
        ("points/2004-04.xlsx [a]", "plain, points", "2.50", []),
        ("points/2004-04.xlsx [b]", "scores", "7.00", []),
    ]


def test_a_line_of_a_sheet_is_the_row_that_excel_shows(home: Home) -> None:
    workbook(home.raw / "points/2004-04.xlsx", data=[["April"], [], *TABLE, [], ["B", "x", "1 000"], ["C"]])
    [loaded] = [one for one in ingest(home) if one.sheet]
    assert drawn_lines(home, loaded, "line, partner_id, points, reject_reason") == drawn("""
        line | partner_id | points  | reject_reason
        4    | A          | 2.50    |
        6    | B          | 1000.00 | earned_on is not written yyyy-mm-dd: x
        7    | C          |         | earned_on is empty
    """)


def test_what_a_run_left_that_was_killed_while_it_wrote_the_manifest_is_taken_away(home: Home) -> None:
    ingest(home)
    left_over = manifest_path(home).with_name(".manifest.json.4711")
    left_over.write_text("{", encoding="utf-8")
    ingest(home)
    assert not left_over.exists()
