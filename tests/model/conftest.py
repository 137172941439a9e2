import pytest

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import read_programme


@pytest.fixture
def warehouse(sample_home):
    """The published warehouse of the sample."""
    with Warehouse.open(sample_home.warehouse) as opened:
        yield opened


@pytest.fixture
def programme(sample_home):
    return read_programme(sample_home.file("programmes", "microsoft-france.toml"))[0]
