"""A music shop's customers as partners: what they paid as points, or each day they bought as one point."""

import csv
from datetime import date, datetime
from pathlib import Path

from pipeline.base.home import Home, home_at
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build

DOLLARS = [("fifty", 50), ("hundred_twenty", 120)]
DAYS = [(f"days_{k}", k) for k in range(2, 11)]


def shop(published: Path, root: Path, by: str) -> Home:
    """A home with the customers, their purchases and a rulebook: by `dollars` or by `days`."""
    [file] = published.glob("*.txt")
    bought: dict[str, dict[date, float]] = {}
    for line in file.read_text().split("\n"):
        if fields := line.split():
            customer, day, paid = fields[0], fields[-3], fields[-1]
            mine = bought.setdefault(customer, {})
            on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            mine[on] = mine.get(on, 0.0) + float(paid)
    (root / "programmes").mkdir(parents=True)
    tiers = "".join(
        f'[[version.tier]]\nid = "{name}"\ntitle = "{name}"\nrequires = {{ points = {least} }}\nsource = "made for the test"\n'
        for name, least in (DOLLARS if by == "dollars" else DAYS)
    )
    (root / "programmes/shop.toml").write_text(
        'title = "A music shop"\nsummary = "Customers as partners."\n[[version]]\neffective = 1997-01-01\nstanding_by = "points"\nwindow = "all time"\n'
        f'source = "made for the test"\n{tiers}'
    )
    write(root / "data/raw/rosters/1997-01-01.csv", ["partner_id", "name", "joined_on"],
          [[customer, customer, min(days)] for customer, days in bought.items()])  # fmt: skip
    write(root / "data/raw/points/purchases.csv", ["entry_id", "partner_id", "earned_on", "posted_on", "points"], [
        [f"{customer}/{day}", customer, day, day, f"{paid:.2f}" if by == "dollars" else 1]
        for customer, days in bought.items() for day, paid in days.items()
    ])  # fmt: skip
    home = home_at(root)
    ingest(home)
    build(home, datetime(2026, 1, 1))
    return home


def write(path: Path, headings: list[str], rows: list[list[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
