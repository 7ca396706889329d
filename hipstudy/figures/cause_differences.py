"""By cause of tightness: differences, changes in what tightness follows, shares of a cause."""

from collections.abc import Iterable
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.figures.margins import NAME_MM, in_lines, width_mm
from hipstudy.labels import WORLD_LABELS, arm_label, contrast_label

# Of contrasts: none is the colour of an arm, whatever arms stand in a contrast.
_SHADES = (style.INK, "#8a8a8a", "#7b3294", "#a6611a", "#35978f", "#c51b7d")
PRIOR = "prior"
_NAME_PT, _KEY_MM = 7.5, 105
_TALLEST = 0.72  # of a row, however many contrasts it holds


def causes(
    frame: DataFrame, *, margin: float, ax: Axes | None = None, height_mm: float = 62
) -> Axes:
    """One row a world: difference with its interval on one axis, the prior last and set apart.

    Parameters
    ----------
    frame
        Rows of one outcome: world, contrast, estimate, ci_low, ci_high. The first contrast is
        drawn in ink, others beside it in colours that no arm has.
    margin
        Shaded either side of zero.
    ax
        Where to draw; a new figure when None.
    height_mm
        Of a new figure.
    """
    contrasts = list(dict.fromkeys(frame["contrast"]))
    hues = dict(zip(contrasts, cycle(_SHADES), strict=False))
    step = min(0.24, _TALLEST / len(contrasts)) if len(contrasts) > 1 else 0
    with style.look():
        if ax is None:
            _, ax = style.canvas(height_mm)
        style.margin_and_zero(ax, margin)
        for j, (contrast, rows) in enumerate(frame.groupby("contrast", sort=False)):
            world_rows(ax, rows, hue=hues[contrast], shift=(j - (len(contrasts) - 1) / 2) * step)
        name_worlds(ax, frame, "Difference in tightness, NRS points (below 0: less tightness)")
        if len(contrasts) > 1:
            for contrast, hue in hues.items():
                words = in_lines(contrast_label(contrast), _NAME_PT, _KEY_MM)
                ax.plot([], [], color=hue, lw=1.6, label=words)
            ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=1,
                      frameon=False, fontsize=_NAME_PT, handlelength=1.6,
                      borderpad=0.1)  # fmt: skip
    return ax


def _places(worlds: Iterable[str]) -> dict[str, float]:
    """Height of each world's row; the prior is set apart from those above it."""
    return {w: i + (0.5 if w == PRIOR else 0) for i, w in enumerate(dict.fromkeys(worlds))}


def world_rows(ax: Axes, frame: DataFrame, *, hue: str, shift: float = 0) -> None:
    """A dot and a line for each world, the prior's open."""
    places = _places(frame["world"])
    for row in frame.itertuples():
        mark, y = style.WORLD_MARKS[row.world], places[row.world] + shift
        style.dot_and_line(ax, y, row.estimate, (row.ci_low, row.ci_high), hue=hue, mark=mark,
                           is_open=row.world == PRIOR)  # fmt: skip


def name_worlds(ax: Axes, frame: DataFrame, xlabel: str) -> None:
    """Name the worlds' rows, with a line above the prior's."""
    places = _places(frame["world"])
    if PRIOR in places:
        ax.axhline(places[PRIOR] - 0.75, color=style.PALE, lw=0.8)
    names = [WORLD_LABELS[world] for world in places]
    style.name_rows(ax, names, places=list(places.values()), xlabel=xlabel)


def break_even(frame: DataFrame, *, margin: float, ax: Axes) -> Axes:
    """Mean difference against the share of runners whose tightness follows end-range torque.

    Parameters
    ----------
    frame
        Columns share, mean, low, high.
    margin
        Shaded either side of zero.
    ax
        Where to draw.
    """
    with style.look():
        share_curve(ax, frame, margin=margin, hue=_SHADES[0])
        ax.set_xlabel("Runners tight from end-range torque, %")
        ax.set_ylabel("Difference in tightness, NRS points")
        ax.annotate("even", (100, 0), xytext=(-2, 2), textcoords="offset points",
                    ha="right", va="bottom", fontsize=7.5, color=style.INK)  # fmt: skip
        style.real_minus(ax)
    return ax


def share_curve(ax: Axes, frame: DataFrame, *, margin: float, hue: str) -> None:
    """Mean difference with its band along the share of runners, in per cent."""
    share = frame["share"] * 100
    style.margin_and_zero(ax, margin, across=True)
    ax.fill_between(share, frame["low"], frame["high"], color=hue, alpha=0.2, lw=0)
    ax.plot(share, frame["mean"], color=hue)
    ax.set_xlim(0, 100)


def drivers(frame: DataFrame) -> Axes:
    """One group of rows a driver, one row an arm: change with its interval, the arm named.

    Parameters
    ----------
    frame
        Columns arm, driver (``weak``, ``short``, ``guarded``), mean, low, high (change in the
        driver's own standard deviations; above 0 is less tightness if that is the cause).
    """
    arms = list(dict.fromkeys(frame["arm"]))
    groups = list(dict.fromkeys(frame["driver"]))
    tall = len(arms) + 1  # an empty row between groups
    with style.look():
        _, ax = style.canvas(15 + 3.2 * tall * len(groups))
        style.margin_and_zero(ax, None)
        for i in range(1, len(groups)):
            ax.axhline(i * tall - 1, color=style.PALE, lw=0.8)
        for row in frame.itertuples():
            _driver_row(ax, row, groups.index(row.driver) * tall + arms.index(row.arm))
        _widen(ax, frame)
        middles = [i * tall + (len(arms) - 1) / 2 for i in range(len(groups))]
        words = "Change in what tightness follows, in its own standard deviations"
        style.name_rows(ax, [WORLD_LABELS[driver] for driver in groups], places=middles,
                  xlabel=f"{words} (above 0: less tightness)")  # fmt: skip
        ax.set_ylim(len(groups) * tall - 1.2, -0.8)
    return ax


def _driver_row(ax: Axes, row: tuple, y: float) -> None:
    hue, mark = style.colour(row.arm), style.WORLD_MARKS[row.driver]
    ends = (row.low, row.high)
    style.dot_and_line(ax, y, row.mean, ends, hue=hue, mark=mark, mec="white", mew=0.6)
    x, shift, ha = (row.low, -4, "right") if row.mean < 0 else (row.high, 4, "left")
    name = arm_label(row.arm)  # a row has room for one line
    size = _NAME_PT * min(1, NAME_MM / width_mm(name, _NAME_PT))
    ax.annotate(name, (x, y), xytext=(shift, 0), textcoords="offset points", ha=ha,
                va="center", fontsize=size, color=hue)  # fmt: skip


def _widen(ax: Axes, frame: DataFrame) -> None:
    """Make room for the names, which stand beyond the lines' ends, away from zero."""
    left, right = ax.get_xlim()
    room, below = 0.28 * (right - left), frame["mean"] < 0
    lowest, highest = frame["low"][below].min() - room, frame["high"][~below].max() + room
    ax.set_xlim(np.fmin(left, lowest), np.fmax(right, highest))
