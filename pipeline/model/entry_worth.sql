-- One row per version of an entry of a partner in question: with the points that its turn brings, where a rule says so.
with
in_turn as (
    select
        entry_status.file_id,
        entry_status.line,
        entry_status.entry_id,
        entry_status.partner_id,
        entry_status.earned_on,
        entry_status.posted_on,
        entry_status.category,
        entry_status.activity,
        entry_status.domain,
        entry_status.points,
        entry_status.kind_id,
        entry_status.not_counted_because,
        case when entry_status.not_counted_because is null then kind_rule.worth end as worth,
        row_number() over (
            partition by entry_status.partner_id, kind_rule.worth, entry_status.not_counted_because is null
            order by entry_status.earned_on nulls last, entry_status.posted_on, entry_status.file_id, entry_status.line
        ) as turn
    from entry_status
    inner join kind_rule on kind_rule.kind_id = entry_status.kind_id
)
select
    in_turn.file_id,
    in_turn.line,
    in_turn.entry_id,
    in_turn.partner_id,
    in_turn.earned_on,
    in_turn.posted_on,
    in_turn.category,
    in_turn.activity,
    in_turn.domain,
    coalesce(worth_in_turn.points, in_turn.points) as points,
    in_turn.kind_id,
    in_turn.not_counted_because
from in_turn
left join worth_in_turn
    on
        worth_in_turn.worth = in_turn.worth
        and worth_in_turn.first_turn <= in_turn.turn
        and in_turn.turn <= worth_in_turn.last_turn
