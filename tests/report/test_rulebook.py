"""What `palier check` shows of rulebooks: the schema, and what differs."""

import json

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, home_at
from pipeline.report.rulebook import show_rulebooks

HOME = home_at(PROJECT)
PATCHED = ("salesforce-2020@2020-02-29", "salesforce-2020@2020-03-01")


def test_the_schema_is_printed_or_written(tmp_path, capsys):
    show_rulebooks(HOME, True, None)
    printed = capsys.readouterr().out
    show_rulebooks(HOME, True, None, output=tmp_path / "rulebook.schema.json")
    said = capsys.readouterr()
    assert json.loads(printed)["title"] == "A rulebook of Palier"
    assert (tmp_path / "rulebook.schema.json").read_text(encoding="utf-8") == printed
    assert said.out == "" and "rulebook.schema.json" in said.err


def test_differences_are_a_table_and_json_and_a_file(tmp_path, capsys):
    show_rulebooks(HOME, False, PATCHED)
    assert "tier.crest.requires.points" in capsys.readouterr().out
    show_rulebooks(HOME, False, PATCHED, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert rows[1]["path"] == "tier.crest.requires.points"
    assert (rows[1]["from"], rows[1]["to"]) == ("450", "500")
    show_rulebooks(HOME, False, PATCHED, output=tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == rows


def test_nothing_that_differs_is_one_line(capsys):
    show_rulebooks(HOME, False, ("airline-2024", "airline-2024"))
    assert capsys.readouterr().out == "airline-2024 and airline-2024 are the same: nothing differs\n"
    show_rulebooks(HOME, False, ("airline-2024", "airline-2024"), as_json=True)
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("schema", "diff", "suffix", "words"),
    [
        (True, PATCHED, "json", "--schema does not go with --diff"),
        (True, None, "csv", "the name must end in .json"),
        (False, None, "csv", "go with --schema or --diff"),
    ],
)
def test_options_that_do_not_go_together_are_refused(schema, diff, suffix, words, tmp_path):
    with pytest.raises(PalierError, match=words):
        show_rulebooks(HOME, schema, diff, output=tmp_path / f"x.{suffix}")
    assert list(tmp_path.iterdir()) == []
