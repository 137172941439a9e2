"""The pieces of a page that a notebook shows: sentences, key numbers, tables, pictures. All that comes from data is escaped."""

from abc import ABC, abstractmethod
from base64 import b64encode
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd

from pipeline.report.words import cell, is_number

NOT_BROKEN = 26
MOST_ROWS = 500
HEADING = "th scope=col"
STYLE = (Path(__file__).parent / "fragment.css").read_text(encoding="utf-8")


class Fragment(ABC):
    """Something that Jupyter shows as HTML."""

    @abstractmethod
    def html(self) -> str:
        """The HTML inside."""

    def _repr_html_(self) -> str:
        return f'<div class="palier">{self.html()}</div>'

    def __repr__(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, repr=False)
class Sentences(Fragment):
    """A few plain sentences, one paragraph each; `warning` sets them apart."""

    sentences: list[str]
    warning: bool = False

    def html(self) -> str:
        """Paragraphs."""
        text = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return f'<div class="warning">{text}</div>' if self.warning else text


@dataclass(frozen=True, repr=False)
class Heading(Fragment):
    """The heading of a section that not every page has, or not in the same words."""

    text: str

    def html(self) -> str:
        """A heading of the second level."""
        return f"<h2>{escape(self.text)}</h2>"


@dataclass(frozen=True)
class KeyNumber:
    """One number that a reader takes home: what it is, the number, what became of it."""

    title: str
    number: str
    change: str = ""
    colour: str = "#2B2B2B"


@dataclass(frozen=True, repr=False)
class Opening(Fragment):
    """The top of a page: key numbers, the findings as sentences, what was asked. Carries the style of all fragments."""

    numbers: list[KeyNumber]
    sentences: list[str]
    asked: str
    warning: str = ""

    def html(self) -> str:
        """Style, warning, tiles, sentences."""
        tiles = "".join(
            f'<li style="border-color:{one.colour}"><span>{escape(one.title)}</span> <b>{escape(one.number)}</b> '
            f"<span>{escape(one.change)}</span></li>"
            for one in self.numbers
        )
        warning = f'<p class="warning">{escape(self.warning)}</p>' if self.warning else ""
        findings = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        asked = f'<p class="rest">{escape(self.asked)}</p>'
        return (
            f'<style>{STYLE}</style>{warning}<ul class="tiles">{tiles}</ul><ul class="findings">{findings}</ul>{asked}'
        )


@dataclass(frozen=True, repr=False)
class Table(Fragment):
    """A table with its caption. Column names are the headings; a heading with `share` holds shares of 0–1.

    Only the first `rows` stand open, the whole table folded below them; of more than 500 rows, only `all_by` tells: the
    command that gives `all_are`. A column in which every value is missing is left out.
    """

    caption: str
    frame: pd.DataFrame
    rows: int | None = None
    all_by: str = ""
    all_are: str = "all"

    def html(self) -> str:
        """The table in a wrapper that scrolls by itself on a narrow screen."""
        if self.frame.empty:
            return f"<p>{escape(self.caption)}: none.</p>"
        given = self.frame.loc[:, self.frame.notna().any()]
        if self.rows is None or len(given) <= self.rows:
            return self._table(given, self.caption)
        return self._table(given.head(self.rows), self.caption) + self._rest(given)

    def _rest(self, given: pd.DataFrame) -> str:
        """The whole table, folded; or where it is."""
        if len(given) <= MOST_ROWS:
            whole = self._table(given, f"{self.caption}, all {len(given):,}")
            return f"<details><summary>All {len(given):,}</summary>{whole}</details>"
        where = f"; {escape(self.all_are)}: <code>{escape(self.all_by)}</code>" if self.all_by else ""
        return f'<p class="rest">First {self.rows:,} of {len(given):,}{where}.</p>'

    def _table(self, shown: pd.DataFrame, caption: str) -> str:
        label = escape(caption, quote=True)
        right = [_is_right(shown[name]) for name in shown.columns]
        head = "".join(_cell(HEADING, str(name), to_right) for name, to_right in zip(shown, right, strict=True))
        body = "".join(
            f"<tr>{_row(list(values), list(shown.columns), right)}</tr>" for values in shown.astype(object).to_numpy()
        )
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table><caption>{escape(caption)}'
            f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


@dataclass(frozen=True, repr=False)
class Picture(Fragment):
    """One chart: its finding, what it shows in words (`alt`), and the numbers behind it."""

    finding: str
    caption: str
    alt: str
    png: bytes
    width: int
    height: int
    numbers: pd.DataFrame = field(default_factory=pd.DataFrame)

    def html(self) -> str:
        """A figure that holds its own image, and the table behind it."""
        data = b64encode(self.png).decode()
        return (
            f"<figure><figcaption>{escape(self.finding)}</figcaption>"
            f'<img src="data:image/png;base64,{data}" width="{self.width}" height="{self.height}" '
            f'alt="{escape(self.alt, quote=True)}"><p class="rest">{escape(self.caption)}</p>'
            f"<details><summary>The numbers</summary>{Table(self.caption, self.numbers).html()}</details></figure>"
        )


def _is_right(values: pd.Series) -> bool:
    given = [value for value in values if value is not None and not (isinstance(value, float) and pd.isna(value))]
    return bool(given) and all(is_number(value) for value in given)


def _row(values: list[object], headings: list[str], right: list[bool]) -> str:
    return "".join(
        _cell("th scope=row" if place == 0 and not to_right else "td", cell(value, heading), to_right)
        for place, (value, heading, to_right) in enumerate(zip(values, headings, right, strict=True))
    )


def _cell(tag: str, text: str, to_right: bool) -> str:
    marks = ["r"] * to_right + ["n"] * (len(text) <= NOT_BROKEN and tag != HEADING)
    marked = f' class="{" ".join(marks)}"' if marks else ""
    return f"<{tag}{marked}>{escape(text)}</{tag.split()[0]}>"
