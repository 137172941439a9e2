"""What happens in the point files: every trait of a real ledger occurs, in a small share."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest


class Entry(NamedTuple):
    month: str
    number: str
    partner: str
    earned: date
    posted: date
    category: str
    activity: str
    domain: str
    points: int
    reverses: str


def day(text: str) -> date:
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def raw_lines(folder: Path) -> list[tuple[str, str]]:
    paths = sorted((folder / "points").iterdir())
    return [(path.stem, line) for path in paths for line in path.read_bytes().decode("cp1252").split("\r\n")[1:-1]]


def is_sound(line: str) -> bool:
    cells = line.split(";")
    return (
        len(cells) == 9
        and '"' not in line
        and cells[1] != ""
        and not cells[2].startswith("31/02")
        and re.fullmatch(r"-?\d+,\d\d", cells[7]) is not None
    )


@pytest.fixture(scope="module")
def lines(default_sample) -> list[tuple[str, str]]:
    return raw_lines(default_sample)


@pytest.fixture(scope="module")
def entries(lines) -> list[Entry]:
    found = []
    for month, line in lines:
        if is_sound(line):
            number, partner, earned, posted, category, activity, domain, points, reverses = line.split(";")
            value = int(points.replace(",00", ""))
            found.append(
                Entry(month, number, partner, day(earned), day(posted), category, activity, domain, value, reverses)
            )
    return found


@pytest.fixture(scope="module")
def first_rosters(default_sample) -> dict[str, tuple[str, str]]:
    """By partner, the first roster that lists him and the day he joined."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted((default_sample / "rosters").iterdir()):
        with path.open(encoding="cp1252", newline="") as file:
            for line in list(csv.reader(file, delimiter=";"))[1:]:
                if line[0] and len(line) == 14:
                    found.setdefault(line[0], (path.stem, line[7]))
    return found


def standing(entries: list[Entry], known_on: date) -> Counter[str]:
    """Points by partner: the last posted content of each entry counts once, reversals as they come."""
    counting: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.posted):
        if entry.posted <= known_on and entry.earned <= known_on:
            counting[entry.number] = entry
    points: Counter[str] = Counter()
    for entry in counting.values():
        points[entry.partner] += entry.points
    return points


def test_there_are_about_nine_entries_a_partner(lines):
    assert 25_000 <= len(lines) <= 30_000


def test_activities_are_worth_what_the_programme_says(entries):
    values = defaultdict(set)
    for entry in entries:
        values[entry.category, entry.activity].add(abs(entry.points))
    assert values == {
        ("Compétence", "Première compétence"): {50},
        ("Compétence", "Compétence supplémentaire"): {25},
        ("Référence client", "Référence client"): {2},
        ("Personnel certifié", "Personne certifiée"): {1, 2, 3},
        ("Enquête de satisfaction", "Enquête de satisfaction"): set(range(5, 45, 5)),
        ("Conférence partenaires", "Participation à la conférence"): {1},
    }


def test_a_partner_has_one_first_competency_and_all_his_domains_differ(entries):
    domains = defaultdict(list)
    for number, entry in {entry.number: entry for entry in entries}.items():
        if entry.category == "Compétence":
            assert entry.domain, number
            domains[entry.partner].append((entry.activity, entry.domain))
    for held in domains.values():
        assert len({domain for _, domain in held}) == len(held)
        assert sum(activity == "Première compétence" for activity, _ in held) == 1


def test_all_eleven_domains_occur_and_many_entries_have_none(entries):
    domains = Counter(entry.domain for entry in entries)
    assert len(domains) == 12
    assert 0.1 < domains[""] / len(entries) < 0.6


def test_entries_lie_in_the_file_of_the_month_they_were_posted_in(entries):
    seen: set[Entry] = set()
    for entry in entries:
        content = entry._replace(month="")
        month = max(f"{entry.posted:%Y-%m}", "2003-09")
        assert entry.month == month or (content in seen and entry.month > month)
        assert entry.earned <= entry.posted <= date(2004, 4, 9)
        seen.add(content)


def test_the_history_begins_in_2001_and_april_is_short(entries):
    assert min(entry.earned for entry in entries).year == 2001
    assert 0 < sum(entry.month == "2004-04" for entry in entries) < 0.03 * len(entries)


def test_points_rise_month_by_month_towards_the_cut_over(entries):
    monthly = Counter()
    for entry in entries:
        monthly[entry.month] += entry.points
    run = [monthly[month] for month in ("2003-12", "2004-01", "2004-02", "2004-03")]
    assert all(later > 1.2 * earlier for earlier, later in pairwise(run))


