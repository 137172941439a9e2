-- One row per entry that counts at some step: its partner's number, its points in hundredths, and its first and last step.
with
reversed_first as (
    select
        reversal.reversed_entry_id,
        reversal.partner_id,
        min(reversal.earned_on) as reversed_on
    from reversal
    cross join question
    where
        reversal.posted_on <= question.known_on
        and (reversal.superseded_on is null or reversal.superseded_on > question.known_on)
    group by reversal.reversed_entry_id, reversal.partner_id
),
reversed_step as (
    select
        reversed_first.reversed_entry_id,
        reversed_first.partner_id,
        day_step.enters
    from reversed_first
    inner join day_step on day_step.earned_on = reversed_first.reversed_on and day_step.expiry = -1
)
select
    cast(partner_number.number as int) as number,
    cast(kind_step.kind as int) as kind,
    cast(point_ledger.points * 100 as bigint) as points,
    cast(day_step.enters as smallint) as enters,
    cast(case when reversed_step.enters < day_step.leaves then reversed_step.enters else day_step.leaves end as smallint) as leaves
from point_ledger
cross join question
inner join kind_step on kind_step.kind_id = point_ledger.kind_id
inner join day_step on day_step.earned_on = point_ledger.earned_on and day_step.expiry = kind_step.expiry
inner join partner_number on partner_number.partner_id = point_ledger.partner_id
left join reversed_step
    on
        reversed_step.reversed_entry_id = point_ledger.entry_id
        and reversed_step.partner_id = point_ledger.partner_id
where
    point_ledger.posted_on <= question.known_on
    and (point_ledger.superseded_on is null or point_ledger.superseded_on > question.known_on)
    and point_ledger.reverses is null
    and day_step.enters < day_step.leaves
    and (reversed_step.enters is null or day_step.enters < reversed_step.enters)
