-- One row per record of a text (DuckDB only): its fields as a list, quotes resolved, trimmed; no row for a blank line.
with
in_pieces as (
    -- each piece begins with the delimiter, so that no piece is empty
    select
        line,
        raw,
        regexp_extract_all(concat($delimiter, raw), $piece) as pieces
    from physical_line
    where raw is not null
),
in_fields as (
    select
        line,
        raw,
        -- every character must have found its piece
        array_to_string(pieces, '') <> concat($delimiter, raw) as has_open_quote,
        list_transform(
            list_transform(pieces, lambda piece: trim(substr(piece, 2), $spaces)),
            lambda field:
                trim(
                    translate(
                        case
                            when $quotes and substr(field, 1, 1) = '"'
                                then replace(substr(field, 2, length(field) - 2), '""', '"')
                            else field
                        end,
                        $breaks,
                        concat(chr(10), chr(13))
                    ),
                    $spaces
                )
        ) as fields
    from in_pieces
),
-- a number with a decimal comma that nobody quoted stands in two fields: mended where the contract says so
mended as (
    select
        line,
        raw,
        has_open_quote,
        case
            when
                $split_at is not null and len(fields) = $headings + 1
                and regexp_full_match(fields[$split_at], '-?[0-9]+( [0-9]{3}|\x{00a0}[0-9]{3}|\x{202f}[0-9]{3})*') and regexp_full_match(fields[$split_at + 1], '[0-9]{1,2}')
                then list_concat(
                    fields[1 : $split_at - 1],
                    list_concat([concat(fields[$split_at], ',', fields[$split_at + 1])], fields[$split_at + 2 :])
                )
            -- empty fields after the last heading say nothing
            when len(fields) > $headings and array_to_string(fields[$headings + 1 :], '') = '' then fields[1 : $headings]
            else fields
        end as fields
    from in_fields
)
select
    line,
    raw,
    has_open_quote,
    fields
from mended
where has_open_quote or array_to_string(fields, '') <> ''
