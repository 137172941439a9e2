"""contracts.toml: every mistake at once, and the search for the source that fits a file."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT
from pipeline.ingest.contract import Source, read_contracts, reading_of

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


def source(undated: str = "last") -> Source:
    return Source.model_validate({
        "name": "s", "kind": "points", "files": "*", "dates": "yyyy-mm-dd", "decimal": ".", "undated": undated,
        "columns": {"partner_id": ["Code"], "earned_on": ["Jour"], "points": ["Points"]},
    })  # fmt: skip


def mistakes(folder: Path, contracts: str) -> str:
    path = folder / "contracts.toml"
    path.write_text(contracts, encoding="utf-8")
    with pytest.raises(PalierError) as error:
        read_contracts(path)
    return str(error.value).replace(str(path), "contracts.toml")


def test_the_projects_own_contracts_are_valid() -> None:
    assert [source.kind for source in read_contracts(PROJECT / "contracts.toml").source] == ["roster", "points"] * 2


def test_a_misspelt_key_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path, PLAIN.replace("decimal", "decimel")) == (
        "contracts.toml: 2 mistakes\n"
        '  source "plain", decimal: is missing\n'
        '  source "plain", decimel: no such key; did you mean decimal?'
    )


def test_a_misspelt_column_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    said = mistakes(tmp_path, PLAIN + 'catgory = ["x"]\n')
    assert 'source "plain": points has no column catgory; did you mean category?' in said


def test_a_required_column_without_headings_is_a_mistake(tmp_path: Path) -> None:
    said = mistakes(tmp_path, PLAIN.replace('points = ["points"]', ""))
    assert "columns.points is missing: points files cannot be read without it" in said


def test_a_value_of_the_wrong_kind_is_named_with_what_was_found(tmp_path: Path) -> None:
    said = mistakes(tmp_path, PLAIN.replace('"yyyy-mm-dd"', '"mm/dd/yyyy"'))
    assert 'source "plain", dates:' in said
    assert "found 'mm/dd/yyyy'" in said


def test_all_mistakes_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    said = mistakes(
        tmp_path, PLAIN.replace("files", "file") + PLAIN.replace("undated", "undate").replace('"plain"', '"other"')
    )
    assert said.startswith("contracts.toml: 4 mistakes\n")
    assert 'source "plain"' in said
    assert 'source "other"' in said


@pytest.mark.parametrize("contracts", ["", "source = []", 'source = ["plain"]', "source = 1", "[source]\nname = 'x'"])
def test_contracts_without_a_source_are_a_mistake_and_no_traceback(tmp_path: Path, contracts: str) -> None:
    assert mistakes(tmp_path, contracts).startswith("contracts.toml: ")


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    assert "not valid TOML" in mistakes(tmp_path, "name = \n")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2004-03-15.csv", date(2004, 3, 15)), ("20040315.csv", date(2004, 3, 15)), ("points 2004-02.csv", date(2004, 2, 29)),
        ("200402.csv", date(2004, 2, 29)), ("2004-13.csv", None), ("2004-02-30.csv", None), ("newest.csv", None),
        ("2004.csv", None), ("123456789.csv", None), ("2004/newest.csv", None),
    ],
)  # fmt: skip
def test_the_day_of_a_file_is_in_its_name(name: str, day: date | None) -> None:
    assert source().file_day(f"points/{name}") == day


def test_the_day_of_a_file_that_names_a_month_is_as_the_source_says() -> None:
    assert source("first").file_day("points/2004-02.csv") == date(2004, 2, 1)


def test_the_first_of_two_equal_headings_is_the_column() -> None:
    assert source().positions(["Points", "Code", "points"]) == {"points": 1, "partner_id": 2}


@pytest.mark.parametrize("heading", ["code;partner_id;earned_on;points", "code;earned_on;points;Points"])
def test_two_columns_that_mean_the_same_are_refused_and_named(tmp_path: Path, heading: str) -> None:
    (tmp_path / "contracts.toml").write_text(PLAIN, encoding="utf-8")
    contracts = read_contracts(tmp_path / "contracts.toml")
    with pytest.raises(
        PalierError, match=r"points/2004-03\.csv: 2 columns for (partner_id: code, partner_id|points: points, Points)"
    ):
        reading_of(contracts, "points/2004-03.csv", heading)


def test_words_are_mapped_only_where_they_are_used(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(PLAIN + '\n[source.values.domain]\nx = "y"\n', encoding="utf-8")
    with pytest.raises(PalierError, match=r"values.domain: words are translated only for category and activity"):
        read_contracts(tmp_path / "contracts.toml")


def test_a_file_is_read_by_the_first_source_whose_columns_it_has() -> None:
    contracts = read_contracts(PROJECT / "contracts.toml")
    readings = [
        reading_of(contracts, "rosters/2004-03.csv", heading)
        for heading in ("Code partenaire;Ville", "city\tpartner_id")
    ]
    assert [(reading.source.name, reading.delimiter) for reading in readings] == [
        ("french back office, rosters", ";"), ("plain, rosters", "\t"),
    ]  # fmt: skip


def test_what_a_reading_depends_on_changes_its_hash() -> None:
    contracts = read_contracts(PROJECT / "contracts.toml")
    hashes = {
        reading_of(contracts, path, heading).hash
        for path in ("rosters/2004-03.csv", "rosters/2004-04.csv")
        for heading in ("partner_id;city", "city;partner_id", "city,partner_id")
    }
    assert len(hashes) == 6
