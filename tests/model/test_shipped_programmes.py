"""The shipped rulebooks, each by a few drawn cases: what the entries come to, the tier, and why it is held."""

from datetime import date
from pathlib import Path

import pytest
from drawn import drawn, given

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme, read_programme
from pipeline.model.question import Question
from pipeline.model.standing import standing

PROGRAMMES = Path(__file__).resolve().parents[2] / "programmes"
KIND = ("category", "activity", "domain")


@pytest.fixture
def warehouse():
    with Warehouse.in_memory() as opened:
        given(opened, "reversal")
        yield opened


def roster(warehouse: Warehouse, since: str, drawing: str) -> None:
    """The partners drawn, on the roster from a day on."""
    given(warehouse, "snapshot", f"snapshot_on\n{since}")
    headings, rows = cells(drawing)
    given(warehouse, "roster_history", drawing_of([*headings, "valid_from"], [[*row, since] for row in rows]))


def ledger(warehouse: Warehouse, drawing: str) -> None:
    """The entries drawn, each posted on the day it is earned, and their kinds."""
    headings, rows = cells(drawing)
    entries = [dict(zip(headings, row, strict=True)) for row in rows]
    kinds = [[entry.get(column, "") for column in KIND] for entry in entries]
    known = [list(kind) for kind in dict.fromkeys(map(tuple, kinds))]
    given(warehouse, "entry_kind", drawing_of(["kind_id", *KIND], [[str(at), *kind] for at, kind in enumerate(known)]))
    more = [
        ["1", str(at), str(at), entry["earned_on"], str(known.index(kind))]
        for at, (entry, kind) in enumerate(zip(entries, kinds, strict=True), start=1)
    ]
    given(
        warehouse,
        "point_ledger",
        drawing_of(
            [*headings, "file_id", "line", "entry_id", "posted_on", "kind_id"],
            [[*row, *ours] for row, ours in zip(rows, more, strict=True)],
        ),
    )


def cells(drawing: str) -> tuple[list[str], list[list[str]]]:
    headings, *rows = [[cell.strip() for cell in line.split("|")] for line in drawing.splitlines() if line.strip()]
    return headings, rows


def drawing_of(headings: list[str], rows: list[list[str]]) -> str:
    return "\n".join(" | ".join(line) for line in [headings, *rows])


def rulebook(name: str) -> Programme:
    return read_programme(PROGRAMMES / f"{name}.toml")[0]


def partners_on(warehouse: Warehouse, name: str, day: date | str, columns: str) -> list[list[str]]:
    as_of = date.fromisoformat(str(day))
    partners = standing(warehouse, rulebook(name), Question(as_of=as_of)).partners[columns.split(", ")]
    return [[str(value) for value in row] for row in partners.itertuples(index=False)]


def standings(warehouse: Warehouse, name: str, day: date | str, columns: str) -> str:
    """Some columns of everyone's standing on a day, drawn."""
    return drawn(drawing_of(columns.split(", "), partners_on(warehouse, name, day, columns)))


def over_days(warehouse: Warehouse, name: str, columns: str, days: str) -> str:
    """The same of the only partner on each of some days, drawn."""
    lines = []
    for day in days.split(", "):
        [partner] = partners_on(warehouse, name, day, columns)
        lines.append([day, *partner])
    return drawn(drawing_of(["as_of", *columns.split(", ")], lines))


# Microsoft, Solutions Partner

FULL_SCORE = """
    partner_id | earned_on  | category                    | points
    ADATUM     | 2022-11-10 | net customer adds           | 30
    ADATUM     | 2022-11-10 | intermediate certifications | 20
    ADATUM     | 2022-11-10 | advanced certifications     | 10
    ADATUM     | 2022-11-10 | usage growth                | 5
    ADATUM     | 2022-12-20 | deployments                 | 5
"""


def test_microsoft_asks_for_70_points_and_for_something_in_every_metric(warehouse):
    roster(warehouse, "2022-10-03", "partner_id\nADATUM\nCONTOSO")
    ledger(
        warehouse,
        FULL_SCORE
        + """
        CONTOSO | 2022-11-10 | net customer adds           | 30
        CONTOSO | 2022-11-10 | intermediate certifications | 20
        CONTOSO | 2022-11-10 | advanced certifications     | 20
        CONTOSO | 2022-11-10 | usage growth                | 20
    """,
    )
    columns = "partner_id, points, usage_growth, deployments, tier"
    assert standings(warehouse, "microsoft-solutions-partner-2022", "2022-12-20", columns) == drawn("""
        partner_id | points | usage_growth | deployments | tier
        ADATUM     | 70.00  | 5.00         | 5.00        | solutions_partner
        CONTOSO    | 90.00  | 20.00        | 0.00        | none
    """)


