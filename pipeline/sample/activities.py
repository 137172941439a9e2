"""What earns points: one row per activity and value, as they appear in the files."""

from dataclasses import dataclass

import numpy as np

from pipeline.sample.text import table

DOMAINS = (
    "Networking Infrastructure",
    "Advanced Infrastructure",
    "Security",
    "Integrated E-Business",
    "Business Intelligence",
    "Information Worker",
    "ISV/Software",
    "Learning",
    "Business Solutions",
    "OEM Hardware",
    "Licensing",
)


@dataclass(frozen=True)
class Activity:
    """One way to earn points and what it brings."""

    category: str
    name: str
    points: int


ACTIVITIES = (
    Activity("Compétence", "Première compétence", 50),
    Activity("Compétence", "Compétence supplémentaire", 25),
    Activity("Référence client", "Référence client", 2),
    *(Activity("Personnel certifié", "Personne certifiée", points) for points in (1, 2, 3)),
    Activity("Conférence partenaires", "Participation à la conférence", 1),
    *(Activity("Enquête de satisfaction", "Enquête de satisfaction", points) for points in range(5, 45, 5)),
)

FIRST_COMPETENCY, FURTHER_COMPETENCY, REFERENCE = 0, 1, 2
STAFF_ONE, STAFF_TWO, STAFF_THREE = 3, 4, 5
CONFERENCE, SURVEY_FIVE = 6, 7

POINTS = np.array([activity.points for activity in ACTIVITIES])

CORRECTED = np.array([0, 1, 2, 4, 5, 3, 6, *range(8, 15), 13])
"""The activity a correction turns each activity into; a reference keeps its value and changes its domain."""

ACTIVITY_TEXTS = table(f"{activity.category};{activity.name}" for activity in ACTIVITIES)
DOMAIN_TEXTS = table(["", *DOMAINS])
POINT_TEXTS = table(f"{sign * activity.points},00" for sign in (1, -1) for activity in ACTIVITIES)
"""Earned values first, then the same activities reversed."""
