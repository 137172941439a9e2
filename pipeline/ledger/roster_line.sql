-- One row per partner and snapshot: the line that speaks for the partner on that day, and all it says as one text.
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
left join partner_on_several_lines
    on
        partner_on_several_lines.file_id = roster_checked.file_id
        and partner_on_several_lines.line = roster_checked.line
where roster_checked.reject_reason is null and coalesce(partner_on_several_lines.is_first, true)
