"""Files through `load_file`: what each line becomes. Plain lines and those that are judged one by one, side by side."""

import gzip
from datetime import date

import pytest
from drawn import drawn, given_file
from ingested import FRENCH, HEADING, POINTS, ROSTER, contract, read, refusal, source

from pipeline.base.home import Home
from pipeline.ingest.contract import Contracts

DOMAIN = "partner_id,earned_on,points,domain\n"
TEXTS = "line, domain, reject_reason, raw"
REASONS = "line, points, reject_reason"


# Lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_in_any_encoding_with_any_line_ends_is_read(home: Home, encoding: str, end: str) -> None:
    content = (
        "Code partenaire;Date d'obtention;Points;Domaine\nFR1;15/01/2004;2,50;Été “à” Nîmes\n FR2;16/01/2004;1 000;\n"
    )
    columns = "partner_id, earned_on, points, domain"
    assert read(home, content.replace("\n", end), columns, contracts=FRENCH, encoding=encoding) == drawn("""
        partner_id | earned_on  | points  | domain
        FR1        | 2004-01-15 | 2.50    | Été “à” Nîmes
        FR2        | 2004-01-16 | 1000.00 |
    """)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_blank_line_is_no_line_and_keeps_its_number(home: Home, end: str) -> None:
    content = f"{HEADING}\nA,2004-01-15,1\n\n  \n\u00a0\n,,\n \t, ,\nB,2004-01-15,2\n\n".replace("\n", end)
    assert read(home, content) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        3    | A          | 2004-01-15 | 1.00   |
        9    | B          | 2004-01-15 | 2.00   |
    """)


def test_a_last_line_without_line_end_is_read(home: Home) -> None:
    assert read(home, f"{HEADING}A,2004-01-15,1\nB,2004-01-15,2") == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
        3    | B          | 2004-01-15 | 2.00   |
    """)


def test_a_file_without_lines_is_read(home: Home) -> None:
    for content in (HEADING, HEADING.strip()):
        assert read(home, content, "line, points") == drawn("line | points")


def test_a_line_with_too_few_or_too_many_fields_is_refused_alone(home: Home) -> None:
    content = f"{HEADING}A,2004-01-15\nB,2004-01-15,2,50\nC,2004-01-15,3\nD\n"
    assert read(home, content, REASONS) == drawn("""
        line | points | reject_reason
        2    |        | the line has 2 fields, the heading 3
        3    |        | the line has 4 fields, the heading 3
        4    | 3.00   |
        5    |        | the line has 1 fields, the heading 3
    """)


def test_empty_fields_after_the_last_heading_say_nothing(home: Home) -> None:
    content = f"{HEADING}A,2004-01-15,1,\nB,2004-01-15,2,,, \nC,2004-01-15,3,,x\nD,2004-01-15,,\n"
    assert read(home, content, REASONS) == drawn("""
        line | points | reject_reason
        2    | 1.00   |
        3    | 2.00   |
        4    |        | the line has 5 fields, the heading 3
        5    |        | points is empty
    """)


def test_headings_may_end_in_empty_columns_as_well(home: Home) -> None:
    content = "partner_id,earned_on,points,,\nA,2004-01-15,1,,\nB,2004-01-15,2,\nC,2004-01-15,3,,,\n"
    assert read(home, content, REASONS) == drawn("""
        line | points | reject_reason
        2    | 1.00   |
        3    |        | the line has 4 fields, the heading 5
        4    | 3.00   |
    """)


def test_a_file_cut_short_within_a_line_is_read_up_to_there(home: Home) -> None:
    assert read(home, f"{HEADING}A,2004-01-15,1\nB,2004-01", REASONS) == drawn("""
        line | points | reject_reason
        2    | 1.00   |
        3    |        | the line has 2 fields, the heading 3
    """)


# Quotes


def test_a_field_may_hold_the_delimiter_and_doubled_quotes(home: Home) -> None:
    assert read(home, DOMAIN + '"A,1",2004-01-15,1,"say ""hi"", friend"\n', "partner_id, domain") == drawn("""
        partner_id | domain
        A,1        | say "hi", friend
    """)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_quote_that_never_closes_costs_its_own_line_alone(home: Home, end: str) -> None:
    content = f'{HEADING}A,2004-01-15,1\n"B,2004-01-15,2\nC,2004-01-15,3\n"D",2004-01-15,4\n'.replace("\n", end)
    assert read(home, content, "line, points, reject_reason, raw") == drawn("""
        line | points | reject_reason                                 | raw
        2    | 1.00   |                                               |
        3    |        | a quote is opened and not closed on this line | "B,2004-01-15,2
        4    | 3.00   |                                               |
        5    | 4.00   |                                               |
    """)


