"""The law of the fast reading: it says the same as the full rules for every line, or it says nothing."""

import datetime
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given, settings, strategies
from ingested import HEADING, POINTS, ROSTER, contract, engine, lines_of, load, source

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest import typed
from pipeline.ingest.contract import REQUIRED, Contracts, Source
from pipeline.ingest.notation import SPACES
from pipeline.ingest.opened import Text
from pipeline.ingest.plain import write_no_lines
from pipeline.ingest.reading import Reading

Lines = tuple[list[tuple[object, ...]], tuple[int, int, str]] | str

# Cells in which an engine's reader and a careful clerk may see different things
DAYS = [
    "2004-01-15", "15/01/2004", "5/1/2004", "05/1/2004", "15/01/04", "2004-1-5", "20040115", "2004-01", "2004", "37987", "61",
    "15.01.2004", "2004-01-15T00:00:00", "2004-01-15T10:00:00", "2004-01-15Z", "01/01/1900", "31/12/2199", "01/01/2200", "31/12/1899",
    "1900-01-01", "0004-01-01", "+004-01-15", "15/01/-004", "2004-01-1e", "15/01/2004x", "29/02/2003", "00/01/2004", "99/99/9999",
    "1/5/20045", "001/1/2004", "294247-01-10", "2004-015", "2004-W01", "15//2004", "epoch", "infinity", "-infinity", "2004-01-15 00:00",
    "2004-01-15 10:00", " 2004-01-15", "2004-01-15 ", "1 /02/2004", "15/ 1/2004", "15/01/2 04", "\u0661\u0665/01/2004",
    "2004-1-5\x0b\x0b", "\x0c2004-01-15", "5/1/2004\x0c", "\x0b5/1/2004", "5/1/2004\x1f", "5/1/20\x0b04",
]  # fmt: skip
AMOUNTS = [
    "1", "2,50", "2.50", "-2,5", "-2.5", "1e3", "1E2", "0x10", "+5", "5-", ".5", ",5", "5.", "5,", "inf", "nan", "NaN", "-", "1_000",
    "1'000", "12,345", "12.345", "999999999.99", "1000000000", "007", "-0", "1,5,5", "1.5.5", "--1", "\u0661", "∞", "TRUE", "null",
    "2,50€", "1 555,00", "1\xa0555", "1\u202f555.5", "1 2", "1  555",
    "9" * 25, "9" * 41,
]  # fmt: skip
TEXTS = ["A", "B", "a b", " x", "x ", "\u00a0y", "é€œ", '12" s', "'", "\\", "\\N", "NULL", "#c", "\tt", "x\x0b", "\u2028", "\x85", "😀", "=1", "\x0c", "\x1c"]  # fmt: skip
ANY = strategies.text('0123456789,.-/ "\t\u00a0abeE_+x∞;|', max_size=8)
CELLS = {
    "earned_on": strategies.sampled_from(["2004-01-15", "15/01/2004", "5/1/2004", ""] * 8 + DAYS) | ANY,
    "posted_on": strategies.sampled_from(["", "2004-01-20", "20/01/2004"] * 8 + DAYS) | ANY,
    "points": strategies.sampled_from(["1", "2,50", "2.50"] * 8 + AMOUNTS) | ANY,
    "partner_id": strategies.sampled_from(["A", "B"] * 8 + TEXTS) | ANY,
    "domain": strategies.sampled_from(["", "x"] * 6 + TEXTS) | ANY,
}
CELLS |= {"joined_on": CELLS["posted_on"], "snapshot_on": CELLS["posted_on"], "tier": CELLS["domain"]}
NAMES = {
    "points": ["partner_id", "earned_on", "points", "posted_on", "domain"],
    "roster": ["partner_id", "joined_on", "snapshot_on", "tier"],
}
FILES = {"points": [POINTS, "points/new.csv"], "roster": [ROSTER]}
SENDERS = [
    source(),
    source(dates="dd/mm/yyyy", decimal=",", values={"domain": {"x": "mapped", "é€œ": "letters"}, "partner_id": {"A": "a"}}),
    source(dates=["d/m/yyyy", "yyyy-mm-dd"], decimal=",", split_decimals=True, undated="first"),
    source(dates=["yyyy-m-d", "dd.mm.yyyy", "excel"], required="domain"),
    source(dates=["dd/mm/yy", "yyyymmdd"], years_from=1950, constants={"category": "sale", "posted_on": datetime.date(2004, 4, 1)}),
    source(dates=["mm/dd/yyyy", "yyyy-mm"], decimal=",", units="€"),
    source(quotes=False, dates="dd/mm/yyyy", decimal=","),
    source("roster", dates=["dd/mm/yyyy", "yyyy-mm-dd"], values={"tier": {"x": "gold"}}),
    source("roster", dates="d/m/yyyy"),
]  # fmt: skip


ODD = [
    ["partner_id", "earned_on", "points", "posted_on", "domain"],
    *(["A", day, "1", "", "x"] for day in DAYS),
    *(["A", "2004-01-15", "1", day, "x"] for day in DAYS),
    *(["A", "2004-01-15", amount, "", "x"] for amount in AMOUNTS),
    *([text, "2004-01-15", "1", "", text] for text in TEXTS),
]


def without_fast_reading(engine: Warehouse, text: Text, reading: Reading, plain: object) -> np.ndarray:
    """All lines are read again."""
    write_no_lines(engine, reading, plain)  # type: ignore[arg-type]
    return np.arange(reading.first_line, text.lines + 1)


