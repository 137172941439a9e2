-- One row per line of a points file: its typed values, and why it is refused (null = accepted).
with
in_our_notation as (
    select
        point_text.*,
        case
            when style.dates = 'dd/mm/yyyy' and regexp_replace(earned_on_text, '^[0-9]{2}/[0-9]{2}/[0-9]{4}$', '') = ''
                then concat(substr(earned_on_text, 7, 4), '-', substr(earned_on_text, 4, 2), '-', substr(earned_on_text, 1, 2))
            when style.dates = 'yyyy-mm-dd' and regexp_replace(earned_on_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '') = ''
                then earned_on_text
        end as earned_on_iso,
        case
            when style.dates = 'dd/mm/yyyy' and regexp_replace(posted_on_text, '^[0-9]{2}/[0-9]{2}/[0-9]{4}$', '') = ''
                then concat(substr(posted_on_text, 7, 4), '-', substr(posted_on_text, 4, 2), '-', substr(posted_on_text, 1, 2))
            when style.dates = 'yyyy-mm-dd' and regexp_replace(posted_on_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '') = ''
                then posted_on_text
        end as posted_on_iso,
        -- nearly all are written plainly; the others take the long way
        case
            when style.decimal_mark = ',' and regexp_replace(points_text, '^-?[0-9]+(,[0-9]{1,2})?$', '') = ''
                then replace(points_text, ',', '.')
            when style.decimal_mark = '.' and regexp_replace(points_text, '^-?[0-9]+([.][0-9]{1,2})?$', '') = ''
                then points_text
        end as points_plain,
        case
            when style.decimal_mark = ',' then translate(points_text, concat(',.', style.spaces), '.?   ')
            else translate(points_text, concat(',', style.spaces), '?   ')
        end as points_written,
        coalesce(category_value.ours, point_text.category_text) as category,
        coalesce(activity_value.ours, point_text.activity_text) as activity,
        style.file_day
    from point_text
    cross join style
    left join value_map as category_value
        on category_value.in_column = 'category' and category_value.theirs = point_text.category_text
    left join value_map as activity_value
        on activity_value.in_column = 'activity' and activity_value.theirs = point_text.activity_text
),
in_digits as (
    select
        in_our_notation.*,
        case when points_plain is null then replace(points_written, ' ', '') end as points_number,
        -- the digits before the point as zeros, without the groups of three that a space sets apart
        case
            when points_plain is null
                then replace(
                    translate(
                        substr(points_written, 1, coalesce(nullif(instr(points_written, '.'), 0) - 1, length(points_written))),
                        '123456789',
                        '000000000'
                    ),
                    ' 000',
                    ''
                )
        end as leading_group
    from in_our_notation
),
typed as (
    select
        in_digits.*,
        try_cast(earned_on_iso as date) as earned_on,
        coalesce(try_cast(posted_on_iso as date), case when posted_on_text is null then file_day end) as posted_on,
        case
            when points_plain is not null then try_cast(points_plain as decimal(18, 2))
            when
                (
                    instr(points_written, ' ') = 0
                    or (
                        leading_group in ('0', '00', '000', '-0', '-00', '-000')
                        and instr(substr(points_written, instr(concat(points_written, '.'), '.')), ' ') = 0
                    )
                )
                and translate(points_number, '0123456789', '') in ('', '.', '-', '-.')
                and (
                    instr(points_number, '.') = 0
                    or length(points_number) - instr(points_number, '.') between 1 and 2
                )
                then try_cast(points_number as decimal(18, 2))
        end as points
    from in_digits
),
judged as (
    select
        typed.*,
        case
            when has_open_quote then 'a quote is opened and not closed on this line'
            when fields <> headings
                then concat('the line has ', cast(fields as varchar), ' fields, the heading ', cast(headings as varchar))
            when partner_id is null then 'partner_id is empty'
            when earned_on_text is null then 'earned_on is empty'
            when earned_on is null then concat('earned_on is not a date: ', earned_on_text)
            when earned_on < date '1900-01-01' or earned_on >= date '2200-01-01'
                then concat('earned_on is not within 1900 to 2199: ', earned_on_text)
            when posted_on is null and posted_on_text is null then 'posted_on is empty and the file name has no date'
            when posted_on is null then concat('posted_on is not a date: ', posted_on_text)
            when posted_on < date '1900-01-01' or posted_on >= date '2200-01-01'
                then concat('posted_on is not within 1900 to 2199: ', posted_on_text)
            when points_text is null then 'points is empty'
            when points is null then concat('points is not a number of at most two decimals: ', points_text)
            when points <= -1000000000 or points >= 1000000000
                then concat('points is not within a thousand million: ', points_text)
        end as reject_reason
    from typed
)
select
    line,
    entry_id,
    partner_id,
    earned_on,
    posted_on,
    category,
    activity,
    domain,
    -- a value from a line with shifted fields says nothing
    case when fields = headings and not has_open_quote and points > -1000000000 and points < 1000000000 then points end as points,
    reverses,
    file_day,
    reject_reason,
    case when reject_reason is not null then raw end as raw
from judged
