"""Who is close to a threshold, on either side: partners by their exact points."""

from decimal import ROUND_FLOOR, Decimal
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.model.closing import close_to
from pipeline.model.version import Tier
from pipeline.report.chart import ABREAST, blocks, canvas, drawn, finish, key, quiet_grid
from pipeline.report.fragment import Picture, Sentences
from pipeline.report.palette import INK, tier_colour
from pipeline.report.study import Study
from pipeline.report.words import count, exact, listed, many

MOST_BARS = 40


def thresholds(study: Study) -> list[Tier]:
    """The tiers that ask for points after the change, lowest first."""
    return [tier for tier, _ in study.transition.after.version.thresholds()]


def threshold_of(tier: Tier) -> Decimal:
    """The points that a tier asks for."""
    return tier.requires.get("points", Decimal(0))


def near_finding(study: Study) -> str:
    """`62 partners are at most 5 points short of Certified, 17 at most 6 points short of Gold Certified.`"""
    near, tiers = study.transition.near(), thresholds(study)
    if not tiers:
        return "No tier asks for points."
    short = near[near["gap"] < 0]["tier"].value_counts()
    numbers = [int(short.get(tier.id, 0)) for tier in tiers]
    parts = [
        f"{count(number)} at most {exact(close_to(threshold_of(tier)))} points short of {tier.title}"
        for number, tier in zip(numbers, tiers, strict=True)
    ]
    are = many(numbers[0], "partner is", "partners are")
    return f"{listed([parts[0].replace(count(numbers[0]), are, 1), *parts[1:]])}."


@drawn
def near_misses(study: Study) -> Picture | Sentences:
    """One panel per threshold: partners at each number of points around it, by their label before."""
    tiers = thresholds(study)
    if not tiers:
        return Sentences([near_finding(study)])
    figure, panels = canvas(3.3, len(tiers))
    parts = [around(study, tier) for tier in tiers]
    is_narrow = len(tiers) >= ABREAST
    colours = {label: tier_colour(study.programme, label) for label in study.transition.matrix().index}
    highest = [
        _panel(axes, tier, part, colours, is_narrow) for axes, tier, part in zip(panels, tiers, parts, strict=True)
    ]
    panels[0].set_ylabel("partners" if len(set(highest)) == 1 else "partners (scales differ)")
    numbers = pd.concat(parts)
    key(figure, _key_entries(study, colours, set(numbers["label before"])))
    titled = numbers.assign(**{"label before": [study.title_of(tier) for tier in numbers["label before"]]})
    widths = [f"{bar_points(tier)} points around {tier.title}" for tier in tiers if bar_points(tier) > 1]
    caption = (
        f"Partners by points on {study.cut_over} around each threshold; the line is the threshold, inclusive. "
        f"Parts of a point are rounded down.{f' One bar stands for {listed(widths)}.' if widths else ''}"
    )
    words = f"Bars of partners per point around {listed([exact(threshold_of(t)) for t in tiers])}, coloured by label before."
    return finish(figure, near_finding(study), caption, words, study.footer(), titled)


def _key_entries(study: Study, colours: dict[str, str], shown: set[str]) -> list[tuple[str, str]]:
    """One entry per colour, with every label before that has it."""
    by_colour: dict[str, list[str]] = {}
    for tier, colour in colours.items():
        if tier in shown:
            said = f"{study.title_of(tier)} before" if tier in study.transition.tiers() else study.title_of(tier)
            by_colour.setdefault(colour, []).append(said)
    return [(f"■ {' or '.join(said)}", colour) for colour, said in by_colour.items()]


def bar_points(tier: Tier) -> int:
    """How many points one bar stands for."""
    return ceil(4 * close_to(threshold_of(tier)) / MOST_BARS)


def around(study: Study, tier: Tier) -> pd.DataFrame:
    """Partners around a tier's threshold: one row per bar, by its lowest points, and label before."""
    threshold, step, shown = threshold_of(tier), bar_points(tier), 2 * int(close_to(threshold_of(tier)))
    partners = study.transition.partners[study.transition.partners["rank_after"] >= 0]
    steps = [step * int(((points - threshold) / step).to_integral_value(ROUND_FLOOR)) for points in partners["points"]]
    table = pd.DataFrame({"steps": steps, "label before": partners["tier_before"].to_numpy()})
    table = table[table["steps"].between(-shown, shown)]
    counted = table.groupby(["steps", "label before"]).size().rename("partners").reset_index()
    points = [threshold + above for above in counted["steps"]]
    counted.insert(0, "points", [int(p) if p == int(p) else float(p) for p in points])
    counted.insert(0, "threshold", [threshold] * len(counted))
    return counted.drop(columns="steps")


def _panel(axes: Axes, tier: Tier, table: pd.DataFrame, colours: dict[str, str], is_narrow: bool) -> float:
    """Draw one threshold; the height of its scale."""
    threshold, step, shown = float(threshold_of(tier)), bar_points(tier), 2 * int(close_to(threshold_of(tier)))
    wide = table.pivot(index="points", columns="label before", values="partners").fillna(0)
    base = pd.Series(0.0, index=wide.index)
    for label, colour in colours.items():
        if label in wide.columns:
            blocks(axes, wide.index + 0.09 * step - 0.5, base, 0.82 * step, wide[label], colour)
            base = base + wide[label]
    axes.axvline(threshold - 0.5, color=INK, lw=1.3, ls=(0, (4, 2)))
    highest = max(base.max() if len(base) else 0, 1) * 1.1
    axes.set(xlim=(threshold - shown - 0.7 * step, threshold + shown + step - 0.3), ylim=(0, highest), xlabel="points")
    ticks = (-shown // 2, 0, shown // 2) if is_narrow else (-shown, -shown // 2, 0, shown // 2, shown)
    axes.set_xticks([threshold + above for above in ticks], [exact(threshold + above) for above in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_title(f"{tier.title}\nfrom {exact(threshold)} points", fontsize=9)
    quiet_grid(axes, "y")
    return float(highest)
