"""The chart of forecasts of before against what came."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.report.chart import ABREAST, canvas, drawn, finish, key, quiet_grid
from pipeline.report.fragment import Fragment, Sentences
from pipeline.report.outlook_study import Outlook, where_forecast
from pipeline.report.palette import DOWN, FAINT, INK, tint
from pipeline.report.rows import rows
from pipeline.report.words import count, many


def past_finding(page: Outlook) -> str:
    """`2 of 6 counts forecast before lie within their 80 % interval, where 5 should; …`; empty where none can be judged."""
    pasts = page.pasts
    if pasts.empty:
        return ""
    inside = int(pasts["came"].between(pasts["low_80"], pasts["high_80"]).sum())
    more = int((pasts["came"] > pasts["expected"]).sum())
    leaning = {len(pasts): ": each time more came than expected", 0: ": each time less came than expected"}
    return (
        f"Of {many(len(pasts), 'count')} forecast before, {count(inside) if inside else 'none'} {'lies' if inside < 2 else 'lie'} within the 80 % "
        f"interval of then, where about {count(round(0.8 * len(pasts)))} should{leaning.get(more, '')}."
    )


@where_forecast
@drawn
def past_dots(page: Outlook) -> Fragment:
    """One panel per tier or above: what each forecast of before expected to be added, and the dot of what came."""
    pasts = page.pasts
    if pasts.empty:
        return Sentences([page.windows()])
    spans = list(dict.fromkeys(zip(pasts["origin"], pasts["on"], strict=True)))
    figure, panels = canvas(1.75 + 0.36 * len(spans), len(page.tiers))
    for place, (axes, tier) in enumerate(zip(panels, page.tiers, strict=True)):
        _dots(axes, page, pasts[pasts["tier"] == tier], tier, spans if place % ABREAST == 0 else [])
    key(figure, [("● came", INK), ("○ came, outside 80 %", DOWN), ("│ expected", FAINT), ("▬ 50 %", FAINT), ("▬ 80 %", "#A9A9A9")])  # fmt: skip
    numbers = pasts.assign(tier=[page.above_title(tier) for tier in pasts["tier"]]).rename(columns=_heading)
    words = " ".join(
        f"{page.above_title(one.tier)}, {one.origin} to {one.on}: {one.low_80} to {one.high_80} expected, {one.came} came."
        for one in rows(pasts)
    )
    caption = (
        "Partners added at each tier or above, beyond those who needed nothing new, on forecasts made on earlier days for as "
        f"long a time, by the rules of {page.on} and the method “{page.found.method}”; who joined or left in between is left out. "
        "The bands are as wide as what was known then made them."
    )
    return finish(figure, past_finding(page), caption, words, page.footer(), numbers)


def _dots(axes: Axes, page: Outlook, pasts: pd.DataFrame, tier: str, spans: list[tuple[date, date]]) -> None:
    """Draw one tier, the earliest forecast on top. spans: what to write beside it, nothing where another panel says it."""
    colour = page.colour_of(tier)
    places, is_in = np.arange(len(pasts)), pasts["came"].between(pasts["low_80"], pasts["high_80"])
    axes.hlines(places, pasts["low_80"], pasts["high_80"], tint(colour, 0.3), lw=7)
    axes.hlines(places, pasts["low_50"], pasts["high_50"], tint(colour, 0.65), lw=7)
    axes.vlines(pasts["expected"], places - 0.26, places + 0.26, colour, lw=1.6)
    axes.scatter(pasts["came"], places, 6**2, np.where(is_in, INK, "white"), zorder=4,
                 edgecolors=list(np.where(is_in, "white", DOWN)), lw=np.where(is_in, 1, 1.8))  # fmt: skip
    for place, one in enumerate(rows(pasts)):
        axes.annotate(count(one.came), (one.came, place), (0, 7), textcoords="offset points", ha="center", fontsize=8)
    axes.set_yticks(
        range(len(pasts)), [f"{origin}\nto {on}" for origin, on in spans] or [""] * len(pasts), fontsize=7.5
    )
    axes.set_ylim(len(pasts) - 0.4, -0.75)
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_xlabel("partners added")
    axes.set_title(page.above_title(tier), color=colour, fontweight="bold")
    quiet_grid(axes, "x")


def _heading(column: str) -> str:
    words = {
        "origin": "as of",
        "low_50": "50 % from",
        "high_50": "50 % to",
        "low_80": "80 % from",
        "high_80": "80 % to",
    }
    return words.get(column, column.replace("_", " "))
