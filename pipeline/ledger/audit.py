"""The laws that a warehouse must meet before it is published."""

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse

LAWS = {
    "every line of a file is accepted, repeated or rejected": """
        select file, concat(lines_in_file, ' lines, but ', accepted, ' + ', repeated, ' + ', rejected)
        from reconciliation
        where lines_in_file <> accepted + repeated + rejected or lines_in_file <> lines_checked
    """,
    "every point of a file is accepted, repeated or rejected": """
        select file, concat(points_in_file, ' points, but ', points_accepted, ' + ', points_repeated, ' + ', points_rejected)
        from reconciliation
        where points_in_file <> points_accepted + points_repeated + points_rejected
    """,
    "no partner has two spells at once": """
        select partner_id, concat('spell from ', valid_from, ' begins before the one before it ended')
        from (
            select partner_id, valid_from, lag(coalesce(valid_to, date '9999-12-31')) over (
                partition by partner_id order by valid_from
            ) as ended
            from roster_history
        )
        where valid_from < ended
    """,
    "every roster names a partner": """
        select file, 'no line of it was accepted, so that day would silently keep the roster before it'
        from reconciliation
        where kind = 'roster' and accepted + repeated = 0
        union all
        select distinct concat(raw_file.file, ', ', snapshot_on), 'no line of that day was accepted'
        from roster_checked
        inner join raw_file on raw_file.file_id = roster_checked.file_id
        where snapshot_on is not null and snapshot_on not in (select snapshot_on from snapshot)
    """,
}


def audit(warehouse: Warehouse) -> None:
    """Raise PalierError with the first breaches of the first law that does not hold."""
    for law, breaches in LAWS.items():
        found = warehouse.rows(f"{breaches} limit 5")
        if found:
            facts = "; ".join(f"{place}: {fact}" for place, fact in found)
            raise PalierError(f"not published: the law '{law}' does not hold ({facts}).")
