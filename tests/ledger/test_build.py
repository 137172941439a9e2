"""`build`: the same lines give the same warehouse, and whatever happens the published file is whole."""

import errno
import fcntl
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from drawn import drawn, given_file, table
from hypothesis import given, settings, strategies

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger import audit
from pipeline.ledger.build import build

NOON = datetime(2004, 4, 1, 12)
HEADING = "entry_id,partner_id,earned_on,posted_on,points\n"
POINTS = f"{HEADING}E1,ADATUM,2004-03-02,2004-03-03,2.00\nE2,FABRIKAM,2004-03-02,2004-03-03,1.00\nE3,ADATUM,?,,1\n"


@pytest.fixture(autouse=True)
def raw_files(home: Home) -> None:
    given_file(home, "rosters/2004-03.csv", "partner_id,region\nADATUM,Alsace\nCONTOSO,Corse\n")
    given_file(home, "points/2004-03.csv", POINTS)


def published(home: Home) -> str:
    """Ingest and build. Returns the build's id."""
    ingest(home)
    return build(home, NOON)


def ask(home: Home, select: str) -> str:
    with Warehouse.open(home.warehouse) as warehouse:
        return table(warehouse, select)


def everything(home: Home) -> dict[str, list[str]]:
    """All rows of all tables."""
    with Warehouse.open(home.warehouse) as warehouse:
        return {name: sorted(map(str, warehouse.rows(f"select * from {name}"))) for name in warehouse.tables()}


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, for root as for anybody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_build_publishes_the_histories_and_not_the_tables_on_the_way(home: Home) -> None:
    published(home)
    with Warehouse.open(home.warehouse) as warehouse:
        assert warehouse.tables() == [
            "build", "entry_kind", "finding", "point_ledger", "raw_file", "reconciliation", "reject", "reversal", "roster_history", "snapshot",
        ]  # fmt: skip


def test_every_refused_line_keeps_its_text_also_when_only_the_rosters_refuse_it(home: Home) -> None:
    published(home)
    assert ask(home, "select line, reject_reason, raw from reject order by line") == drawn("""
        line | reject_reason                        | raw
        3    | partner_id is on no roster: FABRIKAM | E2,FABRIKAM,2004-03-02,2004-03-03,1.00
        4    | earned_on is not written yyyy-mm-dd: ? | E3,ADATUM,?,,1
    """)


def test_a_folder_named_like_a_partition_replaces_no_value(tmp_path: Path) -> None:
    home = Home(tmp_path / "points=7" / "is_plain=false" / "line=99" / "reject_reason=x")
    given_file(
        home, "rosters/c1=EVIL/partner_id=EVIL/raw=x/2004-03.csv", "partner_id,region\nADATUM,Alsace\n CONTOSO,Corse\n"
    )
    given_file(home, "points/c2=EVIL/entry_id=EVIL/2004-03.csv", POINTS)
    published(home)
    assert ask(home, "select line, entry_id, partner_id, earned_on, posted_on, points from point_ledger") == drawn("""
        line | entry_id | partner_id | earned_on  | posted_on  | points
        2    | E1       | ADATUM     | 2004-03-02 | 2004-03-03 | 2.00
    """)
    assert ask(home, "select partner_id, region from roster_history order by 1") == drawn("""
        partner_id | region
        ADATUM     | Alsace
        CONTOSO    | Corse
    """)
    assert ask(home, "select line, raw from reject order by line") == drawn("""
        line | raw
        3    | E2,FABRIKAM,2004-03-02,2004-03-03,1.00
        4    | E3,ADATUM,?,,1
    """)


@pytest.mark.parametrize(("encoding", "end"), [("cp1252", "\r\n"), ("utf-8-sig", "\r"), ("utf-8", "\n")])
def test_the_text_of_a_refused_line_is_fetched_in_the_encoding_of_its_file(home: Home, encoding: str, end: str) -> None:
    content = f"{HEADING}\nE1,DÉPÔT,2004-03-02,2004-03-03,1.00\n".replace("\n", end)
    given_file(home, "points/2004-03.csv", content, encoding)
    published(home)
    assert ask(home, "select line, raw from reject") == drawn("""
        line | raw
        3    | E1,DÉPÔT,2004-03-02,2004-03-03,1.00
    """)


