-- One row per partner and spell of unchanged attributes, valid_from <= day < valid_to (null = still).
-- A partner missing from a snapshot has left on that day; equal snapshots in a row are one spell.
with
in_sequence as (
    select
        roster_line.*,
        snapshot.next_snapshot_on,
        lag(content) over of_partner as content_before,
        lag(snapshot.next_snapshot_on) over of_partner as expected_on
    from roster_line
    inner join snapshot on snapshot.snapshot_on = roster_line.snapshot_on
    window of_partner as (partition by roster_line.partner_id order by roster_line.snapshot_on)
),
with_spell as (
    select
        in_sequence.*,
        cast(sum(
            case when content_before = content and expected_on = snapshot_on then 0 else 1 end
        ) over (
            partition by partner_id order by snapshot_on rows between unbounded preceding and current row
        ) as bigint) as spell
    from in_sequence
)
select
    partner_id,
    min(snapshot_on) as valid_from,
    -- the newest snapshot has no next one, and stands still
    case when max(case when next_snapshot_on is null then 1 else 0 end) = 0 then max(next_snapshot_on) end as valid_to,
    min(name) as name,
    min(tier) as label,
    min(region) as region,
    min(city) as city,
    min(size_class) as size_class,
    min(primary_domain) as primary_domain,
    min(joined_on) as joined_on,
    min(contact) as contact,
    min(adviser) as adviser,
    min(account_manager) as account_manager,
    min(coordinator) as coordinator,
    min(technician) as technician,
    min(status) as status
from with_spell
group by partner_id, spell
