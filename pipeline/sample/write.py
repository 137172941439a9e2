"""Writes the whole invented programme: rosters, points, and a note that says that all of it is invented."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.errors import PalierError
from pipeline.base.files import make_folder
from pipeline.sample.deliveries import traits_for
from pipeline.sample.points import write_points
from pipeline.sample.population import draw_population
from pipeline.sample.rosters import write_rosters
from pipeline.sample.services import draw_services
from pipeline.sample.targets import draw_activities, draw_targets, resized

FEWEST_PARTNERS = 100
FEWEST_ENTRIES = 500
CASE_SPOILED_ROSTER_LINES = 3
NOTE = "INVENTED.md"


@dataclass(frozen=True)
class SampleSummary:
    """What was written: files with the note, lines without the headers, bytes of all files."""

    files: int
    roster_lines: int
    point_lines: int
    bytes: int


def write_sample(
    folder: Path,
    partners: int = 3000,
    entries: int | None = None,
    seed: int = 2004,
    progress: Callable[[int], None] | None = None,
) -> SampleSummary:
    """Write an invented partner programme as raw files into `folder`; the same arguments give the same bytes.

    `partners` counts the valid lines of the March roster. `entries` counts the lines of all point files; without it
    each partner has a natural number of entries. `progress` is called with the number of lines just written.
    """
    if partners < FEWEST_PARTNERS:
        raise PalierError(f"sample: {partners} partners are too few. Ask for {FEWEST_PARTNERS} or more.")
    if entries is not None and entries < FEWEST_ENTRIES:
        raise PalierError(f"sample: {entries} entries are too few. Ask for {FEWEST_ENTRIES} or more.")
    for name in ("rosters", "points"):
        if (folder / name).is_dir() and any((folder / name).iterdir()):
            raise PalierError(f"{folder}: already holds {name}. Give a folder without rosters and points.")
    report = progress or (lambda lines: None)
    people, activity, roster = (np.random.default_rng([seed, 0, part]) for part in range(3))

    spoiled = max(2, round(CASE_SPOILED_ROSTER_LINES * (partners / 3000) ** 0.5))
    population = draw_population(partners, spoiled, people)
    services = draw_services(partners, population, people)
    counts = draw_activities(draw_targets(population, services.account_manager > 0, activity), activity)
    traits = traits_for(entries if entries is not None else int(counts.sum()))
    if entries is not None:
        counts = resized(counts, entries - traits.extra_lines(), activity)

    for name in ("rosters", "points"):
        make_folder(folder / name)
    roster_lines = write_rosters(folder / "rosters", population, services, roster, report)
    point_lines = write_points(folder / "points", population, counts, traits, seed, report)
    (folder / NOTE).write_bytes(_note(partners, seed, roster_lines, point_lines).encode())
    written = [folder / NOTE, *(folder / "rosters").glob("*.csv"), *(folder / "points").glob("*.csv")]
    return SampleSummary(len(written), roster_lines, point_lines, sum(path.stat().st_size for path in written))


def _note(partners: int, seed: int, roster_lines: int, point_lines: int) -> str:
    return f"""# All of this is invented

No partner, person, point or service in these files is real. A program drew them in the shape of a partner programme in
France in the winter of 2004. Any likeness to a real company or person is chance.

| | |
|---|---|
| partners on the March 2004 roster | {partners} |
| roster lines, seven months | {roster_lines} |
| point lines, eight files | {point_lines} |
| seed | {seed} |

Some lines are spoiled, repeated, late, corrected or reversed on purpose, as in real deliveries.
"""
