-- One row per tier: how many partners on the roster of $day earn it. Corrections, reversals, a window, an expiry, two caps.
with
reversed as (
    select distinct reversed_entry_id, partner_id
    from reversal
    where earned_on <= $day and superseded_on is null
),
total as (
    select
        point_ledger.partner_id,
        coalesce(sum(point_ledger.points) filter (category not in ('training', 'marketing')), 0)
        + least(coalesce(sum(point_ledger.points) filter (category = 'training'), 0), 60)
        + least(coalesce(sum(point_ledger.points) filter (category = 'marketing'), 0), 40) as points,
        count(distinct domain) as domains
    from point_ledger
    left join reversed
        on
            reversed.reversed_entry_id = point_ledger.entry_id
            and reversed.partner_id = point_ledger.partner_id
    where
        point_ledger.earned_on > $after
        and point_ledger.earned_on <= $day
        and not (category = 'exam' and point_ledger.earned_on <= $expired)
        and point_ledger.superseded_on is null
        and point_ledger.reverses is null
        and reversed.reversed_entry_id is null
    group by point_ledger.partner_id
)
select
    case
        when total.points >= 320 and total.domains >= 5 then 'gold'
        when total.points >= 160 and total.domains >= 3 then 'silver'
        when total.points >= 60 then 'registered'
        else 'none'
    end as tier,
    count(*) as partners
from roster_history
left join total on total.partner_id = roster_history.partner_id
where roster_history.valid_from <= $day and (roster_history.valid_to is null or $day < roster_history.valid_to)
group by all
