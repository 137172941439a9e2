"""A raw file as plain text: every encoding, every line end, packed or not; and what is refused as no text."""

import codecs
import gzip
import hashlib
import re
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings, strategies

from pipeline.base.errors import PalierError
from pipeline.base.warehouse import Warehouse
from pipeline.ingest import opened, scan
from pipeline.ingest.opened import BLANK, Opened, open_raw

LABEL = "data/raw/points/x.csv"
TEXT = "Partner;Stadt\nÉté à Nîmes;œuf “dur” à 2 €\nlast;x\n"
UTF16 = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def opened_file(folder: Path, content: bytes, name: str = "x.csv") -> Opened:
    raw, work = folder / name, folder / "work"
    raw.write_bytes(content)
    work.mkdir(exist_ok=True)
    return open_raw(raw, LABEL, work)


def text_of(folder: Path, content: bytes, name: str = "x.csv") -> str:
    """The plain text of a file; its count of lines is held to the text."""
    [text] = opened_file(folder, content, name).texts
    plain = text.path.read_bytes()
    assert text.lines == plain.count(b"\n") + (plain[-1:] not in (b"", b"\n"))
    return plain.decode("utf-8")


def refusal(folder: Path, content: bytes, name: str = "x.csv") -> str:
    with pytest.raises(PalierError) as error:
        opened_file(folder, content, name)
    return str(error.value).removeprefix(LABEL)


# Encodings


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("cp1252"), "cp1252"),
        *((mark + TEXT.encode(name), "utf-16") for name, mark in UTF16.items()),
        *((TEXT.encode(name), "utf-16") for name in UTF16),
    ],
    ids=["utf-8", "utf-8 with mark", "cp1252", "utf-16-le with mark", "utf-16-be with mark", "utf-16-le", "utf-16-be"],
)
def test_a_text_is_the_same_in_every_encoding_packed_or_not(
    tmp_path: Path, content: bytes, encoding: str, packed: bool
) -> None:
    name, raw = ("x.csv.gz", gzip.compress(content)) if packed else ("x.csv", content)
    assert text_of(tmp_path, raw, name) == TEXT
    found = opened_file(tmp_path, raw, name)
    assert (found.encoding, found.size, found.sha256) == (encoding, len(raw), hashlib.sha256(raw).hexdigest())


def test_every_byte_of_cp1252_is_its_character(tmp_path: Path) -> None:
    defined = bytes(byte for byte in range(0x80, 0x100) if byte not in opened.UNDEFINED_IN_CP1252)
    content = b"\n".join(bytes([byte]) for byte in defined)
    assert text_of(tmp_path, content) == content.decode("cp1252")


@pytest.mark.parametrize("byte", sorted(opened.UNDEFINED_IN_CP1252))
def test_a_byte_in_no_known_encoding_is_refused_with_its_line(tmp_path: Path, byte: int) -> None:
    content = b"heading\r\n\r\nA\xe9\r\nB" + bytes([byte]) + b"\r\nC"
    assert refusal(tmp_path, content) == (
        f", line 4: byte 0x{byte:02x} is neither utf-8 nor cp1252. Save the file in one of the two and send it again."
    )


def test_the_first_byte_in_no_known_encoding_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"heading\n\x9d\n\x81\n").startswith(", line 2: byte 0x9d")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("Été à Nîmes\nB;".encode() + b"\xe9\n", 2),
        ("Été à Nîmes\nB\n€".encode()[:-1], 3),
        (b"\xe9t\xe9\n" + "œuf\n".encode(), 1),
        ("“x”\r\n".encode() + b"\x93y\x94\r\n", 2),
        (codecs.BOM_UTF8 + "é\n".encode() + b"\xe9\n", 2),
    ],
    ids=["a cp1252 line", "cut short", "a utf-8 line", "curly quotes", "with mark"],
)
def test_a_file_of_two_encodings_is_refused_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    assert refusal(tmp_path, content) == (
        f", line {line}: is not utf-8, while other lines are. Save the whole file in one encoding and send it again."
    )


@pytest.mark.parametrize(
    "words",
    [
        "Wałęsa", "Świt", "Łódź", "Żabka", "ŹRÓDŁO", "Ćwik", "Čapek", "Ğül", "București", "Ångström", "œuvre", "Œuvre", "10\u00a0€", "§ 4",
        "Ελλάδα", "Москва", "שלום", "株式会社", "カード", "Nguyễn", "😀", "™", "ﬁn", "–", "½", "\ufeff", "e\u0300",
    ],
)  # fmt: skip
def test_a_file_with_any_letters_of_utf8_beside_a_cp1252_line_is_refused(tmp_path: Path, words: str) -> None:
    said = ", line 1: is not utf-8, while other lines are. Save the whole file in one encoding and send it again."
    assert refusal(tmp_path, b"Caf\xe9\n" + words.encode() + b"\n") == said


