"""The charts of an outlook: the way to the day with its bands, and who moves where."""

from datetime import date, timedelta
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.outlook.past import METHODS
from pipeline.report.chart import ABREAST, canvas, drawn, finish, heat_table, key, quiet_grid
from pipeline.report.fragment import Fragment
from pipeline.report.outlook_study import BASELINES, Outlook, where_forecast, whole
from pipeline.report.palette import DOWN, FAINT, INK, UP, tint
from pipeline.report.rows import rows
from pipeline.report.words import MINUS, count, listed, many, percent

PLAIN_COLOUR = "#7A7A7A"
DASHES: list[Any] = [(0, (1, 1.5)), (0, (4, 2)), (0, (6, 1.5, 1, 1.5))]
TITLE_LETTERS, FEW_LETTERS, WIDE = 14, 10, 4
"""A column's heading is broken after so many letters, in a matrix of more than 4 columns after fewer."""
BAND_80, BAND_50 = 0.16, 0.36
ROOM, NARROW_ROOM = 0.42, 0.75
"""The time that is left on the right for the names of lines, as a share of that shown."""


def fan_finding(page: Outlook) -> str:
    """`By 2004-04-01 Gold Certified rises from 68 to about 104 (80 %: 95 to 113) and …`: the top tier and all tiers."""
    parts = [
        f"{page.above_title(row.id)} {_way(row.now, row.expected)} from {count(row.now)} to about {whole(row.expected)} "
        f"(80 %: {count(row.low_80)} to {count(row.high_80)})"
        for row in rows(page.above.iloc[[0, -1]] if len(page.tiers) > 1 else page.above)
    ]
    return f"By {page.on} {listed(parts)}."


def _way(now: int, then: float) -> str:
    return "stays, " if round(then) == now else "rises" if then > now else "falls"


@where_forecast
@drawn
def fan_panels(page: Outlook) -> Fragment:
    """One panel per tier or above: what was before the day of asking, then the bands and three plain forecasts."""
    figure, panels = canvas(3.5, len(page.tiers))
    for axes, tier in zip(panels, page.tiers, strict=True):
        _fan(axes, page, tier, len(page.tiers) >= ABREAST)
    panels[0].set_ylabel("partners at the tier or above (scales differ)")
    key(figure, [("━ counted", INK), ("━ expected", FAINT), ("▆ 50 %", FAINT),
                 ("▆ 80 %", "#A9A9A9"), ("┄ plain forecasts", PLAIN_COLOUR)])  # fmt: skip
    run = " The run supposed is counted on the last day only." if page.found.run_for_it else ""
    caption = (
        f"Partners who earn each tier or a higher one by the rules of {page.on}: counted up to {page.origin} on the rosters "
        f"of their days, from then on expected of those on the roster of {page.origin}.{run}"
    )
    words = " ".join(
        f"{page.above_title(row.id)}: {count(row.now)} on {page.origin}, {whole(row.expected)} expected on {page.on}; "
        + listed([f"{name} {whole(getattr(row, column))}" for name, column in _plain()])
        + "."
        for row in rows(page.above)
    )
    return finish(figure, fan_finding(page), caption, words, page.footer(), way_table(page))


def _plain() -> list[tuple[str, str]]:
    """The plain forecasts: name and column."""
    return list(zip(METHODS[1:], BASELINES, strict=True))


def way_table(page: Outlook) -> pd.DataFrame:
    """The numbers of the fan in words."""
    way = page.way.round(1)
    shown = pd.DataFrame({"day": way["day"], "tier": [page.above_title(tier) for tier in way["tier"]]})
    shown["counted"] = way["came"]
    shown["expected"] = way["expected"]
    for level in (50, 80):
        shown[f"{level} % from"], shown[f"{level} % to"] = way[f"low_{level}"], way[f"high_{level}"]
    for name, column in _plain():
        shown[name] = way[column]
    return shown