def test_some_entries_are_late_by_months(entries):
    late = sum((entry.posted - entry.earned).days > 60 for entry in entries)
    assert 0.01 < late / len(entries) < 0.06


def test_numbers_are_unique_apart_from_repeats_and_corrections(entries):
    deliveries = defaultdict(list)
    for entry in entries:
        deliveries[entry.number].append(entry)
    repeats = corrections = repeats_in_a_later_file = 0
    for first, *others in deliveries.values():
        for other in others:
            assert other.partner == first.partner
            if other._replace(month="") == first._replace(month=""):
                repeats += 1
                repeats_in_a_later_file += other.month > first.month
            else:
                corrections += 1
                assert other.posted > first.posted and other.month > first.month
    assert 0 < repeats_in_a_later_file < repeats < 0.02 * len(entries)
    assert 0 < corrections < 0.02 * len(entries)


def test_a_reversal_cancels_an_earlier_entry_of_the_same_partner(entries):
    by_number = {entry.number: entry for entry in entries if not entry.reverses}
    reversals = [entry for entry in entries if entry.reverses]
    assert 0 < len(reversals) < 0.01 * len(entries)
    for reversal in reversals:
        reversed_entry = by_number[reversal.reverses]
        assert (reversal.partner, reversal.points) == (reversed_entry.partner, -reversed_entry.points)
        assert reversal.posted >= reversed_entry.posted
    assert all(entry.points > 0 for entry in by_number.values())


def test_a_handful_of_entries_belong_to_codes_on_no_roster(entries, first_rosters):
    assert 5 <= sum(entry.partner not in first_rosters for entry in entries) <= 10


def test_one_partner_has_entries_before_the_roster_that_brings_him_in_april(entries, first_rosters):
    early = {
        entry.partner
        for entry in entries
        if entry.partner in first_rosters and f"{entry.posted:%Y-%m}" < first_rosters[entry.partner][0] > "2003-10"
    }
    assert [first_rosters[partner][0] for partner in early] == ["2004-04"]


def test_a_couple_of_entries_were_earned_before_joining(entries, first_rosters):
    joined = {
        partner: day(text) for partner, (_, text) in first_rosters.items() if text[:2].isdigit() and text[:5] != "31/02"
    }
    early = {entry.number for entry in entries if entry.partner in joined and entry.earned < joined[entry.partner]}
    assert 2 <= len(early) <= 5


def test_about_fifteen_lines_are_spoiled_in_every_way_and_some_come_again(lines):
    spoiled = [line for _, line in lines if not is_sound(line)]
    assert 10 <= len(spoiled) <= 20
    text = "\n".join(spoiled)
    for trace in (";n.c.;", ";12,5,0;", ";31/02/2004;", ";;", ";2,505;", ';"'):
        assert trace in text
    assert any(re.match(r"E\d+;;", line) for line in spoiled)
    assert {line.count(";") for line in spoiled} == {7, 8, 9}
    sound_numbers = {line.split(";")[0] for _, line in lines if is_sound(line)}
    again = sum(line.split(";")[0] in sound_numbers for line in spoiled)
    assert 0 < again < len(spoiled)


def test_labels_were_not_earned_by_points(entries, default_sample):
    points = standing(entries, date(2004, 4, 1))
    with (default_sample / "rosters/2004-03.csv").open(encoding="cp1252", newline="") as file:
        march = [line for line in list(csv.reader(file, delimiter=";"))[1:] if len(line) == 14 and line[0]]
    gold = sum(points[line[0]] >= 120 for line in march)
    assert 115 <= gold <= 145
    assert 850 <= sum(50 <= points[line[0]] < 120 for line in march) <= 1000
    assert 120 <= sum(points[line[0]] < 120 for line in march if line[10]) <= 150
    assert any(points[line[0]] >= 120 for line in march if line[2] == "Certifié")
    assert any(points[line[0]] >= 50 for line in march if line[2] == "")


def test_many_partners_stand_close_to_a_threshold(entries):
    counts = Counter(standing(entries, date(2004, 4, 1)).values())
    assert counts[50] > 20 and counts[120] > 3
    assert sum(counts[points] for points in range(45, 50)) > 60
    assert sum(counts[points] for points in range(110, 120)) > 30
    assert sum(counts[points] for points in range(120, 125)) > 15


def test_certified_staff_of_a_few_partners_is_worth_more_than_forty_points(entries):
    staff = Counter()
    for entry in {entry.number: entry for entry in entries}.values():
        if entry.category == "Personnel certifié":
            staff[entry.partner] += entry.points
    assert 1 <= sum(points > 40 for points in staff.values()) <= 100
