"""Partners under other thresholds: as steps of one threshold, and as a map of two. Nothing is smoothed."""

from decimal import Decimal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from pipeline.model.scenario import Aim
from pipeline.model.scenario_table import is_met
from pipeline.model.version import Tier
from pipeline.report.chart import ABREAST, canvas, drawn, finish, heat_table, key, quiet_grid
from pipeline.report.fragment import Fragment, Sentences
from pipeline.report.palette import DOWN, FAINT, INK, PLAIN, tier_colour, tint
from pipeline.report.scenario_study import WhatIf
from pipeline.report.thresholds import grid, kept, neighbours, step_of, steps
from pipeline.report.words import count, exact, listed, many, signed


def not_moved(page: WhatIf) -> Sentences:
    """Why there is no chart of thresholds."""
    scenarios = " The scenarios below are counted one by one." if page.outcomes else ""
    return Sentences([f"{page.left_out}: charts of thresholds are left out.{scenarios}"])


def asked_tiers(page: WhatIf) -> list[Tier]:
    """The tiers that ask for points, lowest first."""
    return [tier for tier, _ in page.study.transition.after.version.thresholds()]


def steps_finding(page: WhatIf) -> str:
    """`5 points less would make 22 more Gold Certified or above …`, one sentence for all tiers, the highest first."""
    parts = []
    for tier in reversed(asked_tiers(page)):
        near = neighbours(page, tier)
        partners = dict(zip(near["threshold"], near["partners"], strict=True))
        change = dict(zip(near["threshold"], near["change"], strict=True))
        threshold, step = tier.requires["points"], step_of(tier.requires["points"])
        # a threshold of 0 has no step below it
        around = [at for at in (threshold - step, threshold + step) if at in change]
        moves = listed([f"{signed(change[at])} at {exact(at)}" for at in around])
        parts.append(f"{_or_above(page, tier)} {count(partners[threshold])} at {exact(threshold)} points, {moves}")
    return f"A few points decide. {'; '.join(parts)}."


def _or_above(page: WhatIf, tier: Tier) -> str:
    is_top = tier.id == page.study.transition.after.version.tier[-1].id
    return tier.title if is_top else f"{tier.title} or above"


@drawn
def step_curves(page: WhatIf) -> Fragment:
    """One panel per tier: partners at it or above, by its points; today's threshold and the number before as lines."""
    if page.left_out:
        return not_moved(page)
    tiers = asked_tiers(page)
    figure, panels = canvas(3.3, len(tiers))
    parts = []
    for axes, tier in zip(panels, tiers, strict=True):
        table = steps(page, tier)
        _steps_panel(axes, page, tier, table, len(tiers) >= ABREAST)
        parts.append(table.assign(tier=tier.title)[["tier", "up to", "partners"]])
    panels[0].set_ylabel("partners at the tier or above")
    key(figure, [("╌ threshold today", INK), ("··· as many as before the change", FAINT)])
    caption = (
        f"Partners at each tier or above on {page.study.cut_over}, by the points it asks, all else as it is. Every step is "
        "a heap of partners with exactly these points; a threshold includes those who just reach it."
    )
    words = " ".join(
        f"{tier.title}: from {count(table['partners'].iloc[0])} at {exact(table['up to'].iloc[0])} points "
        f"to {count(table['partners'].iloc[-1])} at {exact(table['up to'].iloc[-1])}."
        for tier, table in zip(tiers, parts, strict=True)
    )
    numbers = pd.concat(parts, ignore_index=True).rename(columns={"up to": "threshold, up to"})
    return finish(figure, steps_finding(page), caption, words, page.study.footer(), numbers)


