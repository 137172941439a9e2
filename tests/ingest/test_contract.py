"""contracts.toml: every mistake at once, each in words that say what to write; and what a source says of a path."""

from datetime import date
from pathlib import Path

import pytest
from ingested import contract, source

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT
from pipeline.ingest.contract import COLUMNS, read_contracts

PLAIN = """
[[source]]
name = "plain"
kind = "points"
files = "points/*.csv"
dates = "yyyy-mm-dd"
decimal = "."
undated = "last"
[source.columns]
partner_id = ["partner_id", "code"]
earned_on = ["earned_on"]
points = ["points"]
"""


def mistakes(folder: Path, contracts: str) -> str:
    path = folder / "contracts.toml"
    path.write_text(contracts, encoding="utf-8")
    with pytest.raises(PalierError) as error:
        read_contracts(path)
    return str(error.value).replace(str(path), "contracts.toml")


def mistake(folder: Path, old: str, new: str) -> str:
    """The one mistake in the plain contract with a part replaced."""
    assert old in PLAIN
    said = mistakes(folder, PLAIN.replace(old, new))
    first, second = said.split("\n")
    assert first == "contracts.toml: 1 mistake"
    return second.strip()


def test_the_projects_own_contracts_are_valid() -> None:
    assert {source.kind for source in read_contracts(PROJECT / "contracts.toml").source} == {"roster", "points"}


