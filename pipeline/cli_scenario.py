"""Commands about what would be: sweep, solve, scenarios."""

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.options import AsJson, KnownOn, Output, RulesOf, home_of, programme_of, warehouse_of, warn_beyond

if TYPE_CHECKING:
    from pipeline.model.programme import Programme
    from pipeline.model.question import Question

app = typer.Typer()

BeforeDay = Annotated[str, typer.Option("--before", metavar="DAY", help="Default: the day before --after.")]
AfterDay = Annotated[str, typer.Option("--after", metavar="DAY", help="Default: the day of the newest rules.")]
Settings = Annotated[
    list[str], typer.Option("--set", metavar="PATH=VALUES", help="FIRST:LAST:STEP, or values between commas; several make a grid.")
]  # fmt: skip


def questions_of(rules: "Programme", before: str, after: str, known_on: str) -> "tuple[Question, Question]":
    """The questions before and after a change, by default on either side of the newest rules."""
    from pipeline.base.dates import day_or
    from pipeline.model.question import Question

    days: tuple[date, date] = rules.cut_over_days(day_or(None, before, "--before"), day_or(None, after, "--after"))
    known = day_or(None, known_on, "--known-on")
    return Question(days[0], known), Question(days[1], known)


@app.command()
def sweep(
    context: typer.Context,
    setting: Settings,
    before: BeforeDay = "",
    after: AfterDay = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    by: Annotated[
        list[str] | None, typer.Option(help="region, size_class, …; `before`: the tier before the change.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what it costs, and stop.")] = False,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Count partners per tier in every scenario of a grid; thresholds are looked up, other values measured anew.

    Example: `palier sweep --set gold.points=100:160:5 --set certified.points=40,50,60 --by region`
    """
    from pipeline.model import grid
    from pipeline.report.answer import give

    rules = programme_of(context, programme)
    with warehouse_of(context) as warehouse:
        wanted = grid.sweep_of(rules, setting, by or [], *questions_of(rules, before, after, known_on))
        warn_beyond(warehouse, wanted.after.as_of)
        print(grid.planned(warehouse, wanted).in_words(), file=sys.stderr)
        if plan:
            return
        table = grid.run(warehouse, wanted)
    give(table, f"Partners per tier on {wanted.after.as_of} in each scenario", as_json, output)


@app.command()
def solve(
    context: typer.Context,
    threshold: Annotated[str, typer.Argument(help="A tier and a metric: gold.points.")],
    keep: Annotated[int, typer.Option(min=0, help="How many partners should stand at the tier or above.")],
    among: Annotated[str, typer.Option(metavar="BENEFIT", help="Count those only who have this benefit before.")] = "",
    before: BeforeDay = "",
    after: AfterDay = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Find the threshold that keeps so many partners at a tier; points are lumpy, so the steps around it are shown.

    Example: `palier solve gold.points --keep 250`, or `palier solve gold.points --keep 200 --among account_manager`
    """
    from pipeline.model.solve import among_those_with, solved
    from pipeline.model.standing import standing
    from pipeline.report.answer import give

    rules = programme_of(context, programme)
    questions = questions_of(rules, before, after, known_on)
    tier, _, metric = threshold.partition(".")
    with warehouse_of(context) as warehouse:
        warn_beyond(warehouse, questions[1].as_of)
        stood = standing(warehouse, rules, questions[1])
        who = among_those_with(standing(warehouse, rules, questions[0]), stood, among) if among else None
    table = solved(stood, tier, metric or "points", keep, who)
    of = f" of those with {among}" if among else ""
    give(table, f"Partners{of} at {tier} or above on {questions[1].as_of}, by the threshold", as_json, output)


@app.command()
def scenarios(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Default: all of the programme.")
    ] = None,
    before: BeforeDay = "",
    after: AfterDay = "",
    known_on: KnownOn = "",
    programme: RulesOf = "",
    attribute: Annotated[bool, typer.Option("--attribute", help="What each change of one scenario does.")] = False,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Put scenarios side by side: counts, who falls, lost benefits, load, aims met or missed.

    Example: `palier scenarios gold-100 staff-cap-30`, or `palier scenarios gold-needs-a-competency --attribute`
    """
    from pipeline.model.rulebooks import rulebook_name
    from pipeline.model.scenario import scenarios_of
    from pipeline.model.scenario_table import attribution, scenario_table
    from pipeline.report.answer import give

    home, rules = home_of(context), programme_of(context, programme)
    chosen = scenarios_of(home, rulebook_name(home, programme), names or [])
    questions = questions_of(rules, before, after, known_on)
    with warehouse_of(context) as warehouse:
        warn_beyond(warehouse, questions[1].as_of)
        if attribute:
            for one in chosen:
                give(
                    attribution(warehouse, one, questions[1]),
                    f"{one.file.title}: what each change does",
                    as_json,
                    output,
                )
            return
        table = scenario_table(warehouse, rules, chosen, *questions)
    give(
        table, f"Scenarios, {questions[0].as_of} to {questions[1].as_of}; counted as if nobody reacts", as_json, output
    )
