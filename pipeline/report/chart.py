"""The frame of every chart: quiet axes, the source at its foot, and words for those who cannot see it."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from math import ceil
from textwrap import fill
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from pipeline.report.fragment import Fragment, Picture
from pipeline.report.palette import FAINT, INK
from pipeline.report.table import in_reading_order

WIDTH = 6.6
SHOWN_WIDTH = 760
SHARPNESS = 2.2
COLOURS_KEPT = 128
WHITE = [255, 255, 255]
FOOT_LETTERS = 108
KEY_LETTERS = 90
LABEL_LETTERS = 48
ABREAST = 3
EDGE = 0.07
"""Inches between the edge, the key, the panels with their names, and the foot."""
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
    lines = ceil(panels / ABREAST)
    figure = Figure(figsize=(WIDTH, height * lines), dpi=100 * SHARPNESS)
    places = list(figure.subplots(lines, min(panels, ABREAST), squeeze=False, gridspec_kw={"left": 0.2}).flat)
    for unused in places[panels:]:
        unused.remove()
    return figure, places[:panels]


def key(figure: Figure, entries: list[tuple[str, str]]) -> None:
    """What the colours mean: words in their colours above the panels, each with its mark."""
    lines = ceil(sum(len(text) + 3 for text, _ in entries) / KEY_LETTERS)
    figure.legend(
        [Line2D([], [], lw=0) for _ in entries], [text for text, _ in entries], labelcolor=[colour for _, colour in entries],
        loc="upper left", ncols=ceil(len(entries) / max(lines, 1)), frameon=False, fontsize=8.5, handlelength=0,
        handletextpad=0, columnspacing=1.4, borderpad=0, borderaxespad=0.2,
    )  # fmt: skip


def blocks(axes: Axes, left: Any, foot: Any, width: Any, height: Any, colour: Any, **edges: Any) -> None:
    """Bars or cells, drawn in one piece: a number for all or one for each. They do not move the limits of the axes."""
    x, y, across, up = np.broadcast_arrays(*(np.asarray(one, float) for one in (left, foot, width, height)))
    corners = np.stack([np.stack([x, x + across, x + across, x], -1), np.stack([y, y, y + up, y + up], -1)], -1)
    axes.add_collection(
        PolyCollection(list(corners), facecolors=colour, joinstyle="miter", **{"lw": 0, **edges}), autolim=False
    )


def heat_table(
    axes: Axes, shape: tuple[int, int], colours: list[str], framed: list[tuple[int, int]], lw: float = 2
) -> None:
    """One cell per colour, row by row from the top; those `framed`, by row and column, stand out."""
    y, x = np.indices(shape).reshape(2, -1)
    blocks(axes, x, y, 1, 1, colours, ec="white", lw=lw)
    if framed:
        rows, columns = np.transpose(framed)
        blocks(axes, columns + 0.03, rows + 0.04, 0.94, 0.92, "none", ec=INK, lw=1.4)
    axes.set(xlim=(0, shape[1]), ylim=(shape[0], 0))
    axes.spines[:].set_visible(False)


def label(text: str) -> str:
    """A name beside a bar, short enough to leave room for the bar; the table behind the chart has it whole."""
    text = in_reading_order(text)
    return text if len(text) <= LABEL_LETTERS else f"{text[: LABEL_LETTERS - 1]}…"


def quiet_grid(axes: Axes, along: str) -> None:
    """Pale lines across one axis, x or y, whose numbers are written with thousands."""
    axes.grid(axis=along)  # type: ignore[arg-type]
    {"x": axes.xaxis, "y": axes.yaxis}[along].set_major_formatter("{x:,.0f}")


def finish(figure: Figure, finding: str, caption: str, words: str, footer: str, numbers: pd.DataFrame) -> Picture:
    """Put the foot on a figure and make the picture. `words` go on from the finding in the alternative text."""
    foot = "\n".join(fill(line, FOOT_LETTERS) for line in footer.splitlines())
    figure.text(0.008, EDGE / figure.get_figheight(), foot, va="bottom", fontsize=7.2, color=FAINT)
    renderer = RendererAgg(*figure.bbox.size, figure.dpi)  # type: ignore[no-untyped-call]
    _arrange(figure, renderer)
    figure.draw(renderer)
    width, height = int(renderer.width), int(renderer.height)
    image = Image.frombytes("RGB", (width, height), renderer.buffer_rgba(), "raw", "RGBX")  # type: ignore[no-untyped-call]
    shown = round(SHOWN_WIDTH * height / width)
    return Picture(finding, caption, f"{finding} {words}", _small(image), SHOWN_WIDTH, shown, numbers)


def _arrange(figure: Figure, renderer: RendererAgg) -> None:
    """Give the panels, all of one size, what the names around them, the key and the foot leave.

    Numbers at the ends of bars reach farther beyond a panel that gets narrower than it was measured: then once more.
    """
    for _ in range(3):
        room, measured = _room(figure, renderer), figure.axes[0].bbox.width
        _place(figure, renderer, room)
        if figure.axes[0].bbox.width > measured - EDGE * figure.dpi:
            break


def _room(figure: Figure, renderer: RendererAgg) -> np.ndarray:
    """What stands around each panel, by row and column: to its left, below, to its right and above."""
    grid = figure.axes[0].get_gridspec()
    assert grid is not None
    room = np.zeros((grid.nrows, grid.ncols, 4))
    for place, axes in enumerate(figure.axes):
        whole, panel = axes.get_tightbbox(renderer, for_layout_only=True), axes.bbox
        assert whole is not None
        around = panel.x0 - whole.x0, panel.y0 - whole.y0, whole.x1 - panel.x1, whole.y1 - panel.y1
        room[divmod(place, grid.ncols)] = around
    return room


def _place(figure: Figure, renderer: RendererAgg, room: np.ndarray) -> None:
    """Move the panels to where they have that room."""
    lines, abreast, _ = room.shape
    edge, size = EDGE * figure.dpi, figure.bbox.size
    left, right = min(room[:, 0, 0].max() + edge, 0.7 * size[0]), room[:, -1, 2].max() + edge
    across = (room[:, 1:, 0] + room[:, :-1, 2]).max(initial=0) + 2 * edge
    below, above = room[-1, :, 1].max() + 2.5 * edge, room[0, :, 3].max() + edge
    below += figure.texts[0].get_window_extent(renderer).height
    above += sum(one.get_window_extent(renderer).height + edge for one in figure.legends)
    down = (room[1:, :, 1] + room[:-1, :, 3]).max(initial=0) + 2 * edge
    width = max((size[0] - left - right - across * (abreast - 1)) / abreast, edge)
    height = max((size[1] - below - above - down * (lines - 1)) / lines, edge)
    for place, axes in enumerate(figure.axes):
        line, column = divmod(place, abreast)
        corner = left + column * (width + across), below + (lines - 1 - line) * (height + down)
        axes.set_position((corner[0] / size[0], corner[1] / size[1], width / size[0], height / size[1]))


def _small(image: Image.Image) -> bytes:
    """As a PNG of few colours: a third of the bytes, and by an octree a sixth of the time of a median cut.

    An octree gives the mean of like colours; the background stays the white that it was.
    """
    few = image.quantize(COLOURS_KEPT, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette, background = few.getpalette() or [], few.getpixel((0, 0))
    assert isinstance(background, int)
    palette[3 * background : 3 * background + 3] = WHITE
    few.putpalette(palette)
    small = BytesIO()
    few.save(small, "png")
    return small.getvalue()
