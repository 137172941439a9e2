"""The page on what is to be expected: its opening, its tables, and what is not in its numbers."""

import pandas as pd

from pipeline.outlook.past import METHODS
from pipeline.report.fan_chart import expected, moves_expected
from pipeline.report.fragment import Fragment, KeyNumber, Opening, Sentences, Table
from pipeline.report.outlook_study import BASELINES, MEANING, Outlook, where_forecast, whole
from pipeline.report.palette import DOWN
from pipeline.report.past_chart import past_finding
from pipeline.report.rows import rows
from pipeline.report.study import FIRST_ROWS
from pipeline.report.words import count, many, percent

LEVELS = (50, 80, 95)
FIRST_HEADS = 10


def opening(page: Outlook) -> Opening:
    """The answer in twenty seconds: how many are expected at each tier or above, and by which method."""
    asked = f"{page.programme.title}: expected on {page.on}, with what is known on {page.origin}."
    if not page.known:
        return Opening([], [page.left_out], asked, page.provenance.warning())
    tiles = [
        KeyNumber(
            page.above_title(row.id),
            f"{count(row.now)} → {whole(row.expected)}",
            f"80 %: {to(row.low_80, row.high_80)}",
            page.colour_of(row.id),
        )
        for row in rows(page.above)
    ]
    for row in rows(page.services.head(1)):
        number = f"{expected(row.keep_it)} of {count(row.have_it_now)}"
        tiles.append(KeyNumber(f"Keep: {row.benefit}", number, f"80 %: {to(row.keep_it_low_80, row.keep_it_high_80)}", DOWN))  # fmt: skip
    sentences = [*tier_sentences(page), page.why_method(), page.windows(), past_finding(page), moves_expected(page)]
    return Opening(tiles, [one for one in sentences if one], f"{asked} {page.supposed()}", page.provenance.warning())


def headline(page: Outlook) -> str:
    """The page in one sentence, for the index."""
    return " ".join(tier_sentences(page)) if page.known else page.left_out


def tier_sentences(page: Outlook) -> list[str]:
    """`Gold Certified: 104 expected on 2004-04-01 (80 % interval 95 to 113); 68 now, 68 if nothing new comes.`"""
    return [
        f"{page.above_title(row.id)}: {whole(row.expected)} expected on {page.on} (80 % interval "
        f"{to(row.low_80, row.high_80)}); {count(row.now)} now, {whole(row.nothing_new)} if nothing {'else' if page.found.run_for_it else 'new'} comes."
        for row in rows(page.above)
    ]


def to(low: int, high: int) -> str:
    """`95 to 113`"""
    return f"{count(low)} to {count(high)}"


@where_forecast
def count_table(page: Outlook) -> Fragment:
    """The forecast's table: exactly at each tier, then at each tier or above."""
    table = page.table
    shown = pd.DataFrame({
        "tier": [f"{page.title_of(row.id)}{' or above' if row.is_above else ''}" for row in rows(table)],
        "now": table["now"], "expected": table["expected"],
    })  # fmt: skip
    for level in LEVELS:
        shown[f"{level} % interval"] = [to(*ends) for ends in zip(table[f"low_{level}"], table[f"high_{level}"], strict=True)]  # fmt: skip
    for name, column in zip(METHODS[1:], BASELINES, strict=True):
        shown[name] = table[column]
    caption = f"Partners per tier by the rules of {page.on}: on {page.origin}, and expected on {page.on}"
    return Table(caption, shown)


@where_forecast
def plain_forecasts(page: Outlook) -> Fragment:
    """What the three plain forecasts say."""
    meaning = "; ".join(f"{name}: {meaning}" for name, meaning in MEANING.items())
    return Sentences([f"The plain forecasts. {meaning[0].upper()}{meaning[1:]}."])


@where_forecast
def methods(page: Outlook) -> Fragment:
    """How each method has done; nothing where no forecast of before can be judged."""
    if not page.found.pasts:
        return Sentences([])
    record = page.found.record
    shown = pd.DataFrame({
        "method": [f"{name} (given)" if name == page.found.method else name for name in record["method"]],
        "off by (CRPS), partners per tier": record["crps"].round(1),
        "came − forecast, partners per tier": record["missed"].round(1),
    })  # fmt: skip
    return Table(f"How each method did on {many(len(page.found.pasts), 'forecast')} of before", shown)


