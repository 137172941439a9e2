"""The frame of every chart: quiet axes, the source at its foot, and words for those who cannot see it."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from math import ceil
from textwrap import fill
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from PIL import Image

from pipeline.report.fragment import Fragment, Picture
from pipeline.report.palette import FAINT, INK

WIDTH = 6.6
SHOWN_WIDTH = 760
SHARPNESS = 2.2
COLOURS_KEPT = 128
WHITE = [255, 255, 255]
FOOT_LETTERS = 108
KEY_LETTERS = 90
ABREAST = 3
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 9.5, "text.color": INK, "text.parse_math": False,
    "axes.edgecolor": "#B5B5B5", "axes.labelcolor": FAINT, "axes.labelsize": 8.5, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlesize": 9.5, "axes.titlelocation": "left", "axes.axisbelow": True,
    "xtick.color": FAINT, "ytick.color": FAINT, "ytick.labelcolor": INK, "xtick.labelsize": 8.5, "ytick.labelsize": 9,
    "xtick.major.size": 0, "ytick.major.size": 0, "grid.color": "#E6E6E6", "figure.facecolor": "white",
}  # fmt: skip

Asked = ParamSpec("Asked")
Shown = TypeVar("Shown", bound=Fragment)


def drawn(chart: Callable[Asked, Shown]) -> Callable[Asked, Shown]:
    """Draw in Palier's style, whatever the notebook has set; names from the data are never read as formulas."""

    @wraps(chart)
    def in_style(*args: Asked.args, **kwargs: Asked.kwargs) -> Shown:
        with mpl.rc_context({**mpl.rcParamsDefault, **STYLE, "backend": mpl.rcParams["backend"]}):
            return chart(*args, **kwargs)

    return in_style


def canvas(height: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure of Palier's width; up to three `panels` stand side by side, the next ones below, each row `height` high."""
    layout = ConstrainedLayoutEngine(rect=(0.005, 0.005, 0.985, 0.985), w_pad=0.08, h_pad=0.06)
    lines = ceil(panels / ABREAST)
    figure = Figure(figsize=(WIDTH, height * lines), layout=layout)
    places = list(figure.subplots(lines, min(panels, ABREAST), squeeze=False).flat)
    for unused in places[panels:]:
        unused.remove()
    return figure, places[:panels]


def key(figure: Figure, entries: list[tuple[str, str]]) -> None:
    """What the colours mean: words in their colours above the panels, each with its mark."""
    lines = ceil(sum(len(text) + 3 for text, _ in entries) / KEY_LETTERS)
    figure.legend(
        [Line2D([], [], lw=0) for _ in entries], [text for text, _ in entries], labelcolor=[colour for _, colour in entries],
        loc="outside upper left", ncols=ceil(len(entries) / max(lines, 1)), frameon=False, fontsize=8.5, handlelength=0,
        handletextpad=0, columnspacing=1.4, borderpad=0, borderaxespad=0.2,
    )  # fmt: skip


def quiet_grid(axes: Axes, along: str) -> None:
    """Pale lines across one axis, x or y, whose numbers are written with thousands."""
    axes.grid(axis=along)  # type: ignore[arg-type]
    {"x": axes.xaxis, "y": axes.yaxis}[along].set_major_formatter("{x:,.0f}")


def finish(figure: Figure, finding: str, caption: str, words: str, footer: str, numbers: pd.DataFrame) -> Picture:
    """Put the foot on a figure and make the picture. `words` go on from the finding in the alternative text."""
    foot = "\n".join(fill(line, FOOT_LETTERS) for line in footer.splitlines())
    figure.supxlabel(foot, x=0.008, ha="left", fontsize=7.2, color=FAINT)
    figure.set_dpi(100 * SHARPNESS)
    page = FigureCanvasAgg(figure)
    page.draw()  # type: ignore[no-untyped-call]
    image = Image.frombytes("RGBA", page.get_width_height(), page.buffer_rgba().tobytes())  # type: ignore[no-untyped-call]
    height = round(SHOWN_WIDTH * image.height / image.width)
    return Picture(finding, caption, f"{finding} {words}", _small(image), SHOWN_WIDTH, height, numbers)


def _small(image: Image.Image) -> bytes:
    """As a PNG of few colours: a third of the bytes, and by an octree a sixth of the time of a median cut.

    An octree gives the mean of like colours; the background stays the white that it was.
    """
    few = image.convert("RGB").quantize(COLOURS_KEPT, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette, background = few.getpalette() or [], few.getpixel((0, 0))
    assert isinstance(background, int)
    palette[3 * background : 3 * background + 3] = WHITE
    few.putpalette(palette)
    small = BytesIO()
    few.save(small, "png")
    return small.getvalue()
