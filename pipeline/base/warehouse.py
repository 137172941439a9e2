"""The only door to DuckDB: open, ask, make tables. Values are bound, never pasted into the text."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import numpy as np

from pipeline.base.errors import PalierError

if TYPE_CHECKING:
    import pandas as pd  # takes longer to load than a small ingest takes to run

EngineError = duckdb.Error
DamagedError = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
OutdatedError = duckdb.CatalogException
THREADS = "PALIER_THREADS"
"""How many threads an opened warehouse may use, where several processes share the machine."""
ENGINE = f"duckdb {duckdb.__version__}"


class Warehouse:
    """One open DuckDB database. Close it, or use it in a `with` statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection = connection
        connection.execute("set enable_progress_bar = false; set preserve_insertion_order = true")

    @classmethod
    def open(cls, path: Path) -> Self:
        """The published warehouse, read-only: never blocked or broken by a build."""
        if not path.is_file():
            raise PalierError(f"{path}: nothing is published yet. Run `palier run` first.")
        try:
            threads = os.environ.get(THREADS, "")
            return cls(duckdb.connect(path, read_only=True, config={"threads": threads} if threads.isdigit() else {}))
        except duckdb.Error as error:
            fact = str(error).splitlines()[0]
            raise PalierError(f"{path}: cannot be read as a warehouse ({fact}). Run `palier build` again.") from error

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new warehouse file to be filled and then published."""
        return cls(duckdb.connect(path))

    @classmethod
    def in_memory(cls, spill: Path | None = None) -> Self:
        """A database without a file, which joins in the order written; what does not fit in memory goes to `spill`."""
        warehouse = cls(duckdb.connect(":memory:"))
        # the number of lines in a text file is unknown to the engine, so that it would hash the file, not the small table
        warehouse.run("set disabled_optimizers = 'join_order,build_side_probe_side'")
        if spill:
            warehouse.run("set temp_directory = $spill", spill=str(spill))
        return warehouse

    def beside(self) -> Self:
        """A second door to the same database, with temporary tables of its own."""
        return type(self)(self._connection.cursor())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left to write and let go of the file."""
        self._connection.close()

    def run(self, sql: str, /, **values: Any) -> None:
        """Do one statement."""
        self._connection.execute(sql, values or None)

    def rows(self, sql: str, /, **values: Any) -> list[tuple[Any, ...]]:
        """The whole answer as tuples; decimals exact."""
        return self._connection.execute(sql, values or None).fetchall()

    def arrays(self, sql: str, /, **values: Any) -> dict[str, np.ndarray]:
        """The whole answer as numpy arrays by column name. Ask for integers: a DECIMAL would become a float."""
        found = self._connection.execute(sql, values or None).fetchnumpy()
        return {name: np.asarray(values) for name, values in found.items()}

    def frame(self, sql: str, /, **values: Any) -> pd.DataFrame:
        """The whole answer as a table. DECIMAL columns hold exact `Decimal`s of two places, empty text is None."""
        relation = self._connection.sql(sql, params=values or None)
        exact = [name for name, kind in zip(relation.columns, relation.types, strict=True) if kind.id == "decimal"]
        columns = ", ".join(
            f"cast(cast({quoted(name)} as decimal(38, 2)) * 100 as bigint) as {quoted(name)}"
            if name in exact
            else quoted(name)
            for name in relation.columns
        )
        frame: pd.DataFrame = relation.project(columns).df()
        for name in exact:
            frame[name] = hundredths_as_decimals(frame[name])
        return frame

    def make(self, name: str, select: str, /, **values: Any) -> None:
        """Make or replace the table `name` from one SELECT."""
        self.run(f"create or replace table {quoted(name)} as {select}", **values)

    def write(self, path: Path, select: str, style: str = "", /, **values: Any) -> None:
        """Write the answer of one SELECT to a Parquet file; `style` are further options of the engine's writer."""
        self.run(f"copy ({select}) to {literal(str(path))} (format parquet{style})", **values)

    def make_for_question(self, name: str, select: str) -> None:
        """Make or replace a table of this connection alone, also on a read-only warehouse."""
        self.run(f"create or replace temporary table {quoted(name)} as {select}")

    def view_for_question(self, name: str, select: str) -> None:
        """Name one SELECT for this connection alone."""
        self.run(f"create or replace temporary view {quoted(name)} as {select}")

    def put(self, name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """A small table of this connection alone: `columns` are names and SQL types, `rows` its values."""
        # as text, since the types of objects would be guessed from a sample
        lists = {f"v{at}": [None if row[at] is None else str(row[at]) for row in rows] for at in range(len(columns))}
        unnested = ", ".join(f"unnest(cast(${value} as varchar[])) as {value}" for value in lists)
        typed = ", ".join(
            f"cast({value} as {kind}) as {quoted(name)}"
            for value, (name, kind) in zip(lists, columns.items(), strict=True)
        )
        self.run(
            f"create or replace temporary table {quoted(name)} as select {typed} from (select {unnested})", **lists
        )

    def put_arrays(self, name: str, arrays: dict[str, np.ndarray]) -> None:
        """A table of this connection alone from numpy arrays of one length."""
        import pandas as pd

        frame = pd.DataFrame(arrays)
        self._connection.register("arrays_to_put", frame)
        self.run(f"create or replace temporary table {quoted(name)} as select * from arrays_to_put")
        self._connection.unregister("arrays_to_put")

    def tables(self) -> list[str]:
        """Names of the stored tables."""
        return [name for (name,) in self.rows("select table_name from duckdb_tables() where not temporary order by 1")]


def quoted(identifier: str) -> str:
    """An SQL identifier between double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def exact_path(path: Path) -> str:
    """A path for DuckDB's readers, which would take brackets, stars and question marks in it for a pattern."""
    return glob.escape(str(path))


def literal(text: str) -> str:
    """An SQL text between single quotes, for the few places where DuckDB binds no value."""
    return "'" + text.replace("'", "''") + "'"


def hundredths_as_decimals(hundredths: pd.Series) -> pd.Series:
    """Integer hundredths as exact decimals of two places; missing stays None. Shape: as given."""
    import pandas as pd

    codes, values = pd.factorize(hundredths)  # a missing value's code is -1: the last of `exact`
    exact = np.array([*(Decimal(int(value)).scaleb(-2) for value in values), None], dtype=object)
    return pd.Series(exact[codes], index=hundredths.index, dtype=object)
