-- One row per raw file: its data lines and points as read, and where each went; every line and point is in one place.
with
line_of_file as (
    select file_id, points, case when reject_reason is null then 1 else 0 end as is_readable
    from point_checked
    union all
    select file_id, cast(null as decimal(18, 2)) as points, case when reject_reason is null then 1 else 0 end as is_readable
    from roster_checked
),
in_file as (
    select file_id, cast(count(*) as bigint) as lines, cast(sum(points) as decimal(18, 2)) as points
    from line_of_file
    group by file_id
),
kept as (
    select file_id, cast(count(*) as bigint) as lines, cast(sum(points) as decimal(18, 2)) as points
    from (
        select file_id, points from point_ledger
        union all
        select file_id, cast(null as decimal(18, 2)) as points from roster_line
    ) as kept_line
    group by file_id
),
repeated as (
    select file_id, cast(count(*) as bigint) as lines, cast(sum(points) as decimal(18, 2)) as points
    from (
        select entry_on_several_lines.file_id, point_checked.points
        from entry_on_several_lines
        inner join point_checked
            on
                point_checked.file_id = entry_on_several_lines.file_id
                and point_checked.line = entry_on_several_lines.line
        where entry_on_several_lines.is_repeated
        union all
        select file_id, cast(null as decimal(18, 2)) as points
        from partner_on_several_lines
        where not is_first and says_the_same
    ) as repeated_line
    group by file_id
),
refused as (
    select reject.file_id, cast(count(*) as bigint) as lines, cast(sum(point_checked.points) as decimal(18, 2)) as points
    from reject
    left join point_checked on point_checked.file_id = reject.file_id and point_checked.line = reject.line
    group by reject.file_id
)
select
    raw_file.file_id,
    raw_file.file,
    raw_file.kind,
    raw_file.lines as lines_in_file,
    coalesce(in_file.lines, 0) as lines_checked,
    coalesce(kept.lines, 0) as accepted,
    coalesce(repeated.lines, 0) as repeated,
    coalesce(refused.lines, 0) as rejected,
    coalesce(in_file.points, cast(0 as decimal(18, 2))) as points_in_file,
    coalesce(kept.points, cast(0 as decimal(18, 2))) as points_accepted,
    coalesce(repeated.points, cast(0 as decimal(18, 2))) as points_repeated,
    coalesce(refused.points, cast(0 as decimal(18, 2))) as points_rejected
from raw_file
left join in_file on in_file.file_id = raw_file.file_id
left join kept on kept.file_id = raw_file.file_id
left join repeated on repeated.file_id = raw_file.file_id
left join refused on refused.file_id = raw_file.file_id
