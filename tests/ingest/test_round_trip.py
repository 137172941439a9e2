"""What is written in any dialect, encoding or format is read back equal."""

import csv
import gzip
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings, strategies
from ingested import engine, lines_of, load

from pipeline.base.home import Home
from pipeline.ingest.notation import SPACES

HEADINGS = ["partner_id", "domain", "earned_on", "points"]
DAY = date(2004, 1, 15)
# cp1252 text must not happen to be utf-8 as well, which letters alone never are
LETTERS = "aZ09 é;,|\t\"'\\#-"
TEXT = {
    "utf-8": LETTERS + "œ€ł\u2028\x85😀",
    "utf-8-sig": LETTERS + "œ€",
    "cp1252": LETTERS + "àçÉ",
    "utf-16": LETTERS + "œ€ł\u2028😀",
    "utf-16-le": LETTERS + "œ€ł",
    "utf-16-be": LETTERS + "œ€ł",
}
Entry = tuple[str, str, int]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def entries(letters: str, breaks: bool) -> strategies.SearchStrategy[list[Entry]]:
    """Partner, domain and hundredths; the domain may have a line break."""
    text = strategies.text(letters, max_size=8)
    domain = strategies.builds("{}\n{}".format, text, text) if breaks else strategies.nothing()
    return strategies.lists(strategies.tuples(text, text | domain, strategies.integers(-(10**6), 10**6)), max_size=12)


def in_points(hundredths: int) -> str:
    return f"{Decimal(hundredths).scaleb(-2):.2f}"


def read_back(home: Home, content: bytes, file: str) -> list[Entry]:
    """The entries of a file of which no line is refused."""
    [loaded] = load(home, content, file=file)
    assert loaded.rejected == 0
    rows = engine().rows(f"select partner_id, domain, earned_on, points from ({lines_of(home, loaded)}) order by line")
    assert all(day == DAY for _, _, day, _ in rows)
    return [(partner, domain or "", int(points * 100)) for partner, domain, _, points in rows]


def as_read(entry: Entry) -> Entry:
    partner, domain, hundredths = entry
    return f"P{partner}é", domain.strip(SPACES + "\n"), hundredths


@given(strategies.data())
@settings(max_examples=40)
def test_what_is_written_in_any_dialect_and_encoding_is_read_back_equal(
    home: Home, data: strategies.DataObject
) -> None:
    encoding = data.draw(strategies.sampled_from(sorted(TEXT)))
    delimiter = data.draw(strategies.sampled_from(";,\t|"))
    end = data.draw(strategies.sampled_from(["\n", "\r\n", "\r"]))
    written = data.draw(entries(TEXT[encoding], breaks=end != "\r"))
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        lineterminator=end,
        quoting=data.draw(strategies.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow(HEADINGS)
    writer.writerows([f"P{partner}é", domain, DAY, in_points(points)] for partner, domain, points in written)
    content = out.getvalue().encode(encoding)
    packed = data.draw(strategies.booleans())
    file = f"points/2004-03.csv{'.gz' if packed else ''}"
    assert read_back(home, gzip.compress(content) if packed else content, file) == list(map(as_read, written))


# A workbook and a Parquet file are read by a process of its own, which takes long: few, but large
MANY = strategies.lists(
    strategies.tuples(*[strategies.text(LETTERS + "œ€ł😀\n", max_size=8)] * 2, strategies.integers(-(10**6), 10**6)),
    min_size=100,
    max_size=200,
)  # fmt: skip


@given(written=MANY, days_as_text=strategies.booleans())
@settings(max_examples=3)
def test_what_is_written_in_a_workbook_is_read_back_equal(
    home: Home, tmp_path: Path, written: list[Entry], days_as_text: bool
) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for at, (partner, domain, points) in enumerate(written):
        shown = in_points(points) if at % 2 else points / 100
        book.active.append([f"P{partner}é", domain, DAY.isoformat() if days_as_text else DAY, shown])
        for cell in book.active[at + 2][:2]:
            cell.data_type = "s"
    book.save(tmp_path / "x.xlsx")
    found = read_back(home, (tmp_path / "x.xlsx").read_bytes(), "points/2004-03.xlsx")
    assert [(partner.split(), domain.split(), points) for partner, domain, points in found] == [
        (partner.split(), domain.split(), points) for partner, domain, points in map(as_read, written)
    ]


@given(written=MANY)
@settings(max_examples=3)
def test_what_is_written_in_parquet_is_read_back_equal(home: Home, tmp_path: Path, written: list[Entry]) -> None:
    columns = {"partner_id": "varchar", "domain": "varchar", "earned_on": "date", "points": "decimal(18, 2)"}
    rows = [(f"P{partner}é", domain, DAY, in_points(points)) for partner, domain, points in written]
    engine().put("to_write", columns, rows)
    engine().write(tmp_path / "x.parquet", "select * from to_write")
    found = read_back(home, (tmp_path / "x.parquet").read_bytes(), "points/2004-03.parquet")
    assert found == list(map(as_read, written))
