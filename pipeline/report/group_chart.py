"""Whether the change is even: shares by group, and how partners stand in each domain."""

import pandas as pd

from pipeline.model.standing import NOT_GIVEN, grouped
from pipeline.report.chart import blocks, canvas, drawn, finish, key, label, quiet_grid
from pipeline.report.fragment import Picture, Sentences
from pipeline.report.palette import FAINT, INK, PLAIN, SMALL_GROUP, tier_colour
from pipeline.report.rows import rows
from pipeline.report.study import Study
from pipeline.report.words import count, many, percent, signed

SMALL = 30


def shares_by(study: Study, group: str) -> pd.DataFrame:
    """Per group: partners on the roster before, those with a tier before and after, and their shares; greatest fall first."""
    partners = study.transition.partners
    table = pd.DataFrame({
        group: grouped(partners, group),
        "on_before": partners["rank_before"] > -2, "on_after": partners["rank_after"] > -2,
        "before": partners["rank_before"] > 0, "after": partners["rank_after"] > 0,
    }).groupby(group).sum().reset_index()  # fmt: skip
    table["share before"] = table["before"] / table["on_before"].clip(lower=1)
    table["share after"] = table["after"] / table["on_after"].clip(lower=1)
    table["change"] = table["share after"] - table["share before"]
    return table.sort_values(["change", group], ignore_index=True)


@drawn
def group_dumbbells(study: Study, group: str) -> Picture | Sentences:
    """Share of partners with a tier, before → after, one line per group; small groups grey."""
    table = shares_by(study, group)
    if len(table) < 2:
        return Sentences([_too_few(table, group)])
    table = pd.concat([table[table["on_before"] >= SMALL], table[table["on_before"] < SMALL]], ignore_index=True)
    figure, (axes,) = canvas(1.45 + 0.25 * len(table))
    befores, afters, is_small = 100 * table["share before"], 100 * table["share after"], table["on_before"] < SMALL
    colours = [SMALL_GROUP if small else PLAIN for small in is_small]
    axes.hlines(table.index, befores, afters, colours, lw=2, zorder=2)
    axes.scatter(befores, table.index, 6.5**2, "white", edgecolors=colours, lw=1.6, zorder=3)
    axes.scatter(afters, table.index, 7**2, colours, lw=1, zorder=4)
    for place, (before, after, small) in enumerate(zip(befores, afters, is_small, strict=True)):
        text = f"{signed(round(after) - round(before))} %-points"
        axes.annotate(text, (max(before, after), place), (8, 0), textcoords="offset points", va="center", fontsize=8,
                      color=FAINT if small else INK)  # fmt: skip
    names = [f"{label(row[group])}  (n = {count(row['on_before'])})" for row in table.to_dict("records")]
    axes.set_yticks(range(len(table)), names, fontsize=8.5)
    for tick, small in zip(axes.get_yticklabels(), is_small, strict=True):
        tick.set_color(FAINT if small else INK)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.margins(x=0.12)
    axes.set_xlabel("partners with a tier, % of those on the roster")
    quiet_grid(axes, "x")
    key(figure, [("○ before", PLAIN), ("● after", PLAIN), (f"● grey: fewer than {SMALL} partners", FAINT)])
    words = " ".join(
        f"{r[group]}: {percent(r['share before'])} to {percent(r['share after'])}." for r in table.to_dict("records")
    )
    caption = f"Share of partners with any tier, by {_plain(group)} as it was before the change."
    numbers = table.rename(columns={"on_before": "partners before", "on_after": "partners after", "before": "with a tier before",
                                    "after": "with a tier after", "change": "change in share"})  # fmt: skip
    return finish(figure, _evenness(table, group), caption, words, study.footer(), numbers)


