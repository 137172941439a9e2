from datetime import date
from pathlib import Path
from threading import Thread

from pipeline.base.home import Home
from pipeline.report.keep import publish, show_newest, work_folder
from pipeline.report.record import Record
from pipeline.report.task import PAGE

MONDAY = date(2026, 3, 30)


def test_a_reader_never_sees_a_torn_page(tmp_path: Path) -> None:
    home = Home(tmp_path)
    pages = {str(number).zfill(4) * 50_000 for number in range(100)}
    seen: set[str] = set()
    done: list[bool] = []

    def read() -> None:
        while not done:
            if (home.reports / "weekly.html").exists():
                seen.add((home.reports / "weekly.html").read_text(encoding="utf-8"))

    reader = Thread(target=read)
    reader.start()
    fields = {
        "report": "weekly",
        "page": "weekly",
        "period": MONDAY,
        "notebook": "n",
        "parameters": {},
        "made_at": "",
        "status": "published",
        "files": ["weekly.2026-03-30.html"],
    }
    record = Record.model_validate(fields)
    for page in sorted(pages):
        folder = work_folder(home, record.name)
        (folder / PAGE).write_text(page, encoding="utf-8")
        (home.reports / "failed" / record.name).mkdir(parents=True)
        publish(home, folder, record.name, ["html"])
        show_newest(home, [record], MONDAY)
    done.append(True)
    reader.join()
    assert seen and seen <= pages
    assert not list((home.reports / "failed").iterdir()), "what failed before is over"
