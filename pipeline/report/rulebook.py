"""What `palier check` shows of rulebooks: their JSON Schema, and what differs between two of them."""

import json
import sys
from pathlib import Path

import pandas as pd

from pipeline.base.errors import PalierError
from pipeline.base.files import write_whole
from pipeline.base.home import Home
from pipeline.model.difference import COLUMNS, differences, named
from pipeline.model.schema import rulebook_schema
from pipeline.report.answer import give
from pipeline.report.table import shown


def show_rulebooks(
    home: Home, schema: bool, diff: tuple[str, str] | None, as_json: bool = False, output: Path | None = None
) -> None:
    """The schema or a difference, as asked; one of them."""
    if schema and diff:
        raise PalierError("--schema does not go with --diff. Ask for one of them.")
    if schema:
        give_schema(output)
    elif diff:
        give_differences(home, *diff, as_json, output)
    else:
        raise PalierError("--json and --output go with --schema or --diff. Add one of them, or leave them out.")


def give_schema(output: Path | None = None) -> None:
    """Print the JSON Schema of rulebooks, or write it to `output`."""
    text = json.dumps(rulebook_schema(), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        print(text, end="")
        return
    if output.suffix.lower() != ".json":
        raise PalierError(f"--output {output}: a schema is JSON; the name must end in .json.")
    write_whole(output, text)
    print(shown(f"schema written to {output}"), file=sys.stderr)


def give_differences(home: Home, before: str, after: str, as_json: bool = False, output: Path | None = None) -> None:
    """Print what differs between two rulebooks or versions, or write it; one line says so where nothing does."""
    rows = differences(named(home, before), named(home, after))
    if rows or as_json or output:
        frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
        give(frame, f"{len(rows):,} difference{'s' * (len(rows) != 1)} from {before} to {after}", as_json, output)
    else:
        print(shown(f"{before} and {after} are the same: nothing differs"))
