"""Real files of every kind through `ingest`: what is read, what is refused and with which words."""

import errno
from pathlib import Path

import pytest
from drawn import drawn, given_file, table

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest import load
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.manifest import ingest, manifest_path, read_manifest

POINTS = "points/2004-03.csv"
ROSTER = "rosters/2004-03.csv"
LINES = "select line, partner_id, earned_on, points, reject_reason from read_parquet($path) order by line"


@pytest.fixture(autouse=True)
def one_roster(home: Home) -> None:
    given_file(home, ROSTER, "partner_id\nADATUM\n")


def checked(home: Home, content: str | bytes, encoding: str = "utf-8", select: str = LINES, file: str = POINTS) -> str:
    """The lines of one file after ingest, drawn."""
    given_file(home, file, content, encoding)
    if file != POINTS and not (home.raw / "points").is_dir():
        given_file(home, POINTS, "partner_id,earned_on,points\n")
    loaded = {entry.file: entry for entry in ingest(home)}[file]
    with Warehouse.in_memory() as warehouse:
        return table(warehouse, select, path=str(home.lines / loaded.folder / "checked.parquet"))


def refusal(home: Home, content: str | bytes, file: str = POINTS) -> str:
    """What ingest says when it refuses a file."""
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    given_file(home, file, content)
    with pytest.raises(PalierError) as error:
        ingest(home)
    return str(error.value)


FRENCH = "Code partenaire;Date d'obtention;Points;Domaine\nFR1;15/01/2004;2,50;Été “à” Nîmes\n"
NAMES = "select partner_id, points, domain from read_parquet($path)"
READ_FRENCH = drawn("""
    partner_id | points | domain
    FR1        | 2.50   | Été “à” Nîmes
""")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_in_a_known_encoding_is_read(home: Home, encoding: str) -> None:
    assert checked(home, FRENCH, encoding, NAMES) == READ_FRENCH


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_file_with_any_line_ends_is_read(home: Home, end: str, encoding: str) -> None:
    assert checked(home, FRENCH.replace("\n", end), encoding, NAMES) == READ_FRENCH


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
def test_a_file_with_any_delimiter_is_read(home: Home, delimiter: str) -> None:
    content = "partner_id;earned_on;points\nADATUM;2004-01-15;2.50\n".replace(";", delimiter)
    assert checked(home, content) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | ADATUM     | 2004-01-15 | 2.50   |
    """)


def test_a_blank_line_is_no_line_and_keeps_its_number(home: Home) -> None:
    assert checked(
        home, "partner_id,earned_on,points\r\n\r\nA,2004-01-15,1\r\n\r\n\r\nB,2004-01-15,2\r\n\r\n"
    ) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        3    | A          | 2004-01-15 | 1.00   |
        6    | B          | 2004-01-15 | 2.00   |
    """)


def test_a_last_line_without_line_end_is_read(home: Home) -> None:
    assert checked(home, "partner_id,earned_on,points\nA,2004-01-15,1") == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
    """)


def test_a_field_may_hold_the_delimiter_and_doubled_quotes(home: Home) -> None:
    content = 'partner_id,earned_on,points,domain\n"A,1",2004-01-15,1,"say ""hi"", friend"\n'
    assert checked(home, content, select=NAMES) == drawn("""
        partner_id | points | domain
        A,1        | 1.00   | say "hi", friend
    """)


def test_a_quote_that_never_closes_costs_its_own_line_alone(home: Home) -> None:
    content = 'partner_id,earned_on,points\nA,2004-01-15,1\n"B,2004-01-15,2\nC,2004-01-15,3\n"D",2004-01-15,4\n'
    assert checked(home, content, select="select line, points, reject_reason, raw from read_parquet($path) order by line") == drawn("""
        line | points | reject_reason                                 | raw
        2    | 1.00   |                                               |
        3    |        | a quote is opened and not closed on this line | "B,2004-01-15,2
        4    | 3.00   |                                               |
        5    | 4.00   |                                               |
    """)  # fmt: skip


def test_a_line_with_too_few_or_too_many_fields_is_refused_alone(home: Home) -> None:
    content = "partner_id,earned_on,points\nA,2004-01-15\nB,2004-01-15,2,50\nC,2004-01-15,3\n"
    assert checked(
        home, content, select="select line, points, reject_reason from read_parquet($path) order by line"
    ) == drawn("""
        line | points | reject_reason
        2    |        | the line has 2 fields, the heading 3
        3    |        | the line has 4 fields, the heading 3
        4    | 3.00   |
    """)


def test_spaces_of_all_kinds_around_a_field_are_dropped(home: Home) -> None:
    content = "partner_id;earned_on;points\n \u00a0A\u202f ;\t2004-01-15 ; 1\u00a0\n"
    assert checked(home, content) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
    """)


