-- One row per partner on the roster and day of posting: the points that his entries brought, as far as is known.
select
    partner_row.number,
    point_ledger.posted_on,
    cast(sum(point_ledger.points) * 100 as bigint) as points
from point_ledger
cross join question
inner join partner_row on partner_row.partner_id = point_ledger.partner_id
left join reversal_in_force
    on
        reversal_in_force.reversed_entry_id = point_ledger.entry_id
        and reversal_in_force.partner_id = point_ledger.partner_id
where
    point_ledger.posted_on <= question.known_on
    and (point_ledger.superseded_on is null or point_ledger.superseded_on > question.known_on)
    and point_ledger.reverses is null
    and reversal_in_force.reversed_entry_id is null
group by partner_row.number, point_ledger.posted_on
