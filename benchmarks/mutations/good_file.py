"""Small good files in random dialects, with the truth that was planted in them."""

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

from benchmarks.mutations import reading
from benchmarks.mutations.reading import SPACES, Style, Values

HEADINGS = {
    "points": {
        "entry_id": "N° écriture", "partner_id": "Code partenaire", "earned_on": "Date d'obtention",
        "posted_on": "Date de saisie", "category": "Catégorie", "activity": "Activité", "domain": "Domaine",
        "points": "Points", "reverses": "Annule",
    },
    "roster": {
        "snapshot_on": "Photo du", "partner_id": "Code partenaire", "name": "Raison sociale", "tier": "Niveau",
        "region": "Région", "city": "Ville", "joined_on": "Date d'adhésion", "contact": "Contact",
        "account_manager": "Responsable de compte", "status": "Statut",
    },
}  # fmt: skip
MEANT: dict[str, dict[str, tuple[str, ...]]] = {
    kind: {name: (heading, name) for name, heading in names.items()} for kind, names in HEADINGS.items()
}
REQUIRED = {"points": ("partner_id", "earned_on", "points"), "roster": ("partner_id",)}
WORDS = {"points": {"category": {"Compétence": "competency"}}, "roster": {"tier": {"Certifié": "certified"}}}
NOT_OURS = "Remarque"
DATES = {"dd/mm/yyyy": "%d/%m/%Y", "yyyy-mm-dd": "%Y-%m-%d"}
if reading.SHORT_DAYS:
    DATES |= {"d/m/yyyy": "%-d/%-m/%Y", "yyyy-m-d": "%Y-%-m-%d"}
MARKS = {"comma": ",", "point": "."}
PARTNERS = [f"P{number:03}" for number in range(40)]
TEXTS = [
    "", "", "Adatum", "Été “à” Nîmes", "Compétence", "Certifié", "D'Artagnan; Fils & Cie", "Zoë, Ltd", "A|B", 'Say "hi"',
    '"Quoted" name', '12" screen', "œuvre €", "#", "NULL", "0", "-", "=1+1", "a\\x01b", "x y", " padded ", "12,50",
    "01/02/2004", "2004-02-01", "P001", "Žižkov", "Gdańsk", "Łódź", "東京", "😀", "line\u2028break", "next\x85line",
]  # fmt: skip


@dataclass(frozen=True)
class Encoding:
    encode: Callable[[str], bytes]
    suffix: str = "csv"
    pack: Callable[[bytes], bytes] = bytes


ENCODINGS = {
    "utf-8": Encoding(str.encode),
    "utf-8-sig": Encoding(lambda text: text.encode("utf-8-sig")),
    "cp1252": Encoding(lambda text: text.encode("cp1252")),
}
if reading.UTF_16:
    ENCODINGS["utf-16"] = Encoding(lambda text: b"\xff\xfe" + text.encode("utf-16-le"))
    ENCODINGS["utf-16-be"] = Encoding(lambda text: b"\xfe\xff" + text.encode("utf-16-be"))
if reading.GZIP:
    ENCODINGS["gzip"] = Encoding(str.encode, "csv.gz", lambda data: gzip.compress(data, mtime=0))


@dataclass(frozen=True)
class Good:
    """One good file: how it is written, its rows of text (the first are the headings) and what they mean."""

    number: int
    kind: str
    rows: list[list[str]]
    truth: list[Values]
    file_day: date | None
    encoding: str
    delimiter: str
    line_end: str
    quote_all: bool
    dates: str
    decimal: str

    @property
    def file(self) -> str:
        folder = "points" if self.kind == "points" else "rosters"
        day, name = self.file_day or "undated", self.dates.replace("/", "")
        return f"{folder}/m{self.number:07} {day} {name} {self.decimal}.{ENCODINGS[self.encoding].suffix}"

    @property
    def style(self) -> Style:
        return Style(
            self.kind, MEANT[self.kind], WORDS[self.kind], self.dates, MARKS[self.decimal], REQUIRED[self.kind],
            self.file_day,
        )  # fmt: skip

    @property
    def lines(self) -> list[str]:
        """The text line by line, with line ends."""
        return [line + self.line_end for line in self.text.split(self.line_end)[:-1]]

    @property
    def text(self) -> str:
        out = io.StringIO()
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=self.delimiter, lineterminator=self.line_end, quoting=quoting).writerows(self.rows)
        return out.getvalue()

    @property
    def data(self) -> bytes:
        """The bytes before they are packed."""
        return self.encoded(self.text)

    def encoded(self, text: str) -> bytes:
        return ENCODINGS[self.encoding].encode(text)

    def packed(self, data: bytes) -> bytes:
        return ENCODINGS[self.encoding].pack(data)

    def with_rows(self, rows: list[list[str]]) -> bytes:
        return replace(self, rows=rows).data

    def can_be(self, encoding: str) -> bool:
        try:
            return bool(ENCODINGS[encoding].encode(self.text))
        except UnicodeEncodeError:
            return False


