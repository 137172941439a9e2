"""The facts of the founding case, read from the rosters as anyone would read them."""

import csv
from collections import Counter
from pathlib import Path

import pytest

Partner = dict[str, str]


def roster(folder: Path, month: str) -> list[Partner]:
    """The valid lines of one roster."""
    with (folder / "rosters" / f"{month}.csv").open(encoding="cp1252", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    width = len(lines[0])
    valid = [line for line in lines[1:] if len(line) == width and line[0] and not line[7].startswith("31/02")]
    return [dict(zip(lines[0], line, strict=True)) for line in valid]


def having(partners: list[Partner], column: str, label: str | None = None) -> list[Partner]:
    return [partner for partner in partners if partner[column] and label in (None, partner["Niveau"])]


def persons(partners: list[Partner], column: str) -> Counter[str]:
    return Counter(partner[column] for partner in partners if partner[column])


@pytest.fixture(scope="module")
def march(default_sample) -> list[Partner]:
    return roster(default_sample, "2004-03")


def test_there_are_3000_partners_of_whom_200_gold_and_1100_certified(march):
    labels = Counter(partner["Niveau"] for partner in march)
    assert labels == {"Gold Certifié": 200, "Certifié": 1100, "": 1700}
    assert len({partner["Code partenaire"] for partner in march}) == 3000


def test_500_certified_have_one_of_four_advisers_125_each(march):
    assert len(having(march, "Conseiller")) == len(having(march, "Conseiller", "Certifié")) == 500
    assert sorted(persons(march, "Conseiller").values()) == [125] * 4


def test_three_of_the_four_advisers_are_new_in_january(default_sample):
    working = {
        month: set(persons(roster(default_sample, month), "Conseiller")) for month in ("2003-10", "2003-12", "2004-01")
    }
    assert len(working["2003-10"]) == 1
    assert working["2003-12"] == working["2003-10"]
    assert len(working["2004-01"]) == 4 and working["2004-01"] > working["2003-10"]


def test_250_partners_have_one_of_ten_account_managers(march):
    assert len(having(march, "Responsable de compte")) == 250
    assert len(having(march, "Responsable de compte", "Gold Certifié")) == 170
    assert len(having(march, "Responsable de compte", "Certifié")) == 80
    assert len(having(having(march, "Responsable de compte"), "Conseiller")) == 40
    assert len(persons(march, "Responsable de compte")) == 10


def test_every_certified_and_nobody_else_has_one_of_six_technicians(march):
    assert len(having(march, "Technicien")) == len(having(march, "Technicien", "Certifié")) == 1100
    loads = persons(march, "Technicien").values()
    assert len(loads) == 6 and max(loads) - min(loads) <= 1


def test_every_gold_and_nobody_else_has_a_technical_coordinator(march):
    assert len(having(march, "Coordinateur technique")) == 200
    assert len(having(march, "Coordinateur technique", "Gold Certifié")) == 200
    assert len(persons(march, "Coordinateur technique")) == 8


def test_all_but_nine_certified_have_a_contact(march):
    assert len(having(march, "Contact", "Certifié")) == 1100 - 9
    assert len(having(march, "Contact", "Gold Certifié")) == 200
    assert 0 < len(having(march, "Contact", "")) < 0.2 * 1700


def test_prospects_have_no_joining_day_and_all_others_have_one(march):
    assert all(bool(partner["Date d'adhésion"]) == bool(partner["Niveau"]) for partner in march)


def test_regions_sizes_and_states_are_those_of_the_case(march):
    regions = persons(march, "Région")
    assert len(regions) == 22 and regions.most_common(1)[0][0] == "Île-de-France"
    assert set(persons(march, "Taille")) == {"1-9", "10-49", "50-249", "250+"}
    assert 0 < persons(march, "Statut")["En sommeil"] < 0.05 * len(march)
    assert len(persons(march, "Domaine principal")) == 11


def test_names_that_a_careless_program_trips_over_occur(march):
    names = [partner["Raison sociale"] for partner in march]
    assert any("<b>" in name for name in names)
    assert any(name.startswith("=") for name in names)
    assert any(";" in name and '"' in name for name in names)
    assert any("œ" in name and "€" in name for name in names)
    assert any("&" in name for name in names) and any("'" in name for name in names)


def test_in_april_eight_have_left_and_twelve_have_come(march, default_sample):
    before = {partner["Code partenaire"]: partner for partner in march}
    after = {partner["Code partenaire"]: partner for partner in roster(default_sample, "2004-04")}
    spoiled_in_march = 1
    assert len(before.keys() - after.keys()) == 8
    assert len(after.keys() - before.keys()) == 12 + spoiled_in_march
    assert all(after[code]["Niveau"] == before[code]["Niveau"] for code in before.keys() & after.keys())


def test_names_towns_and_advisers_change_between_the_first_roster_and_the_last(default_sample):
    first = {partner["Code partenaire"]: partner for partner in roster(default_sample, "2003-10")}
    last = {partner["Code partenaire"]: partner for partner in roster(default_sample, "2004-04")}
    both = first.keys() & last.keys()
    assert len(first.keys() - last.keys()) > 8 and len(last.keys() - first.keys()) > 100
    for column in ("Raison sociale", "Ville", "Conseiller"):
        assert any(first[code][column] != last[code][column] for code in both)
    assert all(first[code]["Région"] == last[code]["Région"] for code in both)


def test_three_roster_lines_are_spoiled_and_each_is_a_prospect(default_sample):
    spoiled = []
    for path in sorted((default_sample / "rosters").iterdir()):
        with path.open(encoding="cp1252", newline="") as file:
            lines = list(csv.reader(file, delimiter=";"))[1:]
        spoiled += [line for line in lines if len(line) != 14 or not line[0] or line[7].startswith("31/02")]
    assert len(spoiled) == 3
    assert all(line[2] == "" for line in spoiled)


def test_at_another_size_the_facts_scale(small_sample):
    march = roster(small_sample, "2004-03")
    assert Counter(partner["Niveau"] for partner in march) == {"Gold Certifié": 13, "Certifié": 73, "": 114}
    assert len(having(march, "Conseiller")) == 33 and len(persons(march, "Conseiller")) == 4
    assert len(having(march, "Responsable de compte")) == 11 + 5
    assert len(having(march, "Coordinateur technique")) == 13
    assert len(having(march, "Contact", "Certifié")) == 73 - 1
    assert len(persons(march, "Technicien")) == 6
