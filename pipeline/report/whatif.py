"""The what-if page: one file whose reader sets thresholds and sees, in the browser, whom the rule would put where."""

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.base.errors import PalierError
from pipeline.model.cells import Cells, asked_metrics, cells_of
from pipeline.model.rule import NOT_ASKED, Ladder
from pipeline.model.standing import Standing
from pipeline.model.sweep import by_the_rule
from pipeline.model.transition import NOT_YET
from pipeline.model.version import BUILT_IN, Version
from pipeline.report.fragment import STYLE
from pipeline.report.palette import NO_TIER, tier_colour
from pipeline.report.provenance import Provenance
from pipeline.report.publish import PAGE_STYLE
from pipeline.report.study import NO_REACTION
from pipeline.report.words import count, listed, many

HERE = Path(__file__).parent
OTHER = "other groups"
EXACT_IN_A_BROWSER = 2**53


@dataclass(frozen=True)
class Asked:
    """What sliders know of one metric. per_unit: units of Metrics in one shown (a point is 100); end, step: of its slider."""

    id: str
    title: str
    one: str
    per_unit: int
    end: float
    step: float
    most: float | None


def whatif_page(before: Standing, after: Standing, source: Provenance, rulebook: str, least: int = 5) -> str:
    """The page as one HTML file. rulebook: its name, for scenario files; regions of fewer than `least` partners are one.

    Raises PalierError where the rules after are more than simple minimums.
    """
    cells = drawable_cells(before, after, least)
    asked = [
        _asked(after.version, name, np.repeat(cells.values[:, at], cells.partners))
        for at, name in enumerate(cells.metrics)
    ]
    minimums = _minimums(after.version, cells.metrics)
    befores = _befores(before, after, cells)
    regions = _sizes(cells, "region")
    script = (HERE / "whatif.js").read_text(encoding="utf-8")
    style = PAGE_STYLE + STYLE + (HERE / "whatif.css").read_text(encoding="utf-8") + _colours(after)
    ranks = _as_written(cells, after.version)
    matrix = {tier: ranks[(cells.segments["before"] == tier).to_numpy()].sum(axis=0).tolist() for tier in befores}
    gone = set(before.partners["partner_id"]) - set(after.partners["partner_id"])
    pages = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    return pages.get_template("whatif.html.j2").render(
        programme=after.programme.title, source=source, rulebook=rulebook, version=after.version, no_reaction=NO_REACTION,
        before_on=before.question.as_of, after_on=after.question.as_of, left=len(gone), least=least, other=OTHER,
        tiers=_tiers(after), asked=asked, minimums=_shown(minimums, asked), matrix=matrix, totals=ranks.sum(axis=0).tolist(),
        regions=regions, befores=[(tier, _title(before, after, tier)) for tier in befores], standing_by=before.version.standing_by,
        partners=int(cells.partners.sum()), style=style, script=script, policy=_policy(script, style), words={"count": count, "many": many, "plain": _plain},
        data=_safe_json(_data(cells, before, after, source, rulebook, asked, minimums, befores, list(regions))),
    )  # fmt: skip


def drawable_cells(before: Standing, after: Standing, least: int) -> Cells:
    """The cells that the page holds: by region, small regions merged. Raises PalierError as `whatif_page` does."""
    place = f"{after.programme.title}, version {after.version.effective}"
    if in_the_way := _in_the_way(after.version):
        raise PalierError(
            f"{place}: the what-if page draws simple minimums of tiers that points decide; in its way: {listed(in_the_way)}. "
            "Use `palier sweep`, which puts every scenario through the whole rule."
        )
    if after.partners.empty:
        raise PalierError(f"{place}: no partner is on the roster on {after.question.as_of}. Ask about another --after.")
    own = [name for name in asked_metrics(after.version) if name not in BUILT_IN]
    cells = merged(cells_of(before, after, ["region"], [*BUILT_IN, *own]), least)
    if np.abs(cells.values).max(initial=0) >= EXACT_IN_A_BROWSER:
        raise PalierError(f"{place}: a sum of points is too great to be exact in a browser. Use `palier sweep`.")
    return cells