@pytest.mark.parametrize("quotes", ["none", "all"])
def test_a_field_goes_on_on_the_next_line_and_the_lines_after_keep_their_numbers(home: Home, quotes: str) -> None:
    content = f'{DOMAIN}A,2004-01-15,1,"x\ny\nz"\nB,2004-01-15,2,u\n\nC,2004-01-15,3,"v\nw"\nD,2004-01-15,4,\n'
    if quotes == "all":
        content = content.replace("B,2004-01-15,2,u", '"B","2004-01-15","2","u"').replace("D,2004-01-15,4,", '"D","2004-01-15","4",""')  # fmt: skip
    assert read(home, content, "line, partner_id, points, replace(domain, chr(10), '¶') as domain") == drawn("""
        line | partner_id | points | domain
        2    | A          | 1.00   | x¶y¶z
        5    | B          | 2.00   | u
        7    | C          | 3.00   | v¶w
        9    | D          | 4.00   |
    """)


def test_a_field_may_hold_a_blank_line(home: Home) -> None:
    assert read(home, f'{DOMAIN}A,2004-01-15,1,"x\n\ny"\n', "line, replace(domain, chr(10), '¶') as domain") == drawn("""
        line | domain
        2    | x¶¶y
    """)


def test_line_ends_inside_quotes_stay_as_they_are(home: Home) -> None:
    content = 'partner_id,domain,earned_on,points\r\nA,x,2004-01-15,"1"\r\nB,"y\r\nz",2004-01-15,2\r\n'
    shown = "line, replace(replace(domain, chr(10), '¶'), chr(13), '←') as domain, points, reject_reason"
    assert read(home, content, shown) == drawn("""
        line | domain | points | reject_reason
        2    | x      | 1.00   |
        3    | y←¶z   | 2.00   |
    """)


def test_the_last_field_of_a_file_with_crlf_may_go_on_on_the_next_line(home: Home) -> None:
    content = f'{DOMAIN}A,2004-01-15,1,"x\ny"\n'.replace("\n", "\r\n")
    assert read(home, content, "line, replace(replace(domain, chr(10), '¶'), chr(13), '←') as domain") == drawn("""
        line | domain
        2    | x←¶y
    """)


def test_a_refused_record_keeps_its_whole_text(home: Home) -> None:
    content = f'{DOMAIN}A,2004-01-15,?,"x\ny"\n'
    assert read(home, content, "line, domain is null as no_domain, replace(raw, chr(10), '¶') as raw") == drawn("""
        line | no_domain | raw
        2    | false     | A,2004-01-15,?,"x¶y"
    """)


def test_a_literal_escape_in_a_line_does_not_cut_it(home: Home) -> None:
    assert read(home, f"{DOMAIN}A,2004-01-15,1,left\\x01right\nB,2004-01-15, 1,a\\n\\\n", "domain") == drawn("""
        domain
        left\\x01right
        a\\n\\
    """)


@pytest.mark.parametrize(
    "text", ["NULL", "null", "#x", "--", "'", "''", "\\N", "é€", "😀", "\u2028", "\x85", "=1+1", "0", "nan"]
)
@pytest.mark.parametrize("space", ["", " "], ids=["plain", "judged"])
def test_a_text_is_what_stands_there(home: Home, text: str, space: str) -> None:
    assert read(home, f"{DOMAIN}A,2004-01-15,1,{space}{text}\n", "domain").split() == [
        "domain",
        *text.split(),
    ]


# Amounts and days


def test_spaces_of_all_kinds_around_a_field_are_dropped(home: Home) -> None:
    content = "partner_id;earned_on;points\n \u00a0A\u202f ;\t2004-01-15 ; 1\u00a0\n"
    assert read(home, content) == drawn("""
        line | partner_id | earned_on  | points | reject_reason
        2    | A          | 2004-01-15 | 1.00   |
    """)


def test_thousands_may_be_set_apart_by_spaces_of_all_kinds(home: Home) -> None:
    content = f"{HEADING}A,2004-01-15,1 000\nB,2004-01-15,1\u00a0000.5\nC,2004-01-15,1\u202f000.50\nD,2004-01-15,1 00\n"
    assert read(home, content, REASONS) == drawn("""
        line | points  | reject_reason
        2    | 1000.00 |
        3    | 1000.50 |
        4    | 1000.50 |
        5    |         | points is not a number of at most two decimals: 1 00
    """)


