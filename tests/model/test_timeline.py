"""Tiers over months, and how they are held."""

from datetime import date

import pytest
from drawn import drawn, given
from hypothesis import given as drawing
from hypothesis import strategies as st

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.hold import held_by
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.standing import standing
from pipeline.model.timeline import days_of, timeline
from pipeline.model.version import Version


def programme(hold: dict[str, object] | None, **rules: object) -> Programme:
    """A label until April 2004, then points of the last three months, held as said."""
    tiers = [
        {"id": "certified", "title": "Certified", "requires": {"points": 50}, "source": ""},
        {"id": "gold", "title": "Gold", "requires": {"points": 120}, "source": ""},
    ]
    versions = [
        {"effective": date(2000, 1, 1), "standing_by": "label", "tier": tiers, "source": ""},
        {"effective": date(2004, 4, 1), "standing_by": "points", "window": 3, "tier": tiers, "source": "",
         "hold": {**hold, "source": ""} if hold else None, **rules},
    ]  # fmt: skip
    return Programme.model_validate(
        {"title": "Drawn", "summary": "", "version": [Version.model_validate(v) for v in versions]}
    )


@pytest.fixture
def warehouse():
    with Warehouse.in_memory() as opened:
        given(opened, "reversal")
        given(opened, "snapshot", "snapshot_on\n2004-01-01")
        given(
            opened,
            "roster_history",
            """
            partner_id | valid_from | label     | joined_on
            ADATUM     | 2004-01-01 | gold      | 2000-06-15
            CONTOSO    | 2004-01-01 | certified | 2001-02-28
            FABRIKAM   | 2004-01-01 |           |
        """,
        )
        given(
            opened,
            "point_ledger",
            """
            file_id | line | entry_id | partner_id | earned_on  | posted_on  | points
            1       | 1    | E1       | ADATUM     | 2004-03-15 | 2004-03-15 | 120.00
            1       | 2    | E2       | CONTOSO    | 2004-04-20 | 2004-04-20 | 60.00
            1       | 3    | E3       | FABRIKAM   | 2004-05-10 | 2004-05-10 | 130.00
        """,
        )
        yield opened


def over_time(warehouse: Warehouse, rules: Programme) -> str:
    """Who holds what, and why, at the end of each month."""
    days = days_of("month", date(2004, 3, 31), date(2004, 12, 31))
    rows = ["day | ADATUM | CONTOSO | FABRIKAM"]
    for day in days:
        partners = standing(warehouse, rules, Question(day)).partners
        rows.append(" | ".join([str(day), *(f"{tier}, {because}" for tier, because in zip(partners["tier"], partners["held_because"], strict=True))]))  # fmt: skip
    return drawn("\n".join(rows))


def test_without_a_word_on_holding_a_tier_is_the_one_earned(warehouse):
    assert over_time(warehouse, programme(None)) == drawn("""
        day        | ADATUM       | CONTOSO           | FABRIKAM
        2004-03-31 | gold, label  | certified, label  | none, label
        2004-04-30 | gold, earned | certified, earned | none, earned
        2004-05-31 | gold, earned | certified, earned | gold, earned
        2004-06-30 | none, earned | certified, earned | gold, earned
        2004-07-31 | none, earned | none, earned      | gold, earned
        2004-08-31 | none, earned | none, earned      | none, earned
        2004-09-30 | none, earned | none, earned      | none, earned
        2004-10-31 | none, earned | none, earned      | none, earned
        2004-11-30 | none, earned | none, earned      | none, earned
        2004-12-31 | none, earned | none, earned      | none, earned
    """)


