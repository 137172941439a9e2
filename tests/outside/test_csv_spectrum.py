"""csv-spectrum: twelve small CSV files, each beside the JSON that it must parse to, all values text.

What Palier reads differs by its own rules in two ways: an empty text is null, and spaces at the edge of a field are
dropped. No file of the suite has such spaces, so nothing is made equal here that is not.
"""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, quoted
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build

pytestmark = pytest.mark.outside

NAMES = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip
OURS = ("partner_id", "name", "region", "city", "size_class")
"""The roster columns that the headings of a file are read as, in order; no file has more."""

CONTRACT = """
[[source]]
name = "csv-spectrum, rosters"
kind = "roster"
files = "rosters/*.csv"
dates = "yyyy-mm-dd"
decimal = "."
undated = "first"

[source.constants]
snapshot_on = 2024-01-01

[source.columns]
{columns}

[[source]]
name = "csv-spectrum, a point for each row"
kind = "points"
files = "points/*.csv"
dates = "yyyy-mm-dd"
decimal = "."
undated = "last"

[source.constants]
earned_on = 2024-01-01
posted_on = 2024-01-01
points = "1"

[source.columns]
{first_column}
"""

SLIPS = {("location_coordinates", "Contact Phone Number", "1234567890"): "2095257564"}
"""Where the JSON says something else than stands in its CSV file: file, heading and value of the JSON → what stands there."""


@pytest.fixture(scope="module")
def published(outside_data: Callable[[str], Path]) -> Path:
    """The folder of the suite."""
    return outside_data("csv-spectrum")


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_file_equals_its_json(published: Path, home: Home, name: str) -> None:
    expected = rows_of(published, name)
    with built(home, published / "csvs" / f"{name}.csv", list(expected[0])) as warehouse:
        columns = ", ".join(quoted(ours) for ours, _ in zip(OURS, expected[0], strict=False))
        in_order = "from roster_history join point_ledger using (partner_id) order by line"
        read = warehouse.rows(f"select {columns} {in_order}")
        refused = warehouse.rows("select * from reject")
    assert [dict(zip(expected[0], values, strict=True)) for values in read] == expected
    assert refused == []


def test_the_suite_holds_these_files_and_no_value_of_it_has_spaces_at_its_edge(published: Path) -> None:
    assert tuple(sorted(path.stem for path in (published / "csvs").iterdir())) == NAMES
    values = [value for name in NAMES for row in rows_of(published, name) for value in row.values() if value]
    assert values == [value.strip() for value in values]


def test_the_json_of_the_coordinates_names_a_telephone_that_is_not_in_its_csv_file(published: Path) -> None:
    for (name, _, of_json), of_csv in SLIPS.items():
        text = (published / "csvs" / f"{name}.csv").read_text(encoding="utf-8")
        assert of_json not in text
        assert of_csv in text


def rows_of(published: Path, name: str) -> list[dict[str, str | None]]:
    """The rows that a JSON file holds (one of them holds its only row without a list), an empty text as null."""
    held = json.loads((published / "json" / f"{name}.json").read_text(encoding="utf-8"))
    rows = held if isinstance(held, list) else [held]
    return [{key: SLIPS.get((name, key, value), value) or None for key, value in row.items()} for row in rows]


def built(home: Home, file: Path, headings: list[str]) -> Warehouse:
    """The warehouse of one file as roster; as points it gives each row one, so that the ledger keeps their order."""
    columns = [f"{ours} = [{json.dumps(theirs)}]" for ours, theirs in zip(OURS, headings, strict=False)]
    contract = CONTRACT.format(columns="\n".join(columns), first_column=columns[0])
    (home.root / "contracts.toml").write_text(contract, encoding="utf-8")
    for folder in ("rosters", "points"):
        (home.raw / folder).mkdir(parents=True)
        shutil.copyfile(file, home.raw / folder / file.name)
    ingest(home)
    build(home, datetime(2026, 1, 1, tzinfo=UTC))
    return Warehouse.open(home.warehouse)
