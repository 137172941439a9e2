"""An executed notebook as one self-contained page, and the index of all pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from pipeline.report.fragment import STYLE
from pipeline.report.provenance import INVENTED

HERE = Path(__file__).parent
PAGE_STYLE = (HERE / "page.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page_of(notebook: NotebookNode, about: Mapping[str, Any], made_at: str) -> str:
    """The HTML of a report: no code, no outside request. about: what the notebook's sentinel says."""
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", template_file=str(HERE / "page.html.j2"), exclude_input=True, exclude_input_prompt=True,
        exclude_output_prompt=True, exclude_anchor_links=True,
    )  # fmt: skip
    facts = {**about, "made_at": made_at, "title": title_of(notebook), "policy": POLICY, "style": PAGE_STYLE}
    html, _ = exporter.from_notebook_node(notebook, resources={"palier": facts})
    return str(html)


def title_of(notebook: NotebookNode) -> str:
    """The first heading of a notebook."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "Report")


def index_of(records: Sequence[Mapping[str, Any]]) -> str:
    """The index page: failed reports first, then by name."""
    pages = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(["j2"]), undefined=StrictUndefined)
    ordered = sorted(records, key=lambda record: (record["status"] == "published", record["name"]))
    invented = any(record["published"].get("is_invented") for record in records if record["published"])
    return pages.get_template("index.html.j2").render(
        records=ordered, invented=INVENTED if invented else "", policy=POLICY, style=PAGE_STYLE + STYLE
    )
