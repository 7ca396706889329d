"""One look for every picture: a colour an arm, a mark a world, one face, printed at its size."""

import tomllib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

from matplotlib import font_manager, rc_context, rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter
from pandas import DataFrame

from hipstudy.figures.margins import NAME_MM, Margins, in_lines, width_mm
from hipstudy.numerals import ENGLISH, Numerals
from hipstudy.show import plain_settings

MM = 1 / 25.4
WIDTH_MM = 160
# Of a name at a line's end: what wraps is no wider, lines in letters of full size, and how much
# further names are apart for each line more.
_WRAPPED_MM, _MOST_LINES, _A_LINE_MORE = 40, 2, 1.4
_LETTER_MM, _RIGHT_MM, _TOP_MM = 1.4, 13, 5  # a letter of 8 pt; room for a word at the right
_LOOK = rc_params_from_file(Path(__file__).with_name("look.mplstyle"), use_default_template=False)
INK, GREY, PALE = _LOOK["text.color"], _LOOK["axes.edgecolor"], "#d9d9d9"
_FILE = Path(__file__).with_name("colours_and_words.toml")
TABLES = tomllib.loads(_FILE.read_text(encoding="utf-8"))
ARM_COLOURS, OWN_ARMS, WORLD_MARKS = TABLES["arms"], TABLES["own_arms"], TABLES["marks"]
# Behind letters that stand on a shade or a line.
PLATE = {"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "linewidth": 0}


_STAND_IN_BOLD = ("DejaVu Sans", 700)


@cache
def _add_face() -> None:
    known = font_manager.fontManager.ttflist  # the stand-in has no semibold: its bold is taken
    known += [replace(one, weight=600) for one in known if (one.name, one.weight) == _STAND_IN_BOLD]
    for file in (Path(__file__).parents[1] / "report" / "fonts").glob("*.ttf"):
        font_manager.fontManager.addfont(file)


def look() -> AbstractContextManager[Any]:
    """The look, as a context: ticks on white, 8 pt text, thin grey axes."""
    _add_face()
    return rc_context(plain_settings() | _LOOK)


def canvas(height_mm: float, width_mm: float = WIDTH_MM, **grid: Any) -> tuple[Figure, Any]:
    """A figure at the size it is printed, with its axes."""
    with look():
        figure = Figure(figsize=(width_mm * MM, height_mm * MM), layout=Margins())
        return figure, figure.subplots(**grid)


def stacked(
    rows_mm: Sequence[float],
    *,
    labels: Iterable[str],
    gap_mm: float,
    right_mm: float = _RIGHT_MM,
) -> list[Axes]:
    """Panels one below the other at places of their own: nothing is solved for, so nothing moves.

    Parameters
    ----------
    rows_mm
        Height of each panel.
    labels
        Of all rows: the longest makes the left margin.
    gap_mm
        Below each panel, for its axis.
    right_mm
        Right of each panel, for a word or numbers.
    """
    left = min(6 + _LETTER_MM * max(map(len, labels)), WIDTH_MM / 2)
    height = sum(rows_mm) + gap_mm * len(rows_mm) + _TOP_MM
    with look():
        figure = Figure(figsize=(WIDTH_MM * MM, height * MM), layout="none")
        wide, top, axs = WIDTH_MM - left - right_mm, height - _TOP_MM, []
        for tall in rows_mm:
            place = (left / WIDTH_MM, (top - tall) / height, wide / WIDTH_MM, tall / height)
            axs.append(figure.add_axes(place))
            top -= tall + gap_mm
    return axs


def colour(arm: str) -> str:
    """Colour of an arm; an arm of one's own takes its from its name, in every picture the same."""
    return ARM_COLOURS.get(arm) or OWN_ARMS[crc32(arm.encode()) % len(OWN_ARMS)]


def arm_colours(arms: Iterable[str]) -> dict[str, str]:
    """Colours of the arms of one picture: where two of one's own have one, the later takes another.

    Examples
    --------
    >>> colours = arm_colours(f"way {n}" for n in range(5))
    >>> len(set(colours.values()))
    5
    """
    colours: dict[str, str] = {}
    for arm in arms:
        hue = colour(arm)
        if hue in colours.values():
            hue = next((one for one in OWN_ARMS if one not in colours.values()), hue)
        colours[arm] = hue
    return colours


def apart(places: list[float], gap: float) -> list[float]:
    """Move labels apart until neighbours are ``gap`` away, keeping their order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for _ in range(100):
        for below, above in pairwise(order):
            short = gap - (moved[above] - moved[below])
            if short > 1e-9:
                moved[below] -= short / 2
                moved[above] += short / 2
    return moved


def panel_grid(
    n: int, row_mm: float, *, ncols: int = 2, more_mm: float = 6, **grid: Any
) -> list[Axes]:
    """A grid of panels on a new figure; those past the first ``n`` are empty."""
    nrows = -(-n // ncols)
    tall = row_mm * nrows + more_mm
    _, axs = canvas(tall, nrows=nrows, ncols=ncols, squeeze=False, **grid)
    for ax in axs.flat[n:]:
        ax.set_axis_off()
    return list(axs.flat)


def same_range(axs: Sequence[Axes]) -> None:
    """Give all panels the vertical range that holds what each of them shows."""
    lows, highs = zip(*(ax.get_ylim() for ax in axs), strict=True)
    for ax in axs:
        ax.set_ylim(min(lows), max(highs))


def margin_and_zero(ax: Axes, margin: float | None, *, across: bool = False) -> None:
    """Shade a margin either side of zero, and draw zero; ``across`` where zero is a height."""
    span, line = (ax.axhspan, ax.axhline) if across else (ax.axvspan, ax.axvline)
    if margin is not None:
        span(-margin, margin, color=PALE, alpha=0.45, lw=0)
    line(0, color=GREY, lw=0.8)


def dot_and_line(
    ax: Axes,
    y: float,
    estimate: float,
    interval: tuple[float, float],
    *,
    hue: str,
    mark: str = "o",
    width: float = 1.6,
    is_open: bool = False,
    **dot: Any,
) -> None:
    """An estimate as a dot on the line of its interval; open is a hollow dot on a broken line.

    ``width`` is the line's, in points; ``dot`` goes to matplotlib's ``plot`` of the dot.
    """
    dash = (0, (2, 1.2)) if is_open else "-"
    ax.plot(interval, [y, y], color=hue, lw=width, ls=dash, solid_capstyle="butt")
    ax.plot(estimate, y, mark, color=hue, **{"mfc": "white" if is_open else hue, "ms": 5} | dot)


def name_rows(
    ax: Axes,
    names: Sequence[str],
    *,
    places: Sequence[float] | None = None,
    xlabel: str = "",
    below: float = 0.6,
    above: float = 0.6,
    numerals: Numerals = ENGLISH,
) -> None:
    """Make the vertical axis a list of names from the top, with room below and above, no ticks."""
    rows = range(len(names)) if places is None else places
    ax.set_ylim(max(rows) + below, min(rows) - above)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(xlabel)
    real_minus(ax, numerals)
    ax.set_yticks(list(rows), names)


def name_ends(
    ax: Axes, ends: Iterable[tuple[str, float, str]], *, gap: float, size: float = 7.5
) -> None:
    """Name lines at the right edge, moved apart by a part of the range where they meet.

    ``ends`` has the name, the height and the colour of each; ``size`` is in points.
    """
    names, heights, colours = zip(*ends, strict=True)
    # One that does not fit leaves its panel more room than the widest that does.
    fits = [width_mm(name, size) <= NAME_MM for name in names]
    lines = [
        name if is_whole else in_lines(name, size, _WRAPPED_MM)
        for name, is_whole in zip(names, fits, strict=True)
    ]
    more = (one.count("\n") - name.count("\n") for one, name in zip(lines, names, strict=True))
    n_lines = 1 + max(more)
    gap *= 1 + _A_LINE_MORE * (min(n_lines, _MOST_LINES) - 1)
    size *= min(1, _MOST_LINES / n_lines)
    low, high = ax.get_ylim()
    for name, y, hue in zip(lines, apart(list(heights), gap * (high - low)), colours, strict=True):
        ax.annotate(
            name, (1, y), xycoords=("axes fraction", "data"), xytext=(3, 0), color=hue,
            textcoords="offset points", va="center", fontsize=size, annotation_clip=False,
            parse_math=False,
        )  # fmt: skip


def value_lines(ax: Axes, frame: DataFrame, x: str, y: str, **how: Any) -> None:
    """Draw seaborn's lines through one value a place; ``how`` goes to its ``lineplot``.

    Where an axis has no name, seaborn makes all of its ticks to see whether it gives it one.
    """
    import seaborn as sns

    names = {"xlabel": ax.get_xlabel(), "ylabel": ax.get_ylabel()}
    ax.set(xlabel=x, ylabel=y)
    sns.lineplot(frame, x=x, y=y, errorbar=None, legend=False, ax=ax, **how)
    ax.set(**names)


def band_key(ax: Axes, band: str, *handles: Line2D, is_filled: bool = True) -> None:
    """One row above the panels: what the band is and what the other marks are, by their forms."""
    shade = Patch(color=GREY, alpha=0.3, lw=0, label=band)
    edge = Line2D([], [], color=GREY, lw=1, label=band)
    forms = [shade if is_filled else edge, *handles]
    ax.figure.legend(handles=forms, loc="outside upper left", ncols=2, frameon=False,
                     fontsize=8, labelcolor=GREY, handlelength=1.4, borderpad=0.1)  # fmt: skip


def number_ticks(numerals: Numerals = ENGLISH) -> FuncFormatter:
    """Tick labels as a language writes numbers, with no more digits than needed.

    Examples
    --------
    >>> number_ticks(Numerals(","))(-0.5, 0)
    '−0,5'
    """
    return FuncFormatter(lambda value, _: numerals.short(value))


def real_minus(axes: Axes, numerals: Numerals = ENGLISH) -> None:
    """Ticks of linear axes with a real minus sign, as the language of the page writes numbers."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "linear":
            axis.set_major_formatter(number_ticks(numerals))
