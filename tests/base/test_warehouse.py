from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from drawn import drawn, given, table

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import EngineError, Warehouse


def test_values_are_bound_and_never_pasted(warehouse: Warehouse) -> None:
    assert warehouse.rows("select $text", text="'; drop table t; --") == [("'; drop table t; --",)]


def test_a_frame_holds_exact_decimals_and_none(warehouse: Warehouse) -> None:
    frame = warehouse.frame(
        "select cast(x as decimal(18, 2)) as points from (values ('0.10'), ('90071992547409.93'), (null)) as t (x)"
    )
    assert list(frame["points"]) == [Decimal("0.10"), Decimal("90071992547409.93"), None]


def test_arrays_come_by_column_name_and_go_back_equal(warehouse: Warehouse) -> None:
    warehouse.put_arrays("cells", {"points": np.array([3, 1]), "label": np.array(["a", "b"], dtype=object)})
    arrays = warehouse.arrays("select * from cells")
    assert {name: list(values) for name, values in arrays.items()} == {"points": [3, 1], "label": ["a", "b"]}


def test_a_table_that_is_put_is_of_this_connection_alone(tmp_path: Path) -> None:
    with Warehouse.create(tmp_path / "w.duckdb") as warehouse:
        warehouse.put("question", {"as_of": "date"}, [("2004-03-31",)])
        warehouse.make("stored", "select as_of from question")
        assert warehouse.tables() == ["stored"]
    with Warehouse.open(tmp_path / "w.duckdb") as warehouse:
        assert table(warehouse, "select * from stored") == drawn("as_of\n2004-03-31")


def test_a_published_file_is_open_for_reading_alone(tmp_path: Path) -> None:
    with Warehouse.create(tmp_path / "w.duckdb") as warehouse:
        warehouse.make("stored", "select 1 as x")
    with Warehouse.open(tmp_path / "w.duckdb") as warehouse:
        warehouse.make_for_question("mine", "select x + 1 as y from stored")
        warehouse.view_for_question("seen", "select y from mine")
        assert warehouse.rows("select * from seen") == [(2,)]
        with pytest.raises(EngineError, match="read-only"):
            warehouse.make("other", "select 1 as x")


def test_a_warehouse_that_is_not_there_asks_for_a_build(tmp_path: Path) -> None:
    with pytest.raises(PalierError, match=r"nothing is published yet\. Run `palier run` first"):
        Warehouse.open(tmp_path / "w.duckdb")


def test_a_file_that_is_no_warehouse_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("not a warehouse" * 1000)
    with pytest.raises(PalierError, match=r"w\.duckdb: cannot be read as a warehouse .* Run `palier build` again"):
        Warehouse.open(tmp_path / "w.duckdb")


def test_what_is_written_to_parquet_is_read_back_equal(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.write(tmp_path / "it's.parquet", "select cast(1 as decimal(18, 2)) as points")
    assert table(warehouse, "select * from read_parquet($path)", path=str(tmp_path / "it's.parquet")) == drawn(
        "points\n1.00"
    )


# The drawings themselves


def test_a_given_table_has_all_its_columns_and_an_empty_cell_is_null(warehouse: Warehouse) -> None:
    given(warehouse, "reversal", """
        entry_id | earned_on
        E1       |
    """)  # fmt: skip
    assert warehouse.rows("select * from reversal") == [(None, "E1", None, None, None, None, None)]


def test_a_column_that_a_table_does_not_have_cannot_be_drawn(warehouse: Warehouse) -> None:
    with pytest.raises(AssertionError, match="reversal has no column region"):
        given(warehouse, "reversal", "region\n1")


def test_a_drawing_is_the_same_however_it_is_spaced(warehouse: Warehouse) -> None:
    assert table(warehouse, "select 1 as a, null as b, true as c") == drawn("a|b|  c\n1||true")
