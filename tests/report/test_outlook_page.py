"""The page on what is to be expected: its sentences, its charts, homes with other rules, names that mean harm."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import numpy as np
import papermill
import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home, home_at
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.outlook.forecast import Forecast
from pipeline.outlook.past import MODEL
from pipeline.report import outlook_page
from pipeline.report.calibration_chart import calibration_finding, places
from pipeline.report.complete import MIME
from pipeline.report.fan_chart import expected, fan_panels, spread, way_table
from pipeline.report.fragment import Fragment, Picture, Table
from pipeline.report.outlook_study import Outlook, open_outlook
from pipeline.report.parameters import parameters_for
from pipeline.report.past_chart import past_finding

MADE_AT = datetime(2025, 2, 3, 9, 30)
HOSTILE = "<script>alert(1)</script>"
NOTEBOOK = PROJECT / "notebooks" / "4_outlook.ipynb"
TIER = '[[version.tier]]\nid = "{0}"\ntitle = "{0} {2}"\nrequires.points = {1}\nsource = "Ours."\n'
VERSION = '[[version]]\neffective = 2025-01-01\nstanding_by = "{0}"\nsource = "Ours."\n'


EARLIER = VERSION.format("label").replace("2025", "2024") + TIER.format("low", 20, "") + TIER.format("high", 200, "")
CODE = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def page(home: Home) -> Outlook:
    return open_outlook(home=str(home.root))


def shown_by_the_notebook(page: Outlook) -> list[Any]:
    """Every piece that the notebook shows of an outlook, the mark of its end last."""
    pieces: list[Any] = []
    names: dict[str, Any] = {"display": lambda *shown: pieces.extend(shown)}
    with patch("pipeline.report.outlook_study.open_outlook", lambda *asked: page):
        for cell in CODE:
            *before, last = cell.splitlines()
            exec("\n".join(before), names)
            if last.startswith("home:"):
                exec(last, names)
            elif (value := eval(last, names)) is not None:
                pieces.append(value)
    return pieces


@pytest.fixture(scope="module")
def shown(page: Outlook) -> list[Any]:
    return shown_by_the_notebook(page)


def own_home(root: Path, standing_by: str, more: str = "") -> Home:
    """A home of one's own: 40 partners, one of whose names and tiers means harm, and one roster."""
    for folder in ("programmes", "data/raw/rosters", "data/raw/points"):
        (root / folder).mkdir(parents=True)
    rules = VERSION.format(standing_by) + TIER.format("low", 20, HOSTILE) + TIER.format("high", 200, "one") + more
    (root / "programmes" / "ours.toml").write_text(f'title = "Ours"\nsummary = "Tiers."\n{EARLIER}{rules}')
    roster = "".join(f"P{at:02},{HOSTILE if at % 2 else 'Sud'},{HOSTILE}\n" for at in range(40))
    (root / "data/raw/rosters/2024-06.csv").write_text(f"partner_id,region,name\n{roster}")
    lines = "".join(f"E{at},P{at:02},2024-05-01,2024-05-02,{15 * at}\n" for at in range(40))
    (root / "data/raw/points/2024-05.csv").write_text(f"entry_id,partner_id,earned_on,posted_on,points\n{lines}")
    made = home_at(root)
    ingest(made)
    build(made, MADE_AT)
    return made


def test_the_sample_is_asked_two_months_before_the_cut_over(page: Outlook) -> None:
    assert (page.origin, page.on) == (date(2004, 1, 31), date(2004, 4, 1))
    assert page.provenance.known_on == page.origin


def test_the_notebook_says_what_the_page_says(page: Outlook, shown: list[Any]) -> None:
    *pieces, complete = shown
    about = complete._repr_mimebundle_()[MIME]
    assert about["headline"] == outlook_page.headline(page) and about["known_on"] == "2004-01-31"
    assert len(pieces) == 13 and all(isinstance(piece, Fragment) and piece.html() for piece in pieces)


