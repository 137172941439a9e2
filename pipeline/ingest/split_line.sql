-- One row per data line of a file (DuckDB only): its fields as a list, quotes resolved, trimmed; no row for a blank line.
with
data_line as (
    select
        line,
        raw,
        contains(raw, '"')
        or contains(raw, concat(' ', $delimiter))
        or contains(raw, concat($delimiter, ' '))
        or ($delimiter <> chr(9) and contains(raw, chr(9)))
        or contains(raw, chr(160))
        or contains(raw, chr(8239))
        or starts_with(raw, ' ')
        or ends_with(raw, ' ') as is_untidy
    from physical_line
    where line > 1 and raw is not null
),
in_pieces as (
    -- each piece begins with the delimiter, so that no piece is empty
    select
        line,
        raw,
        regexp_extract_all(concat($delimiter, raw), $piece) as pieces
    from data_line
    where is_untidy
)
select
    line,
    raw,
    false as has_open_quote,
    string_split(raw, $delimiter) as fields
from data_line
where not is_untidy
union all
select
    line,
    raw,
    -- every character must have found its piece
    array_to_string(pieces, '') <> concat($delimiter, raw) as has_open_quote,
    list_transform(
        pieces,
        lambda piece:
            case
                when substr(piece, 2, 1) = '"'
                    then trim(replace(substr(piece, 3, length(piece) - 3), '""', '"'), $spaces)
                else trim(substr(piece, 2), $spaces)
            end
    ) as fields
from in_pieces
