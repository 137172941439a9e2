"""The slow and strict reading of one file in plain Python: what an honest reader may take from its bytes."""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

# What Palier documents beyond the strictest reading. A switch that is on says "may be read so": Palier that refuses is
# counted as stricter. A switch that is off says "must not be read so".
UTF_16 = True  # with a mark or without
GZIP = True
TITLE_ROWS = 60  # so many lines may stand above the heading
JOINED_LINES = True  # quoted line breaks, when the lines have as many fields as the heading, and no later one alone
EMPTY_FIELDS_AT_END = True  # more fields than the heading, all of them empty
NO_VALUE_IS_BLANK = True  # a line of delimiters alone is no line
SHORT_DAYS = False  # dd and mm of one digit: a further way to write days
MIDNIGHT = True  # after a day
NO_DIGIT_BEFORE_MARK = True  # ,50 is 0,50
QUOTE_AFTER_SPACES = "quote"  # or "text": the quote belongs to the value; or "quote": it opens a quoted field

SPACES = " \t\r\n\u00a0\u2009\u202f"  # dropped around a value
THOUSANDS = " \u00a0\u2009\u202f"  # may set groups of three apart
DAY_PARTS = {"yyyy": "(?P<y>[0-9]{4})", "mm": "(?P<m>[0-9]{2})", "dd": "(?P<d>[0-9]{2})"}
DAY_PARTS |= {"m": "(?P<m>[0-9]{1,2})", "d": "(?P<d>[0-9]{1,2})"}
QUOTED = re.compile(r'"((?:[^"]|"")*+)"')
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
Values = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """How a sender writes: the part of the contract that a file is read by."""

    kind: str
    columns: dict[str, tuple[str, ...]]  # our name → the headings that mean it
    words: dict[str, dict[str, str]]
    dates: str
    decimal: str
    required: tuple[str, ...]
    file_day: date | None


@dataclass(frozen=True)
class Record:
    """One line of a file, or the lines that a quoted line break makes one: its values, None where it must be refused."""

    line: int
    last_line: int
    text: str
    values: Values | None
    is_blank: bool = False  # says nothing: may be passed over or refused


