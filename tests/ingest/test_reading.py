"""The search for source, delimiter and heading line: what is found, and the words when nothing is."""

from datetime import date

import pytest
from drawn import drawn
from ingested import HEADING, PLAIN, POINTS, ROSTER, contract, load, read, refusal, source

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home
from pipeline.ingest.contract import Contracts, read_contracts
from pipeline.ingest.reading import Head, Reading, reading_of


def reading(text: str, contracts: Contracts = PLAIN, path: str = POINTS) -> Reading:
    return reading_of(contracts, Head(path, text))


def found_in(text: str, contracts: Contracts = PLAIN) -> tuple[str, int, list[str]]:
    """Delimiter, first line after the heading, headings."""
    one = reading(text, contracts)
    return one.delimiter, one.first_line, one.headings


# The heading line


@pytest.mark.parametrize(
    ("above", "first_line"),
    [
        ("", 2),
        ("\n\n", 4),
        ("Points of March\n", 3),
        ("Points of March,,\n\n,,\n", 5),
        ('"Points\nof March",,\n', 4),
        ('"Points of March\n', 3),
        ('Screens of 12", sorted\n', 3),
        ("partner_id,earned_on\n", 3),
        ("a;b;c\n", 3),
        ("title\n" * 59, 61),
    ],
)
def test_title_rows_may_stand_above_the_heading(home: Home, above: str, first_line: int) -> None:
    assert read(home, f"{above}{HEADING}A,2004-01-15,1\n", "line, partner_id, points") == drawn(f"""
        line | partner_id | points
        {first_line} | A | 1.00
    """)


def test_a_heading_below_sixty_title_rows_is_not_looked_for(home: Home) -> None:
    assert "no column for partner_id and earned_on and points; found: title." in refusal(home, "title\n" * 60 + HEADING)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_headings_may_have_line_breaks_and_their_lines_are_counted(home: Home, end: str) -> None:
    content = f'"Partner{end}ID",earned_on,"{end}points"{end}A,2004-01-15,1{end}'
    contracts = contract(source(columns={"partner_id": ["Partner ID"], "earned_on": ["earned_on"], "points": ["points"]}))  # fmt: skip
    assert read(home, content, "line, partner_id, points", contracts=contracts) == drawn("""
        line | partner_id | points
        4    | A          | 1.00
    """)


def test_headings_may_have_a_blank_line_within() -> None:
    assert reading('partner_id,"earned_on\n\x01\n(ISO)",points\n', contract(source(columns={
        "partner_id": ["partner_id"], "earned_on": ["earned_on (ISO)"], "points": ["points"],
    }))).first_line == 4  # fmt: skip


def test_headings_are_found_in_any_case_order_and_spacing() -> None:
    contracts = contract(source(columns={"partner_id": ["Code partenaire"], "earned_on": ["Date d'obtention"], "points": ["Points"]}))  # fmt: skip
    one = reading(" POINTS ;date  D’OBTENTION;Remarque;CODE\u00a0PARTENAIRE\n", contracts)
    assert (one.positions, one.headings_not_used) == ({"points": 1, "earned_on": 2, "partner_id": 4}, ["Remarque"])


