import json
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report.index import index_of
from pipeline.report.parameters import page_name
from pipeline.report.run import Run, report

pytestmark = pytest.mark.processes

MADE_AT = datetime(2004, 4, 2, 9, 30)
NAMES = ["1_data_health", "2_before_after", "3_what_if"]
PAGES = ["1_data_health", "2_before_after-region-Bretagne", "3_what_if-region-Bretagne"]


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def runs(home: Home) -> list[Run]:
    return report(home, NAMES, {"region": "Bretagne"}, MADE_AT, lambda name: None)


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, runs: list[Run], home: Home) -> str:
    return (home.reports / f"{request.param}.html").read_text(encoding="utf-8")


def test_every_notebook_runs_and_is_published(runs: list[Run]) -> None:
    assert [(run.name, run.status, run.reason) for run in runs] == [(name, "published", "") for name in PAGES]


def test_a_page_asks_nothing_of_the_outside(page: str) -> None:
    links = [
        value for _, attributes in Tags(page).found for name, value in attributes.items() if name in ("src", "href")
    ]
    assert links
    assert all(link.startswith("data:image/png") or link == "index.html" for link in links if link)
    assert "@import" not in page and "url(" not in page


def test_a_page_has_no_script_and_a_policy_against_one(page: str) -> None:
    tags = Tags(page).found
    assert "script" not in {tag for tag, _ in tags}
    policies = [a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]


def test_every_picture_says_in_words_what_it_shows_and_has_its_numbers_behind_it(page: str) -> None:
    tags = Tags(page).found
    pictures = [attributes for tag, attributes in tags if tag == "img"]
    assert len(pictures) >= 3
    assert all(len(picture["alt"] or "") > 60 for picture in pictures)
    assert sum(tag == "details" for tag, _ in tags) >= len(pictures)


def test_a_page_has_a_language_a_width_and_one_title(page: str) -> None:
    tags = Tags(page).found
    assert ("html", {"lang": "en"}) in tags
    assert any(attributes.get("name") == "viewport" for _, attributes in tags)
    assert sum(tag == "h1" for tag, _ in tags) == 1


def test_the_page_of_a_region_names_it_and_leaves_the_page_of_all_alone(runs: list[Run], home: Home) -> None:
    page = (home.reports / "2_before_after-region-Bretagne.html").read_text(encoding="utf-8")
    title = "Before and after the cut-over: Bretagne"
    assert f"<title>{title}</title>" in page and f"<h1>{title}</h1>" in page
    assert not (home.reports / "2_before_after.html").exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"home": "/x"}, "n"),
        ({"cut_over": "2004-04-01"}, "n-cut_over-2004-04-01"),
        ({"region": "Île-de-France"}, "n-region-Île-de-France"),
    ],
)
def test_a_page_is_named_after_what_was_asked(given: dict[str, str], name: str) -> None:
    assert page_name("n", given) == name


def test_two_questions_never_share_a_page() -> None:
    values = ["a b", "a_b", "a/b", "a.b", "a" * 300, "a" * 301, "é" * 300, "x-programme-y", "../../x"]
    asked = [{"region": value} for value in values] + [{"region": "x", "programme": "y"}]
    names = [page_name("n", given) for given in asked]
    assert len(set(names)) == len(asked)
    assert all(len(name.encode()) < 130 and not set(name) & set("/\\ ") for name in names)


def test_a_page_says_that_its_data_is_invented_and_which_build_made_it(page: str) -> None:
    assert "Invented data in the shape of the founding case" in page
    assert re.search(r"Build [0-9a-f]{10} · known on 2004-04-\d\d · made at 2004-04-02 09:30 UTC", page)


def test_a_page_is_small_and_shows_no_code(page: str) -> None:
    assert len(page.encode()) < 1_000_000
    assert "import" not in re.sub(r"base64,[^\"]*", "", page)


def test_a_partner_called_script_is_only_a_name(runs: list[Run], home: Home) -> None:
    page = (home.reports / "2_before_after-region-Bretagne.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_the_index_leads_to_every_page_with_its_headline(runs: list[Run], home: Home) -> None:
    index = (home.reports / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{name}.html"' in index for name in PAGES)
    assert "Bretagne: Gold Certified" in index
    assert "Invented data in the shape of the founding case: no partner and no person here is real." in index
    assert "Microsoft France, partner programme of 2004" in index


def test_the_index_puts_failures_first_then_the_highest_number() -> None:
    names = {"1_a": "published", "2_b-region-X": "published", "2_b": "published", "0_c": "failed"}
    about = {
        "title": "",
        "headline": "",
        "made_at": "",
        "programme": "",
        "known_on": "",
        "build_id": "",
        "parameters": {},
    }
    records = [
        {"name": name, "status": status, "failure": "", "reason": "", "made_at": "", "published": about}
        for name, status in names.items()
    ]
    assert re.findall(r'href="(.+)\.html"', index_of(records)) == ["0_c", "2_b", "2_b-region-X", "1_a"]


def test_a_record_names_build_rulebook_inputs_and_parameters(runs: list[Run], home: Home) -> None:
    record = json.loads((home.reports / "runs" / "2_before_after-region-Bretagne.json").read_text(encoding="utf-8"))
    assert record["status"] == "published" and record["parameters"] == {"region": "Bretagne"}
    assert len(record["published"]["rulebook_hash"]) == 64 and len(record["published"]["inputs"]) == 15


@pytest.mark.parametrize(
    ("names", "parameters", "said"),
    [
        (["2_before_afer"], {}, "did you mean 2_before_after?"),
        (NAMES, {"regoin": "Bretagne"}, "did you mean region?"),
        (["1_data_health"], {"region": "Bretagne"}, "parameter region"),
        (NAMES, {"home": "/elsewhere"}, "parameter home"),
    ],
)
def test_an_unknown_name_is_refused_before_anything_runs(
    home: Home, names: list[str], parameters: dict[str, str], said: str
) -> None:
    begun: list[str] = []
    with pytest.raises(PalierError, match=re.escape(said)):
        report(home, names, parameters, MADE_AT, begun.append)
    assert begun == []
