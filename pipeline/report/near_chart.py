"""Who is close to a threshold, on either side: partners by their exact points."""

from decimal import ROUND_FLOOR, Decimal
from math import ceil, floor

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.model.programme import Tier
from pipeline.report.chart import canvas, drawn, finish, key, quiet_grid
from pipeline.report.fragment import Picture
from pipeline.report.palette import INK, tier_colour
from pipeline.report.study import Study
from pipeline.report.words import count, exact, listed

CLOSE = Decimal(5)
SHOWN = 10


@drawn
def near_misses(study: Study) -> Picture:
    """One panel per threshold: partners at each number of points around it, by their label before."""
    tiers = thresholds(study)
    figure, panels = canvas(3.7, max(len(tiers), 1))
    numbers = pd.concat([around(study, tier) for tier in tiers])
    for axes, tier in zip(panels, tiers, strict=False):
        _panel(axes, study, tier, numbers[numbers["threshold"] == tier.requires.points])
    panels[0].set_ylabel("partners")
    labels = [
        (f"■ {study.title_of(t)} before", tier_colour(study.programme, t))
        for t in study.transition.tiers()
        if t in set(numbers["label before"])
    ]
    key(panels[0], labels)
    titled = numbers.assign(**{"label before": [study.title_of(tier) for tier in numbers["label before"]]})
    caption = (
        f"Partners by points on {study.cut_over}, within {SHOWN} points of each threshold; the line is the threshold, "
        "inclusive. Parts of a point are rounded down."
    )
    words = f"Bars of partners per point around {listed([exact(t.requires.points or 0) for t in tiers])}, coloured by label before."
    return finish(figure, near_finding(study), caption, words, study.footer(), titled)


def thresholds(study: Study) -> list[Tier]:
    """The tiers that ask for points after the change, lowest first."""
    return [tier for tier in study.transition.after.version.tier if tier.requires.points is not None]


def near_finding(study: Study) -> str:
    """`62 partners are at most 5 points short of Certified and 17 of Gold Certified.`"""
    near = study.transition.near(CLOSE)
    short = near[near["gap"] < 0]
    parts = [f"{count((short['tier'] == tier.id).sum())} of {tier.title}" for tier in thresholds(study)]
    if not parts:
        return "No tier asks for points."
    first, *rest = parts
    number, _, tier = first.partition(" of ")
    return f"{listed([f'{number} partners are at most {CLOSE} points short of {tier}', *rest])}."


def around(study: Study, tier: Tier) -> pd.DataFrame:
    """Partners around a tier's threshold: one row per threshold, whole points and label before."""
    threshold = tier.requires.points or Decimal(0)
    partners = study.transition.partners[study.transition.partners["rank_after"] >= 0]
    steps = [int((points - threshold).to_integral_value(ROUND_FLOOR)) for points in partners["points"]]
    table = pd.DataFrame({"steps": steps, "label before": partners["tier_before"].to_numpy()})
    table = table[table["steps"].between(-SHOWN, SHOWN)]
    counted = table.groupby(["steps", "label before"]).size().rename("partners").reset_index()
    points = [float(threshold) + step for step in counted["steps"]]
    counted.insert(0, "points", [int(p) if p == floor(p) else p for p in points])
    counted.insert(0, "threshold", [threshold] * len(counted))
    return counted.drop(columns="steps")


def _panel(axes: Axes, study: Study, tier: Tier, table: pd.DataFrame) -> None:
    threshold = float(tier.requires.points or 0)
    wide = table.pivot_table(index="points", columns="label before", values="partners", fill_value=0)
    base = pd.Series(0.0, index=wide.index)
    for label in dict.fromkeys([*study.transition.tiers(), *wide.columns]):
        if label in wide.columns:
            axes.bar(wide.index, wide[label], 0.82, bottom=base, color=tier_colour(study.programme, label))
            base = base + wide[label]
    axes.axvline(threshold - 0.5, color=INK, lw=1.3, ls=(0, (4, 2)))
    axes.set(xlim=(threshold - SHOWN - 0.7, threshold + SHOWN + 0.7), xlabel="points")
    axes.set_ylim(0, max(base.max() if len(base) else 0, 1) * 1.2)
    axes.set_xticks(range(ceil(threshold - SHOWN), floor(threshold + SHOWN) + 1, 5))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    for text, offset, side in ((f"{exact(threshold)} and more:\n{tier.title}", 4, "left"), ("short", -4, "right")):
        axes.annotate(text, (threshold - 0.5, 1), (offset, -2), xycoords=("data", "axes fraction"),
                      textcoords="offset points", ha=side, va="top", fontsize=8.5)  # fmt: skip
    quiet_grid(axes, "y")
