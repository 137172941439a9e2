from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.model.cells import Cells
from pipeline.model.programme import Programme, read_programme
from pipeline.model.question import Question
from pipeline.model.rule import NOT_ASKED
from pipeline.model.standing import Standing, standing
from pipeline.model.sweep import swept
from pipeline.report.provenance import Provenance
from pipeline.report.whatif import drawable_cells, whatif_page

if TYPE_CHECKING:  # `make test` collects these files without the browser's packages
    from playwright.sync_api import Browser, Page

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
CUT_OVER = date(2004, 4, 1)
LADDER = """
title = "Three steps, and a metric of its own"
summary = "For the browser tests."

[[version]]
effective = 2000-01-01
standing_by = "points"
source = "Invented."

[[version.metric]]
id = "activities"
counts = "activity"
most = 6
source = "Invented."

[[version.tier]]
id = "bronze"
title = "Bronze"
requires.points = 20
source = "Invented."

[[version.tier]]
id = "silver"
title = "Silver & steel"
requires.activities = 2
requires.points = 60.5
source = "Invented."

[[version.tier]]
id = "gold"
title = "Gold"
requires.points = 130
requires.domains = 2
source = "Invented."
"""


@dataclass(frozen=True)
class WhatIf:
    """A what-if page on the disk, what it was made from, and what Python counts on the same cells."""

    home: Home
    before: Standing
    after: Standing
    cells: Cells
    page: Path

    def url(self, hash_: str = "") -> str:
        return self.page.as_uri() + (f"#{hash_}" if hash_ else "")

    def befores(self) -> list[str]:
        """The tiers before in the page's order."""
        ranks = {tier: rank for rank, tier in enumerate(reversed(self.before.tiers), start=1)}
        known = set(self.cells.segments["before"])
        return sorted(known, key=lambda tier: -ranks.get(tier, 0))

    def matrices(self, minimums: np.ndarray, regions: list[set[str]], befores: list[set[str]]) -> list[list[list[int]]]:
        """Partners by tier before and rank, of each scenario, by the sweep. Shape of minimums: (scenarios, tiers, metrics)."""
        ranks = swept(self.cells, minimums)
        segments, found = self.cells.segments, []
        for at, (region, before) in enumerate(zip(regions, befores, strict=True)):
            chosen = (segments["region"].isin(region) & segments["before"].isin(before)).to_numpy()
            of_scenario = ranks[at] * chosen[:, None]
            found.append([
                of_scenario[(segments["before"] == tier).to_numpy()].sum(axis=0).tolist() for tier in self.befores()
            ])  # fmt: skip
        return found

    def counts(self, **minimums: dict[str, str]) -> list[int]:
        """Partners by rank where some tiers ask otherwise, in hundredths for points: `gold={"points": 10000}`."""
        table = np.full((1, len(self.after.version.tier), len(self.cells.metrics)), NOT_ASKED)
        for t, tier in enumerate(self.after.version.tier):
            for m, name in enumerate(self.cells.metrics):
                asked = minimums.get(tier.id, {}).get(name)
                if asked is None and name in tier.requires:
                    asked = int(tier.requires[name] * (100 if self.after.version.counts(name) == "points" else 1))
                table[0, t, m] = NOT_ASKED if asked is None else asked
        everyone = [set(self.cells.segments["region"])], [set(self.cells.segments["before"])]
        return np.array(self.matrices(table, *everyone)[0]).sum(axis=0).tolist()


def made(home: Home, programme: Programme, name: str, page: Path) -> WhatIf:
    """The page of a rulebook on the sample."""
    with Warehouse.open(home.warehouse) as warehouse:
        before, after = (
            standing(warehouse, programme, Question(day, known_on=CUT_OVER)) for day in (date(2004, 3, 31), CUT_OVER)
        )
    source = Provenance(programme.title, "0" * 64, CUT_OVER, "abcdef0123", "0.1.0", "duckdb", {}, is_invented=True)
    page.write_text(whatif_page(before, after, source, name), encoding="utf-8")
    return WhatIf(home, before, after, drawable_cells(before, after, 5), page)


@pytest.fixture(scope="session")
def founding(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> WhatIf:
    programme, _ = read_programme(PROJECT / "programmes" / "microsoft-france.toml")
    return made(sample_home, programme, "microsoft-france", tmp_path_factory.mktemp("page") / "whatif.html")


@pytest.fixture(scope="session")
def three_steps(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> WhatIf:
    folder = tmp_path_factory.mktemp("steps") / "programmes"
    folder.mkdir()
    (folder / "three.toml").write_text(LADDER, encoding="utf-8")
    programme, _ = read_programme(folder / "three.toml")
    return made(sample_home, programme, "three", folder.parent / "whatif.html")


@pytest.fixture(params=["founding", "three_steps"])
def whatif(request: pytest.FixtureRequest) -> WhatIf:
    found: WhatIf = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def shown(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page at a width; it fails the test if the page met an error or asked anything of the outside."""
    pages, told = [], []

    def show(whatif: WhatIf, hash_: str = "", width: int = 1200) -> Page:
        page = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True).new_page()
        page.on("pageerror", lambda error: told.append(f"error: {error}"))
        page.on("console", lambda message: told.append(f"console: {message.text}"))
        page.on(
            "request",
            lambda request: (
                told.append(request.url)
                if request.url.split("#")[0] != whatif.url() and not request.url.startswith(("data:", "blob:"))
                else None
            ),
        )
        page.goto(whatif.url(hash_))
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.context.close()
    assert told == []
