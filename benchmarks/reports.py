"""`python -m benchmarks.reports`: one page per region, made four ways, and 300 forked kernels, eight at once."""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_of
from pipeline.base.home import Home, home_at

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / "benchmarks" / "kept"
NOTEBOOK = PROJECT / "notebooks" / "2_before_after.ipynb"
MADE_AT = datetime(2004, 4, 2, 9, 30)
BY_COMMAND_LINE = 4  # a report by command line takes as long as any other: so many stand for all
STARTS, AT_ONCE = 300, 8
AIMS = {"ordinary": 3.5, "forked": 8.0}
WHAT = {
    "cells": "(0) the notebook's cells alone, one region after the other in one Python process, no page made",
    "commands": f"(a) `papermill …; jupyter nbconvert …` in a loop, measured on {BY_COMMAND_LINE} regions",
    "plain": "(b) papermill and nbconvert as libraries, in one process",
    "ordinary": "(c) **Palier**, ordinary kernels, one at a time",
    "forked": "(d) **Palier**, forked kernels, one at a time",
    "ordinary_two": "(e) as (c), two at once",
    "forked_two": "(f) as (d), two at once",
}


def made_home() -> Home:
    """The sample as `palier run` would have it, made once and kept."""
    from pipeline.ingest.manifest import ingest
    from pipeline.ledger.build import build
    from pipeline.sample import write_sample

    root = KEPT / "reports"
    if not root.is_dir():
        write_sample(root / "data" / "raw")
    home = home_at(root)
    if not home.warehouse.is_file():
        ingest(home)
        build(home, MADE_AT)
    return home


def regions(home: Home) -> list[str]:
    """Those of the roster."""
    from pipeline.base.warehouse import Warehouse

    with Warehouse.open(home.warehouse) as warehouse:
        found = warehouse.rows("select distinct region from roster_history where region is not null order by region")
    return [region for (region,) in found]


def cells(home: Home, wanted: list[str], _: Path) -> list[str]:
    """What no runner can save: the work of the notebook itself, its imports once."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for region in wanted:
        names: dict[str, Any] = {"display": lambda *shown: [one._repr_html_() for one in shown]}
        for number, cell in enumerate(code):
            exec(cell, names)  # our own notebook
            if number == 0:
                names |= {"region": region, "home": str(home.root)}
    return []


def commands(home: Home, wanted: list[str], folder: Path) -> list[str]:
    """The loop that a shell script would have; nothing of Palier but its notebook."""
    programs = Path(sys.executable).parent
    for region in wanted[:BY_COMMAND_LINE]:
        output = folder / f"{region.replace('/', ' ')}.ipynb"
        asked = ["-p", "region", region, "-p", "home", str(home.root), "--no-progress-bar"]
        subprocess.run([programs / "papermill", NOTEBOOK, output, *asked], check=True, stderr=subprocess.DEVNULL)
        nbconvert = [programs / "jupyter", "nbconvert", "--to", "html", output]
        subprocess.run(nbconvert, check=True, stderr=subprocess.DEVNULL)
    return []


def plain(home: Home, wanted: list[str], folder: Path) -> list[str]:
    """The same with both as libraries, as their documentation shows."""
    import papermill
    from nbconvert import HTMLExporter

    for region in wanted:
        output = folder / f"{region.replace('/', ' ')}.ipynb"
        papermill.execute_notebook(
            NOTEBOOK, output, {"region": region, "home": str(home.root)}, progress_bar=False, kernel_name="python3"
        )
        html, _ = HTMLExporter().from_filename(str(output))
        output.with_suffix(".html").write_text(html, encoding="utf-8")
    return []


def made(task: tuple[str, str, str]) -> str:
    """One page by Palier's own functions, in a worker. Returns what tells it from any other."""
    address, root, region = task
    from pipeline.report.notebook import PrivateKernels, run_notebook
    from pipeline.report.publish import page_of, title_of

    kernels = PrivateKernels
    if address:
        from pipeline.report.forked import manager_class_at

        kernels = manager_class_at(address)
    executed = run_notebook(NOTEBOOK, {"region": region, "home": root}, kernels=kernels)
    assert not executed.failure, executed.reason
    about = {
        **executed.about,
        "title": title_of(executed.notebook, region),
        "python": "",
        "parameters": {"region": region},
    }
    page = page_of(executed.notebook, about, f"{MADE_AT:%Y-%m-%d}")
    assert page.count("data:image/png") > 4
    return sha256(page.encode()).hexdigest()