def test_lines_read_at_once_and_lines_read_one_by_one_stand_side_by_side(home: Home) -> None:
    lines = 'E1,ADATUM,2004-03-02,,1\n E2,ADATUM,2004-03-02,,"2"\n"E3",ADA,"?",,"3\n"\nE4,ADATUM,2004-03-02,,4\n,,,,\nE5,ADATUM\n'
    given_file(home, "points/2004-03.csv", HEADING + lines)
    published(home)
    assert ask(home, "select line, entry_id, posted_on, points from point_ledger order by line") == drawn("""
        line | entry_id | posted_on  | points
        2    | E1       | 2004-03-31 | 1.00
        3    | E2       | 2004-03-31 | 2.00
        6    | E4       | 2004-03-31 | 4.00
    """)
    assert ask(
        home, "select line, reject_reason, replace(raw, chr(10), '¶') as raw from reject order by line"
    ) == drawn("""
        line | reject_reason                        | raw
        4    | earned_on is not written yyyy-mm-dd: ? | "E3",ADA,"?",,"3¶"
        8    | the line has 2 fields, the heading 5 | E5,ADATUM
    """)
    assert ask(home, "select lines_in_file, points_in_file, points_rejected from reconciliation where kind = 'points'") == drawn("""
        lines_in_file | points_in_file | points_rejected
        5             | 10.00          | 3.00
    """)  # fmt: skip


def test_a_file_of_plain_lines_alone_and_one_of_judged_lines_alone_are_both_read(home: Home) -> None:
    given_file(home, "points/2004-02.csv", f"{HEADING} E7,ADATUM,2004-02-02,,7\n")
    given_file(home, "points/2004-03.csv", f"{HEADING}E1,ADATUM,2004-03-02,,1\n")
    published(home)
    assert ask(home, "select file, line, entry_id from point_ledger inner join raw_file using (file_id) order by 1") == drawn("""
        file               | line | entry_id
        points/2004-02.csv | 2    | E7
        points/2004-03.csv | 2    | E1
    """)  # fmt: skip


def test_a_file_delivered_twice_counts_once(home: Home) -> None:
    given_file(home, "points/2004-03 copy.csv", POINTS)
    published(home)
    assert ask(
        home, "select file, accepted, repeated, rejected from reconciliation where kind = 'points' order by file"
    ) == drawn("""
        file                    | accepted | repeated | rejected
        points/2004-03 copy.csv | 1        | 0        | 2
        points/2004-03.csv      | 0        | 1        | 2
    """)


def test_an_entry_is_accepted_by_itself_when_a_later_roster_brings_its_partner(home: Home) -> None:
    published(home)
    given_file(home, "rosters/2004-04.csv", "partner_id,region\nADATUM,Alsace\nFABRIKAM,Alsace\n")
    published(home)
    assert ask(home, "select entry_id, partner_id from point_ledger order by 1") == drawn("""
        entry_id | partner_id
        E1       | ADATUM
        E2       | FABRIKAM
    """)


def test_the_lines_of_a_removed_file_go_with_the_next_build(home: Home) -> None:
    extra = given_file(home, "points/2004-02.csv", f"{HEADING}E0,ADATUM,2004-02-02,,5.00\n")
    published(home)
    extra.unlink()
    published(home)
    assert ask(home, "select entry_id from point_ledger") == drawn("entry_id\nE1")


def test_the_same_inputs_give_the_same_id_and_the_same_tables(home: Home) -> None:
    first = published(home), everything(home)
    home.warehouse.unlink()
    assert (published(home), everything(home)) == first


def test_another_input_gives_another_id(home: Home) -> None:
    first = published(home)
    given_file(home, "points/2004-03.csv", POINTS.replace("2.00", "3.00"))
    assert published(home) != first


