"""How one file is read, on the terminal."""

from rich.console import Console
from rich.text import Text

from pipeline.ingest.explain import Explained
from pipeline.report.table import print_rows, shown


def print_explained(told: Explained) -> None:
    """Facts, first rows, reasons and first rejects; or why the file is refused."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text(shown(told.name), style="bold"))
    for name, fact in told.facts.items():
        console.print(Text(f"  {name:<18} {shown(fact)}"))
    if told.refusal:
        console.print(Text(f"  {'refused':<18} {shown(told.refusal)}"))
        return
    if told.columns:
        print_rows(told.columns, told.rows, "First rows")
    if told.reasons:
        print_rows(["reason", "lines"], told.reasons, "Refused")
        print_rows(["line", "reason", "text"], told.rejects, "First refused lines")