@pytest.mark.parametrize(
    "words",
    [
        "« CAFÉ » — “ÉTÉ” «É» CAFÉ™ CAFÉ® RENÉ† CAFÉ… É² N°", "«\xa0café\xa0» payé\xa0€ «thaï» thaï\xa0» à\xa0« où\xa0» été”… é\xa0–",
        "CAFÉ’s CAFÉ–BAR CAFÉ\xa0de CAFÉ—bar É·E", "JYVÄSKYLÄ” JYVÄSKYLÄ\xa0x JYVÄSKYLÄ–Å", "Straße“ Spaß… Fuß» groß–klein",
        "está»… «está»", "À\xa0“l’ÎLE”", "ŠKODA CŒUR",
    ],
)  # fmt: skip
def test_honest_words_in_cp1252_are_not_taken_for_utf8(tmp_path: Path, words: str) -> None:
    assert text_of(tmp_path, f"{words};é;x\n".encode("cp1252")) == f"{words};é;x\n"


def test_a_letter_of_utf8_is_found_where_two_blocks_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "BLOCK_BYTES", 16)
    for at in range(1, 20):
        assert "is not utf-8, while" in refusal(tmp_path, b"x" * at + "ł\n".encode() + b"x" * 40 + b"\xe9\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Été\nB\nC".encode("utf-16")[:-1], ", line 3: is not utf-16-le, as the beginning of the file is. Save the whole"),
        ("Été\nB\n".encode("utf-16") + b"\x00\xd8x\x00\n\x00", ", line 3: is not utf-16-le"),
        (codecs.BOM_UTF16_BE + "A\nB\n😀".encode("utf-16-be")[:-2], ", line 3: is not utf-16-be"),
        ("A;B\nC;D\n".encode("utf-16-le")[:-1], ", line 2: is not utf-16-le"),
    ],
    ids=["odd", "lone surrogate", "cut short", "odd without mark"],
)  # fmt: skip
def test_a_damaged_utf16_file_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    assert refusal(tmp_path, content).startswith(said)


def test_a_large_utf16_file_is_read_over_its_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "BLOCK_BYTES", 6)
    text = "A;😀é\n" * 20
    assert text_of(tmp_path, text.encode("utf-16")) == text


@pytest.mark.parametrize("byte", [0x00, 0x01, 0x1D, 0x1E])
@pytest.mark.parametrize("block", [4, 1 << 18])
def test_a_byte_that_no_text_holds_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, byte: int, block: int
) -> None:
    monkeypatch.setattr(scan, "BLOCK_BYTES", block)
    assert refusal(tmp_path, b"heading\nA;1\n" + bytes([byte]) + b";2\n").startswith(
        f", line 3: holds a byte 0x{byte:02x}, so it is not a text file. Ask the sender"
    )


# Packed files


@pytest.mark.parametrize("cut", [-1, -8, 20, 5])
def test_a_truncated_gz_is_refused(tmp_path: Path, cut: int) -> None:
    said = refusal(tmp_path, gzip.compress(TEXT.encode())[:cut], "x.csv.gz")
    assert re.match(r": cannot be unpacked \(.+\)\. Ask the sender for it again\.", said)


def test_what_is_called_gz_and_is_none_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"Partner;Stadt\n", "x.csv.gz").startswith(": cannot be unpacked (Not a gzipped file")


def test_a_gz_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(TEXT.encode()))
    content[-8] ^= 1
    assert "cannot be unpacked (CRC check failed" in refusal(tmp_path, bytes(content), "x.csv.gz")


def test_a_gz_of_several_parts_is_read_whole(tmp_path: Path) -> None:
    assert text_of(tmp_path, gzip.compress(b"a\n") + gzip.compress(b"b\n"), "x.csv.gz") == "a\nb\n"


@pytest.mark.parametrize(("times", "is_refused"), [(2, True), (1 << 20, False)])
def test_a_gz_that_grows_beyond_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, is_refused: bool
) -> None:
    monkeypatch.setattr(opened, "UNPACKED_BYTES", 100_000)
    monkeypatch.setattr(opened, "UNPACKED_TIMES", times)
    content = gzip.compress(b"x" * 200_000)
    if is_refused:
        assert refusal(tmp_path, content, "x.csv.gz") == (
            ": unpacks to more than 100,000 bytes, over 2 times its size. Unpack it and look at it; take it out of data/raw."
        )
        assert (tmp_path / "work" / "unpacked.csv").stat().st_size <= 100_000
    else:
        assert len(text_of(tmp_path, content, "x.csv.gz")) == 200_000


