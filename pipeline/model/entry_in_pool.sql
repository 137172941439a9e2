-- One row per entry that counts, with its pool: what is added up where turns, best results or windows of one's own decide.
select
    entry_counted.partner_id,
    entry_counted.points,
    kind_rule.pool,
    kind_rule.domain_bit,
    kind_rule.category_bit,
    kind_rule.activity_bit
from entry_counted
inner join kind_rule on kind_rule.kind_id = entry_counted.kind_id
where entry_counted.not_counted_because is null
