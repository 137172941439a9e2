-- One row per version of an entry of a partner in question: results beyond the best of their stretch do not count.
with
in_stretch as (
    select
        entry_worth.file_id,
        entry_worth.line,
        entry_worth.partner_id,
        entry_worth.earned_on,
        entry_worth.posted_on,
        entry_worth.points,
        stretch.stretch,
        stretch.results,
        case when stretch.is_by_day then 0 else entry_worth.file_id end as result_file,
        case when stretch.is_by_day then 0 else entry_worth.line end as result_line
    from entry_worth
    inner join kind_rule on kind_rule.kind_id = entry_worth.kind_id
    inner join stretch
        on
            stretch.best = kind_rule.best
            and stretch.from_day <= entry_worth.earned_on
            and entry_worth.earned_on < stretch.until
    where entry_worth.not_counted_because is null
),
result as (
    select
        partner_id,
        stretch,
        results,
        earned_on,
        result_file,
        result_line,
        min(posted_on) as posted_on,
        cast(sum(points) as decimal(38, 2)) as points
    from in_stretch
    group by partner_id, stretch, results, earned_on, result_file, result_line
),
placed as (
    select
        partner_id,
        stretch,
        results,
        earned_on,
        result_file,
        result_line,
        row_number() over (
            partition by partner_id, stretch
            order by points desc nulls last, earned_on nulls last, posted_on, result_file nulls last, result_line nulls last
        ) as place
    from result
),
beyond as (
    select
        in_stretch.file_id,
        in_stretch.line
    from placed
    inner join in_stretch
        on
            in_stretch.partner_id = placed.partner_id
            and in_stretch.stretch = placed.stretch
            and in_stretch.earned_on = placed.earned_on
            and in_stretch.result_file = placed.result_file
            and in_stretch.result_line = placed.result_line
    where placed.place > placed.results
)
select
    entry_worth.file_id,
    entry_worth.line,
    entry_worth.entry_id,
    entry_worth.partner_id,
    entry_worth.earned_on,
    entry_worth.posted_on,
    entry_worth.category,
    entry_worth.activity,
    entry_worth.domain,
    entry_worth.points,
    entry_worth.kind_id,
    case
        when entry_worth.not_counted_because is not null then entry_worth.not_counted_because
        when beyond.line is not null then 'beyond the best results'
    end as not_counted_because
from entry_worth
left join beyond on beyond.file_id = entry_worth.file_id and beyond.line = entry_worth.line
