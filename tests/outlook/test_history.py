"""What is known on the day of a forecast: events are days of posting, and nothing later leaks in; event_day and event_sum drawn."""

from datetime import date

import numpy as np
import pytest
from drawn import drawn, given, make, table
from numpy.testing import assert_array_equal
from outlook.given_world import GOLD, lay, listed, programme, tier

from pipeline.model.programme import Programme
from pipeline.outlook import history as of_history
from pipeline.outlook.history import Clock, History, history

ORIGIN = date(2004, 3, 31)
JOINED = {"ADATUM": date(2003, 6, 1), "CONTOSO": None, "FABRIKAM": date(2003, 9, 1)}
WITH_DOMAINS = programme(tier("silver", points=20, domains=1))
BOTH = pytest.mark.parametrize("rules", [GOLD, WITH_DOMAINS], ids=["points alone", "domains too"])


def seen(
    warehouse, ledger: str, joined: dict[str, date | None] = JOINED, origin: date = ORIGIN, rules: Programme = GOLD
) -> History:
    lay(warehouse, ledger, listed(joined))
    return history(warehouse, rules, origin, origin)


def events(found: History) -> str:
    """The events, drawn."""
    rows = [
        f"{found.partner_ids[found.number[row]]} | {found.day[row]} | {found.rows['points'][row]}"
        for row in range(len(found.number))
    ]
    return drawn("\n".join(["partner_id | posted_on | points", *rows]))


@BOTH
def test_an_event_is_a_day_of_posting_whatever_was_earned_when(warehouse, rules):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-05 | 2004-02-01 | 5.00
        E2       | ADATUM     | 2004-01-20 | 2004-02-01 | 7.50
        E3       | ADATUM     | 2004-02-20 | 2004-02-20 | 2.00
        E4       | CONTOSO    | 2004-02-01 | 2004-02-01 | 1.00
    """, rules=rules)  # fmt: skip
    assert events(found) == drawn("""
        partner_id | posted_on  | points
        ADATUM     | 2004-02-01 | 1250
        ADATUM     | 2004-02-20 | 200
        CONTOSO    | 2004-02-01 | 100
    """)
    assert_array_equal(found.lumps.size, [12_50, 2_00, 1_00])
    assert_array_equal(found.lumps.events(3), [2, 1, 0])


@BOTH
def test_what_is_posted_after_the_origin_does_not_leak(warehouse, rules):
    before = """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-05 | 2004-03-31 | 5.00
    """
    alone = seen(warehouse, before, rules=rules)
    found = seen(warehouse, f"{before}        E2 | ADATUM | 2004-01-06 | 2004-04-01 | 90.00", rules=rules)
    assert events(found) == events(alone)
    assert_array_equal(found.now.metrics, alone.now.metrics)
    assert_array_equal(found.clock.days, alone.clock.days)
    assert_array_equal(found.since, alone.since)


@BOTH
@pytest.mark.parametrize(("origin", "points"), [("2004-02-29", 500), ("2004-03-01", 800)])
def test_a_corrected_entry_is_what_it_was_until_the_correction_was_posted(warehouse, rules, origin, points):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | superseded_on | points
        E1       | ADATUM     | 2004-01-05 | 2004-01-05 | 2004-03-01    | 5.00
        E1       | ADATUM     | 2004-01-05 | 2004-03-01 |               | 8.00
    """, origin=date.fromisoformat(origin), rules=rules)  # fmt: skip
    assert found.rows["points"].tolist() == [points]


@BOTH
@pytest.mark.parametrize(("origin", "points"), [("2004-02-29", [500, 100]), ("2004-03-01", [100])])
def test_a_reversed_entry_counts_until_the_reversal_was_posted_and_a_reversal_is_no_event(
    warehouse, rules, origin, points
):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | reverses | points
        E1       | ADATUM     | 2004-01-05 | 2004-01-05 |          | 5.00
        E2       | ADATUM     | 2004-01-09 | 2004-01-09 |          | 1.00
        E3       | ADATUM     | 2004-02-01 | 2004-03-01 | E1       | -5.00
    """, origin=date.fromisoformat(origin), rules=rules)  # fmt: skip
    assert found.rows["points"].tolist() == points


def test_a_partner_whose_entries_of_a_day_come_to_less_than_nothing_brought_nothing(warehouse):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-05 | 2004-01-05 | 5.00
        E2       | ADATUM     | 2004-01-05 | 2004-01-05 | -8.00
    """)  # fmt: skip
    assert (found.rows["points"].tolist(), found.lumps.size.tolist()) == ([-300], [0])


