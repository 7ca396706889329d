"""How far each arm moves what each cause of tightness follows: dots and lines."""

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.labels import WORLD_LABELS, arm_label


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
            _row(ax, row, groups.index(row.driver) * tall + arms.index(row.arm))
        _widen(ax, frame)
        middles = [i * tall + (len(arms) - 1) / 2 for i in range(len(groups))]
        words = "Change in what tightness follows, in its own standard deviations"
        style.name_rows(ax, [WORLD_LABELS[driver] for driver in groups], places=middles,
                  xlabel=f"{words} (above 0: less tightness)")  # fmt: skip
        ax.set_ylim(len(groups) * tall - 1.2, -0.8)
    return ax


def _row(ax: Axes, row: tuple, y: float) -> None:
    hue, mark = style.colour(row.arm), style.WORLD_MARKS[row.driver]
    style.dot_and_line(
        ax, y, row.mean, (row.low, row.high), hue=hue, mark=mark, mec="white", mew=0.6
    )
    x, shift, ha = (row.low, -4, "right") if row.mean < 0 else (row.high, 4, "left")
    ax.annotate(arm_label(row.arm), (x, y), xytext=(shift, 0), textcoords="offset points", ha=ha,
                va="center", fontsize=7.5, color=hue)  # fmt: skip


def _widen(ax: Axes, frame: DataFrame) -> None:
    """Make room for the names, which stand beyond the lines' ends, away from zero."""
    left, right = ax.get_xlim()
    room, below = 0.28 * (right - left), frame["mean"] < 0
    lowest, highest = frame["low"][below].min() - room, frame["high"][~below].max() + room
    ax.set_xlim(np.fmin(left, lowest), np.fmax(right, highest))
