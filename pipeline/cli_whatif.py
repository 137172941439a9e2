"""The command `whatif`: the page on which a reader moves the thresholds."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.options import RulesOf, home_of, warehouse_of, warn_beyond

app = typer.Typer()


@app.command()
def whatif(
    context: typer.Context,
    before: Annotated[str, typer.Option(metavar="DAY", help="Default: the day before --after.")] = "",
    after: Annotated[str, typer.Option(metavar="DAY", help="Default: the day of the newest rules.")] = "",
    programme: RulesOf = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE.html", help="Default: with the reports.")
    ] = None,
) -> None:
    """Write a page that counts partners under other thresholds, in the browser; nothing posted after --after is used.

    Example: `palier whatif --output whatif.html`
    """
    from pipeline.base.dates import day_or
    from pipeline.base.files import write_whole
    from pipeline.model.question import Question
    from pipeline.model.rulebooks import rulebook, rulebook_name
    from pipeline.model.standing import standing
    from pipeline.report.provenance import provenance
    from pipeline.report.whatif import whatif_page

    home, name = home_of(context), rulebook_name(home_of(context), programme)
    rules, rulebook_hash = rulebook(home, name)
    days = rules.cut_over_days(day_or(None, before, "--before"), day_or(None, after, "--after"))
    with warehouse_of(context) as warehouse:
        warn_beyond(warehouse, days[1])
        stood = [standing(warehouse, rules, Question(day, known_on=days[1])) for day in days]
        source = provenance(home, warehouse, rules.title, rulebook_hash, days[1])
    page = output or home.reports / "whatif.html"
    write_whole(page, whatif_page(stood[0], stood[1], source, name))
    print(f"open {page}")