def test_who_is_not_on_the_roster_has_no_events_but_his_days_are_days_of_the_clock(warehouse):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | UNKNOWN    | 2004-01-05 | 2004-01-05 | 5.00
        E2       | ADATUM     | 2004-01-09 | 2004-01-09 | 1.00
    """)  # fmt: skip
    assert found.rows["points"].tolist() == [100]
    assert found.clock.days.astype(str).tolist() == ["2004-01-05", "2004-01-09"]


def test_events_count_from_joining_else_from_the_first_list_or_event_and_never_before_anything_is_known(warehouse):
    lay(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | CONTOSO    | 2003-07-01 | 2003-07-01 | 1.00
        E2       | ADATUM     | 2003-08-01 | 2003-08-01 | 1.00
        E3       | FABRIKAM   | 2003-08-15 | 2003-08-15 | 1.00
    """, """
        partner_id | label | joined_on  | valid_from
        ADATUM     | none  | 2003-06-01 | 2003-01-01
        CONTOSO    | none  |            | 2003-07-20
        FABRIKAM   | none  | 2003-09-01 | 2003-01-01
        LITWARE    | none  |            | 2003-01-01
        NORTHWIND  | none  | 2004-01-01 | 2003-01-01
        TAILSPIN   | none  |            | 2003-12-01
    """)  # fmt: skip
    found = history(warehouse, GOLD, ORIGIN, ORIGIN)
    assert dict(zip(found.partner_ids, found.since.astype(str).tolist(), strict=True)) == {
        "ADATUM": "2003-06-30",  # he joined before anything is known
        "CONTOSO": "2003-07-01",  # his first event was before he was listed
        "FABRIKAM": "2003-08-15",  # he earned before he joined
        "LITWARE": "2003-06-30",  # he was listed before anything is known
        "NORTHWIND": "2004-01-01",  # he joined
        "TAILSPIN": "2003-12-01",  # he was listed
    }


