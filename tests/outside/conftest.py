import os
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OUTSIDE = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def outside_data() -> Callable[[str], Path]:
    """The folder of one set of outside data; where it is missing the test is skipped, or fails when CI=true."""

    def folder_of(name: str) -> Path:
        folder = OUTSIDE / name
        if folder.is_dir():
            return folder
        reason = f"the outside data ../shared/data/{name} is not beside the checkout"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; with CI=true it must be")
        pytest.skip(reason)

    return folder_of