def _steps_panel(axes: Axes, page: WhatIf, tier: Tier, table: pd.DataFrame, is_narrow: bool) -> None:
    """Draw one tier: each step reaches back to the points of the one before."""
    threshold, colour = float(tier.requires["points"]), tier_colour(page.study.programme, tier.id)
    points, partners = table["up to"].astype(float), table["partners"].astype(float)
    axes.fill_between(points, partners, step="pre", color=tint(colour, 0.14), lw=0)
    axes.step(points, partners, where="pre", color=colour, lw=1.8)
    now = int(table.loc[table["up to"] == tier.requires["points"], "partners"].iloc[0])
    asked = kept(page, tier)
    high = max(partners.max(), asked[0] if asked else 0, 1) * 1.1
    if asked:
        axes.axhline(asked[0], color=FAINT, lw=1.1, ls=(0, (1, 2)))
        axes.annotate(f"{count(asked[0])} before", (points.iloc[-1], asked[0]), (0, 3), textcoords="offset points",
                      ha="right", color=FAINT, fontsize=8)  # fmt: skip
    axes.axvline(threshold, color=INK, lw=1.3, ls=(0, (4, 2)))
    axes.plot(threshold, now, "o", color=colour, ms=6, mec="white", zorder=4)
    axes.annotate(f"{count(now)} at {exact(threshold)}", (threshold, high), (6, -11), textcoords="offset points",
                  fontweight="bold", fontsize=9)  # fmt: skip
    axes.set(xlim=(points.iloc[0], points.iloc[-1]), ylim=(0, high), xlabel="threshold, points")
    axes.xaxis.set_major_locator(MaxNLocator(3 if is_narrow else 5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_title(_or_above(page, tier), fontsize=9.5, color=colour, fontweight="bold")
    quiet_grid(axes, "y")


@drawn
def threshold_map(page: WhatIf, of: str = "") -> Fragment:
    """Two thresholds at once: partners at the upper tier or above in each pair; of `losers`, those who lose a tier.

    Bold and inside the line: the aims that scenarios state about that number are met.
    """
    tiers = asked_tiers(page)
    if of == "losers" and (page.left_out or len(tiers) < 2):
        return Sentences([])
    if page.left_out:
        return Sentences(["Left out for the same reason."])
    if len(tiers) < 2:
        return Sentences(
            [f"Only {tiers[0].title} asks for points, so there are no two thresholds to set against each other."]
        )
    lower, upper = tiers[-2:]
    column, tier = ("falls", "") if of == "losers" else ("partners", upper.id)
    table = grid(page)
    lows: list[Decimal] = sorted(set(table["lower"]), reverse=True)
    highs: list[Decimal] = sorted(set(table["upper"]))
    numbers = table.pivot(index="lower", columns="upper", values=column).loc[lows, highs].to_numpy()
    colour = DOWN if of == "losers" else tier_colour(page.study.programme, upper.id)
    aims = [] if page.study.region else aims_about(page, "losers" if of == "losers" else "partners", tier)
    met = np.array([[bool(aims) and all(is_met(aim, number) for aim, _ in aims) for number in row] for row in numbers])
    x, y = highs.index(upper.requires["points"]), lows.index(lower.requires["points"])
    figure, (axes,) = canvas(1.5 + 0.3 * len(lows))
    _cells(axes, numbers, met, colour)
    _border(axes, met)
    axes.add_patch(Rectangle((x + 0.04, y + 0.06), 0.92, 0.88, fill=False, ec=INK, lw=1.6, ls=(0, (3, 1.5))))
    axes.set_xticks([at + 0.5 for at in range(len(highs))], [exact(at) for at in highs])
    axes.set_yticks([at + 0.5 for at in range(len(lows))], [exact(at) for at in lows])
    axes.set_xlabel(f"points for {upper.title}")
    axes.set_ylabel(f"points for {lower.title}")
    said = [f"{aim_bounds(aim)}, the aim of {listed(names)}" for aim, names in aims]
    key(figure, [("┅ today", INK), *((f"━ {text}: bold where met", PLAIN) for text in said)])
    what = "who lose a tier" if of == "losers" else f"at {_or_above(page, upper)}"
    caption = (
        f"Partners {what} on {page.study.cut_over}, by two thresholds, all else as it is; the dashed cell is today."
    )
    if page.study.region:
        caption += " Aims are stated for all regions, so none is drawn here."
    words = " ".join(
        f"{lower.title} from {exact(at)}: {listed([count(number) for number in row])}."
        for at, row in zip(lows, numbers, strict=True)
    )
    shown = pd.DataFrame(numbers, columns=[f"{upper.title} {exact(at)}" for at in highs])
    shown.insert(0, f"{lower.title} from", lows)
    finding = (
        _falls_finding(page, numbers, (y, x)) if of == "losers" else _reached_finding(page, highs, numbers, (y, x))
    )
    return finish(figure, finding, caption, words, page.study.footer(), shown)


def _cells(axes: Axes, numbers: np.ndarray, met: np.ndarray, colour: str) -> None:
    """One cell per pair of thresholds, deeper with more partners."""
    least, most = int(numbers.min()), int(numbers.max())
    shades = []
    for (y, x), number in np.ndenumerate(numbers):
        strength = 0.06 + 0.79 * (number - least) / max(most - least, 1)
        shades.append(tint(colour, strength))
        axes.text(x + 0.5, y + 0.53, count(number), ha="center", va="center", fontsize=9,
                  fontweight="bold" if met[y, x] else "normal", color="white" if strength > 0.62 else INK)  # fmt: skip
    heat_table(axes, numbers.shape, shades, [], lw=1)


def _border(axes: Axes, inside: np.ndarray) -> None:
    """The line between pairs that meet the aims and pairs that do not, along the edges of cells."""
    upright = [[(x + 1, y), (x + 1, y + 1)] for y, x in np.argwhere(inside[:, 1:] != inside[:, :-1])]
    level = [[(x, y + 1), (x + 1, y + 1)] for y, x in np.argwhere(inside[1:] != inside[:-1])]
    axes.add_collection(LineCollection([*upright, *level], color=PLAIN, lw=2.6, capstyle="projecting"), autolim=False)


def aims_about(page: WhatIf, of: str, tier: str = "", benefit: str = "") -> list[tuple[Aim, list[str]]]:
    """The different aims of the scenarios about one number, each with the scenarios that state it."""
    found: dict[tuple[object, object], tuple[Aim, list[str]]] = {}
    for outcome in page.outcomes:
        for aim, _ in outcome.aims:
            if (aim.of, aim.tier, aim.benefit) == (of, tier, benefit):
                names = found.setdefault((aim.at_most, aim.at_least), (aim, []))[1]
                names += [outcome.scenario.name] * (outcome.scenario.name not in names)
    return list(found.values())


def aim_bounds(aim: Aim) -> str:
    """`at most 250`."""
    bounds = [f"at most {exact(float(aim.at_most))}"] if aim.at_most is not None else []
    return listed([*bounds, *([f"at least {exact(float(aim.at_least))}"] if aim.at_least is not None else [])])


def _falls_finding(page: WhatIf, numbers: np.ndarray, today: tuple[int, int]) -> str:
    """Which of two thresholds decides more about who loses a tier."""
    lower, upper = asked_tiers(page)[-2:]
    spans = int(np.ptp(numbers[:, today[1]])), int(np.ptp(numbers[today[0]]))
    first, second = (lower, upper) if spans[0] >= spans[1] else (upper, lower)
    return (
        f"Who loses a tier hangs more on {first.title} than on {second.title}: over these thresholds {count(max(spans))} "
        f"partners more or fewer against {count(min(spans))}; {many(int(numbers[today]), 'partner')} today."
    )


def _reached_finding(page: WhatIf, highs: list[Decimal], numbers: np.ndarray, today: tuple[int, int]) -> str:
    """How far the upper threshold moves its tier, and whether the lower one does."""
    lower, upper = asked_tiers(page)[-2:]
    row = numbers[today[0]]
    ends = f"from {count(row[0])} at {exact(highs[0])} points to {count(row[-1])} at {exact(highs[-1])}"
    alone = "" if np.ptp(numbers, axis=0).any() else f" The points for {lower.title} change nothing in that."
    return f"{_or_above(page, upper)}: {ends}; {many(int(numbers[today]), 'partner')} today.{alone}"
