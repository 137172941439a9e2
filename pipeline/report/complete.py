"""The last line of a report's notebook: the mark that it ran to its end, with what the published page says of itself."""

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.report.provenance import Provenance

MIME = "application/vnd.palier.report+json"


@dataclass(frozen=True, repr=False)
class Complete:
    """Shown as nothing; found by the runner."""

    about: dict[str, Any]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {MIME: self.about, "text/html": "<!-- report complete -->"}

    def __repr__(self) -> str:
        return "report complete"


def report_complete(source: Provenance, headline: str, subject: str = "") -> Complete:
    """The mark. headline: the page in one sentence, for the index; subject: what its title names after a colon."""
    days = {"known_on": source.known_on.isoformat(), "newest": source.newest.isoformat() if source.newest else ""}
    about = {**asdict(source), **days, "headline": headline, "subject": subject}
    return Complete(about)