def test_the_shortest_contract_is_valid(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(PLAIN, encoding="utf-8")
    [one] = read_contracts(tmp_path / "contracts.toml").source
    assert (one.files, one.dates, one.headings, one.sheets, one.required) == (
        ("points/*.csv",),
        ("yyyy-mm-dd",),
        (),
        (),
        (),
    )


def test_all_keys_may_be_given(tmp_path: Path) -> None:
    keys = """
files = ["points/*.csv", "points/*.xlsx"]
sheets = "2004*"
headings = ["Code", "Jour", "Points"]
dates = ["dd/mm/yy", "yyyy-mm-dd", "excel"]
years_from = 1950
decimal = ","
split_decimals = true
units = ["€", "EUR"]
quotes = false
delimiters = [","]
day_in_name = ["yyyymmdd", "dd-mm-yy"]
required = ["domain"]
constants = { category = "sale", posted_on = 2004-03-31, points = "2,50", domain = "x" }
values = { activity = { "Examen" = "exam" }, partner_id = { "0" = "ZERO" } }
"""
    kept = [line for line in PLAIN.splitlines() if not line.startswith(("files", "dates", "decimal"))]
    text = "\n".join(kept).replace("[source.columns]", keys + "[source.columns]").replace('points = ["points"]', "")
    (tmp_path / "contracts.toml").write_text(text, encoding="utf-8")
    [one] = read_contracts(tmp_path / "contracts.toml").source
    assert one.constants == {"category": "sale", "posted_on": date(2004, 3, 31), "points": "2,50", "domain": "x"}
    assert one.needs == ["partner_id", "earned_on"]
    assert (one.units, one.quotes) == (("€", "EUR"), False)


# Mistakes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[source.columns]", 'sheet = "x"\n[source.columns]', 'source "plain", sheet: no such key; did you mean sheets?'),
        ('decimal = "."\n', "", 'source "plain", decimal: is missing'),
        ('kind = "points"', 'kind = "point"', "source \"plain\", kind: input should be 'roster' or 'points'; found 'point'"),
        ('decimal = "."', 'decimal = ";"', "source \"plain\", decimal: input should be ',' or '.'; found ';'"),
        ('undated = "last"', 'undated = "middle"', "source \"plain\", undated: input should be 'first' or 'last'; found 'middle'"),
        ('files = "points/*.csv"', "files = []", 'source "plain", files: '),
        ('files = "points/*.csv"', "files = 3", 'source "plain", files: '),
        ('dates = "yyyy-mm-dd"', "dates = []", 'source "plain", dates: '),
        ('[source.columns]', 'delimiters = [" "]\n[source.columns]', 'source "plain", delimiters.0: '),
        ('[source.columns]', 'delimiters = []\n[source.columns]', 'source "plain", delimiters: '),
        ('[source.columns]', 'years_from = 50\n[source.columns]', 'source "plain", years_from: input should be greater than or equal to 1900; found 50'),
        ('[source.columns]', 'years_from = "1950"\n[source.columns]', 'source "plain", years_from: '),
        ('[source.columns]', 'split_decimals = 1\n[source.columns]', 'source "plain", split_decimals: '),
        ('points = ["points"]', "points = [1]", 'source "plain", columns.points.0: '),
        ('points = ["points"]', 'points = "points"', 'source "plain", columns.points: '),
        # columns
        ('points = ["points"]', 'points = ["points"]\ncatgory = ["x"]', 'source "plain": points has no column catgory; did you mean category?'),
        ('points = ["points"]', 'points = ["points"]\nsnapshot_on = ["x"]', 'source "plain": points has no column snapshot_on; '),
        ('points = ["points"]', "", 'source "plain": columns.points is missing: points files cannot be read without it'),
        ("[source.columns]", 'required = "domian"\n[source.columns]', 'source "plain": points has no column domian; did you mean domain?'),
        ("[source.columns]", 'required = ["domain"]\n[source.columns]', 'source "plain": columns.domain is missing: points files cannot be read without it'),
        ("[source.columns]", 'constants.tier = "x"\n[source.columns]', 'source "plain": points has no column tier'),
        ("[source.columns]", 'values.tier.x = "y"\n[source.columns]', 'source "plain": points has no column tier'),
        ("[source.columns]", 'values.earned_on.x = "y"\n[source.columns]', 'source "plain": values.earned_on: only words are translated'),
        ("[source.columns]", 'values.points.x = "1"\n[source.columns]', 'source "plain": values.points: only words are translated'),
        ("[source.columns]", 'values.domain."" = "y"\n[source.columns]', 'source "plain": values.domain: an empty word stands for nothing'),
        # days
        ('"yyyy-mm-dd"', '"iso"', "source \"plain\": 'iso' is no way to write a day; write yyyy-mm-dd, dd/mm/yyyy, d/m/yy, yyyy-mm, excel …"),
        ('"yyyy-mm-dd"', '["yyyy-mm-dd", "dd/mm"]', "source \"plain\": 'dd/mm' is no way to write a day; "),
        ("[source.columns]", 'day_in_name = "yyyy:mm"\n[source.columns]', "source \"plain\": 'yyyy:mm' is no way to write a day; "),
        ('"yyyy-mm-dd"', '"dd/mm/yy"', 'source "plain": years_from is missing: years of two digits lie in the hundred years from it, for example 1950'),
        ("[source.columns]", 'day_in_name = "yymmdd"\n[source.columns]', 'source "plain": years_from is missing: '),
        # constants
        ("[source.columns]", 'constants.posted_on = "2004-03-31"\n[source.columns]', 'source "plain": constants.posted_on: write a date without quotes, for example 2004-03-31'),
        ("[source.columns]", 'constants.reverses = 2004-03-31\n[source.columns]', 'source "plain": constants.reverses: write a text between quotes'),
        ("[source.columns]", 'constants.domain = ""\n[source.columns]', 'source "plain": constants.domain: write a text between quotes'),
        ("[source.columns]", 'constants.points = 2\n[source.columns]', 'source "plain", constants.points.'),
        ("[source.columns]", 'constants.points = "2,50"\n[source.columns]', 'source "plain": constants.points: write the points between quotes, as the files would'),
        ("[source.columns]", 'constants.points = 2004-03-31\n[source.columns]', 'source "plain": constants.points: write the points between quotes, as the files would'),
        # decimals
        ("[source.columns]", 'split_decimals = true\n[source.columns]', 'source "plain": split_decimals mends decimal commas: it needs decimal = ","'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    told = mistakes(tmp_path, PLAIN.replace(old, new))
    assert told.splitlines()[1].strip().startswith(said)
    assert old in PLAIN


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (["dd/mm/yyyy", "mm/dd/yyyy"], "could be read as dd/mm/yyyy and as mm/dd/yyyy"),
        (["mm/dd/yyyy", "dd/mm/yyyy"], "could be read as mm/dd/yyyy and as dd/mm/yyyy"),
        (["d/m/yyyy", "mm/dd/yyyy"], "could be read as d/m/yyyy and as mm/dd/yyyy"),
        (["d-m-yy", "yy-mm-dd"], "could be read as d-m-yy and as yy-mm-dd"),
        (["ddmmyy", "yyyymm"], "could be read as"),
        (["yyyy", "excel"], "could be read as yyyy and as excel"),
    ],
)  # fmt: skip
def test_two_ways_to_write_a_day_that_one_text_can_mean_are_a_mistake(
    tmp_path: Path, dates: list[str], said: str
) -> None:
    told = mistake(tmp_path, 'dates = "yyyy-mm-dd"', f"dates = {dates}\nyears_from = 1950".replace("'", '"'))
    assert told.startswith('source "plain": dates: ')
    assert said in told
    assert told.endswith("; make two sources of them")


