from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from pipeline.base.home import Home, home_at
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.sample import write_sample

MADE_AT = datetime(2004, 4, 2, 9, 30)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small invented programme in which all of Bretagne has a hostile name."""
    root = tmp_path_factory.mktemp("home")
    raw = root / "data" / "raw"
    write_sample(raw, partners=600)
    for roster in (raw / "rosters").glob("*.csv"):
        lines = roster.read_bytes().decode("cp1252").split("\n")
        for place, line in enumerate(lines):
            fields = line.split(";")
            if len(fields) > 10 and any("Bretagne" in field for field in fields):
                fields[1] = HOSTILE
                lines[place] = ";".join(fields)
        roster.write_bytes("\n".join(lines).encode("cp1252"))
    made = home_at(root)
    ingest(made)
    build(made, MADE_AT)
    return made


@pytest.fixture
def notebook_at_home(tmp_path: Path, home: Home) -> Callable[..., Home]:
    """A home of its own around the same warehouse, with one tiny notebook called `tiny`."""

    def at_home(*cells: str) -> Home:
        processed = tmp_path / "data" / "processed"
        processed.mkdir(parents=True, exist_ok=True)
        if not (processed / "palier.duckdb").exists():
            (processed / "palier.duckdb").symlink_to(home.warehouse)
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Tiny")])
        notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, tmp_path / "notebooks" / "tiny.ipynb")
        return home_at(tmp_path)

    return at_home
