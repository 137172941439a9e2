"""The card of a partner: every entry counted or not and why, and the same answer as the batch."""

from datetime import date
from decimal import Decimal

import pytest
from drawn import drawn, given

from pipeline.base.warehouse import Warehouse
from pipeline.model.measured import measure
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.standing import standing
from pipeline.model.version import Version
from pipeline.model.why import explained_entries, why

CAPPED = Version.model_validate({
    "effective": date(2003, 1, 1), "standing_by": "points", "source": "drawn", "window": 12,
    "cap": [{"id": "staff", "of": {"category": ["staff"]}, "points": 40, "source": "drawn"}],
    "metric": [{"id": "exams", "counts": "entries", "of": {"category": ["staff"]}, "source": "drawn"}],
    "expiry": [{"id": "old", "of": {"category": ["reference"]}, "months": 6, "source": "drawn"}],
    "tier": [
        {"id": "certified", "title": "Certified", "requires": {"points": 50}, "source": "drawn"},
        {"id": "gold", "title": "Gold", "requires": {"points": 120}, "any_of": [{"exams": 3}, {"domains": 2}], "source": "drawn"},
    ],
})  # fmt: skip
PROGRAMME = Programme.model_validate({
    "title": "Drawn", "summary": "", "version": [CAPPED],
    "activity": [
        {"id": "exam", "category": "staff", "points": 10, "source": "drawn"},
        {"id": "sale", "category": "sales", "points": 25, "source": "drawn"},
    ],
})  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """One partner, in a file: the card opens a second door to it."""
    with Warehouse.create(tmp_path_factory.mktemp("card") / "drawn.duckdb") as opened:
        given(opened, "reversal")
        given(opened, "snapshot", "snapshot_on\n2003-01-01")
        given(opened, "roster_history", "partner_id | valid_from | name\nADATUM | 2003-01-01 | Adatum")
        given(
            opened,
            "point_ledger",
            """
            file_id | line | entry_id | partner_id | earned_on  | posted_on  | category  | activity | domain   | points
            1       | 2    | E1       | ADATUM     | 2004-01-05 | 2004-01-05 | staff     | exam     | Security | 30.00
            1       | 3    | E2       | ADATUM     | 2004-01-06 | 2004-01-06 | staff     | exam     | Security | 15.00
            1       | 4    | E3       | ADATUM     | 2004-01-07 | 2004-01-07 | staff     | exam     |          | 5.00
            1       | 5    | E4       | ADATUM     | 2004-01-08 | 2004-01-08 | staff     |          |          | -20.00
            1       | 6    | E5       | ADATUM     | 2003-09-30 | 2003-09-30 | reference |          |          | 2.00
            1       | 7    | E6       | ADATUM     | 2003-03-31 | 2003-03-31 | sales     |          |          | 50.00
            1       | 8    | E7       | ADATUM     | 2004-03-31 | 2004-03-31 | sales     | sale     | Learning | 25.00
        """,
        )
        for (name,) in opened.rows(
            "select table_name from duckdb_tables() where temporary and table_name <> 'drawing'"
        ):
            opened.run(f"create table main.{name} as select * from temp.{name}")
            opened.run(f"drop table temp.{name}")
        yield opened


@pytest.fixture(scope="module")
def card(ledger):
    return why(ledger, PROGRAMME, "ADATUM", Question(date(2004, 3, 31)))


def test_every_entry_says_how_much_of_it_counts_and_why_not_the_rest(card):
    lines = [
        f"{row.entry_id} | {row.points} | {row.counted} | {row.not_counted_because or ''}"
        for row in card.entries.itertuples()
    ]
    assert drawn("\n".join(["entry | points | counted | because", *lines])) == drawn("""
        entry | points | counted | because
        E6    | 50.00  | 0.00    | before the window
        E5    | 2.00   | 0.00    | expired
        E1    | 30.00  | 30.00   |
        E2    | 15.00  | 10.00   | only 10.00: over the cap of 40 on staff
        E3    | 5.00   | 0.00    | over the cap of 40 on staff
        E4    | -20.00 | -10.00  | only -10.00: over the cap of 40 on staff
        E7    | 25.00  | 25.00   |
    """)
    assert card.entries["counted"].sum() == card.points == Decimal("55.00")


