"""The what-if page in a real browser: what it counts and draws is what Python counts."""

import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from pipeline.model.rule import NOT_ASKED

pytestmark = pytest.mark.browser
Shown = Callable[..., Any]
ASK_ALL = "hashes => hashes.map(hash => { palier.set(hash); return palier.matrix(); })"


def drawn_scenarios(whatif: Any, number: int) -> tuple[list[str], np.ndarray, list[set[str]], list[set[str]]]:
    """Random scenarios as addresses and as what they mean; half of the thresholds are sums that partners have."""
    chance, version, metrics = random.Random(2004), whatif.after.version, whatif.cells.metrics
    per_unit = [100 if version.counts(name) == "points" else 1 for name in metrics]
    names = {key: sorted(set(whatif.cells.segments[key])) for key in ("region", "before")}
    hashes, table = [], np.full((number, len(version.tier), len(metrics)), NOT_ASKED)
    chosen: dict[str, list[set[str]]] = {"region": [], "before": []}
    for scenario in range(number):
        parts = []
        for t, tier in enumerate(version.tier):
            for m, name in enumerate(metrics):
                base = tier.requires.get(name)
                units = None if base is None else int(base * per_unit[m])
                if chance.random() < 0.6:
                    held = max(0, int(chance.choice(whatif.cells.values[:, m])))
                    units = (
                        held if chance.random() < 0.5 else chance.randrange(0, int(whatif.cells.values[:, m].max()) + 2)
                    )
                    most = next(
                        (int(own.most * per_unit[m]) for own in version.metric if own.id == name and own.most), units
                    )
                    units = min(units, most)
                    parts.append(f"{tier.id}.{name}={units / per_unit[m]:.2f}".removesuffix(".00"))
                    units = None if base is None and units == 0 else units
                table[scenario, t, m] = NOT_ASKED if units is None else units
        for key in chosen:
            some = (
                set(chance.sample(names[key], chance.randrange(0, len(names[key]) + 1)))
                if chance.random() < 0.5
                else set(names[key])
            )
            chosen[key].append(some)
            if some != set(names[key]):
                parts.append(f"{key}={'|'.join(quote(name) for name in sorted(some))}")
        hashes.append("&".join(parts))
    return hashes, table, chosen["region"], chosen["before"]


def test_the_page_counts_what_python_counts(whatif: Any, shown: Shown) -> None:
    hashes, *scenarios = drawn_scenarios(whatif, 250)
    assert shown(whatif).evaluate(ASK_ALL, hashes) == whatif.matrices(*scenarios)


def test_the_tables_and_tiles_show_what_is_counted(whatif: Any, shown: Shown) -> None:
    page = shown(whatif)
    tier = whatif.after.version.tier[-1].id
    page.evaluate("hash => palier.set(hash)", f"{tier}.points=95&before=none")
    counts, baseline = page.evaluate("[palier.counts(), palier.baseline()]")
    rows = [[cell.replace(",", "").replace("−", "-") for cell in row] for row in cells_of(page, "#counts tbody tr")]
    assert rows == [
        [f"{was}", f"{now}", f"{now - was:+}" if now != was else "±0"]
        for was, now in zip(reversed(baseline), reversed(counts), strict=True)
    ]
    matrix = [[int(cell.replace(",", "")) for cell in row] for row in cells_of(page, "#matrix tbody tr")]
    assert matrix == [[*reversed(row), sum(row)] for row in page.evaluate("palier.matrix()")]
    assert page.locator("[data-count]").all_inner_texts() == [f"{number:,}" for number in reversed(counts)]


def test_the_finding_says_what_changed_and_for_whom(founding: Any, shown: Shown) -> None:
    page = shown(founding, "gold.points=100&region=Corse&before=none|gold")
    now, was = page.evaluate("[palier.counts()[2], palier.baseline()[2]]")
    more = f"{now - was} more than" if now > was else "as many as"
    assert page.locator("#finding").inner_text() == (
        f"In Corse, tier before Gold Certified and No tier: Gold Certified at 100 points has {now} partner{'' if now == 1 else 's'}, "
        f"{more} by the rules as written."
    )


def cells_of(page: Any, rows: str) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator(rows).all()]


