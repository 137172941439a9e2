-- One row per entry that counts by its days alone, with its pool: what is added up where no entry depends on others.
select
    point_ledger.partner_id,
    point_ledger.points,
    kind_rule.pool,
    kind_rule.domain_bit,
    kind_rule.category_bit,
    kind_rule.activity_bit
from point_ledger
cross join question
inner join kind_rule on kind_rule.kind_id = point_ledger.kind_id
left join reversal_in_force
    on
        reversal_in_force.reversed_entry_id = point_ledger.entry_id
        and reversal_in_force.partner_id = point_ledger.partner_id
where
    point_ledger.posted_on <= question.known_on
    and (point_ledger.superseded_on is null or point_ledger.superseded_on > question.known_on)
    and point_ledger.earned_on <= question.as_of
    and point_ledger.earned_on > question.after
    and (kind_rule.expired_up_to is null or point_ledger.earned_on > kind_rule.expired_up_to)
    and point_ledger.reverses is null
    and reversal_in_force.reversed_entry_id is null
