"""The page on what would be, as it is shown: regions, sliders, homes without scenarios, names that mean harm."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.base.home import Home, home_at
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.report import scenario_list, what_if
from pipeline.report.fragment import Fragment, Sentences, Table
from pipeline.report.run import report
from pipeline.report.scenario_study import WhatIf, open_what_if
from pipeline.report.session import SESSION
from pipeline.report.sliders import ALL, matrix_under, regions, shown_under, sliders
from pipeline.report.sweep_chart import step_curves, threshold_map

MADE_AT = datetime(2025, 2, 3, 9, 30)
HOSTILE = "<script>alert(1)</script>"
HEAD = 'title = "Ours"\nsummary = "Tiers by points."\n'
VERSION = '[[version]]\neffective = {0}\nstanding_by = "{1}"\nsource = "Ours."\n'
TIER = '[[version.tier]]\nid = "{0}"\ntitle = "{0} tier"\nrequires.{1} = {2}\nsource = "Ours."\n'
LABELS = VERSION.format("2024-01-01", "label") + TIER.format("low", "points", 20) + TIER.format("high", "points", 200)
POINTS = VERSION.format("2025-01-01", "points")
TWO = TIER.format("low", "points", 20) + TIER.format("high", "points", 200)
RULEBOOKS = {
    "simple": POINTS + TWO,
    "hold": POINTS + TWO + '[version.hold]\ngrace_months = 3\nsource = "Ours."\n',
    "tracks": POINTS.replace("standing_by", 'track_by = "region"\nstanding_by') + TWO
    + '[[version.track]]\nid = "south"\nof = ["Sud"]\ntier.high.requires.points = 100\nsource = "Ours."\n',
    "several ways": POINTS + TWO
    + TIER.format("top", "points", 300).replace('source', 'any_of = [{ domains = 1 }, { points = 400 }]\nsource'),
    "one tier": POINTS + TIER.format("low", "points", 20),
    "no points": POINTS + TIER.format("low", "domains", 1),
    "labels": LABELS.replace("2024", "2025"),
}  # fmt: skip


@pytest.fixture(scope="module")
def page(home: Home) -> WhatIf:
    return open_what_if(home=str(home.root))


def own_home(root: Path, rules: str) -> Home:
    """A home of one's own: 40 partners in two regions, one of them with a hostile name."""
    for folder in ("programmes", "data/raw/rosters", "data/raw/points"):
        (root / folder).mkdir(parents=True)
    (root / "programmes" / "ours.toml").write_text(HEAD + LABELS + rules)
    partners = [f"P{number:02}" for number in range(40)]
    roster = "".join(
        f"{partner},{'low tier' if at < 16 else ''},{HOSTILE if at % 2 else 'Sud'}\n"
        for at, partner in enumerate(partners)
    )
    (root / "data/raw/rosters/2024-06.csv").write_text(f"partner_id,tier,region\n{roster}")
    lines = "".join(f"E{at},{partner},2024-05-01,2024-05-02,{15 * at}\n" for at, partner in enumerate(partners))
    (root / "data/raw/points/2024-05.csv").write_text(f"entry_id,partner_id,earned_on,posted_on,points\n{lines}")
    made = home_at(root)
    ingest(made)
    build(made, MADE_AT)
    return made


def everything(page: WhatIf) -> list[Fragment]:
    """All that the notebook shows."""
    return [
        what_if.opening(page), step_curves(page), what_if.near_table(page), threshold_map(page), threshold_map(page, "losers"),
        *what_if.trade_table(page), *scenario_list.scenario_rows(page), scenario_list.chosen_heading(page),
        *scenario_list.who_moves(page), sliders(page, {}),
    ]  # fmt: skip


def test_the_page_of_a_region_shows_what_the_sliders_show_for_it(page: WhatIf, home: Home) -> None:
    part = open_what_if(region="Bretagne", home=str(home.root))
    points = {"gold": Decimal(100)}
    assert matrix_under(page, points, None, "Bretagne").equals(matrix_under(part, points, None, ALL))
    assert what_if.headline(part).startswith("Bretagne: ")
    assert all(one.html() for one in everything(part))


