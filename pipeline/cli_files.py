"""The commands about files: check, ingest, status, rejects, sample. Each loads what it needs when it is called."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.options import AsJson, Output, RulesOf, asked, home_of, programme_of, warehouse_of
from pipeline.report.progress import Steps
from pipeline.report.table import shown

app = typer.Typer()


@app.command()
def ingest(
    context: typer.Context,
    explain: Annotated[
        Path | None, typer.Option("--explain", metavar="FILE", help="Show how one file is read.")
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Read the raw files that are new or changed: typed lines, and rejects with their reasons.

    Example: `palier ingest --explain data/raw/points/2004-03.csv`
    """
    from pipeline.ingest.manifest import gone_since, read_last
    from pipeline.ingest.manifest import ingest as ingest_files
    from pipeline.ledger.lines_read import COLUMNS, lines_read, total_of

    if explain:
        from pipeline.ingest.explain import explain as explain_file
        from pipeline.report.explained import print_explained

        found = explain_file(home_of(context), explain)
        for told in found:
            print_explained(told)
        raise typer.Exit(code=int(any(told.refusal for told in found)))
    before = read_last(home_of(context))
    with Steps("reading data/raw") as step:
        loaded = ingest_files(home_of(context), step.files)
    for gone in gone_since(before, loaded):
        print(shown(gone), file=sys.stderr)
    rows = lines_read(loaded)
    if as_json or output:
        import pandas as pd

        from pipeline.report.answer import give

        give(pd.DataFrame(rows, columns=COLUMNS), "", as_json, output)
    else:
        from pipeline.report.table import print_rows

        print_rows(COLUMNS, rows, f"{len(rows):,} files read", total_of(rows))


@app.command()
def status(context: typer.Context, as_json: AsJson = False, output: Output = None) -> None:
    """Show what is published: files, lines, rejects, reconciliation, days covered.

    Example: `palier status`
    """
    from pipeline.ledger import published
    from pipeline.report.answer import give

    with warehouse_of(context) as warehouse:
        give(published.reconciliation(warehouse), published.days_covered(warehouse), as_json, output)


@app.command()
def rejects(context: typer.Context, as_json: AsJson = False, output: Output = None) -> None:
    """List the refused lines: file, line, reason, text.

    Written to a file they can be mended: fill the column `mended` with the line as it should stand, and put the file
    into data/raw/mended/ with the day in its name.

    Example: `palier rejects --output mended-2004-05-10.xlsx`
    """
    from pipeline.ledger import published
    from pipeline.report.answer import give, refuse_to_overwrite

    refuse_to_overwrite(output)
    with warehouse_of(context) as warehouse:
        give(published.rejects(warehouse, to_mend=bool(output)), "Refused lines", as_json, output)


@app.command()
def findings(context: typer.Context, programme: RulesOf = "", as_json: AsJson = False, output: Output = None) -> None:
    """List what was accepted although it deserves a look: how often each finding occurs; all of them in a file.

    Example: `palier findings --output findings.csv`
    """
    import pandas as pd

    from pipeline.ledger import published
    from pipeline.model.label import labels_unlike_points
    from pipeline.model.standing import standing
    from pipeline.report.answer import give

    rules = programme_of(context, programme)
    with warehouse_of(context) as warehouse:
        stood = standing(warehouse, rules, asked(warehouse, "", ""))
        found = pd.concat([published.findings(warehouse), labels_unlike_points(stood)], ignore_index=True)
    table = found if as_json or output else published.finding_counts(found)
    give(table, "Findings: accepted, but worth a look", as_json, output)


@app.command()
def check(
    context: typer.Context,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of rulebooks, for editors.")] = False,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="A B", help="Show what differs: NAME NAME, or NAME@DAY NAME@DAY for versions."),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Check that contracts, rulebooks, scenarios and reports.toml are valid; every mistake at once.

    --schema and --diff show rulebooks instead. NAME@DAY is the version of a rulebook in force on that day.

    Example: `palier check --diff salesforce-2020@2020-02-29 salesforce-2020@2020-03-01`
    """
    if schema or diff or as_json or output:
        from pipeline.report.rulebook import show_rulebooks

        return show_rulebooks(home_of(context), schema, diff, as_json, output)
    from pipeline.base.document import all_valid
    from pipeline.ingest.contract import read_contracts
    from pipeline.model.programme import read_programme
    from pipeline.model.scenario import read_scenario
    from pipeline.report.known import values_known
    from pipeline.report.order import orders_path
    from pipeline.report.order_review import read_orders

    home = home_of(context)
    rulebooks, scenarios = home.files("programmes", ".toml"), home.files("scenarios", ".toml")
    # `palier run` checks before it reads: an old build must not keep out the delivery that brings a new region
    values = values_known(home) if context.info_name == "check" else {}
    all_valid([
        (home.file("contracts.toml"), read_contracts),
        *((path, read_programme) for path in rulebooks),
        *((path, lambda path: read_scenario(home, path.stem)) for path in scenarios),
        (orders_path(home), lambda _: read_orders(home, values)),
    ])  # fmt: skip
    print(
        f"contracts.toml is valid, and so are {len(rulebooks)} rulebooks: {', '.join(path.stem for path in rulebooks)}; "
        f"{len(scenarios)} scenarios: {', '.join(path.stem for path in scenarios)}; and reports.toml"
    )


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="An empty folder; rosters/ and points/ are made in it.")],
    partners: Annotated[int, typer.Option(min=100)] = 3000,
    entries: Annotated[int | None, typer.Option(min=500, help="Lines of point files.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 2004,
) -> None:
    """Write an invented programme in the shape of the founding case, at any size.

    Example: `palier sample --partners 200000 --entries 5000000 --seed 1 /tmp/large/data/raw`
    """
    from pipeline.sample import write_sample

    with Steps("writing invented files") as step:
        made = write_sample(folder, partners, entries, seed, step.count)
    print(f"{made.files} files, {made.roster_lines:,} roster lines, {made.point_lines:,} point lines in {folder}")
