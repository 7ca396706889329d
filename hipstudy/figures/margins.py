"""Places of a figure's panels: each is as far from the next as the words around it need.

matplotlib's constrained layout does so for any picture: it makes and lays out every tick, twice,
before any is drawn, and solves for the places. Here an axis is asked what it will write, and how
long that is. This knows what the pictures of reports have: one grid of panels, linear axes with
level names of one line, keys above them, titles of panels and none of the whole figure. Pictures
that somebody may add to (``hipstudy.plot``) are left to matplotlib.
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import LayoutEngine
from matplotlib.legend import Legend
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox, ScaledTranslation

from hipstudy.arrays import Array

PAD_PT = 3  # around each panel with its words
_LINE = 1.3  # height of a line of text, in sizes of its letters
_PASSES = 2  # ticks and what stands at a number move with the size of their panel
_TITLES = ("left", "center", "right")
_MOST_WORDS = 4096  # whose widths are held
NAME_MM = 50  # of a line's name beside a panel: a wider one would leave its panel no room
_DPI, _MM_PER_INCH = 72, 25.4


class Margins(LayoutEngine):
    """Gives all panels of a grid one size, or sizes in its ratios, and room for their words.

    Examples
    --------
    >>> figure = Figure(figsize=(4, 2), layout=Margins())
    >>> ax = figure.subplots()
    >>> bare = figure.draw_without_rendering() or ax.get_position().x0
    >>> _ = ax.set_ylabel("Tightness")
    >>> figure.draw_without_rendering()
    >>> bool(ax.get_position().x0 > bare)
    True
    """

    @property
    def adjust_compatible(self) -> bool:
        """Whether matplotlib's ``subplots_adjust`` may move panels as well."""
        return False

    @property
    def colorbar_gridspec(self) -> bool:
        """Whether a bar of colours takes its room from the panels' own places in the grid."""
        return True

    def execute(self, fig: Figure) -> None:
        """Place the panels; matplotlib calls this before it draws."""
        panels = [ax for ax in fig.axes if ax.get_subplotspec() and ax.get_in_layout()]
        for ax in panels:  # so that one picture drawn twice is the same
            ax.set_position(ax.get_subplotspec().get_position(fig))
        for _ in range(_PASSES if panels else 0):
            _place(fig, panels)


class _Outlines(RendererBase):
    """Draws nothing: it measures words as they are where letters are drawn as outlines."""

    def __init__(self, dpi: float) -> None:
        super().__init__()
        self._pixels = dpi / 72

    def points_to_pixels(self, points: float) -> float:
        return points * self._pixels


@cache  # by each of them, matplotlib holds what it has measured
def _ruler(kind: str, dpi: float) -> RendererBase:
    """What measures words in a picture of a kind: letters in pixels are a little wider."""
    return RendererAgg(1, 1, dpi) if kind == "png" else _Outlines(dpi)


@lru_cache(_MOST_WORDS)
def _width(words: str, font: FontProperties, ruler: RendererBase) -> float:
    lines = words.split("\n")
    return max(ruler.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines)


def width_mm(words: str, size_pt: float) -> float:
    """How wide words are, letters drawn as outlines.

    Examples
    --------
    >>> width_mm("WW", 8) > width_mm("ll", 8)
    True
    """
    pixels = _width(words, FontProperties(size=size_pt), _ruler("svg", _DPI))
    return pixels / _DPI * _MM_PER_INCH


def in_lines(name: str, size_pt: float, most_mm: float = NAME_MM) -> str:
    r"""A name in as few lines as it needs, none wider than that; as it is where it fits.

    Examples
    --------
    >>> in_lines("Stretch only", 8), in_lines("Stretch only", 8, 12)
    ('Stretch only', 'Stretch\nonly')
    """
    lines, letters = name, len(name)
    while letters > 1 and width_mm(lines, size_pt) > most_mm:
        letters -= 1
        lines = fill(name, letters, break_long_words=True)
    return lines


def _place(fig: Figure, panels: Sequence[Axes]) -> None:
    """Set the places of all panels by what reaches out of each of them, in pixels."""
    ruler = _ruler(fig.canvas.get_default_filetype(), fig.dpi)
    pad = ruler.points_to_pixels(PAD_PT)
    grid = panels[0].get_subplotspec().get_gridspec()
    across, down = np.full((grid.ncols, 2), pad), np.full((grid.nrows, 2), pad)
    for ax in panels:
        spec, ((left, right), (top, bottom)) = ax.get_subplotspec(), _reach(ax, ruler) + pad
        for sides, at, before, after in (
            (across, spec.colspan, left, right), (down, spec.rowspan, top, bottom),
        ):  # fmt: skip
            sides[at.start, 0] = max(sides[at.start, 0], before)
            sides[at.stop - 1, 1] = max(sides[at.stop - 1, 1], after)
    keys = sum(key.get_window_extent(ruler).height + 2 * pad for key in fig.legends)
    width, height = fig.bbox.size
    columns = _ends(across, width, grid.get_width_ratios())
    rows = _ends(down, height - keys, grid.get_height_ratios())
    for ax in panels:
        spec = ax.get_subplotspec()
        x0, x1 = columns[spec.colspan.start, 0], columns[spec.colspan.stop - 1, 1]
        top, bottom = rows[spec.rowspan.start, 0], rows[spec.rowspan.stop - 1, 1]
        place = Bbox.from_extents(x0, height - keys - bottom, x1, height - keys - top)
        ax.set_position(place.transformed(fig.transFigure.inverted()))
        ax.set_in_layout(True)  # set_position takes it out


