"""Formula 1: forecasts made in the middle of each season, of who has 50 and who has 120 points at its end.

Every season is forecast with what was known in its middle; the widths are learned from the seasons before it.
The drivers are those entered in a race or sprint of that season: all others of the roster are trivial.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.base.home import home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.model.programme import read_programme
from pipeline.outlook import draw, score
from pipeline.outlook.baseline import LOOK_ALIKES, NOTHING_NEW, RECENT_PACE
from pipeline.outlook.chance import learned
from pipeline.outlook.history import history, measured_for
from pipeline.outlook.past import HALF_YEAR, MODEL, OWN, Past, common_shock
from pipeline.outlook.rolling import all_chances

pytestmark = pytest.mark.outside

FROM = 1992  # since then every result has counted
THRESHOLDS = np.array([50, 120])
OWN_PACE = "own pace"
LOW, HIGH = 0.72, 0.90  # aims for the coverage of the 80 % interval
LEVEL = (0.1, 0.9)


class Season:
    """One season's forecast, what came, and who was entered in it."""

    def __init__(self, past: Past, draws: np.ndarray, entered: np.ndarray):
        self.past, self.entered = past, entered
        below, up_to = (draws < past.truth).mean(axis=0), (draws <= past.truth).mean(axis=0)
        inside = np.minimum(up_to, LEVEL[1]) - np.maximum(below, LEVEL[0])
        # the randomised PIT's chance to lie inside, rather than one throw of it. Shape: (tiers,)
        self.covered = np.clip(inside, 0, None) / np.maximum(up_to - below, 1e-12)
        self.covered = np.where(up_to > below, self.covered, (below > LEVEL[0]) & (below < LEVEL[1]))

    def squares(self, method: str) -> np.ndarray:
        came = self.past.came[:, None] > np.arange(len(THRESHOLDS))
        return (self.past.chances[method] - came)[self.entered].ravel() ** 2


@pytest.fixture(scope="module")
def seasons(outside_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> list[Season]:
    """The forecast of each season, in order."""
    published, root = outside_data("f1"), tmp_path_factory.mktemp("formula-one-outlook")
    results = [row for row in rows_of(published / "ledger_results.csv") if int(row["year"]) >= FROM]
    drivers = ([row["driver"], row["name"]] for row in rows_of(published / "drivers_roster.csv"))
    write_csv(root / "data/raw/rosters/1950-01-01.csv", ["partner_id", "name"], drivers)
    points = (
        ["/".join([row["race_id"], row["kind"], row["line"]]), row["driver"], row["date"], row["date"], row["points"]]
        for row in results
    )
    write_csv(root / "data/raw/points/results.csv", ["entry_id", "partner_id", "earned_on", "posted_on", "points"], points)  # fmt: skip
    home = home_at(root)
    ingest(home)
    build(home, datetime(2026, 1, 1))
    programme, _ = read_programme(home.file("programmes", "formula-one.toml"))
    races: dict[int, set[date]] = defaultdict(set)
    entered: dict[int, set[str]] = defaultdict(set)
    for row in results:
        entered[int(row["year"])].add(row["driver"])
        if row["kind"] == "race":
            races[int(row["year"])].add(date.fromisoformat(row["date"]))
    found: list[Season] = []
    with Warehouse.open(home.warehouse) as warehouse:
        for year, on_days in sorted(races.items()):
            days = sorted(on_days)
            origin, on = days[len(days) // 2 - 1], days[-1]
            version = programme.version_on(origin)
            now = history(warehouse, programme, origin, origin)
            base, _ = measured_for(warehouse, programme, on, origin, version)
            after, ids = measured_for(warehouse, programme, on, on, version)
            assert (ids == now.partner_ids).all()
            chances = all_chances(learned(now), base, on, seed=0)
            pace = base.metrics[:, 0] / 100 * len(days) / (len(days) // 2)
            chances[OWN_PACE] = (pace[:, None] >= THRESHOLDS).astype(float)
            past = Past(origin, on, chances, base.earned_rank, after.earned_rank)
            common = common_shock([season.past for season in found], past.days)
            shock = draw.shocks(common, OWN * np.sqrt(past.days / HALF_YEAR), len(THRESHOLDS), seed=year)
            draws = draw.counts_or_above(chances[MODEL], shock, seed=year)
            found.append(Season(past, draws, np.isin(ids.astype(str), sorted(entered[year]))))
    return found


def test_the_seasons_are_enough_to_tell_anything(seasons):
    assert len(seasons) >= 10
    assert sum(season.past.truth.sum() - season.past.nothing_new.sum() for season in seasons) >= 50


@pytest.mark.parametrize("baseline", [OWN_PACE, NOTHING_NEW, RECENT_PACE, LOOK_ALIKES])
def test_the_model_beats(seasons, baseline):
    by_model, by_baseline = (
        float(np.concatenate([season.squares(method) for season in seasons]).mean()) for method in (MODEL, baseline)
    )
    assert score.skill(by_model, by_baseline) > 0


def test_four_in_five_truths_are_in_the_80_percent_interval_as_far_as_so_few_seasons_tell(seasons):
    """The tiers of a season are no two observations, so that the error of the mean is that between seasons."""
    covered = np.array([season.covered.mean() for season in seasons])
    error = covered.std(ddof=1) / np.sqrt(len(covered))
    assert LOW - error <= covered.mean() <= HIGH + error, f"coverage {covered.mean():.3f} ± {error:.3f}"


def rows_of(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def write_csv(path: Path, headings: list[str], rows: Iterable[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
