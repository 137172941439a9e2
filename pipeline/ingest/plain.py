"""The fast reading: the engine's own reader, in parallel, one row a line, in the order of the lines; it never guesses.

A value is taken only where it can mean one thing. A line with any other value is not `is_plain`: the full rules of
`judged.py` read it again.
"""

from pathlib import Path
from typing import Any

from pipeline.base.warehouse import EngineError, Warehouse, exact_path, literal
from pipeline.ingest.contract import DAY_OF_FILE
from pipeline.ingest.line import LINE_BYTES
from pipeline.ingest.notation import FIRST_YEAR, LAST_YEAR, SPACES
from pipeline.ingest.reading import Reading

TYPES = {"text": "varchar", "day": "date", "points": "decimal(18, 2)"}
LONGEST_BYTES = 2 * LINE_BYTES
BUFFER_BYTES = 4 * LONGEST_BYTES  # smaller ones keep the memory low; a line must fit into one


def write_plain_lines(engine: Warehouse, path: Path, reading: Reading, quoted: bool, target: Path) -> bool:
    """Write one row per line after the heading to `target`: our columns, and `is_plain`.

    `quoted` reads quotes as such. False when the engine cannot read the text so.
    """
    values: dict[str, Any] = {"path": exact_path(path), "file_day": reading.file_day}
    columns = {name: _value(name, holds, reading, values) for name, holds in reading.columns.items()}
    last = len(reading.headings)
    texts = ", ".join(f"'c{at}': 'varchar'" for at in range(1, last + 2))
    in_columns = ", ".join(f"{value} as {name}" for name, value in columns.items())
    laws = [f"c{last + 1} is null", f"c{last} is not null", *_laws(reading)]
    select = f"""
        select {", ".join(columns)}, coalesce({" and ".join(laws)}, false) as is_plain
        from (
            select *, {in_columns}
            from read_csv(
                $path, auto_detect = false, header = false, skip = {reading.heading_lines},
                delim = {literal(reading.delimiter)}, quote = {literal('"' if quoted else "")}, escape = {literal('"' if quoted else "")},
                columns = {{{texts}}}, null_padding = true, strict_mode = {quoted}, nullstr = chr(1),
                max_line_size = {LONGEST_BYTES}, buffer_size = {BUFFER_BYTES}, hive_partitioning = false
            )
        )
    """
    used = {name: value for name, value in values.items() if f"${name}" in select}
    try:
        engine.write(target, select, ", parquet_version v2, dictionary_size_limit 1", **used)
    except EngineError as error:
        if "Could not write" in str(error):
            raise
        return False
    return True


def write_no_lines(engine: Warehouse, reading: Reading, target: Path) -> None:
    """The same file without a row, for a text whose lines are all read by the full rules."""
    columns = [f"cast(null as {TYPES[holds]}) as {name}" for name, holds in reading.columns.items()]
    engine.write(target, f"select {', '.join(columns)}, true as is_plain where false")


def in_our_words(text: str, name: str, reading: Reading, values: dict[str, Any]) -> str:
    """The expression for a text in our words, where the contract gives them; what it binds is added to `values`."""
    words = reading.source.values.get(name)
    if not words:
        return text
    # a join would not keep the order of the lines
    values |= {f"theirs_{name}": list(words), f"ours_{name}": list(words.values())}
    return f"nullif(coalesce(map($theirs_{name}, $ours_{name})[{text}], {text}), '')"


def is_heading(text: str, name: str, reading: Reading) -> str:
    """The expression for whether a text is its own column's heading, in any case and after a mark of utf-8."""
    heading = reading.headings[reading.positions[name] - 1].strip(SPACES + "\n")
    return f"ltrim(lower({text}), '\ufeff') = lower({literal(heading)})"


def _value(name: str, holds: str, reading: Reading, values: dict[str, Any]) -> str:
    """The expression for one of our columns; what it binds is added to `values`."""
    if name not in reading.positions:
        values[f"constant_{name}"] = reading.constants.get(name)
        given = (
            f"cast($constant_{name} as {TYPES[holds]})"
            if name in reading.constants
            else f"cast(null as {TYPES[holds]})"
        )
        return "$file_day" if name == DAY_OF_FILE[reading.source.kind] and name not in reading.constants else given
    text = f"c{reading.positions[name]}"
    if holds == "day":
        day = _day(text, reading)
        return f"case when {text} = '' then $file_day else {day} end" if name in DAY_OF_FILE.values() else day
    if holds == "points":
        mark = f"[{reading.notation.marks}]"
        return (
            f"case when regexp_full_match({text}, '-?[0-9]{{1,9}}(?:{mark}[0-9]{{1,2}})?') "
            f"then try_cast(replace({text}, ',', '.') as decimal(18, 2)) end"
        )
    return in_our_words(f"nullif({text}, '')", name, reading, values)


def _day(text: str, reading: Reading) -> str:
    """A day in one of the notations that the engine reads as we do, else null."""
    forms = []
    for pattern in reading.notation.patterns:
        if form := pattern.engine_format:
            # the engine takes one digit where two are asked for
            guard = f"strlen({text}) = {len(pattern.text)} and " if not {"d", "m"} & set(pattern.tokens) else ""
            parsed = f"cast(try_strptime({text}, {literal(form)}) as date)"
            forms.append(f"case when {guard}{text} <> '' then {parsed} end")
    return f"coalesce({', '.join(forms)})" if len(forms) > 1 else forms[0] if forms else "cast(null as date)"


def _laws(reading: Reading) -> list[str]:
    """What makes a line plain."""
    laws = []
    for name, holds in reading.columns.items():
        needed = name in reading.needs or name == DAY_OF_FILE[reading.source.kind]
        if needed:
            laws.append(f"{name} is not null")
        if name in reading.positions and holds == "day":
            # the first of all days is also what the engine makes of 'epoch'
            within = f"{name} > date '{FIRST_YEAR}-01-01' and {name} < date '{LAST_YEAR + 1}-01-01'"
            laws.append(within if needed else f"(c{reading.positions[name]} = '' or {name} is not null and {within})")
    if all(reading.columns[name] == "text" for name in reading.needs):  # no day and no amount is its own heading
        first = reading.needs[0]
        laws.append(f"not ({is_heading(f'c{reading.positions[first]}', first, reading)})")
    return laws
