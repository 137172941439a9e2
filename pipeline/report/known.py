"""What the published warehouse knows that decides whether a report can run, and for whom."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import EngineError, Warehouse, quoted
from pipeline.ingest.load import mark_of
from pipeline.ingest.manifest import FOLDERS, manifest_path
from pipeline.ingest.opened import files_below
from pipeline.ledger.published import newest_posting, newest_roster
from pipeline.model.standing import GROUPS


@dataclass(frozen=True)
class Known:
    """points_to, roster_to: the days up to which there is data. spells: group → (value, from, until, None meaning still).

    unread: folder of data/raw → its files that are new or changed; without folders where the warehouse was made elsewhere.
    """

    build_id: str
    points_to: date | None
    roster_to: date | None
    spells: dict[str, list[tuple[str, date, date | None]]] = field(default_factory=dict)
    unread: dict[str, list[str]] = field(default_factory=dict)

    def values(self, group: str, on: date) -> list[str]:
        """The values that partners on the roster of a day have, by name."""
        return sorted({
            value for value, since, until in self.spells.get(group, ()) if since <= on and (until is None or on < until)
        })  # fmt: skip

    def ever(self) -> dict[str, set[str]]:
        """Group → every value that a partner ever had."""
        return {group: {value for value, *_ in spells} for group, spells in self.spells.items()}

    def missing(self, checks: list[str], on: date, may_lag_days: int) -> str:
        """Why the data are not ready to speak of a day, and what to do; empty when they are."""
        wanted = on - timedelta(days=may_lag_days)
        lag = f", {may_lag_days} days before as_of {on}" if may_lag_days else ""
        has = {"points cover as_of": ("points", self.points_to), "roster covers as_of": ("rosters", self.roster_to)}
        return "; ".join(
            f"{what} go to {newest or 'no day'}, wanted is {wanted}{lag}{self._next_step(what)}"
            for what, newest in (has[check] for check in dict.fromkeys(checks))
            if newest is None or newest < wanted
        )

    def _next_step(self, folder: str) -> str:
        if folder not in self.unread:
            return ""
        if not (files := self.unread[folder]):
            return f": put the file into data/raw/{folder} and run `palier run`"
        more = len(files) - 1
        others = f" and {more} more {'file' if more == 1 else 'files'} are" if more else " is"
        return f": data/raw/{files[0]}{others} not read yet; run `palier run`"


def known(home: Home) -> Known:
    """Read from the published warehouse. Points cover a day on which, or after which, an entry was posted."""
    with Warehouse.open(home.warehouse) as warehouse:
        [(build_id,)] = warehouse.rows("select build_id from build")
        spells = {
            group: warehouse.rows(
                f"select distinct {quoted(group)}, valid_from, valid_to from roster_history "
                f"where {quoted(group)} is not null order by all"
            )
            for group in GROUPS
        }
        return Known(build_id, newest_posting(warehouse), newest_roster(warehouse), spells, _unread(home))


def values_known(home: Home) -> dict[str, set[str]]:
    """Group → every value that a partner ever had; nothing where no warehouse can be read."""
    try:
        return known(home).ever() if home.warehouse.is_file() else {}
    except (PalierError, EngineError):
        return {}


def _unread(home: Home) -> dict[str, list[str]]:
    """Folder → its files that the last ingest did not read as they are now, by the marks that it left of each."""
    if not home.raw.is_dir():
        return {}
    unread: dict[str, list[str]] = {folder: [] for folder in FOLDERS}
    with suppress(
        OSError, PalierError, TypeError, ValueError, KeyError, AttributeError
    ):  # which `palier ingest` tells of
        read = json.loads(manifest_path(home).read_text(encoding="utf-8"))["files"]
        for folder, files in unread.items():
            for path in files_below(home.raw / folder):
                file = path.relative_to(home.raw).as_posix()
                # one that had just been written when it was read has no mark
                if file not in read or read[file]["mark"] not in ([], mark_of(path)):
                    files.append(file)
    return unread