@pytest.mark.parametrize(
    ("split_decimals", "points"), [(True, ["2.50", "-2.50", "0.05"]), (False, ["", "", ""])], ids=["on", "off"]
)
def test_a_decimal_comma_that_nobody_quoted_is_mended_where_the_contract_says_so(
    home: Home, split_decimals: bool, points: list[str]
) -> None:
    contracts = contract(source(decimal=",", split_decimals=split_decimals))
    content = f'{DOMAIN}A,2004-01-15,2,50,x\nB,2004-01-15,-2,5,y\nC,2004-01-15,0,05,w\nD,2004-01-15,"7,25",z\nE,2004-01-15,8,z\n'
    reason = "" if split_decimals else "the line has 5 fields, the heading 4"
    assert read(home, content, REASONS, contracts=contracts) == drawn(f"""
        line | points | reject_reason
        2 | {points[0]} | {reason}
        3 | {points[1]} | {reason}
        4 | {points[2]} | {reason}
        5 | 7.25 |
        6 | 8.00 |
    """)


@pytest.mark.parametrize("fields", ["2,500", "2,x", "2.5,0", ",50", "2,", "2,50,1", "2,-5"])
def test_what_is_no_split_decimal_is_not_mended(home: Home, fields: str) -> None:
    contracts = contract(source(decimal=",", split_decimals=True))
    said = read(home, f"{DOMAIN}A,2004-01-15,{fields},x\n", "reject_reason", contracts=contracts)
    assert "the line has" in said or "points is empty" in said


def test_the_sender_s_units_beside_an_amount_say_nothing(home: Home) -> None:
    content = (
        "partner_id;earned_on;points\nA;2004-01-15;2,50 €\nB;2004-01-15;€1 000\nC;2004-01-15;3\nD;2004-01-15;4 $\n"
    )
    assert read(home, content, REASONS, contracts=contract(source(decimal=",", units=["€", "EUR"]))) == drawn("""
        line | points  | reject_reason
        2    | 2.50    |
        3    | 1000.00 |
        4    | 3.00    |
        5    |         | points is not a number of at most two decimals: 4 $
    """)


def test_where_quotes_are_letters_they_stay_and_join_no_lines(home: Home) -> None:
    content = (
        'partner_id\tearned_on\tpoints\tdomain\nA\t2004-01-15\t1\t"x\nB\t2004-01-15\t2\ty"\n C\t2004-01-15\t3\t"z"\n'
    )
    assert read(home, content, "line, partner_id, points, domain", contracts=contract(source(quotes=False))) == drawn("""
        line | partner_id | points | domain
        2    | A          | 1.00   | "x
        3    | B          | 2.00   | y"
        4    | C          | 3.00   | "z"
    """)


def test_a_file_that_does_not_part_its_fields_by_commas_has_no_split_decimals(home: Home) -> None:
    contracts = contract(source(decimal=",", split_decimals=True))
    said = read(home, "partner_id;earned_on;points\nA;2004-01-15;2;50\n", "reject_reason", contracts=contracts)
    assert "the line has 4 fields, the heading 3" in said


def test_one_column_may_hold_days_of_several_styles(home: Home) -> None:
    contracts = contract(source(dates=["dd/mm/yyyy", "yyyy-mm-dd", "yyyy-mm", "excel"]))
    days = ["15/01/2004", "2004-01-16", "2004-01", "38003", "2004-01-18 10:30", "18.01.2004", "15/1/2004", "epoch"]
    content = HEADING + "".join(f"A,{day},1\n" for day in days)
    assert read(home, content, "earned_on, reject_reason", contracts=contracts) == drawn("""
        earned_on  | reject_reason
        2004-01-15 |
        2004-01-16 |
        2004-01-31 |
        2004-01-17 |
        2004-01-18 |
                   | earned_on is not written dd/mm/yyyy or yyyy-mm-dd or yyyy-mm or as a serial of Excel: 18.01.2004
                   | earned_on is not written dd/mm/yyyy or yyyy-mm-dd or yyyy-mm or as a serial of Excel: 15/1/2004
                   | earned_on is not written dd/mm/yyyy or yyyy-mm-dd or yyyy-mm or as a serial of Excel: epoch
    """)