@strategies.composite
def files(draw: strategies.DrawFn) -> tuple[Source, str, str]:
    """A sender, the path of a file and its text: headings in any order, cells quoted or not, and lines that went wrong."""
    sender = draw(strategies.sampled_from(SENDERS))
    file = draw(strategies.sampled_from(FILES[sender.kind]))
    names = draw(strategies.permutations(NAMES[sender.kind]))
    names = [name for name in names if name in REQUIRED[sender.kind] or draw(strategies.booleans())]
    delimiter, end = draw(strategies.sampled_from(";,\t|")), draw(strategies.sampled_from(["\n", "\r\n"]))
    quoting, goes_wrong = draw(strategies.sampled_from(["where needed", "some", "all"])), draw(strategies.booleans())
    lines = [delimiter.join(names)]
    for _ in range(draw(strategies.integers(1, 8))):
        fields = []
        for name in names:
            cell = draw(CELLS[name])
            is_quoted = {"all": True, "some": not draw(strategies.integers(0, 3)), "where needed": delimiter in cell}
            if is_quoted[quoting]:
                cell = '"' + cell.replace('"', '""') + '"'
            fields.append(cell)
        match draw(strategies.integers(0, 19)) if goes_wrong else -1:
            case 0:
                fields.pop()
            case 1:
                fields += draw(strategies.sampled_from([[""], ["", " "], ["x"], ["50"]]))
            case 2:
                fields = draw(
                    strategies.sampled_from(
                        [
                            [],
                            [" "],
                            ["", "", ""],
                            ['"'],
                            ['""'],
                            ["\u00a0"],
                            ["torn"],
                            names,
                            [name.upper() for name in names],
                            [f"\ufeff{names[0]}", *names[1:]],
                        ]
                    )
                )
        lines.append(delimiter.join(fields))
    if goes_wrong and draw(strategies.booleans()):
        lines.insert(1, lines[-1].replace('"', "", 1))
    return sender, file, end.join(lines) + draw(strategies.sampled_from(["", end]))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    """One for files read as usual, one for files whose every line is read again."""
    return Home(tmp_path_factory.mktemp("usual")), Home(tmp_path_factory.mktemp("again"))


def lines_read(home: Home, content: str | bytes, contracts: Contracts, file: str) -> Lines:
    """Every value of every line, and the counts; or the words that refuse the file."""
    try:
        [loaded] = load(home, content, contracts, file)
    except PalierError as error:
        return str(error)
    rows = engine().rows(f"select * exclude (mended_on) from ({lines_of(home, loaded)}) order by line")
    return rows, (loaded.lines, loaded.rejected, loaded.points)


def read_both_ways(
    homes: tuple[Home, Home], content: str | bytes, contracts: Contracts, file: str
) -> tuple[Lines, Lines]:
    usual = lines_read(homes[0], content, contracts, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed, "_lines_to_read_again", without_fast_reading)
        return usual, lines_read(homes[1], content, contracts, file)


@given(drawn=files())
@settings(max_examples=30)
def test_the_fast_reading_says_what_the_full_rules_say(
    homes: tuple[Home, Home], drawn: tuple[Source, str, str]
) -> None:
    sender, file, content = drawn
    usual, again = read_both_ways(homes, content, contract(sender), file)
    assert usual == again


def test_every_odd_cell_is_read_alike_by_both(homes: tuple[Home, Home]) -> None:
    for sender in SENDERS[:-2]:
        for end in ("\n", "\r\n"):
            usual, again = read_both_ways(homes, end.join(map(";".join, ODD)), contract(sender), POINTS)
            assert usual == again


def test_every_odd_cell_of_a_workbook_is_read_alike_by_both(homes: tuple[Home, Home], tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(ODD):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    content = (tmp_path / "x.xlsx").read_bytes()
    for sender in SENDERS[1:3]:
        usual, again = read_both_ways(homes, content, contract(sender), "points/2004-03.xlsx")
        assert usual == again


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
def test_every_odd_text_between_quotes_is_read_alike_by_both(homes: tuple[Home, Home], delimiter: str) -> None:
    texts = [
        *TEXTS,
        *(f"{space}x" for space in SPACES[:2]),
        *(f"x{space}" for space in SPACES),
        "\t",
        " ",
        "a,b;c|d\te",
    ]
    lines = [["partner_id", "earned_on", "points", "domain"], *(["A", "2004-01-15", "1", text] for text in texts if "\r" not in text)]  # fmt: skip
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in line] for line in lines]
    usual, again = read_both_ways(homes, "\n".join(map(delimiter.join, quoted)), contract(), POINTS)
    assert usual == again
    rows, (_, rejected, _) = usual
    assert (len(rows), rejected) == (len(lines) - 1, 0)


def test_the_fast_reading_reads_what_is_plain(homes: tuple[Home, Home]) -> None:
    for quote in ("", '"'):
        row = ["A", "2004-01-15", "2.50", "x y"]
        content = "\n".join(
            f"{quote},{quote}".join(one).join([quote, quote])
            for one in [["partner_id", "earned_on", "points", "domain"], row, row]
        )
        [loaded] = load(homes[0], content)
        assert (loaded.parts, loaded.lines) == (["plain.parquet"], 2)


def test_a_line_that_is_not_plain_is_read_again_alone(homes: tuple[Home, Home]) -> None:
    content = HEADING + "A,2004-01-15,1\n" * 5 + "A,2004-01-15,1 000\n" + "A,2004-01-15,2\n" * 5
    [loaded] = load(homes[0], content)
    judged = homes[0].lines / loaded.folder / "judged.parquet"
    assert engine().rows("select line, points from read_parquet($path)", path=str(judged)) == [(7, 1000)]