def test_the_order_in_which_files_are_written_changes_nothing(home: Home, tmp_path: Path) -> None:
    given_file(home, "points/2004-02.csv", f"{HEADING}E1,ADATUM,2004-02-02,2004-02-03,5.00\n")
    other = Home(tmp_path / "other")
    for path in sorted(home.raw.rglob("*.csv"), reverse=True):
        given_file(other, path.relative_to(home.raw).as_posix(), path.read_bytes())
    assert (published(home), everything(home)) == (published(other), everything(other))


def test_the_order_of_lines_in_a_file_changes_no_entry(home: Home) -> None:
    heading, *lines = POINTS.splitlines()
    published(home)
    entries = "select entry_id, partner_id, points, superseded_on from point_ledger order by all"
    before = ask(home, entries)
    given_file(home, "points/2004-03.csv", "\n".join([heading, *reversed(lines)]))
    published(home)
    assert ask(home, entries) == before


# Whatever happens, the published file is whole


@pytest.fixture
def before(home: Home) -> bytes:
    """The bytes of a published warehouse; new points wait to be built."""
    published(home)
    given_file(home, "points/2004-03.csv", f"{HEADING}E9,ADATUM,2004-03-09,2004-03-10,9.00\n")
    ingest(home)
    return home.warehouse.read_bytes()


def left_over(home: Home) -> list[str]:
    return sorted(path.name for path in home.processed.glob("building-*"))


