"""Mutations of lines: what a person with a text editor does, or a program that writes by hand."""

import re
from dataclasses import replace
from random import Random

from benchmarks.mutations.classes import changes, keeps, some
from benchmarks.mutations.good_file import Good


def of_lines(good: Good, lines: list[str]) -> bytes:
    return good.encoded("".join(lines))


@keeps
def unchanged(rng: Random, good: Good) -> bytes:
    return good.data


@changes
def lines_doubled(rng: Random, good: Good) -> bytes:
    lines = good.lines
    for at in reversed(some(rng, lines)):
        lines.insert(rng.choice([at, rng.randint(1, len(lines))]), lines[at])
    return of_lines(good, lines)


@changes
def lines_shuffled(rng: Random, good: Good) -> bytes:
    heading, *lines = good.lines
    rng.shuffle(lines)
    return of_lines(good, [heading, *lines])


@changes
def lines_lost(rng: Random, good: Good) -> bytes:
    lines = good.lines
    gone = some(rng, lines) if rng.random() < 0.8 else [0]
    return of_lines(good, [line for at, line in enumerate(lines) if at not in gone])


@changes
def heading_repeated(rng: Random, good: Good) -> bytes:
    lines = good.lines
    lines.insert(rng.randint(1, len(lines)), lines[0])
    return of_lines(good, lines)


@changes
def title_rows(rng: Random, good: Good) -> bytes:
    titles = [
        "",
        "Export du 15/01/2004",
        good.delimiter * 3,
        '"Points par partenaire"',
        "Points",
        "a" + good.delimiter + "b",
    ]
    return of_lines(good, [*(rng.choice(titles) + good.line_end for _ in range(rng.randint(1, 4))), *good.lines])


@changes
def delimiter_replaced(rng: Random, good: Good) -> bytes:
    lines, other = good.lines, rng.choice(";,\t| :")
    for at in rng.choice([some(rng, lines), [0], list(range(len(lines)))]):
        lines[at] = lines[at].replace(good.delimiter, other, rng.choice([1, -1]))
    return of_lines(good, lines)


@changes
def line_ends_lost(rng: Random, good: Good) -> bytes:
    lines = good.lines
    for at in some(rng, lines):
        lines[at] = lines[at].removesuffix(good.line_end)
    return of_lines(good, lines)


@changes
def lines_torn(rng: Random, good: Good) -> bytes:
    lines = good.lines
    for at in some(rng, lines):
        cut = rng.randrange(len(lines[at]))
        lines[at] = lines[at][:cut] + rng.choice([good.line_end, good.line_end, "\r", "\n"]) + lines[at][cut:]
    return of_lines(good, lines)


@changes
def line_ends_mixed(rng: Random, good: Good) -> bytes:
    ends = rng.choice([["\n", "\r\n"], ["\n", "\r"], ["\r\n", "\r"], ["\n", "\r", "\r\n", "\n\r", "\r\r\n"]])
    return of_lines(good, [line.removesuffix(good.line_end) + rng.choice(ends) for line in good.lines])


@keeps
def line_ends_changed(rng: Random, good: Good) -> bytes:
    changed = replace(good, line_end=rng.choice(["\n", "\r\n", "\r"]))
    return changed.encoded(changed.text.removesuffix(rng.choice(["", changed.line_end])))


@keeps
def blank_lines(rng: Random, good: Good) -> bytes:
    heading, *lines = good.lines
    return of_lines(good, [heading, *(good.line_end * rng.choice([0, 0, 1, 3]) + line for line in [*lines, ""])])


@changes
def lines_of_nothing(rng: Random, good: Good) -> bytes:
    lines = good.lines
    for _ in range(rng.randint(1, 3)):
        empty = rng.choice(
            [" ", "\t", "\u00a0", '""', good.delimiter, good.delimiter * (len(good.rows[0]) - 1), good.delimiter + " "]
        )
        lines.insert(rng.randint(1, len(lines)), empty + good.line_end)
    return of_lines(good, lines)


@changes
def quote_inserted(rng: Random, good: Good) -> bytes:
    """Unclosed at the beginning of a field, astray in the middle, or anywhere."""
    lines = good.lines
    for at in some(rng, lines):
        places = [0, *(match.end() for match in re.finditer(re.escape(good.delimiter), lines[at]))]
        place = rng.choice([*places, rng.randrange(len(lines[at]))])
        lines[at] = lines[at][:place] + rng.choice(['"', '"', '""', "'"]) + lines[at][place:]
    return of_lines(good, lines)


@changes
def quotes_lost(rng: Random, good: Good) -> bytes:
    lines = replace(good, quote_all=rng.random() < 0.5).lines
    for at in some(rng, lines):
        quotes = [place for place, letter in enumerate(lines[at]) if letter == '"']
        gone = rng.choice([quotes, quotes[:1], quotes[-1:], rng.sample(quotes, min(1, len(quotes)))])
        lines[at] = "".join(letter for place, letter in enumerate(lines[at]) if place not in gone)
    return of_lines(good, lines)


@changes
def spaces_around_values(rng: Random, good: Good) -> bytes:
    lines = good.lines
    for at in some(rng, lines):
        parts = lines[at].removesuffix(good.line_end).split(good.delimiter)
        spaces = ["", "", " ", "  ", "\t", "\u00a0"]
        lines[at] = (
            good.delimiter.join(rng.choice(spaces) + part + rng.choice(spaces) for part in parts) + good.line_end
        )
    return of_lines(good, lines)


@changes
def mark_in_the_middle(rng: Random, good: Good) -> bytes:
    """A byte order mark, as it comes where files are joined."""
    lines, mark = good.lines, "\ufeff" if good.encoding != "cp1252" else "ï»¿"
    at = rng.choice([0, *some(rng, lines)])
    place = rng.choice([0, 0, rng.randrange(len(lines[at]))])
    lines[at] = lines[at][:place] + mark + lines[at][place:]
    return of_lines(good, lines)
