"""Grants and medicines as French administrations publish them, each read through a contract of its own.

Each published file is laid in both as roster and as points, so that all it holds goes through the ledger.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from drawn import drawn, table

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build

pytestmark = pytest.mark.outside

CONTRACTS = Path(__file__).parent / "contracts"
AMOUNTS = ("operating", "investment", "guarantee")  # and loans, of which there are none
HEADING_LINES = {"72-sarthe-2018.csv": 6, "72-sarthe-2018.xlsx": 1}  # physical lines; rows of a sheet
GRANT = "partner_id, earned_on, posted_on, category, activity, domain, points"
GRANTS_OF_THE_MAYENNE, BLANK_ROWS = 234, 2
Built = Callable[[str, dict[str, str]], Warehouse]


@pytest.fixture(scope="module")
def published(outside_data: Callable[[str], Path]) -> Path:
    """The folder of the published files."""
    return outside_data("french")


@pytest.fixture(scope="module")
def built(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The warehouse made through a contract from published files: place below data/raw → name."""
    with ExitStack() as open_warehouses:

        def warehouse_of(contract: str, files: dict[str, str]) -> Warehouse:
            home = Home(tmp_path_factory.mktemp(contract))
            lay_in(home, contracts_of(contract), {place: published / name for place, name in files.items()})
            ingest(home)
            build(home, datetime(2026, 1, 1, tzinfo=UTC))
            return open_warehouses.enter_context(Warehouse.open(home.warehouse))

        yield warehouse_of


@pytest.fixture(scope="module")
def sarthe(built: Built) -> dict[str, Warehouse]:
    """The Sarthe as CSV (cp1252, line breaks in the headings) and as workbook; each column of amounts is a points file."""
    places = [f"points/{amounts}" for amounts in AMOUNTS]
    return {
        name: built("sarthe", {f"{place}/{name}": name for place in ["rosters", *places]}) for name in HEADING_LINES
    }


@pytest.fixture(scope="module")
def conventions(built: Built) -> Warehouse:
    """The large grants of the Sarthe: an .xls with title rows."""
    return built("sarthe-progos", both_ways("72-sarthe-progos-2018.xls"))


@pytest.fixture(scope="module")
def mayenne(built: Built) -> Warehouse:
    """The Mayenne: two workbooks whose headings differ."""
    return built("mayenne", both_ways("53-mayenne-2018-12.xlsx") | both_ways("53-mayenne-2019-10.xlsx"))


@pytest.fixture(scope="module")
def loire_atlantique(built: Built) -> Warehouse:
    """Loire-Atlantique: eleven years of grants by year."""
    return built("loire-atlantique", both_ways("44-loire-atlantique.csv"))


@pytest.fixture(scope="module")
def medicines(built: Built) -> Warehouse:
    """The public list of medicines: no heading line, cp1252; as of the last day in it."""
    return built("bdpm", both_ways("bdpm-cis.txt", "bdpm-cis-2016-12-16.txt"))


@pytest.mark.parametrize("amounts", AMOUNTS)
def test_the_csv_file_and_the_workbook_of_the_sarthe_give_the_same_lines(
    sarthe: dict[str, Warehouse], amounts: str
) -> None:
    accepted, refused = [], []
    for name, warehouse in sarthe.items():
        of_file = f"join raw_file using (file_id) where file like 'points/{amounts}/%' order by line"
        row = f"line - {HEADING_LINES[name]} as row"
        accepted.append(warehouse.rows(f"select {row}, {GRANT} from point_ledger {of_file}"))
        refused.append(warehouse.rows(f"select {row}, reject_reason from reject {of_file}"))
    assert accepted[0]
    assert accepted[0] == accepted[1]
    assert refused[0] == refused[1]


def test_the_csv_file_and_the_workbook_of_the_sarthe_give_the_same_partners(sarthe: dict[str, Warehouse]) -> None:
    partners = [warehouse.rows("select * from roster_history order by partner_id") for warehouse in sarthe.values()]
    assert partners[0]
    assert partners[0] == partners[1]


@pytest.mark.parametrize("name", HEADING_LINES)
def test_the_amounts_of_the_sarthe_come_to_the_published_totals(sarthe: dict[str, Warehouse], name: str) -> None:
    assert table(sarthe[name], """
        select split_part(file, '/', 2) as amounts, lines_in_file as lines, accepted, points_accepted, points_in_file
        from reconciliation where file like 'points/operating/%' or file like 'points/investment/%' order by file desc
    """) == drawn("""
        amounts    | lines | accepted | points_accepted | points_in_file
        operating  | 1625  | 1565     | 6965886.60      | 6965886.60
        investment | 1625  | 44       | 650760.52       | 650760.52
    """)  # fmt: skip


