"""One worksheet or its cells → text, in one notation whatever the sender's country: 2.5, 2004-01-15, TRUE."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet

from pipeline.base.errors import PalierError

CELL_BREAK = "\x1e"
"""Stands for a line break inside a cell, so that a line of text is a row."""
NO_TEXT = "holds a character 0x00, 0x01, 0x1d or 0x1e, which is no text"
NOT_TEXT = frozenset("\x00\x01\x1d\x1e")
EXACT_BELOW = 1 << 53  # from there on a float skips whole numbers
LINE_BREAK = re.compile(r"\r\n|\r|\n")


def write_sheet(sheet: CalamineSheet, target: Path, place: str) -> bool:
    """Write one worksheet, tab-delimited: line n is row n, the first field is column A. False when it holds nothing.

    `place` names the sheet in errors. Raises PalierError with the row of a cell that is no text.
    """
    left = [""] * (sheet.start or (0, 0))[1]  # rows come from row 1 on, but cells from the first column used
    holds_anything = False
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        for row, cells in enumerate(sheet.iter_rows(), start=1):
            if cells.count("") == len(cells):
                writer.writerow([])
                continue
            holds_anything = True
            try:
                writer.writerow(left + [TEXT_OF[type(cell)](cell) for cell in cells])
            except ValueError as error:
                raise PalierError(f"{place}, row {row}: {error}. Take it out and send the file again.") from None
    return holds_anything


def _text(value: str) -> str:
    if value.isprintable():
        return value
    if not NOT_TEXT.isdisjoint(value):
        raise ValueError(f"a cell {NO_TEXT}")
    return LINE_BREAK.sub(CELL_BREAK, value)


def _number(value: float) -> str:
    """Whole numbers as they are, where a float holds each one; else 15 significant digits as in Excel, no exponent."""
    if value % 1 == 0 and abs(value) < EXACT_BELOW:
        return str(int(value))
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def _day(value: date) -> str:
    return value.isoformat()[:10]


TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: _text,
    float: _number,
    int: _number,
    bool: lambda value: str(value).upper(),
    date: _day,
    datetime: _day,
    time: str,
    timedelta: str,
}