def test_a_failed_audit_leaves_the_published_file_as_it_was(
    home: Home, before: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(audit.LAWS, "two and two are five", "select 'arithmetic', '4'")
    with pytest.raises(PalierError, match=r"not published: the law 'two and two are five' .*\(arithmetic: 4\)"):
        build(home, NOON)
    assert (home.warehouse.read_bytes(), left_over(home)) == (before, [])


def test_a_disk_that_fails_at_the_last_step_leaves_the_published_file_as_it_was(
    home: Home, before: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PalierError, match=r"cannot write \(No space left on device\)\. Free space"):
        build(home, NOON)
    assert (home.warehouse.read_bytes(), left_over(home)) == (before, [])


def test_a_full_disk_leaves_the_published_file_as_it_was(home: Home, before: bytes) -> None:
    with disk_full_at(20_000), pytest.raises(PalierError, match="The published warehouse is as it was"):
        build(home, NOON)
    assert home.warehouse.read_bytes() == before
    build(home, NOON)
    assert left_over(home) == []


def test_a_full_disk_during_ingest_is_one_error_about_writing(home: Home, before: bytes) -> None:
    for month in ("01", "02"):
        given_file(home, f"points/2004-{month}.csv", POINTS)
    with disk_full_at(200), pytest.raises(PalierError, match="cannot write") as error:
        ingest(home)
    assert len(str(error.value).splitlines()) == 1
    assert home.warehouse.read_bytes() == before


@pytest.mark.parametrize("what", ["lines", "manifest.json", "build.lock", "palier.duckdb"])
def test_a_place_that_cannot_be_written_is_named(home: Home, what: str) -> None:
    if what == "lines":
        given_file(home, "../processed/lines", "a file where a folder should be")
    else:
        (home.processed / what / "a folder where a file should be").mkdir(parents=True)
    with pytest.raises(PalierError, match="cannot write"):
        published(home)
    assert left_over(home) == []


def test_a_data_folder_that_is_a_file_is_named(home: Home) -> None:
    given_file(home, "../processed", "")
    with pytest.raises(PalierError, match=r"data/processed.*: cannot write"):
        ingest(home)


def test_a_second_builder_is_told_and_stops(home: Home, before: bytes) -> None:
    with (home.processed / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PalierError, match=r"another .* is running\. Wait for it to end"):
            build(home, NOON)
    assert home.warehouse.read_bytes() == before
    build(home, NOON)


KILLED_BUILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from pipeline.base.home import Home
from pipeline.ledger.build import build

def kill(table):
    if table == "reject":
        os.kill(os.getpid(), signal.SIGKILL)

build(Home(Path(sys.argv[1])), datetime(2004, 4, 1), progress=kill)
"""


def test_a_build_that_is_killed_leaves_the_published_file_whole_and_the_next_succeeds(
    home: Home, before: bytes
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_BUILD, str(home.root)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert left_over(home) != []
    assert home.warehouse.read_bytes() == before
    build(home, NOON)
    assert ask(home, "select entry_id from point_ledger") == drawn("entry_id\nE9")
    assert left_over(home) == []


def test_what_a_killed_build_had_spilled_to_disk_is_cleared_away(home: Home, before: bytes) -> None:
    spilled = home.processed / "building-1.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir()
    spilled.touch()
    build(home, NOON)
    assert left_over(home) == []


def test_a_reader_of_the_published_file_is_not_broken_by_a_build(home: Home, before: bytes) -> None:
    with Warehouse.open(home.warehouse) as reader:
        build(home, NOON)
        assert table(reader, "select entry_id from point_ledger") == drawn("entry_id\nE1")
    assert ask(home, "select entry_id from point_ledger") == drawn("entry_id\nE9")


def test_lines_that_were_deleted_ask_for_ingest(home: Home, before: bytes) -> None:
    for path in home.lines.rglob("plain.parquet"):
        path.unlink()
    with pytest.raises(PalierError, match="palier ingest"):
        build(home, NOON)
    assert home.warehouse.read_bytes() == before


def test_a_raw_file_that_went_after_ingest_is_named(home: Home) -> None:
    ingest(home)
    (home.raw / "points/2004-03.csv").unlink()
    with pytest.raises(PalierError, match=r"points/2004-03\.csv.*palier ingest"):
        build(home, NOON)


# The law, on files that nobody drew

LINES = [
    "E1,ADATUM,2004-03-02,2004-03-03,2.00", "E1,ADATUM,2004-03-02,2004-03-09,2.00", "E1,ADATUM,2004-03-02,2004-03-05,7.00",
    "E2,CONTOSO,2004-03-02,,1.25", "E2,FABRIKAM,2004-03-02,,1.25", ",ADATUM,2004-03-02,,1", ",FABRIKAM,2004-03-02,,1",
    "E3,ADATUM,2004-02-31,,3", "E4,ADATUM,2004-03-02,,1e3", '"E5,ADATUM,2004-03-02,,4', "E6,ADATUM", ",,,,", ",,,,,,,", "",
    "  ", '"', "\\", "E7,É,2004-03-02,,1",
]  # fmt: skip


@settings(max_examples=8)
@given(
    points=strategies.lists(strategies.lists(strategies.sampled_from(LINES), max_size=12), min_size=1, max_size=3),
    roster=strategies.lists(
        strategies.sampled_from(["ADATUM,Alsace", "ADATUM,Corse", "CONTOSO,Corse", "", ",", '"', "x"])
    ),
    encoding=strategies.sampled_from(["utf-8", "cp1252"]),
    end=strategies.sampled_from(["\n", "\r\n"]),
)
def test_every_line_is_accepted_repeated_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, points: list[list[str]], roster: list[str], encoding: str, end: str
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    raw = {f"points/2004-0{month}.csv": [HEADING.strip(), *lines] for month, lines in enumerate(points, start=1)}
    raw["rosters/2004-03.csv"] = ["partner_id,region", "LITWARE,Corse", *roster]
    for file, lines in raw.items():
        given_file(home, file, end.join(lines), encoding)
    published(home)
    with Warehouse.open(home.warehouse) as warehouse:
        counted = warehouse.rows("select file, lines_in_file, accepted + repeated + rejected from reconciliation")
        refused = warehouse.rows("select file, line, raw from reject inner join raw_file using (file_id)")
    assert sorted(counted) == sorted(
        (file, *[sum(line.strip(", ") != "" for line in lines[1:])] * 2) for file, lines in raw.items()
    )
    assert all(raw[file][line - 1] == text for file, line, text in refused)
