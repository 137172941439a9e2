"""The naive reference by cases drawn by hand, before anything is compared with it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from model.reference import Entry, Listed, World, earned, measured, version_on, what_counts
from model.reference_hold import stood

from pipeline.model.amount import Of
from pipeline.model.programme import Programme
from pipeline.model.version import Best, Cap, Expiry, Hold, Metric, Tier, Track, Version, Worth

BEGINNING = date(2004, 1, 1)
STAFF, SALES = Of(category=["staff"]), Of(category=["sales"])


def day(text: str) -> date:
    return date.fromisoformat(text)


def entry(earned_on: str, points: str, category: str | None = None, domain: str | None = None, **rest) -> Entry:
    line = rest.pop("line", int(earned_on.replace("-", "")))
    return Entry(
        f"E{line}", "ADATUM", day(earned_on), day(earned_on), Decimal(points), category, None, domain, line=line, **rest
    )


def tier(name: str, points: str, **rest) -> Tier:
    return Tier(id=name, title=name, requires={"points": Decimal(points)}, source="", **rest)


def rules(**rest) -> Version:
    return Version(
        **{"effective": BEGINNING, "standing_by": "points", "tier": [tier("gold", "50")], "source": "", **rest}
    )


def world(
    entries: list[Entry], *versions: Version, joined_on: date | None = None, size_class: str | None = None
) -> World:
    listed = [Listed("ADATUM", "gold", joined_on, size_class)]
    return World(Programme(title="", summary="", version=list(versions)), {date(2003, 1, 1): listed}, entries)


def points(entries: list[Entry], as_of: str, joined_on: date | None = None, **rest) -> Decimal:
    asked = world(entries, rules(**rest), joined_on=joined_on)
    return measured(asked, asked.programme.version[0], asked.rosters[date(2003, 1, 1)][0], day(as_of))["points"]


@pytest.mark.parametrize(
    ("window", "as_of", "first"),
    [
        ("calendar year", "2004-05-01", "2004-01-01"),
        ("year from 07-01", "2004-06-30", "2003-07-01"),
        ("year from 07-01", "2004-07-01", "2004-07-01"),
        ("personal year", "2004-02-28", "2003-02-28"),
        ("personal year", "2004-02-29", "2004-02-29"),
        ("personal year", "2005-02-28", "2005-02-28"),
        (1, "2004-03-31", "2004-03-01"),
        (12, "2004-03-31", "2003-04-01"),
    ],
)
def test_a_window_holds_its_first_day_and_not_the_day_before(window, as_of, first):
    eve = date.fromordinal(day(first).toordinal() - 1).isoformat()
    assert points([entry(eve, "1"), entry(first, "20")], as_of, joined_on=date(2000, 2, 29), window=window) == 20


def test_an_entry_that_expires_counts_as_in_a_window_of_so_many_months():
    expiry = [Expiry(id="staff", of=STAFF, months=1, source="")]
    found = [entry("2004-02-29", "1", "staff"), entry("2004-03-01", "20", "staff"), entry("2003-03-01", "300", "sales")]
    assert points(found, "2004-03-31", expiry=expiry) == 320


def test_a_reversal_takes_its_entry_away_even_when_the_entry_comes_later():
    reversal = entry("2004-01-10", "-5", reverses="E20040115")
    assert points([entry("2004-01-15", "50"), reversal], "2004-01-15") == 0


def test_a_cap_bounds_the_sum_after_what_is_below_zero():
    cap = [Cap(id="staff", of=STAFF, points=Decimal(40), source="")]
    found = [entry("2004-01-01", "50", "staff"), entry("2004-01-02", "-20", "staff"), entry("2004-01-03", "7")]
    assert points(found, "2004-01-02", cap=cap) == 30
    assert points(found[:1], "2004-01-02", cap=cap) == 40
    assert points(found, "2004-01-03", cap=cap) == 37


def test_the_best_days_count_and_of_two_equal_ones_the_earlier():
    best = [Best(id="best", results=1, result="day", per="month", source="")]
    found = [
        entry("2004-01-01", "10", domain="Web"),
        entry("2004-01-02", "4", line=2),
        entry("2004-01-02", "6", line=3),
    ]
    asked = world([*found, entry("2004-02-01", "1")], rules(best=best))
    counted, reasons = what_counts(asked, asked.programme.version[0], Listed("ADATUM"), day("2004-02-01"))
    assert sum(counted.values()) == 11
    assert [reasons[one] for one in found] == [None, *["beyond the best results"] * 2]


def test_each_of_several_best_rules_speaks_for_its_own_days():
    best = [
        Best(id="first", results=1, until=day("2004-02-01"), source=""),
        Best(id="then", results=2, from_day=day("2004-03-01"), source=""),
    ]
    found = [entry(f"2004-{month}-{n}", "10") for month in ("01", "02", "03") for n in ("01", "02", "03")]
    assert points(found, "2004-04-01", best=best) == 10 + 30 + 20


def test_worth_goes_by_turn_among_what_counts_and_comes_before_the_best():
    worth = [Worth(id="staff", of=STAFF, points=[Decimal(50), Decimal(25)], source="")]
    found = [entry("2003-12-31", "1", "staff"), *(entry(f"2004-01-0{n}", "1", "staff") for n in (1, 2, 3))]
    assert points(found, "2004-01-31", window=1, worth=worth) == 100
    assert points(found, "2004-01-31", window=1, worth=worth, best=[Best(id="best", results=1, source="")]) == 50


def test_a_metric_is_bounded_by_its_most_and_leaves_points_as_they_are():
    metric = [Metric(id="exams", counts="entries", of=STAFF, most=Decimal(1), source="")]
    asked = world([entry("2004-01-01", "5", "staff"), entry("2004-01-02", "5", "staff")], rules(metric=metric))
    assert measured(asked, asked.programme.version[0], Listed("ADATUM"), day("2004-01-02")) == {
        "points": 10,
        "domains": 0,
        "exams": 1,
    }


def test_one_of_the_alternatives_is_enough_and_a_track_asks_in_place_of_all():
    gold = tier("gold", "10", any_of=[{"domains": Decimal(2)}, {"points": Decimal(30)}])
    track = Track.model_validate(
        {"id": "small", "of": ["small"], "tier": {"gold": {"requires": {"points": Decimal(5)}}}, "source": ""}
    )
    asked = world([entry("2004-01-01", "29.99")], rules(tier=[gold], track_by="size_class", track=[track]))
    version = version_on(asked, BEGINNING)
    assert earned(asked, version, Listed("ADATUM"), BEGINNING) == 0
    assert earned(asked, version, Listed("ADATUM", size_class="small"), BEGINNING) == 1
    asked = world([entry("2004-01-01", "30")], rules(tier=[gold]))
    assert earned(asked, version, Listed("ADATUM"), BEGINNING) == 1


LADDER = [tier("silver", "10"), tier("gold", "50")]


def story(
    hold: Hold, *days: str, label: str = "gold", later: Sequence[Entry] = (), joined_on: date | None = None, **rest
) -> list[str]:
    """What a partner of 50 points of 20 January holds on some days; labels stand up to 14 January, points for two months."""
    labels = rules(effective=date(2003, 1, 1), standing_by="label")
    held = rules(**{"effective": date(2004, 1, 15), "window": 2, "tier": LADDER, "hold": hold, **rest})
    asked = world([entry("2004-01-20", "50"), *later], labels, held)
    asked.rosters[date(2003, 1, 1)] = [Listed("ADATUM", label, joined_on)]
    found = (stood(asked, "ADATUM", day(one)) for one in days)
    return [f"{one.tier} {one.held_because}" for one in found]


def test_a_grandfathered_label_is_kept_up_to_the_day():
    hold = Hold(grandfathered_until=date(2004, 6, 1), source="")
    held = story(hold, "2004-01-15", "2004-05-31", "2004-06-01")
    assert held == ["gold grandfathered", "gold grandfathered", "none earned"]


def test_grace_runs_from_the_first_step_that_finds_too_little():
    hold = Hold(grace_months=2, source="")
    held = story(hold, "2004-03-19", "2004-03-20", "2004-04-01", "2004-05-31", "2004-06-01")
    assert held == ["gold earned", *["gold grace"] * 3, "none earned"]


def test_a_tier_reached_is_protected_from_its_first_of_a_month_on():
    hold = Hold(protected_months=6, source="")
    held = story(hold, "2004-01-31", "2004-04-01", "2004-07-31", "2004-08-01", label="")
    assert held == ["gold earned", "gold protected", "gold protected", "none earned"]


def test_a_tier_begun_with_is_not_protected():
    assert (
        story(Hold(protected_months=6, source=""), "2004-03-31", "2004-04-01", effective=date(2004, 1, 25))
        == ["none earned"] * 2
    )


def test_reviews_wait_for_their_months_up_and_down():
    hold = Hold(review_up=[3], review_down=[7], source="")
    held = story(hold, "2004-02-29", "2004-03-01", "2004-06-30", "2004-07-01", label="")
    assert held == ["none earned", "gold earned", "gold until review", "none earned"]


def test_a_fall_by_steps_goes_down_one_on_each_first_of_a_month():
    held = story(Hold(downgrade="one step", source=""), "2004-03-31", "2004-04-01", "2004-04-30", "2004-05-01")
    assert held == ["gold until review", "silver until review", "silver until review", "none earned"]


def test_what_is_never_downgraded_is_kept():
    assert story(Hold(downgrade="none", source=""), "2004-03-19", "2004-12-31") == ["gold earned", "gold kept"]


def test_an_anniversary_judges_the_year_that_ended_the_day_before():
    hold = Hold(review_down="anniversary", source="")
    later = [entry("2005-03-09", "10"), entry("2006-03-10", "50")]
    held = story(
        hold, "2004-03-10", "2004-04-01", "2005-03-31", "2005-04-01", "2006-03-31", "2006-04-01",
        later=later, joined_on=date(2001, 3, 10), window="personal year",
    )  # fmt: skip
    assert held == [*["gold until review"] * 3, "silver until review", "gold earned", "gold earned"]


def test_a_tier_that_is_gone_counts_as_the_next_lower_one():
    held = story(Hold(grace_months=1, source=""), "2004-01-15", tier=[tier("bronze", "1"), tier("silver", "60")])
    assert held == ["none earned"]


def test_who_was_off_the_roster_begins_anew():
    hold = Hold(grace_months=6, source="")
    held = rules(tier=LADDER, hold=hold, window=1)
    asked = world([entry("2004-01-01", "50")], held)
    assert stood(asked, "ADATUM", day("2004-03-15")).held_because == "grace"
    asked.rosters[day("2004-02-29")] = []
    asked.rosters[day("2004-03-01")] = [Listed("ADATUM")]
    assert stood(asked, "ADATUM", day("2004-03-15")).tier == "none"
