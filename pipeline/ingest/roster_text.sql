-- One row per data line of a roster file (DuckDB only): its fields by our names, empty as null.
select
    line,
    raw,
    has_open_quote,
    len(fields) as fields,
    $headings as headings,
    nullif(fields[$snapshot_on], '') as snapshot_on_text,
    nullif(fields[$partner_id], '') as partner_id,
    nullif(fields[$name], '') as name,
    nullif(fields[$tier], '') as tier_text,
    nullif(fields[$region], '') as region,
    nullif(fields[$city], '') as city,
    nullif(fields[$size_class], '') as size_class,
    nullif(fields[$primary_domain], '') as primary_domain,
    nullif(fields[$joined_on], '') as joined_on_text,
    nullif(fields[$contact], '') as contact,
    nullif(fields[$adviser], '') as adviser,
    nullif(fields[$account_manager], '') as account_manager,
    nullif(fields[$coordinator], '') as coordinator,
    nullif(fields[$technician], '') as technician,
    nullif(fields[$status], '') as status
from split_line