def test_the_gates_say_what_each_tier_asks_in_each_way(card):
    rows = [" | ".join(map(str, row)) for row in card.gates.itertuples(index=False)]
    assert drawn("\n".join(["tier | metric | asked | has | missing", *rows])) == drawn("""
        tier        | metric  | asked  | has   | missing
        certified   | points  | 50.00  | 55.00 | 0.00
        gold, way 1 | points  | 120.00 | 55.00 | 65.00
        gold, way 1 | exams   | 3      | 4     | 0
        gold, way 2 | points  | 120.00 | 55.00 | 65.00
        gold, way 2 | domains | 2      | 2     | 0
    """)


def test_what_closes_the_gap_minds_the_cap(card):
    [placement] = card.placements.to_dict("records")
    assert (placement["tier"], placement["next_tier"], placement["missing"]) == ("certified", "gold", "65.00 points")
    assert placement["closed_by"] == "3 × sale", "exams bring at most 10 more points"


def test_the_tier_over_time_says_when_it_was_reached(card):
    days = card.over_time.set_index("day")["tier"]
    assert (days[date(2004, 1, 31)], days[date(2004, 2, 29)], days[date(2004, 3, 31)]) == (
        "certified",
        "certified",
        "certified",
    )
    assert days[date(2003, 12, 31)] == "certified" and days.index.min() == date(2003, 3, 31)


def test_the_categories_add_up_to_the_entries(card):
    assert card.categories["counted"].sum() == card.points
    staff = card.categories.set_index("category").loc["staff"]
    assert (staff["points"], staff["counted"], staff["most"]) == (30, 30, 40)


def test_the_entries_of_every_partner_of_the_sample_add_up_to_the_batch_under_caps(sample_home, programme):
    version = replace_version(programme)
    with Warehouse.open(sample_home.warehouse) as warehouse:
        measured = measure(warehouse, programme, Question(date(2004, 4, 1)), version)
        ids = warehouse.arrays("select partner_id from measure")["partner_id"]
        entries = explained_entries(warehouse, measured.kinds)
    counted = entries.groupby("partner_id")["counted"].sum()
    batch = dict(zip(ids, measured.metrics[:, 0], strict=True))
    assert len(batch) > 2900
    assert {partner: int(counted.get(partner, Decimal(0)) * 100) for partner in batch} == batch
    assert entries["not_counted_because"].str.contains("over the cap").sum() > 50


def replace_version(programme: Programme) -> Version:
    """The baseline with a cap on what certified people bring, which many partners of the sample exceed."""
    version = programme.version[-1]
    kinds = {"id": "staff", "of": {"activity": ["certified person"]}, "points": Decimal(5), "source": "drawn"}
    return Version.model_validate({**version.model_dump(), "cap": [kinds]})


def test_the_card_agrees_with_the_batch_on_every_number(sample_home, programme):
    question = Question(date(2004, 4, 1))
    capped = programme.model_copy(update={"version": [*programme.version[:-1], replace_version(programme)]})
    with Warehouse.open(sample_home.warehouse) as warehouse:
        partners = standing(warehouse, capped, question).partners
        for row in partners.iloc[::600].itertuples():
            card = why(warehouse, capped, row.partner_id, question)
            assert (card.points, card.domains, card.tier, card.held_because) == (
                row.points,
                row.domains,
                row.tier,
                row.held_because,
            )
            assert card.entries["counted"].sum() == row.points
            assert card.over_time.iloc[-1]["tier"] == row.tier
