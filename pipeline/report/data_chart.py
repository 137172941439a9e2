"""Pictures of the data itself: rosters over time, entries per month, reasons of refusal."""

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.report.chart import blocks, canvas, drawn, finish, label, quiet_grid
from pipeline.report.fragment import Picture, Sentences
from pipeline.report.health import Health, reject_reasons
from pipeline.report.palette import DOWN, FAINT, PLAIN
from pipeline.report.rows import rows
from pipeline.report.words import count, many, signed

MOST_MONTHS = 36
MOST_REASONS = 15


@drawn
def reject_bars(health: Health) -> Picture | Sentences:
    """Rejected lines per reason."""
    reasons = reject_reasons(health)
    if reasons.empty:
        return Sentences(["No line was rejected."])
    shown = reasons.head(MOST_REASONS)
    figure, (axes,) = canvas(1.0 + 0.32 * len(shown))
    blocks(axes, 0, shown.index - 0.31, shown["lines"], 0.62, DOWN)
    for place, number in enumerate(shown["lines"]):
        axes.annotate(count(number), (number, place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(shown.index, [label(reason) for reason in shown["reason"]])
    axes.set(xlim=(0, 1.05 * shown["lines"].max()), ylim=(len(shown) - 0.4, -0.6))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlabel("rejected lines")
    quiet_grid(axes, "x")
    total = int(reasons["lines"].sum())
    first = f"; most often: {reasons.iloc[0]['reason']} ({count(reasons.iloc[0]['lines'])})"
    words = " ".join(f"{row.reason}: {count(row.lines)}." for row in rows(shown))
    return finish(
        figure, f"{many(total, 'line')} rejected{first}.", "Rejected lines by reason.", words, health.footer(), reasons
    )


@drawn
def roster_sizes(health: Health) -> Picture | Sentences:
    """Partners on each roster."""
    table = health.snapshots.tail(MOST_MONTHS).reset_index(drop=True)
    days = [f"{day:%Y-%m-%d}" for day in table["snapshot_on"]]
    if len(table) < 2:
        return Sentences([f"One roster, of {days[0]}: {many(int(table['partners'].iloc[0]), 'partner')}."])
    figure, (axes,) = canvas(2.7)
    axes.plot(range(len(table)), table["partners"], "-o", color=PLAIN, lw=2, ms=5)
    for place, number in enumerate(table["partners"]):
        if len(table) <= 13 or place in (0, len(table) - 1):
            axes.annotate(count(number), (place, number), (0, 8), textcoords="offset points", ha="center", fontsize=8.5)
    _days_below(axes, days)
    axes.set(ylim=(0, table["partners"].max() * 1.2), ylabel="partners on the roster")
    quiet_grid(axes, "y")
    first, last = int(table["partners"].iloc[0]), int(table["partners"].iloc[-1])
    finding = f"From {days[0]} to {days[-1]} the roster goes from {count(first)} to {count(last)} partners ({signed(last - first)})."
    words = " ".join(f"{day}: {count(n)}." for day, n in zip(days, table["partners"], strict=True))
    return finish(figure, finding, "Partners on each roster.", words, health.footer(), table.assign(snapshot_on=days))


@drawn
def entries_by_month(health: Health) -> Picture | Sentences:
    """Entries by the month in which they were earned."""
    if health.months.empty:
        return Sentences(["There are no entries."])
    if len(health.months) == 1:
        only = health.months.iloc[0]
        return Sentences([f"All entries were earned in {only['earned_in']:%Y-%m}: {count(only['entries'])}."])
    table = health.months.assign(earned_in=[f"{month:%Y-%m}" for month in health.months["earned_in"]])
    shown = table.tail(MOST_MONTHS).reset_index(drop=True)
    figure, (axes,) = canvas(2.9)
    blocks(axes, shown.index - 0.4, 0, 0.8, shown["entries"], PLAIN)
    axes.set(xlim=(-0.4 - 0.05 * len(shown), 1.05 * len(shown) - 0.6), ylim=(0, 1.05 * shown["entries"].max()))
    _days_below(axes, list(shown["earned_in"]))
    axes.set_ylabel("entries earned in the month")
    quiet_grid(axes, "y")
    place = int(shown["entries"].to_numpy().argmax())
    month, most = str(shown["earned_in"].iloc[place]), int(shown["entries"].iloc[place])
    axes.annotate(count(most), (place, most), (0, 3), textcoords="offset points",
                  ha="center", fontsize=8.5)  # fmt: skip
    finding = f"Most entries were earned in {month}: {count(most)} of {count(table['entries'].sum())}."
    older = len(table) - len(shown)
    cut = f" The {MOST_MONTHS} newest months; {count(older)} older ones are in the table." if older else ""
    words = f"Monthly entries from {shown['earned_in'].iloc[0]} to {shown['earned_in'].iloc[-1]}."
    return finish(
        figure, finding, f"Entries by the month in which they were earned.{cut}", words, health.footer(), table
    )


def _days_below(axes: Axes, days: list[str]) -> None:
    step = max(1, -(-len(days) // 9))
    places = range(0, len(days), step)
    axes.set_xticks(list(places), [days[place] for place in places])
    axes.tick_params(axis="x", labelcolor=FAINT)
