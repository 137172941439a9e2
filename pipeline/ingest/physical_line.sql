-- One row per physical line of a file (DuckDB only): its number from 1 and its text; a blank line's text is null.
select
    row_number() over () as line,
    raw
from read_csv(
    $path,
    auto_detect = false,
    header = false,
    delim = chr(1),
    quote = '',
    escape = '',
    strict_mode = false,
    null_padding = true,
    max_line_size = 16777216,
    columns = {'raw': 'varchar'}
)
