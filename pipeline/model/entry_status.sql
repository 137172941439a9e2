-- One row per version of an entry of a partner in question: why it does not count (null = it counts, as far as days tell).
select
    point_ledger.file_id,
    point_ledger.line,
    point_ledger.entry_id,
    point_ledger.partner_id,
    point_ledger.earned_on,
    point_ledger.posted_on,
    point_ledger.category,
    point_ledger.activity,
    point_ledger.domain,
    point_ledger.points,
    point_ledger.kind_id,
    case
        when point_ledger.posted_on > question.known_on then 'not yet known'
        when point_ledger.superseded_on <= question.known_on then 'superseded by a correction'
        when point_ledger.earned_on > coalesce(own_window.up_to, question.as_of) then 'earned later'
        when point_ledger.earned_on <= coalesce(own_window.after, question.after) then 'before the window'
        when point_ledger.earned_on <= kind_rule.expired_up_to then 'expired'
        when point_ledger.reverses is not null then 'cancels another entry'
        when reversal_in_force.reversed_entry_id is not null then 'reversed'
    end as not_counted_because
from point_ledger
cross join question
inner join kind_rule on kind_rule.kind_id = point_ledger.kind_id
left join own_window on own_window.partner_id = point_ledger.partner_id
left join reversal_in_force
    on
        reversal_in_force.reversed_entry_id = point_ledger.entry_id
        and reversal_in_force.partner_id = point_ledger.partner_id
