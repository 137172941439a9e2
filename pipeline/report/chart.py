"""The frame of every chart: the finding as its title, quiet axes, the source at its foot, and words for those who cannot see it."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from math import ceil
from textwrap import wrap
from typing import Any, ParamSpec

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from pipeline.report.fragment import Picture
from pipeline.report.palette import FAINT, INK

WIDTH = 7.6
SHARPNESS = 2
COLOURS_KEPT = 96
TITLE_WIDTH = 76
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 9.5, "text.color": INK, "text.parse_math": False,
    "axes.edgecolor": "#B5B5B5", "axes.labelcolor": FAINT, "axes.labelsize": 8.5, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlesize": 9.5, "axes.titlelocation": "left", "axes.axisbelow": True,
    "xtick.color": FAINT, "ytick.color": FAINT, "ytick.labelcolor": INK, "xtick.labelsize": 8.5, "ytick.labelsize": 9,
    "xtick.major.size": 0, "ytick.major.size": 0, "grid.color": "#E6E6E6", "figure.facecolor": "white",
}  # fmt: skip

Asked = ParamSpec("Asked")


def drawn(chart: Callable[Asked, Picture]) -> Callable[Asked, Picture]:
    """Draw in Palier's style, whatever the notebook has set; names from the data are never read as formulas."""

    @wraps(chart)
    def in_style(*args: Asked.args, **kwargs: Asked.kwargs) -> Picture:
        with mpl.rc_context({**mpl.rcParamsDefault, **STYLE, "backend": mpl.rcParams["backend"]}):
            return chart(*args, **kwargs)

    return in_style


def canvas(height: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure of Palier's width; `panels` stand side by side."""
    layout = ConstrainedLayoutEngine(rect=(0.005, 0.005, 0.985, 0.985), w_pad=0.08, h_pad=0.06)
    figure = Figure(figsize=(WIDTH, height), layout=layout)
    return figure, list(figure.subplots(1, panels, squeeze=False)[0])


def key(axes: Axes, entries: list[tuple[str, str]]) -> None:
    """What the colours mean: words in their colours above the panel, each with its mark."""
    box = axes.annotate("", (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points")
    for text, colour in entries:
        box = axes.annotate(
            text, (1, 0), (9, 0) if box.get_text() else (0, 0), xycoords=box, textcoords="offset points",
            color=colour, fontsize=8.5, va="bottom", annotation_clip=False,
        )  # fmt: skip


def quiet_grid(axes: Axes, along: str) -> None:
    """Pale lines across one axis, x or y, whose numbers are written with thousands."""
    axes.grid(axis=along)  # type: ignore[arg-type]
    {"x": axes.xaxis, "y": axes.yaxis}[along].set_major_formatter("{x:,.0f}")


def balanced(text: str) -> str:
    """The text in as few lines as it needs, all of about one length."""
    lines = len(wrap(text, TITLE_WIDTH))
    narrow = range(max(ceil(len(text) / max(lines, 1)), 10), TITLE_WIDTH + 1)
    return "\n".join(
        next((found for width in narrow if len(found := wrap(text, width)) <= lines), wrap(text, TITLE_WIDTH))
    )


def finish(figure: Figure, finding: str, caption: str, words: str, footer: str, numbers: pd.DataFrame) -> Picture:
    """Put title and foot on a figure and make the picture. `words` go on from the finding in the alternative text."""
    figure.suptitle(balanced(finding), x=0.008, ha="left", fontsize=11.5, fontweight="bold")
    figure.supxlabel(footer, x=0.008, ha="left", fontsize=7, color=FAINT)
    figure.set_dpi(100 * SHARPNESS)
    page = FigureCanvasAgg(figure)
    page.draw()  # type: ignore[no-untyped-call]
    image = Image.frombytes("RGBA", page.get_width_height(), page.buffer_rgba().tobytes())  # type: ignore[no-untyped-call]
    small = BytesIO()
    image.convert("RGB").quantize(COLOURS_KEPT, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    width, height = (side // SHARPNESS for side in image.size)
    return Picture(finding, caption, f"{finding} {words}", small.getvalue(), width, height, numbers)