# A file is what its first bytes say


@pytest.mark.parametrize("name", ["x.csv", "x.xls", "x", "x.csv.gz"])
def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path, name: str) -> None:
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        book.add_worksheet("data").write_row(0, 0, ["a", "b"])
    content = (tmp_path / "made.xlsx").read_bytes()
    assert text_of(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name) == "a\tb\n"
    assert opened_file(tmp_path, gzip.compress(content), "y.xlsx.gz").texts[0].label == f"{LABEL} [data]"


def test_parquet_is_known_by_its_content_whatever_its_name(tmp_path: Path, warehouse: Warehouse) -> None:
    warehouse.write(tmp_path / "made.parquet", "select 1 as a")
    assert text_of(tmp_path, (tmp_path / "made.parquet").read_bytes()) == "a\n1\n"


def test_a_packed_text_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    assert text_of(tmp_path, gzip.compress(TEXT.encode("cp1252")), "x.csv") == TEXT


# Line ends and blank lines


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        (b"a\nb\n", "a\nb\n"),
        (b"a\nb", "a\nb"),
        (b"a\r\nb\r\n", "a\r\nb\r\n"),
        (b"a\rb\r", "a\nb\n"),
        (b"a\rb", "a\nb"),
        (b"a\r\nb\n", "a\nb\n"),
        (b"a\n\nb\n", "a\n\x01\nb\n"),
        (b"\n\na\n\n\n", "\x01\n\x01\na\n\x01\n\x01\n"),
        (b"a\r\n\r\nb\r\n", "a\n\x01\nb\n"),
        (b"\r\na\r\n", "\x01\na\n"),
        (b"a\r\rb\r", "a\n\x01\nb\n"),
        (codecs.BOM_UTF8 + b"\na", "\x01\na"),
        (codecs.BOM_UTF8 + b"a\n", "a\n"),
        (b"a\n \nb\n", "a\n \nb\n"),
    ],
)
def test_lines_end_alike_and_blank_ones_are_marked(tmp_path: Path, content: bytes, plain: str) -> None:
    assert text_of(tmp_path, content) == plain


def test_any_number_of_marks_at_the_beginning_is_dropped(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-16-le"):
        assert text_of(tmp_path, "\ufeff\ufeff\ufeffA;B\n".encode(encoding)) == "A;B\n"


def test_a_file_that_is_plain_already_is_read_where_it_lies(tmp_path: Path) -> None:
    [text] = opened_file(tmp_path, b"a\r\nb\r\n").texts
    assert text.path == tmp_path / "x.csv"


@pytest.mark.parametrize("content", [b"a\nb\rc\n", b"a\r\nb\r", b"a\r\r\nb\r\r\n"])
def test_a_lone_return_in_a_file_with_line_feeds_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).startswith(
        ": some lines end in a line feed and some in a lone carriage return, so a line may be torn in two."
    )


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, gzip.compress(b"") if name.endswith("gz") else b"", name)
    assert said == ": is empty. Ask the sender for it again, or take it out of data/raw."


# The law: whatever the blocks, a text comes out as one would write it by hand


def plainly(content: bytes, encoding: str) -> str | None:
    """The plain text of some bytes, None where line ends are of two kinds that do not go together."""
    text = content.decode(encoding)
    bare = text.removeprefix("\ufeff")
    if "\r" in bare.replace("\r\n", "") and "\n" in bare:
        return None
    ends, lines = set(re.findall("\r\n|\r|\n", bare)), re.split("\r\n|\r|\n", bare)
    if ends == {"\r\n"} and text == bare and encoding == "utf-8" and "" not in lines[:-1]:
        return text  # is read as it lies
    *whole, last = lines
    return "".join(f"{line or BLANK.decode()}\n" for line in whole) + last


@given(
    text=strategies.text("aé\r\n", min_size=1, max_size=12),
    encoding=strategies.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    block=strategies.integers(4, 9),
)
@settings(max_examples=200)
def test_a_text_is_made_plain_whatever_the_blocks(tmp_path: Path, text: str, encoding: str, block: int) -> None:
    content = text.encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "BLOCK_BYTES", block)
        patch.setattr(opened, "BLOCK_BYTES", block)
        expected = plainly(content, "cp1252" if encoding == "cp1252" else "utf-8")
        if expected is None:
            assert "lone carriage return" in refusal(tmp_path, content)
        else:
            assert text_of(tmp_path, content) == expected
