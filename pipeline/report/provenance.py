"""Where the numbers of a page come from: build, inputs, rulebook, day."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

INVENTED = "Invented data in the shape of the founding case"
WARNING = f"{INVENTED}: no partner and no person here is real."

STALE_DAYS = 45
"""Deliveries are monthly, and a fortnight late now and then."""


@dataclass(frozen=True)
class Provenance:
    """What a result rests on. known_on: nothing posted later is used; newest: when the last entry before that was posted.

    inputs: raw file → SHA-256.
    """

    programme: str
    rulebook_hash: str
    known_on: date
    build_id: str
    palier: str
    engine: str
    inputs: dict[str, str]
    is_invented: bool
    newest: date | None = None

    def warning(self) -> str:
        """What a page says at its top when the data is invented or ends long before it speaks; else empty."""
        age = (self.known_on - self.newest).days if self.newest else 0
        old = f"The newest entry is of {self.newest}, {age:,} days before {self.known_on}: what came since is not in these data."
        return " ".join([WARNING] * self.is_invented + [old] * (age > STALE_DAYS))

    def footer(self) -> str:
        """One line for the foot of a chart."""
        source = INVENTED if self.is_invented else "Source: rosters and points in data/raw"
        return f"{source} · known on {self.known_on} · build {self.build_id}"


def provenance(home: Home, warehouse: Warehouse, programme: str, rulebook_hash: str, known_on: date) -> Provenance:
    """Read from the published warehouse and the home."""
    [(build_id, palier, engine)] = warehouse.rows("select build_id, palier, engine from build")
    inputs = dict(warehouse.rows("select file, sha256 from raw_file order by file_id"))
    [(newest,)] = warehouse.rows(
        "select max(posted_on) from point_ledger where posted_on <= $known_on", known_on=known_on
    )
    invented = home.invented is not None
    return Provenance(programme, rulebook_hash, known_on, build_id, palier, engine, inputs, invented, newest)
