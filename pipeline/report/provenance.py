"""Where the numbers of a page come from: build, inputs, rulebook, day."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

INVENTED = "Invented data in the shape of the founding case"
WARNING = f"{INVENTED}: no partner and no person here is real."


@dataclass(frozen=True)
class Provenance:
    """What a result rests on. known_on: nothing posted later is used; inputs: raw file → SHA-256."""

    programme: str
    rulebook_hash: str
    known_on: date
    build_id: str
    palier: str
    engine: str
    inputs: dict[str, str]
    is_invented: bool

    def warning(self) -> str:
        """What a page says at its top when the data is invented; empty when it is not."""
        return WARNING if self.is_invented else ""

    def footer(self) -> str:
        """One line for the foot of a chart."""
        source = INVENTED if self.is_invented else "Source: rosters and points in data/raw"
        return f"{source} · known on {self.known_on} · build {self.build_id}"


def provenance(home: Home, warehouse: Warehouse, programme: str, rulebook_hash: str, known_on: date) -> Provenance:
    """Read from the published warehouse and the home."""
    [(build_id, palier, engine)] = warehouse.rows("select build_id, palier, engine from build")
    inputs = dict(warehouse.rows("select file, sha256 from raw_file order by file_id"))
    return Provenance(programme, rulebook_hash, known_on, build_id, palier, engine, inputs, home.invented is not None)