def test_headings_are_found_in_any_case_order_and_spacing(home: Home) -> None:
    content = " POINTS ;date  D’OBTENTION;Remarque;CODE PARTENAIRE\n2,50;15/01/2004;x;FR1\n"
    assert checked(home, content) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | FR1        | 2004-01-15 | 2.50   |
    """)


def test_a_heading_that_no_column_takes_is_reported(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points,colour\n")
    assert [entry.headings_not_used for entry in ingest(home) if entry.file == POINTS] == [["colour"]]


def test_a_points_file_is_of_the_last_day_of_its_month_and_a_roster_of_the_first(home: Home) -> None:
    given_file(home, "points/2004-02.csv", "partner_id,earned_on,points\nA,2004-01-15,1\n")
    assert checked(
        home, "partner_id\nA\n", file="rosters/2004-02.csv", select="select snapshot_on from read_parquet($path)"
    ) == drawn("""
        snapshot_on
        2004-02-01
    """)
    posted = "select posted_on from read_parquet($path)"
    assert checked(
        home, "partner_id,earned_on,points\nA,2004-01-15,1\n", file="points/2004-02.csv", select=posted
    ) == drawn("""
        posted_on
        2004-02-29
    """)


@pytest.mark.parametrize("name", ["20040305", "export 2004-03-05 v2", "2004-0305"])
def test_a_day_in_the_file_name_is_the_day_of_the_file(home: Home, name: str) -> None:
    file = f"rosters/{name}.csv"
    assert checked(home, "partner_id\nA\n", file=file, select="select snapshot_on from read_parquet($path)") == drawn("""
        snapshot_on
        2004-03-05
    """)


def test_a_roster_may_say_its_day_in_a_column(home: Home) -> None:
    content = "snapshot_on,partner_id\n2004-03-05,A\n2004-04-05,A\n"
    assert checked(
        home, content, file="rosters/all.csv", select="select snapshot_on from read_parquet($path) order by 1"
    ) == drawn("""
        snapshot_on
        2004-03-05
        2004-04-05
    """)


def test_a_file_name_with_brackets_does_not_read_another_file(home: Home) -> None:
    given_file(home, "points/2004-031.csv", "partner_id,earned_on,points\nWRONG,2004-01-15,9\n")
    assert checked(home, "partner_id,earned_on,points\nA,2004-01-15,1\n", file="points/2004-03[1].csv") == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
    """)


def test_a_literal_escape_in_a_line_does_not_cut_it(home: Home) -> None:
    content = "partner_id,earned_on,points,domain\nA,2004-01-15,1,left\\x01right\n"
    assert checked(home, content, select=NAMES) == drawn("""
        partner_id | points | domain
        A          | 1.00   | left\\x01right
    """)