def merged(cells: Cells, least: int) -> Cells:
    """The same population with all regions of fewer than `least` partners as one; with the next smallest if that is too small."""
    sizes = sorted((partners, name) for name, partners in _sizes(cells, "region").items())
    small = [(partners, name) for partners, name in sizes if partners < least or name == OTHER]
    rest = [one for one in sizes if one not in small]
    while small and rest and sum(partners for partners, _ in small) < least:
        small.append(rest.pop(0))
    regions = cells.segments["region"]
    segments = cells.segments.assign(region=regions.where(~regions.isin([name for _, name in small]), OTHER))
    code = segments.groupby(list(segments.columns), sort=True).ngroup().to_numpy()
    rows, at = np.unique(np.column_stack([code[cells.segment], cells.values]), axis=0, return_inverse=True)
    partners = np.zeros(len(rows), np.int64)
    np.add.at(partners, at.reshape(-1), cells.partners)
    kept = segments.assign(code=code).drop_duplicates("code").sort_values("code").drop(columns="code")
    return replace(
        cells, segments=kept.reset_index(drop=True), values=rows[:, 1:], segment=rows[:, 0], partners=partners
    )


def _in_the_way(version: Version) -> list[str]:
    """What of a version is more than simple minimums, in words."""
    found = ["tiers stand by label"] if version.standing_by == "label" else []
    found += [f"tier {tier.id} has any_of" for tier in version.tier if tier.any_of]
    found += ["tracks"] if version.track else []
    return found + (["hold"] if version.hold else [])


def _sizes(cells: Cells, column: str) -> dict[str, int]:
    """Partners per group, by its name."""
    partners = pd.Series(cells.partners).groupby(cells.segments[column].to_numpy()[cells.segment]).sum()
    return {str(name): int(number) for name, number in partners.sort_index().items()}


def _minimums(version: Version, metrics: list[str]) -> list[list[int | None]]:
    """What each tier asks, lowest first, in units of Metrics; None = not asked."""
    rows = Ladder.of(version).minimums[:, 0, [version.metrics.index(name) for name in metrics]]
    assert rows is not None, "tiers with several ways are refused before"
    return [[None if minimum == NOT_ASKED else int(minimum) for minimum in row] for row in rows]


def _asked(version: Version, metric: str, of_partners: np.ndarray) -> Asked:
    """How far a slider goes: past the highest threshold and nearly everyone. A field takes any number."""
    own = next((one for one in version.metric if one.id == metric), None)
    most = float(own.most) if own and own.most else None
    counts_points = version.counts(metric) == "points"
    per_unit = 100 if counts_points else 1
    highest = float(max([tier.requires.get(metric, 0) for tier in version.tier]))
    top, nearly_all = float(of_partners.max()) / per_unit, float(np.quantile(of_partners, 0.995)) / per_unit
    far = max(2 * highest, nearly_all, 1.0)
    end = max(top, highest, 1.0) if top <= 1.3 * far or not counts_points else far
    finest = 0.01 if counts_points and (of_partners % 100).any() else 1.0
    step = max(_round(end / 400), finest)
    end = ceil(end / step) * step
    title = metric.replace("_", " ")
    one = {"points": "point", "domains": "domain"}.get(metric, title)
    return Asked(metric, title, one, per_unit, end if most is None else min(end, most), step, most)


def _round(number: float) -> float:
    """1, 2 or 5 times a power of ten, not below the number."""
    power = 10.0 ** floor(log10(max(number, 1e-9)))
    return float(next(nice * power for nice in (1, 2, 5, 10) if nice * power >= number * 0.999))


