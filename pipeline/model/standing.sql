-- One row per partner on the roster in question: who it is, what it earned, and the tier it holds.
select
    roster_in_question.partner_id,
    roster_in_question.name,
    roster_in_question.region,
    roster_in_question.city,
    roster_in_question.size_class,
    roster_in_question.primary_domain,
    roster_in_question.joined_on,
    roster_in_question.status,
    roster_in_question.contact,
    roster_in_question.adviser,
    roster_in_question.account_manager,
    roster_in_question.coordinator,
    roster_in_question.technician,
    nullif(measure.label, '') as label,
    cast(cast(measure.points as decimal(20, 2)) * 0.01 as decimal(18, 2)) as points,
    measure.domains,
    measure.domain_bits,
    measure.entries,
    cell_rank.tier_rank,
    cell_rank.earned_rank
from roster_in_question
inner join measure on measure.partner_id = roster_in_question.partner_id
inner join cell_rank
    on
        cell_rank.label = measure.label
        and cell_rank.points = measure.points
        and cell_rank.domains = measure.domains