def test_the_parameters_are_read_in_their_types(home: Home) -> None:
    given = {"run_for_it": "0.3", "as_of": "2004-01-15"}
    assert parameters_for(home, {"4_outlook": NOTEBOOK}, given)["4_outlook"]["run_for_it"] == 0.3
    assert "region" not in papermill.inspect_notebook(str(NOTEBOOK))


def test_the_sentences_say_what_the_table_holds(page: Outlook) -> None:
    gold = page.above.iloc[0]
    first = outlook_page.tier_sentences(page)[0]
    assert first.startswith(f"Gold Certified: {round(gold.expected)} expected on 2004-04-01")
    assert f"(80 % interval {gold.low_80} to {gold.high_80}); {gold.now} now" in first
    assert list(page.above["id"]) == ["gold", "certified"]
    table = outlook_page.count_table(page)
    assert isinstance(table, Table)
    exactly = table.frame[~table.frame["tier"].str.endswith("or above")]
    assert exactly["now"].sum() == len(page.found.stood.partners)
    assert exactly["expected"].sum() == pytest.approx(len(page.found.stood.partners), abs=0.2)


def test_every_chart_says_its_numbers_and_has_them_behind_it(page: Outlook, shown: list[Any]) -> None:
    pictures = [piece for piece in shown if isinstance(piece, Picture)]
    assert len(pictures) == 4
    assert all(len(picture.alt) > 100 and len(picture.numbers) and picture.finding for picture in pictures)
    assert sum(len(piece.html()) for piece in shown[:-1]) < 1_000_000
    way = way_table(page)
    assert way["counted"].notna().sum() + way["expected"].notna().sum() == len(way)


def test_names_from_data_do_no_harm(page: Outlook, shown: list[Any]) -> None:
    assert "<script" not in "".join(piece.html() for piece in shown[:-1])
    assert 0 < len(page.calls) <= 50


def test_what_is_not_modelled_is_said(page: Outlook) -> None:
    said = outlook_page.not_modelled(page).sentences
    assert f"{page.found.newcomers} partner" in said[0] and "2004-01-31" in said[0]
    assert any("Nobody is supposed to run" in one for one in said)
    supposed = replace(page, known=replace(page.found, run_for_it=0.3))
    assert any("Supposed: 30 %" in one and "assumption" in one for one in outlook_page.not_modelled(supposed).sentences)


def test_a_plain_forecast_that_did_better_is_given_and_said_so(page: Outlook) -> None:
    pasts = [
        replace(past, chances={**past.chances, "nothing new": np.stack([past.came > at for at in range(2)], axis=1) * 1.0})
        for past in page.found.pasts
    ]  # fmt: skip
    assert len(pasts) >= 3
    better = replace(page, known=replace(page.found, pasts=pasts))
    assert better.found.method == "nothing new" != MODEL
    assert "“nothing new”" in better.why_method() and "not of the model" in better.why_method()
    record = outlook_page.methods(better)
    assert isinstance(record, Table) and "nothing new (given)" in list(record.frame["method"])
    assert "should" in past_finding(better) and "independent windows" in better.windows()


def test_labels_are_not_forecast_and_the_page_says_so(tmp_path: Path) -> None:
    page = open_outlook(home=str(own_home(tmp_path, "label").root))
    assert page.known is None and "labels decide" in outlook_page.headline(page)
    html = "".join(piece.html() for piece in shown_by_the_notebook(page)[:-1])
    assert "labels decide" in html and "Left out for the same reason" in html and "Nothing is modelled" in html


def test_any_programme_has_its_page_without_a_record(tmp_path: Path) -> None:
    hold = '[version.hold]\ngrace_months = 3\nsource = "Ours."\n'
    page = open_outlook(home=str(own_home(tmp_path, "points", hold).root))
    assert (page.origin, page.on) == (date(2024, 6, 1), date(2025, 1, 1))
    html = "".join(piece.html() for piece in shown_by_the_notebook(page)[:-1])
    assert "supposed, not learned" in html and "no record" in html and "rules of holding" in html
    assert "<script" not in html and "&lt;script&gt;" in html and "names no activity" in html


