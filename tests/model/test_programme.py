"""Rulebooks: one broken file per mistake, the words its message must hold beside it."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT
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
    assert len(list(BROKEN.glob("*.toml"))) >= 10


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
