-- One row per partner on the roster, day of posting and pool: what his entries brought, as far as is known.
select
    partner_row.number,
    point_ledger.posted_on,
    kind_rule.pool,
    cast(sum(point_ledger.points) * 100 as bigint) as points,
    cast(count(*) as bigint) as entries,
    bit_or(kind_rule.domain_bit) as domain_bits,
    bit_or(kind_rule.category_bit) as category_bits,
    bit_or(kind_rule.activity_bit) as activity_bits
from point_ledger
cross join question
inner join kind_rule on kind_rule.kind_id = point_ledger.kind_id
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
group by partner_row.number, point_ledger.posted_on, kind_rule.pool