def _shown(minimums: list[list[int | None]], asked: list[Asked]) -> list[list[str]]:
    """The minimums as number fields write them; what is not asked as nothing."""
    return [
        ["" if value is None else _plain(value / one.per_unit) for value, one in zip(row, asked, strict=True)]
        for row in minimums
    ]


def _plain(number: float) -> str:
    """A number as a number field takes it."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _as_written(cells: Cells, version: Version) -> np.ndarray:
    """Partners by segment and rank under the rules as they stand, by the rule itself."""
    ladder = Ladder(Ladder.of(version).minimums[:, :, [version.metrics.index(name) for name in cells.metrics]])
    ranks: np.ndarray = by_the_rule(cells, [[ladder] * len(cells.segments)])[0]
    return ranks


def _befores(before: Standing, after: Standing, cells: Cells) -> list[str]:
    """Where partners stood before, from the top down; those who are new come last."""
    order = [*before.tiers, *after.tiers, "none", "unknown", NOT_YET]
    found = set(cells.segments["before"])
    known = [tier for tier in dict.fromkeys(order) if tier not in ("none", "unknown", NOT_YET)]
    return [tier for tier in [*known, "none", "unknown", NOT_YET] if tier in found]


def _title(before: Standing, after: Standing, tier: str) -> str:
    return "New on the roster" if tier == NOT_YET else before.programme.title_of(tier) or after.programme.title_of(tier)


def _tiers(after: Standing) -> list[dict[str, str]]:
    """Id, title and colour of each tier after, lowest first."""
    return [
        {"id": tier.id, "title": tier.title, "colour": tier_colour(after.programme, tier.id)}
        for tier in after.version.tier
    ]


def _colours(after: Standing) -> str:
    """One style rule per tier: a policy that allows no other style allows no style attribute either."""
    return "".join(f".c-{tier['id']}{{--c:{tier['colour']}}}" for tier in _tiers(after)) + f".c-none{{--c:{NO_TIER}}}\n"


def _data(
    cells: Cells, before: Standing, after: Standing, source: Provenance, rulebook: str, asked: list[Asked],
    minimums: list[list[int | None]], befores: list[str], regions: list[str],
) -> dict[str, Any]:  # fmt: skip
    """What the script reads. A stratum is a segment with equal metrics but points: before, region, those metrics, cells."""
    axis, place = np.unique(cells.values[:, 0], return_inverse=True)
    groups = cells.segments.assign(
        before=cells.segments["before"].map(befores.index), region=cells.segments["region"].map(regions.index)
    )[["before", "region"]].to_numpy()
    key = np.column_stack([groups[cells.segment], cells.values[:, 1:]])
    strata, stratum, sizes = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort((place, stratum.reshape(-1)))
    ranks = {tier.id: rank for rank, tier in enumerate(after.version.tier, start=1)} | {"none": 0}
    return {
        "base": rulebook, "rules_of": str(after.version.effective), "programme": after.programme.title,
        "source": f"The what-if page of build {source.build_id}, {after.programme.title}, known on {source.known_on}",
        "tiers": _tiers(after), "minimums": minimums,
        "metrics": [{"id": one.id, "title": one.title, "one": one.one, "per": one.per_unit, "end": one.end, "most": one.most} for one in asked],
        "befores": [{"id": tier, "title": _title(before, after, tier), "rank": ranks.get(tier)} for tier in befores], "regions": regions,
        "axis": axis.tolist(), "strata": np.column_stack([strata, sizes]).tolist(),
        "points": place[order].tolist(), "partners": cells.partners[order].tolist(),
    }  # fmt: skip


def _safe_json(data: dict[str, Any]) -> str:
    """JSON that ends no script: whatever a region is called, the page has no `<` of its."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def _policy(script: str, style: str) -> str:
    """Nothing from outside, no other script and no other style than these two."""
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (script, style)]
    return f"default-src 'none'; script-src {hashes[0]}; style-src {hashes[1]}; img-src data:; base-uri 'none'; form-action 'none'"
