"""How single runners differ: their changes by arm, and quantiles of their own differences.

Changes are one dot a runner, in groups so large that a dot tells nobody who it is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.figures.margins import in_lines
from hipstudy.labels import WORLD_LABELS, arm_label

_SIDE_PT, _HALF_MM = 8, 60  # names of arms on either side of zero: nearly half of the axis
_MIDDLE_HALF: dict[str, Any] = {
    "color": style.GREY, "lw": 4, "solid_capstyle": "butt"
}  # fmt: skip
_ROW_MM, _FOOT_MM = 22, 16
_REACH = 0.36  # of a row's height, to either side
_STEP = 0.12  # of a row's height, between dots that stand above each other
_COLUMNS = 60  # dots nearer than this part of the range stand above each other


def changes(frame: DataFrame, *, mdcs: Sequence[float], xlabel: str, least: int) -> Axes:
    """One row an arm: a dot a runner, the mean as a line, the MDC either side of zero.

    Parameters
    ----------
    frame
        Columns arm and change; nothing else is drawn.
    mdcs
        Smallest changes of a runner that errors alone rarely make, the larger ones paler: one where
        as many limbs were measured of everybody, else one for each number of limbs.
    xlabel
        What changes, with its unit and direction.
    least
        Fewest runners of an arm.

    Raises
    ------
    ValueError
        When an arm has fewer.
    """
    arms = {str(arm): np.sort(rows.to_numpy(float))
            for arm, rows in frame.groupby("arm", sort=False)["change"]}  # fmt: skip
    fewest = min(len(values) for values in arms.values())
    if fewest < least:
        raise ValueError(f"runners: found {fewest} in an arm; the rule is {least} or more")
    with style.look():
        _, ax = style.canvas(_FOOT_MM + _ROW_MM * len(arms))
        for mdc in sorted(mdcs):
            style.margin_and_zero(ax, mdc)
            for end in (-mdc, mdc):
                ax.axvline(end, color=style.GREY, lw=0.8, ls=(0, (4, 2)))
        _dots(ax, arms)
        low, high = ax.get_xlim()
        ax.set_xlim(min(low, -1.15 * max(mdcs)), max(high, 1.15 * max(mdcs)))
        ax.annotate("within the MDC", (min(mdcs), -0.7), xytext=(-4, 0), ha="right", va="top",
                    textcoords="offset points", fontsize=7.5, color=style.GREY)  # fmt: skip
        style.name_rows(ax, [arm_label(arm) for arm in arms], xlabel=xlabel, below=0.55, above=0.75)
    return ax


def _dots(ax: Axes, arms: dict[str, np.ndarray]) -> None:
    width = float(np.ptp(np.concatenate(list(arms.values())))) or 1.0
    levels = {arm: _stacked(values, width) for arm, values in arms.items()}
    step = min(_STEP, _REACH / max(float(np.abs(up).max()) or 1 for up in levels.values()))
    colours = style.arm_colours(arms)
    for y, (arm, values) in enumerate(arms.items()):
        ax.plot(values, y + step * levels[arm], "o", color=colours[arm], ms=4, alpha=0.75,
                mec="white", mew=0.4)  # fmt: skip
        ax.plot([values.mean()] * 2, [y - 0.42, y + 0.42], color=style.INK, lw=1.6)


def _stacked(values: np.ndarray, width: float) -> np.ndarray:
    """Steps up or down for values in a row, so that equal ones stand above each other."""
    column = np.round((values - values[0]) / width * _COLUMNS)
    steps = np.empty(len(values))
    for one in np.unique(column):
        here = column == one
        steps[here] = np.arange(here.sum()) - (here.sum() - 1) / 2
    return steps


def same_runner(frame: DataFrame, *, margin: float, arms: tuple[str, str] | None = None) -> Axes:
    """One row a world: middle 95 % of runners thin, middle half thick, median marked.

    Parameters
    ----------
    frame
        Columns world, quantile, difference; five quantiles a world.
    margin
        Shaded either side of zero.
    arms
        Treatment and control of the difference, to name the axis's two directions.
    """
    with style.look():
        _, ax = style.canvas(62 if arms else 52)
        ends = {
            world: list(rows.sort_values("quantile")["difference"])
            for world, rows in frame.groupby("world", sort=False)
        }
        style.margin_and_zero(ax, margin)
        for y, (world, (low, start, middle, end, high)) in enumerate(ends.items()):
            ax.plot([low, high], [y, y], color=style.INK, lw=1)
            ax.plot([start, end], [y, y], **_MIDDLE_HALF)
            ax.plot(middle, y, style.WORLD_MARKS[world], color=style.INK, ms=5, mec="white",
                    mew=0.6)  # fmt: skip
        style.name_rows(ax, [WORLD_LABELS[world] for world in ends])
        _name_axis(ax, arms)
        ax.figure.legend(
            handles=[
                Line2D([], [], color=style.INK, ls="", marker="o", ms=5, label="median"),
                Line2D([], [], label="middle half", **_MIDDLE_HALF),
                Line2D([], [], color=style.INK, lw=1, label="middle 95 %"),
            ],
            loc="outside upper left", ncols=3, frameon=False, fontsize=8, borderpad=0.1,
        )  # fmt: skip
    return ax


def _name_axis(ax: Axes, arms: tuple[str, str] | None) -> None:
    if arms is None:
        ax.set_xlabel("Own difference in tightness, NRS points (below 0: less tightness)")
        return
    ax.set_xlabel("Own difference in tightness, NRS points")
    treatment, control = map(arm_label, arms)
    for less, arm, x in (("← less tightness", treatment, 0), ("less tightness →", control, 1)):
        text = f"{less}\n{in_lines(f'under {arm}', _SIDE_PT, _HALF_MM)}"
        ax.annotate(text, (x, 0), xycoords="axes fraction", xytext=(0, -33),
                    textcoords="offset points", ha="right" if x else "left", va="top",
                    fontsize=_SIDE_PT, parse_math=False)  # fmt: skip
