"""The published reports and their index in a real browser, as `palier report --due` leaves them."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from small_home import notebook

from pipeline.base.home import PROJECT, Home
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.report.parameters import page_name
from pipeline.report.scheduled import Asked, run_due
from pipeline.sample import write_sample

pytestmark = pytest.mark.browser
Shown = Callable[..., Any]
MONDAY = datetime(2004, 4, 12, 7, tzinfo=UTC)
QUARTERLY = ('every = "month"\nstart = 2026-01-01', 'every = "quarter"\nstart = 2004-02-01')
TROUBLE = """
[[report]]
name = "behind"
notebook = "1_data_health"
every = "day"
start = 2004-01-01
ready_when = ["points cover as_of"]

[[report]]
name = "failing"
notebook = "broken"
every = "day"
start = 2004-01-01
"""
HOSTILE = "<script>document.title='x'</script>\" onfocus=\"document.title='x'"
FORMULA = "=cmd|' /C calc'!A0"
TURN, MARK = "\u202e", "\ufffd"
ADVISER = "Anne {}noruob"
PAGES = ["national", "regional-region-Bretagne", "what_if", "data_health", "outlook"]
HOSTILE_PAGES = ["national", page_name("regional", {"region": HOSTILE}), "what_if", "data_health", "outlook"]
LARGEST = 1_000_000
POLICY = {"default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'"}
BREAK_OUT = """async () => {
    const blocked = [];
    document.addEventListener("securitypolicyviolation", event => blocked.push(event.effectiveDirective));
    const add = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
    add("script", { textContent: "document.title = 'x'" });
    add("script", { src: "x.js" });
    add("img", { src: "x.png" });
    add("iframe", { src: "x.html" });
    add("link", { rel: "stylesheet", href: "x.css" });
    add("a", { id: "own" });
    document.getElementById("own").setAttribute("onclick", "document.title = 'x'");
    document.getElementById("own").click();
    await fetch("x.json").catch(() => {});
    await new Promise(done => setTimeout(done, 50));
    return [...new Set(blocked)].sort();
}"""
WITHOUT_TABLE = """figures => figures.filter(figure =>
    !figure.querySelector("img") || !figure.querySelector("details table thead th") || !figure.querySelector("details tbody td")
).map(figure => figure.innerText)"""
HANDLERS = "all => all.flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on'))"
PLAIN = "all => all.forEach(one => { one.style.background = '#fff'; })"  # axe judges no contrast on a gradient
UNSEEN = "all => all.filter(one => one.alt.trim().length < 60 || !one.naturalWidth).map(one => one.alt)"
OUT_OF_REACH = """all => all.filter(one => {
    one.focus();
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth;
    return scrolls && !(one.tabIndex === 0 && document.activeElement === one && one.getAttribute("aria-label"));
}).map(one => one.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Published:
    """A published page."""

    path: Path

    def url(self, hash_: str = "") -> str:
        return self.path.as_uri()


def published(home: Home, region: str) -> Path:
    """Run what the project's reports.toml has due on the Monday, for one region, and two reports that cannot be."""
    notebook(home, "broken", f"raise ValueError({HOSTILE!r})")
    orders = (PROJECT / "reports.toml").read_text(encoding="utf-8").replace(*QUARTERLY).replace("2026-", "2004-")
    orders = orders.replace('for_each = "region"', f"for_each = {{ region = [{json.dumps(region)}] }}")
    (home.root / "reports.toml").write_text(orders + TROUBLE, encoding="utf-8")
    run_due(home, Asked(MONDAY, kernels="fork"), lambda line: None)
    return home.reports


@pytest.fixture(scope="module")
def reports(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own reports of the sample."""
    root = tmp_path_factory.mktemp("reports") / "home"
    shutil.copytree(sample_home.root, root)
    return published(Home(root), "Bretagne")


@pytest.fixture(scope="module")
def hostile_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of a small programme in which a region, all partners, their advisers and a refused line have hostile names."""
    home = Home(tmp_path_factory.mktemp("hostile"))
    write_sample(home.raw, partners=200)
    for roster in (home.raw / "rosters").glob("*.csv"):
        head, *lines = csv.reader(roster.read_text(encoding="cp1252").splitlines(), delimiter=";")
        for fields in lines:
            fields[head.index("Raison sociale")] = FORMULA
            fields[head.index("Responsable de compte")] = fields[head.index("Conseiller")] = ADVISER.format(TURN)
            fields[:] = [HOSTILE if field == "Île-de-France" else field for field in fields]
        with roster.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *lines])
    with (home.raw / "points" / "2004-03.csv").open("a", encoding="cp1252") as points:
        points.write(f"{HOSTILE};nobody;never\n")
    ingest(home)
    build(home, MONDAY)
    return published(home, HOSTILE)


@pytest.fixture(params=["index", *PAGES])
def page_of_sample(request: pytest.FixtureRequest, reports: Path) -> Published:
    return Published(reports / f"{request.param}.html")