@pytest.mark.parametrize(("name", "line"), [("72-sarthe-2018.csv", 1628), ("72-sarthe-2018.xlsx", 1623)])
def test_the_one_spoiled_amount_of_the_sarthe_is_refused_with_its_place_and_text(
    sarthe: dict[str, Warehouse], published: Path, name: str, line: int
) -> None:
    refused = sarthe[name].rows("""
        select file, line, reject_reason, raw from reject join raw_file using (file_id)
        where kind = 'points' and reject_reason <> 'points is empty'
    """)
    [as_published] = [(at, text) for at, text in lines_of(published / name) if "82 584,28" in text]
    sheet = " [Feuil1]" if name.endswith("xlsx") else ""
    assert refused == [
        (
            f"points/operating/{name}{sheet}",
            line,
            "points is not a number of at most two decimals: N                 82 584,28",
            as_published[1],
        )
    ]
    assert as_published[0] == line


def test_the_workbook_of_the_sarthe_holds_its_table_twice_and_is_refused_until_the_contract_names_a_sheet(
    published: Path, home: Home
) -> None:
    contracts = contracts_of("sarthe").replace('sheets = "Feuil1"\n', "")
    name = "72-sarthe-2018.xlsx"
    lay_in(home, contracts, {f"{place}/{name}": published / name for place in ("rosters", "points/operating")})
    with pytest.raises(PalierError) as refusal:
        ingest(home)
    of_points = next(line for line in str(refusal.value).splitlines() if "points/operating" in line)
    assert of_points == (
        f"data/raw/points/operating/{name}: the sheets Table 1 and Feuil1 each hold such a table, and reading both might "
        'count all twice. Say in contracts.toml which to read, for example sheets = ["2004*"].'
    )


def test_title_rows_above_a_table_are_no_lines_and_the_amounts_below_them_are_whole(conventions: Warehouse) -> None:
    assert table(conventions, "select * exclude (file_id, file) from reconciliation where kind = 'points'") == drawn("""
        kind   | lines_in_file | lines_checked | accepted | repeated | rejected | points_in_file | points_accepted | points_repeated | points_rejected
        points | 24            | 24            | 24       | 0        | 0        | 1778125.00     | 1778125.00      | 0.00            | 0.00
    """)  # fmt: skip
    assert table(conventions, """
        select line, entry_id, partner_id, earned_on, category, points from point_ledger where line in (5, 28) order by line
    """) == drawn("""
        line | entry_id | partner_id                  | earned_on  | category  | points
        5    | EC006599 | Le Mans Sarthe Basket (MSB) | 2018-03-15 | numéraire | 582500.00
        28   | AC004351 | Superforma                  | 2019-11-22 | numéraire | 47000.00
    """)  # fmt: skip


def test_the_workbooks_of_the_mayenne_come_to_the_published_total(mayenne: Warehouse) -> None:
    rows, points = GRANTS_OF_THE_MAYENNE + BLANK_ROWS, Decimal("38500088.02")
    of_points = "from reconciliation where kind = 'points'"
    assert mayenne.rows(f"select sum(lines_in_file), sum(points_in_file) {of_points}") == [(rows, points)]
    assert table(mayenne, f"select file, lines_in_file as lines, accepted, rejected {of_points} order by file") == drawn("""
        file                                    | lines | accepted | rejected
        points/53-mayenne-2018-12.xlsx [Feuil1] | 175   | 171      | 4
        points/53-mayenne-2019-10.xlsx [Feuil1] | 61    | 61       | 0
    """)  # fmt: skip


def test_the_rows_that_the_mayenne_left_blank_or_wrote_two_days_into_are_refused(mayenne: Warehouse) -> None:
    # the last two hold a 'non' and a share of 1 and nothing else: blank rows, as published
    assert table(mayenne, """
        select line, replace(reject_reason, chr(10), '⏎') as reject_reason, split_part(raw, chr(9), 8) as points
        from reject join raw_file using (file_id) where kind = 'points' order by line
    """) == drawn("""
        line | reject_reason                                                          | points
        51   | earned_on is not written yyyy-mm-dd: 2016-12-08⏎2017-06-19                 | 380450
        53   | earned_on is not written yyyy-mm-dd: 2016-12-09 et              2017-02-27 | 700000
        175  | partner_id is empty                                                    |
        176  | partner_id is empty                                                    |
    """)  # fmt: skip


