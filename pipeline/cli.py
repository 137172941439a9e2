"""The command line: parses, calls, prints. The only place that knows today's date."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline import cli_due, cli_files, cli_outlook, cli_scenario, cli_schedule, cli_whatif
from pipeline.base.errors import PalierError
from pipeline.options import (
    MENDABLE,
    AsJson,
    AsOf,
    By,
    KernelsOf,
    KnownOn,
    Output,
    RulesOf,
    ScenarioOf,
    Workers,
    asked,
    home_of,
    in_words,
    print_version,
    programme_of,
    warehouse_of,
    warn_beyond,
)
from pipeline.report.progress import Steps

app = typer.Typer(
    help="How many partners reach each tier, before and after the rules change, and who they are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for commands in (cli_files, cli_scenario, cli_outlook, cli_schedule, cli_whatif):
    app.add_typer(commands.app)


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder that holds data/; default: the project.")] = None,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=print_version)] = False,
) -> None:
    """Remember where home is."""
    context.obj = home


@app.command()
def run(context: typer.Context) -> None:
    """Do the main job: ingest, build, check, then the what-if page and all reports.

    Example: `palier run`
    """
    cli_files.check(context)
    cli_files.ingest(context)
    build(context)
    try:
        cli_whatif.whatif(context)
    except PalierError as error:
        print(f"no what-if page: {error}")
    report(context, [], [])


@app.command()
def build(context: typer.Context) -> None:
    """Build the warehouse from the lines read, audit it, and publish it in one step.

    Example: `palier build`
    """
    from pipeline.base.warehouse import Warehouse
    from pipeline.ledger import published
    from pipeline.ledger.build import build as build_warehouse
    from pipeline.report.answer import print_table

    home = home_of(context)
    with Steps("building") as step:
        build_id = build_warehouse(home, datetime.now(UTC), step)
    with Warehouse.open(home.warehouse) as warehouse:
        print_table(published.reconciliation(warehouse), "Where every line went")
        print(
            f"published build {build_id}: {home.warehouse}; {published.refused(warehouse)}; {published.found(warehouse)}"
        )


@app.command()
def standing(
    context: typer.Context,
    as_of: AsOf = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    scenario: ScenarioOf = "",
    by: By = "",
    partners: Annotated[bool, typer.Option("--partners", help="One row per partner.")] = False,
    partner: Annotated[str, typer.Option("--partner", metavar="ID", help="The row of one partner.")] = "",
    every: Annotated[str, typer.Option(metavar="STEP", help="Over time: month, quarter or year.")] = "",
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="With --every; default: the first roster.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="With --every; default: the newest roster.")] = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Count the partners in each tier on a day, or over time.

    Example: `palier standing --as-of 2004-03-31 --by region`, or `palier standing --every month --from 2003-10-01`
    """
    from pipeline.model import lists
    from pipeline.model.standing import standing as standing_of
    from pipeline.model.timeline import timeline_between
    from pipeline.report.answer import give

    with warehouse_of(context) as warehouse:
        if every:
            over_time = timeline_between(
                warehouse, programme_of(context, programme, scenario), every, first, last, known_on
            )
            give(over_time, f"Partners per tier, every {every}", as_json, output)
            return
        rules = programme_of(context, programme, scenario)
        stood = standing_of(warehouse, rules, asked(warehouse, as_of, known_on))
    table = lists.standing_table(stood, partners, partner, by)
    give(table, lists.standing_title(stood), as_json, output)


@app.command()
def transition(
    context: typer.Context,
    before: Annotated[str, typer.Option(metavar="DAY", help="Default: the day before --after.")] = "",
    after: Annotated[str, typer.Option(metavar="DAY", help="Default: the day of the newest rules.")] = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    scenario: ScenarioOf = "",
    by: By = "",
    list_name: Annotated[str, typer.Option("--list", metavar="LIST", help="losers, winners, near or benefits.")] = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Show who moves between two days: the migration matrix, tier counts, or a list.

    Example: `palier transition --before 2004-03-31 --after 2004-04-01 --list losers`
    """
    from pipeline.base.dates import day_or
    from pipeline.model import lists
    from pipeline.model.question import Question
    from pipeline.model.transition import transition as transition_of
    from pipeline.report.answer import give

    rules = programme_of(context, programme, scenario)
    days = rules.cut_over_days(day_or(None, before, "--before"), day_or(None, after, "--after"))
    known = day_or(None, known_on, "--known-on")
    with warehouse_of(context) as warehouse:
        warn_beyond(warehouse, days[1])
        moves = transition_of(warehouse, rules, *(Question(on, known) for on in days))
    for title, table in lists.transition_tables(moves, list_name, by or None, only_one=bool(as_json or output)):
        give(table, title, as_json, output)


@app.command()
def why(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="The partner's id.")],
    as_of: AsOf = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    scenario: ScenarioOf = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Explain one partner's result: every entry counted or not and why, and what is missing for the next tier.

    Example: `palier why FR00105 --as-of 2004-04-01 --output card.html`
    """
    from pipeline.model.why import why as why_partner
    from pipeline.report.answer import give
    from pipeline.report.card import print_card, write_card
    from pipeline.report.provenance import provenance

    home, rules = home_of(context), programme_of(context, programme, scenario)
    with warehouse_of(context) as warehouse:
        question = asked(warehouse, as_of, known_on)
        card = why_partner(warehouse, rules, partner, question)
        source = provenance(home, warehouse, rules.title, "", question.known_on or question.as_of)
    if output and output.suffix == ".html":
        write_card(card, output, source)
        print(f"open {output}")
    elif as_json or output:
        give(card.entries, "Entries", as_json, output)
    else:
        print_card(card)


@app.command()
def report(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Default: all.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE")] = None,
    due: Annotated[bool, typer.Option("--due", help="Run what reports.toml expects and is not done.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show what --due would run, and why; run nothing.")] = False,
    since: Annotated[str, typer.Option(metavar="DAY", help="With --due: missed periods from this day on too.")] = "",
    workers: Workers = 0,
    kernels: KernelsOf = "ordinary",
    show: Annotated[bool, typer.Option("--open", help="Open the index page in a browser.")] = False,
) -> None:
    """Run the notebooks and publish them as pages; with --due those of reports.toml that are due.

    Example: `palier report 2_before_after -p region=Bretagne`, or `palier report --plan`
    """
    home = home_of(context)
    if due or plan:
        failed = cli_due.due(
            home, names, parameter, datetime.now().astimezone(), since, workers, kernels, only_plan=plan
        )
    else:
        only_due = {"--since": since, "--workers": workers, "--kernels": kernels if kernels != "ordinary" else ""}
        failed = cli_due.by_hand(home, names, parameter, datetime.now(UTC), only_due)
    if not plan:
        cli_due.point_to_index(home, show)
    raise typer.Exit(code=int(failed))


def main() -> None:
    """Run the command line; what a user can mend is one clear message and exit code 1, without a traceback."""
    try:
        app()
    except MENDABLE as error:
        print(in_words(error), file=sys.stderr)
        sys.exit(1)
