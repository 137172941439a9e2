"""Mutations of a file as a whole: its columns, its dialect, its encoding."""

from dataclasses import replace
from random import Random

from benchmarks.mutations.classes import changes, keeps, some
from benchmarks.mutations.good_file import ENCODINGS, Good


def reordered(rng: Random, rows: list[list[str]]) -> list[list[str]]:
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    return [[row[at] for at in order] for row in rows]


@keeps
def columns_swapped_with_heading(rng: Random, good: Good) -> bytes:
    return good.with_rows(reordered(rng, good.rows))


@changes
def columns_swapped_without_heading(rng: Random, good: Good) -> bytes:
    return good.with_rows([good.rows[0], *reordered(rng, good.rows[1:])])


@keeps
def headings_in_other_letters(rng: Random, good: Good) -> bytes:
    words = [rng.choice([str.upper, str.lower, str.title])(heading).replace("'", "’") for heading in good.rows[0]]
    return good.with_rows([[rng.choice(["", " "]) + word.replace(" ", "  ") for word in words], *good.rows[1:]])


@changes
def heading_renamed(rng: Random, good: Good) -> bytes:
    headings, at = list(good.rows[0]), rng.randrange(len(good.rows[0]))
    headings[at] = rng.choice(
        ["", "x", headings[at] + "s", headings[at][:-1], *headings, *sum(good.style.columns.values(), ())]
    )
    return good.with_rows([headings, *good.rows[1:]])


@changes
def column_doubled(rng: Random, good: Good) -> bytes:
    at, to = (rng.randrange(len(good.rows[0])) for _ in range(2))
    return good.with_rows([[*row[:to], row[at], *row[to:]] for row in good.rows])


@keeps
def quoting_changed(rng: Random, good: Good) -> bytes:
    return replace(good, quote_all=not good.quote_all).data


@keeps
def delimiter_changed(rng: Random, good: Good) -> bytes:
    return replace(good, delimiter=rng.choice(";,\t|")).data


@keeps
def re_encoded(rng: Random, good: Good) -> bytes:
    known = [name for name in ENCODINGS if good.can_be(name) and ENCODINGS[name].suffix == "csv"]
    return replace(good, encoding=rng.choice(known)).data


@changes
def re_encoded_in_part(rng: Random, good: Good) -> bytes:
    other = "utf-8" if good.encoding == "cp1252" else "cp1252"
    lines = [
        good.encoded(line) if at == 0 else good.encoded(line).removeprefix(b"\xef\xbb\xbf")
        for at, line in enumerate(good.lines)
    ]
    for at in some(rng, good.lines):
        lines[at] = good.lines[at].encode(other, errors="replace")
    return b"".join(lines)


@changes
def encoded_as_nobody_reads(rng: Random, good: Good) -> bytes:
    return good.text.encode(
        rng.choice(["utf-16-le", "utf-16-be", "utf-32", "cp437", "mac-roman", "utf-7", "latin-1"]), errors="replace"
    )


@changes
def encoded_twice(rng: Random, good: Good) -> bytes:
    return good.data.decode("cp1252", errors="replace").encode()


@changes
def nothing_below_the_heading(rng: Random, good: Good) -> bytes:
    return rng.choice(
        [
            b"",
            b"\n",
            b"\xef\xbb\xbf",
            good.encoded(good.lines[0]),
            good.encoded(good.lines[0].strip()),
            good.encoded("\n"),
        ]
    )