def test_empty_headings_are_no_headings_that_nobody_uses() -> None:
    assert reading("partner_id,earned_on,points,,colour, \n").headings_not_used == ["colour"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
def test_the_delimiter_is_the_one_under_which_the_headings_are_found(delimiter: str) -> None:
    heading = 'partner_id;earned_on;points;"a,b;c|d"'.replace(";", delimiter)
    assert reading(f"x;y,z|\t\n{heading}\n").delimiter == delimiter


def test_only_the_delimiters_of_the_contract_are_tried(home: Home) -> None:
    assert "no column for partner_id" in refusal(home, HEADING, contract(source(delimiters=[";"])))


def test_headings_in_a_very_long_line_are_read(home: Home) -> None:
    content = f"partner_id,earned_on,{'x' * 60_000},points\nA,2004-01-15,,1\n"
    assert read(home, content, "line, points") == drawn("""
        line | points
        2    | 1.00
    """)


@pytest.mark.parametrize("content", ["\n", "\r\n\r\n", "\ufeff", "  \n\n \n"])
def test_a_file_without_a_word_is_refused(home: Home, content: str) -> None:
    assert "no column for partner_id" in refusal(home, content)


def test_a_file_of_delimiters_alone_is_refused(home: Home) -> None:
    assert "no column for partner_id and earned_on and points; found: ;;;." in refusal(home, ";;;\n;;;\n")


# Files without a heading line

BARE = contract(source(headings=["partner_id", "earned_on", "points"]))


@pytest.mark.parametrize(("content", "line"), [("A,2004-01-15,1\n", 1), ("\nA;2004-01-15;1", 2)])
def test_a_file_without_heading_line_is_read_by_the_headings_of_its_contract(
    home: Home, content: str, line: int
) -> None:
    assert read(home, content, "line, partner_id, earned_on, points", contracts=BARE) == drawn(f"""
        line | partner_id | earned_on  | points
        {line} | A | 2004-01-15 | 1.00
    """)


def test_every_line_of_a_file_without_heading_line_is_kept_or_refused(home: Home) -> None:
    assert read(home, "A,2004-01-15,1\n B,2004-01-15,x\nC,2004-01-15\n", "line, points, reject_reason", contracts=BARE) == drawn("""
        line | points | reject_reason
        1    | 1.00   |
        2    |        | points is not a number of at most two decimals: x
        3    |        | the line has 2 fields, the heading 3
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "fields", "found"),
    [
        ("A;2004-01-15;1;x\n", 4, "A, 2004-01-15, 1, x"),
        ("A,2004-01-15\n", 2, "A, 2004-01-15"),
    ],
)  # fmt: skip
def test_a_file_whose_first_line_does_not_have_as_many_fields_is_refused(
    home: Home, content: str, fields: int, found: str
) -> None:
    assert refusal(home, content, BARE) == (
        f": 3 headings are given, but the first line has {fields} fields: {found}. "
        'Mend `headings` of "plain" in contracts.toml.'
    )


# Which source


def test_a_file_is_read_by_the_first_source_whose_columns_it_has() -> None:
    contracts = contract(
        source(name="german", columns={"partner_id": ["Kunde"], "earned_on": ["Datum"], "points": ["Punkte"]}),
        source(name="plain"),
        source(name="plain again"),
    )
    for heading, name in [("Kunde;Datum;Punkte", "german"), ("points\tpartner_id\tearned_on", "plain")]:
        assert reading(f"{heading}\n", contracts).source.name == name


def test_what_a_contract_requires_chooses_between_sources() -> None:
    contracts = contract(source(name="with domain", required="domain"), source(name="without"))
    assert reading(HEADING, contracts).source.name == "without"
    assert reading("partner_id,earned_on,points,domain\n", contracts).source.name == "with domain"


def test_a_file_is_read_by_a_source_whose_pattern_fits_its_path() -> None:
    contracts = contract(source(name="a", files=["points/a/*", "points/A-*.csv"]), source(name="any"))
    paths = {"points/a/x.csv": "a", "points/A-1.csv": "a", "points/A-1.csv.gz": "a", "points/A-1.txt": "any"}
    assert {path: reading(HEADING, contracts, path).source.name for path in paths} == paths


def test_a_path_that_no_source_takes_is_refused_with_the_patterns_there_are(home: Home) -> None:
    contracts = contract(source(files=["points/*.csv", "points/*.xlsx"]), source("roster"))
    assert refusal(home, "x", contracts, "points/2004-03.xyz") == (
        ": no source in contracts.toml takes this path. Its `files` are: points/*.csv, points/*.xlsx, rosters/*. "
        "Move the file, or add its pattern to the source it comes from."
    )


def test_the_projects_own_contracts_read_french_and_plain_files() -> None:
    contracts = read_contracts(PROJECT / "contracts.toml")
    read_by = [
        reading_of(contracts, Head(ROSTER, heading))
        for heading in ("Code partenaire;Ville", "city\tpartner_id")
    ]  # fmt: skip
    assert [(one.source.name, one.delimiter) for one in read_by] == [
        ("french back office, rosters", ";"),
        ("plain, rosters", "\t"),
    ]


# What a refusal says


def test_the_refusal_is_that_of_the_nearest_reading(home: Home) -> None:
    contracts = contract(
        source(name="german", columns={"partner_id": ["Kunde"], "earned_on": ["Datum"], "points": ["Punkte"]}),
        source(name="plain"),
    )
    assert refusal(home, "Report\n\nKunde;Datum;Menge\nA;2004-01-15;1\n", contracts) == (
        ": no column for points; found: Kunde, Datum, Menge. "
        'Add the heading to [source.columns] points of "german" in contracts.toml; '
        "for a new sender add a [[source]] of its own, as docs/own-files.md shows."
    )


def test_a_refusal_shows_odd_headings_as_one_line(home: Home) -> None:
    said = refusal(home, 'partner_id;"earned\non";;' + ";".join(f"c{at}" for at in range(500)) + "\n")
    assert "found: partner_id, earned on, (empty), c0, c1," in said
    assert "c100" not in said


@pytest.mark.parametrize(
    ("heading", "fact"),
    [
        ("code;partner_id;earned_on;points", "2 columns for partner_id: code, partner_id."),
        ("code;earned_on;points;Points", "2 columns for points: points, Points."),
    ],
)
def test_two_columns_that_mean_the_same_are_refused_and_named(home: Home, heading: str, fact: str) -> None:
    columns = {"partner_id": ["partner_id", "code"], "earned_on": ["earned_on"], "points": ["points"]}
    assert refusal(home, f"{heading}\n", contract(source(columns=columns))) == (
        f": {fact} Take out or rename all but one and send it again."
    )


def test_the_first_of_two_equal_headings_that_nobody_means_is_no_fault() -> None:
    assert reading("x,partner_id,earned_on,points,x\n").positions == {"partner_id": 2, "earned_on": 3, "points": 4}


def test_a_roster_that_no_day_can_be_found_for_is_refused(home: Home) -> None:
    assert refusal(home, "partner_id\nA\n", file="rosters/newest.csv") == (
        ": no snapshot date. Put it in the file's name, for example rosters/2004-03.csv, "
        "say with day_in_name how the name writes it, or give a column or a constant snapshot_on."
    )


@pytest.mark.parametrize(
    ("file", "contracts", "content"),
    [
        ("rosters/newest.csv", PLAIN, "partner_id,snapshot_on\nA,2004-03-05\n"),
        ("rosters/2004-03-05.csv", PLAIN, "partner_id\nA\n"),
        ("rosters/newest.csv", contract(source("roster", constants={"snapshot_on": date(2004, 3, 5)})), "partner_id\nA\n"),
    ],
    ids=["column", "name", "constant"],
)  # fmt: skip
def test_the_day_of_a_roster_is_in_a_column_in_the_name_or_in_the_contract(
    home: Home, file: str, contracts: Contracts, content: str
) -> None:
    assert read(home, content, "snapshot_on, partner_id", file=file, contracts=contracts) == drawn("""
        snapshot_on | partner_id
        2004-03-05  | A
    """)


def test_a_manifest_entry_says_how_the_file_was_read(home: Home) -> None:
    [one] = load(home, "note\npartner_id;earned_on;points;colour\nA;2004-01-15;1;x\nB;?;2;y\n", encoding="utf-16")
    assert (one.kind, one.source, one.encoding, one.delimiter, one.first_line, one.lines, one.rejected, one.points) == (
        "points", "plain", "utf-16", ";", 3, 2, 1, "3.00",
    )  # fmt: skip
    assert (one.name, one.file_day, one.headings_not_used, one.mended) == (POINTS, "2004-03-31", ["colour"], 0)


def test_what_a_reading_depends_on_changes_its_hash() -> None:
    base = [
        reading(text, contracts, path).hash
        for path in ("points/2004-03.csv", "points/2004-04.csv")
        for text in ("partner_id,earned_on,points\n", "earned_on,partner_id,points\n", "partner_id;earned_on;points\n", "x\npartner_id,earned_on,points\n")
        for contracts in (PLAIN, contract(source(decimal=",")), contract(source(values={"domain": {"x": "y"}})))
    ]  # fmt: skip
    assert len(set(base)) == 2 * 4 * 3


def test_what_a_reading_does_not_depend_on_leaves_its_hash() -> None:
    contracts = (
        PLAIN,
        contract(source(files=["points/*.csv"])),
        contract(source(name="plain", delimiters=[","]), source()),
    )
    assert len({reading(HEADING, one).hash for one in contracts}) == 1


def test_a_reading_without_any_source_is_an_error_of_the_user() -> None:
    with pytest.raises(PalierError, match=r"no source in contracts\.toml takes this path"):
        reading(HEADING, contract(source("roster")))
