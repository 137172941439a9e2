import ast
from pathlib import Path

import nbformat
import papermill
import pytest

from pipeline.base.home import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_a_notebook_is_valid_and_carries_no_outputs(path: Path, code: list[nbformat.NotebookNode]) -> None:
    nbformat.validate(nbformat.read(path, as_version=4))
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_a_notebook_is_a_page_not_a_program(code: list[nbformat.NotebookNode]) -> None:
    assert len(code) <= 8
    for cell in code:
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While}
        assert len(cell.source.splitlines()) <= 12


def test_every_parameter_has_a_type_a_default_and_a_word_of_help(path: Path) -> None:
    parameters = papermill.inspect_notebook(str(path))
    assert "home" in parameters
    assert all(found["inferred_type_name"] in ("str", "float") and found["help"] for found in parameters.values())


def test_a_notebook_names_no_folder_of_a_machine(code: list[nbformat.NotebookNode]) -> None:
    assert not any("/home/" in cell.source or "/Users/" in cell.source for cell in code)
