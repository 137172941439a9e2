"""One pass over a file's bytes: its hash, its encoding, its line ends. utf-8 is tried strictly, then cp1252."""

import codecs
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.errors import PalierError

BLOCK_BYTES = 1 << 18  # what stays in the cache of a core
MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# No text holds these; the last three are what we write ourselves for a blank line and for breaks inside a field.
NOT_TEXT = (b"\x00", b"\x01", b"\x1d", b"\x1e")

SYMBOL = rb"[\x80-\xbf]"
NEVER_AFTER_A_WORD = rb"[\x83\x88\x89\x8a\x8c\x8e\x98\x9a\x9c\x9e\x9f\xa1-\xa6\xa8\xac\xaf\xb5\xb6\xb8\xbc-\xbf]"
NEVER_BETWEEN_WORDS = rb"[\x80-\x84\x86-\x90\x95\x98-\x9f\xa1-\xaa\xac\xae-\xb6\xb8-\xbf]"
# In cp1252, utf-8 reads as a letter from Â to ð with symbols after it. Such a letter may end a word before a space, a
# dash, a quote or a mark (« café », CAFÉ™): here are the letters, and what after them can only be meant as utf-8.
MEANT_AS_UTF8 = (
    (rb"\xc2", rb"[\xa0-\xbf]"),  # no word ends in Â: °, », a no-break space
    (rb"\xc3", SYMBOL),  # nor in Ã: é, ç
    (rb"\xc5", rb"[\x92\x93]"),  # œ
    (rb"[\xc4-\xdb]", NEVER_AFTER_A_WORD),  # ś, ž
    (rb"[a-z][\xc4-\xdb]", SYMBOL),  # a capital in the middle of a word: ł, ę, ğ
    (rb"[\xc4-\xdb]", NEVER_BETWEEN_WORDS + rb"[A-Za-z]"),  # Ł, Ż
    (rb"[\xc4-\xdb]", SYMBOL + rb"[\xc4-\xdb]" + SYMBOL),  # Greek, Cyrillic, Hebrew, Arabic
    (rb"\xe1", rb"[\xb8-\xbf]" + SYMBOL + rb"[A-Za-z]"),  # Vietnamese
    (rb"\xe2", SYMBOL + SYMBOL),  # €, curly quotes, dashes
    (rb"\xef", rb"(?:\xbb\xbf|[\xac\xbc\xbd]" + SYMBOL + rb")"),  # the mark, ligatures, wide letters
    (rb"[\xe0-\xef]", SYMBOL + SYMBOL + rb"[\xe0-\xef]" + SYMBOL + SYMBOL),  # Chinese, Japanese
    (rb"\xf0", rb"[\x90-\xbf]" + SYMBOL + SYMBOL),  # pictures
)
UTF8_LETTERS = re.compile(rb"[\xc2-\xf0](?=[\x80-\xbf])(?:%b)" % b"|".join(b"(?<=%b)%b" % one for one in MEANT_AS_UTF8))


@dataclass(frozen=True)
class Scan:
    """What the bytes of one text file say."""

    sha256: str
    size: int
    encoding: str
    lines: int
    is_plain: bool  # utf-8 without mark, no blank line, no lone carriage return: can be read as it lies


def utf16_of(path: Path) -> str | None:
    """utf-16-le or utf-16-be for a file that begins with its mark or, without one, has a NUL in every other byte."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if marked := MARKS.get(head[:2]):
        return marked
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if 4 * max(even, odd) > len(head) and not min(even, odd):
        return "utf-16-le" if odd else "utf-16-be"
    return None


def scan(path: Path, label: str) -> Scan:
    """Read every byte once.

    `label` names the file in errors. Raises PalierError for a file that is no text in either encoding.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_utf8_letters, has_blank, size, feeds, returns, pairs = True, False, False, 0, 0, 0, 0
    before = b"\n"  # so that a file that begins with a line end begins with a blank line
    with path.open("rb") as file, ThreadPoolExecutor(1) as beside:
        while block := file.read(BLOCK_BYTES):
            hashed = beside.submit(digest.update, block)
            if not block.isascii() or decoder.getstate()[0]:
                is_utf8 = is_utf8 and _decodes(decoder, block)
                has_utf8_letters = has_utf8_letters or _has_utf8_letters(before + block)
            for mark in NOT_TEXT:
                if mark in block:
                    line = feeds + block.count(b"\n", 0, block.index(mark)) + 1
                    raise PalierError(f"{label}, line {line}: holds a byte 0x{mark.hex()}, so it is not a text file. "
                                      "Ask the sender for it again, or take it out of data/raw.")  # fmt: skip
            values, edge = np.frombuffer(block, np.uint8), before[-2:] + block[:2]
            is_feed = values == 10
            feeds += int(np.count_nonzero(is_feed))
            has_blank = has_blank or b"\n\n" in edge or b"\n\r\n" in edge or bool((is_feed[1:] & is_feed[:-1]).any())
            pairs += before.endswith(b"\r") and block.startswith(b"\n")
            if b"\r" in block:
                is_return = values == 13
                is_pair = is_return[:-1] & is_feed[1:]
                returns += int(np.count_nonzero(is_return))
                pairs += int(np.count_nonzero(is_pair))
                has_blank = has_blank or bool((is_feed[:-2] & is_pair[1:]).any())
            before, size = (before + block[-8:])[-8:], size + len(block)
            hashed.result()
    if size == 0:
        raise PalierError(f"{label}: is empty. Ask the sender for it again, or take it out of data/raw.")
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if has_utf8_letters and not is_utf8:
        raise _mixed(path, label)
    lone_returns = returns - pairs
    if lone_returns and feeds:
        raise PalierError(f"{label}: some lines end in a line feed and some in a lone carriage return, so a line may be "
                          "torn in two. Save it with one kind of line end and send it again.")  # fmt: skip
    with path.open("rb") as file:
        has_mark = file.read(3) == codecs.BOM_UTF8
    has_mixed_ends = lone_returns > 0 or 0 < pairs < feeds
    return Scan(
        sha256=digest.hexdigest(),
        size=size,
        encoding="utf-8" if is_utf8 else "cp1252",
        lines=feeds + lone_returns + (before[-1:] not in (b"\n", b"\r")),
        is_plain=is_utf8 and not has_mark and not has_mixed_ends and not has_blank,
    )


def _has_utf8_letters(block: bytes) -> bool:
    """Whether a block holds what can only be meant as utf-8; looking for a letter before a symbol is the cheap part."""
    values = np.frombuffer(block, np.uint8)
    is_symbol = (values & 0xC0) == 0x80
    return bool((is_symbol[1:] & (values[:-1] >= 0xC2)).any()) and bool(UTF8_LETTERS.search(block))


def _mixed(path: Path, label: str) -> PalierError:
    """The refusal of a file that is utf-8 in one place and not in another: as cp1252 its names would be spoiled."""
    with path.open("rb") as file:
        fault = next(line for line, text in enumerate(file, start=1) if not _is_utf8(text))
    return PalierError(f"{label}, line {fault}: is not utf-8, while other lines are. "
                       "Save the whole file in one encoding and send it again.")  # fmt: skip


def _is_utf8(text: bytes) -> bool:
    return _decodes(codecs.getincrementaldecoder("utf-8")(), text, final=True)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True