@pytest.mark.parametrize(
    "dates",
    [
        ["yyyy-mm-dd", "dd/mm/yyyy"], ["dd/mm/yyyy", "d/m/yyyy"], ["dd/mm/yyyy", "dd/mm/yy"], ["dd.mm.yyyy", "mm/dd/yyyy"],
        ["yyyy-mm-dd", "yyyy-mm", "yyyy"], ["yyyy-mm-dd", "excel"], ["yyyymmdd", "excel"], ["yyyymm", "yyyymmdd"], ["ddmmyyyy", "yyyymmdd"],
        ["dd/mm/yyyy", "dd/mm/yyyy"],
    ],
)  # fmt: skip
def test_ways_to_write_a_day_that_no_text_can_mix_up_stand_together(dates: list[str]) -> None:
    assert source(dates=dates, years_from=1950).dates == tuple(dates)


def test_all_mistakes_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    said = mistakes(
        tmp_path, PLAIN.replace("files", "file") + PLAIN.replace("undated", "undate").replace('"plain"', '"other"')
    )
    assert said == (
        "contracts.toml: 4 mistakes\n"
        '  source "plain", files: is missing\n'
        '  source "plain", file: no such key; did you mean files?\n'
        '  source "other", undated: is missing\n'
        '  source "other", undate: no such key; did you mean undated?'
    )


def test_all_that_does_not_hold_together_in_a_source_is_told_at_once(tmp_path: Path) -> None:
    keys = 'dates = "iso"\nsplit_decimals = true\nconstants.domain = ""\nrequired = "status"'
    assert mistakes(tmp_path, PLAIN.replace('dates = "yyyy-mm-dd"', keys)) == (
        "contracts.toml: 5 mistakes\n"
        '  source "plain": points has no column status; known: ' + ", ".join(sorted(COLUMNS["points"])) + "\n"
        '  source "plain": columns.status is missing: points files cannot be read without it\n'
        "  source \"plain\": 'iso' is no way to write a day; write yyyy-mm-dd, dd/mm/yyyy, d/m/yy, yyyy-mm, excel …\n"
        '  source "plain": constants.domain: write a text between quotes\n'
        '  source "plain": split_decimals mends decimal commas: it needs decimal = ","'
    )


def test_a_source_without_a_name_is_told_by_its_number(tmp_path: Path) -> None:
    assert mistake(tmp_path, 'name = "plain"\n', "") == "source 1, name: is missing"


@pytest.mark.parametrize("contracts", ["", "source = []", 'source = ["plain"]', "source = 1", "[source]\nname = 'x'"])
def test_contracts_without_a_source_are_a_mistake_and_no_traceback(tmp_path: Path, contracts: str) -> None:
    assert mistakes(tmp_path, contracts).startswith("contracts.toml: ")


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    assert "not valid TOML" in mistakes(tmp_path, "name = \n")


# What a source says


@pytest.mark.parametrize("kind", ["roster", "points"])
def test_every_column_of_text_can_be_translated(kind: str) -> None:
    words = {name: {"x": "y"} for name, holds in COLUMNS[kind].items() if holds == "text"}
    assert source(kind, values=words).values == words


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2004-03-15.csv", date(2004, 3, 15)), ("20040315.csv", date(2004, 3, 15)), ("points 2004-02.csv", date(2004, 2, 29)),
        ("200402.csv", date(2004, 2, 29)), ("2004-02.csv.gz", date(2004, 2, 29)), ("1599-2004-03.csv", date(2004, 3, 31)),
        ("2004-02-and-2004-03-15.csv", date(2004, 3, 15)), ("v2004-03v.csv", date(2004, 3, 31)), ("2004-13.csv", None), ("2004-02-30.csv", None),
        ("newest.csv", None), ("2004.csv", None), ("123456789.csv", None), ("2004-03/newest.csv", None), ("lot-1599.csv", None),
        ("2004-0305.csv", None), ("1899-12.csv", None), ("99992004-03.csv", None),
    ],
)  # fmt: skip
def test_the_day_of_a_file_is_in_its_name(name: str, day: date | None) -> None:
    assert source().file_day(f"points/{name}") == day