@where_forecast
def service_table(page: Outlook) -> Fragment:
    """Each benefit that tiers decide: who has it, how many keep it, how many may have it, and the load of a head."""
    found, loads = page.services, page.heads
    if found.empty:
        return Sentences([f"No benefit depends on a tier on {page.on}."])
    benefits = {benefit.title: benefit for benefit in page.programme.benefit}
    named = loads["benefit"].value_counts()
    serving = [benefits[title].stated_heads or int(named.get(title, 0)) for title in found["benefit"]]
    shown = pd.DataFrame({
        "benefit": found["benefit"], "have it now": found["have_it_now"], "keep it": found["keep_it"],
        "80 % interval": [to(*ends) for ends in zip(found["keep_it_low_80"], found["keep_it_high_80"], strict=True)],
        "entitled on the day": found["entitled"],
        "80 % interval of entitled": [to(*ends) for ends in zip(found["entitled_low_80"], found["entitled_high_80"], strict=True)],
        "heads": [number or None for number in serving],
        "per head: now": _per(found["have_it_now"], serving), "if those keep it": _per(found["keep_it"], serving),
        "if all entitled are served": _per(found["entitled"], serving),
        "one head can serve": [benefits[title].capacity_per_head for title in found["benefit"]],
    })  # fmt: skip
    shown = shown.astype({"heads": object, "one head can serve": object})
    return Table(f"Benefits that tiers decide: now and expected on {page.on}", shown.where(shown.notna(), None))


def _per(partners: pd.Series, serving: list[int]) -> list[float | None]:
    return [round(number / by, 1) if by else None for number, by in zip(partners, serving, strict=True)]


@where_forecast
def head_table(page: Outlook) -> Fragment:
    """Each person who serves partners: how many now, how many of them keep it."""
    loads = page.heads
    if loads.empty:
        return Sentences([])
    shown = pd.DataFrame({
        "who serves": loads["name"], "partners now": loads["now"], "of them keep it": loads["keep_it"],
        "80 % interval": [to(*ends) for ends in zip(loads["low_80"], loads["high_80"], strict=True)],
        "benefit": loads["benefit"],
    })  # fmt: skip
    return Table(f"Load per head: expected on {page.on}", shown, FIRST_HEADS)


@where_forecast
def call_list(page: Outlook) -> Fragment:
    """Those whom one more activity would help most before the day."""
    calls = page.calls
    if calls.empty:
        if not page.programme.activity:
            return Sentences(["The rulebook names no activity, so that nobody can be listed."])
        return Sentences(["Nobody is listed: more than points decides, or no activity would bring anybody up a tier."])
    table = pd.DataFrame({
        "partner": calls["name"], "id": calls["partner_id"], "served by": calls["account_manager"].fillna(calls["adviser"]),
        "earns now": calls["tier_now"].map(page.title_of), "could reach": calls["tier"].map(page.title_of),
        "missing": calls["gap"], "chance now": calls["chance"].map(percent), "closed by": calls["activity"],
        "chance with one": calls["chance_with_it"].map(percent), "region": calls["region"],
    })  # fmt: skip
    return Table(f"Most worth a call before {page.on}", table, FIRST_ROWS)


@where_forecast
def call_rule(page: Outlook) -> Fragment:
    """How the list is ordered, and what it supposes."""
    calls = page.calls
    if calls.empty:
        return Sentences([])
    return Sentences([
        f"{many(len(calls), 'partner')}, at most 50: first those whose chance one more activity raises most, among equals "
        "those who lack least. Closed by: the activity of the rulebook that overshoots least, and how often; chance with one: "
        f"if it is done once and posted by {page.on}. Whether a call leads to it, the data do not say."
    ])  # fmt: skip


def not_modelled(page: Outlook) -> Sentences:
    """What the numbers leave out, in plain sentences."""
    if not page.known:
        return Sentences(["Nothing is modelled."])
    found = page.found
    said = [
        f"Who joins after {page.origin} is not counted: in the {many(found.days, 'day')} before, {many(found.newcomers, 'partner')} joined.",
        f"Who leaves after {page.origin} is counted as if he stayed.",
        f"{page.supposed()} {'That share is an assumption, not learned.' if found.run_for_it else 'In truth partners collect points once they know a threshold; the parameter run_for_it supposes a share who do.'}",
        "Points taken back beyond what is gained on the same day are not forecast: a net loss counts as nothing.",
        f"What is earned before {page.origin} and posted later is in it, as late postings came before; what is posted after {page.on} is not.",
    ]  # fmt: skip
    if found.version.hold:
        said.insert(
            3, "Tiers are those earned on the day: what the rules of holding keep a partner at is not forecast."
        )
    return Sentences(said)