def _ends(margins: Array, room: float, ratios: Sequence[float] | None) -> Array:
    """Where each column or row of panels begins and ends between its margins."""
    shares = np.ones(len(margins)) if ratios is None else np.asarray(ratios, float)
    sizes = max(room - margins.sum(), 0.1 * room) * shares / shares.sum()
    ends = np.cumsum(sizes + margins.sum(axis=1)) - margins[:, 1]
    return np.column_stack([ends - sizes, ends])


def _reach(ax: Axes, ruler: RendererBase) -> Array:
    """How far words reach out of a panel: to the left and right, above and below."""
    box = ax.bbox
    boxes = np.array([box.extents, *_boxes(ax, ruler)])
    (left, low), (right, high) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return np.array([[box.x0 - left, right - box.x1], [high - box.y1, box.y0 - low]])


def _boxes(ax: Axes, ruler: RendererBase) -> Iterator[Sequence[float]]:
    """Left, lower, right and upper end of everything that is written in or around a panel."""
    box = ax.bbox
    titles = [ax.get_title(where) for where in _TITLES]
    for child in ax.get_children():
        if not child.get_in_layout() or not child.get_visible():
            continue
        if isinstance(child, Legend):
            yield child.get_tightbbox(ruler).extents
        elif isinstance(child, Text) and child.get_text():
            found = child.get_tightbbox(ruler)
            is_title = child.get_text() in titles and not isinstance(child, Annotation)
            if is_title:  # it may be longer than its panel
                yield box.x0, found.y0, box.x1, found.y1
            elif found is not None and np.isfinite(found.extents).all():
                yield found.extents
    if ax.axison:
        yield from _axis_boxes(ax, ax.xaxis, ruler)
        yield from (
            (left, low, right, high) for low, left, high, right in _axis_boxes(ax, ax.yaxis, ruler)
        )


def _axis_boxes(ax: Axes, axis: Axis, ruler: RendererBase) -> Iterator[Sequence[float]]:
    """Boxes of ticks' names and of the axis's, with what lies along the axis first."""
    is_x, box = axis is ax.xaxis, ax.bbox
    low, high = (box.y0, box.y1) if is_x else (box.x0, box.x1)
    first, last = (box.x0, box.x1) if is_x else (box.y0, box.y1)
    tick, reached = axis.get_major_ticks(1)[0], [0.0, 0.0]
    for is_far, words in enumerate((tick.label1, tick.label2)):
        if not words.get_visible():
            continue
        font = words.get_fontproperties()
        line = ruler.points_to_pixels(_LINE * font.get_size_in_points())
        away = ruler.points_to_pixels(tick.get_tick_padding() + tick.get_pad())
        for at, name in _named(ax, axis):
            width = _width(name, font.copy(), ruler)
            half, deep = (width / 2, line) if is_x else (line / 2, width)
            if first - 1 <= at <= last + 1:
                reached[is_far] = max(reached[is_far], away + deep)
                yield at - half, low, at + half, high
    is_far = axis.get_label_position() in ("top", "right")
    away = reached[is_far] + ruler.points_to_pixels(axis.labelpad)
    _place_label(ax, axis, away if is_far else -away)
    if axis.label.get_text() and axis.label.get_visible():
        lines = axis.label.get_text().count("\n") + 1
        size = _LINE * lines * axis.label.get_fontsize()
        reached[is_far] = away + ruler.points_to_pixels(size)
    yield first, low - reached[0], last, high + reached[1]


def _place_label(ax: Axes, axis: Axis, away: float) -> None:
    """Put an axis's name at its place, ``away`` pixels from the panel's right or upper side.

    Below 0 it is so far from the left or lower one. Else matplotlib lays out the ticks once more.
    """
    is_x, side, steps = axis is ax.xaxis, float(away > 0), away / ax.figure.dpi
    inches = ScaledTranslation(*((0, steps) if is_x else (steps, 0)), ax.figure.dpi_scale_trans)
    axis.set_label_coords(*((0.5, side) if is_x else (side, 0.5)), ax.transAxes + inches)


def _named(ax: Axes, axis: Axis) -> Iterator[tuple[float, str]]:
    """Where the ticks of an axis lie along it, and what they are called."""
    ticks = np.asarray(axis.get_majorticklocs(), float)
    names = axis.get_major_formatter().format_ticks(ticks)
    along = 0 if axis is ax.xaxis else 1
    points = np.zeros((len(ticks), 2))
    points[:, along] = ticks
    to_pixels = ax.get_yaxis_transform() if along else ax.get_xaxis_transform()
    return zip(to_pixels.transform(points)[:, along], names, strict=True)