@pytest.fixture(params=["index", *HOSTILE_PAGES])
def hostile_page(request: pytest.FixtureRequest, hostile_reports: Path) -> Published:
    return Published(hostile_reports / f"{request.param}.html")


def unfolded(page: Any) -> Any:
    """The page with all that it folds away."""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    return page


def dead_links(page: Any) -> list[str]:
    """The links of a page that lead to no file beside it."""
    found = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
    assert found
    paths = [(link, Path(unquote(urlsplit(link).path))) for link in found]
    folder = Path(unquote(urlsplit(page.url).path)).parent
    return [link for link, path in paths if folder not in path.parents or not path.is_file()]


def policy_of(page: Any) -> dict[str, str]:
    """What the page's policy says of each kind of content."""
    [policy] = page.locator("head > meta[http-equiv=Content-Security-Policy]").evaluate_all(
        "all => all.map(m => m.content)"
    )
    return dict(rule.strip().split(" ", 1) for rule in policy.split(";"))


def test_a_page_is_one_file_that_asks_for_nothing(page_of_sample: Published, shown: Shown) -> None:
    page = unfolded(shown(page_of_sample))
    page.wait_for_load_state("networkidle")
    assert page.locator("script, link, iframe, object, embed, base, form, meta[http-equiv=refresh]").count() == 0
    assert page.locator("*").evaluate_all(HANDLERS) == []
    assert page.evaluate("performance.getEntriesByType('resource').map(one => one.name.slice(0, 20))") == []
    assert dead_links(page) == []
    assert page_of_sample.path.stat().st_size < LARGEST


def test_the_policy_lets_nothing_in(page_of_sample: Published, browser: Any) -> None:
    page = browser.new_context().new_page()
    page.goto(page_of_sample.url())
    title, policy = page.title(), policy_of(page)
    blocked = page.evaluate(BREAK_OUT)
    assert POLICY.items() <= policy.items()
    assert blocked == ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"]
    assert page.title() == title
    page.context.close()


def test_every_picture_is_told_in_words_and_in_numbers(reports: Path, shown: Shown) -> None:
    charts = {}
    for name in PAGES:
        page = unfolded(shown(Published(reports / f"{name}.html")))
        assert page.locator("img").evaluate_all(UNSEEN) == []
        assert page.locator("figure").evaluate_all(WITHOUT_TABLE) == []
        assert page.locator("img").count() == page.locator("figure img").count()
        charts[name] = page.locator("figure").count()
    assert all(charts.values()), charts


def test_axe_finds_nothing_serious(page_of_sample: Published, shown: Shown) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = unfolded(shown(page_of_sample, width=390))
    page.locator(".scroll").evaluate_all(PLAIN)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_scrolls_nothing_but_boxes_in_reach_of_the_keyboard(reports: Path, shown: Shown, width: int) -> None:
    boxes = 0
    for name in ["index", *PAGES]:
        page = unfolded(shown(Published(reports / f"{name}.html"), width=width))
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, name
        assert page.locator("body *").evaluate_all(OUT_OF_REACH) == [], name
        boxes += page.locator("table").count()
        assert page.locator("table").count() == page.locator(".scroll[tabindex='0'] > table").count(), name
    assert boxes > 10


def test_the_index_begins_with_what_failed_and_what_is_late(reports: Path, shown: Shown) -> None:
    page = shown(Published(reports / "index.html"))
    entries = page.locator("ol.reports > li")
    assert entries.evaluate_all("all => all.map(one => one.className)") == ["failed", "late"] + ["published"] * 5
    said = entries.all_inner_texts()
    assert "failing" in said[0] and "notebook_error" in said[0] and HOSTILE in said[0]
    assert "Late (data_not_ready)" in said[1]
    for name, text in zip(
        ["national", "regional-region-Bretagne", "what_if", "data_health", "outlook"], said[2:], strict=True
    ):
        assert name in text
    assert "1 failed, 1 late, 0 not delivered, 5 as they should be" in page.inner_text("main")


def test_hostile_names_are_only_names(hostile_page: Published, shown: Shown) -> None:
    page = unfolded(shown(hostile_page))
    page.wait_for_load_state("networkidle")
    name, text = hostile_page.path.stem, page.inner_text("body")
    assert page.title() == ("Palier: reports" if name == "index" else page.inner_text("h1"))
    assert (HOSTILE in page.title()) == name.startswith("regional")
    assert page.locator("script").count() == 0
    assert page.locator("*").evaluate_all(HANDLERS) == []
    assert HOSTILE in text
    assert name == "index" or FORMULA in text
    assert name in ("index", "what_if") or ADVISER.format(MARK) in text
    assert dead_links(page) == []


def test_no_page_turns_the_direction_of_what_follows(hostile_reports: Path) -> None:
    pages = list(hostile_reports.rglob("*.html"))
    assert len(pages) > 10
    assert [page.name for page in pages if TURN in unescape(page.read_text(encoding="utf-8"))] == []
