"""One raw file through `ingest`: `read` draws its lines as the ledger sees them, `refusal` gives the words that refuse it."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from drawn import given_file, table

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, exact_path, literal
from pipeline.ingest.contract import Contracts, Source
from pipeline.ingest.load import Loaded, load_file
from pipeline.ingest.mended import Mends

POINTS = "points/2004-03.csv"
ROSTER = "rosters/2004-03.csv"
HEADING = "partner_id,earned_on,points\n"
OF_KIND = {
    "points": ("entry_id", "partner_id", "earned_on", "posted_on", "category", "domain", "points"),
    "roster": ("snapshot_on", "partner_id", "name", "tier", "region", "joined_on"),
}
ALL_LINES = "line, partner_id, earned_on, points, reject_reason"


@cache
def engine() -> Warehouse:
    """One DuckDB for all tests of a process: to start one takes longer than to read a small file."""
    return Warehouse.in_memory()


def source(kind: str = "points", **keys: Any) -> Source:
    """A source of plain files (our own headings, ISO days, decimal points) but for the keys given."""
    plain = {
        "name": "plain",
        "kind": kind,
        "files": f"{'points' if kind == 'points' else 'rosters'}/*",
        "dates": "yyyy-mm-dd",
        "decimal": ".",
        "undated": "last" if kind == "points" else "first",
        "columns": {name: [name] for name in OF_KIND[kind]},
    }
    return Source.model_validate(plain | keys)


def contract(*sources: Source) -> Contracts:
    """Contracts of the sources given; of the two plain ones when none is."""
    return Contracts(source=list(sources) or [source(), source("roster")])


PLAIN = contract()
FRENCH = contract(
    source(
        dates="dd/mm/yyyy",
        decimal=",",
        columns={
            "partner_id": ["Code partenaire"],
            "earned_on": ["Date d'obtention"],
            "points": ["Points"],
            "domain": ["Domaine"],
        },
    )
)


def load(
    home: Home,
    content: str | bytes,
    contracts: Contracts = PLAIN,
    file: str = POINTS,
    encoding: str = "utf-8",
    mends: Mends | None = None,
) -> list[Loaded]:
    """What `load_file` makes of a file with this content: one entry per sheet."""
    given_file(home, file, content, encoding)
    return load_file(home.raw, file, contracts, home.lines, engine(), mends)


def lines_of(home: Home, loaded: Loaded) -> str:
    """A SELECT of the lines of one text: those that were judged, and those that are plain and were not judged."""
    parts = {Path(part).stem: literal(exact_path(home.lines / loaded.folder / part)) for part in loaded.parts}
    plain = (
        f"select file_row_number + {loaded.first_line} as line, * exclude (file_row_number, is_plain), "
        "cast(null as varchar) as reject_reason, cast(null as varchar) as raw, cast(null as date) as mended_on "
        f"from read_parquet({parts['plain']}, file_row_number = true) where is_plain"
    )
    if "judged" not in parts:
        return plain
    judged = f"read_parquet({parts['judged']})"
    return (
        f"select * from ({plain}) where line not in (select line from {judged}) "
        f"union all by name select * exclude (is_data) from {judged} where is_data"
    )


def drawn_lines(home: Home, loaded: Loaded, columns: str = ALL_LINES) -> str:
    """The lines of one text, drawn in their order."""
    return table(engine(), f"select {columns} from ({lines_of(home, loaded)}) order by line")


def read(
    home: Home,
    content: str | bytes,
    columns: str = ALL_LINES,
    *,
    contracts: Contracts = PLAIN,
    file: str = POINTS,
    encoding: str = "utf-8",
    mends: Mends | None = None,
) -> str:
    """The lines of a file with this content, drawn; the manifest's counts are held to them."""
    [loaded] = load(home, content, contracts, file, encoding, mends)
    [(lines, rejected)] = engine().rows(f"select count(*), count(reject_reason) from ({lines_of(home, loaded)})")
    assert (loaded.lines, loaded.rejected) == (lines, rejected)
    return drawn_lines(home, loaded, columns)


def refusal(
    home: Home, content: str | bytes, contracts: Contracts = PLAIN, file: str = POINTS, encoding: str = "utf-8"
) -> str:
    """The words with which a file with this content is refused as a whole."""
    with pytest.raises(PalierError) as error:
        load(home, content, contracts, file, encoding)
    said = str(error.value)
    assert said.startswith(f"data/raw/{file}")
    assert "\n" not in said
    return said.removeprefix(f"data/raw/{file}")
