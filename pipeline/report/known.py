"""What the published warehouse knows that decides whether a report can run, and for whom."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse, quoted
from pipeline.ledger.published import newest_posting, newest_roster
from pipeline.model.standing import GROUPS


@dataclass(frozen=True)
class Known:
    """points_to, roster_to: the days up to which there is data. spells: group → (value, from, until, None meaning still)."""

    build_id: str
    points_to: date | None
    roster_to: date | None
    spells: dict[str, list[tuple[str, date, date | None]]] = field(default_factory=dict)

    def values(self, group: str, on: date) -> list[str]:
        """The values that partners on the roster of a day have, by name."""
        return sorted({
            value for value, since, until in self.spells.get(group, ()) if since <= on and (until is None or on < until)
        })  # fmt: skip

    def ever(self) -> dict[str, set[str]]:
        """Group → every value that a partner ever had."""
        return {group: {value for value, *_ in spells} for group, spells in self.spells.items()}

    def missing(self, checks: list[str], on: date, may_lag_days: int) -> str:
        """Why the data are not ready to speak of a day; empty when they are."""
        wanted = on - timedelta(days=may_lag_days)
        has = {"points cover as_of": ("points", self.points_to), "roster covers as_of": ("rosters", self.roster_to)}
        for check in checks:
            what, newest = has[check]
            if newest is None or newest < wanted:
                lag = f", {may_lag_days} days before as_of {on}" if may_lag_days else ""
                return f"{what} go to {newest or 'no day'}, wanted is {wanted}{lag}"
        return ""


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
        return Known(build_id, newest_posting(warehouse), newest_roster(warehouse), spells)
