"""A small programme of somebody else's: no region, domain or contact, and labels that the rulebook does not know."""

from dataclasses import replace
from datetime import datetime

import pytest

from pipeline.base.home import Home, home_at
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.report import before_after, health, labels
from pipeline.report.data_chart import reject_bars
from pipeline.report.group_chart import domain_bars
from pipeline.report.run import report
from pipeline.report.study import open_study

pytestmark = pytest.mark.processes

MADE_AT = datetime(2025, 2, 3, 9, 30)
TIERS = """
[[version.tier]]
id = "bronze"
title = "Bronze"
requires.points = {0}
source = "Ours."

[[version.tier]]
id = "silver"
title = "Silver"
requires.points = {1}
source = "Ours."

[[version.tier]]
id = "gold"
title = "Gold"
requires.points = {2}
source = "Ours."
"""
VERSION = """
[[version]]
effective = {0}
standing_by = "points"
source = "Ours."
"""
RULEBOOK = (
    'title = "Ours"\nsummary = "Three tiers by points."\n'
    + VERSION.format("2024-01-01") + TIERS.format(10, 100, 1000)
    + VERSION.format("2025-01-01") + TIERS.format(20, 200, 2000)
)  # fmt: skip


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("ours")
    for folder in ("programmes", "data/raw/rosters", "data/raw/points"):
        (root / folder).mkdir(parents=True)
    (root / "programmes" / "ours.toml").write_text(RULEBOOK)
    partners = [f"P{number:02}" for number in range(40)]
    roster = "".join(f"{partner},{'Bronze' if place < 16 else ''}\n" for place, partner in enumerate(partners))
    (root / "data/raw/rosters/2024-06.csv").write_text(f"partner_id,tier\n{roster}")
    entries = "".join(
        f"E{place},{partner},2024-05-01,2024-05-02,{15 * place}\n" for place, partner in enumerate(partners)
    )
    (root / "data/raw/points/2024-05.csv").write_text(f"entry_id,partner_id,earned_on,posted_on,points\n{entries}")
    made = home_at(root)
    ingest(made)
    build(made, MADE_AT)
    return made


def test_both_pages_are_published(ours: Home) -> None:
    runs = report(ours, ["1_data_health", "2_before_after"], {}, MADE_AT, lambda name: None)
    assert [(run.status, run.reason) for run in runs] == [("published", "")] * 2
    for run in runs:
        assert run.page
        page = run.page.read_text(encoding="utf-8")
        assert not any(word in page for word in ("Microsoft", "founding case", "assumption", "cut-over labels"))


def test_what_the_data_does_not_name_is_said_in_a_sentence(ours: Home) -> None:
    study = open_study(home=str(ours.root))
    assert "No entry names a domain." in domain_bars(study).html()
    assert before_after.facts(study) == []
    assert "No line was rejected." in reject_bars(health.open_health(home=str(ours.root))).html()


def test_a_label_is_a_tier_by_its_title_as_the_rule_has_it(ours: Home) -> None:
    page = health.open_health(home=str(ours.root))
    assert not any("is no tier" in sentence for sentence in health.opening(page).sentences)


def test_a_label_that_is_no_tier_is_said_aloud_with_what_to_write(ours: Home) -> None:
    standing = health.open_health(home=str(ours.root)).standing
    partners = standing.partners.assign(label=standing.partners["label"].replace("Bronze", "Bronce"))
    assert (
        'label "Bronce" (16 partners) is no tier of Ours; '
        'add "Bronce" = "bronze" under [source.values.tier] in contracts.toml.'
    ) in labels.unknown_labels(replace(standing, partners=partners))


def test_a_roster_has_no_points_rather_than_0(ours: Home) -> None:
    files = health.file_table(health.open_health(home=str(ours.root))).frame.set_index("file")
    assert files.loc["rosters/2024-06.csv", "points"] is None or files["points"].isna()["rosters/2024-06.csv"]
    assert files.loc["points/2024-05.csv", "points"] == 15 * sum(range(40))


def test_a_domain_that_the_rulebook_does_not_count_is_said_aloud_with_the_nearest(ours: Home) -> None:
    page = health.open_health(home=str(ours.root))
    counting = page.programme.model_copy(update={"domains": ["Security", "Licensing"]})
    spoken = health.unknown_domains(
        replace(page, programme=counting, entries_by_domain={"Licencing": 12, "Security": 3})
    )
    assert spoken == ['domain "Licencing" (12 entries) is none that Ours counts; did you mean Licensing?']
    assert health.unknown_domains(page) == [], "a rulebook that names no domains counts all"
