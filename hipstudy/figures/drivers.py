"""How far each arm moves what each cause of tightness follows: dots and lines."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import (
    PALE,
    WORLD_MARKS,
    canvas,
    colour,
    dot_and_line,
    look,
    margin_and_zero,
    name_rows,
)
from hipstudy.labels import WORLD_LABELS, arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


def drivers(frame: "DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """One group of rows a driver, one row an arm: change with its interval, the arm named.

    Parameters
    ----------
    frame
        Columns arm, driver (``weak``, ``short``, ``guarded``), mean, low, high (change in the
        driver's own standard deviations; above 0 is less tightness if that is the cause).
    ax
        Where to draw; a new figure when None.
    """
    arms = list(dict.fromkeys(frame["arm"]))
    groups = list(dict.fromkeys(frame["driver"]))
    tall = len(arms) + 1  # an empty row between groups
    with look():
        if ax is None:
            _, ax = canvas(15 + 3.2 * tall * len(groups))
        margin_and_zero(ax, None)
        for i in range(1, len(groups)):
            ax.axhline(i * tall - 1, color=PALE, lw=0.8)
        for row in frame.itertuples():
            _row(ax, row, groups.index(row.driver) * tall + arms.index(row.arm))
        _room(ax, frame)
        middles = [i * tall + (len(arms) - 1) / 2 for i in range(len(groups))]
        words = "Change in what tightness follows, in its own standard deviations"
        name_rows(ax, [WORLD_LABELS[driver] for driver in groups], places=middles,
                  xlabel=f"{words} (above 0: less tightness)")  # fmt: skip
        ax.set_ylim(len(groups) * tall - 1.2, -0.8)
    return ax


def _row(ax: "Axes", row: tuple, y: float) -> None:
    hue = colour(row.arm)
    mark = WORLD_MARKS[row.driver]
    dot_and_line(ax, y, row.mean, (row.low, row.high), hue=hue, mark=mark, mec="white", mew=0.6)
    x, shift, ha = (row.low, -4, "right") if row.mean < 0 else (row.high, 4, "left")
    ax.annotate(arm_label(row.arm), (x, y), xytext=(shift, 0), textcoords="offset points", ha=ha,
                va="center", fontsize=7.5, color=hue)  # fmt: skip


def _room(ax: "Axes", frame: "DataFrame") -> None:
    """Widen the axis for the names, which stand beyond the lines' ends, away from zero."""
    left, right = ax.get_xlim()
    room = 0.28 * (right - left)
    below = frame["mean"] < 0
    ax.set_xlim(
        min([left, *(frame["low"][below] - room)]), max([right, *(frame["high"][~below] + room)])
    )
