"""The record of one report of one period: the only memory of what is done, failed or left out."""

import json
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from pipeline.base.document import Strict
from pipeline.base.files import write_whole
from pipeline.base.home import Home

Status = Literal["published", "failed", "waiting", "skipped"]


class Record(Strict):
    """page: its file's name without the period; tried_on: build, notebook and version that the attempts were made with.

    files, about: what readers see of this period and what it says of itself; after a failure that of the attempt before.
    peak_mb: the most memory that its kernel took. delivered: the places that have the page; delivery: which do not, and why.
    deliveries, delivered_by: how often that was tried with the same settings, and their hash.
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
    deliveries: int = 0
    delivered_by: str = ""

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


def is_done(home: Home, record: Record | None, asked: tuple[str, dict[str, Any], str]) -> bool:
    """Whether it says that this very report was published, and all that it published is there."""
    return (
        record is not None
        and record.status == "published"
        and record.asked == asked
        and bool(record.files)
        and all((home.reports / file).is_file() for file in record.files)
    )
