"""Mutations of cells: what a person in front of a spreadsheet does."""

from dataclasses import replace
from random import Random

from benchmarks.mutations.classes import changes, some
from benchmarks.mutations.good_file import Good

AMOUNTS = [
    "12.50", "12,50", "1,555", "1.555", "1.555,00", "1,555.00", "1e3", "1E3", "0x10", "1_000", "12 50", "1 234,50",
    "1 234.50", "1\u00a0234,5", "1 234567", "1 2345", "1  000", "1 000 000", "+5", "5-", "--5", "- 5", "(5)", "−5", "5 €",
    "NaN", "inf", "-inf", ",5", ".5", "-,5", "5,", "5.", "1,5,0", "0,001", "12,345", "12.345", "1'000", "１２", "٣", "½", "5%",
    "1234567890", "999999999,99", "-999999999.99", "1000000000", "9" * 40, "-0", "007", "true", "n.c.", "-", ",", "", "12,5O",
    "1\t000", "1\u2009000,5", "5\n", "1\u00ad0", "\u200b5", "1/2", "5d", "5f", "1e-2", "0b1", "1,50,", "00 155",
]  # fmt: skip
DAYS = [
    "31/02/2004", "29/02/2003", "29/02/2004", "2004-13-01", "2004-02-30", "2004-02-29", "1/2/04", "01/02/04", "1/2/2004",
    "2004-1-5", "5/01/2004", "38078", "01-02-2004", "01.02.2004", "2004/01/15", "20040115", "1970-01-01", "01/01/1970",
    "infinity", "-infinity", "epoch", "today", "now", "00/00/0000", "0000-00-00", "15/01/2004 00:00", "2004-01-15T00:00:00",
    "2004-01-15 12:00:00+02", "15/01/1004", "3004-01-15", "01/01/1900", "1900-01-01", "31/12/2199", "2199-12-31", "31/12/1899",
    "2200-01-01", "-2004-01-01", "2004-01-15 (BC)", "१५/०१/२००४", "2004-W03-1", "2004-015", "15/13/2004", "12/31/2004", "", "NULL",
    "15 janvier 2004", "15/01/2004\n", "+5/01/2004", "1 /02/2004", "2004-01-15-", "2004--1-15", "15/01/20044", "015/01/2004",
]  # fmt: skip
ODD_TEXTS = ["NULL", "null", "\\N", "'", '"', '""', '"""', 'a"b"c', '"a"b', "#N/A", "x" * 70_000, "é" * 300, "\\", '\\"', "\x0c", "\x1f",
             "\x1a", "\x7f", "\u2028", "\x85", "\ufeff", "\u200b", "\u3000a\u3000", "\x0ba\x0b", "P001", " P001 ", "p001", "P001\u200b",
             "e\u0301", "Ã©tÃ©", "\ud7ff", "$piece", "{", "%s", "?", "*", "../x", "<b>", "\U0001f9ff"]  # fmt: skip


def cells_changed(rng: Random, good: Good, ending: str, values: list[str]) -> bytes:
    """Some cells of the columns whose names end so, changed to one of the values; a good file where there is none."""
    meant = [heading for name, headings in good.style.columns.items() if name.endswith(ending) for heading in headings]
    columns = [at for at, heading in enumerate(good.rows[0]) if heading in meant]
    rows = [list(row) for row in good.rows]
    for at in some(rng, good.lines) if columns else []:
        rows[at][rng.choice(columns)] = rng.choice(
            [v for v in values if replace(good, rows=[[v]]).can_be(good.encoding)]
        )
    return good.with_rows(rows)


@changes
def amounts_changed(rng: Random, good: Good) -> bytes:
    return cells_changed(rng, good, "points", AMOUNTS)


@changes
def decimal_mark_changed(rng: Random, good: Good) -> bytes:
    names = good.style.columns.get("points", ())
    columns = [at for at, heading in enumerate(good.rows[0]) if heading in names]
    rows = [list(row) for row in good.rows]
    for at in some(rng, good.lines):
        for column in columns:
            rows[at][column] = rows[at][column].translate(str.maketrans(",.", ".,"))
    return good.with_rows(rows)


@changes
def days_changed(rng: Random, good: Good) -> bytes:
    return cells_changed(rng, good, "_on", DAYS)


@changes
def texts_changed(rng: Random, good: Good) -> bytes:
    return cells_changed(rng, good, "", ODD_TEXTS)


@changes
def values_swapped(rng: Random, good: Good) -> bytes:
    rows = [list(row) for row in good.rows]
    for at in some(rng, good.lines):
        a, b = rng.sample(range(len(rows[at])), 2)
        rows[at][a], rows[at][b] = rows[at][b], rows[at][a]
    return good.with_rows(rows)


@changes
def quoted_line_breaks(rng: Random, good: Good) -> bytes:
    rows = [list(row) for row in good.rows]
    for at in some(rng, good.lines):
        place = rng.randrange(len(rows[at]))
        cut = rng.randint(0, len(rows[at][place]))
        line_break = rng.choice([good.line_end, good.line_end, "\n", "\r\n"]) * rng.choice([1, 1, 2])
        rows[at][place] = rows[at][place][:cut] + line_break + rows[at][place][cut:]
    return good.with_rows(rows)


@changes
def fields_added_or_lost(rng: Random, good: Good) -> bytes:
    rows = [list(row) for row in good.rows]
    for at in some(rng, good.lines):
        match rng.choice(["lost", "lost at the end", "added", "empty at the end"]):
            case "lost":
                del rows[at][rng.randrange(len(rows[at]))]
            case "lost at the end":
                rows[at].pop()
            case "added":
                rows[at].insert(rng.randint(0, len(rows[at])), rng.choice(["", "x", "12", *rows[at]]))
            case _:
                rows[at] += [""] * rng.randint(1, 3)
    return good.with_rows(rows)
