"""The JSON Schema of rulebooks: what is shipped holds to it, what is misspelt does not."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeline.base.home import PROJECT
from pipeline.model.schema import rulebook_schema

SHIPPED = sorted((PROJECT / "programmes").glob("*.toml"))
BROKEN = Path(__file__).parents[1] / "broken"
VALIDATOR = jsonschema.Draft7Validator(rulebook_schema(), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
SEEN_BY_A_SCHEMA = [
    "misspelt-key", "benefit-of-unknown-column", "unknown-standing", "unknown-window", "no-versions", "points-as-text",
    "negative-points", "endless-points", "window-of-601-months", "fiscal-year-from-day-30", "cap-without-of", "cap-of-an-empty-list",
    "worth-of-no-values", "best-of-no-results", "metric-that-counts-nothing-known", "requires-as-a-number",
    "track-by-unknown-column", "review-in-month-13", "grace-of-no-months", "patch-of-the-source", "patch-of-an-unknown-table",
    "empty-patch", "keys-beside-a-patch",
]  # fmt: skip


def document(path: Path) -> Any:
    """The file as an editor hands it to a schema: dates as text."""
    return json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))


def mistakes(rulebook: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(rulebook)]


def test_the_schema_is_one():
    jsonschema.Draft7Validator.check_schema(rulebook_schema())
    assert not [word for word in ('"ge"', '"gt"', '"null"') if word in json.dumps(rulebook_schema())]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rulebook_holds_to_the_schema(path):
    assert mistakes(document(path)) == []


@pytest.mark.parametrize("name", SEEN_BY_A_SCHEMA)
def test_what_one_value_shows_to_be_wrong_is_refused(name):
    assert mistakes(document(BROKEN / f"{name}.toml")) != []


def test_a_misspelt_key_is_refused_where_it_stands():
    rulebook = document(PROJECT / "programmes" / "sap-partneredge-2010.toml")
    rulebook["version"][0]["tier"][1]["requieres"] = {"points": 350}
    assert mistakes(rulebook) == [
        "version.0.tier.1: Additional properties are not allowed ('requieres' was unexpected)"
    ]


def test_a_version_is_written_out_or_is_a_patch():
    rulebook = document(PROJECT / "programmes" / "salesforce-2020.toml")
    rulebook["version"][1]["window"] = 12
    assert mistakes(rulebook) == ["version.1: 'window' is not one of ['effective', 'source', 'change']"]
    del rulebook["version"][1]["change"]
    assert mistakes(rulebook) == [
        "version.1: 'standing_by' is a required property", "version.1: 'tier' is a required property",
    ]  # fmt: skip


@pytest.mark.parametrize("window", ["all time", "year from 07-01", 1, 600])
def test_every_kind_of_window_is_allowed(window):
    rulebook = document(PROJECT / "programmes" / "sap-partneredge-2010.toml")
    rulebook["version"][0]["window"] = window
    assert mistakes(rulebook) == []


def test_keys_carry_the_words_of_the_docstrings():
    tables = rulebook_schema()["$defs"]
    assert tables["Cap"]["description"].startswith("The most points that some entries bring together")
    assert (
        tables["Hold"]["properties"]["grace_months"]["description"] == "It is kept so long after it is earned no more."
    )
    assert tables["Version"]["properties"]["hold"]["description"].startswith("How a tier is kept")
