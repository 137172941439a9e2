-- One row per data line of a points file (DuckDB only): its fields by our names, empty as null.
select
    line,
    raw,
    has_open_quote,
    len(fields) as fields,
    $headings as headings,
    nullif(fields[$entry_id], '') as entry_id,
    nullif(fields[$partner_id], '') as partner_id,
    nullif(fields[$earned_on], '') as earned_on_text,
    nullif(fields[$posted_on], '') as posted_on_text,
    nullif(fields[$category], '') as category_text,
    nullif(fields[$activity], '') as activity_text,
    nullif(fields[$domain], '') as domain,
    nullif(fields[$points], '') as points_text,
    nullif(fields[$reverses], '') as reverses
from split_line
