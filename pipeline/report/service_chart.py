"""What each head who serves partners has to carry, before and after, against what one can."""

from math import nan

import pandas as pd

from pipeline.model.benefit import Change
from pipeline.report.chart import canvas, drawn, finish, quiet_grid
from pipeline.report.fragment import Picture
from pipeline.report.palette import DOWN, INK, UP, tint
from pipeline.report.rows import rows
from pipeline.report.study import Study
from pipeline.report.words import count, exact, many

MOST_HEADS = 24
NOTE = "The last bar: if every partner entitled after the change is served by the same heads."


@drawn
def load_bars(study: Study, change: Change) -> Picture:
    """Partners per named head before (pale) and kept, the mean if all entitled are served, and the capacity as a line."""
    heads, capacity = change.heads().nlargest(MOST_HEADS, "before"), change.benefit.capacity_per_head or 0
    mean = mean_load(change)
    figure, (axes,) = canvas(1.5 + 0.42 * (len(heads) + 1))
    most = max(heads["before"].max() if len(heads) else 0, mean, capacity)
    for place, head in enumerate(rows(heads)):
        axes.barh(place, head.before, 0.62, color=tint(UP, 0.35))
        axes.barh(place, head.kept, 0.62, color=UP)
        text = f"{count(head.before)} before, {count(head.kept)} of them kept"
        axes.text(max(head.before, capacity) + most * 0.012, place, text, va="center", fontsize=8.5)
    axes.barh(len(heads), mean, 0.62, color=DOWN if mean > capacity else UP)
    axes.text(mean + most * 0.012, len(heads), f"{mean:,.0f} each", va="center", fontsize=9, fontweight="bold")
    axes.axvline(capacity, color=INK, lw=1.2, ls=(0, (4, 2)))
    axes.annotate(f"capacity {count(capacity)}", (capacity, 1), (0, 3), xycoords=("data", "axes fraction"),
                  textcoords="offset points", ha="center", fontsize=8.5)  # fmt: skip
    axes.set_yticks(range(len(heads) + 1), [*heads["name"], "all who are entitled"])
    axes.set(xlim=(0, most * 1.25), xlabel="partners per head")
    axes.set_ylim(len(heads) + 0.6, -0.6)
    quiet_grid(axes, "x")
    words = " ".join(f"{h.name}: {count(h.before)} before, {count(h.kept)} kept." for h in rows(heads))
    caption = f"{change.benefit.title}: partners of each before ({study.day_before}, pale) and of these kept on {study.cut_over}. {NOTE}"
    everyone = pd.DataFrame({"name": ["all who are entitled, mean"], "before": [nan], "kept": [round(mean, 1)]})
    numbers = pd.concat([heads.astype({"before": float}), everyone], ignore_index=True)
    return finish(figure, load_finding(change), caption, words, study.footer(whole=True), numbers)


def mean_load(change: Change) -> float:
    """Partners per head if all who are entitled after the change are served."""
    heads = change.benefit.stated_heads or len(change.heads())
    return int(change.partners["entitled"].sum()) / heads if heads else nan


def load_finding(change: Change) -> str:
    """`937 partners are entitled to …: 234 for each of 4, against a capacity of 125.`"""
    entitled, heads = int(change.partners["entitled"].sum()), change.benefit.stated_heads or len(change.heads())
    capacity, mean = change.benefit.capacity_per_head or 0, mean_load(change)
    places = capacity * heads
    over = f"{count(entitled - places)} more than can be served" if entitled > places else "all can be served"
    return (
        f"{change.benefit.title}: {many(entitled, 'partner')} entitled after the change, {exact(round(mean))} for each of "
        f"{count(heads)}, against a capacity of {count(capacity)}: {over}."
    )
