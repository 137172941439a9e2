"""`python -m benchmarks.whatif`: what one change on the what-if page takes in the browser, for 5,000 and 50,000 partners."""

import argparse
import json
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from pipeline.base.home import Home
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.manifest import ingest
from pipeline.ledger.build import build
from pipeline.model.question import Question
from pipeline.model.rulebooks import rulebook
from pipeline.model.standing import standing
from pipeline.report.provenance import provenance
from pipeline.report.whatif import drawable_cells, whatif_page
from pipeline.sample import write_sample

KEPT = Path(__file__).resolve().parents[1] / "benchmarks" / "kept"
CHROMIUM = "/usr/bin/chromium"
CUT_OVER = date(2004, 4, 1)
AIM = 2.0
TOGETHER = 20
KINDS = {"points": "a points threshold", "domains": "a domains minimum", "region": "a region in or out"}
"""A browser's clock is coarse (0.1 ms here), so that changes are timed by the score."""
TIME = """changes => {
  const took = [];
  for (const some of changes) {
    const counting = performance.now();
    for (const [t, m, units, region] of some) palier.change(t, m, units, region, false);
    const writing = performance.now();
    for (const [t, m, units, region] of some) palier.change(t, m, units, region, true);
    const laying = performance.now();
    for (const [t, m, units, region] of some) { palier.change(t, m, units + 1, region, true); document.body.offsetHeight; }
    const done = performance.now();
    took.push([(writing - counting) / some.length, (laying - writing) / some.length, (done - laying) / some.length]);
  }
  return took;
}"""


def page_of(partners: int) -> tuple[Path, dict[str, int]]:
    """The page of a sample of that size, made once, and how much it holds."""
    home = Home(KEPT / f"whatif-{partners}")
    if not home.warehouse.exists():
        write_sample(home.raw, partners)
        ingest(home)
        build(home, datetime.now(UTC))
    rules, rulebook_hash = rulebook(home, "microsoft-france")
    with Warehouse.open(home.warehouse) as warehouse:
        before, after = (standing(warehouse, rules, Question(day, CUT_OVER)) for day in (date(2004, 3, 31), CUT_OVER))
        source = provenance(home, warehouse, rules.title, rulebook_hash, CUT_OVER)
    page = home.root / "whatif.html"
    page.write_text(whatif_page(before, after, source, "microsoft-france"), encoding="utf-8")
    return page, {
        "partners": len(after.partners),
        "cells": len(drawable_cells(before, after, 5).partners),
        "bytes": page.stat().st_size,
    }


def hardest(page: Path, partners: int) -> tuple[Path, dict[str, int]]:
    """The same page around as many partners, hardly two of them alike: 20,000 different sums of points, eleven of domains."""
    before, text, after = re.split(r'(?<=id="data">)(.*?)(?=</script>)', page.read_text(encoding="utf-8"), maxsplit=1)
    data, chance = json.loads(text), random.Random(2004)
    data["axis"] = sorted(chance.sample(range(30_000), 20_000))
    groups = [(b, r, d) for b in range(len(data["befores"])) for r in range(len(data["regions"])) for d in range(11)]
    each = partners // len(groups)
    data["strata"] = [[*group, each] for group in groups]
    data["points"] = [place for _ in groups for place in sorted(chance.sample(range(20_000), each))]
    data["partners"] = [1] * len(data["points"])
    made = page.with_name("hardest.html")
    made.write_text(before + json.dumps(data) + after, encoding="utf-8")
    return made, {"partners": len(data["points"]), "cells": len(data["points"]), "bytes": made.stat().st_size}


def changes(kind: str, number: int) -> list[list[list[int | None]]]:
    """Random changes of one kind: tier, metric, units, and a region that is taken in or out."""
    chance = random.Random(2004)
    drawn = {
        "points": lambda: [chance.randrange(2), 0, 100 * chance.randrange(10, 250), None],
        "domains": lambda: [chance.randrange(2), 1, chance.randrange(1, 8), None],
        "region": lambda: [1, 0, 100 * chance.randrange(80, 130), chance.randrange(20)],
    }[kind]
    return [[drawn() for _ in range(TOGETHER)] for _ in range(number)]


def measured(browser: Any, page_file: Path, number: int) -> dict[str, list[list[float]]]:
    """Milliseconds per change of each kind: counted; counted and written; counted, written and laid out."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(page_file.as_uri())
    page.evaluate(TIME, changes("points", 20))
    found = {kind: page.evaluate(TIME, changes(kind, number)) for kind in KINDS}
    page.close()
    return found


def section(rows: list[tuple[dict[str, int], dict[str, list[list[float]]]]], version: str, number: int) -> str:
    """The part of docs/performance.md on the what-if page."""
    out = [f"## One change on the what-if page, in Chromium {version}", "",
           f"| partners | cells | page, KB | what is changed | counted, ms | counted and written, ms | and laid out, ms | slowest 5 % | aim {AIM:.0f} ms |",
           "|--:|--:|--:|---|--:|--:|--:|--:|---|"]  # fmt: skip
    for held, found in rows:
        for kind, took in found.items():
            counted, written, laid = (median(column) for column in zip(*took, strict=True))
            slow = quantiles([one[1] for one in took], n=20)[-1]
            out.append(
                f"| {held['partners']:,} | {held['cells']:,} | {held['bytes'] / 1000:,.0f} | {KINDS[kind]} | {counted:.2f} | **{written:.2f}** "
                f"| {laid:.2f} | {slow:.2f} | {'yes' if written <= AIM else '**no**'} |"
            )
    out += ["", f"Medians over {number} times {TOGETHER} changes of each kind, at 1,200 × 900; a clock of 0.1 ms is read once for {TOGETHER} changes.",
            "Counted: all counts, the matrix and the curve, as numbers. Written: tiles, tables, sentences and the drawing, on every change, though the page",
            "itself does so once a frame at most. The last rows are made up: every partner a cell of his own, 20,000 different sums of points. Laid out: the browser's own layout after each change. The slowest 5 % are of counted and written.",
            "`python -m benchmarks.whatif` repeats it."]  # fmt: skip
    return "\n".join(out) + "\n"


def main() -> None:
    """Measure, print, and keep the section for the page."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="python -m benchmarks.whatif", description=__doc__)
    parser.add_argument("--partners", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--times", type=int, default=50)
    wanted = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        rows = []
        for partners in wanted.partners:
            page, held = page_of(partners)
            rows.append((held, measured(browser, page, wanted.times)))
        page, held = hardest(page, max(wanted.partners))
        rows.append((held, measured(browser, page, wanted.times)))
        text = section(rows, browser.version, wanted.times)
        browser.close()
    print(text)
    (KEPT / "whatif.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