@pytest.mark.parametrize(("pattern", "day"), [("dd/m/yyyy", "5/1/2004"), ("d/mm/yyyy", "5/1/2004")])
def test_two_digits_are_two_digits(home: Home, pattern: str, day: str) -> None:
    said = read(home, f"{HEADING}A,{day},1\n", "reject_reason", contracts=contract(source(dates=pattern)))
    assert f"earned_on is not written {pattern}: {day}" in said


@pytest.mark.parametrize("day", ["epoch", "infinity", "-infinity", "1/ 1/2004", "1/1/2004x", "1/1/+004", "+1/1/2004"])
def test_what_only_the_engine_takes_for_a_day_is_refused(home: Home, day: str) -> None:
    for pattern in ("d/m/yyyy", "dd/mm/yyyy"):
        said = read(home, f"{HEADING}A,{day},1\n", "reject_reason", contracts=contract(source(dates=pattern)))
        assert f"earned_on is not written {pattern}: {day}" in said


# Reasons


def test_the_first_reason_met_is_given(home: Home) -> None:
    content = """partner_id;earned_on;posted_on;points
A;2004-01-15;2004-01-20;2
"A;2004-01-15;2004-01-20;2
A;2004-01-15;2
;2004-01-15;2004-01-20;2
A;;2004-01-20;2
A;2004-01-15;demain;2
A;2004-01-15;1204-01-20;2
A;2004-01-15;2004-01-20;
A;2204-01-15;demain;x
;;demain;x
"""
    assert read(home, content, "line, reject_reason") == drawn("""
        line | reject_reason
        2    |
        3    | a quote is opened and not closed on this line
        4    | the line has 3 fields, the heading 4
        5    | partner_id is empty
        6    | earned_on is empty
        7    | posted_on is not written yyyy-mm-dd: demain
        8    | posted_on is not within 1900 to 2199: 1204-01-20
        9    | points is empty
        10   | earned_on is not within 1900 to 2199: 2204-01-15
        11   | partner_id is empty
    """)


def test_only_a_refused_line_keeps_its_text(home: Home) -> None:
    assert read(home, f'{HEADING}A,2004-01-15,1\n B,2004-01-15,"2"\nC ,2004-01-15,"x" \n', "line, raw") == drawn("""
        line | raw
        2    |
        3    |
        4    | C ,2004-01-15,"x"
    """)


def test_points_of_a_refused_line_are_kept_unless_its_fields_are_shifted(home: Home) -> None:
    assert read(home, f'{HEADING}A,2004-01-15\n"A,2004-01-15,2\n,2004-01-15,3\n', "line, points") == drawn("""
        line | points
        2    |
        3    |
        4    | 3.00
    """)


def test_a_roster_line_is_typed_or_refused_with_its_reason(home: Home) -> None:
    contracts = contract(
        source("roster", dates="dd/mm/yyyy", values={"tier": {"Certifié": "certified", "Doré": "gold"}})
    )
    content = """partner_id;tier;joined_on;snapshot_on
A;Certifié;15/01/2001;01/03/2004
B; Doré ;;
C;autre;;02/03/2004
"D;;;
E;;;;x
;Doré;;
G;;31/02/2001;
H;;;mars 2004
I;;01/03/0204;
"""
    assert read(home, content, "line, tier, joined_on, snapshot_on, reject_reason", contracts=contracts, file=ROSTER) == drawn("""
        line | tier      | joined_on  | snapshot_on | reject_reason
        2    | certified | 2001-01-15 | 2004-03-01  |
        3    | gold      |            | 2004-03-01  |
        4    | autre     |            | 2004-03-02  |
        5    |           |            | 2004-03-01  | a quote is opened and not closed on this line
        6    |           |            | 2004-03-01  | the line has 5 fields, the heading 4
        7    | gold      |            | 2004-03-01  | partner_id is empty
        8    |           |            | 2004-03-01  | joined_on is not a date: 31/02/2001
        9    |           |            |             | snapshot_on is not written dd/mm/yyyy: mars 2004
        10   |           |            | 2004-03-01  | joined_on is not within 1900 to 2199: 01/03/0204
    """)  # fmt: skip


