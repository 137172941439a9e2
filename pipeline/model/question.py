"""What is asked: on which day, with the knowledge of which day, under the rules of which day."""

from dataclasses import dataclass
from datetime import date

from pipeline.base.dates import anniversary, day_before, day_or, months_before
from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import Programme
from pipeline.model.version import Version

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
    closed_since: of personal years, measure those that ended after this day and up to as_of; None = those that run.
    """

    as_of: date
    known_on: date | None = None
    rules_on: date | None = None
    closed_since: date | None = None

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
            case int(months):
                return months_before(self.as_of, months)
            case [*seasons]:
                begun = [first for first in seasons if first <= self.as_of]
                return day_before(begun[-1]) if begun else NEVER
            case "calendar year" | "personal year":
                return day_before(date(self.as_of.year, 1, 1))
            case fiscal:
                return day_before(anniversary(self.as_of, int(fiscal[-5:-3]), int(fiscal[-2:])))

    def own_windows(self, version: Version, joined: list[date]) -> list[tuple[date, date, date]]:
        """joined_on, the last day before the window and its last day, where each partner has a window of his own.

        After the fact, `closed_since` asks for the personal years that have ended since that day, whole.
        """
        if version.window != "personal year":
            return []
        rows = []
        for day in joined:
            began = anniversary(self.as_of, day.month, day.day)
            if self.closed_since is None:
                rows.append((day, day_before(began), self.as_of))
            elif began > self.closed_since:
                rows.append((day, day_before(anniversary(day_before(began), day.month, day.day)), day_before(began)))
            else:
                rows.append((day, EVER, NEVER))
        return rows

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
            {"as_of": "date", "known_on": "date", "roster_on": "date", "after": "date", "track_by": "varchar"},
            [(self.as_of, self.known_on or EVER, self.roster_on, self.window_after(version), version.track_by)],
        )