def ordinary(home: Home, wanted: list[str], _: Path, address: str = "", workers: int = 1) -> list[str]:
    from pipeline.base.warehouse import THREADS
    from pipeline.report.lean import lean_environment
    from pipeline.report.pool import processors

    os.environ.update({**lean_environment(os.environ), THREADS: str(processors() // workers)})  # as the runner does
    pool = multiprocessing.get_context("spawn").Pool(workers)
    pages = pool.map(made, [(address, str(home.root), region) for region in wanted], chunksize=1)
    pool.close()
    pool.join()
    return pages


def forked(home: Home, wanted: list[str], folder: Path, workers: int = 1) -> list[str]:
    from pipeline.report.forked import ForkedKernels

    with ForkedKernels() as kernels:
        return ordinary(home, wanted, folder, kernels.address, workers)


def ordinary_two(home: Home, wanted: list[str], folder: Path) -> list[str]:
    return ordinary(home, wanted, folder, workers=2)


def forked_two(home: Home, wanted: list[str], folder: Path) -> list[str]:
    return forked(home, wanted, folder, workers=2)


def stress(*_: Any) -> list[str]:
    """Start kernels, have each work out a sum and say whose child it is, and count those that do not."""
    from pipeline.report.forked import ForkedKernels

    async def answer(kernels: ForkedKernels, turns: asyncio.Semaphore, number: int) -> bool:
        async with turns:
            manager = kernels.manager_class()
            shown: list[str] = []
            try:
                await manager.start_kernel()
                client = manager.client()
                client.start_channels()
                await client.wait_for_ready(timeout=60)
                await client.execute_interactive(
                    f"import os; print({number} + 1, os.getppid())", timeout=60,
                    output_hook=lambda message: shown.append(message["content"].get("text", "")),
                )  # fmt: skip
                client.stop_channels()
            finally:
                await manager.shutdown_kernel(now=True)
            return "".join(shown).split() == [str(number + 1), str(kernels.pid)]

    async def all_answers() -> list[Any]:
        turns = asyncio.Semaphore(AT_ONCE)
        with ForkedKernels() as kernels:
            answers = [answer(kernels, turns, number) for number in range(STARTS)]
            return await asyncio.gather(*answers, return_exceptions=True)

    return [repr(found) for found in asyncio.run(all_answers()) if found is not True]


STEPS = {step.__name__: step for step in (cells, commands, plain, ordinary, forked, ordinary_two, forked_two, stress)}


def measure(name: str, limit: int) -> dict[str, Any]:
    """One way in a process of its own: seconds, CPU seconds of it and all that came of it, peak memory of all together."""
    command = [sys.executable, "-m", "benchmarks.reports", "--step", name, "--regions", str(limit)]
    began = time.perf_counter()
    log = KEPT / "reports" / f"{name}.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=said, text=True)
    with peak_of(process.pid) as peaks:
        assert process.stdout
        answer = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{name} failed:\n{log.read_text(encoding='utf-8')}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": max(peaks), "answer": json.loads(answer)}


def page(measured: dict[str, dict[str, Any]], reports: int, stressed: dict[str, Any]) -> str:
    """The section of docs/performance.md."""
    per = {
        name: found["cpu"] / min(reports, BY_COMMAND_LINE if name == "commands" else reports)
        for name, found in measured.items()
    }
    lines = [f"## One page for each of {reports} regions", "",
             "| how | CPU seconds a report | fewer than (a) | aim | seconds in all | peak memory, MB |", "|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for name, found in measured.items():
        ratio, aim = per["commands"] / per[name], AIMS.get(name)
        met = "" if aim is None else f"{aim} ×: {'met' if ratio >= aim else '**missed**'}"
        seconds = f"{found['seconds']:.0f}"
        if name == "commands":
            seconds = f"{found['seconds'] * reports / min(reports, BY_COMMAND_LINE):.0f} (extrapolated)"
        lines.append(
            f"| {WHAT[name]} | {per[name]:.2f} | {ratio:.2f} × | {met} | {seconds} | {found['peak'] / 1e6:,.0f} |"
        )
    own = per["cells"]
    beside = {name: (per["commands"] - own) / (per[name] - own) for name in AIMS}
    failures = stressed["answer"]
    return "\n".join([
        *lines, "",
        "CPU seconds are those of all processes, libraries' imports and the server of forked kernels included; memory is what all of "
        "them take together, shared pages counted once. The pages of (c) to (f) are the same to the byte. Two at once share the processor's caches and units, "
        "so that the same work costs more CPU seconds and less time.", "",
        f"Of each report {own:.2f} CPU seconds are the notebook's own work (0), mostly charts, in each of these ways. Of what comes on top, (c) takes "
        f"{beside['ordinary']:.1f} × less than (a), and (d) {beside['forked']:.1f} × less.", "",
        f"{STARTS} forked kernels, {AT_ONCE} at once: {len(failures)} failures, {stressed['cpu'] / STARTS:.2f} CPU seconds and "
        f"{1000 * stressed['seconds'] / STARTS:.0f} ms each. `python -m benchmarks.reports` repeats it.", "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--regions", type=int, default=22, help="how many regions (default: all 22)")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    home = made_home()
    asked = regions(home)[: wanted.regions]
    if wanted.step:
        folder = KEPT / "reports" / wanted.step
        folder.mkdir(exist_ok=True)
        print(json.dumps(STEPS[wanted.step](home, asked, folder)))
        return
    measured = {}
    for name in WHAT:
        measured[name] = measure(name, wanted.regions)
        print(f"{name}: {measured[name]['seconds']:.1f} s, {measured[name]['cpu']:.1f} CPU s")
    if any(
        measured[name]["answer"] != measured["ordinary"]["answer"] for name in ("forked", "ordinary_two", "forked_two")
    ):
        sys.exit("the pages of ordinary and of forked kernels differ")
    text = page(measured, len(asked), measure("stress", 0))
    (KEPT / "reports.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
