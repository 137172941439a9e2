-- One row per distinct combination of category, activity and domain among the entries: what rules tell entries apart by.
select
    cast(row_number() over (order by category nulls first, activity nulls first, domain nulls first) as integer) as kind_id,
    category,
    activity,
    domain
from (select distinct category, activity, domain from point_checked where reject_reason is null and partner_id in (select partner_id from roster_history)) as kind
