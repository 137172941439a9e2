-- One row per partner on the roster in question: its label and its metrics, points in hundredths.
with
total as (
    select
        entry_status.partner_id,
        cast(sum(entry_status.points) * 100 as bigint) as points,
        bit_or(coalesce(domain_bit.bit, cast(0 as bigint))) as domain_bits,
        cast(count(*) as bigint) as entries
    from entry_status
    left join domain_bit on domain_bit.domain = entry_status.domain
    where entry_status.not_counted_because is null
    group by entry_status.partner_id
)
select
    roster_in_question.partner_id,
    roster_in_question.label,
    coalesce(total.points, 0) as points,
    cast(coalesce(bit_count(total.domain_bits), 0) as bigint) as domains,
    coalesce(total.domain_bits, 0) as domain_bits,
    coalesce(total.entries, 0) as entries
from roster_in_question
left join total on total.partner_id = roster_in_question.partner_id
