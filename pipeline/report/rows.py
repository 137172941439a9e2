"""The rows of a table, one by one."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows(table: pd.DataFrame) -> Iterator[Any]:
    """Each row, its values by column name; for tables of a chart's size, not of a warehouse's."""
    return iter(table.itertuples(index=False))