def test_the_grants_of_loire_atlantique_come_to_the_published_total(loire_atlantique: Warehouse) -> None:
    assert table(loire_atlantique, """
        select lines_in_file, accepted, rejected, points_in_file from reconciliation where kind = 'points'
    """) == drawn("""
        lines_in_file | accepted | rejected | points_in_file
        18148         | 18027    | 121      | 506914236.63
    """)  # fmt: skip


def test_the_grants_of_loire_atlantique_without_an_id_or_an_amount_are_refused_each_for_its_reason(
    loire_atlantique: Warehouse,
) -> None:
    # two grants lack both, and are refused for the id: of the 91, as the raw text shows
    assert table(loire_atlantique, """
        select reject_reason, count(*) as grants, count(*) filter (split_part(raw, ';', 8) = '') as without_amount
        from reject join raw_file using (file_id) where kind = 'points' group by reject_reason order by reject_reason
    """) == drawn("""
        reject_reason       | grants | without_amount
        partner_id is empty | 91     | 2
        points is empty     | 30     | 30
    """)  # fmt: skip


def test_every_id_of_loire_atlantique_with_several_names_is_a_finding(loire_atlantique: Warehouse) -> None:
    # Counted are ids of two names that differ in any character once trimmed; lines without an id are no id of their own
    # (or it would be 1,164), and whether an empty name counts as one changes nothing. Without regard to spaces within
    # a name it would be 1,145.
    assert table(loire_atlantique, """
        select finding, count(*) as findings, count(distinct partner_id) as partners
        from finding where finding like '%names%' group by finding
    """) == drawn("""
        finding                       | findings | partners
        partner_id with several names | 1163     | 1163
    """)  # fmt: skip


def test_the_medicines_are_read_without_a_heading_line(medicines: Warehouse) -> None:
    assert table(medicines, "select kind, lines_in_file, accepted, rejected, points_accepted from reconciliation order by kind") == drawn("""
        kind   | lines_in_file | accepted | rejected | points_accepted
        points | 14442         | 14442    | 0        | 14442.00
        roster | 14442         | 14442    | 0        | 0.00
    """)  # fmt: skip
    assert medicines.rows("select distinct encoding from raw_file") == [("cp1252",)]


def test_every_medicine_has_the_day_of_its_authorisation(medicines: Warehouse) -> None:
    first_and_last = "count(*) as medicines, count(joined_on) as days, min(joined_on) as first, max(joined_on) as last"
    assert table(medicines, f"select {first_and_last} from roster_history") == drawn("""
        medicines | days  | first      | last
        14442     | 14442 | 1973-11-13 | 2016-12-16
    """)
    earned = "select min(earned_on) as first, max(earned_on) as last from point_ledger"
    assert table(medicines, earned) == drawn("""
        first      | last
        1973-11-13 | 2016-12-16
    """)


def test_the_curly_apostrophes_of_cp1252_are_read_as_such(medicines: Warehouse, published: Path) -> None:
    raw = (published / "bdpm-cis.txt").read_bytes()
    assert b"\x92" in raw
    [(apostrophes, others)] = medicines.rows(r"""
        select sum(len(name) - len(replace(name, '’', ''))), count(*) filter (regexp_matches(name, '[\x{80}-\x{9f}]'))
        from roster_history
    """)
    assert (apostrophes, others) == (raw.count(b"\x92"), 0)
    assert medicines.rows("select name from roster_history where partner_id = '66947007'") == [
        ("FERVEX ETAT GRIPPAL PARACETAMOL/VITAMINE C/PHENIRAMINE ADULTES SANS SUCRE, granulé pour solution buvable "
         "en sachet édulcoré à l’aspartam",)
    ]  # fmt: skip


def contracts_of(publisher: str) -> str:
    """The text of a contract."""
    return (CONTRACTS / f"{publisher}.toml").read_text(encoding="utf-8")


def both_ways(name: str, named: str = "") -> dict[str, str]:
    """One published file as roster and as points."""
    return {f"{folder}/{named or name}": name for folder in ("rosters", "points")}


def lay_in(home: Home, contracts: str, files: dict[str, Path]) -> None:
    """Write the contracts and copy the files (place below data/raw → file) into a home."""
    (home.root / "contracts.toml").write_text(contracts, encoding="utf-8")
    for place, file in files.items():
        (home.raw / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, home.raw / place)


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each physical line, or of each row of the sheet Feuil1 with its cells set apart by tabs."""
    if path.suffix == ".csv":
        yield from enumerate(re.split("\r\n|\n", path.read_bytes().decode("cp1252")), start=1)
        return
    rows = openpyxl.load_workbook(path, read_only=True)["Feuil1"].iter_rows(values_only=True)
    for number, cells in enumerate(rows, start=1):
        yield number, "\t".join("" if cell is None else str(cell) for cell in cells)