def test_grace_protection_and_reviews_hold_a_tier_and_say_so(warehouse):
    hold = {"grandfathered_until": date(2004, 8, 1), "grace_months": 2, "protected_months": 4, "downgrade": "one step"}
    assert over_time(warehouse, programme(hold)) == drawn("""
        day        | ADATUM                   | CONTOSO                  | FABRIKAM
        2004-03-31 | gold, label              | certified, label         | none, label
        2004-04-30 | gold, earned             | certified, earned        | none, earned
        2004-05-31 | gold, earned             | certified, earned        | gold, earned
        2004-06-30 | gold, grandfathered      | certified, earned        | gold, earned
        2004-07-31 | gold, grandfathered      | certified, grandfathered | gold, earned
        2004-08-31 | gold, grace         | certified, grace         | gold, protected
        2004-09-30 | gold, grace         | certified, grace         | gold, protected
        2004-10-31 | certified, grace    | none, earned             | gold, grace
        2004-11-30 | certified, grace    | none, earned             | gold, grace
        2004-12-31 | certified, grace    | none, earned             | certified, grace
    """)


def test_one_falls_only_in_the_months_of_review(warehouse):
    partners = {}
    for day in (date(2004, 9, 30), date(2004, 10, 1), date(2004, 10, 2)):
        held = held_by(warehouse, programme({"review_down": [10]}), Question(day))
        partners[day] = held.rank.tolist()
    assert partners == {date(2004, 9, 30): [2, 1, 2], date(2004, 10, 1): [0, 0, 0], date(2004, 10, 2): [0, 0, 0]}


def test_the_time_line_counts_what_the_standings_of_its_days_count(warehouse):
    rules = programme({"grandfathered_until": date(2004, 8, 1), "grace_months": 2, "protected_months": 4})
    days = days_of("month", date(2004, 2, 1), date(2005, 1, 31))
    found = timeline(warehouse, rules, days)
    for row in found.to_dict("records"):
        partners = standing(warehouse, rules, Question(row["day"])).partners
        for tier in ("gold", "certified", "none"):
            assert row[tier] == (partners["tier"] == tier).sum(), row["day"]
        for because in ("grandfathered", "grace", "protected"):
            assert row[f"by {because}"] == (partners["held_because"] == because).sum(), row["day"]


entries_drawn = st.lists(
    st.tuples(
        st.sampled_from(["ADATUM", "CONTOSO", "FABRIKAM"]),
        st.dates(date(2003, 6, 1), date(2004, 12, 31)),
        st.integers(-2000, 9000),
        st.sampled_from(["staff", "sales", ""]),
        st.sampled_from(["Security", "Learning", ""]),
    ),
    max_size=25,
)


@drawing(
    entries_drawn,
    st.sampled_from([1, 3, 12, "all time", "calendar year", "year from 07-01", [date(2004, 2, 10), date(2004, 8, 1)]]),
    st.booleans(),
)
def test_one_pass_over_many_days_is_the_same_as_many_questions(warehouse, entries, window, is_held):
    cap = {"id": "staff", "of": {"category": ["staff"]}, "points": 40, "source": ""}
    expiry = {"id": "old", "of": {"category": ["sales"]}, "months": 2, "source": ""}
    rules = programme(
        {"grace_months": 1} if is_held else None, window=window, cap=[cap], expiry=[expiry] if window == 12 else [],
        tier=[
            {"id": "certified", "title": "", "requires": {"points": 50}, "source": ""},
            {"id": "gold", "title": "", "requires": {"points": 80, "domains": 2}, "source": ""},
        ],
    )  # fmt: skip
    lines = [
        f"1 | {n} | E{n} | {partner} | {day} | {day} | {points / 100} | {category} | {domain}"
        for n, (partner, day, points, category, domain) in enumerate(entries, 1)
    ]
    heading = "file_id | line | entry_id | partner_id | earned_on | posted_on | points | category | domain"
    given(warehouse, "point_ledger", "\n".join([heading, *lines]))
    days = days_of("quarter", date(2004, 1, 31), date(2005, 2, 15))
    found = timeline(warehouse, rules, days)
    for row in found.to_dict("records"):
        tiers = standing(warehouse, rules, Question(row["day"])).partners["tier"].tolist()
        assert [row[tier] for tier in ("gold", "certified", "none")] == [
            tiers.count(t) for t in ("gold", "certified", "none")
        ]