def test_microsoft_counts_no_more_of_a_metric_than_its_most(warehouse):
    roster(warehouse, "2022-10-03", "partner_id\nFABRIKAM\nNORTHWIND")
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category                    | points
        FABRIKAM   | 2022-11-10 | net customer adds           | 25
        FABRIKAM   | 2022-12-10 | net customer adds           | 20
        FABRIKAM   | 2022-11-10 | intermediate certifications | 20
        FABRIKAM   | 2022-11-10 | advanced certifications     | 10
        FABRIKAM   | 2022-11-10 | usage growth                | 9.99
        FABRIKAM   | 2022-11-10 | deployments                 | 0.01
        NORTHWIND  | 2022-11-10 | net customer adds           | 45
        NORTHWIND  | 2022-11-10 | intermediate certifications | 10
        NORTHWIND  | 2022-11-10 | advanced certifications     | 9
        NORTHWIND  | 2022-11-10 | usage growth                | 10
        NORTHWIND  | 2022-11-10 | deployments                 | 5
    """,
    )
    columns = "partner_id, points, net_customer_adds, tier"
    assert standings(warehouse, "microsoft-solutions-partner-2022", "2022-12-20", columns) == drawn("""
        partner_id | points | net_customer_adds | tier
        FABRIKAM   | 70.00  | 30.00             | solutions_partner
        NORTHWIND  | 64.00  | 30.00             | none
    """)


def test_a_microsoft_designation_is_protected_for_twelve_months(warehouse):
    roster(warehouse, "2022-10-03", "partner_id\nADATUM")
    ledger(warehouse, FULL_SCORE)
    columns = "points, earned_tier, tier, held_because"
    assert over_days(
        warehouse,
        "microsoft-solutions-partner-2022",
        columns,
        "2022-12-19, 2022-12-31, 2023-01-01, 2023-11-09, 2023-11-10, 2023-12-31, 2024-01-01",
    ) == drawn("""
        as_of      | points | earned_tier       | tier              | held_because
        2022-12-19 | 65.00  | none              | none              | earned
        2022-12-31 | 70.00  | solutions_partner | solutions_partner | earned
        2023-01-01 | 70.00  | solutions_partner | solutions_partner | earned
        2023-11-09 | 70.00  | solutions_partner | solutions_partner | earned
        2023-11-10 | 5.00   | none              | solutions_partner | protected
        2023-12-31 | 0.00   | none              | solutions_partner | protected
        2024-01-01 | 0.00   | none              | none              | earned
    """)


def test_before_october_2022_the_microsoft_label_stands_and_is_no_designation_afterwards(warehouse):
    roster(warehouse, "2022-01-01", "partner_id | label\nADATUM | gold\nCONTOSO | gold")
    ledger(warehouse, FULL_SCORE.replace("2022-1", "2022-0"))
    columns = "partner_id, points, tier, held_because"
    programme = rulebook("microsoft-solutions-partner-2022")
    before, after = programme.cut_over_days()
    assert (before, after) == (date(2022, 10, 2), date(2022, 10, 3))
    assert standings(warehouse, "microsoft-solutions-partner-2022", before, columns) == drawn("""
        partner_id | points | tier | held_because
        ADATUM     | 70.00  | gold | label
        CONTOSO    | 0.00   | gold | label
    """)
    assert standings(warehouse, "microsoft-solutions-partner-2022", after, columns) == drawn("""
        partner_id | points | tier              | held_because
        ADATUM     | 70.00  | solutions_partner | earned
        CONTOSO    | 0.00   | none              | earned
    """)


# SAP PartnerEdge


def test_sap_caps_revenue_at_500_competencies_at_200_and_marketing_at_100(warehouse):
    roster(
        warehouse,
        "2010-01-01",
        """
        partner_id | primary_domain
        ADATUM     | SAP Business One
        CONTOSO    |
        FABRIKAM   | SAP BusinessObjects
    """,
    )
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category     | points
        ADATUM     | 2010-01-20 | revenue      | 400
        ADATUM     | 2010-02-20 | revenue      | 250
        CONTOSO    | 2010-01-20 | competencies | 300
        CONTOSO    | 2010-02-20 | marketing    | 150
        FABRIKAM   | 2010-02-20 | competencies | 250
        FABRIKAM   | 2010-02-20 | revenue      | 100
    """,
    )
    columns = "partner_id, points, tier"
    assert standings(warehouse, "sap-partneredge-2010", "2010-03-01", columns) == drawn("""
        partner_id | points | tier
        ADATUM     | 500.00 | gold
        CONTOSO    | 300.00 | associate
        FABRIKAM   | 300.00 | silver
    """)


