"""A home with a warehouse of a few rows and tiny notebooks: all that a runner of reports needs to see."""

from datetime import date
from pathlib import Path

import nbformat

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse

MIME = "application/vnd.palier.report+json"
ABOUT = {
    "programme": "P", "rulebook_hash": "h", "known_on": "2004-04-01", "build_id": "b", "palier": "0", "engine": "e", "inputs": {},
    "is_invented": True, "headline": "All is well.", "subject": "",
}  # fmt: skip
SENTINEL = f"display({{{MIME!r}: {ABOUT!r}}}, raw=True)"
"""What report_complete shows, without the second that its imports take."""


def small_home(
    root: Path, posted_to: date = date(2026, 3, 31), regions: tuple[str, ...] = ("Bretagne", "Corse")
) -> Home:
    """Points up to a day, a roster of 1 March 2026 with one partner in each region."""
    home = Home(root.resolve())
    home.processed.mkdir(parents=True)
    with Warehouse.create(home.warehouse) as warehouse:
        warehouse.make("build", "select 'build-1' as build_id")
        warehouse.make("snapshot", "select date '2026-03-01' as snapshot_on, 1 as partners")
        warehouse.make(
            "point_ledger", "select cast($day as date) as posted_on, cast(null as date) as file_day", day=posted_to
        )
        warehouse.put("place", {"region": "varchar"}, [(region,) for region in regions])
        warehouse.make(
            "roster_history",
            "select region, 'Brest' as city, 'small' as size_class, 'x' as primary_domain, 'active' as status, "
            "'A' as adviser, 'B' as account_manager, 'gold' as label, date '2026-03-01' as valid_from, "
            "cast(null as date) as valid_to from place",
        )
    return home


def notebook(home: Home, name: str, *cells: str, parameters: str = 'as_of: str = ""  # the day') -> None:
    """A notebook of a few cells; the sentinel is the last of them unless it is left out with an empty cell."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}")])
    made.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in (*cells, SENTINEL)]
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = home.root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(made, path)


def orders(home: Home, text: str) -> None:
    """The home's reports.toml."""
    (home.root / "reports.toml").write_text(text, encoding="utf-8")