@pytest.mark.parametrize(
    "again", ["partner_id,name", "Partner_ID,NAME", '"partner_id", name ', "\ufeffpartner_id,name"]
)
def test_a_heading_that_stands_again_between_the_lines_is_no_partner(home: Home, again: str) -> None:
    content = f"partner_id,name\nA,partner_id\n{again}\nB,name\npartner_id,x\n"
    assert read(home, content, "line, lower(name) as name, reject_reason", file=ROSTER) == drawn("""
        line | name       | reject_reason
        2    | partner_id |
        3    | name       | the heading again
        4    | name       |
        5    | x          |
    """)


def test_a_heading_of_points_that_stands_again_is_told_as_such(home: Home) -> None:
    assert read(home, f"{HEADING}{HEADING}A,2004-01-15,1\n", "line, reject_reason") == drawn("""
        line | reject_reason
        2    | the heading again
        3    |
    """)


def test_two_marks_of_utf8_before_a_file_without_a_heading_are_no_part_of_its_first_value(home: Home) -> None:
    contracts = contract(source(headings=["partner_id", "earned_on", "points"]))
    content = "\ufeff\ufeffA,2004-01-15,1\nB,2004-01-15,2\n"
    assert read(home, content, "line, partner_id", contracts=contracts) == drawn("""
        line | partner_id
        1    | A
        2    | B
    """)


# What the contract adds


def test_the_senders_words_become_ours_and_unknown_words_stay(home: Home) -> None:
    values = {
        "category": {"Compétence": "competency"},
        "domain": {"Été": "summer", "x,y": "both"},
        "partner_id": {"0": "ZERO"},
    }
    content = """partner_id,earned_on,points,category,domain
0,2004-01-15,1,Compétence,Été
 0,2004-01-15,1, Compétence,Été
A,2004-01-15,1,Été,Compétence
A,2004-01-15,1,compétence,"x,y"
A,2004-01-15,1,,
"""
    assert read(home, content, "line, partner_id, category, domain", contracts=contract(source(values=values))) == drawn("""
        line | partner_id | category   | domain
        2    | ZERO       | competency | summer
        3    | ZERO       | competency | summer
        4    | A          | Été        | Compétence
        5    | A          | compétence | both
        6    | A          |            |
    """)  # fmt: skip


def test_a_word_translated_into_nothing_is_an_empty_cell(home: Home) -> None:
    contracts = contract(source(values={"domain": {"-": ""}}))
    content = f"{DOMAIN}A,2004-01-15,1,-\n B,2004-01-15,1,-\nC,2004-01-15,1,\n"
    assert read(home, content, "domain is null as is_empty", contracts=contracts) == drawn("""
        is_empty
        true
        true
        true
    """)


def test_many_lines_keep_their_numbers_where_words_are_translated(home: Home) -> None:
    words = {f"w{at}": f"word {at}" for at in range(50)}
    content = DOMAIN + "".join(f"P{at},2004-01-15,1,w{at % 60}\n" for at in range(20_000))
    said = read(home, content, "line, partner_id, domain", contracts=contract(source(values={"domain": words})))
    lines = said.strip().splitlines()[1:]
    assert len(lines) == 20_000
    for at, line in enumerate(lines):
        word = f"word {at % 60}" if at % 60 < 50 else f"w{at % 60}"
        assert [cell.strip() for cell in line.split("|")] == [str(at + 2), f"P{at}", word]


def test_a_column_that_the_file_does_not_have_is_the_contract_s_constant(home: Home) -> None:
    constants = {"points": "2,50", "category": "sale", "earned_on": date(2004, 1, 15)}
    contracts = contract(source(decimal=",", constants=constants))
    assert read(home, "partner_id\nA\n B\n\n", "line, earned_on, points, category", contracts=contracts) == drawn("""
        line | earned_on  | points | category
        2    | 2004-01-15 | 2.50   | sale
        3    | 2004-01-15 | 2.50   | sale
    """)


def test_an_empty_cell_of_a_needed_column_is_refused_or_the_constant_also_where_there_is_one(home: Home) -> None:
    contracts = contract(source(constants={"earned_on": date(2004, 1, 15)}))
    said = read(
        home,
        f"{HEADING}A,,1\n B,,1\n",
        "coalesce(cast(earned_on as varchar), reject_reason) as said",
        contracts=contracts,
    )
    assert said in (drawn("said\nearned_on is empty\nearned_on is empty"), drawn("said\n2004-01-15\n2004-01-15"))


