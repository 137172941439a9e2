-- One row per version of an entry of a partner who is on a roster: what was earned when, known from posted_on
-- up to, not including, superseded_on (null = still the newest).
select
    point_checked.file_id,
    point_checked.line,
    point_checked.entry_id,
    point_checked.partner_id,
    point_checked.earned_on,
    point_checked.posted_on,
    entry_on_several_lines.superseded_on,
    point_checked.category,
    point_checked.activity,
    point_checked.domain,
    point_checked.points,
    point_checked.reverses,
    point_checked.file_day,
    entry_kind.kind_id
from point_checked
inner join entry_kind
    on
        coalesce(entry_kind.category, chr(1)) = coalesce(point_checked.category, chr(1))
        and coalesce(entry_kind.activity, chr(1)) = coalesce(point_checked.activity, chr(1))
        and coalesce(entry_kind.domain, chr(1)) = coalesce(point_checked.domain, chr(1))
left join entry_on_several_lines
    on
        entry_on_several_lines.file_id = point_checked.file_id
        and entry_on_several_lines.line = point_checked.line
where
    point_checked.reject_reason is null
    and point_checked.partner_id in (select partner_id from roster_history)
    and coalesce(entry_on_several_lines.is_repeated, false) = false
