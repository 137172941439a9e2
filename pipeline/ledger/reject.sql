-- One row per refused line of any raw file: where it stands, why it is refused, and its text as far as it is kept.
select
    file_id,
    line,
    reject_reason,
    raw
from point_checked
where reject_reason is not null
union all
select
    file_id,
    line,
    concat('partner_id is on no roster: ', partner_id) as reject_reason,
    raw
from point_checked
where reject_reason is null and partner_id not in (select partner_id from roster_history)
union all
select
    file_id,
    line,
    reject_reason,
    raw
from roster_checked
where reject_reason is not null
union all
select
    file_id,
    line,
    concat(
        'partner_id ', partner_id, ' is already in this snapshot with other content: line ',
        cast(first_line as varchar), ' of ', first_file
    ) as reject_reason,
    cast(null as varchar) as raw
from partner_on_several_lines
where not is_first and not says_the_same