def _evenness(table: pd.DataFrame, group: str) -> str:
    large = table[table["on_before"] >= SMALL]
    if large.empty:
        return f"Every {_plain(group)} has fewer than {SMALL} partners: too few to compare."
    worst, best = large.iloc[0], large.iloc[-1]
    if len(large) == 1:
        return f"Partners of {_named(worst, group)}: from {percent(worst['share before'])} with a tier to {percent(worst['share after'])}."
    return (
        f"Partners of {_named(worst, group)} {'lose most' if worst['change'] < 0 else 'gain least'}: from {percent(worst['share before'])} "
        f"with a tier to {percent(worst['share after'])}; those of {_named(best, group)} {'lose least' if best['change'] < 0 else 'gain most'}: "
        f"from {percent(best['share before'])} to {percent(best['share after'])}."
    )


def _too_few(table: pd.DataFrame, group: str) -> str:
    given = [name for name in table[group] if name != NOT_GIVEN]
    only = f"every partner is of {given[0]}" if given else f"no roster names a {_plain(group)}"
    return f"There is nothing to compare by {_plain(group)}: {only}."


def _named(row: pd.Series, group: str) -> str:
    return f"{row[group]}" if group == "region" else f"{_plain(group)} {row[group]}"


def _plain(group: str) -> str:
    return group.replace("_class", "").replace("_", " ")


def by_domain(study: Study) -> pd.DataFrame:
    """Per domain: partners with at least one counted entry in it after the change, by tier after."""
    partners = study.transition.after.partners
    bits, stands = partners["domain_bits"].to_numpy("int64"), partners["tier"].to_numpy(object)
    tiers = [tier for tier in study.transition.tiers() if tier != "unknown"]
    rows = []
    for domain, bit in study.domains.items():
        here = stands[(bits & bit) > 0]
        rows.append({"domain": domain, "partners": len(here), **{tier: int((here == tier).sum()) for tier in tiers}})
    return pd.DataFrame(rows, columns=["domain", "partners", *tiers])


@drawn
def domain_bars(study: Study) -> Picture | Sentences:
    """Partners active in each domain, split by their tier after the change."""
    table = by_domain(study).sort_values("partners", ascending=False, ignore_index=True)
    if table.empty:
        return Sentences(["No entry names a domain."])
    if not table["partners"].any():
        return Sentences([f"No counted entry names one of the {many(len(table), 'domain')} of the rulebook."])
    tiers = [column for column in table.columns if column not in ("domain", "partners")]
    figure, (axes,) = canvas(1.4 + 0.3 * len(table))
    base = pd.Series(0, index=table.index)
    for tier in tiers:
        blocks(axes, base, table.index - 0.34, table[tier], 0.68, tier_colour(study.programme, tier))
        base = base + table[tier]
    for place, number in enumerate(table["partners"]):
        axes.annotate(count(number), (number, place), (4, 0), textcoords="offset points", va="center", fontsize=8.5)
    axes.set_yticks(table.index, [label(domain) for domain in table["domain"]])
    axes.set(xlim=(0, 1.05 * table["partners"].max()), ylim=(len(table) - 0.4, -0.6))
    axes.set_xlabel("partners with at least one counted entry in the domain")
    quiet_grid(axes, "x")
    key(figure, [(f"■ {study.title_of(tier)}", tier_colour(study.programme, tier)) for tier in tiers])
    first, last = table.iloc[0], table.iloc[-1]
    finding = (
        f"{len(table)} domains: most partners are active in {first['domain']} ({count(first['partners'])}), "
        f"fewest in {last['domain']} ({count(last['partners'])})."
        if len(table) > 1
        else f"1 domain: {many(first['partners'], 'partner is', 'partners are')} active in {first['domain']}."
    )
    caption = (
        f"Partners by domain and tier on {study.cut_over}; a partner active in several domains is counted in each."
    )
    words = " ".join(f"{row.domain}: {count(row.partners)}." for row in rows(table))
    return finish(figure, finding, caption, words, study.footer(), table.rename(columns=study.title_of))