def test_a_home_folder_with_brackets_in_its_name_is_read(tmp_path: Path) -> None:
    home = Home(tmp_path / "data [2004]")
    given_file(home, ROSTER, "partner_id\nADATUM\n")
    assert checked(home, "partner_id,earned_on,points\nA,2004-01-15,1\n") == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
    """)


# Whole files that are refused


def test_a_roster_without_id_column_is_refused_with_what_was_found_and_what_to_do(home: Home) -> None:
    said = refusal(home, "Code;Raison sociale;Région\nFR1;Adatum;Alsace\n", ROSTER)
    assert said == (
        "data/raw/rosters/2004-03.csv: no column for partner_id; found: Code, Raison sociale, Région. "
        'Add the heading to [source.columns] partner_id of "french back office, rosters" in contracts.toml; '
        "for a new sender add a [[source]] of its own, as docs/own-files.md shows."
    )


def test_points_without_two_columns_are_refused_with_both_names(home: Home) -> None:
    assert "no column for earned_on and points; found: partner_id, jour." in refusal(home, "partner_id,jour\nA,x\n")


def test_a_roster_that_no_day_can_be_found_for_is_refused(home: Home) -> None:
    assert refusal(home, "partner_id\nA\n", "rosters/newest.csv") == (
        "data/raw/rosters/newest.csv: no snapshot date. Put it in the file's name, for example rosters/2004-03.csv, "
        "or in a column snapshot_on."
    )


def test_an_empty_file_is_refused(home: Home) -> None:
    assert refusal(home, "") == f"data/raw/{POINTS}: is empty. Ask the sender for it again, or take it out of data/raw."


def test_a_binary_file_is_refused_with_the_line_of_the_byte(home: Home) -> None:
    said = refusal(home, b"partner_id,earned_on,points\nA,2004-01-15,1\n\x00\x01\x02")
    assert said.startswith(f"data/raw/{POINTS}, line 3: holds a byte 0x00, so it is not a text file.")


def test_a_byte_in_no_known_encoding_is_refused_with_its_line(home: Home) -> None:
    said = refusal(home, b"partner_id,earned_on,points\nA,2004-01-15,1\n\x81,2004-01-15,1\n")
    assert said.startswith(f"data/raw/{POINTS}, line 3: byte 0x81 is neither utf-8 nor cp1252.")


@pytest.mark.parametrize("spoiled", ["cut short", "one byte wrong"])
def test_a_damaged_utf8_file_is_refused_and_not_read_as_another_encoding(home: Home, spoiled: str) -> None:
    whole = "partner_id,earned_on,points,domain\nA,2004-01-15,1,Été à Nîmes\nB,2004-01-15,1,é".encode()
    content = whole[:-1] if spoiled == "cut short" else whole + b"\nC,2004-01-15,1,\xe9t\n"
    assert f"data/raw/{POINTS}, line {3 if spoiled == 'cut short' else 4}: " in refusal(home, content)


def test_a_file_cut_short_within_a_line_is_read_up_to_there(home: Home) -> None:
    content = "partner_id,earned_on,points\nA,2004-01-15,1\nB,2004-01"
    assert checked(
        home, content, select="select line, points, reject_reason from read_parquet($path) order by line"
    ) == drawn("""
        line | points | reject_reason
        2    | 1.00   |
        3    |        | the line has 2 fields, the heading 3
    """)


def test_a_file_that_no_source_takes_is_refused_with_the_places_there_are(home: Home) -> None:
    said = refusal(home, "x", "points/2004-03.xyz")
    assert said == (
        "data/raw/points/2004-03.xyz: no source in contracts.toml takes this path. "
        "Move it to one of: points/*.csv, rosters/*.csv"
    )


def test_all_refused_files_are_named_at_once(home: Home) -> None:
    given_file(home, "rosters/2004-04.csv", "")
    given_file(home, "points/2004-02.csv", b"\x00")
    said = refusal(home, "a,b\n")
    assert [line.split(":")[0].split(",")[0] for line in said.splitlines()] == [
        "data/raw/rosters/2004-04.csv", "data/raw/points/2004-02.csv", f"data/raw/{POINTS}",
    ]  # fmt: skip


def test_a_refused_file_leaves_the_last_manifest_in_place(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    ingest(home)
    before = manifest_path(home).read_bytes()
    refusal(home, "", "points/2004-02.csv")
    assert manifest_path(home).read_bytes() == before


def test_a_raw_file_that_cannot_be_read_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, label: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    given_file(home, POINTS, "partner_id,earned_on,points\n")
    monkeypatch.setattr(load, "scan", forbidden)
    with pytest.raises(PalierError, match=r"data/raw/points/2004-03\.csv: cannot (be )?read.*Permission denied"):
        ingest(home)


@pytest.mark.parametrize("folder", ["rosters", "points"])
def test_a_missing_or_empty_raw_folder_is_named_with_the_next_step(home: Home, folder: str) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    for file in (home.raw / folder).iterdir():
        file.unlink()
    with pytest.raises(PalierError, match=rf"data/raw/{folder}: no files\. .* or write .* with `palier sample`"):
        ingest(home)


def test_a_hidden_file_is_no_raw_file(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    given_file(home, "points/.~lock.2004-03.csv#", "")
    assert [entry.file for entry in ingest(home)] == [ROSTER, POINTS]


def test_the_manifest_says_what_was_read(home: Home) -> None:
    given_file(home, POINTS, FRENCH + "FR2;x;1;\n", "cp1252")
    loaded = ingest(home)
    assert read_manifest(home) == loaded
    points = loaded[1]
    assert (points.kind, points.encoding, points.delimiter, points.lines, points.rejected) == (
        "points",
        "cp1252",
        ";",
        2,
        1,
    )


def test_a_manifest_that_is_not_there_asks_for_ingest(home: Home) -> None:
    with pytest.raises(PalierError, match=r"nothing has been ingested yet\. Run `palier ingest` first\."):
        read_manifest(home)


# A file is parsed once


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files as they are parsed."""
    names: list[str] = []
    write_checked = load._write_checked

    def watched(path: Path, *rest: object) -> dict[str, int]:
        names.append(path.name)
        return write_checked(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "_write_checked", watched)
    return names


