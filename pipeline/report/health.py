"""The page on the data itself: what came in, what was refused and why, what deserves a look."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipeline.base.errors import did_you_mean
from pipeline.base.home import home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ledger.published import days_covered, newest_posting, newest_roster, reconciliation, rejects
from pipeline.model.programme import Programme
from pipeline.model.question import Question
from pipeline.model.rulebooks import rulebook
from pipeline.model.standing import Standing, standing
from pipeline.report.fragment import KeyNumber, Opening, Sentences, Table
from pipeline.report.labels import unknown_labels
from pipeline.report.palette import DOWN, UP
from pipeline.report.provenance import Provenance, provenance
from pipeline.report.words import count, exact, many, percent

FIRST_ROWS = 50
FIRST_FINDINGS = 5
LAW = "The law: lines = accepted + repeated + rejected, for every file; points likewise. A build that breaks it is not published."


@dataclass(frozen=True)
class Health:
    """What a published warehouse says of its own data. newest: the day of the newest roster."""

    programme: Programme
    provenance: Provenance
    newest: date
    days: str
    files: pd.DataFrame
    rejects: pd.DataFrame
    findings: pd.DataFrame
    snapshots: pd.DataFrame
    months: pd.DataFrame
    standing: Standing
    entries_by_domain: dict[str, int]

    @property
    def known_on(self) -> date:
        """Nothing that the warehouse holds is posted later."""
        return self.provenance.known_on

    def footer(self) -> str:
        """The foot of a chart."""
        return self.provenance.footer()


def open_health(programme: str = "", home: str = "") -> Health:
    """Read the published warehouse of a home."""
    place = home_at(Path(home) if home else None)
    rules, rulebook_hash = rulebook(place, programme)
    with Warehouse.open(place.warehouse) as warehouse:
        newest = newest_roster(warehouse)
        posted = newest_posting(warehouse)
        source = provenance(place, warehouse, rules.title, rulebook_hash, max(newest, posted or newest))
        return Health(
            rules, source, newest, days_covered(warehouse), _by_file(warehouse), rejects(warehouse),
            warehouse.frame("select finding, partner_id, entry_id, since, fact from finding order by finding, since, partner_id"),
            warehouse.frame("select snapshot_on, partners from snapshot order by snapshot_on"),
            warehouse.frame(
                "select date_trunc('month', earned_on) as earned_in, cast(count(*) as bigint) as entries, "
                "cast(sum(points) as decimal(18, 2)) as points "
                "from point_ledger where superseded_on is null group by 1 order by 1"
            ),
            standing(warehouse, rules, Question(newest)),
            dict(warehouse.rows("select domain, count(*) from point_ledger where domain is not null group by 1 order by 1")),
        )  # fmt: skip


def _by_file(warehouse: Warehouse) -> pd.DataFrame:
    """The reconciliation; a roster holds no points, which is not the same as 0 points."""
    files = reconciliation(warehouse)
    rosters = [file for (file,) in warehouse.rows("select file from raw_file where kind = 'roster'")]
    points = [name for name in files.columns if name.startswith("points")]
    return files.astype(dict.fromkeys(points, object)).mask(
        files["file"].isin(rosters), files.assign(**dict.fromkeys(points))
    )


def opening(health: Health) -> Opening:
    """Lines in, lines kept, lines refused, findings."""
    lines, accepted, repeated, rejected = _sums(health)
    tiles = [
        KeyNumber("lines read", count(lines), f"{many(len(health.files), 'file')}"),
        KeyNumber("accepted", count(accepted), percent(accepted / max(lines, 1)), UP),
        KeyNumber("rejected", count(rejected), f"{count(repeated)} repeated", DOWN),
        KeyNumber("findings", count(len(health.findings)), "accepted, but look at them"),
    ]
    asked = f"{health.days[0].upper()}{health.days[1:]}."
    return Opening(
        tiles,
        [headline(health), *unknown_labels(health.standing), *unknown_domains(health)],
        asked,
        health.provenance.warning(),
    )


def unknown_domains(health: Health) -> list[str]:
    """One sentence per domain in the ledger that the rulebook, which names those that count, does not name."""
    known = health.programme.domains
    return [
        f'domain "{domain}" ({many(entries, "entry", "entries")}) is none that {health.programme.title} counts{did_you_mean(domain, known)}'
        for domain, entries in health.entries_by_domain.items()
        if known and domain not in known
    ]


def headline(health: Health) -> str:
    """The page in one sentence."""
    lines, accepted, repeated, rejected = _sums(health)
    return (
        f"{count(lines)} lines in {many(len(health.files), 'file')}: {count(accepted)} accepted, "
        f"{count(repeated)} repeated, {count(rejected)} rejected; {many(len(health.findings), 'finding')}."
    )


def _sums(health: Health) -> tuple[int, int, int, int]:
    lines, accepted, repeated, rejected = (
        int(health.files[n].sum()) for n in ("lines", "accepted", "repeated", "rejected")
    )
    return lines, accepted, repeated, rejected


def law(health: Health) -> Sentences:
    """The law of reconciliation, with the sums that show it."""
    lines, accepted, repeated, rejected = _sums(health)
    points = {
        name: health.files[name].sum() for name in ("points", "points_accepted", "points_repeated", "points_rejected")
    }
    return Sentences([
        LAW,
        f"Lines: {count(lines)} = {count(accepted)} + {count(repeated)} + {count(rejected)}. Points: {exact(points['points'])} = "
        f"{exact(points['points_accepted'])} + {exact(points['points_repeated'])} + {exact(points['points_rejected'])}.",
    ])  # fmt: skip


def file_table(health: Health) -> Table:
    """One row per raw file."""
    return Table(
        "Every line and every point of each file", health.files.rename(columns=lambda name: name.replace("_", " "))
    )


def reject_reasons(health: Health) -> pd.DataFrame:
    """Rejected lines per reason, without the value that is at fault."""
    reasons = (
        health.rejects["reason"]
        .str.split(":", n=1)
        .str[0]
        .str.replace(r"\b(has|in) (\d+)\b.*", r"\1 another number of fields", regex=True)
    )
    return reasons.value_counts().rename_axis("reason").rename("lines").reset_index()


def reject_table(health: Health) -> Table:
    """The refused lines."""
    return Table("Rejected lines", health.rejects, FIRST_ROWS, "palier rejects --output rejects.xlsx")


def finding_table(health: Health) -> Table:
    """How often each finding occurs."""
    counted = health.findings["finding"].value_counts().rename_axis("finding").rename("times").reset_index()
    return Table("Accepted, but worth a look", counted)


def first_findings(health: Health) -> Table:
    """The first few of each finding."""
    first = health.findings.groupby("finding", sort=True).head(FIRST_FINDINGS)
    return Table(f"The first {FIRST_FINDINGS} of each", first.rename(columns=lambda name: name.replace("_", " ")))
