"""A worker: makes reports one after the other, each a line in and a line out, until there are no more."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from pipeline.base.home import AUDIENCE
from pipeline.report.lean import skip_needless_imports
from pipeline.report.leftover import die_with_parent
from pipeline.report.task import Task, perform


def main(runner: int) -> None:
    """Serve the runner, and end with it. What anything prints goes to the log, never between the lines of answers."""
    die_with_parent()
    if os.getppid() != runner:  # it died before we could ask to die with it
        return
    skip_needless_imports()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        task = Task(**json.loads(line))
        Path(os.environ.get("TMPDIR", "/tmp")).mkdir(parents=True, exist_ok=True)  # a notebook may have deleted it
        os.environ[AUDIENCE] = task.audience
        print(json.dumps(asdict(perform(task))), file=answers, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
