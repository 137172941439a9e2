"""The record of one report of one period: the only memory of what is done, failed or left out."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from pipeline.base.files import write_whole
from pipeline.base.home import Home

Status = Literal["published", "failed", "waiting", "skipped"]


class Record(BaseModel):
    """What a newer version wrote in it beside these is left aside.

    page: its file's name without the period; tried_on: build, notebook and version that the attempts were made with.

    files, about: what readers see of this period and what it says of itself; after a failure that of the attempt before.
    peak_mb: the most memory that its kernel took. delivered: the places that have the page; delivery: which do not, and why.
    refusals, refused_with: how often a server refused it with the same settings on one day, and the hash of both.
    """

    report: str
    page: str
    period: date
    notebook: str
    parameters: dict[str, Any]
    audience: Literal["inside", "outside"] = "inside"
    status: Status
    failure: str = ""
    reason: str = ""
    kept: str = ""
    made_at: str
    seconds: float = 0.0
    peak_mb: float | None = None
    attempts: int = 0
    tried_on: list[str] = []
    files: list[str] = []
    about: dict[str, Any] = {}
    delivered: list[str] = []
    delivery: str = ""
    refusals: int = 0
    refused_with: str = ""

    @property
    def name(self) -> str:
        """The name of its files: page and period."""
        return f"{self.page}.{self.period}"

    @property
    def asked(self) -> tuple[str, dict[str, Any], str]:
        """What it was the answer to: notebook, parameters and audience."""
        return self.notebook, self.parameters, self.audience


def write_record(home: Home, record: Record) -> None:
    """Whole or not at all."""
    path = home.reports / "runs" / record.report / f"{record.name}.json"
    write_whole(path, json.dumps(record.model_dump(mode="json"), indent=2, ensure_ascii=False))


def forget(home: Home, record: Record) -> None:
    """Take a record away; its report is then as one that never ran."""
    (home.reports / "runs" / record.report / f"{record.name}.json").unlink(missing_ok=True)


def read_records(home: Home) -> list[Record]:
    """All readable records by page and period; one that was cut short is as good as none."""
    found = []
    for path in sorted((home.reports / "runs").glob("*/*.json")):
        try:
            found.append(Record.model_validate_json(path.read_bytes()))
        except (ValidationError, OSError):
            continue
    return sorted(found, key=lambda record: (record.page, record.period))


def newest_shown(records: Iterable[Record], today: date) -> dict[str, Record]:
    """Page → the record of its newest page that readers see. A period after `today` is a clock's mistake.

    records: by period, as `read_records` gives them.
    """
    return {record.page: record for record in records if record.files and record.period <= today}


def files_of(name: str, formats: Iterable[str]) -> dict[str, str]:
    """Format → the path of its file under the reports; the page last: when it is there, all is there."""
    places = {"ipynb": f"notebooks/{name}.ipynb", "pdf": f"{name}.pdf", "html": f"{name}.html"}
    return {kind: place for kind, place in places.items() if kind in formats}


def is_done(home: Home, record: Record | None, asked: tuple[str, dict[str, Any], str], formats: Iterable[str]) -> bool:
    """Whether it says that this very report was published, in these formats, and all that it published is there."""
    return (
        record is not None
        and record.status == "published"
        and record.asked == asked
        and {*files_of(record.name, formats).values()} <= {*record.files}
        and all((home.reports / file).is_file() for file in record.files)
    )
