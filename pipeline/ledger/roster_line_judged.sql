-- One row per readable roster line: whether it is the first of its partner in that snapshot, and what the first says.
with
with_content as (
    select
        roster_checked.*,
        concat_ws(
            chr(31),
            coalesce(name, ''), coalesce(tier, ''), coalesce(region, ''), coalesce(city, ''), coalesce(size_class, ''),
            coalesce(primary_domain, ''), coalesce(cast(joined_on as varchar), ''), coalesce(contact, ''),
            coalesce(adviser, ''), coalesce(account_manager, ''), coalesce(coordinator, ''), coalesce(technician, ''),
            coalesce(status, '')
        ) as content
    from roster_checked
    where reject_reason is null
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
    beside_the_first.*,
    raw_file.file as first_file,
    beside_the_first.file_id = first_file_id and line = first_line as is_first
from beside_the_first
inner join raw_file on raw_file.file_id = beside_the_first.first_file_id