def test_sap_moves_up_on_the_first_of_any_month_and_down_only_in_january_and_july(warehouse):
    roster(warehouse, "2010-01-01", "partner_id\nADATUM")
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category     | points
        ADATUM     | 2010-02-10 | revenue      | 400
        ADATUM     | 2010-02-10 | competencies | 100
        ADATUM     | 2010-08-10 | revenue      | 350
    """,
    )
    columns = "points, earned_tier, tier, held_because"
    assert over_days(
        warehouse,
        "sap-partneredge-2010",
        columns,
        "2010-02-28, 2010-03-01, 2011-02-09, 2011-02-10, 2011-06-30, 2011-07-01, 2011-08-10, 2011-12-31, 2012-01-01",
    ) == drawn("""
        as_of      | points | earned_tier | tier      | held_because
        2010-02-28 | 500.00 | gold        | associate | earned
        2010-03-01 | 500.00 | gold        | gold      | earned
        2011-02-09 | 600.00 | gold        | gold      | earned
        2011-02-10 | 350.00 | silver      | gold      | until review
        2011-06-30 | 350.00 | silver      | gold      | until review
        2011-07-01 | 350.00 | silver      | silver    | earned
        2011-08-10 | 0.00   | associate   | silver    | until review
        2011-12-31 | 0.00   | associate   | silver    | until review
        2012-01-01 | 0.00   | associate   | associate | earned
    """)


# Salesforce


def test_salesforce_stands_50_points_higher_on_the_first_day_of_programme_year_2021(warehouse):
    roster(warehouse, "2019-03-01", "partner_id\nADATUM\nCONTOSO\nFABRIKAM\nNORTHWIND\nTAILSPIN")
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category         | activity      | points
        ADATUM     | 2019-05-01 | expertise        | certification | 300
        ADATUM     | 2019-05-02 | expertise        | certification | 50
        ADATUM     | 2019-05-03 | engagement       | sales         | 370
        CONTOSO    | 2019-05-01 | expertise        | certification | 300
        CONTOSO    | 2019-05-02 | expertise        | certification | 300
        CONTOSO    | 2019-05-03 | customer success | survey        | 110
        FABRIKAM   | 2019-05-01 | expertise        | certification | 300
        FABRIKAM   | 2019-05-02 | expertise        | certification | 50
        FABRIKAM   | 2019-05-03 | engagement       | sales         | 400
        NORTHWIND  | 2019-05-01 | expertise        | certification | 20
        NORTHWIND  | 2019-05-01 | expertise        | certification | 20
        TAILSPIN   | 2019-05-01 | expertise        | certification | 300
        TAILSPIN   | 2019-05-03 | engagement       | sales         | 400
    """,
    )
    before, after = rulebook("salesforce-2020").cut_over_days()
    assert (before, after) == (date(2020, 2, 29), date(2020, 3, 1))
    columns = "partner_id, points, certifications, tier"
    assert standings(warehouse, "salesforce-2020", before, columns) == drawn("""
        partner_id | points | certifications | tier
        ADATUM     | 720.00 | 2              | summit
        CONTOSO    | 460.00 | 2              | crest
        FABRIKAM   | 750.00 | 2              | summit
        NORTHWIND  | 40.00  | 2              | base
        TAILSPIN   | 700.00 | 1              | none
    """)
    assert standings(warehouse, "salesforce-2020", after, columns) == drawn("""
        partner_id | points | certifications | tier
        ADATUM     | 720.00 | 2              | crest
        CONTOSO    | 460.00 | 2              | ridge
        FABRIKAM   | 750.00 | 2              | summit
        NORTHWIND  | 40.00  | 2              | base
        TAILSPIN   | 700.00 | 1              | none
    """)


