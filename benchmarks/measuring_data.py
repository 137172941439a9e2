"""What `benchmarks.measuring` measures: an invented programme and a million partners with their entries, made in the engine."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DOMAINS = [
    "Networking Infrastructure", "Advanced Infrastructure", "Security", "Integrated E-Business", "Business Intelligence",
    "Information Worker", "ISV/Software", "Learning", "Business Solutions", "OEM Hardware", "Licensing",
]  # fmt: skip
CATEGORIES = ["sales", "exam", "staff", "training", "marketing", "reference"]
PROGRAMME = """
title = "Measured"
summary = "Two caps, domains, a window of twelve months, one expiry."

[[version]]
effective = 2000-01-01
standing_by = "points"
window = 12
source = "invented"

[[version.cap]]
id = "training"
of.category = ["training"]
points = 60
source = "invented"

[[version.cap]]
id = "marketing"
of.category = ["marketing"]
points = 40
source = "invented"

[[version.expiry]]
id = "exam"
of.category = ["exam"]
months = 6
source = "invented"

[[version.tier]]
id = "registered"
title = "Registered"
requires.points = 60
source = "invented"

[[version.tier]]
id = "silver"
title = "Silver"
requires.points = 160
requires.domains = 3
source = "invented"

[[version.tier]]
id = "gold"
title = "Gold"
requires.points = 320
requires.domains = 5
source = "invented"
"""
TABLES = {
    "snapshot": """
        select unnest([date '2020-12-31', date '2022-06-30', date '2023-06-30']) as snapshot_on,
            unnest([date '2022-06-30', date '2023-06-30', null]) as next_snapshot_on, cast($partners as bigint) as partners
    """,
    # nine in ten stay as they are; of the others half leave, half get another label
    "roster_history": """
        with partner as (
            select range as number, drawn(range, 'fate', 20) as fate from range($partners)
        ),
        spell as (
            select number, date '2020-12-31' as valid_from, case when fate < 2 then date '2023-06-30' end as valid_to, 0 as spell from partner
            union all
            select number, date '2023-06-30', null, 1 from partner where fate = 1
        )
        select
            printf('FR%07d', number) as partner_id, valid_from, valid_to,
            'Société ' || number as name,
            [null, 'Registered', 'Silver', 'Gold'][drawn(number, spell, 4) + 1] as label,
            'Région ' || drawn(number, 'region', 22) as region,
            'Ville ' || drawn(number, 'city', 400) as city,
            ['small', 'medium', 'large'][drawn(number, 'size', 3) + 1] as size_class,
            $domains[drawn(number, 'primary', 11) + 1] as primary_domain,
            date '2010-01-01' + drawn(number, 'joined', 4000) as joined_on,
            'Contact ' || number as contact,
            'Adviser ' || drawn(number, 'adviser', 500) as adviser,
            'Manager ' || drawn(number, 'manager', 250) as account_manager,
            cast(null as varchar) as coordinator,
            'Technician ' || drawn(number, 'technician', 60) as technician,
            'active' as status
        from spell
        order by partner_id, valid_from
    """,
    "entry_kind": """
        select cast(row_number() over (order by category, activity, domain) as integer) as kind_id, category, activity, domain
        from (select unnest($categories) as category), (select unnest(['one', 'two']) as turn), (select unnest($domains) as domain),
            lateral (select category || ' ' || turn as activity)
    """,
    # three years in the order of posting; one entry in a hundred is corrected later, another one is reversed
    "point_ledger": """
        with entry as (
            select
                range as number,
                printf('E%09d', range) as entry_id,
                printf('FR%07d', cast(floor($partners * pow((drawn(range, 'partner', 1000003)) / 1000003, 1.3)) as bigint)) as partner_id,
                date '2021-01-01' + cast(range * 1095 // $entries as integer) as posted_on,
                drawn(range, 'late', 40) as days_late,
                cast(drawn(range, 'kind', 132) + 1 as integer) as kind_id,
                cast((drawn(range, 'points', 10000) + 1) / 100 as decimal(18, 2)) as points,
                case range % 100 when 7 then 'corrected' when 13 then 'reversed' end as fate
            from range($entries)
        ),
        version as (
            select number, entry_id, partner_id, posted_on - days_late as earned_on, posted_on,
                case when fate = 'corrected' then posted_on + 5 + days_late end as superseded_on,
                kind_id, points, cast(null as varchar) as reverses
            from entry
            union all
            select number, entry_id, partner_id, posted_on - days_late, posted_on + 5 + days_late, null, kind_id, points / 2, null
            from entry where fate = 'corrected'
            union all
            select number, 'R' || entry_id, partner_id, posted_on + 3 + days_late, posted_on + 5 + days_late, null, kind_id, -points, entry_id
            from entry where fate = 'reversed'
        )
        select
            cast(year(posted_on) * 12 + month(posted_on) - 2021 * 12 as integer) as file_id,
            row_number() over () + 1 as line,
            version.entry_id, version.partner_id, version.earned_on, version.posted_on, version.superseded_on,
            entry_kind.category, entry_kind.activity, entry_kind.domain, cast(version.points as decimal(18, 2)) as points,
            version.reverses, version.posted_on as file_day, version.kind_id
        from (from version order by posted_on, number) as version
        inner join entry_kind on entry_kind.kind_id = version.kind_id
    """,
    "reversal": """
        select reverses as reversed_entry_id, entry_id, partner_id, points, earned_on, posted_on, superseded_on
        from point_ledger
        where reverses is not null
    """,
}


def make(folder: Path, partners: int, entries: int) -> None:
    """The warehouse file with the tables that the model reads, and the same as Parquet; points in hundredths there."""
    from pipeline.base.warehouse import Warehouse

    given = {"partners": partners, "entries": entries, "domains": DOMAINS, "categories": CATEGORIES}
    beside = folder / "making.duckdb"
    beside.unlink(missing_ok=True)
    with Warehouse.create(beside) as warehouse:
        warehouse.run("create temporary macro drawn(number, word, most) as cast(hash(number, word) % most as integer)")
        for name, sql in TABLES.items():
            warehouse.make(name, sql, **{word: value for word, value in given.items() if f"${word}" in sql})
        warehouse.write(folder / "point_ledger.parquet",
            "select entry_id, partner_id, earned_on, superseded_on, category, domain, cast(points * 100 as bigint) as points, reverses "
            "from point_ledger")  # fmt: skip
        warehouse.write(folder / "reversal.parquet", "select * exclude (points) from reversal")
        warehouse.write(
            folder / "roster_history.parquet", "select partner_id, valid_from, valid_to from roster_history"
        )
        warehouse.run("checkpoint")
    beside.rename(folder / "warehouse.duckdb")


def rulebook() -> Any:
    from pipeline.model.programme import read_programme

    with TemporaryDirectory() as folder:
        file = Path(folder) / "measured.toml"
        file.write_text(PROGRAMME, encoding="utf-8")
        return read_programme(file)[0]
