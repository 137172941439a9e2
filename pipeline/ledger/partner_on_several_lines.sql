-- One row per readable roster line of a partner who stands on several lines of one snapshot: whether it is the first,
-- or else whether it says the same as the first.
with
several_lines as (
    select snapshot_on, partner_id
    from roster_checked
    where reject_reason is null
    group by snapshot_on, partner_id
    having count(*) > 1
),
with_content as (
    select
        roster_checked.file_id,
        roster_checked.line,
        roster_checked.snapshot_on,
        roster_checked.partner_id,
        concat_ws(
            chr(31),
            coalesce(name, ''), coalesce(tier, ''), coalesce(region, ''), coalesce(city, ''), coalesce(size_class, ''),
            coalesce(primary_domain, ''), coalesce(cast(joined_on as varchar), ''), coalesce(contact, ''),
            coalesce(adviser, ''), coalesce(account_manager, ''), coalesce(coordinator, ''), coalesce(technician, ''),
            coalesce(status, '')
        ) as content
    from roster_checked
    inner join several_lines
        on
            several_lines.snapshot_on = roster_checked.snapshot_on
            and several_lines.partner_id = roster_checked.partner_id
    where roster_checked.reject_reason is null
),
beside_the_first as (
    select
        with_content.*,
        first_value(line) over in_snapshot as first_line,
        first_value(file_id) over in_snapshot as first_file_id,
        first_value(content) over in_snapshot as first_content
    from with_content
    window in_snapshot as (
        partition by snapshot_on, partner_id
        order by file_id, line
        rows between unbounded preceding and unbounded following
    )
)
select
    beside_the_first.file_id,
    beside_the_first.line,
    beside_the_first.partner_id,
    beside_the_first.first_line,
    raw_file.file as first_file,
    beside_the_first.file_id = first_file_id and line = first_line as is_first,
    content = first_content as says_the_same
from beside_the_first
inner join raw_file on raw_file.file_id = beside_the_first.first_file_id
