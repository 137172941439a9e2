"""How many stand on each tier before and after, and who moves where."""

import numpy as np
import pandas as pd

from pipeline.model.transition import LEFT, NOT_YET, Transition
from pipeline.report.chart import blocks, canvas, drawn, finish, heat_table, quiet_grid
from pipeline.report.fragment import Picture
from pipeline.report.palette import DOWN, FAINT, INK, UP, tier_colour, tint
from pipeline.report.rows import rows
from pipeline.report.study import Study
from pipeline.report.words import count, listed, many, percent, signed


@drawn
def tier_bars(study: Study) -> Picture:
    """Paired bars: partners per tier before (pale) and after."""
    counts = study.transition.counts()
    figure, (axes,) = canvas(0.95 + 0.62 * len(counts))
    longest = max(counts["before"].max(), counts["after"].max(), 1)
    colours, places = [tier_colour(study.programme, tier) for tier in counts["tier"]], np.arange(len(counts))
    blocks(axes, 0, places - 0.38, counts["before"], 0.36, [tint(colour, 0.4) for colour in colours])
    blocks(axes, 0, places + 0.02, counts["after"], 0.36, colours)
    for place, row in enumerate(rows(counts)):
        axes.text(
            row.before + longest * 0.01,
            place - 0.2,
            f"{count(row.before)} before",
            va="center",
            color=FAINT,
            fontsize=8.5,
        )
        label = f"{count(row.after)} after ({signed(row.change)})"
        axes.text(row.after + longest * 0.01, place + 0.2, label, va="center", fontweight="bold", fontsize=9)
    axes.set_yticks(range(len(counts)), [study.title_of(tier) for tier in counts["tier"]])
    axes.set(xlim=(0, longest * 1.22), ylim=(len(counts) - 0.48, -0.52))
    axes.set_xlabel("partners")
    quiet_grid(axes, "x")
    words = " ".join(
        f"{study.title_of(r.tier)}: {count(r.before)} before, {count(r.after)} after." for r in rows(counts)
    )
    caption = f"Partners per tier before ({study.day_before}, pale) and after ({study.cut_over})."
    table = counts.assign(tier=[study.title_of(tier) for tier in counts["tier"]])
    return finish(figure, tier_finding(study), caption, words, study.footer(), table)


def tier_finding(study: Study) -> str:
    """`Certified falls from 1,100 to 937 (−163); …`, top tier first."""
    counts = study.transition.counts()
    real = counts[~counts["tier"].isin(["none", "unknown"])]
    return "; ".join(f"{study.title_of(r.tier)} {_way(r.before, r.after)}" for r in rows(real)) + "."


def _way(before: int, after: int) -> str:
    if before == after:
        return f"stays at {count(before)}"
    return f"{'rises' if after > before else 'falls'} from {count(before)} to {count(after)} ({signed(after - before)})"


def migration_matrix(study: Study) -> Picture:
    """Who moves where, as a heat table: number and share of the row; unchanged outlined, down plum, up green, new and left white."""
    caption = (
        "From the tier before (rows) to the tier after (columns), with the share of the row. "
        "Outlined: unchanged; plum: down; green: up; white: new or left."
    )
    sides = (f"before, {study.day_before}", f"after, {study.cut_over}")
    return matrix_of(study, moves_finding(study), caption, sides)


