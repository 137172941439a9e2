"""The command line: parses, calls, prints. The only place that knows today's date."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import pipeline
from pipeline.base.dates import day
from pipeline.base.errors import PalierError
from pipeline.base.home import Home, home_at
from pipeline.base.warehouse import Warehouse
from pipeline.ingest.contract import read_contracts
from pipeline.ingest.manifest import ingest as ingest_files
from pipeline.ledger import published
from pipeline.ledger.build import build as build_warehouse
from pipeline.model import lists
from pipeline.model.programme import Programme, read_programme
from pipeline.model.question import Question
from pipeline.model.standing import standing as standing_of
from pipeline.model.transition import transition as transition_of
from pipeline.model.why import why as why_partner
from pipeline.report.answer import give
from pipeline.report.card import print_card
from pipeline.report.progress import Steps
from pipeline.report.run import report as run_reports
from pipeline.report.run import report_names
from pipeline.sample import write_sample

app = typer.Typer(
    help="How many partners reach each tier, before and after the rules change, and who they are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[Path | None, typer.Option("--output", help="Write to a file: .csv, .parquet, .json or .xlsx.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="DAY", help="Entries earned up to this day count; default: the newest roster's day."
    ),
]
KnownOn = Annotated[
    str,
    typer.Option("--known-on", metavar="DAY", help="Use nothing posted after this day; default: all that is known."),
]
RulesOf = Annotated[str, typer.Option("--programme", metavar="NAME", help="A rulebook in programmes/.")]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="GROUP", help="One row per region, city, size_class, primary_domain, status, adviser …"
    ),
]


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder that holds data/; default: the project.")] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Remember where home is."""
    if version:
        print(f"palier {pipeline.__version__}")
        raise typer.Exit
    context.obj = home


@app.command()
def run(context: typer.Context) -> None:
    """Do the main job: ingest, build, check, then all reports.

    Example: `palier run`
    """
    check(context)
    ingest(context)
    build(context)
    report(context, [], [])


@app.command()
def ingest(context: typer.Context, as_json: AsJson = False, output: Output = None) -> None:
    """Read the raw files that are new or changed: typed lines, and rejects with their reasons.

    Example: `palier ingest`
    """
    with Steps("reading data/raw") as step:
        files = ingest_files(home_of(context), lambda file, done, of: step(f"{file} ({done + 1} of {of})"))
    give(published.files_read(files), f"{len(files)} files read", as_json, output)


@app.command()
def build(context: typer.Context) -> None:
    """Build the warehouse from the lines read, audit it, and publish it in one step.

    Example: `palier build`
    """
    home = home_of(context)
    with Steps("building") as step:
        build_id = build_warehouse(home, datetime.now(UTC), step)
    print(f"published build {build_id}: {home.warehouse}")


@app.command()
def status(context: typer.Context, as_json: AsJson = False, output: Output = None) -> None:
    """Show what is published: files, lines, rejects, reconciliation, days covered.

    Example: `palier status`
    """
    with warehouse_of(context) as warehouse:
        give(published.reconciliation(warehouse), published.days_covered(warehouse), as_json, output)


@app.command()
def rejects(context: typer.Context, as_json: AsJson = False, output: Output = None) -> None:
    """List the refused lines: file, line, reason, text.

    Example: `palier rejects --output rejects.xlsx`
    """
    with warehouse_of(context) as warehouse:
        give(published.rejects(warehouse), "Refused lines", as_json, output)