def test_sliders_count_as_a_transition_does(page: WhatIf) -> None:
    thresholds = {tier.id: tier.requires["points"] for tier in page.study.transition.after.version.tier}
    matrix = matrix_under(page, thresholds, None, ALL)
    expected = page.study.transition.matrix().loc[list(matrix.index), list(matrix.columns)]
    assert (matrix.to_numpy() == expected.to_numpy()).all()
    by_region = sum(matrix_under(page, thresholds, None, region).to_numpy().sum() for region in regions(page)[1:])
    assert by_region == len(page.study.transition.after.partners)


def test_sliders_are_shown_in_a_session_of_jupyterlab_only(page: WhatIf) -> None:
    still = sliders(page, {})
    assert isinstance(still, Sentences) and "palier whatif" in still.html() and "make lab" in still.html()
    moving = sliders(page, {SESSION: "3_what_if.ipynb"})
    gold = next(one for one in moving.children if one.description == "Gold Certified: points")
    before = moving.children[-1].value
    gold.value = 100.0
    assert moving.children[-1].value != before and "Gold Certified" in moving.children[-1].value


@pytest.mark.processes
def test_a_page_made_from_within_jupyterlab_has_no_sliders(
    notebook_at_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SESSION, "another.ipynb")
    home = notebook_at_home(f"import os\n'the session is ' + os.environ.get('{SESSION}', 'none')")
    [run] = report(home, ["tiny"], {}, MADE_AT, lambda name: None)
    text = (home.reports / "notebooks" / "tiny.failed.ipynb").read_text(encoding="utf-8")
    assert run.status == "failed" and "the session is none" in text


@pytest.mark.parametrize("rules", RULEBOOKS)
def test_any_programme_has_its_page_without_scenarios(tmp_path: Path, rules: str) -> None:
    home = own_home(tmp_path, RULEBOOKS[rules])
    page = open_what_if(home=str(home.root))
    html = "".join(one.html() for one in everything(page))
    assert "There are no scenarios about Ours" in html and "There are none about Ours" in html
    assert bool(page.left_out) == (rules in ("hold", "labels", "no points"))
    assert (page.left_out in html) and what_if.headline(page)
    assert ("Tracks and alternatives stay as they are" in html) == (rules in ("tracks", "several ways"))
    assert "Microsoft" not in html and HOSTILE not in html


@pytest.mark.processes
def test_a_home_of_ones_own_is_published_and_its_scenario_found(tmp_path: Path) -> None:
    home = own_home(tmp_path, RULEBOOKS["hold"])
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "easier.toml").write_text(
        f'title = "Easier {HOSTILE}"\nbase = "ours"\n[[change]]\npath = "tier.high.requires.points"\nto = 150\nreason = "R"\nsource = "S"\n'
    )
    [run] = report(home, ["3_what_if"], {"region": HOSTILE}, MADE_AT, lambda name: None)
    assert (run.status, run.reason) == ("published", "") and run.page
    html = run.page.read_text(encoding="utf-8")
    assert "<script" not in html and "Easier &lt;script&gt;" in html and "Traceback" not in html
    assert "no threshold is moved on this page" in html


def test_a_hostile_region_is_escaped_under_the_sliders(tmp_path: Path) -> None:
    page = open_what_if(home=str(own_home(tmp_path, RULEBOOKS["simple"]).root))
    assert HOSTILE in regions(page)
    html = shown_under(page, {"low": Decimal(20), "high": Decimal(100)}, None, HOSTILE)
    assert "&lt;script&gt;" in html and "<script" not in html


def test_aims_are_said_in_words_and_none_is_said_as_such(page: WhatIf) -> None:
    table = scenario_list.aim_table(page)
    assert isinstance(table, Table) and set(table.frame["aim"]) == {"met", "missed"}
    assert "at most 125 lose: Partner account manager (PAM)" in list(table.frame["what is aimed at"])
    bare = [replace(one, aims=[]) for one in page.outcomes[:1]]
    assert "no aim is stated" in scenario_list.aim_table(replace(page, outcomes=bare)).html()