def test_partners_alike_are_one_group_and_the_event_that_began_them_is_not_repeated(warehouse):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-05 | 2004-01-05 | 1.00
        E2       | CONTOSO    | 2004-01-05 | 2004-01-05 | 9.00
        E3       | FABRIKAM   | 2004-01-05 | 2004-01-05 | 1.00
        E4       | FABRIKAM   | 2004-01-07 | 2004-01-07 | 1.00
    """, dict.fromkeys(JOINED, date(2004, 1, 5)))  # fmt: skip
    groups, group = found.grouped
    assert group[0] == group[1] != group[2]
    assert groups.events[group].tolist() == [0, 0, 1]
    assert groups.last[group].tolist() == [0, 0, 1]
    assert groups.age[group].tolist() == [1, 1, 1]
    assert groups.partners[group].tolist() == [2, 2, 1]


def test_too_many_groups_become_coarser_and_keep_everyone(warehouse, monkeypatch):
    ledger = ["entry_id | partner_id | earned_on | posted_on | points"]
    ledger += [f"E{at} | P{at % 20:02} | 2004-01-{at % 28 + 1:02} | 2004-01-{at % 28 + 1:02} | 1" for at in range(120)]
    found = seen(warehouse, "\n".join(ledger), {f"P{at:02}": None for at in range(20)})
    fine, _ = found.grouped
    monkeypatch.setattr(of_history, "MOST_GROUPS", len(fine.events) - 5)
    coarse, group = History(**{name: getattr(found, name) for name in found.__dataclass_fields__}).grouped
    assert len(coarse.events) <= len(fine.events) - 5
    assert coarse.partners.sum() == fine.partners.sum() == 20
    assert group.shape == (20,)
    assert (coarse.last <= coarse.age).all()


def test_an_empty_ledger_is_a_history_of_nobody_who_earned(warehouse):
    found = seen(warehouse, "entry_id | partner_id | earned_on | posted_on | points")
    groups, group = found.grouped
    assert (found.begins, len(found.event), groups.events[group].tolist()) == (None, 0, [0, 0, 0])
    assert found.clock.ahead(ORIGIN, date(2004, 9, 30)) == 0


def test_what_was_posted_between_two_days_is_added_up_by_partner(warehouse):
    found = seen(warehouse, """
        entry_id | partner_id | earned_on  | posted_on  | points
        E1       | ADATUM     | 2004-01-05 | 2004-01-05 | 1.00
        E2       | ADATUM     | 2004-01-06 | 2004-01-06 | 2.00
        E3       | ADATUM     | 2004-01-09 | 2004-01-09 | 4.00
        E4       | CONTOSO    | 2004-01-09 | 2004-01-09 | 8.00
    """, rules=WITH_DOMAINS)  # fmt: skip
    between = found.between(np.datetime64("2004-01-05"), np.datetime64("2004-01-09"))
    assert (between.points.tolist(), between.entries.tolist()) == ([[600, 800, 0]], [[2, 1, 0]])


@pytest.fixture
def of_one(warehouse):
    """Entries of two domains and one without, of a partner on the roster and one who is not."""
    given(warehouse, "question", "known_on\n2004-03-31")
    given(warehouse, "partner_row", """
        partner_id | number
        ADATUM     | 0
    """)  # fmt: skip
    given(warehouse, "reversal_in_force")
    given(warehouse, "point_ledger", """
        entry_id | partner_id | posted_on  | domain | points
        E1       | ADATUM     | 2004-01-05 |        | 5.00
        E2       | ADATUM     | 2004-01-05 | Cloud  | 1.00
        E3       | ADATUM     | 2004-01-05 | Data   | 2.00
        E4       | ADATUM     | 2004-02-01 | Cloud  | 0.50
        E5       | CONTOSO    | 2004-02-01 | Cloud  | 9.00
        E6       | ADATUM     | 2004-04-01 | Cloud  | 9.00
    """)  # fmt: skip
    given(warehouse, "kind_rule")
    warehouse.run(
        "insert into kind_rule (kind_id, pool, domain_bit) select kind_id, case when domain is null then 0 else 1 end, "
        "case domain when 'Cloud' then 1 when 'Data' then 2 else 0 end from entry_kind"
    )
    return warehouse


def test_entries_of_a_day_are_told_apart_by_pool_where_more_than_points_is_asked(of_one):
    make(of_one, "outlook/event_day")
    columns = "number, posted_on, pool, points, entries, domain_bits"
    assert table(of_one, f"select {columns} from event_day order by posted_on, pool") == drawn("""
        number | posted_on  | pool | points | entries | domain_bits
        0      | 2004-01-05 | 0    | 500    | 1       | 0
        0      | 2004-01-05 | 1    | 300    | 2       | 3
        0      | 2004-02-01 | 1    | 50     | 1       | 1
    """)


def test_entries_of_a_day_are_one_sum_where_points_alone_are_asked(of_one):
    make(of_one, "outlook/event_sum")
    assert table(of_one, "select * from event_sum order by posted_on") == drawn("""
        number | posted_on  | points
        0      | 2004-01-05 | 800
        0      | 2004-02-01 | 50
    """)


@pytest.mark.parametrize(("most", "kept"), [(None, "ABCDEFG"), (7, "ABCDEFG"), (4, "ACEG"), (3, "ADG"), (1, "A")])
def test_of_too_many_partners_every_nth_is_kept_with_his_own_events(warehouse, most, kept):
    ledger = ["entry_id | partner_id | earned_on | posted_on | points"]
    ledger += [f"E{at} | {one} | 2004-01-05 | 2004-01-05 | {at}" for at, one in enumerate("ABCDEFG", start=1)]
    lay(warehouse, "\n".join(ledger), listed(dict.fromkeys("ABCDEFG")))
    found = history(warehouse, GOLD, ORIGIN, ORIGIN, most)
    points = [100 * (ord(one) - ord("A") + 1) for one in kept]
    assert "".join(found.partner_ids) == kept
    assert found.rows["points"][np.argsort(found.number)].tolist() == points
    assert found.now.metrics[:, 0].tolist() == points


def test_an_event_of_two_pools_is_one_lump(warehouse):
    found = seen(warehouse, "entry_id | partner_id | earned_on | posted_on | points")
    rows = {"points": np.array([500, 300, 50])}
    days = np.array(["2004-01-05", "2004-01-05", "2004-02-01"], "datetime64[D]")
    two = History(**{name: getattr(found, name) for name in found.__dataclass_fields__}
                  | {"number": np.zeros(3, np.int64), "day": days, "pool": np.array([0, 1, 1]), "rows": rows})  # fmt: skip
    assert (two.event.tolist(), two.lumps.size.tolist()) == ([0, 0, 1], [800, 50])


WEEKLY = Clock(np.arange("2003-01-05", "2004-01-05", 7, dtype="datetime64[D]"))


def test_the_clock_goes_on_as_it_went():
    assert WEEKLY.ahead(date(2004, 1, 4), date(2004, 1, 4)) == 0
    assert WEEKLY.ahead(date(2004, 1, 4), date(2004, 7, 4)) == pytest.approx(26, abs=0.1)
    assert WEEKLY.at(date(2003, 1, 4)) == 0
    assert WEEKLY.at(date(2003, 1, 12)) == 2


def test_a_clock_that_stood_still_of_late_goes_as_it_did_over_all():
    assert WEEKLY.ahead(date(2004, 3, 28), date(2004, 5, 23)) == pytest.approx(8, abs=0.2)
