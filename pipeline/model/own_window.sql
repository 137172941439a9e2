-- One row per partner on the roster in question who has a window of his own: the days between which entries count.
select
    roster_in_question.partner_id,
    joined_window.after,
    joined_window.up_to
from roster_in_question
inner join joined_window on joined_window.joined_on = roster_in_question.joined_on
