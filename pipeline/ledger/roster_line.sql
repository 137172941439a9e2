-- One row per partner and snapshot: the line that speaks for the partner on that day.
select
    file_id,
    line,
    snapshot_on,
    partner_id,
    name,
    tier,
    region,
    city,
    size_class,
    primary_domain,
    joined_on,
    contact,
    adviser,
    account_manager,
    coordinator,
    technician,
    status,
    content
from roster_line_judged
where is_first
