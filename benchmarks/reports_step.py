"""The ways of making one page per region that `benchmarks.reports` measures, each run there in a process of its own."""

import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.base.home import Home, home_at

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / "benchmarks" / "kept"
NOTEBOOK = PROJECT / "notebooks" / "2_before_after.ipynb"
MADE_AT = datetime(2004, 4, 2, 9, 30)
BY_COMMAND_LINE = 4  # a report by command line takes as long as any other: so many stand for all
STARTS, AT_ONCE = 300, 8


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


STEPS: dict[str, Callable[..., list[str]]] = {
    **{step.__name__: step for step in (cells, commands, plain, ordinary, forked, stress)},
    "ordinary_two": partial(ordinary, workers=2),
    "forked_two": partial(forked, workers=2),
}
