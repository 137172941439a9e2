-- One row per distinct combination of label and metrics, with the number of partners that share it.
select
    label,
    points,
    domains,
    cast(count(*) as bigint) as partners
from measure
group by label, points, domains
