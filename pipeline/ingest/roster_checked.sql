-- One row per line of a roster file: its typed values, and why it is refused (null = accepted).
with
in_our_notation as (
    select
        roster_text.*,
        case
            when style.dates = 'dd/mm/yyyy' and regexp_replace(joined_on_text, '^[0-9]{2}/[0-9]{2}/[0-9]{4}$', '') = ''
                then concat(substr(joined_on_text, 7, 4), '-', substr(joined_on_text, 4, 2), '-', substr(joined_on_text, 1, 2))
            when style.dates = 'yyyy-mm-dd' and regexp_replace(joined_on_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '') = ''
                then joined_on_text
        end as joined_on_iso,
        case
            when style.dates = 'dd/mm/yyyy' and regexp_replace(snapshot_on_text, '^[0-9]{2}/[0-9]{2}/[0-9]{4}$', '') = ''
                then concat(substr(snapshot_on_text, 7, 4), '-', substr(snapshot_on_text, 4, 2), '-', substr(snapshot_on_text, 1, 2))
            when style.dates = 'yyyy-mm-dd' and regexp_replace(snapshot_on_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '') = ''
                then snapshot_on_text
        end as snapshot_on_iso,
        coalesce(tier_value.ours, roster_text.tier_text) as tier,
        style.file_day
    from roster_text
    cross join style
    left join value_map as tier_value
        on tier_value.in_column = 'tier' and tier_value.theirs = roster_text.tier_text
),
typed as (
    select
        in_our_notation.*,
        try_cast(joined_on_iso as date) as joined_on,
        coalesce(try_cast(snapshot_on_iso as date), case when snapshot_on_text is null then file_day end) as snapshot_on
    from in_our_notation
),
judged as (
    select
        typed.*,
        case
            when has_open_quote then 'a quote is opened and not closed on this line'
            when fields <> headings
                then concat('the line has ', cast(fields as varchar), ' fields, the heading ', cast(headings as varchar))
            when partner_id is null then 'partner_id is empty'
            when snapshot_on is null and snapshot_on_text is null
                then 'snapshot_on is empty and the file name has no date'
            when snapshot_on is null then concat('snapshot_on is not a date: ', snapshot_on_text)
            when joined_on is null and joined_on_text is not null
                then concat('joined_on is not a date: ', joined_on_text)
            when joined_on < date '1900-01-01' or joined_on >= date '2200-01-01'
                then concat('joined_on is not within 1900 to 2199: ', joined_on_text)
            when snapshot_on < date '1900-01-01' or snapshot_on >= date '2200-01-01'
                then concat('snapshot_on is not within 1900 to 2199: ', coalesce(snapshot_on_text, cast(snapshot_on as varchar)))
        end as reject_reason
    from typed
)
select
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
    reject_reason,
    case when reject_reason is not null then raw end as raw
from judged
