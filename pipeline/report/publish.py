"""An executed notebook as one self-contained page."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from pipeline.report.table import in_reading_order

HERE = Path(__file__).parent
PAGE_STYLE = (HERE / "page.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page_of(notebook: NotebookNode, about: Mapping[str, Any], made_at: str) -> str:
    """The HTML of a report: no code, no outside request. about: what the notebook's sentinel says."""
    facts = {"is_outside": False, **about, "made_at": made_at, "policy": POLICY, "style": PAGE_STYLE}
    html, _ = _exporter().from_notebook_node(_without_title(notebook), resources={"palier": facts})
    return in_reading_order(str(html))


@cache
def _exporter() -> HTMLExporter:
    """Made once in a process: it takes as long as a page."""
    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", template_file=str(HERE / "page.html.j2"), exclude_input=True, exclude_input_prompt=True,
        exclude_output_prompt=True, exclude_anchor_links=True,
    )  # fmt: skip


def title_of(notebook: NotebookNode, subject: str) -> str:
    """The first heading of a notebook, with the subject of this page: `Before and after the cut-over: Bretagne`."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    title = next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "Report")
    return f"{title}: {subject}" if subject else title


def _without_title(notebook: NotebookNode) -> NotebookNode:
    """A copy without its first heading, which the page sets itself, subject and all."""
    copy = deepcopy(notebook)
    first = next((cell for cell in copy.cells if cell.cell_type == "markdown"), None)
    if first and first.source.startswith("# "):
        first.source = "\n".join(first.source.splitlines()[1:])
    return copy
