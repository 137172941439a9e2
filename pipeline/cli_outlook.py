"""Commands about what is to be expected: forecast, backtest."""

import sys
from typing import Annotated

import typer

from pipeline.options import AsJson, Output, RulesOf, ScenarioOf, programme_of, warehouse_of

app = typer.Typer()

Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same numbers.")]


@app.command()
def forecast(
    context: typer.Context,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DAY", help="Use nothing posted later; default: the newest roster's day.")
    ] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help="Default: the newest rules' day, else half a year later.")
    ] = "",
    programme: RulesOf = "",
    scenario: ScenarioOf = "",
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUES", help="Other thresholds: gold.points=100:140:10.")
    ] = None,
    partners: Annotated[bool, typer.Option("--partners", help="One row per partner, with his chances.")] = False,
    list_name: Annotated[
        str, typer.Option("--list", metavar="LIST", help="calls, services, heads, matrix or record.")
    ] = "",
    method: Annotated[
        str, typer.Option(help="model, nothing new, recent pace or look-alikes; default: what did best so far.")
    ] = "",
    run_for_it: Annotated[
        float, typer.Option(metavar="SHARE", help="Suppose that so many of those who narrowly miss a tier get there.")
    ] = 0.0,
    seed: Seed = 0,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Forecast how many partners stand at each tier on a day, with intervals learned from forecasts of before.

    Example: `palier forecast --as-of 2004-01-31 --on 2004-04-01`
    """
    from pipeline.ledger import published
    from pipeline.outlook import asked
    from pipeline.outlook.forecast import forecast as expected
    from pipeline.report.answer import give
    from pipeline.report.progress import Steps

    rules = programme_of(context, programme, scenario)
    with warehouse_of(context) as warehouse, Steps("forecast") as step:
        days = asked.days_of(rules, as_of, on, published.newest_roster(warehouse))
        found = expected(warehouse, rules, *days, method=method, run_for_it=run_for_it, seed=seed, progress=step)
        table = asked.table_of(warehouse, found, setting or [], partners, list_name)
    print(asked.headline(found), file=sys.stderr)
    give(table, f"{rules.title}: expected on {days[1]}, as known on {days[0]}", as_json, output)
    for sentence in asked.not_modelled(found):
        print(sentence, file=sys.stderr)


@app.command()
def backtest(
    context: typer.Context,
    days: Annotated[
        list[int] | None, typer.Option(min=1, max=10_980, help="The horizon; may be given again. Default: 60.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Days from one forecast to the next.")] = 30,
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="Default: the first roster with 16 weeks of entries.")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Default: the last day that can be judged.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="By the rules of this day; default: the newest.")] = "",
    programme: RulesOf = "",
    scenario: ScenarioOf = "",
    rows: Annotated[bool, typer.Option("--rows", help="One row per forecast and tier.")] = False,
    seed: Seed = 0,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Hold forecasts made on earlier days, with what was known then, against what came.

    Example: `palier backtest --days 30 --from 2003-12-01`
    """
    from pipeline.base.dates import day_or
    from pipeline.outlook.backtest import backtest as tested
    from pipeline.report.answer import give
    from pipeline.report.progress import Steps

    rules = programme_of(context, programme, scenario)
    rules_on = day_or(rules.version[-1].effective, on, "--on") or rules.version[-1].effective
    between = (day_or(None, first, "--from"), day_or(None, last, "--to"))
    with warehouse_of(context) as warehouse, Steps("backtest") as step:
        found = tested(warehouse, rules, rules_on, *between, every, days or [60], seed, step)
        table = found.rows() if rows else found.table()
    print(found.headline(), file=sys.stderr)
    give(table, f"Forecasts against what came, by the rules of {rules_on}", as_json, output)
