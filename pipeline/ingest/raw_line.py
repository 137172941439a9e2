"""The text of single physical lines of a raw file."""

from pathlib import Path


def raw_lines(path: Path, encoding: str, wanted: list[int]) -> dict[int, str]:
    """Line number (from 1) → its text without the line end, for the wanted lines that exist."""
    missing = set(wanted)
    found: dict[int, str] = {}
    with path.open("r", encoding=encoding, newline=None) as file:
        for number, text in enumerate(file, start=1):
            if number in missing:
                found[number] = text.rstrip("\n")
                if len(found) == len(missing):
                    break
    return found
