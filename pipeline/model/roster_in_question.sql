-- One row per partner on the roster of the day in question.
select
    roster_history.partner_id,
    roster_history.name,
    coalesce(roster_history.label, '') as label,
    roster_history.region,
    roster_history.city,
    roster_history.size_class,
    roster_history.primary_domain,
    roster_history.joined_on,
    roster_history.contact,
    roster_history.adviser,
    roster_history.account_manager,
    roster_history.coordinator,
    roster_history.technician,
    roster_history.status,
    track_word.track
from roster_history
cross join question
left join track_word
    on
        track_word.word = case question.track_by
            when 'region' then roster_history.region
            when 'city' then roster_history.city
            when 'size_class' then roster_history.size_class
            when 'primary_domain' then roster_history.primary_domain
            when 'status' then roster_history.status
        end
where
    roster_history.valid_from <= question.roster_on
    and (roster_history.valid_to is null or question.roster_on < roster_history.valid_to)
