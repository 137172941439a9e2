"""Where the numbers of a page come from: build, inputs, rulebook, day."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

INVENTED = "Invented data in the shape of the founding case"


@dataclass(frozen=True)
class Provenance:
    """What a result rests on. inputs: raw file → SHA-256."""

    programme: str
    rulebook_hash: str
    as_of: date
    build_id: str
    palier: str
    engine: str
    inputs: dict[str, str]
    is_invented: bool

    def warning(self) -> str:
        """What a page says at its top when the data is invented; empty when it is not."""
        return f"{INVENTED}: no partner and no person here is real." if self.is_invented else ""

    def footer(self) -> str:
        """One line for the foot of a chart."""
        source = INVENTED if self.is_invented else "Source: rosters and points in data/raw"
        return f"{source} · as of {self.as_of} · build {self.build_id}"


def is_invented(home: Home) -> bool:
    """Whether the raw data says of itself that it is invented."""
    return (home.raw / "INVENTED.md").is_file()


def provenance(home: Home, warehouse: Warehouse, programme: str, rulebook_hash: str, as_of: date) -> Provenance:
    """Read from the published warehouse and the home."""
    [(build_id, palier, engine)] = warehouse.rows("select build_id, palier, engine from build")
    inputs = dict(warehouse.rows("select file, sha256 from raw_file order by file_id"))
    return Provenance(programme, rulebook_hash, as_of, build_id, palier, engine, inputs, is_invented(home))
