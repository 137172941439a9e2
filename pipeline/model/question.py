"""What is asked: on which day, with the knowledge of which day, under the rules of which day."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.dates import day_before, day_or, months_before
from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme, Version

EVER = date(9999, 12, 31)
NEVER = date(1, 1, 1)


def question_on(as_of: str, known_on: str, newest: date) -> "Question":
    """The question that two written days ask; an empty as_of is the newest roster's day, an empty known_on all that is known."""
    return Question(day_or(newest, as_of, "--as-of") or newest, day_or(None, known_on, "--known-on"))


@dataclass(frozen=True)
class Question:
    """One question to a programme.

    as_of: entries earned up to and including this day count.
    known_on: nothing posted after this day is used, nor a later roster; None = all that the warehouse holds.
    rules_on: the day whose rules apply; None = as_of.
    """

    as_of: date
    known_on: date | None = None
    rules_on: date | None = None

    @property
    def roster_on(self) -> date:
        """The day whose roster is used."""
        return min(self.as_of, self.known_on or EVER)

    def version(self, programme: Programme) -> Version:
        """The version of the rules that applies."""
        return programme.version_on(self.rules_on or self.as_of)

    def window_after(self, version: Version) -> date:
        """The last day before the window: entries earned after it, up to as_of, count."""
        match version.window:
            case "all time":
                return NEVER
            case "calendar year":
                return day_before(date(self.as_of.year, 1, 1))
            case months:
                return months_before(self.as_of, months)

    def put_into(self, warehouse: Warehouse, version: Version) -> None:
        """The one-row table `question` that every measuring SELECT reads.

        Raises PalierError when no roster covers the day.
        """
        [(first, newest)] = warehouse.rows("select min(snapshot_on), max(snapshot_on) from snapshot")
        if first is None or self.roster_on < first:
            raise PalierError(f"no roster covers {self.roster_on}: the first snapshot is of {first}, the newest of {newest}. "
                              "Ask about a later day, or add an earlier roster to data/raw/rosters.")  # fmt: skip
        warehouse.put(
            "question",
            {"as_of": "date", "known_on": "date", "roster_on": "date", "after": "date"},
            [(self.as_of, self.known_on or EVER, self.roster_on, self.window_after(version))],
        )