def test_the_day_of_a_file_that_names_a_month_is_as_the_source_says() -> None:
    assert source(undated="first").file_day("points/2004-02.csv") == date(2004, 2, 1)


@pytest.mark.parametrize(
    ("patterns", "name", "day"),
    [
        (["dd-mm-yyyy"], "15-03-2004.csv", date(2004, 3, 15)),
        (["dd-mm-yyyy"], "2004-03-15.csv", None),
        (["yyyymmdd", "yymmdd"], "lot 040315.csv", date(2004, 3, 15)),
        (["yyyymmdd", "yymmdd"], "lot 990315 20040316.csv", date(2004, 3, 16)),
        (["yyyy"], "bilan 2004.csv", date(2004, 12, 31)),
        (["d.m.yyyy"], "1.3.2004.csv", date(2004, 3, 1)),
        (["d.m.yyyy"], "21.3.2004.csv", date(2004, 3, 21)),
        (["d.m.yyyy"], "121.3.2004.csv", None),
    ],
)
def test_the_day_in_a_name_is_by_the_first_pattern_that_finds_one(
    patterns: list[str], name: str, day: date | None
) -> None:
    assert source(day_in_name=patterns, years_from=1950).file_day(f"points/{name}") == day


def test_the_first_of_two_equal_headings_is_the_column() -> None:
    columns = {"partner_id": ["Code"], "earned_on": ["Jour"], "points": ["Points"]}
    assert source(columns=columns).positions(["Points", "Code", "points"]) == {"points": 1, "partner_id": 2}


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("CODE  Partenaire", "Code partenaire"), ("Date d’obtention", "Date d'obtention"), ("\ufeffCode\u00a0partenaire", "Code partenaire"),
        ("Re\u0301gion", "Région"), ("Code\npartenaire", "Code partenaire"), ("Po\u00adints\u200b", "Points"), ("Ｐoints", "Points"),
    ],
)  # fmt: skip
def test_a_heading_is_known_in_any_case_and_spacing(heading: str, known: str) -> None:
    columns = {"partner_id": [known], "earned_on": ["Jour"], "points": ["Punkte"]}
    assert source(columns=columns).positions(["x", heading]) == {"partner_id": 2}


@pytest.mark.parametrize("heading", ["Region", "Code-partenaire", "Codepartenaire", "Code partenaire (id)", ""])
def test_another_heading_is_another_column(heading: str) -> None:
    columns = {"partner_id": ["Code partenaire", "Région"], "earned_on": ["Jour"], "points": ["Punkte"]}
    assert source(columns=columns).positions([heading]) == {}


def test_sources_are_found_by_path_and_by_sheet() -> None:
    contracts = contract(
        source(name="sheets of 2004", files="points/*.xlsx", sheets=["2004*", "mars"]),
        source(name="any sheet", files="points/*.xlsx"),
        source(name="text", files=["points/*.csv", "points/*.txt"]),
    )
    found = {
        (path, sheet): [one.name for one in contracts.for_path(path, sheet)]
        for path, sheet in [("points/a.xlsx", ""), ("points/a.xlsx", "2004-03"), ("points/a.xlsx", "mai"), ("points/b.csv.gz", ""), ("points/b.doc", "")]
    }  # fmt: skip
    assert found == {
        ("points/a.xlsx", ""): ["sheets of 2004", "any sheet"],
        ("points/a.xlsx", "2004-03"): ["sheets of 2004", "any sheet"],
        ("points/a.xlsx", "mai"): ["any sheet"],
        ("points/b.csv.gz", ""): ["text"],
        ("points/b.doc", ""): [],
    }


@pytest.mark.parametrize("unit", ["0", "-", "1 pt", ",", ""])
def test_a_unit_that_an_amount_could_hold_is_a_mistake(unit: str) -> None:
    with pytest.raises(ValueError, match="units"):
        source(units=[unit])
