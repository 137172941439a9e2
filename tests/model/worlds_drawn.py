"""Random ledgers and rosters for Hypothesis, around a random rulebook and a day to ask about."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from model.reference import Entry, Listed, World
from model.rulebooks_drawn import AMOUNTS, BELOW_ZERO, FIRST, KINDS, LATE, days, late_days

from pipeline.base.dates import months_before
from pipeline.model.programme import Programme

PARTNERS = ["ADATUM", "CONTOSO", "FABRIKAM", "LITWARE", "NORTHWIND", "TAILSPIN"]


@st.composite
def ledgers(
    draw: st.DrawFn, partners: list[str], around: list[date], is_positive: bool = False, least: int = 2
) -> list[Entry]:
    """Entries, corrections of them and reversals, each on a line of its own."""
    lines = draw(st.lists(st.tuples(
        st.sampled_from(["new", "new", "new", "reverse", "correct"]), st.sampled_from(partners), days | st.sampled_from(around),
        st.sampled_from([0, 0, 1, 40, -1]), st.sampled_from(AMOUNTS if is_positive else AMOUNTS * 2 + BELOW_ZERO),
        st.sampled_from(KINDS), st.integers(0, 9),
    ), min_size=least, max_size=14))  # fmt: skip
    entries: list[Entry] = []
    for line, (what, partner, earned_on, late, points, words, of_which) in enumerate(lines, start=1):
        entry = Entry(f"E{line}", partner, earned_on, earned_on + timedelta(days=late), points, *words, line=line)
        at = of_which % line - 1
        if what == "reverse" and at >= 0:
            entry = replace(
                entry, reverses=entries[at].entry_id, partner_id=entries[at].partner_id if of_which < 8 else partner
            )
        elif what == "correct" and at >= 0 and entries[at].superseded_on is None:
            posted_on = max(entries[at].posted_on, entry.posted_on)
            entry = replace(
                entry, entry_id=entries[at].entry_id, partner_id=entries[at].partner_id, posted_on=posted_on
            )
            entries[at] = replace(entries[at], superseded_on=posted_on)
        entries.append(entry)
    return entries


JOINED = [None, date(2000, 2, 29), date(2001, 3, 1), date(2003, 7, 1), date(2004, 1, 15), date(2002, 12, 31)]


@st.composite
def rosters(draw: st.DrawFn, partners: list[str]) -> dict[date, list[Listed]]:
    """One to three snapshots; partners come, go and change."""
    listed = st.tuples(
        st.sampled_from([None, "gold", "Silver", "platinum", "bronze"]),
        st.sampled_from(JOINED),
        st.sampled_from([None, "small"]),
    )
    every = {partner: draw(listed) for partner in partners}
    found = {}
    for snapshot in sorted(
        {
            draw(st.sampled_from([FIRST, FIRST, date(2004, 2, 1), date(2004, 2, 15)])),
            *draw(st.just([]) | st.lists(days, max_size=2)),
        }
    ):
        gone, changed = draw(st.sampled_from([None, None, *partners])), draw(st.sampled_from([None, None, *partners]))
        every |= {changed: draw(listed)} if changed else {}
        found[snapshot] = [Listed(partner, *every[partner]) for partner in partners if partner != gone]
    return found


@st.composite
def worlds(
    draw: st.DrawFn, rulebooks: st.SearchStrategy[Programme], is_positive: bool = False, is_long: bool = False
) -> tuple[World, date]:
    """A rulebook, a ledger, rosters, and a day that rules and a roster cover; is_long: few partners with long histories."""
    programme = draw(rulebooks)
    partners = PARTNERS[: draw(st.sampled_from([1, 2] if is_long else [1, 2, 6]))]
    listed = draw(rosters(partners))
    first = max(programme.version[0].effective, min(listed))
    as_of = max(first, draw(st.sampled_from(LATE) if is_long else late_days))
    known_on = draw(st.sampled_from([date.max, date.max, as_of, as_of - timedelta(days=30)]))
    around = [
        as_of,
        as_of - timedelta(days=1),
        as_of + timedelta(days=1),
        *(months_before(as_of, months) for months in (1, 2, 6, 12)),
    ]
    return World(
        programme, listed, draw(ledgers(partners, around, is_positive, 6 if is_long else 2)), max(known_on, min(listed))
    ), as_of