@pytest.fixture
def answered(page: Outlook, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Every question put to the forecast, which has one answer to all."""
    asked: list[tuple[Any, ...]] = []

    def answer(_: object, *question: Any, **more: Any) -> Forecast:
        asked.append((*question, *more.values()))
        return page.found

    monkeypatch.setattr("pipeline.report.outlook_study.forecast", answer)
    monkeypatch.setattr("pipeline.report.outlook_study.fan", lambda *_: page.way)
    return asked


def test_a_scenario_takes_the_place_of_its_programme(home: Home, answered: list[tuple[Any, ...]]) -> None:
    asked = open_outlook("2004-01-15", scenario="gold-100", run_for_it=0.3, home=str(home.root))
    [(rules, origin, on, run_for_it)] = answered
    assert (origin, on, run_for_it) == (date(2004, 1, 15), date(2004, 4, 1), 0.3)
    assert rules.version[-1].tier[-1].requires["points"] == 100 and "scenario “" in asked.provenance.programme
    with pytest.raises(PalierError, match="is about microsoft-france, not airline-2024"):
        open_outlook(scenario="gold-100", programme="airline-2024", home=str(home.root))
    with pytest.raises(PalierError, match="not a date"):
        open_outlook(on="April", home=str(home.root))


@pytest.mark.parametrize(
    ("programme", "as_of", "on"),
    [("sap-partneredge-2010", "2004-04-01", "2010-01-01"), ("microsoft-france", "2004-01-31", "2004-04-01")],
)
def test_where_data_do_not_reach_the_eve_the_newest_roster_is_asked(
    home: Home, answered: list[tuple[Any, ...]], programme: str, as_of: str, on: str
) -> None:
    asked = open_outlook(programme=programme, home=str(home.root))
    assert (asked.origin.isoformat(), asked.on.isoformat()) == (as_of, on)


def test_after_the_newest_rules_half_a_year_on_is_asked(home: Home, answered: list[tuple[Any, ...]]) -> None:
    asked = open_outlook("2004-04-02", home=str(home.root))
    assert asked.on - asked.origin == timedelta(days=182)


def test_the_day_of_asking_itself_has_a_chart(page: Outlook) -> None:
    today = replace(page, on=page.origin, way=page.way[page.way["came"].notna()])
    picture = fan_panels(today)
    assert isinstance(picture, Picture) and picture.numbers["expected"].isna().all()


def test_names_at_the_ends_of_lines_lie_apart() -> None:
    places = spread([1.0, 1.1, 1.2, 9.0], 1.0)
    assert places == pytest.approx([0.1, 1.1, 2.1, 9.0])
    assert min(np.diff(spread([0.0, 0.4, 1.3, 1.35, 1.36], 0.5))) >= 0.5 - 1e-9
    assert (expected(9.96), expected(12.4), expected(0.04)) == ("10.0", "12", "0.0")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([0.1, 0.3, 0.5, 0.7, 0.85, 0.95], "6 counts that came lie among what was expected about as they should"),
        ([0.2, 0.91, 0.95, 0.99, 1.0], "4 of 5 counts that came lie above 90 % of what was expected"),
        ([0.0, 0.01, 0.02, 0.5], "3 of 4 counts that came lie below 10 % of what was expected"),
    ],
)
def test_the_title_of_the_calibration_says_on_which_side_too_many_lie(found, said):
    assert calibration_finding(found).startswith(said)


def test_each_count_that_came_has_a_place_among_its_draws(page):
    assert len(places(page)) == len(page.pasts)
    assert places(page) == sorted(places(page))
    for place in places(page):
        assert 0 <= place <= 1
