from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.sample import write_sample

settings.register_profile(
    "palier",
    deadline=None,
    derandomize=True,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("palier")


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """A real DuckDB, in memory."""
    with Warehouse.in_memory() as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home folder; contracts and rulebooks are the project's own."""
    return Home(tmp_path)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the default sample, built. Read it, do not write to it."""
    home = Home(tmp_path_factory.mktemp("sample"))
    write_sample(home.raw)
    ingest(home)
    build(home, datetime(2026, 1, 1, tzinfo=UTC))
    return home
