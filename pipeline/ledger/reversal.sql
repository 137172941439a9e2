-- One row per version of an entry that cancels another: which one, from when it counts, and when it was known.
select
    reverses as reversed_entry_id,
    entry_id,
    partner_id,
    points,
    earned_on,
    posted_on,
    superseded_on
from point_ledger
where reverses is not null
