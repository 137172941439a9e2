"""SQL files: one SELECT each, named after the table it makes."""

from functools import cache
from pathlib import Path


@cache
def sql_of(folder: Path, name: str) -> str:
    """The text of `name`.sql in a package folder."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")