def test_the_days_of_a_time_line_are_ends_of_months_and_the_last_day_asked():
    days = days_of("quarter", date(2004, 1, 15), date(2004, 8, 10))
    assert days == [date(2004, 3, 31), date(2004, 6, 30), date(2004, 8, 10)]


@pytest.mark.parametrize(
    ("every", "first", "last", "words"),
    [
        ("week", date(2004, 1, 1), date(2004, 2, 1), "--every week: say month"),
        ("month", date(2004, 3, 1), date(2004, 2, 1), "is later than --to 2004-02-01"),
        ("month", date(1800, 1, 1), date(2004, 2, 1), "at most 1,200"),
    ],
)
def test_a_time_line_that_makes_no_sense_is_refused(every, first, last, words):
    with pytest.raises(PalierError, match=words):
        days_of(every, first, last)


def test_a_time_line_before_the_first_roster_is_refused_with_the_days_there_are(warehouse):
    with pytest.raises(PalierError, match="no roster covers 2003-12-31: the first snapshot is of 2004-01-01"):
        timeline(warehouse, programme(None), [date(2003, 12, 31)])


def test_a_season_begins_anew_on_each_of_its_days():
    version = Version.model_validate({
        "effective": date(2004, 1, 1), "standing_by": "points", "window": [date(2004, 2, 1), date(2004, 8, 15)], "source": "",
        "tier": [{"id": "certified", "title": "", "requires": {"points": 1}, "source": ""}],
    })  # fmt: skip
    after = {
        day: Question(day).window_after(version)
        for day in (date(2004, 1, 31), date(2004, 2, 1), date(2004, 8, 14), date(2004, 8, 15))
    }
    assert list(after.values()) == [date(1, 1, 1), date(2004, 1, 31), date(2004, 1, 31), date(2004, 8, 14)]


def earning(hold: dict[str, object], threshold: int, first_hold: dict[str, object] | None) -> Programme:
    """Points from the first, then a threshold of its own from April 2004 on, held as said."""
    versions = [
        {"effective": day, "standing_by": "points", "source": "", "hold": {**held, "source": ""} if held else None,
         "tier": [{"id": "gold", "title": "Gold", "requires": {"points": points}, "source": ""}]}
        for day, points, held in ((date(2003, 1, 1), 50, first_hold), (date(2004, 4, 1), threshold, hold))
    ]  # fmt: skip
    return Programme.model_validate(
        {"title": "Drawn", "summary": "", "version": [Version.model_validate(v) for v in versions]}
    )


@pytest.mark.parametrize("first_hold", [None, {"grace_months": 2}])
def test_what_is_held_on_the_eve_of_new_rules_goes_over_to_them(warehouse, first_hold):
    rules = earning({"grandfathered_until": date(2005, 1, 1)}, 500, first_hold)
    eve = standing(warehouse, rules, Question(date(2004, 3, 31))).partners
    after = standing(warehouse, rules, Question(date(2004, 4, 1))).partners
    assert (eve["tier"].iloc[0], eve["points"].iloc[0]) == ("gold", 120), "reached on 15 March, after the last review"
    assert (after["tier"].iloc[0], after["held_because"].iloc[0]) == ("gold", "grandfathered")


def test_rules_to_come_are_put_to_what_is_held_on_the_day_asked(warehouse):
    rules = earning({"grandfathered_until": date(2005, 1, 1)}, 500, None)
    before, after = (
        standing(warehouse, rules, Question(day, rules_on=date(2004, 4, 1))).partners.iloc[0]
        for day in (date(2004, 3, 14), date(2004, 3, 15))
    )
    assert (before["tier"], before["held_because"]) == ("none", "earned"), "the entry of 15 March is not known of yet"
    assert (after["tier"], after["held_because"]) == ("gold", "grandfathered")