def _fan(axes: Axes, page: Outlook, tier: str, is_narrow: bool) -> None:
    """Draw one tier, by days from the day of asking. What is expected begins at the count of that day."""
    way = page.way[page.way["tier"] == tier]
    way = way.assign(at=[(day - page.origin).days for day in way["day"]])
    past, ahead = way[way["came"].notna()], way[way["expected"].notna()]
    colour, now = page.colour_of(tier), float(past["came"].iloc[-1])
    first, last = int(way["at"].min()), int(way["at"].max())
    axes.plot(past["at"], past["came"], "-o", color=INK, lw=1.6, ms=3)
    limits = _limits(way)
    if len(ahead):
        days = [0, *ahead["at"]]
        for low, high, shade in (("low_80", "high_80", BAND_80), ("low_50", "high_50", BAND_50)):
            axes.fill_between(days, [now, *ahead[low]], [now, *ahead[high]], color=tint(colour, shade), lw=0)
        for dashes, column in zip(DASHES, BASELINES, strict=True):
            axes.plot(days, [now, *ahead[column]], color=PLAIN_COLOUR, lw=0.9, ls=dashes)
        axes.plot(days, [now, *ahead["expected"]], color=colour, lw=2.2)
        axes.plot(last, ahead["expected"].iloc[-1], "o", color=colour, ms=5, mec="white", zorder=4)
        _names(axes, last, ahead.iloc[-1], colour, limits, is_narrow)
    axes.axvline(0, color=FAINT, lw=0.9, ls=(0, (2, 2)))
    axes.annotate(count(now), (0, now), (-3, 6), textcoords="offset points", ha="right", fontsize=8.5)
    shown = max(last - first, 1)
    axes.set(xlim=(first - shown * 0.03, last + shown * (NARROW_ROOM if is_narrow else ROOM)), ylim=limits)
    ticks = sorted({0, last} if is_narrow else {first, 0, last})
    axes.set_xticks(ticks, [_written(page.origin + timedelta(days=at), at == 0) for at in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_title(page.above_title(tier), color=colour, fontweight="bold")
    quiet_grid(axes, "y")


def _written(day: date, is_origin: bool) -> str:
    return f"{day.day} {day:%b}\n{day.year}" + "\nas of" * is_origin


def _limits(way: pd.DataFrame) -> tuple[float, float]:
    """From below the least to above the most that is drawn, a few partners apart at the least."""
    drawn_columns = way[["came", "expected", "low_80", "high_80", *BASELINES]]
    least, most = float(drawn_columns.min().min()), float(drawn_columns.max().max())
    room = max((most - least) * 0.08, 1.5)
    return max(least - room, -0.5), most + room * 1.6


def _names(axes: Axes, at: int, last: pd.Series, colour: str, limits: tuple[float, float], is_narrow: bool) -> None:
    """The names of the lines at their ends, moved apart where they would cover each other."""
    ends = [(float(last["expected"]), f"{whole(last['expected'])} expected", colour, "bold")]
    ends += [(float(last[column]), f"{whole(last[column])} {name}", FAINT, "normal") for name, column in _plain()]  # fmt: skip
    ends.sort(key=lambda one: one[0])
    apart = (limits[1] - limits[0]) * (0.052 if is_narrow else 0.058)
    for place, (_, text, ink, weight) in zip(spread([end[0] for end in ends], apart), ends, strict=True):
        axes.annotate(text, (at, place), (6, 0), textcoords="offset points", va="center", color=ink,
                      fontsize=6.8 if is_narrow else 8, fontweight=weight, annotation_clip=False)  # fmt: skip


def spread(places: list[float], apart: float) -> list[float]:
    """Places in rising order, moved as little as need be so that each lies at least so far above the one before."""
    heaps = [[place] for place in places]
    merged: list[tuple[float, int]] = []
    for heap in heaps:
        middle, members = heap[0], 1
        while merged and middle - (members - 1) / 2 * apart < merged[-1][0] + (merged[-1][1] + 1) / 2 * apart:
            other, others = merged.pop()
            middle, members = (middle * members + other * others) / (members + others), members + others
        merged.append((middle, members))
    return [middle + (at - (members - 1) / 2) * apart for middle, members in merged for at in range(members)]


def moves_expected(page: Outlook) -> str:
    """`407 of those who stand higher now are expected to lose a tier, …`: from the tier of the roster's day to the earned one."""
    matrix = page.found.matrix()
    order = list(matrix.columns)
    rank = {tier: at for at, tier in enumerate(order)}
    down = up = stay = 0.0
    for before in matrix.index:
        for after in order:
            number = float(matrix.loc[before, after])
            if before not in rank:
                continue
            down += number * (rank[after] > rank[before])
            up += number * (rank[after] < rank[before])
            stay += number * (rank[after] == rank[before])
    return (
        f"About {many(round(down), 'partner')} will stand lower on {page.on} than on {page.origin}, {count(round(up))} higher; "
        f"{count(round(stay))} stay."
    )


@where_forecast
@drawn
def moves_matrix(page: Outlook) -> Fragment:
    """The expected migration matrix as a heat table: partners and share of the row; outlined: unchanged."""
    matrix = page.found.matrix()
    befores, afters = list(matrix.index), list(matrix.columns)
    figure, (axes,) = canvas(1.45 + 0.56 * len(befores))
    shades = []
    for y, before in enumerate(befores):
        total = float(matrix.loc[before].sum())
        for x, after in enumerate(afters):
            number = float(matrix.loc[before, after])
            share = number / total if total else 0.0
            shade, ink = _shade(befores, afters, before, after, share)
            shades.append(shade)
            weight = "bold" if before == after else "normal"
            axes.text(x + 0.5, y + 0.42, expected(number), ha="center", va="center", fontsize=11, fontweight=weight, color=ink)  # fmt: skip
            axes.text(
                x + 0.5,
                y + 0.76,
                percent(share) if share >= 0.0005 else "",
                ha="center",
                va="center",
                fontsize=7.5,
                color=ink,
            )
    same = [(befores.index(tier), afters.index(tier)) for tier in befores if tier in afters]
    heat_table(axes, matrix.shape, shades, same)
    axes.set_xticks(
        [x + 0.5 for x in range(len(afters))],
        [fill(page.title_of(tier), TITLE_LETTERS if len(afters) <= WIDE else FEW_LETTERS) for tier in afters],
    )
    axes.set_yticks([y + 0.5 for y in range(len(befores))],
                    [f"{fill(page.title_of(tier), TITLE_LETTERS)}\n{count(round(matrix.loc[tier].sum()))}" for tier in befores])  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelcolor=INK, labelsize=9)
    axes.set_ylabel(f"now, {page.origin}")
    axes.set_title(f"expected, {page.on}", fontsize=8.5, color=FAINT)
    caption = (
        f"From the tier on {page.origin} by the rules then in force (rows) to the tier expected on {page.on} (columns), with "
        "the share of the row. Sums of chances, so not whole numbers; below 10 with a decimal. Outlined: unchanged; plum: "
        "down; green: up."
    )
    words = " ".join(
        f"{page.title_of(before)} to {page.title_of(after)}: {expected(float(matrix.loc[before, after]))}."
        for before in befores
        for after in afters
    )
    numbers = matrix.round(1).rename(index=page.title_of, columns=page.title_of).rename_axis(index="now", columns=None)
    return finish(figure, moves_expected(page), caption, words, page.footer(), numbers.reset_index())


def expected(number: float) -> str:
    """An expected count: whole from 10 on, below it with one decimal."""
    return count(round(number)) if abs(number) >= 10 else f"{number:.1f}".replace("-", MINUS)


def _shade(befores: list[str], afters: list[str], before: str, after: str, share: float) -> tuple[str, str]:
    """The colour of a cell and that of its letters."""
    if before not in afters:
        return "#F7F7F7", INK
    if before == after:
        return tint(FAINT, 0.06 + 0.3 * share), INK
    if share < 0.0005:
        return "#F7F7F7", INK
    strength = 0.12 + 0.68 * share**0.5
    return tint(DOWN if afters.index(after) > afters.index(before) else UP, strength), "white" if strength > 0.55 else INK  # fmt: skip