@app.command()
def standing(
    context: typer.Context,
    as_of: AsOf = "",
    known_on: KnownOn = "",
    programme: RulesOf = "microsoft-france",
    by: By = "",
    partners: Annotated[bool, typer.Option("--partners", help="One row per partner.")] = False,
    partner: Annotated[str, typer.Option("--partner", metavar="ID", help="The row of one partner.")] = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Count the partners in each tier on a day.

    Example: `palier standing --as-of 2004-03-31 --by region`
    """
    with warehouse_of(context) as warehouse:
        stood = standing_of(warehouse, programme_of(context, programme), question_of(warehouse, as_of, known_on))
    table = lists.standing_rows(stood, partner or None) if partners or partner else stood.counts(by or None)
    give(table, lists.standing_title(stood), as_json, output)


@app.command()
def transition(
    context: typer.Context,
    before: Annotated[str, typer.Option(metavar="DAY", help="Default: the day before the newest rules.")] = "",
    after: Annotated[str, typer.Option(metavar="DAY", help="Default: the day of the newest rules.")] = "",
    known_on: KnownOn = "",
    programme: RulesOf = "microsoft-france",
    by: By = "",
    list_name: Annotated[str, typer.Option("--list", metavar="LIST", help="losers, winners, near or benefits.")] = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Show who moves between two days: the migration matrix, tier counts, or a list.

    Example: `palier transition --before 2004-03-31 --after 2004-04-01 --list losers`
    """
    rules = programme_of(context, programme)
    days = rules.cut_over_days(day(before, "--before") if before else None, day(after, "--after") if after else None)
    known = day(known_on, "--known-on") if known_on else None
    with warehouse_of(context) as warehouse:
        moves = transition_of(warehouse, rules, *(Question(asked, known) for asked in days))
    for title, table in lists.transition_tables(moves, list_name, by or None, only_one=bool(as_json or output)):
        give(table, title, as_json, output)


@app.command()
def why(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="The partner's id.")],
    as_of: AsOf = "",
    known_on: KnownOn = "",
    programme: RulesOf = "microsoft-france",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Explain one partner's result: every entry counted or not and why, and what is missing for the next tier.

    Example: `palier why FR00105 --as-of 2004-04-01`
    """
    with warehouse_of(context) as warehouse:
        question = question_of(warehouse, as_of, known_on)
        card = why_partner(warehouse, programme_of(context, programme), partner, question)
    if as_json or output:
        give(card.entries, "Entries", as_json, output)
    else:
        print_card(card)


@app.command()
def report(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Default: all.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE")] = None,
) -> None:
    """Run the notebooks and publish them as pages.

    Example: `palier report 2_before_after -p region=Bretagne`
    """
    home = home_of(context)
    with Steps("reports") as step:
        runs = run_reports(home, names or report_names(home), pairs_of(parameter or []), datetime.now(UTC), step)
    for one in runs:
        print(f"{one.status} {one.name} in {one.seconds:.0f} s: {one.page or one.reason}")
    print(f"open {home.reports / 'index.html'}")
    raise typer.Exit(code=int(any(one.status == "failed" for one in runs)))


@app.command()
def check(context: typer.Context) -> None:
    """Check that contracts and rulebooks are valid; every mistake at once.

    Example: `palier check`
    """
    home, mistakes = home_of(context), []
    documents = [home.file("contracts.toml"), *home.files("programmes", ".toml")]
    for path in documents:
        try:
            read_contracts(path) if path.name == "contracts.toml" else read_programme(path)
        except PalierError as error:
            mistakes.append(str(error))
    if mistakes:
        raise PalierError("\n".join(mistakes))
    print(f"{len(documents)} documents are valid: {', '.join(path.name for path in documents)}")


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="An empty folder; rosters/ and points/ are made in it.")],
    partners: Annotated[int, typer.Option(min=100)] = 3000,
    entries: Annotated[
        int | None, typer.Option(min=500, help="Lines of point files; default: what is natural.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 2004,
) -> None:
    """Write an invented programme in the shape of the founding case, at any size.

    Example: `palier sample --partners 200000 --entries 5000000 --seed 1 /tmp/large/data/raw`
    """
    with Steps("writing invented files") as step:
        lines = 0

        def count(more: int) -> None:
            nonlocal lines
            lines += more
            step(f"{lines:,} lines")

        made = write_sample(folder, partners, entries, seed, count)
    print(f"{made.files} files, {made.roster_lines:,} roster lines, {made.point_lines:,} point lines in {folder}")


def home_of(context: typer.Context) -> Home:
    """The home that the command line names."""
    return home_at(context.obj)


def warehouse_of(context: typer.Context) -> Warehouse:
    """The published warehouse, read-only."""
    home = home_of(context)
    if home.invented:
        print(f"Invented data, no real partner is in it: see {home.invented}", file=sys.stderr)
    return Warehouse.open(home.warehouse)


def programme_of(context: typer.Context, name: str) -> Programme:
    """A rulebook by its name."""
    return read_programme(home_of(context).file("programmes", f"{name}.toml"))[0]


def question_of(warehouse: Warehouse, as_of: str, known_on: str) -> Question:
    """The question that the options ask; without a day, that of the newest roster."""
    known = day(known_on, "--known-on") if known_on else None
    return Question(day(as_of, "--as-of") if as_of else published.newest_roster(warehouse), known)


def pairs_of(parameters: list[str]) -> dict[str, str]:
    """NAME=VALUE pairs; anything else is a mistake of the user's."""
    if wrong := [pair for pair in parameters if "=" not in pair]:
        raise PalierError(f"-p {wrong[0]}: write a parameter as NAME=VALUE, for example -p region=Bretagne.")
    return dict(pair.split("=", 1) for pair in parameters)


def main() -> None:
    """Run the command line; a mistake of the user's is one clear message and exit code 1, without a traceback."""
    try:
        app()
    except PalierError as error:
        print(f"palier: {error}", file=sys.stderr)
        sys.exit(1)