def painted(page: Any) -> None:
    """Wait for the page's next frame: it counts at once, and writes once a frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_a_slider_follows_the_keys_and_the_mouse(founding: Any, shown: Shown) -> None:
    page = shown(founding)
    slider, field = page.get_by_label("Gold Certified: points, at least"), page.locator("#gold-points")
    slider.focus()
    for _ in range(7):
        slider.press("ArrowLeft")
    painted(page)
    assert field.input_value() == "113"
    assert page.evaluate("palier.counts()") == founding.counts(gold={"points": 11300})
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 120 / 288, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.4, 0.35, 0.3):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    page.mouse.up()
    painted(page)
    dragged = int(field.input_value())
    assert 60 < dragged < 100
    assert page.evaluate("palier.counts()") == founding.counts(gold={"points": dragged * 100})


def test_a_line_of_the_chart_can_be_dragged(founding: Any, shown: Shown) -> None:
    page = shown(founding)
    box = page.locator("#curve .grip[data-tier='1']").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 80, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] - 200, box["y"] + box["height"] / 2)
    painted(page)
    dragged = int(page.locator("#gold-points").input_value())
    assert 70 < dragged < 115
    assert page.evaluate("palier.counts()") == founding.counts(gold={"points": dragged * 100})


def test_the_curve_steps_where_partners_are_and_is_never_smoothed(founding: Any, shown: Shown) -> None:
    page = shown(founding)
    for gold, certified, domains in ((120, 50, 0), (101, 37, 0), (95.5, 37, 1), (88, 12, 3)):
        page.evaluate(
            "hash => palier.set(hash)", f"gold.points={gold}&certified.points={certified}&gold.domains={domains}"
        )
        paths = page.locator("#curve .step").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
        assert len(paths) == 1 + (domains > 0)
        assert all(re.fullmatch(r"M[\d.]+,[\d.]+([HV][\d.]+)+", path) for path in paths)
        dots = page.locator("#curve .dot").evaluate_all(
            "dots => dots.map(dot => [dot.cx.baseVal.value, dot.cy.baseVal.value])"
        )
        marks = page.locator("#curve .grid").evaluate_all("lines => lines.map(line => line.y1.baseVal.value)")
        _, certified_up, gold_up = np.cumsum(page.evaluate("palier.counts()")[::-1])[::-1]
        per_partner = (marks[0] - marks[-1]) / (1000 * (len(marks) - 1))
        for (x, y), at_or_above, path in zip(dots, (certified_up, gold_up), (paths[0], paths[-1]), strict=True):
            assert y == pytest.approx(marks[0] - at_or_above * per_partner, abs=0.5)
            assert height_at(path, x - 0.1) == y


def height_at(path: str, x: float) -> float:
    """The height of a line of steps left of a place."""
    height = float(re.match(r"M[\d.]+,([\d.]+)", path)[1])
    for way, to in re.findall(r"([HV])([\d.]+)", path):
        if way == "H" and float(to) > x:
            break
        height = float(to) if way == "V" else height
    return height


def test_the_numbers_behind_the_curve_are_those_of_python(founding: Any, shown: Shown) -> None:
    page = shown(founding, "gold.points=99.5&gold.domains=2")
    page.locator("#steps summary").click()
    page.locator("#steps tbody tr").first.wait_for()
    rows = {}
    for row in page.locator("#steps tbody tr").all():
        points, everyone, who_also = row.locator("th, td").all_inner_texts()
        rows[points.split(" (")[0]] = int(everyone.replace(",", "")), int(who_also.replace(",", ""))
    points_of, domains_of, partners = *founding.cells.values.T, founding.cells.partners
    assert {"0", "50", "99.5", "200"} <= set(rows)
    for points, (everyone, who_also) in rows.items():
        reached = points_of >= float(points) * 100
        assert (everyone, who_also) == (partners[reached].sum(), partners[reached & (domains_of >= 2)].sum())


def test_a_field_takes_hundredths_and_refuses_what_is_no_minimum(founding: Any, shown: Shown) -> None:
    page = shown(founding)
    field = page.locator("#gold-points")
    field.fill("99.5")
    assert page.evaluate("palier.counts()") == founding.counts(gold={"points": 9950})
    for wrong in ("99.505", "-1", "1e3", ""):
        field.fill(wrong)
        assert page.locator("#gold-points-note").inner_text() == "Give points from 0 up, at most two decimals."
        assert page.evaluate("palier.counts()") == founding.counts(gold={"points": 9950})
    field.blur()
    assert field.input_value() == "99.5"


def test_a_tier_asks_also_what_the_tiers_below_it_ask(founding: Any, shown: Shown) -> None:
    page = shown(founding, "certified.points=150")
    assert page.evaluate("palier.counts()") == founding.counts(certified={"points": 15000})
    assert page.evaluate("palier.counts()")[1] == 0
    assert page.locator("#gold-points-note").inner_text() == "Counts as 150: a tier below asks that."
