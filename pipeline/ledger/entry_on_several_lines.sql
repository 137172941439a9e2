-- One row per line of an entry_id that stands on several lines: whether it repeats the line before it,
-- or else when the next other version of the entry was posted (null = it is the newest).
-- The order of the lines is: posted, delivered, file, line.
with
several_lines as (
    select entry_id
    from point_checked
    where reject_reason is null and entry_id is not null
    group by entry_id
    having count(*) > 1
),
known_line as (
    select point_checked.*
    from point_checked
    inner join several_lines on several_lines.entry_id = point_checked.entry_id
    where
        point_checked.reject_reason is null
        and point_checked.partner_id in (select partner_id from roster_history)
),
with_content as (
    select
        known_line.*,
        concat_ws(
            chr(31),
            partner_id, cast(earned_on as varchar), coalesce(category, ''), coalesce(activity, ''),
            coalesce(domain, ''), cast(points as varchar), coalesce(reverses, '')
        ) as content
    from known_line
),
beside_the_line_before as (
    select
        with_content.*,
        lag(content) over of_entry as content_before
    from with_content
    window of_entry as (partition by entry_id order by posted_on, file_day nulls first, file_id, line)
),
judged as (
    select
        beside_the_line_before.*,
        coalesce(content = content_before, false) as is_repeated
    from beside_the_line_before
)
select
    file_id,
    line,
    entry_id,
    is_repeated,
    case
        when not is_repeated
            then lead(posted_on) over (
                partition by entry_id, is_repeated
                order by posted_on, file_day nulls first, file_id, line
            )
    end as superseded_on
from judged
