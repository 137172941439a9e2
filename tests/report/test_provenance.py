"""What a page says of the data that it rests on."""

from datetime import date

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.report.provenance import STALE_DAYS, WARNING, provenance


def test_data_that_end_long_before_the_day_are_said_to(home: Home) -> None:
    with Warehouse.open(home.warehouse) as warehouse:
        early, late = (provenance(home, warehouse, "P", "h", on) for on in (date(2004, 4, 1), date(2026, 4, 1)))
    assert early.newest and (early.known_on - early.newest).days <= STALE_DAYS
    assert early.warning() == WARNING
    assert late.newest and late.newest > early.newest
    assert f"The newest entry is of {late.newest}, 8,0" in late.warning() and WARNING in late.warning()