@drawn
def matrix_of(study: Study, finding: str, caption: str, sides: tuple[str, str]) -> Picture:
    """The matrix of a transition; `sides`: what its rows and its columns are."""
    matrix = shown_matrix(study.transition)
    befores, afters = list(matrix.index), list(matrix.columns)
    figure, (axes,) = canvas(1.35 + 0.56 * len(befores))
    shades = []
    for y, before in enumerate(befores):
        total = max(int(matrix.loc[before].sum()), 1)
        for x, after in enumerate(afters):
            number = int(matrix.loc[before, after])
            shade, ink = _shade(study, before, after, number / total)
            shades.append(shade)
            if number:
                weight = "bold" if before == after else "normal"
                axes.text(
                    x + 0.5,
                    y + 0.42,
                    count(number),
                    ha="center",
                    va="center",
                    fontsize=11,
                    fontweight=weight,
                    color=ink,
                )
                axes.text(x + 0.5, y + 0.76, percent(number / total), ha="center", va="center", fontsize=7.5, color=ink)
            else:
                axes.text(x + 0.5, y + 0.5, "·", ha="center", va="center", color=FAINT)
    same = [(befores.index(tier), afters.index(tier)) for tier in befores if tier in afters]
    heat_table(axes, matrix.shape, shades, same)
    axes.set_xticks([x + 0.5 for x in range(len(afters))], [_title(study, tier) for tier in afters])
    axes.set_yticks(
        [y + 0.5 for y in range(len(befores))], [f"{_title(study, t)}\n{count(matrix.loc[t].sum())}" for t in befores]
    )
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelcolor=INK, labelsize=9)
    axes.set_ylabel(sides[0])
    axes.set_title(sides[1], fontsize=8.5, color=FAINT)
    numbers = matrix.rename(index=study.title_of, columns=study.title_of).rename_axis("before").reset_index()
    return finish(figure, finding, caption, _moves_in_words(study, matrix), study.footer(), numbers)


def shown_matrix(transition: Transition) -> pd.DataFrame:
    """The migration matrix without empty rows and columns of partners off the roster."""
    matrix = transition.matrix()
    befores = [name for name in matrix.index if name != NOT_YET or matrix.loc[name].any()]
    afters = [name for name in matrix.columns if name != LEFT or matrix[name].any()]
    return matrix.loc[befores, afters]


def moves_finding(study: Study) -> str:
    """`406 partners lose a tier, 102 gain one, 2,484 stay; 8 left and 13 are new.`: every partner once."""
    moves = study.transition.partners["move"].value_counts()
    down, up, same, left, new, unknown = (
        int(moves.get(move, 0)) for move in ("down", "up", "same", "left", "new", "unknown")
    )
    off = [f"{count(left)} left"] * (left > 0) + [many(new, "is new", "are new")] * (new > 0)
    off += [many(unknown, "bears an unknown label", "bear an unknown label")] * (unknown > 0)
    return (
        f"{many(down, 'partner loses', 'partners lose')} a tier, {many(up, 'gains', 'gain')} one, "
        f"{many(same, 'stays', 'stay')}{f'; {listed(off)}' if off else ''}."
    )


def biggest_falls(study: Study) -> str:
    """`310 fall from Certified to No tier and 94 from Gold Certified to Certified.`; empty when nobody falls."""
    down = study.transition.partners[study.transition.partners["move"] == "down"]
    pairs = (
        down.groupby(["tier_before", "tier_after"]).size().sort_values(ascending=False).rename("partners").reset_index()
    )
    parts = [
        f"{count(p.partners)} from {study.title_of(p.tier_before)} to {study.title_of(p.tier_after)}"
        for p in rows(pairs)
    ]
    return f"Of those who lose: {listed(parts)}." if parts else ""


def _moves_in_words(study: Study, matrix: pd.DataFrame) -> str:
    cells = [(before, after, int(matrix.loc[before, after])) for before in matrix.index for after in matrix.columns]
    return " ".join(
        f"{study.title_of(before)} to {study.title_of(after)}: {count(n)}." for before, after, n in cells if n
    )


def _title(study: Study, tier: str) -> str:
    return study.title_of(tier).replace(" the ", " the\n")


def _shade(study: Study, before: str, after: str, share: float) -> tuple[str, str]:
    """The colour of a cell and that of its letters."""
    tiers = study.transition.tiers()
    if before not in tiers or after not in tiers:
        return "white", INK
    if "unknown" in (before, after) or before == after:
        return tint(FAINT, 0.06 + 0.3 * share), INK
    if not share:
        return "#EFEFEF", INK
    strength = 0.2 + 0.6 * share**0.5
    down = tiers.index(after) > tiers.index(before)
    return tint(DOWN if down else UP, strength), "white" if strength > 0.55 else INK