def good_file(rng: Random, number: int, kind: str | None = None) -> Good:
    """A file of a few lines in a random dialect."""
    kind = kind or rng.choice(["points", "points", "roster"])
    dialect: dict[str, Any] = {
        "encoding": rng.choice(list(ENCODINGS)), "delimiter": rng.choice(";,\t|"), "decimal": rng.choice(list(MARKS)),
        "line_end": rng.choice(["\n", "\r\n", "\r"]), "quote_all": rng.random() < 0.3, "dates": rng.choice(list(DATES)),
    }  # fmt: skip
    file_day = _day(rng) if rng.random() < 0.8 else None
    optional = [name for name in HEADINGS[kind] if name not in REQUIRED[kind] and rng.random() < 0.7]
    own_day = {"points": "posted_on", "roster": "snapshot_on"}[kind]
    names = [*REQUIRED[kind], *optional, *([] if file_day or own_day in optional else [own_day]), NOT_OURS]
    rng.shuffle(names)
    headings = HEADINGS[kind] if rng.random() < 0.5 else {}
    rows, truth = [[headings.get(name, name) for name in names]], []
    drawn = [_drawn(rng, number, line, kind, dialect["encoding"], file_day) for line in range(rng.randint(4, 12))]
    for values in [*drawn, *rng.choices(drawn, k=rng.choice([0, 0, 1, 2]))]:
        rows.append([_written(rng, values.get(name, ""), dialect) for name in names])
        said = {name: values.get(name) if name in names else None for name in HEADINGS[kind]}
        read = {name: value.strip(SPACES) or None if isinstance(value, str) else value for name, value in said.items()}
        for column, words in WORDS[kind].items():
            read[column] = words.get(str(read[column]), read[column])
        truth.append({**read, own_day: read[own_day] or file_day})
    return Good(number=number, kind=kind, rows=rows, truth=truth, file_day=file_day, **dialect)


def _drawn(rng: Random, number: int, line: int, kind: str, encoding: str, file_day: date | None) -> Values:
    """The values of one line; entries and partners of a roster are this file's own."""
    known = [text for text in TEXTS if encoding != "cp1252" or _is_cp1252(text)]
    values: Values = {name: rng.choice(known) for name in [*HEADINGS[kind], NOT_OURS]}
    if kind == "roster":
        return {
            **values, "partner_id": f"R{number:07}-{line}é", "joined_on": rng.choice([None, _day(rng)]),
            "snapshot_on": rng.choice([file_day or date(2004, 2, 3), date(2004, 6, 7)]),
        }  # fmt: skip
    cents = rng.choice(
        [rng.randint(0, 5000), 50 * rng.randint(1, 200), -rng.randint(1, 20000), rng.randint(10**5, 10**9)]
    )
    return {
        **values, "entry_id": rng.choice(["", *[f"E{number:07}-{rng.choice([line, line, 1])}"] * 6]),
        "partner_id": rng.choice(PARTNERS), "earned_on": _day(rng), "points": Decimal(cents) / 100,
        "posted_on": _day(rng) if not file_day or rng.random() < 0.7 else None,
        "reverses": f"E{number:07}-{rng.randint(0, line)}" if cents < 0 else "",
    }  # fmt: skip


def _written(rng: Random, value: Any, dialect: dict[str, Any]) -> str:
    if isinstance(value, date):
        return value.strftime(DATES[dialect["dates"]])
    if not isinstance(value, Decimal):
        return value or ""
    space = rng.choice(["", "", " ", "\u00a0", "\u00a0" if dialect["encoding"] == "cp1252" else "\u202f"])
    text = f"{value:,.2f}".replace(",", space)
    text = text.removesuffix(".00") if rng.random() < 0.3 else text.removesuffix("0")
    return text.replace(".", MARKS[dialect["decimal"]])


def _day(rng: Random) -> date:
    return date(2004, 1, 1) + timedelta(days=rng.randrange(180))


def _is_cp1252(text: str) -> bool:
    return text.encode("cp1252", errors="replace").decode("cp1252") == text


def contracts() -> str:
    """contracts.toml for all these files: one source per kind, way of writing days and decimal mark."""
    sources = []
    for kind, columns in HEADINGS.items():
        for dates in DATES:
            for decimal, mark in MARKS.items():
                name = f"{dates.replace('/', '')} {decimal}"
                folder = "points" if kind == "points" else "rosters"
                sources += [
                    "[[source]]", f'name = "{kind} {name}"', f'kind = "{kind}"', f'files = "{folder}/* {name}.csv*"',
                    f'dates = "{dates}"', f'decimal = "{mark}"', 'undated = "first"', "[source.columns]",
                    *[f'{column} = ["{heading}", "{column}"]' for column, heading in columns.items()],
                    *[f'[source.values.{column}]\n"{a}" = "{b}"' for column, m in WORDS[kind].items() for a, b in m.items()],
                ]  # fmt: skip
    return "\n".join(sources) + "\n"
