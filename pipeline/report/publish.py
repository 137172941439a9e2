"""An executed notebook as one self-contained page, and the index of all pages."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from pipeline.report.fragment import STYLE
from pipeline.report.provenance import WARNING

HERE = Path(__file__).parent
PAGE_STYLE = (HERE / "page.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page_of(notebook: NotebookNode, about: Mapping[str, Any], made_at: str) -> str:
    """The HTML of a report: no code, no outside request. about: what the notebook's sentinel says."""
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", template_file=str(HERE / "page.html.j2"), exclude_input=True, exclude_input_prompt=True,
        exclude_output_prompt=True, exclude_anchor_links=True,
    )  # fmt: skip
    facts = {**about, "made_at": made_at, "policy": POLICY, "style": PAGE_STYLE}
    html, _ = exporter.from_notebook_node(_without_title(notebook), resources={"palier": facts})
    return str(html)


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


def index_of(records: Sequence[Mapping[str, Any]], has_whatif: bool = False) -> str:
    """The index page: failed reports first, then by notebook, the highest number first, the whole before its parts.

    has_whatif: whether the page on which one moves the thresholds lies beside it.
    """
    pages = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(["j2"]), undefined=StrictUndefined)
    by_name = sorted(records, key=lambda record: str(record["name"]))
    by_notebook = sorted(by_name, key=lambda record: str(record["name"]).partition("-")[0], reverse=True)
    ordered = sorted(by_notebook, key=lambda record: record["status"] == "published")
    invented = any(record["published"].get("is_invented") for record in records if record["published"])
    return pages.get_template("index.html.j2").render(
        records=ordered,
        has_whatif=has_whatif,
        invented=WARNING if invented else "",
        policy=POLICY,
        style=PAGE_STYLE + STYLE,
    )
