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
    roster_history.status
from roster_history
cross join question
where
    roster_history.valid_from <= question.roster_on
    and (roster_history.valid_to is null or question.roster_on < roster_history.valid_to)