def test_an_unchanged_file_is_not_parsed_again(home: Home, parsed: list[str]) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    first = ingest(home)
    parsed.clear()
    assert ingest(home) == first
    assert parsed == []


def test_a_changed_file_is_parsed_again_alone(home: Home, parsed: list[str]) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    ingest(home)
    parsed.clear()
    given_file(home, POINTS, "partner_id,earned_on,points\nA,2004-01-15,1\n")
    assert [entry.lines for entry in ingest(home) if entry.file == POINTS] == [1]
    assert parsed == ["2004-03.csv"]


def test_a_changed_contract_reads_its_files_anew(home: Home, parsed: list[str]) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points,domain\nA,2004-01-15,1,x\n")
    contracts = home.file("contracts.toml").read_text(encoding="utf-8")
    ingest(home)
    parsed.clear()
    (home.root / "contracts.toml").write_text(
        contracts.replace('points = ["points"]', 'points = ["points", "score"]'), encoding="utf-8"
    )
    ingest(home)
    assert parsed == ["2004-03.csv"]


def test_a_file_that_was_taken_away_is_no_longer_in_the_manifest(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    given_file(home, "points/2004-02.csv", "partner_id,earned_on,points\n")
    ingest(home)
    (home.raw / "points/2004-02.csv").unlink()
    assert [entry.file for entry in ingest(home)] == [ROSTER, POINTS]


def test_progress_names_every_file_in_turn(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    told: list[tuple[str, int, int]] = []
    ingest(home, lambda file, done, of: told.append((file, done, of)))
    assert told == [(ROSTER, 0, 2), (POINTS, 1, 2)]


@pytest.mark.parametrize("astray", ["2004-09.csv", "archive/2004-03.xlsx"])
def test_a_file_that_lies_in_neither_folder_is_not_passed_over_in_silence(home: Home, astray: str) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\n")
    given_file(home, astray, "x")
    with pytest.raises(PalierError, match=r"lies neither in rosters nor in points"):
        ingest(home)


def test_the_day_is_taken_from_what_is_a_day_in_the_name(home: Home) -> None:
    plain = read_contracts(home.file("contracts.toml")).source[-1]
    assert str(plain.file_day("points/1599-2004-03.csv")) == "2004-03-31"
    assert plain.file_day("points/lot-1599.csv") is None


def test_a_lone_return_in_a_file_with_line_feeds_is_refused_since_it_tears_lines(home: Home) -> None:
    said = refusal(home, "partner_id,earned_on,points\nA,2004-01-15,1\rB,2004-01-15,2\n")
    assert "some lines end in a line feed and some in a lone carriage return" in said


def test_both_common_line_ends_in_one_utf8_file_are_read(home: Home) -> None:
    content = "partner_id,earned_on,points\r\nA,2004-01-15,1\nB,2004-01-15,2\r\n"
    assert checked(home, content, select="select line, points from read_parquet($path) order by line") == drawn("""
        line | points
        2    | 1.00
        3    | 2.00
    """)


def test_a_very_long_heading_line_is_read_whole(home: Home) -> None:
    content = "partner_id,earned_on," + "x" * 100_000 + ",points\nA,2004-01-15,,7\n"
    assert checked(home, content, select="select points from read_parquet($path)") == drawn("points\n7.00")


def test_half_a_kept_reading_is_read_again(home: Home) -> None:
    given_file(home, POINTS, "partner_id,earned_on,points\nA,2004-01-15,1\n")
    kept = home.lines / ingest(home)[1].folder / "checked.parquet"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:50])
    ingest(home)
    assert kept.read_bytes()[-4:] == b"PAR1"
