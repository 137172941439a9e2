"""How the house stands: folders import upwards, tables read tables made before them, files are short and tested."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

import pipeline
from pipeline.ledger.build import TABLES

ROOT = Path(pipeline.__file__).parent
TESTS = Path(__file__).parent
FOLDERS = ("base", "ingest", "ledger", "model", "outlook", "report")
"""Each imports itself and those before it; `sample` imports `base` alone, and nothing imports `cli`."""
MAY_IMPORT = {folder: {*FOLDERS[: at + 1]} for at, folder in enumerate(FOLDERS)} | {"sample": {"base", "sample"}}
LONGEST = 250

# What a table may read, in the order in which tables are made. A folder may read all tables of the folders above it.
ORDER = {
    "ingest": ("physical_line", "split_line"),
    "ledger": ("raw_file", *TABLES),
    "model": (
        "question", "track_word", "roster_in_question", "joined_window", "own_window", "kind_rule", "worth_in_turn", "stretch",
        "reversal_in_force", "entry_status", "entry_worth", "entry_best", "entry_counted", "entry_in_pool", "entry_in_force",
        "partner_number", "kind_step", "day_step", "entry_step",
    ),
    "outlook": ("partner_row", "event_day", "event_sum"),
}  # fmt: skip
PUBLIC_OF_MODEL = ("question", "kind_rule", "roster_in_question", "reversal_in_force")
"""Of the tables of a question, those that a forecast reads."""
PUBLIC_OF_INGEST = ("point_checked", "roster_checked")
"""Views over the Parquet files that ingest wrote."""
PUBLIC_OF_LEDGER = (
    "roster_history",
    "entry_kind",
    "point_ledger",
    "reversal",
    "snapshot",
    "reject",
    "reconciliation",
    "finding",
    "raw_file",
)

MODULES = sorted(ROOT.rglob("*.py"))
SQL_FILES = sorted(ROOT.rglob("*.sql"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_module = pytest.mark.parametrize("path", MODULES, ids=named)
each_sql_file = pytest.mark.parametrize("path", SQL_FILES, ids=named)


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Full names of all that is imported, anywhere in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "import by the full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> list[str]:
    return list(imports_of(ast.parse(path.read_text(encoding="utf-8"))))


def reads_of(sql: str) -> set[str]:
    """The tables that a SELECT reads, without its own common table expressions."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    return {
        source.name
        for scope in traverse_scope(tree)
        for source in scope.sources.values()
        if isinstance(source, exp.Table) and source.name
    }


@each_module
def test_a_folder_imports_only_itself_and_the_folders_above_it(path: Path) -> None:
    folder = named(path).split("/")[0] if path.parent != ROOT else None
    ours = [name.split(".")[1] for name in imported(path) if name.startswith("pipeline.")]
    assert "cli" not in ours
    if folder:
        assert {name for name in ours if (ROOT / name).is_dir()} <= MAY_IMPORT[folder]


def test_only_the_warehouse_imports_the_engine() -> None:
    assert [named(path) for path in MODULES if any(name.split(".")[0] == "duckdb" for name in imported(path))] == [
        "base/warehouse.py"
    ]


@each_module
def test_only_the_command_line_asks_what_day_it_is(path: Path) -> None:
    asked = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("today", "now", "utcnow")
        and ast.unparse(node.value).split(".")[-1] in ("date", "datetime", "Timestamp")
    }
    assert not asked or named(path).startswith("cli")


@each_module
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@each_sql_file
def test_the_first_line_says_what_one_row_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- One row per ")


@each_sql_file
def test_a_table_reads_only_tables_made_before_it(path: Path) -> None:
    folder, table = path.parent.name, path.stem
    assert table in ORDER[folder], f"say in ORDER when {table} is made"
    above = {
        "ingest": (),
        "ledger": PUBLIC_OF_INGEST,
        "model": PUBLIC_OF_LEDGER,
        "outlook": (*PUBLIC_OF_LEDGER, *PUBLIC_OF_MODEL),
    }[folder]
    before = ORDER[folder][: ORDER[folder].index(table)]
    assert reads_of(path.read_text(encoding="utf-8")) <= {*above, *before}


def test_every_table_of_the_ledger_has_its_file() -> None:
    assert sorted(TABLES) == sorted(path.stem for path in SQL_FILES if path.parent.name == "ledger")


@each_sql_file
def test_every_sql_file_is_named_in_a_test(path: Path) -> None:
    asked = f"{path.parent.name}/{path.stem}"
    here = Path(__file__).name
    tests = [test for test in TESTS.rglob("test_*.py") if test.name != here]
    assert any(
        asked in text or f"{path.stem}.sql" in text for text in (test.read_text(encoding="utf-8") for test in tests)
    )


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("import duckdb", ["duckdb"]),
        ("def f():\n    from pipeline.cli import main", ["pipeline.cli.main"]),
        ("from pipeline import cli", ["pipeline.cli"]),
    ],
)
def test_an_import_is_found_wherever_it_stands(module: str, found: list[str]) -> None:
    assert list(imports_of(ast.parse(module))) == found


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("with a as (select 1 from b) select * from a", {"b"}),
        ("select 1 from a where x in (select y from b)", {"a", "b"}),
        ("select 1 from (select 1 from a union all select 1 from b) as c", {"a", "b"}),
        ("select 1 from a left join b on b.x = a.x cross join c", {"a", "b", "c"}),
        ("with a as (select 1 from b) select 1 from (select 1 from a) as d", {"b"}),
    ],
)
def test_every_table_that_is_read_is_found(sql: str, found: set[str]) -> None:
    assert reads_of(sql) == found
