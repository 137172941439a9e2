"""What the files look like from outside, whatever they say."""

import re
from pathlib import Path

import pytest

from pipeline.base.errors import PalierError
from pipeline.sample import write_sample

MONTHS = ["2003-10", "2003-11", "2003-12", "2004-01", "2004-02", "2004-03", "2004-04"]
ROSTER_HEADER = (
    "Code partenaire;Raison sociale;Niveau;Région;Ville;Taille;Domaine principal;Date d'adhésion;Contact;Conseiller;"
    "Responsable de compte;Coordinateur technique;Technicien;Statut"
)
POINT_HEADER = "N° écriture;Code partenaire;Date d'obtention;Date de saisie;Catégorie;Activité;Domaine;Points;Annule"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_the_same_seed_gives_the_same_bytes_in_another_folder(small_sample, tmp_path):
    write_sample(tmp_path, partners=200)
    assert bytes_of(tmp_path) == bytes_of(small_sample)


def test_another_seed_gives_other_bytes_in_every_file(small_sample, tmp_path):
    write_sample(tmp_path, partners=200, seed=2005)
    ours, theirs = bytes_of(small_sample), bytes_of(tmp_path)
    assert ours.keys() == theirs.keys()
    assert all(ours[name] != theirs[name] for name in ours)


def test_there_are_seven_rosters_eight_point_files_and_a_note(default_sample):
    assert sorted(path.stem for path in (default_sample / "rosters").iterdir()) == MONTHS
    assert sorted(path.stem for path in (default_sample / "points").iterdir()) == ["2003-09", *MONTHS]
    note = (default_sample / "INVENTED.md").read_text(encoding="utf-8")
    assert "invented" in note and "2004" in note and "3000" in note


def test_every_file_is_cp1252_and_not_utf8_with_windows_line_ends_and_a_french_header(default_sample):
    for kind, header in (("rosters", ROSTER_HEADER), ("points", POINT_HEADER)):
        for path in (default_sample / kind).iterdir():
            content = path.read_bytes()
            lines = content.decode("cp1252").split("\r\n")
            assert lines[0] == header
            assert lines[-1] == "" and not any("\n" in line for line in lines)
            assert b"\0" not in content
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")


def test_characters_that_only_cp1252_has_occur(default_sample):
    assert "œ" in (roster := (default_sample / "rosters/2004-03.csv").read_bytes().decode("cp1252"))
    assert "€" in roster


def test_the_default_sample_is_small_enough_for_git(default_sample):
    assert sum(len(content) for content in bytes_of(default_sample).values()) < 5_000_000


def test_the_summary_and_the_progress_count_what_is_in_the_files(tmp_path):
    seen: list[int] = []
    summary = write_sample(tmp_path, partners=100, progress=seen.append)
    contents = bytes_of(tmp_path)

    def lines_in(kind: str) -> int:
        return sum(content.count(b"\r\n") - 1 for name, content in contents.items() if name.startswith(kind))

    assert (summary.roster_lines, summary.point_lines) == (lines_in("rosters"), lines_in("points"))
    assert summary.files == len(contents) == 16
    assert summary.bytes == sum(map(len, contents.values()))
    assert sum(seen) == summary.roster_lines + summary.point_lines


@pytest.mark.parametrize("entries", [800, 4_000, 450_000])
def test_asking_for_a_number_of_entries_gives_that_number(tmp_path, entries):
    summary = write_sample(tmp_path, partners=200, entries=entries)
    assert abs(summary.point_lines - entries) <= entries / 100


def test_entry_numbers_stay_unique_when_the_sample_is_written_in_stretches(tmp_path):
    write_sample(tmp_path, partners=200, entries=450_000)
    text = b"".join(path.read_bytes() for path in (tmp_path / "points").iterdir()).decode("cp1252")
    numbers = re.findall(r"^E\d{7}(?=;)", text, flags=re.MULTILINE)
    again = len(numbers) - len(set(numbers))
    assert 0 < again < 0.02 * len(numbers)
    assert len(numbers) + text.count("N° écriture") == text.count("\r\n")


@pytest.mark.parametrize("wish", [{"partners": 20}, {"entries": 20}])
def test_a_sample_too_small_for_its_facts_is_refused(tmp_path, wish):
    with pytest.raises(PalierError, match=r"20 .* are too few"):
        write_sample(tmp_path, **wish)
