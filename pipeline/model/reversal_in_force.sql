-- One row per entry that is reversed on the day in question, as far as is known then.
select distinct
    reversal.reversed_entry_id,
    reversal.partner_id
from reversal
cross join question
where
    reversal.earned_on <= question.as_of
    and reversal.posted_on <= question.known_on
    and (reversal.superseded_on is null or reversal.superseded_on > question.known_on)
