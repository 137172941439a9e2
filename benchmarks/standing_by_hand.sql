-- One row per partner on the roster of $day: its points and tier as of that day, by what was known on that day.
with
reversed as (
    select distinct reversed_entry_id, partner_id
    from reversal
    where earned_on <= $day and posted_on <= $day and (superseded_on is null or superseded_on > $day)
),
total as (
    select point_ledger.partner_id, sum(point_ledger.points) as points
    from point_ledger
    left join reversed
        on
            reversed.reversed_entry_id = point_ledger.entry_id
            and reversed.partner_id = point_ledger.partner_id
    where
        point_ledger.earned_on <= $day
        and point_ledger.posted_on <= $day
        and (point_ledger.superseded_on is null or point_ledger.superseded_on > $day)
        and point_ledger.reverses is null
        and reversed.reversed_entry_id is null
    group by point_ledger.partner_id
)
select
    roster_history.* exclude (valid_from, valid_to),
    coalesce(total.points, 0) as points,
    case when total.points >= 120 then 'gold' when total.points >= 50 then 'certified' else 'none' end as tier
from roster_history
left join total on total.partner_id = roster_history.partner_id
where roster_history.valid_from <= $day and (roster_history.valid_to is null or $day < roster_history.valid_to)
