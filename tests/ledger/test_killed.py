"""A run that is killed leaves the published file whole, and the next one succeeds with nothing cleaned by hand.

A few kills at fixed places; `python -m benchmarks.kills` makes hundreds, at random instants too.
"""

from collections.abc import Iterator

import pytest

from benchmarks.proving_ground import ProvingGround, Result, Worker, at_work, publish, strike

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> ProvingGround:
    return ProvingGround(tmp_path_factory.mktemp("ground"), partners=100)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with at_work() as [worker]:
        yield worker


@pytest.fixture(scope="module")
def operations(ground: ProvingGround, worker: Worker) -> int:
    """How many changes to files a run makes on a home where something is published."""
    publish(ground.home)
    ground.published = ground.give_next()
    return int(strike(ground.home, worker).out.splitlines()[-1])


@pytest.mark.parametrize("percent", [0, 20, 50, 70, 90, 100])
def test_a_run_killed_before_a_change_to_a_file_leaves_all_whole(
    ground: ProvingGround, worker: Worker, operations: int, percent: int
) -> None:
    result, variant = Result(), ground.give_next()
    hit = strike(ground.home, worker, die_at=max(1, operations * percent // 100))
    assert hit.code == -9
    ground.check_published(result, variant if hit.has_swapped else ground.published, hit.phase)
    publish(ground.home)
    ground.check_complete(result, variant, hit.phase)
    assert result.examples == []
