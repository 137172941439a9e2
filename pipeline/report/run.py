"""Runs reports and publishes their pages; a failure keeps the old page and does not stop the others."""

import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.files import write_whole
from pipeline.base.home import Home

if TYPE_CHECKING:
    from pipeline.report.notebook import Executed


@dataclass(frozen=True)
class Run:
    """What came of one report. name: of its page; status: published or failed; page: if published; reason: if failed."""

    name: str
    status: str
    page: Path | None
    reason: str
    seconds: float


def report_names(home: Home) -> list[str]:
    """The notebooks of a home, by name."""
    return [path.stem for path in home.files("notebooks", ".ipynb")]


def report(
    home: Home, names: list[str], parameters: dict[str, str], made_at: datetime, progress: Callable[[str], None]
) -> list[Run]:
    """Run the named notebooks and publish each as a page, beside it the executed notebook and a record; then the index.

    A parameter goes to the notebooks that have it. Raises PalierError, before anything runs, for an unknown report or
    parameter, or when nothing is published to report on.
    """
    from pipeline.report.index import refresh_index
    from pipeline.report.parameters import page_name, parameters_for

    notebooks = {path.stem: path for path in home.files("notebooks", ".ipynb")}
    for name in names:
        if name not in notebooks:
            raise PalierError(f"report {name}: no such notebook{did_you_mean(name, notebooks)}")
    if not home.warehouse.is_file():
        raise PalierError(f"{home.warehouse}: nothing is published yet. Run `palier run` first.")
    plan = parameters_for(home, {name: notebooks[name] for name in dict.fromkeys(names)}, parameters)
    runs = []
    for name, given in plan.items():
        progress(name)
        runs.append(_run(home, notebooks[name], page_name(name, given), given, made_at))
    refresh_index(home, made_at.date())
    return runs


def _run(home: Home, path: Path, name: str, parameters: dict[str, Any], made_at: datetime) -> Run:
    """One report: run, render, publish, record."""
    from pipeline.report.notebook import run_notebook

    began = time.monotonic()
    executed = run_notebook(path, parameters)
    about = {
        **executed.about,
        "made_at": f"{made_at:%Y-%m-%d %H:%M} UTC",
        "python": platform.python_version(),
        "peak_mb": executed.peak_mb,
        "parameters": {parameter: value for parameter, value in parameters.items() if parameter != "home"},
    }
    failure, reason = executed.failure, executed.reason
    if not failure:
        failure, reason = _publish(home, name, executed, about)
    if failure:
        kept = home.reports / "notebooks" / f"{name}.failed.ipynb"
        write_whole(kept, _as_text(executed))
    seconds = round(time.monotonic() - began, 1)
    _record(home, name, failure, reason, seconds, about)
    if failure:
        return Run(name, "failed", None, f"{reason or failure} (the notebook as far as it ran: {kept})", seconds)
    return Run(name, "published", home.reports / f"{name}.html", "", seconds)


def _publish(home: Home, name: str, executed: "Executed", about: dict[str, Any]) -> tuple[str, str]:
    """Page and notebook in their places; the class of a failure and its reason, both empty when all went well."""
    from pipeline.report.publish import page_of, title_of

    about["title"] = title_of(executed.notebook, about["subject"])
    try:
        html = page_of(executed.notebook, about, about["made_at"])
    except Exception as error:  # whatever a template does, the other reports must go on
        return "render_error", f"{type(error).__name__}: {error}"
    write_whole(home.reports / "notebooks" / f"{name}.ipynb", _as_text(executed))
    write_whole(home.reports / f"{name}.html", html)
    (home.reports / "notebooks" / f"{name}.failed.ipynb").unlink(missing_ok=True)
    return "", ""


def _record(home: Home, name: str, failure: str, reason: str, seconds: float, about: dict[str, Any]) -> None:
    """The run's record. `published` is of the page that a reader sees: after a failure that of the run before."""
    path = home.reports / "runs" / f"{name}.json"
    earlier = next((kept["published"] for kept in by_hand(home) if kept["name"] == name), None)
    record = {
        "name": name, "status": "failed" if failure else "published", "failure": failure, "reason": reason if failure else "",
        "made_at": about["made_at"], "seconds": seconds, "parameters": about["parameters"],
        "published": earlier if failure else about,
    }  # fmt: skip
    write_whole(path, json.dumps(record, indent=2, ensure_ascii=False))


def by_hand(home: Home) -> list[dict[str, Any]]:
    """All readable records of runs by hand; one that was cut short is as good as none."""
    found = []
    for path in sorted((home.reports / "runs").glob("*.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except ValueError:
            continue
    return [
        record for record in found if isinstance(record, dict) and {"name", "published", "parameters"} <= set(record)
    ]


def _as_text(executed: "Executed") -> str:
    import nbformat

    return str(nbformat.writes(executed.notebook))  # type: ignore[no-untyped-call]
