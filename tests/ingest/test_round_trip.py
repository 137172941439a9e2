"""What is written in any dialect is read back equal."""

import csv
import io
import itertools

import pytest
from hypothesis import given, strategies

from pipeline.base.home import PROJECT, Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.load import SPACES, load_file

CONTRACTS = read_contracts(PROJECT / "contracts.toml")
COUNTER = itertools.count()
HEADINGS = ["partner_id", "earned_on", "points", "domain"]
# cp1252 text must not happen to be utf-8 as well, which letters alone never are
LETTERS = "aZ09 é;,|\t\"'\\#-"
TEXT = {"utf-8": LETTERS + "œ€ł\u2028\x85😀", "utf-8-sig": LETTERS + "œ€", "cp1252": LETTERS + "àçÉ"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("home"))
    (made.raw / "points").mkdir(parents=True)
    made.lines.mkdir(parents=True)
    return made


@given(strategies.data())
def test_what_is_written_in_any_dialect_is_read_back_equal(home: Home, data: strategies.DataObject) -> None:
    encoding = data.draw(strategies.sampled_from(sorted(TEXT)))
    text = strategies.text(TEXT[encoding], max_size=8)
    hundredths = strategies.integers(-(10**6), 10**6)
    entries = data.draw(strategies.lists(strategies.tuples(text, hundredths, text), max_size=12))
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=data.draw(strategies.sampled_from(";,\t|")),
        lineterminator=data.draw(strategies.sampled_from(["\n", "\r\n", "\r"])),
        quoting=data.draw(strategies.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow(HEADINGS)
    writer.writerows(
        [f"P{partner}é", "2004-01-15", f"{points / 100:.2f}", domain] for partner, points, domain in entries
    )
    file = f"points/2004-03 {next(COUNTER)}.csv"
    (home.raw / file).write_bytes(out.getvalue().encode(encoding))

    loaded = load_file(home.raw, file, CONTRACTS, home.lines)

    with Warehouse.in_memory() as warehouse:
        read = warehouse.rows(
            "select partner_id, cast(points * 100 as bigint), coalesce(domain, ''), reject_reason "
            "from read_parquet($path) order by line",
            path=str(home.lines / loaded.folder / "checked.parquet"),
        )
    assert read == [(f"P{partner}é", points, domain.strip(SPACES), None) for partner, points, domain in entries]
