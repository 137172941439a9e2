-- One row per roster snapshot: its day and the day of the next one (null = the newest).
select
    snapshot_on,
    lead(snapshot_on) over (order by snapshot_on) as next_snapshot_on,
    partners
from (
    select
        snapshot_on,
        cast(count(*) as bigint) as partners
    from roster_line
    group by snapshot_on
) as by_day
