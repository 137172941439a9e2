"""The what-if page in a real browser: its address, its scenario files, and that everyone can use it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.model.question import Question
from pipeline.model.rule import NOT_ASKED
from pipeline.model.scenario import read_scenario
from pipeline.model.standing import Standing, standing
from pipeline.report.provenance import Provenance
from pipeline.report.whatif import drawable_cells, whatif_page

pytestmark = pytest.mark.browser
Shown = Callable[..., Any]
SOURCE = Provenance("P", "0" * 64, date(2004, 4, 1), "abcdef0123", "0.1.0", "duckdb", {}, is_invented=True)


def test_the_address_holds_the_scenario(founding: Any, shown: Shown) -> None:
    from playwright.sync_api import expect

    hash_ = "gold.points=100&gold.domains=1&certified.points=49.5&before=gold|certified&region=Bretagne|Corse"
    page = shown(founding, hash_)
    first = page.evaluate("palier.matrix()")
    assert page.evaluate("palier.hash()") == hash_
    page.locator("#gold-points").fill("90")
    page.wait_for_url(re.compile(r"gold\.points=90"))
    page.evaluate("hash => { location.hash = hash; }", hash_)
    expect(page.locator("#gold-points")).to_have_value("100")
    assert page.evaluate("palier.matrix()") == first
    page.reload()
    assert page.evaluate("palier.matrix()") == first
    page.get_by_role("button", name="Reset all").click()
    assert page.evaluate("[palier.hash(), palier.counts()]") == ["", founding.counts()]


@pytest.mark.parametrize(
    "wrong", ["gold.poinst=3", "gold.points=abc", "silver.points=3", "region=Atlantis", "%E0%A4%A", "before"]
)
def test_an_address_that_is_not_understood_is_said_and_changes_nothing(founding: Any, shown: Shown, wrong: str) -> None:
    page = shown(founding, wrong)
    assert page.evaluate("palier.counts()") == founding.counts()
    assert page.locator("#told").inner_text().startswith("Left out of the address")


def test_filters_are_checkboxes_for_the_keyboard(founding: Any, shown: Shown) -> None:
    page = shown(founding)
    page.locator("summary", has_text="Region").press("Enter")
    page.get_by_role("button", name="None").press("Enter")
    assert sum(page.evaluate("palier.counts()")) == 0
    page.get_by_role("checkbox", name=re.compile("^Bretagne")).press("Space")
    [[*expected]] = [np.array(founding.matrices(*scenario_of(founding, {"Bretagne"}))[0]).sum(axis=0).tolist()]
    assert page.evaluate("palier.counts()") == expected
    assert page.locator("#region-chosen").inner_text() == "Bretagne"


def scenario_of(whatif: Any, regions: set[str]) -> tuple[np.ndarray, list[set[str]], list[set[str]]]:
    minimums = [[int(tier.requires["points"] * 100), NOT_ASKED] for tier in whatif.after.version.tier]
    return np.array([minimums]), [regions], [set(whatif.cells.segments["before"])]


@pytest.mark.parametrize(
    "hash_",
    [
        "gold.points=100",
        "certified.points=150.25&gold.domains=3",
        "certified.points=0&gold.points=12.3&certified.domains=1",
    ],
)
def test_a_saved_scenario_is_read_back_and_counts_the_same(
    founding: Any, shown: Shown, hash_: str, tmp_path: Path
) -> None:
    page = shown(founding, hash_)
    page.get_by_label("Reason, for the file").fill('He said "lower", C:\\new, \x7f 😀')
    home = Home(tmp_path)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario file").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"[a-z0-9-]+\.toml", name)
    (tmp_path / "scenarios").mkdir()
    download.value.save_as(tmp_path / "scenarios" / name)
    scenario = read_scenario(home, name.removesuffix(".toml"))
    assert scenario.file.base == "microsoft-france" and 'He said "lower", C:\\new' in scenario.file.change[0].reason
    asked = founding.after.question
    with Warehouse.open(founding.home.warehouse) as warehouse:
        stood = standing(warehouse, scenario.programme, Question(asked.as_of, asked.known_on))
    assert [int(number) for number in reversed(stood.counts()["partners"])] == page.evaluate("palier.counts()")


def test_nothing_changed_is_nothing_to_save(founding: Any, shown: Shown) -> None:
    page = shown(founding, "region=Corse|Bretagne")
    assert page.get_by_role("button", name="Save as scenario file").is_disabled()
    assert "nothing to save" in page.locator("#save-note").inner_text()


def test_the_counts_are_read_aloud_once_the_reader_rests(founding: Any, shown: Shown) -> None:
    from playwright.sync_api import expect

    page = shown(founding)
    page.locator("#gold-points").fill("100")
    counts = founding.counts(gold={"points": 10000})
    told = f"Gold Certified {counts[2]:,}, Certified {counts[1]:,} and no tier {counts[0]:,}."
    expect(page.get_by_role("status")).to_have_text(told)


@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_nothing_serious(whatif: Any, shown: Shown, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = shown(whatif, f"{whatif.after.version.tier[-1].id}.points=100", width)
    for summary in page.locator("summary").all():
        summary.click()
    page.locator(".field").first.fill("-1")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_it_without_sideways_scrolling(whatif: Any, shown: Shown, width: int) -> None:
    page = shown(whatif, "", width)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_the_page_shows_the_rules_as_written(founding: Any, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(founding.url())
    assert page.locator("[data-count]").all_inner_texts() == [f"{number:,}" for number in reversed(founding.counts())]
    assert page.locator("noscript .warning").is_visible()


def test_a_hostile_region_is_only_a_name(founding: Any, shown: Shown) -> None:
    name = "</script><img src=x onerror=alert(1)>|&=#%\u2028é"
    before, after = (
        replace(side, partners=side.partners.replace({"region": {"Bretagne": name}}))
        for side in (founding.before, founding.after)
    )
    path = founding.page.with_name("hostile.html")
    path.write_text(whatif_page(before, after, SOURCE, "microsoft-france"), encoding="utf-8")
    hostile = replace(founding, before=before, after=after, cells=drawable_cells(before, after, 5), page=path)
    page = shown(hostile, f"region={quote(name, safe='')}")
    assert sum(page.evaluate("palier.counts()")) == (before_or_now(before, after) == name).sum()
    assert name in page.locator("#finding").text_content()
    address = page.evaluate("palier.hash()")
    page.goto("about:blank")
    page.goto(hostile.url(address))
    assert page.locator("#region input:checked").evaluate_all("boxes => boxes.map(box => box.value)") == [name]


def before_or_now(before: Standing, after: Standing) -> pd.Series:
    """The region of each partner on the later roster, as it was before; of a new one as it is."""
    earlier = before.partners.set_index("partner_id")["region"].reindex(after.partners["partner_id"])
    return earlier.reset_index(drop=True).fillna(after.partners["region"])
