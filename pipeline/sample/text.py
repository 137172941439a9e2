"""Whole columns of cp1252 bytes, glued into lines without a Python loop over the lines.

A field is a numpy array of fixed-width byte strings that already end with their separator. numpy pads them with zero
bytes; gluing puts the fields side by side and drops the padding.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.bytes_]
Whole = NDArray[np.int64]

ENCODING = "cp1252"
SEPARATOR = ";"
LINE_END = "\r\n"


def table(texts: Iterable[str], end: str = SEPARATOR) -> Texts:
    """The texts as a field to look values up in, each followed by `end`."""
    return np.array([(text + end).encode(ENCODING) for text in texts])


def quoted(text: str) -> str:
    """The text as a CSV cell: in quotes when it holds a separator or a quote."""
    if SEPARATOR not in text and '"' not in text:
        return text
    return '"' + text.replace('"', '""') + '"'


def numbered(prefix: str, numbers: Whole, width: int, end: str = SEPARATOR) -> Texts:
    """A field of codes such as `FR00123`: the prefix and the number in `width` digits."""
    head, tail = prefix.encode(ENCODING), end.encode(ENCODING)
    page = np.empty((len(numbers), len(head) + width + len(tail)), dtype=np.uint8)
    page[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    page[:, len(head) + width :] = np.frombuffer(tail, dtype=np.uint8)
    left = numbers.copy()
    for column in range(len(head) + width - 1, len(head) - 1, -1):
        left, digit = np.divmod(left, 10)
        page[:, column] = digit + ord("0")
    return page.view(f"S{page.shape[1]}").ravel()


def glue(fields: Sequence[Texts]) -> bytes:
    """The lines whose fields are given, as bytes ready to be written."""
    width = sum(field.dtype.itemsize for field in fields)
    page = np.empty((len(fields[0]), width), dtype=np.uint8)
    column = 0
    for field in fields:
        size = field.dtype.itemsize
        page[:, column : column + size] = np.ascontiguousarray(field).view(np.uint8).reshape(-1, size)
        column += size
    flat = page.ravel()
    return bytes(flat[flat != 0])


def header(columns: str) -> bytes:
    """The first line of a file."""
    return (columns + LINE_END).encode(ENCODING)
