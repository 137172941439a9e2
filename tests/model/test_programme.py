"""Rulebooks: one broken file per mistake, the words its message must hold beside it."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT
from pipeline.model.patch import whole_versions
from pipeline.model.programme import read_programme

BROKEN = Path(__file__).parents[1] / "broken"
SHIPPED = sorted((PROJECT / "programmes").glob("*.toml"))


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.toml")), ids=lambda path: path.stem)
def test_a_broken_rulebook_is_refused_in_words_that_say_where_and_what(path):
    with pytest.raises(PalierError) as refusal:
        read_programme(path)
    message = str(refusal.value)
    assert path.name in message
    for words in path.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        assert words in message


def test_every_broken_rulebook_has_its_words():
    assert {path.stem for path in BROKEN.glob("*.toml")} == {path.stem for path in BROKEN.glob("*.txt")}
    assert len(list(BROKEN.glob("*.toml"))) >= 60


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rulebook_is_valid_and_names_a_source_for_every_value(path):
    programme, _ = read_programme(path)
    assert all(tier.source for version in programme.version for tier in version.tier)
    assert all(version.source for version in programme.version)


def test_the_version_in_force_changes_on_its_effective_day():
    programme, _ = read_programme(PROJECT / "programmes" / "microsoft-france.toml")
    assert programme.version_on(date(2004, 3, 31)).standing_by == "label"
    assert programme.version_on(date(2004, 4, 1)).standing_by == "points"


def test_before_the_first_version_is_an_error_that_names_it():
    programme, _ = read_programme(PROJECT / "programmes" / "formula-one.toml")
    with pytest.raises(PalierError, match=r"1949-12-31.*first version is of 1950-01-01"):
        programme.version_on(date(1949, 12, 31))


def test_a_cut_over_that_runs_backwards_is_refused():
    programme, _ = read_programme(PROJECT / "programmes" / "microsoft-france.toml")
    with pytest.raises(PalierError, match="is not earlier"):
        programme.cut_over_days(date(2004, 4, 2), date(2004, 4, 1))


def sources(*changes: str) -> list[str]:
    """Where gold's values are written, in a first version and in one more for each set of changes."""
    first = (BROKEN / "falling-ladder.toml").read_text(encoding="utf-8").replace("= 40", "= 120")
    patches = [
        f'\n[[version]]\neffective = {2005 + at}-01-01\nchange = {{ {change} }}\nsource = "letter {at + 1}."\n'
        for at, change in enumerate(changes)
    ]
    whole, mistakes = whole_versions(tomllib.loads("".join([first, *patches])))
    assert mistakes == []
    return [version["tier"][1]["source"] for version in whole["version"]]


def test_a_patched_table_says_where_each_of_its_values_is_from():
    points, title = '"tier.gold.requires.points" = {0}', '"tier.gold.title" = "{0}"'
    assert sources(points.format(130), title.format("Or"), points.format(140)) == [
        "none",
        "letter 1; before: none",
        "letter 2; before: letter 1; before: none",
        "letter 3; before: letter 2; before: none",
    ]
    assert sources('"tier.certified.requires.points" = 40') == ["none", "none"]


def test_a_source_given_with_a_change_stands_as_it_is():
    assert sources('"tier.gold.source" = "page 3", "tier.gold.title" = "Or"', '"tier.gold.title" = "Gold"') == [
        "none",
        "page 3",
        "letter 2; before: page 3",
    ]
    given_whole = '"tier.gold" = { title = "Or", requires = { points = 130 }, source = "page 4" }'
    assert sources(given_whole)[-1] == "page 4"


def test_a_number_written_otherwise_is_no_change():
    with pytest.raises(AssertionError, match="changes nothing"):
        sources('"tier.gold.requires.points" = 120.0')
