"""Who serves whom: contacts, advisers, account managers, coordinators and technicians; 0 stands for nobody."""

from dataclasses import dataclass

import numpy as np

from pipeline.sample.months import APRIL_ROSTER, JANUARY_ROSTER, MARCH_ROSTER
from pipeline.sample.population import CERTIFIED, GOLD, PROSPECT, Population, scaled
from pipeline.sample.text import Whole
from pipeline.sample.words import ACCOUNT_MANAGERS, ADVISERS, COORDINATORS, FIRST_NAMES, SURNAMES, TECHNICIANS

CASE_ADVISED = 500
CASE_MANAGED_GOLD = 170
CASE_MANAGED_CERTIFIED = 80
CASE_MANAGED_AND_ADVISED = 40
CASE_WITHOUT_CONTACT = 9
CONTACT_SHARE_OF_PROSPECTS = 0.08


@dataclass(frozen=True)
class Services:
    """One row per partner of the population: the place of each person in the list of names, counted from 1."""

    contact: Whole
    adviser: Whole
    account_manager: Whole
    coordinator: Whole
    technician: Whole
    adviser_in_april: Whole

    def adviser_in(self, roster: int) -> Whole:
        """Advisers as of one roster: until January the first one works alone."""
        if roster < JANUARY_ROSTER:
            return np.where(self.adviser == 1, 1, 0)
        return self.adviser_in_april if roster == APRIL_ROSTER else self.adviser


def draw_services(partners: int, population: Population, generator: np.random.Generator) -> Services:
    """The people behind each partner, so that the facts of the case hold on the March roster."""
    people = len(population)
    in_march = population.listed_in(MARCH_ROSTER)
    gold = generator.permutation(np.flatnonzero(population.label == GOLD))
    certified = generator.permutation(np.flatnonzero(in_march & (population.label == CERTIFIED)))

    managed_certified = scaled(CASE_MANAGED_CERTIFIED, partners)
    both = scaled(CASE_MANAGED_AND_ADVISED, partners)
    managed = np.concatenate([gold[: scaled(CASE_MANAGED_GOLD, partners)], certified[:managed_certified]])
    start = managed_certified - both
    advised = generator.permutation(certified[start : start + scaled(CASE_ADVISED, partners)])
    adviser = _dealt(people, advised, len(ADVISERS))
    adviser_in_april = adviser.copy()
    readvised = advised[: scaled(6, partners)]
    adviser_in_april[readvised] = adviser[readvised] % len(ADVISERS) + 1

    contact = generator.integers(1, len(FIRST_NAMES) * len(SURNAMES) + 1, people)
    contact[(population.label == PROSPECT) & (generator.random(people) >= CONTACT_SHARE_OF_PROSPECTS)] = 0
    contact[certified[-scaled(CASE_WITHOUT_CONTACT, partners) :]] = 0

    gone = np.flatnonzero(~in_march & (population.label == CERTIFIED))
    return Services(
        contact=contact,
        adviser=adviser,
        account_manager=_dealt(people, managed, len(ACCOUNT_MANAGERS)),
        coordinator=_dealt(people, gold, len(COORDINATORS)),
        technician=_dealt(people, np.concatenate([generator.permutation(certified), gone]), len(TECHNICIANS)),
        adviser_in_april=adviser_in_april,
    )


def _dealt(people: int, partners: Whole, hands: int) -> Whole:
    """Each of the partners dealt to one of `hands` persons in turn, as evenly as can be."""
    dealt = np.zeros(people, dtype=np.int64)
    dealt[partners] = np.arange(len(partners)) % hands + 1
    return dealt
