-- One row per finding: a line that was accepted although something about it deserves a look.
select
    'labelled partner without contact' as finding,
    roster_history.partner_id,
    cast(null as varchar) as entry_id,
    cast(roster_history.valid_from as varchar) as since,
    concat('label ', roster_history.label, ', no contact') as fact
from roster_history
-- a roster that names no contacts at all says nothing
cross join (select count(contact) as contacts from roster_history) as named
where named.contacts > 0 and roster_history.label is not null and roster_history.contact is null and roster_history.valid_to is null
union all
select distinct
    'entry_id that names more than one partner' as finding,
    corrected.partner_id,
    corrected.entry_id,
    cast(corrected.superseded_on as varchar) as since,
    concat('from then on of ', later.partner_id) as fact
from (select * from point_ledger where superseded_on is not null) as corrected
inner join (
    select * from point_ledger where entry_id in (select entry_id from point_ledger where superseded_on is not null)
) as later
    on
        later.entry_id = corrected.entry_id
        and later.posted_on = corrected.superseded_on
        and later.partner_id <> corrected.partner_id
union all
select
    'entry posted after its delivery' as finding,
    partner_id,
    entry_id,
    cast(posted_on as varchar) as since,
    concat('delivered by ', cast(file_day as varchar)) as fact
from point_ledger
where posted_on > file_day
union all
select distinct
    'left the roster by a refused line' as finding,
    roster_checked.partner_id,
    cast(null as varchar) as entry_id,
    cast(roster_checked.snapshot_on as varchar) as since,
    roster_checked.reject_reason as fact
from roster_checked
left join (
    select partner_id, snapshot_on
    from roster_line
    where partner_id in (select partner_id from roster_checked where reject_reason is not null)
) as spoken_for
    on
        spoken_for.partner_id = roster_checked.partner_id
        and spoken_for.snapshot_on = roster_checked.snapshot_on
where
    roster_checked.reject_reason is not null
    and spoken_for.partner_id is null
    and roster_checked.partner_id in (select partner_id from roster_history)
union all
select
    'entry before the partner joined' as finding,
    point_ledger.partner_id,
    point_ledger.entry_id,
    cast(point_ledger.earned_on as varchar) as since,
    concat('joined on ', cast(first_joined.joined_on as varchar)) as fact
from point_ledger
inner join (
    select partner_id, min(joined_on) as joined_on from roster_history group by partner_id
) as first_joined on first_joined.partner_id = point_ledger.partner_id
where point_ledger.earned_on < first_joined.joined_on
union all
select
    'entry earned after it was posted' as finding,
    partner_id,
    entry_id,
    cast(earned_on as varchar) as since,
    concat('posted on ', cast(posted_on as varchar)) as fact
from point_ledger
where earned_on > posted_on
union all
select
    'reversal of an entry that is not there' as finding,
    reversal.partner_id,
    reversal.entry_id,
    cast(reversal.posted_on as varchar) as since,
    concat('reverses ', reversal.reversed_entry_id) as fact
from reversal
left join (
    select distinct entry_id, partner_id
    from point_ledger
    where entry_id in (select reversed_entry_id from reversal)
) as reversed on reversed.entry_id = reversal.reversed_entry_id and reversed.partner_id = reversal.partner_id
where reversed.entry_id is null
union all
select distinct
    'reversal of a reversal, which brings nothing back' as finding,
    reversal.partner_id,
    reversal.entry_id,
    cast(reversal.posted_on as varchar) as since,
    concat('reverses ', reversal.reversed_entry_id) as fact
from reversal
inner join reversal as reversed
    on reversed.entry_id = reversal.reversed_entry_id and reversed.partner_id = reversal.partner_id
union all
select distinct
    'reversal of other points than the entry has' as finding,
    reversal.partner_id,
    reversal.entry_id,
    cast(reversal.posted_on as varchar) as since,
    concat(cast(reversal.points as varchar), ' reverses ', cast(reversed.points as varchar)) as fact
from reversal
inner join (
    select * from point_ledger where entry_id in (select reversed_entry_id from reversal) and superseded_on is null
) as reversed on reversed.entry_id = reversal.reversed_entry_id and reversed.partner_id = reversal.partner_id
where reversal.points <> 0 and reversal.points <> -reversed.points
union all
select
    'equal lines without entry_id' as finding,
    partner_id,
    cast(null as varchar) as entry_id,
    cast(earned_on as varchar) as since,
    concat(cast(count(*) as varchar), ' lines of ', cast(points as varchar), ' points, ', coalesce(activity, 'no activity')) as fact
from point_ledger
where entry_id is null
group by partner_id, earned_on, posted_on, category, activity, domain, points
having count(*) > 1
union all
select
    'partner_id with several names' as finding,
    partner_id,
    cast(null as varchar) as entry_id,
    cast(min(snapshot_on) as varchar) as since,
    concat(min(name), ' and ', max(name)) as fact
from roster_checked
where partner_id is not null and name is not null and snapshot_on is not null
group by partner_id
having min(name) <> max(name)
union all
select
    'gap in the months covered' as finding,
    cast(null as varchar) as partner_id,
    cast(null as varchar) as entry_id,
    cast(first_posted_on as varchar) as since,
    concat('months before without a posting: ', cast(month_number - month_before - 1 as varchar)) as fact
from (
    select
        first_posted_on,
        month_number,
        lag(month_number) over (order by month_number nulls last) as month_before
    from (
        select
            cast(substr(posted_month, 1, 4) as bigint) * 12 + cast(substr(posted_month, 6, 2) as bigint) as month_number,
            first_posted_on
        from (
            select substr(cast(posted_on as varchar), 1, 7) as posted_month, min(posted_on) as first_posted_on
            from point_ledger
            group by substr(cast(posted_on as varchar), 1, 7)
        ) as posted
    ) as numbered
) as beside_the_month_before
where month_number - month_before > 1