def test_salesforce_raises_every_quarter_and_lowers_on_the_first_of_march(warehouse):
    roster(warehouse, "2019-03-01", "partner_id\nADATUM")
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category   | activity      | points
        ADATUM     | 2019-04-10 | expertise  | certification | 150
        ADATUM     | 2019-04-10 | expertise  | certification | 150
        ADATUM     | 2019-04-10 | engagement | sales         | 150
    """,
    )
    columns = "points, earned_tier, tier, held_because"
    days = "2019-05-31, 2019-06-01, 2020-02-29, 2020-03-01, 2020-04-10, 2021-02-28, 2021-03-01"
    assert over_days(warehouse, "salesforce-2020", columns, days) == drawn("""
        as_of      | points | earned_tier | tier  | held_because
        2019-05-31 | 450.00 | crest       | none  | earned
        2019-06-01 | 450.00 | crest       | crest | earned
        2020-02-29 | 450.00 | crest       | crest | earned
        2020-03-01 | 450.00 | ridge       | ridge | earned
        2020-04-10 | 0.00   | none        | ridge | until review
        2021-02-28 | 0.00   | none        | ridge | until review
        2021-03-01 | 0.00   | none        | none  | earned
    """)


# Formula 1


@pytest.mark.parametrize(
    ("driver", "results", "in_all", "counted"),
    [
        ("Luigi Fagioli", "1950-05-13 6, 1950-06-04 6, 1950-06-18 6, 1950-07-02 6, 1950-09-03 4", "28.00", "24.00"),
        (
            "José Froilán González",  # he shared the fastest lap of Silverstone with six others
            "1954-01-17 5, 1954-06-20 1.5, 1954-07-17 8.14, 1954-08-01 3, 1954-08-22 6, 1954-09-05 3",
            "26.64",
            "25.14",
        ),
        (
            "Jack Brabham",
            "1967-01-02 1, 1967-06-04 6, 1967-07-02 9, 1967-07-15 3, "
            "1967-08-06 6, 1967-08-27 9, 1967-09-10 6, 1967-10-01 2, 1967-10-22 6",
            "48.00",
            "46.00",
        ),
        (
            "Jody Scheckter",
            "1979-02-04 1, 1979-03-03 6, 1979-04-08 6, 1979-04-29 3, 1979-05-13 9, 1979-05-27 9, "
            "1979-07-14 2, 1979-07-29 3, 1979-08-12 3, 1979-08-26 6, 1979-09-09 9, 1979-09-30 3",
            "60.00",
            "51.00",
        ),
        (
            "Carlos Reutemann",
            "1980-03-01 2, 1980-05-04 4, 1980-05-18 9, 1980-06-29 1, "
            "1980-07-13 4, 1980-08-10 6, 1980-08-17 4, 1980-08-31 3, 1980-09-14 4, 1980-09-28 6, 1980-10-05 6",
            "49.00",
            "42.00",
        ),
        (
            "Alain Prost",
            "1990-03-25 9, 1990-05-13 3, 1990-06-10 2, 1990-06-24 9, 1990-07-08 9, 1990-07-15 9, "
            "1990-07-29 3, 1990-08-26 6, 1990-09-09 6, 1990-09-23 4, 1990-09-30 9, 1990-11-04 4",
            "73.00",
            "71.00",
        ),
    ],
    ids=lambda value: value.split()[-1] if value[0].isalpha() else "",
)
def test_a_formula_one_season_comes_to_the_official_total_of_its_best_results(
    warehouse, driver, results, in_all, counted
):
    year = results[:4]
    roster(warehouse, "1950-01-01", "partner_id\nDRIVER")
    rows = "\n".join(" | ".join(["DRIVER", *result.split()]) for result in results.split(", "))
    ledger(warehouse, f"partner_id | earned_on | points\n{rows}")
    [(every,)] = warehouse.rows("select cast(sum(points) as varchar) from point_ledger")
    assert every == in_all
    assert standings(warehouse, "formula-one", f"{year}-12-31", "points") == drawn(f"points\n{counted}"), driver


def test_two_lines_of_one_race_day_are_one_result_of_formula_one(warehouse):
    roster(warehouse, "1950-01-01", "partner_id\nSHARER")
    ledger(
        warehouse,
        """
        partner_id | earned_on  | points
        SHARER     | 1952-05-18 | 2
        SHARER     | 1952-06-22 | 4
        SHARER     | 1952-07-06 | 2
        SHARER     | 1952-07-06 | 1.50
        SHARER     | 1952-07-19 | 3
        SHARER     | 1952-08-03 | 9
    """,
    )
    assert standings(warehouse, "formula-one", "1952-12-31", "points") == drawn("points\n19.50")


def test_from_1991_on_every_result_of_a_formula_one_season_counts(warehouse):
    roster(warehouse, "1950-01-01", "partner_id\nWINNER\nCHASER")
    winner = "\n".join(f"WINNER | 1992-{month:02}-10 | 10" for month in range(1, 13))
    chaser = "\n".join(f"CHASER | 1992-{month:02}-10 | 6" for month in range(1, 13))
    ledger(warehouse, f"partner_id | earned_on | points\n{winner}\n{chaser}")
    assert standings(warehouse, "formula-one", "1992-12-31", "partner_id, points, tier") == drawn("""
        partner_id | points | tier
        CHASER     | 72.00  | fifty
        WINNER     | 120.00 | hundred_twenty
    """)


def test_a_formula_one_season_begins_at_nothing(warehouse):
    roster(warehouse, "1950-01-01", "partner_id\nWINNER")
    ledger(warehouse, "partner_id | earned_on | points\nWINNER | 1990-11-04 | 60")
    assert over_days(warehouse, "formula-one", "points, tier", "1990-12-31, 1991-01-01") == drawn("""
        as_of      | points | tier
        1990-12-31 | 60.00  | fifty
        1991-01-01 | 0.00   | none
    """)


@pytest.mark.parametrize("year", range(1967, 1981))
def test_the_two_halves_of_a_formula_one_season_meet_on_one_day_of_that_year(year):
    first, second = rulebook("formula-one").version_on(date(year, 12, 31)).best
    assert first.until == second.from_day
    assert (first.until or date.min).year == year
    assert first.from_day is None
    assert second.until is None


# The airline


def test_an_airline_status_is_reached_at_once_and_lands_softly_at_the_end_of_the_next_personal_year(warehouse):
    roster(
        warehouse,
        "2025-04-01",
        """
        partner_id | joined_on
        ADATUM     | 2019-05-10
        CONTOSO    | 2019-05-10
    """,
    )
    ledger(
        warehouse,
        """
        partner_id | earned_on  | category | points
        ADATUM     | 2024-05-09 | flight   | 500
        ADATUM     | 2024-06-01 | flight   | 90
        ADATUM     | 2025-04-15 | flight   | 90
        ADATUM     | 2025-07-01 | flight   | 20
        CONTOSO    | 2024-06-01 | flight   | 100
        CONTOSO    | 2025-06-15 | flight   | 60
        CONTOSO    | 2026-05-09 | flight   | 40
    """,
    )
    on = {
        day: standings(warehouse, "airline-2024", day, "partner_id, points, earned_tier, tier, held_because")
        for day in ("2025-04-14", "2025-04-15", "2025-05-10", "2026-05-31", "2026-06-01")
    }
    assert on["2025-04-14"] == drawn("""
        partner_id | points | earned_tier | tier   | held_because
        ADATUM     | 90.00  | none        | none   | earned
        CONTOSO    | 100.00 | silver      | silver | earned
    """)
    assert on["2025-04-15"] == drawn("""
        partner_id | points | earned_tier | tier   | held_because
        ADATUM     | 180.00 | gold        | gold   | earned
        CONTOSO    | 100.00 | silver      | silver | earned
    """)
    assert on["2025-05-10"] == drawn("""
        partner_id | points | earned_tier | tier   | held_because
        ADATUM     | 0.00   | none        | gold   | until review
        CONTOSO    | 0.00   | none        | silver | until review
    """)
    assert on["2026-05-31"] == on["2025-05-10"]
    # the year up to 9 May 2026 came to 20 and to 100 points
    assert on["2026-06-01"] == drawn("""
        partner_id | points | earned_tier | tier   | held_because
        ADATUM     | 0.00   | none        | silver | until review
        CONTOSO    | 0.00   | none        | silver | until review
    """)
