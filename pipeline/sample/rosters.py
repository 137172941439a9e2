"""The seven monthly rosters, written from the population in chunks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.sample.activities import DOMAIN_TEXTS
from pipeline.sample.months import DAY_TEXTS, ROSTER_MONTHS
from pipeline.sample.population import PROSPECT, Population
from pipeline.sample.regions import REGIONS, SIZES
from pipeline.sample.services import Services
from pipeline.sample.text import Texts, Whole, glue, header, numbered, quoted, table
from pipeline.sample.words import (
    ACCOUNT_MANAGERS,
    ADVISERS,
    COMPANY_ENDS,
    COMPANY_PATTERNS,
    COMPANY_STARTS,
    COORDINATORS,
    FIRST_NAMES,
    NASTY_NAMES,
    SURNAMES,
    TECHNICIANS,
)

HEADER = (
    "Code partenaire;Raison sociale;Niveau;Région;Ville;Taille;Domaine principal;Date d'adhésion;Contact;Conseiller;"
    "Responsable de compte;Coordinateur technique;Technicien;Statut"
)
CHUNK = 50_000
MOST_CITIES = max(len(region.cities) for region in REGIONS)

LABEL_TEXTS = table(["", "Certifié", "Gold Certifié"])
REGION_TEXTS = table(region.name for region in REGIONS)
CITY_TEXTS = table(region.cities[place % len(region.cities)] for region in REGIONS for place in range(MOST_CITIES))
SIZE_TEXTS = table(SIZES)
PERSON_TEXTS = table(["", *(f"{first} {last}" for first in FIRST_NAMES for last in SURNAMES)])
ADVISER_TEXTS = table(["", *ADVISERS])
ACCOUNT_MANAGER_TEXTS = table(["", *ACCOUNT_MANAGERS])
COORDINATOR_TEXTS = table(["", *COORDINATORS])
TECHNICIAN_TEXTS = table(["", *TECHNICIANS])
STATUS_TEXTS = table(["Actif", "En sommeil"], end="\r\n")
NASTY_TEXTS = table(["", *(quoted(name) for name in NASTY_NAMES)])


def company_names() -> Texts:
    """Every company name there is to draw from."""
    stems = [start + end for start in COMPANY_STARTS for end in COMPANY_ENDS]
    return table(pattern.format(stem) for pattern in COMPANY_PATTERNS for stem in stems)


def write_rosters(
    folder: Path,
    population: Population,
    services: Services,
    generator: np.random.Generator,
    report: Callable[[int], None],
) -> int:
    """Write one file per month and say how many lines they hold, spoiled ones included."""
    names = company_names()
    people = len(population)
    name = np.resize(generator.permutation(len(names)), people)
    new_name = generator.integers(0, len(names), people)
    city = generator.integers(0, MOST_CITIES, people) * generator.integers(0, 2, people)
    renamed = generator.random(people) < 0.4
    domain_known = (population.label != PROSPECT) | (generator.random(people) < 0.3)
    code_width = max(5, len(str(population.code[-1])))
    lines = 0

    for roster, month in enumerate(ROSTER_MONTHS):
        listed = np.flatnonzero(population.listed_in(roster))
        adviser = services.adviser_in(roster)
        changed = population.changed_from <= roster
        with (folder / f"{month}.csv").open("wb") as file:
            file.write(header(HEADER))
            for start in range(0, len(listed), CHUNK):
                rows = listed[start : start + CHUNK]
                moved = (changed & ~renamed)[rows]
                fields = [
                    numbered("FR", population.code[rows], code_width),
                    _names(names, np.where(changed & renamed, new_name, name)[rows], population.nasty[rows]),
                    LABEL_TEXTS[population.label[rows]],
                    REGION_TEXTS[population.region[rows]],
                    CITY_TEXTS[population.region[rows] * MOST_CITIES + (city[rows] + moved) % MOST_CITIES],
                    SIZE_TEXTS[population.size[rows]],
                    DOMAIN_TEXTS[np.where(domain_known, population.domain + 1, 0)[rows]],
                    DAY_TEXTS[population.joined_on[rows]],
                    PERSON_TEXTS[services.contact[rows]],
                    ADVISER_TEXTS[adviser[rows]],
                    ACCOUNT_MANAGER_TEXTS[services.account_manager[rows]],
                    COORDINATOR_TEXTS[services.coordinator[rows]],
                    TECHNICIAN_TEXTS[services.technician[rows]],
                    STATUS_TEXTS[population.asleep[rows].astype(np.int64)],
                ]
                _spoil(fields, np.flatnonzero(population.spoiled_in[rows] == roster), roster)
                file.write(glue(fields))
                report(len(rows))
        lines += len(listed)
    return lines


def _names(names: Texts, name: Whole, nasty: Whole) -> Texts:
    drawn = names[name]
    return np.where(nasty > 0, NASTY_TEXTS[nasty], drawn)


def _spoil(fields: list[Texts], rows: Whole, first: int) -> None:
    """Break the given lines in turn, beginning with `first`: no code, a field missing, a day that never was."""
    damages = ((0, b";"), (5, b""), (7, b"31/02/2004;"))
    for turn, row in enumerate(rows, first):
        place, text = damages[turn % len(damages)]
        fields[place][row] = text
