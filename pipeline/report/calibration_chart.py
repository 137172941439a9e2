"""The chart of calibration: where what came fell among what was expected."""

import numpy as np
import pandas as pd

from pipeline.outlook.backtest import Backtest
from pipeline.outlook.score import pit
from pipeline.report.chart import canvas, drawn, finish
from pipeline.report.fragment import Fragment, Sentences
from pipeline.report.outlook_study import Outlook, where_forecast
from pipeline.report.palette import FAINT, INK
from pipeline.report.words import many


def places(page: Outlook) -> list[float]:
    """Where each count that came fell among its draws, from 0 to 1, in order; ties are broken at random, by the seed."""
    found = page.found
    assert found is not None
    tested = Backtest([tier.id for tier in found.version.tier], found.pasts, found.seed)
    return sorted(
        float(place)
        for past in found.pasts
        for place in pit(tested.draws(past, found.method), past.truth.astype(float), found.seed)
    )


def calibration_finding(found: list[float]) -> str:
    """`3 of 6 counts that came lie above 90 % of what was expected, where about 1 in 10 should.`"""
    high, low = sum(place > 0.9 for place in found), sum(place < 0.1 for place in found)
    if max(high, low) <= max(1, round(0.2 * len(found))):
        return f"{many(len(found), 'count')} that came lie among what was expected about as they should."
    side, number = ("above 90 %", high) if high >= low else ("below 10 %", low)
    return f"{number} of {many(len(found), 'count')} that came lie {side} of what was expected, where about 1 in 10 should."


@where_forecast
@drawn
def calibration(page: Outlook) -> Fragment:
    """Each count that came, in order, against where it should lie if the bands were right: on the diagonal."""
    found = places(page)
    if not found:
        return Sentences([page.windows()])
    should = (np.arange(len(found)) + 0.5) / len(found)
    figure, [axes] = canvas(3.4, 1)
    axes.plot([0, 1], [0, 1], color=FAINT, lw=1)
    axes.annotate("as it should be", (0.62, 0.62), (6, -12), textcoords="offset points", fontsize=8, color=FAINT)
    axes.plot(should, found, "o", color=INK, mec="white", ms=6)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.03, 1.03)
    axes.set_aspect("equal")
    axes.set_xlabel("share of counts")
    axes.set_ylabel("place among what was expected")
    axes.grid(True)
    numbers = pd.DataFrame({"share of counts": should.round(3), "place among what was expected": np.round(found, 3)})
    words = "; ".join(f"{one:.2f} of the counts: {place:.2f}" for one, place in zip(should, found, strict=True))
    caption = (
        "The place of each count that came among the draws of its forecast (randomised PIT): 0 below all, 1 above all. Points above the "
        "line at the right: more came than the bands held. Nested tiers and overlapping windows are few independent points."
    )
    return finish(figure, calibration_finding(found), caption, words, page.footer(), numbers)
