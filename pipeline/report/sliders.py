"""Sliders over the same numbers, in JupyterLab only: a page that lies still says where they are."""

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline.model.standing import NOT_GIVEN
from pipeline.model.transition import NOT_YET
from pipeline.report.fragment import Sentences, Table
from pipeline.report.scenario_study import WhatIf
from pipeline.report.session import is_interactive
from pipeline.report.sweep_chart import asked_tiers
from pipeline.report.thresholds import axis, counted, step_of

ALL = "all regions"
BESIDE = (
    "In JupyterLab (make lab, then this notebook) sliders stand here, one for each threshold, with the counts beside them. "
    "The command palier whatif writes a page with sliders that needs no JupyterLab."
)


def sliders(page: WhatIf, environment: Mapping[str, str] = os.environ) -> Any:
    """Sliders for the points of each tier and the domains of the highest, a list of regions, and the tables that follow them."""
    if not is_interactive(environment):
        return Sentences([BESIDE])
    if page.left_out:
        return Sentences([f"{page.left_out}, so there are no sliders here."])
    return _widgets(page)


def regions(page: WhatIf) -> list[str]:
    """What the list of regions offers."""
    return [ALL, *sorted(set(page.cells_by_region.segments["region"]) - {NOT_GIVEN})]


def matrix_under(page: WhatIf, points: Mapping[str, Decimal], domains: Decimal | None, region: str) -> pd.DataFrame:
    """From the tier before (rows) to the tier under these thresholds (columns); the numbers behind the sliders."""
    version = page.study.transition.after.version
    axes = [axis(tier, [value]) for tier, value in points.items()]
    if domains is not None:
        axes.append(axis(asked_tiers(page)[-1].id, [domains], "domains"))
    counts = counted(page, page.cells_by_region, axes, ["region", "before"])
    if region != ALL:
        counts = counts[counts["region"] == region]
    tiers = [*(tier.id for tier in reversed(version.tier)), "none"]
    order = [*page.study.transition.before.tiers, NOT_YET]
    found = counts.groupby("before")[tiers].sum()
    return found.reindex([name for name in order if name in found.index])


def shown_under(page: WhatIf, points: Mapping[str, Decimal], domains: Decimal | None, region: str) -> str:
    """Counts and matrix as HTML, escaped as all tables are."""
    matrix = matrix_under(page, points, domains, region)
    now = matrix_under(page, {tier.id: tier.requires["points"] for tier in asked_tiers(page)}, None, region).sum()
    total = matrix.sum()
    counts = pd.DataFrame({"tier": [page.study.title_of(tier) for tier in total.index], "partners": total.to_numpy(),
                           "change": (total - now).to_numpy()})  # fmt: skip
    moves = matrix.rename(index=page.study.title_of, columns=page.study.title_of).rename_axis("before").reset_index()
    said = f"Partners per tier on {page.study.cut_over} under these thresholds, {region}; change: against the rules as they are"
    return f'<div class="palier">{Table(said, counts).html()}{Table("From the tier before (rows)", moves).html()}</div>'


def _widgets(page: WhatIf) -> Any:
    """The sliders themselves; ipywidgets comes with jupyter."""
    import ipywidgets as widgets  # type: ignore[import-untyped]

    wide = {
        "layout": widgets.Layout(width="32rem"),
        "style": {"description_width": "14rem"},
        "continuous_update": False,
    }
    by_tier, top = {}, asked_tiers(page)[-1]
    for tier in asked_tiers(page):
        asked = tier.requires["points"]
        by_tier[tier.id] = widgets.FloatSlider(float(asked), min=0, max=float(2 * asked) or 10.0, step=float(step_of(asked) / 5),
                                               description=f"{tier.title}: points", readout_format=".10g", **wide)  # fmt: skip
    most = max(int(page.cells.values[:, page.cells.metrics.index("domains")].max(initial=0)), 1)
    domains = widgets.IntSlider(
        int(top.requires.get("domains", 0)), min=0, max=most, description=f"{top.title}: domains", **wide
    )
    region = widgets.Dropdown(options=regions(page), value=ALL, description="region", style=wide["style"])
    shown = widgets.HTML()

    def show(_: object = None) -> None:
        points = {tier: Decimal(str(one.value)).quantize(Decimal("0.01")) for tier, one in by_tier.items()}
        shown.value = shown_under(page, points, Decimal(domains.value), region.value)

    for one in (*by_tier.values(), domains, region):
        one.observe(show, "value")
    show()
    return widgets.VBox([*by_tier.values(), domains, region, shown])
