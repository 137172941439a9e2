"""What each head who serves partners has to carry, before and after, against what one can."""

import numpy as np
import pandas as pd

from pipeline.model.benefit import Change
from pipeline.report.chart import blocks, canvas, drawn, finish, label, quiet_grid
from pipeline.report.fragment import Picture
from pipeline.report.palette import FAINT, INK, UP, tint
from pipeline.report.rows import rows
from pipeline.report.study import Study
from pipeline.report.words import count, many

MOST_HEADS = 24
NOTE = "The last bar: the mean if every entitled partner is served by the same heads, before (pale) and after."


@drawn
def load_bars(study: Study, change: Change) -> Picture:
    """Partners per named head before (pale) and kept, the mean if all entitled are served, and the capacity as a line."""
    heads, capacity = change.heads().nlargest(MOST_HEADS, "before"), change.benefit.capacity_per_head or 0
    mean, mean_before = mean_loads(change)
    figure, (axes,) = canvas(1.5 + 0.42 * (len(heads) + 1))
    most = max(heads["before"].max() if len(heads) else 0, mean, mean_before, capacity)
    feet = np.arange(len(heads) + 1) - 0.31
    pale, full = [tint(UP, 0.35)] * len(heads), [UP] * len(heads)
    blocks(axes, 0, feet, [*heads["before"], mean_before], 0.62, [*pale, tint(FAINT, 0.3)])
    blocks(axes, 0, feet, [*heads["kept"], mean], 0.62, [*full, tint(FAINT, 0.8)])
    for place, head in enumerate(rows(heads)):
        text = f"{count(head.before)} before, {count(head.kept)} of them kept"
        axes.text(max(head.before, capacity) + most * 0.012, place, text, va="center", fontsize=8.5)
    each = f"{count(round(mean))} each" + (f" ({count(round(mean_before))} each before)" if mean_before else "")
    axes.text(
        max(mean, mean_before, capacity) + most * 0.012, len(heads), each, va="center", fontsize=9, fontweight="bold"
    )
    axes.axvline(capacity, color=INK, lw=1.2, ls=(0, (4, 2)))
    axes.annotate(f"capacity {count(capacity)}", (capacity, 1), (0, 3), xycoords=("data", "axes fraction"),
                  textcoords="offset points", ha="center", fontsize=8.5)  # fmt: skip
    axes.set_yticks(range(len(heads) + 1), [*map(label, heads["name"]), "all who are entitled"])
    axes.set(xlim=(0, most * 1.42), xlabel="partners per head")
    axes.set_ylim(len(heads) + 0.6, -0.6)
    quiet_grid(axes, "x")
    words = " ".join(f"{h.name}: {count(h.before)} before, {count(h.kept)} kept." for h in rows(heads))
    caption = f"{change.benefit.title}: partners of each before ({study.day_before}, pale) and of these kept on {study.cut_over}. {NOTE}"
    everyone = pd.DataFrame(
        {"name": ["all who are entitled, mean"], "before": [round(mean_before, 1)], "after": [round(mean, 1)]}
    )
    numbers = pd.concat([heads.astype({"before": float}), everyone], ignore_index=True)
    return finish(figure, load_finding(change), caption, words, study.footer(whole=True), numbers)


def stated_heads(change: Change) -> int:
    """Who serves: as many as the rulebook states, else as the roster names."""
    return change.benefit.stated_heads or len(change.heads())


def mean_loads(change: Change) -> tuple[float, float]:
    """Partners per head if all who are entitled are served, after and before the change; 0 where no head is known."""
    heads = stated_heads(change)
    after, before = int(change.partners["entitled"].sum()), entitled_before(change)
    return (after / heads, (before or 0) / heads) if heads else (0.0, 0.0)


def entitled_before(change: Change) -> int | None:
    """Who met the condition before; None where there was none to meet."""
    return int(change.partners["should_have"].sum()) if change.before and change.before.tiers else None


def load_finding(change: Change) -> str:
    """`…: 937 are entitled (1,100 before); 4 heads at 125 can serve 500, which leaves 437 without one (600 before).`"""
    entitled, before = int(change.partners["entitled"].sum()), entitled_before(change)
    heads, capacity = stated_heads(change), change.benefit.capacity_per_head or 0
    short, short_before = max(entitled - heads * capacity, 0), max((before or 0) - heads * capacity, 0)
    earlier = "" if before is None else f" ({count(before)} before)"
    left = f"which leaves {count(short)} without one" if short else "which is enough"
    left += "" if before is None else f" ({count(short_before)}{'' if short else ' without one'} before)"
    return (
        f"{change.benefit.title}: {many(entitled, 'is', 'are')} entitled{earlier}; {many(heads, 'head')} at {count(capacity)} "
        f"can serve {count(heads * capacity)}, {left}."
    )