def test_a_column_that_the_contract_requires_is_empty_on_no_line(home: Home) -> None:
    contracts = contract(source(required=["domain", "posted_on"]))
    content = "partner_id,earned_on,posted_on,points,domain\nA,2004-01-15,2004-01-16,1,x\nB,2004-01-15,2004-01-16,1,\n"
    assert read(home, content, "line, domain, reject_reason", contracts=contracts) == drawn("""
        line | domain | reject_reason
        2    | x      |
        3    |        | domain is empty
    """)
    assert "no column for domain and posted_on" in refusal(home, HEADING, contracts)


# The day of the file


def test_an_entry_without_posting_day_is_known_from_the_day_of_its_file(home: Home) -> None:
    content = "partner_id,earned_on,posted_on,points\nA,2004-01-15,,1\nB,2004-01-15,2004-01-20,1\n C,2004-01-15, ,1\n"
    assert read(home, content, "line, posted_on", file="points/2004-02.csv") == drawn("""
        line | posted_on
        2    | 2004-02-29
        3    | 2004-01-20
        4    | 2004-02-29
    """)


def test_an_entry_without_posting_day_in_a_file_without_day_is_refused(home: Home) -> None:
    content = "partner_id,earned_on,posted_on,points\nA,2004-01-15,,1\nB,2004-01-15,2004-01-20,1\n"
    assert read(home, content, "line, posted_on, reject_reason", file="points/new.csv") == drawn("""
        line | posted_on  | reject_reason
        2    |            | posted_on is empty and the file name has no date
        3    | 2004-01-20 |
    """)
    said = read(home, f"{HEADING}A,2004-01-15,1\n", "reject_reason", file="points/new.csv")
    assert "posted_on is empty and the file name has no date" in said


@pytest.mark.parametrize(
    ("name", "keys", "day"),
    [
        ("20040305", {}, "2004-03-05"),
        ("export 2004-03-05 v2", {}, "2004-03-05"),
        ("2004-03", {}, "2004-03-31"),
        ("march 31.03.04", {"day_in_name": "dd.mm.yy", "years_from": 1950}, "2004-03-31"),
        ("Stand_5-3-2004", {"day_in_name": ["yyyymm", "d-m-yyyy"]}, "2004-03-05"),
        ("x", {"constants": {"posted_on": date(2004, 3, 5)}}, "2004-03-05"),
    ],
)
def test_the_day_in_a_file_s_name_is_written_as_the_contract_says(
    home: Home, name: str, keys: dict[str, object], day: str
) -> None:
    content = f"{HEADING}A,2004-01-15,1\n B,2004-01-15,1\n"
    said = read(home, content, "posted_on", file=f"points/{name}.csv", contracts=contract(source(**keys)))
    assert said == drawn(f"posted_on\n{day}\n{day}")


# Paths


@pytest.mark.parametrize("name", ["2004-03[1]", "2004-03?", "2004-03*", "2004-03 'x'"])
def test_a_file_name_with_signs_of_patterns_does_not_read_another_file(home: Home, name: str) -> None:
    given_file(home, "points/2004-031.csv", f"{HEADING}WRONG,2004-01-15,9\n")
    assert read(home, f"{HEADING}A,2004-01-15,1\nB,2004-01-15,2\n", "line, partner_id", file=f"points/{name}.csv") == drawn("""
        line | partner_id
        2    | A
        3    | B
    """)  # fmt: skip


@pytest.mark.parametrize("folder", ["data [2004]", "it's {here}", "été & co $x"])
def test_a_home_folder_of_any_name_is_read(home: Home, folder: str) -> None:
    other = Home(home.root / folder)
    assert read(other, f"{HEADING}A,2004-01-15,1\n B,2004-01-15,2\n", "line, partner_id") == drawn("""
        line | partner_id
        2    | A
        3    | B
    """)


def test_a_packed_file_is_read(home: Home) -> None:
    content = gzip.compress(f"{HEADING}A,2004-01-15,1\n".encode())
    assert read(home, content, "line, partner_id, posted_on", file=f"{POINTS}.gz") == drawn("""
        line | partner_id | posted_on
        2    | A          | 2004-03-31
    """)


def test_contracts_are_read_by_position_and_not_by_name(home: Home) -> None:
    contracts: Contracts = contract(source(columns={"partner_id": ["a"], "earned_on": ["b"], "points": ["c"], "domain": ["d"]}))  # fmt: skip
    assert read(home, "d|c|x|b|a\nD|1|?|2004-01-15|A\n", "partner_id, points, domain", contracts=contracts) == drawn("""
        partner_id | points | domain
        A          | 1.00   | D
    """)
