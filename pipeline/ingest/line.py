"""The physical lines of a plain text: which of them the fast reading may misread, and their text."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.base.errors import PalierError
from pipeline.ingest.notation import SPACES

BLOCK_BYTES = 1 << 18
LINE_BYTES = 1 << 20  # no line of a table is longer
RECORD_LINES, RECORD_LETTERS = 100, LINE_BYTES // 4
BREAK, RETURN = "\x1e", "\x1d"  # stand for line feed and carriage return inside a field while it is passed on
# what the fast reading would take as it stands: quotes, tabs, unusual spaces, our own marks; and what it drops in a day
MARKS = (b'"', b"\t", b"\x01", b"\x1e", b"\x0b", b"\x0c", *(space.encode() for space in SPACES if not space.isascii()))
# A delimiter and the field after it: in quotes, with or without spaces around them; or not beginning with a quote.
PIECE = '[DELIMITER][SPACES]*(?:"(?:[^"]|"")*"[SPACES]*|[^DELIMITER"SPACES][^DELIMITER]*|)'
PIECE_WITHOUT_QUOTES = "[DELIMITER][^DELIMITER]*"


def piece_of(delimiter: str, quotes: bool = True) -> str:
    """The pattern of a delimiter and the field after it; every character of a good line belongs to one such piece."""
    piece = PIECE if quotes else PIECE_WITHOUT_QUOTES
    return piece.replace("DELIMITER", re.escape(delimiter)).replace("SPACES", SPACES.replace(delimiter, ""))


def blocks(path: Path, label: str) -> Iterator[tuple[int, bytes]]:
    """Whole lines in blocks of some 250 kB: the number of the first line (from 1) and the bytes.

    Raises PalierError for a line of more than a megabyte.
    """
    line, held = 1, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            end = block.rfind(b"\n") + 1
            if len(held) + (end and block.index(b"\n")) > LINE_BYTES or len(block) - end > LINE_BYTES:
                raise PalierError(f"{label}, line {line}: is longer than {LINE_BYTES:,} bytes. "
                                  "Look at that line, or ask the sender for the file again.")  # fmt: skip
            if end:
                whole, held = held + block[:end], block[end:]
                yield line, whole
                line += int(np.count_nonzero(np.frombuffer(whole, np.uint8) == 10))
            else:
                held += block
    if held:
        yield line, held


def suspects(path: Path, label: str, delimiter: str, quoted: bool) -> np.ndarray:
    """Numbers of the lines that the fast reading may misread: with a space at the edge of a field, a tab in it, or,
    unless the text is read as `quoted` throughout, a quote. Shape: (lines found,), rising.
    """
    found = [np.empty(0, np.int64)]
    marks = [mark for mark in MARKS if mark != delimiter.encode() and not (quoted and mark == b'"')]
    edges = [b"\r", b'"'] if quoted else [b"\r"]
    for line, block in blocks(path, label):
        values = np.frombuffer(block, np.uint8)
        is_space, is_edge = values == 32, (values == ord(delimiter)) | (values == 10)
        for mark in edges:
            if mark in block:
                is_edge |= values == ord(mark)
        after_edge, before_edge = is_space[1:] & is_edge[:-1], is_space[:-1] & is_edge[1:]
        hits = [np.array([at]) for at in (0, len(block) - 1) if is_space[at]]
        if after_edge.any():
            hits.append(np.flatnonzero(after_edge) + 1)
        if before_edge.any():
            hits.append(np.flatnonzero(before_edge))
        for mark in marks:
            if mark[:1] in block:
                at = np.flatnonzero(values[: len(values) - len(mark) + 1] == mark[0])
                for offset in range(1, len(mark)):
                    at = at[values[at + offset] == mark[offset]]
                if len(at):
                    hits.append(at)
        if hits:
            starts = np.concatenate(([0], np.flatnonzero(values[:-1] == 10) + 1))
            is_found = np.zeros(len(starts), bool)
            is_found[np.searchsorted(starts, np.concatenate(hits), side="right") - 1] = True
            found.append(line + np.flatnonzero(is_found))
    return np.concatenate(found)


def texts_of(path: Path, label: str, wanted: np.ndarray) -> Iterator[tuple[int, str]]:
    """Number and text of the wanted lines (rising numbers) that there are, without the line feed.

    A blank line's text is empty or \\x01.
    """
    at = 0
    for line, block in blocks(path, label):
        if at == len(wanted):
            return
        is_feed = np.frombuffer(block, np.uint8) == 10
        following = line + int(np.count_nonzero(is_feed)) + (not block.endswith(b"\n"))
        here = wanted[at : at + int(np.searchsorted(wanted[at:], following))]
        if len(here):
            starts = np.concatenate(([0], np.flatnonzero(is_feed) + 1, [len(block) + 1]))
            at += len(here)
            index = here - line
            for number, start, end in zip(
                here.tolist(), starts[index].tolist(), starts[index + 1].tolist(), strict=True
            ):
                yield number, block[start : end - 1].decode()


def records(
    lines: Iterator[tuple[int, str]], delimiter: str, piece: str, headings: int
) -> Iterator[tuple[int, int, str]]:
    """Lines as records: the number of each record's first line, how many lines it has, its text.

    A line whose quotes do not pair goes on in the next ones until they do. The lines are one record only when
    together they have exactly as many fields as `headings` and none after the first has as many alone: so a quote
    that somebody forgot swallows nothing. In a record, line ends stand as \\x1e (after \\x1d for a \\r).
    """
    pieces = re.compile(piece)
    again: deque[tuple[int, str]] = deque()

    def fields(text: str) -> int:
        """How many fields a text has, 0 where a quote is not closed at the end of its field."""
        found = pieces.findall(delimiter + text)
        return len(found) if sum(map(len, found)) == len(text) + 1 else 0

    def stands_alone(text: str) -> bool:
        """Whether a text is a line of its own: `a time",5,6` is not, but the end of a field begun before it."""
        return text.count('"') % 2 == 0 and fields(text) == headings

    def following() -> tuple[int, str] | None:
        return again.popleft() if again else next(lines, None)

    while one := following():
        held, quotes, length = [one], one[1].count('"'), len(one[1])
        while quotes % 2 and len(held) < RECORD_LINES and length < RECORD_LETTERS and (more := following()):
            held.append(more)
            quotes, length = quotes + more[1].count('"'), length + len(more[1])
            if held[-2][0] + 1 != more[0] or stands_alone(more[1]):
                break
        joined = BREAK.join(text.removeprefix("\x01") for _, text in held).replace("\r" + BREAK, RETURN + BREAK)
        if len(held) > 1 and quotes % 2 == 0 and fields(joined) == headings and all(
            not stands_alone(text) for _, text in held[1:]
        ) and held[-1][0] - held[0][0] == len(held) - 1:  # fmt: skip
            yield one[0], len(held), joined
        else:
            yield one[0], 1, one[1]
            again.extendleft(reversed(held[1:]))
