"""The opening history and the seven monthly point files, written stretch by stretch of partners."""

from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.sample.activities import ACTIVITIES, ACTIVITY_TEXTS, DOMAIN_TEXTS, POINT_TEXTS
from pipeline.sample.deliveries import Traits, in_order_of_delivery, with_accidents, with_entry_numbers, with_reversals
from pipeline.sample.lines import Lines, april_lines, drawn_lines, stacked, still_active, unknown_lines
from pipeline.sample.months import DAY_TEXTS, MONTH_STARTS, POINT_MONTHS
from pipeline.sample.population import Population
from pipeline.sample.spoil import spoil
from pipeline.sample.text import Texts, Whole, glue, header, numbered

HEADER = "N° écriture;Code partenaire;Date d'obtention;Date de saisie;Catégorie;Activité;Domaine;Points;Annule"
STRETCH = 200_000
SHORTEST_CODE, SHORTEST_ENTRY = 5, 7


def write_points(
    folder: Path,
    population: Population,
    counts: Whole,
    traits: Traits,
    seed: int,
    report: Callable[[int], None],
) -> int:
    """Write one file per month and say how many lines they hold; only one stretch of partners is held at a time."""
    per_partner = counts.sum(axis=1)
    done = np.concatenate([[0], np.cumsum(per_partner)])
    total = int(done[-1])
    borders = np.unique(np.searchsorted(done, np.arange(0, total + STRETCH, STRETCH)).clip(0, len(counts)))
    codes = _codes(population)
    entry_width = max(SHORTEST_ENTRY, len(str(total + traits.extra_lines())))
    used = written = 0

    with ExitStack() as open_files:
        files = [open_files.enter_context((folder / f"{month}.csv").open("wb")) for month in POINT_MONTHS]
        for file in files:
            file.write(header(HEADER))
        for stretch, (first, last) in enumerate(pairwise(borders)):
            generator = np.random.default_rng([seed, stretch])
            here = traits.portion(done[first] / total, done[last] / total)
            already_spoiled = round(traits.spoiled * done[first] / total)
            entries = [
                drawn_lines(population, int(first), counts[first:last], generator),
                april_lines(population, still_active(population, int(first), int(last)), here.april, generator),
                unknown_lines(len(population), here.unknown, generator),
            ]
            lines = with_entry_numbers(with_reversals(stacked(entries), here.reversals, generator), used)
            used += len(lines)
            lines = in_order_of_delivery(with_accidents(lines, here, already_spoiled, generator))
            edges = [0, *np.searchsorted(lines.delivered, MONTH_STARTS[1:]), len(lines)]
            for file, (start, end) in zip(files, pairwise(edges), strict=True):
                file.write(_text(lines.at(np.arange(start, end)), codes, entry_width))
            written += len(lines)
            report(len(lines))
    return written


def _codes(population: Population) -> Texts:
    """The partners' codes, and after them three that are on no roster."""
    gaps = np.setdiff1d(np.arange(1, population.code[-1]), population.code)
    unknown = gaps[[len(gaps) // 4, len(gaps) // 2, 3 * len(gaps) // 4]]
    width = max(SHORTEST_CODE, len(str(population.code[-1])))
    return numbered("FR", np.concatenate([population.code, unknown]), width)


def _text(lines: Lines, codes: Texts, entry_width: int) -> bytes:
    """The lines as bytes of a file."""
    reversed_here = lines.reverses > 0
    reverses = np.full(len(lines), b"\r\n", dtype=f"S{entry_width + 3}")
    reverses[reversed_here] = numbered("E", lines.reverses[reversed_here], entry_width, end="\r\n")
    fields = [
        numbered("E", lines.entry, entry_width),
        codes[lines.partner],
        DAY_TEXTS[lines.earned],
        DAY_TEXTS[lines.posted],
        ACTIVITY_TEXTS[lines.activity],
        DOMAIN_TEXTS[lines.domain],
        POINT_TEXTS[lines.activity + len(ACTIVITIES) * reversed_here],
        reverses,
    ]
    spoil(fields, lines.damage)
    return glue(fields)
