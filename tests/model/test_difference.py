"""What differs between two rulebooks or two versions, as a list of paths."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, home_at
from pipeline.model.difference import as_toml, differences, named
from pipeline.model.programme import Programme, read_programme

HOME = home_at(PROJECT)
RULES = """
title = "Example"
summary = "An example."

[[version]]
effective = 2004-04-01
standing_by = "points"
source = "the rules"

[[version.metric]]
id = "exams"
counts = "entries"
of.activity = ["exam"]
source = "the metric"

[[version.tier]]
id = "silver"
title = "Silver"
requires.points = 50
source = "silver's"

[[version.tier]]
id = "gold"
title = "Gold"
requires.points = 120
source = "gold's"
"""
CAP = '[[version.cap]]\nid = "staff"\nof.category = ["staff"]\npoints = 40.5\nsource = "the cap"\n'
HOLD = '[version.hold]\ngrace_months = 3\nsource = "the hold"\n'
TRACK = '[[version.track]]\nid = "small"\nof = ["small"]\ntier.gold.requires.points = {0}\nsource = "the track"\n'
BRONZE = '[[version.tier]]\nid = "bronze"\ntitle = "Bronze"\nrequires.points = 5\nsource = "bronze\'s"\n'


@pytest.fixture
def book(tmp_path: Path):
    def made(text: str) -> Programme:
        path = tmp_path / "example.toml"
        path.write_text(text, encoding="utf-8")
        return read_programme(path)[0]

    return made


def between(before: Programme, after: Programme) -> list[tuple[str, ...]]:
    """What differs between the first versions of two rulebooks."""
    return [tuple(one) for one in differences(before.version[0], after.version[0])]


def changed(old: str, new: str) -> str:
    assert RULES.count(old) == 1
    return RULES.replace(old, new)


@pytest.mark.parametrize("name", [path.stem for path in sorted((PROJECT / "programmes").glob("*.toml"))])
def test_a_rulebook_does_not_differ_from_itself(name):
    assert differences(named(HOME, name), named(HOME, name)) == []


def test_a_version_differs_from_the_one_before_by_its_patch():
    before, after = named(HOME, "salesforce-2020@2020-02-29"), named(HOME, "salesforce-2020@2020-03-01")
    found = differences(before, after)
    assert [one[:3] for one in found] == [
        ("effective", "2019-03-01", "2020-03-01"),
        ("tier.crest.requires.points", "450", "500"),
        ("tier.summit.requires.points", "700", "750"),
    ]
    assert found[1].source.startswith("Programme year 2021: gold at 500")
    assert found[1].source.endswith("; before: Gold: 450 points in programme year 2020 (and 2019), 500 in 2021")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("points = 120", "points = 99.5", [("tier.gold.requires.points", "120", "99.5", "gold's")]),
        ("points = 120", "points = 120.0", []),
        ("points = 120", "exams = 2", [
            ("tier.gold.requires.points", "120", "", "gold's"), ("tier.gold.requires.exams", "", "2", "gold's"),
        ]),
        ("requires.points = 120", "any_of = [{ points = 120 }, { exams = 2 }]", [
            ("tier.gold.requires.points", "120", "", "gold's"),
            ("tier.gold.any_of", "", "[{ points = 120 }, { exams = 2 }]", "gold's"),
        ]),
        ('["exam"]', '["exam", "test"]', [("metric.exams.of.activity", '["exam"]', '["exam", "test"]', "the metric")]),
        ('"points"\n', '"points"\nwindow = 12\n', [("window", '"all time"', "12", "the rules")]),
        ("gold's", "the new one", [("tier.gold.source", '"gold\'s"', '"the new one"', "the new one")]),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_a_rulebook_writes_it(book, old, new, found):
    assert between(book(RULES), book(changed(old, new))) == found


def test_a_new_source_stands_beside_the_value_that_changed_with_it(book):
    after = changed('points = 120\nsource = "gold\'s"', 'points = 130\nsource = "the letter"')
    assert between(book(RULES), book(after)) == [("tier.gold.requires.points", "120", "130", "the letter")]


def test_a_new_source_of_the_version_is_not_hidden_by_a_tier_that_changed(book):
    after = changed("points = 120", "points = 130").replace("the rules", "the new rules")
    assert between(book(RULES), book(after)) == [
        ("tier.gold.requires.points", "120", "130", "gold's"),
        ("source", '"the rules"', '"the new rules"', "the new rules"),
    ]


@pytest.mark.parametrize(
    ("more", "path", "shown", "source"),
    [
        (CAP, "cap.staff", '{ of = { category = ["staff"] }, points = 40.5 }', "the cap"),
        (
            HOLD,
            "hold",
            '{ grace_months = 3, review_up = "always", review_down = "always", downgrade = "earned" }',
            "the hold",
        ),
        (BRONZE.replace("5", "150"), "tier.bronze", '{ title = "Bronze", requires = { points = 150 } }', "bronze's"),
    ],
)
def test_a_table_that_comes_or_goes_is_one_line(book, more, path, shown, source):
    without, having = book(RULES), book(RULES + more)
    assert between(without, having) == [(path, "", shown, source)]
    assert between(having, without) == [(path, shown, "", source)]


def test_a_tier_put_below_others_shows_the_new_order_as_well(book):
    after = RULES.replace('[[version.tier]]\nid = "silver"', BRONZE + '[[version.tier]]\nid = "silver"')
    assert between(book(RULES), book(after)) == [
        ("tier.bronze", "", '{ title = "Bronze", requires = { points = 5 } }', "bronze's"),
        ("tier", '["silver", "gold"]', '["bronze", "silver", "gold"]', "the rules"),
    ]


def test_what_a_track_asks_has_the_path_of_a_patch(book):
    by = changed('"points"\n', '"points"\ntrack_by = "size_class"\n')
    before, after = book(by + TRACK.format(80)), book(by + TRACK.format(90))
    assert between(before, after) == [("track.small.tier.gold.requires.points", "80", "90", "the track")]


def test_rulebooks_are_compared_version_by_version(book):
    before, after = book(RULES), book(changed("2004-04-01", "2005-01-01").replace("An example", "Another"))
    found = differences(before, after)
    assert found[0][:3] == ("summary", '"An example."', '"Another."')
    assert [(one.path, one.before, one.after) for one in found if one.path.endswith("effective")] == [
        ("version.2004-04-01.effective", "2004-04-01", ""),
        ("version.2005-01-01.effective", "", "2005-01-01"),
    ]
    assert ("version.2005-01-01.tier.gold", "", '{ title = "Gold", requires = { points = 120 } }', "gold's") in found


def test_benefits_are_matched_by_id_and_their_terms_by_day():
    founding = named(HOME, "microsoft-france")
    benefit = founding.benefit[0]
    term = benefit.term[-1].model_copy(update={"tiers": ["none"]})
    later = founding.model_copy(
        update={"benefit": [benefit.model_copy(update={"term": [*benefit.term[:-1], term]}), *founding.benefit[1:]]}
    )
    [found] = differences(founding, later)
    assert (found.path, found.after) == (f"benefit.{benefit.id}.term.{term.effective}.tiers", '["none"]')


def test_the_version_on_a_day_is_the_one_in_force():
    assert named(HOME, "microsoft-france@2004-03-31").standing_by == "label"
    assert named(HOME, "@2004-04-01").effective == date(2004, 4, 1)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("airline-2024", "airline-2024@2024-06-01"), "Add @YYYY-MM-DD to both names or to none"),
        (("airlin-2024", "airline-2024"), "did you mean airline-2024?"),
        (("airline-2024@2024", "airline-2024"), "airline-2024@2024: '2024' is not a date"),
        (("airline-2024@2023-12-31", "airline-2024"), "the first version is of 2024-01-01"),
    ],
)
def test_a_name_that_leads_nowhere_is_one_clear_message(names, words):
    with pytest.raises(PalierError) as refusal:
        differences(*(named(HOME, name) for name in names))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), ('a "b"', r'"a \"b\""'), ([], ""), (None, ""), ([1, 7], "[1, 7]")]
)
def test_a_value_as_toml(value, text):
    assert as_toml(value) == text
