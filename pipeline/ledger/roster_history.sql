-- One row per partner and spell of unchanged attributes, valid_from <= day < valid_to (null = still).
-- A partner missing from a snapshot has left on that day; equal snapshots in a row are one spell.
with
in_sequence as (
    select
        roster_line.*,
        snapshot.next_snapshot_on,
        lag(roster_line.content) over of_partner as content_before,
        lag(snapshot.next_snapshot_on) over of_partner as expected_on
    from roster_line
    inner join snapshot on snapshot.snapshot_on = roster_line.snapshot_on
    window of_partner as (partition by roster_line.partner_id order by roster_line.snapshot_on)
),
with_first as (
    select
        in_sequence.*,
        case when content_before = content and expected_on = snapshot_on then 0 else 1 end as is_first
    from in_sequence
),
with_spell as (
    select
        with_first.*,
        cast(sum(is_first) over (
            partition by partner_id order by snapshot_on rows between unbounded preceding and current row
        ) as bigint) as spell
    from with_first
),
spell as (
    select
        partner_id,
        max(case when is_first = 1 then file_id end) as first_file_id,
        max(case when is_first = 1 then line end) as first_line,
        min(snapshot_on) as valid_from,
        -- the newest snapshot has no next one, and stands still
        case when max(case when next_snapshot_on is null then 1 else 0 end) = 0 then max(next_snapshot_on) end as valid_to
    from with_spell
    group by partner_id, spell
)
select
    spell.partner_id,
    spell.valid_from,
    spell.valid_to,
    roster_checked.name,
    roster_checked.tier as label,
    roster_checked.region,
    roster_checked.city,
    roster_checked.size_class,
    roster_checked.primary_domain,
    roster_checked.joined_on,
    roster_checked.contact,
    roster_checked.adviser,
    roster_checked.account_manager,
    roster_checked.coordinator,
    roster_checked.technician,
    roster_checked.status
from spell
inner join roster_checked
    on roster_checked.file_id = spell.first_file_id and roster_checked.line = spell.first_line
