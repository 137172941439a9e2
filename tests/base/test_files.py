import errno
import os
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.files import make_folder, write_whole
from pipeline.base.home import PROJECT, Home, home_at


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b.txt", "é")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "é".encode()


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_whole(tmp_path / "a.txt", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        PalierError, match=r"a\.txt: cannot write \(No space left on device\)\. Free space or allow writing"
    ):
        write_whole(tmp_path / "a.txt", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PalierError, match=r"file/folder: cannot write \(Not a directory\)"):
        make_folder(tmp_path / "file" / "folder")
    with pytest.raises(PalierError, match="file: cannot write"):
        write_whole(tmp_path / "file" / "b.txt", "")


def test_a_file_of_the_home_hides_the_projects_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.file("contracts.toml") == PROJECT / "contracts.toml"
    (tmp_path / "contracts.toml").touch()
    assert home.file("contracts.toml") == tmp_path / "contracts.toml"


def test_a_file_that_is_nowhere_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    with pytest.raises(PalierError, match=r"there is no such file; did you mean microsoft-france\?"):
        Home(tmp_path).file("programmes", "microsoft-frence.toml")


def test_files_of_both_folders_are_listed_once_by_name(tmp_path: Path) -> None:
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "microsoft-france.toml").touch()
    (tmp_path / "programmes" / "a.toml").touch()
    listed = Home(tmp_path).files("programmes", ".toml")
    assert listed[0] == tmp_path / "programmes" / "a.toml"
    assert tmp_path / "programmes" / "microsoft-france.toml" in listed
    assert PROJECT / "programmes" / "microsoft-france.toml" not in listed


def test_a_home_that_is_no_folder_is_told_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(PalierError, match=r"there is no such folder\. Give --home a folder that holds data/raw"):
        home_at(tmp_path / "nowhere")
    assert home_at(None).root == PROJECT


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("poinst", ["points", "domains"], "; did you mean points?"),
        ("xyz", ["points", "domains"], "; known: domains, points"),
        ("POINTS", ["points"], "; did you mean points?"),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_known_name_is_offered(name: str, known: list[str], said: str) -> None:
    assert did_you_mean(name, known) == said
