"""A Parquet file → a text file with one row a line, streamed through the engine."""

import errno
import os
from pathlib import Path

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import EngineError, Warehouse, exact_path, literal, quoted
from pipeline.ingest.cells import CELL_BREAK, EXACT_BELOW, LINE_BREAK, NO_TEXT

BLOCK_BYTES = 1 << 22
SEND_ANEW = "Ask the sender for it again, or take it out of data/raw."

# How each type is written, in the notation of `cells`; all other types are cast to text.
AS_TEXT = {
    "DOUBLE": "plain_number",
    "FLOAT": "plain_float",
    "BOOLEAN": "plain_boolean",
    "DATE": "plain_day",
    "TIMESTAMP": "plain_day",
    "TIMESTAMP_S": "plain_day",
    "TIMESTAMP_MS": "plain_day",
    "TIMESTAMP_NS": "plain_day",
    "TIMESTAMP WITH TIME ZONE": "plain_day_utc",
}
MACROS = (
    "shown(x) as format('{:.15g}', x)",
    # 1.5e-07 → 0.00000015, 1.5e+16 → 15000000000000000
    """unfolded(sign, digits, exponent) as sign || case when exponent > 0 then rpad(digits, exponent + 1, '0')
        else '0.' || repeat('0', -exponent - 1) || digits end""",
    f"""plain_number(x) as case when x = 0 then '0'
        when x = trunc(x) and abs(x) < {EXACT_BELOW} then cast(cast(x as bigint) as varchar) when not contains(shown(x), 'e') then shown(x)
        else unfolded(case when x < 0 then '-' else '' end, regexp_replace(shown(x), 'e.*|[.-]', '', 'g'),
            cast(split_part(shown(x), 'e', 2) as integer)) end""",
    "plain_float(x) as plain_number(cast(cast(x as varchar) as double))",  # 0.1, not 0.100000001490116
    "plain_boolean(x) as upper(cast(x as varchar))",
    "plain_day(x) as cast(cast(x as date) as varchar)",
    "plain_day_utc(x) as plain_day(x at time zone 'UTC')",
    f"""plain_text(x) as nullif(translate(replace(cast(x as varchar), chr(13) || chr(10), chr(10)),
        concat(chr(13), chr(10), chr(29), chr(30)), {literal(CELL_BREAK * 2)} || repeat(chr(1), 2)), '')""",  # \x01 is no text
)


def write_parquet(path: Path, label: str, target: Path) -> None:
    """Write the column names as line 1, row i as line i + 1; the days of times with a time zone are those in UTC.

    `label` names the file in errors. Raises PalierError when it cannot be read, OSError when `target` cannot be written.
    """
    read = f"from read_parquet({literal(exact_path(path))}, hive_partitioning = false)"
    try:
        with Warehouse.in_memory(spill=target.parent / "spill") as engine:
            engine.run("set threads = 1; set memory_limit = '1GB'")  # by two, whole row groups would be held in memory
            for macro in MACROS:
                engine.run(f"create macro {macro}")
            columns = ", ".join(
                f"{AS_TEXT.get(kind, 'plain_text')}({quoted(name)}) as {quoted(LINE_BREAK.sub(CELL_BREAK, name))}"
                for name, kind, *_ in engine.rows(f"describe select * {read}")
            )
            form = r"""format csv, header, delimiter '\t', quote '"', escape '"', nullstr ''"""
            engine.run(f"copy (select {columns} {read}) to {literal(str(target))} ({form})")
    except EngineError as error:
        fact = str(error).splitlines()[0]
        if "Could not write" in fact:
            code = errno.EFBIG if "File too large" in fact else errno.ENOSPC
            raise OSError(code, os.strerror(code)) from error
        raise PalierError(f"{label}: cannot be read as Parquet ({fact}). {SEND_ANEW}") from error
    _refuse_what_is_no_text(target, label)


def _refuse_what_is_no_text(target: Path, label: str) -> None:
    lines = 0
    with target.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            for mark in (b"\x00", b"\x01"):
                if mark in block:
                    line = lines + block.count(b"\n", 0, block.index(mark)) + 1
                    raise PalierError(f"{label}, line {line}: a cell {NO_TEXT}. Take it out and send the file again.")
            lines += block.count(b"\n")
