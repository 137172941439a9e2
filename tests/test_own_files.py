"""docs/own-files.md, followed to the letter."""

import json
import re
import sys

import pytest

from pipeline import cli
from pipeline.base.home import PROJECT


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """The folder that the page describes."""
    home = tmp_path_factory.mktemp("own") / "acme"
    page = (PROJECT / "docs" / "own-files.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"\*\*`([^`]+)`\*\*.*?```\w+\n(.*?)```", page, flags=re.DOTALL):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content, encoding="utf-8")
    return home


@pytest.fixture
def palier(acme, capsys, monkeypatch):
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["palier", "--home", str(acme), *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


@pytest.mark.processes
def test_the_page_s_own_commands_run_and_make_both_pages(acme, palier):
    assert palier("check")[0] == 0
    code, _, messages = palier("run")
    assert code == 0, messages
    assert {page.stem for page in (acme / "data" / "processed" / "reports").glob("*.html")} == {
        "index",
        "1_data_health",
        "2_before_after",
        "3_what_if",
        "4_outlook",
        "whatif",
    }
    health = (acme / "data" / "processed" / "reports" / "1_data_health.html").read_text(encoding="utf-8")
    assert "is no tier" not in health
    losers = json.loads(palier("transition", "--list", "losers", "--json")[1])
    assert [(row["partner_id"], row["tier_before"], row["tier_after"]) for row in losers] == [
        ("A1", "silver", "bronze")
    ]


def test_the_home_s_only_rulebook_is_asked_and_named(palier):
    palier("ingest")
    palier("build")
    rows = json.loads(palier("standing", "--as-of", "2025-07-01", "--json")[1])
    assert {row["tier"]: row["partners"] for row in rows} == {"gold": 1, "silver": 0, "bronze": 2, "none": 1}
    before = json.loads(palier("standing", "--as-of", "2025-06-30", "--partners", "--json")[1])
    assert {row["earned_tier"] for row in before} == {"none"}, (
        "where labels decide, tiers that ask nothing are not earned"
    )
    assert "Acme dealer programme" in palier("standing", "--as-of", "2025-07-01")[1]


def test_a_day_after_all_that_is_known_is_answered_with_a_note(palier):
    palier("ingest")
    palier("build")
    assert "2026-01-01 lies after all that is known" in palier("standing", "--as-of", "2026-01-01")[2]


def test_two_rulebooks_and_none_named_is_a_question_back(acme, palier):
    second = acme / "programmes" / "other.toml"
    second.write_text((acme / "programmes" / "acme.toml").read_text(encoding="utf-8"), encoding="utf-8")
    try:
        code, _, messages = palier("standing", "--as-of", "2025-07-01")
    finally:
        second.unlink()
    assert code == 1
    assert "holds 2 rulebooks. Name one: acme, other." in messages
