"""The full rules: lines that are not plain, read one by one; each gets its values, or the reason why it is refused."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.base.sql import sql_of
from pipeline.base.warehouse import Warehouse, exact_path
from pipeline.ingest.contract import DAY_OF_FILE
from pipeline.ingest.line import BREAK, RETURN
from pipeline.ingest.notation import SPACES
from pipeline.ingest.plain import BUFFER_BYTES, LONGEST_BYTES, TYPES, in_our_words, is_heading
from pipeline.ingest.reading import Reading

HERE = Path(__file__).parent


def write_lines(lines: Iterable[tuple[int, int, str]], target: Path) -> None:
    """Write records (number of the first line, number of lines, text) as the engine will read them: one row per
    physical line, without a text for a blank one and for one that belongs to the record before it."""
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for number, count, text in lines:
            bare = text.rstrip("\r").removeprefix("\x01")
            file.write(f"{number}\x01{bare.replace(chr(13), RETURN)}\n" if bare else f"{number}\n")
            for continued in range(number + 1, number + count):
                file.write(f"{continued}\n")


def write_judged_lines(engine: Warehouse, lines: Path, reading: Reading, mended: dict[int, date], target: Path) -> None:
    """Write one row per line of `lines` to `target`: line, our columns, reject_reason, raw, and whether it `is_data`.

    What is mended (line → day) is not known before that day.
    """
    engine.put("mended", {"line": "bigint", "mended_on": "date"}, list(mended.items()))
    engine.make(
        "physical_line",
        "select line, raw from read_csv($path, auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', "
        "strict_mode = false, null_padding = true, max_line_size = $longest, buffer_size = $buffer, hive_partitioning = false, "
        "columns = {'line': 'bigint', 'raw': 'varchar'})",
        longest=LONGEST_BYTES,
        buffer=BUFFER_BYTES,
        path=exact_path(lines),
    )
    engine.make(
        "split_line",
        sql_of(HERE, "split_line"),
        delimiter=reading.delimiter,
        piece=reading.piece,
        quotes=reading.quotes,
        headings=len(reading.headings),
        spaces=SPACES + "\n",
        breaks=BREAK + RETURN,
        split_at=reading.positions.get("points")
        if reading.source.split_decimals and reading.delimiter == ","
        else None,
    )
    texts = "".join(f", nullif(fields[{at}], '') as {name}_text" for name, at in reading.positions.items())
    engine.make("field", f"select line, raw, has_open_quote, len(fields) as fields{texts} from split_line")
    _put_values(engine, reading)
    bound: dict[str, Any] = {f"constant_{name}": value for name, value in reading.constants.items()}
    bound |= {"file_day": reading.file_day, "breaks": BREAK + RETURN}
    select = _judged(reading, bound)
    engine.write(target, select, **{name: value for name, value in bound.items() if f"${name}" in select})


def _put_values(engine: Warehouse, reading: Reading) -> None:
    """What the distinct texts of days and points mean: the tables day_value and points_value."""
    held = {"day": "date", "points": "decimal(18, 2)"}
    for holds, kind in held.items():
        columns = [name for name in reading.positions if reading.columns[name] == holds]
        distinct = " union ".join(
            f"select distinct {name}_text from field where {name}_text is not null" for name in columns
        )
        rows = []
        for (text,) in engine.rows(distinct) if columns else []:
            value, fault = reading.notation.day_of(text) if holds == "day" else _points_of(text, reading)
            rows.append((text, value, fault))
        engine.put(f"{holds}_value", {"text": "varchar", "value": kind, "fault": "varchar"}, rows)


def _points_of(text: str, reading: Reading) -> tuple[Decimal | None, str | None]:
    hundredths, fault = reading.notation.hundredths_of(text)
    return None if hundredths is None else Decimal(hundredths).scaleb(-2), fault


def _judged(reading: Reading, bound: dict[str, Any]) -> str:
    """One row per physical line given: values and verdict. What it binds is added to `bound`."""
    kind, headings = reading.source.kind, len(reading.headings)
    values, joins = [], []
    reasons = [
        ("has_open_quote", "'a quote is opened and not closed on this line'"),
        (f"fields <> {headings}", f"concat('the line has ', fields, ' fields, the heading {headings}')"),
        (" and ".join(is_heading(f"{name}_text", name, reading) for name in reading.positions), "'the heading again'"),
    ]
    for name, holds in reading.columns.items():
        text = f"{name}_text" if name in reading.positions else "null"
        constant = f"$constant_{name}" if name in reading.constants else "null"
        value = f"cast({constant} as {TYPES[holds]})"
        if name == DAY_OF_FILE[kind] and constant == "null":
            value = "cast($file_day as date)"
            reasons.append((f"{text} is null and {value} is null", f"'{name} is empty and the file name has no date'"))
        elif name in reading.needs:
            reasons.append((f"{text} is null", f"'{name} is empty'"))
        if name in reading.positions and holds == "text":
            value = in_our_words(text, name, reading, bound)
        elif name in reading.positions:
            value = f"case when {text} is null then {value} else of_{name}.value end"
            joins.append(f"left join {holds}_value as of_{name} on of_{name}.text = {text}")
            reasons.append((f"of_{name}.fault is not null", f"concat('{name} ', of_{name}.fault, ': ', {text})"))
        if holds == "points":
            # a value from a line with shifted fields says nothing
            value = f"case when fields = {headings} and not has_open_quote then {value} end"
        if name == "posted_on":
            value = f"case when mended_on > {value} then mended_on else {value} end"
        values.append(f"{value} as {name}")
    reason = " ".join(f"when {test} then {said}" for test, said in reasons)
    return f"""
        select
            physical_line.line, judged.* exclude (line),
            judged.line is not null as is_data
        from physical_line
        left join (
            select
                field.line, {", ".join(values)}, mended.mended_on,
                case {reason} end as reject_reason,
                case when case {reason} end is not null or contains(raw, chr(30)) then translate(raw, $breaks, concat(chr(10), chr(13))) end as raw
            from field left join mended on mended.line = field.line {" ".join(joins)}
        ) as judged on judged.line = physical_line.line
        order by physical_line.line
    """
