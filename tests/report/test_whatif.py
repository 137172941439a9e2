"""The what-if page as a file: what it holds, what it must not hold, and for which rules it is refused."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import cli_whatif
from pipeline.base.errors import PalierError
from pipeline.base.home import PROJECT, Home
from pipeline.base.warehouse import Warehouse
from pipeline.model.cells import Cells
from pipeline.model.programme import read_programme
from pipeline.model.question import Question
from pipeline.model.standing import Standing, standing
from pipeline.model.version import Hold, Track, Version
from pipeline.report.provenance import WARNING, Provenance
from pipeline.report.study import NO_REACTION
from pipeline.report.whatif import OTHER, drawable_cells, merged, whatif_page

CUT_OVER = date(2004, 4, 1)
HOSTILE = "</script><script>alert(1)</script>\u2028&amp;"
SOURCE = Provenance("P", "ab" * 32, CUT_OVER, "abcdef0123", "0.1.0", "duckdb", {}, is_invented=True)


@pytest.fixture(scope="module")
def stood(home: Home) -> tuple[Standing, Standing]:
    """Before and after the cut-over, all of Bretagne called by a hostile name."""
    rules, _ = read_programme(PROJECT / "programmes" / "microsoft-france.toml")
    with Warehouse.open(home.warehouse) as warehouse:
        sides = [standing(warehouse, rules, Question(day, known_on=CUT_OVER)) for day in (date(2004, 3, 31), CUT_OVER)]
    before, after = (replace(side, partners=side.partners.replace({"region": {"Bretagne": HOSTILE}})) for side in sides)
    return before, after


@pytest.fixture(scope="module")
def page(stood: tuple[Standing, Standing]) -> str:
    return whatif_page(*stood, SOURCE, "microsoft-france")


def data_in(page: str) -> dict[str, Any]:
    [text] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_region_called_script_is_only_a_name(page: str) -> None:
    assert page.count("<script") == page.count("</script>") == 2
    assert HOSTILE in data_in(page)["regions"]
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_the_page_holds_no_name_and_no_id(page: str, stood: tuple[Standing, Standing]) -> None:
    assert len(stood[1].partners) > 500
    for column in ("partner_id", "name", "city", "adviser", "account_manager", "contact"):
        told = {str(word) for word in stood[1].partners[column].dropna() if len(str(word)) > 2}
        assert [word for word in told if re.search(rf"\b{re.escape(word)}\b", page)] == [], column


def test_the_page_is_small(page: str) -> None:
    data = len(json.dumps(data_in(page), ensure_ascii=False, separators=(",", ":")).encode())
    assert len(page.encode()) - data < 60_000
    assert data < 30_000


def test_the_page_runs_its_own_script_and_asks_nothing_of_the_outside(page: str) -> None:
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    script_hash, style_hash = (b64encode(sha256(text.encode()).digest()).decode() for text in (script, style))
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert " style=" not in page and not re.search(r"\son\w+=", page.replace(script, ""))
    assert set(re.findall(r'(?:src|href)="([^"]*)"', page)) == {"index.html", "data:,"}
    assert "innerHTML" not in script and "fetch(" not in script and "url(" not in style and "@import" not in style


def test_the_page_says_what_it_rests_on(page: str) -> None:
    assert WARNING in page and NO_REACTION in page
    assert "Before: 2004-03-31 · after: 2004-04-01 · known on 2004-04-01 · build abcdef0123" in page


def test_data_that_is_not_invented_carries_no_warning(stood: tuple[Standing, Standing]) -> None:
    assert "nvented" not in whatif_page(*stood, replace(SOURCE, is_invented=False), "p")


def test_the_data_are_all_partners_on_the_roster_once(page: str, stood: tuple[Standing, Standing]) -> None:
    data, partners = data_in(page), stood[1].partners
    assert sum(data["partners"]) == len(partners)
    assert sum(row[-1] for row in data["strata"]) == len(data["points"]) == len(data["partners"])
    by_points = np.bincount(data["points"], weights=data["partners"]).astype(int).tolist()
    held = partners["points"].map(lambda points: int(points * 100)).value_counts().sort_index()
    assert dict(zip(data["axis"], by_points, strict=True)) == held.to_dict()


def cells_of_regions(**partners: int) -> Cells:
    """One cell per region and tier before, all of ten points."""
    rows = [(tier, name.replace("_", " "), number) for name, number in partners.items() for tier in ("gold", "none")]
    segments = pd.DataFrame([(tier, "", name) for tier, name, _ in rows], columns=["before", "track", "region"])
    halves = [number // 2 + (number % 2 if tier == "gold" else 0) for tier, _, number in rows]
    return Cells(segments, ["points"], np.full((len(rows), 1), 1000), np.arange(len(rows)), np.array(halves))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"a": 5, "b": 9}, {"a": 5, "b": 9}),
        ({"a": 2, "b": 3, "c": 9}, {OTHER: 5, "c": 9}),
        ({"a": 2, "b": 7, "c": 9}, {OTHER: 9, "c": 9}),
        ({"a": 1, "b": 1, "c": 9, "d": 8}, {OTHER: 10, "c": 9}),
        ({"a": 2, "other_groups": 30, "c": 40}, {OTHER: 32, "c": 40}),
        ({"a": 2}, {OTHER: 2}),
    ],
)
def test_groups_of_few_are_one_group(given: dict[str, int], found: dict[str, int]) -> None:
    cells = merged(cells_of_regions(**given), least=5)
    by_region = pd.Series(cells.partners).groupby(cells.segments["region"].to_numpy()[cells.segment]).sum()
    assert by_region[by_region > 0].to_dict() == found
    by_tier = pd.Series(cells.partners).groupby(cells.segments["before"].to_numpy()[cells.segment]).sum()
    assert by_tier.sum() == sum(given.values()) and len(cells.segments) == 2 * len(found)


def test_small_regions_of_the_sample_stand_together_in_the_page(stood: tuple[Standing, Standing]) -> None:
    before, after = stood
    sizes = after.partners["region"].value_counts()
    least = int(sizes.iloc[-3]) + 1
    data = data_in(whatif_page(before, after, SOURCE, "p", least))
    assert OTHER in data["regions"] and sizes.index[-1] not in data["regions"]
    assert f"fewer than {least} partners are counted together" in whatif_page(before, after, SOURCE, "p", least)


def under(stood: tuple[Standing, Standing], change: Callable[[Version], dict[str, Any]]) -> tuple[Standing, Standing]:
    before, after = stood
    return before, replace(after, version=after.version.model_copy(update=change(after.version)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda version: {"standing_by": "label"}, "tiers stand by label"),
        (lambda version: {"hold": Hold(grace_months=3, source="S")}, "hold"),
        (lambda version: {"track": [Track(id="small", of=["small"], tier={"gold": {"requires": {"points": 80}}}, source="S")]}, "tracks"),
        (lambda version: {"tier": [version.tier[0], version.tier[1].model_copy(update={"any_of": [{"points": 1}, {"domains": 1}]})]},
         "tier gold has any_of"),
    ],
)  # fmt: skip
def test_rules_that_are_more_than_minimums_are_refused(
    stood: tuple[Standing, Standing], change: Callable[[Version], dict[str, Any]], words: str
) -> None:
    with pytest.raises(PalierError) as refused:
        drawable_cells(*under(stood, change), 5)
    assert str(refused.value) == (
        "Microsoft France, partner programme of 2004, version 2004-04-01: the what-if page draws simple minimums of tiers that "
        f"points decide; in its way: {words}. Use `palier sweep`, which puts every scenario through the whole rule."
    )


def test_an_empty_roster_is_refused(stood: tuple[Standing, Standing]) -> None:
    before, after = stood
    with pytest.raises(PalierError, match="no partner is on the roster on 2004-04-01"):
        whatif_page(before, replace(after, partners=after.partners.head(0)), SOURCE, "p")


def test_the_command_writes_the_page_and_says_where(home: Home, tmp_path: Path) -> None:
    page = tmp_path / "new" / "w.html"
    done = CliRunner().invoke(cli_whatif.app, ["--output", str(page)], obj=home.root)
    assert (done.exit_code, done.stdout) == (0, f"open {page}\n")
    assert data_in(page.read_text(encoding="utf-8"))["base"] == "microsoft-france"