def records_of(data: bytes, style: Style, may_be_utf8: bool) -> list[Record] | None:
    """All that a file says below its heading; None for a file that nothing may be read from."""
    text, encoding = decoded(data)
    lines = re.split("\r\n|\n|\r", text.removeprefix("\ufeff"))
    known = {name: {folded(heading) for heading in meant} for name, meant in style.columns.items()}
    for first in range(min(len(lines), TITLE_ROWS + 1)):
        for delimiter in ";,\t|":
            fields, last = _heading(lines, first, delimiter)
            headings = [folded(heading) for heading in fields]
            found = {name: [at for at, word in enumerate(headings) if word in known[name]] for name in known}
            if all(found[name] for name in style.required):
                break
        else:
            continue
        if any(len(at) > 1 for at in found.values()):
            return None
        places = {name: at[0] for name, at in found.items() if at}
        # a letter in utf-8 within a file that is none: in cp1252 it would be spoiled
        spoiled = may_be_utf8 and encoding == "cp1252"
        return list(_records(lines, last + 1, delimiter, len(headings), places, style, spoiled))
    return None


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding; no text where there is none."""
    try:
        if GZIP and data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        if UTF_16 and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16"), "utf-16"
        if UTF_16 and b"\0" in data:
            encoding = "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
            return data.decode(encoding), encoding
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            return data.decode("cp1252"), "cp1252"
    except (UnicodeDecodeError, OSError, EOFError, zlib.error):
        return "", ""


def _heading(lines: list[str], first: int, delimiter: str) -> tuple[list[str], int]:
    """The fields of a heading line and the last line of it; a heading that holds a line break holds no delimiter."""
    for last in range(first, len(lines) if JOINED_LINES else first + 1):
        fields = fields_of("\n".join(lines[first : last + 1]), delimiter, is_heading=True)
        if fields:
            return (fields, last) if not any("\n" in name and delimiter in name for name in fields) else ([], first)
    return [], first


def folded(heading: str) -> str:
    return " ".join(heading.replace("’", "'").replace("\ufeff", "").split()).casefold()


def fields_of(line: str, delimiter: str, is_heading: bool = False) -> list[str] | None:
    """The fields of one line, quotes resolved and trimmed; None where a quote is not closed before a delimiter.

    A heading may have spaces after its quote: what it means is in no doubt.
    """
    after_spaces, spaces = "text" if is_heading else QUOTE_AFTER_SPACES, SPACES.replace(delimiter, "")
    fields, at = [], 0
    while True:
        begin = len(line) - len(line[at:].lstrip(spaces))
        if line[begin : begin + 1] == '"' and (begin == at or after_spaces != "text"):
            match = QUOTED.match(line, begin)
            if not match or (begin > at and after_spaces == "refused"):
                return None
            field, at = match[1].replace('""', '"'), match.end()
            if is_heading or after_spaces == "quote":
                at = len(line) - len(line[at:].lstrip(spaces))
        else:
            field = line[at:].partition(delimiter)[0]
            at += len(field)
        fields.append(field.strip(SPACES))
        if at == len(line):
            return fields
        if line[at] != delimiter:
            return None
        at += 1


def _records(
    lines: list[str], at: int, delimiter: str, width: int, places: dict[str, int], style: Style, spoiled: bool
) -> Iterator[Record]:
    while at < len(lines):
        line, last = lines[at], at
        fields = fields_of(line, delimiter)
        if fields is None and JOINED_LINES:
            fields, last = _joined(lines, at, delimiter, width)
        if not line.strip(SPACES) or (NO_VALUE_IS_BLANK and fields and not any(fields)):
            if line:
                yield Record(at + 1, at + 1, line, None, is_blank=True)
        else:
            if fields and EMPTY_FIELDS_AT_END and not any(fields[width:]):
                fields = fields[:width]
            readable = fields and len(fields) == width
            text = "\n".join(lines[at : last + 1])
            if spoiled and UTF8_LETTER.search(text.encode("cp1252")):
                readable = False
            yield Record(at + 1, last + 1, text, values_of(fields, places, style) if fields and readable else None)
        at = last + 1


def _joined(lines: list[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """The fields of the lines from `at` on that one quoted field holds together, and the last of these lines."""
    for last in range(at + 1, len(lines)):
        fields = fields_of("\n".join(lines[at : last + 1]), delimiter)
        if fields:
            whole = [line for line in lines[at + 1 : last + 1] if line.count('"') % 2 == 0]
            alone = [len(fields_of(line, delimiter) or []) for line in whole]
            return (fields, last) if len(fields) == width and width not in alone else (None, at)
    return None, at


def values_of(fields: list[str], places: dict[str, int], style: Style) -> Values | None:
    """The typed values of a line, None where one of them is not what its column asks."""
    values: Values = {name: fields[places[name]] or None if name in places else None for name in style.columns}
    for name in [name for name in values if name.endswith("_on")]:
        if values[name]:
            values[name] = day_of(values[name], style.dates)
            if not values[name]:
                return None
    for name in ("posted_on", "snapshot_on"):
        if name in values:
            values[name] = values[name] or style.file_day
            if not values[name]:
                return None
    if values.get("points"):
        values["points"] = number_of(values["points"], style.decimal)
    for column, words in style.words.items():
        values[column] = words.get(values[column], values[column])
    return None if any(values[name] is None for name in style.required) else values


def day_of(text: str, style: str) -> date | None:
    text = re.sub("[ T]00:00(:00([.]0+)?)?$", "", text) if MIDNIGHT else text
    match = re.fullmatch(re.sub("yyyy|mm?|dd?", lambda part: DAY_PARTS[part[0]], style), text)
    try:
        found = date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
    except ValueError:
        return None
    return found if found and 1900 <= found.year < 2200 else None


def number_of(text: str, mark: str) -> Decimal | None:
    whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:[{THOUSANDS}][0-9]{{3}})+)" + ("?" if NO_DIGIT_BEFORE_MARK else "")
    if not re.fullmatch(f"-?{whole}(?:{re.escape(mark)}[0-9]{{1,2}})?", text) or not re.search("[0-9]", text):
        return None
    found = Decimal(re.sub(f"[{THOUSANDS}]", "", text).replace(",", "."))
    return found if abs(found) < 10**9 else None
