"""A table as an answer: on the terminal, as JSON, or as a file; text from data can do no harm in a spreadsheet."""

import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from pipeline.base.errors import PalierError
from pipeline.base.files import cannot_write
from pipeline.base.warehouse import EngineError, Warehouse
from pipeline.report.table import print_rows

SUFFIXES = (".csv", ".parquet", ".json", ".xlsx")
EXCEL_ROWS = 1_048_575


def give(frame: pd.DataFrame, title: str, as_json: bool = False, output: Path | None = None) -> None:
    """Print the table, or write it to `output` in the format that its name ends with, or both as JSON."""
    if output:
        write_table(frame, output)
        Console(stderr=True).print(f"{len(frame):,} rows written to {output}", markup=False, soft_wrap=True)
    if as_json:
        print(as_json_text(frame))
    elif not output:
        print_table(frame, title)


def refuse_to_overwrite(output: Path | None) -> None:
    """Raise PalierError when the file is there already: somebody may have written into it."""
    if output and output.exists():
        raise PalierError(
            f"--output {output}: exists already, and somebody may have mended lines in it. Give another name."
        )


def print_table(frame: pd.DataFrame, title: str) -> None:
    """The first rows on the terminal."""
    print_rows([str(name) for name in frame.columns], frame.astype(object).to_numpy().tolist(), title)


def as_json_text(frame: pd.DataFrame) -> str:
    """A JSON list with one object per row; dates as YYYY-MM-DD, points as numbers of two decimals."""
    rows = [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, Parquet, JSON or Excel, by the end of the file's name; whole or not at all.

    Text that a spreadsheet would run as a formula is made plain: by a leading apostrophe in CSV, as text in Excel.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise PalierError(f"--output {path}: the name must end in {', '.join(SUFFIXES)}.")
    if not path.parent.exists():
        raise PalierError(f"--output {path}: there is no folder {path.parent}. Make it, or write elsewhere.")
    beside = path.with_name(f".{path.stem}.part{suffix}")
    dated = frame.apply(lambda column: column.dt.date if pd.api.types.is_datetime64_dtype(column) else column)
    try:
        match suffix:
            case ".csv":
                dated.map(harmless).to_csv(beside, index=False)
            case ".json":
                beside.write_text(as_json_text(frame), encoding="utf-8")
            case ".parquet":
                _write_parquet(dated, beside)
            case ".xlsx":
                _write_excel(dated, beside)
        beside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    except EngineError as error:
        raise PalierError(
            f"{path}: cannot write ({str(error).splitlines()[0]}). Free space or allow writing there."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()


FORMULA = re.compile(r"[\s\u200b\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r]")
"""What a spreadsheet may take for the beginning of a formula, full-width signs and signs without width included."""


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it; all else as it is."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """The same types whatever the rows hold: points decimal(18, 2), days date, all other objects text."""
    rows = frame.astype(object).where(frame.notna(), None)
    with Warehouse.in_memory() as engine:
        engine.put("answer", {str(name): _kind(frame[name]) for name in frame.columns}, rows.to_numpy().tolist())
        engine.write(path, "select * from answer")


def _kind(column: pd.Series) -> str:
    """The SQL type of a column."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "bigint"
    if pd.api.types.is_float_dtype(column):
        return "double"
    first = next((value for value in column if not pd.isna(value)), None)
    return "decimal(18, 2)" if isinstance(first, Decimal) else "date" if isinstance(first, date) else "varchar"


def _write_excel(frame: pd.DataFrame, path: Path) -> None:
    if len(frame) > EXCEL_ROWS:
        raise PalierError(f"{len(frame):,} rows: Excel holds {EXCEL_ROWS:,}. Write .csv or .parquet instead.")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(
        path, engine="xlsxwriter", engine_kwargs={"options": options}, date_format="yyyy-mm-dd"
    ) as writer:
        frame.to_excel(writer, sheet_name="palier", index=False, freeze_panes=(1, 0))
        writer.sheets["palier"].autofit(max_width=400)


def _plain(value: Any) -> Any:
    """A value that JSON knows."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, pd.Timestamp | date):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
