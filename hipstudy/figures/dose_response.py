"""Doses: surfaces with their numbers in them, and curves along dose in several shapes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from hipstudy.figures.style import (
    GREY,
    INK,
    look,
    name_ends,
    panel_grid,
    real_minus,
    value_lines,
)
from hipstudy.labels import format_number

# Colour and dashes, lengths on and off in widths of the line.
SHAPE_STYLES = {"saturating": ("#0072B2", ""), "linear": ("#D55E00", (3.7, 1.6)),
                "threshold": ("#009E73", (1, 1.65))}  # fmt: skip
_MAP = "Blues"


def dose_surfaces(
    frame: DataFrame, *, x: tuple[str, str], y: tuple[str, str], digits: Mapping[str, int]
) -> list[Axes]:
    """Draw one panel a surface: a cell a dose, shaded by its size, its number written in it.

    Parameters
    ----------
    frame
        Columns panel (title), scale (panels of one scale share their shades), value, and those
        named by ``x`` and ``y``.
    x, y
        Column and its words, across and up.
    digits
        Scale -> decimals.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    largest = frame["value"].abs().groupby(frame["scale"]).max()
    with look():
        axs = panel_grid(len(panels), 12 + 7 * frame[y[0]].nunique(), more_mm=4)
        for ax, panel in zip(axs, panels, strict=False):
            here = frame[frame["panel"] == panel]
            scale = here["scale"].iloc[0]
            values = here.pivot_table(index=y[0], columns=x[0], values="value", sort=False)
            _cells(ax, values, largest[scale] or 1.0, digits[scale])
            ax.set_title(panel)
            ax.set(xlabel=x[1], ylabel=y[1])
    return axs


def _cells(ax: Axes, values: DataFrame, most: float, digits: int) -> None:
    import seaborn as sns

    sns.heatmap(
        values.abs(), annot=values.map(lambda value: format_number(value, digits)), fmt="",
        cmap=_MAP, vmin=0, vmax=1.6 * most, linewidths=0.8, linecolor="white", cbar=False,
        annot_kws={"fontsize": 7.5, "color": INK, "in_layout": False}, ax=ax,
        xticklabels=[_tick(one) for one in values.columns],
        yticklabels=[_tick(one) for one in values.index],
    )  # fmt: skip
    ax.invert_yaxis()
    ax.tick_params(length=0, labelrotation=0)


def _tick(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def dose_shapes(
    frame: DataFrame, *, panels: Mapping[str, Sequence[str]], xlabel: str
) -> list[Axes]:
    """Draw what weekly sets do, one line a shape, with the saturating shape's band.

    Parameters
    ----------
    frame
        Columns panel, shape, weekly_sets, mean, low, high.
    panels
        Panel -> its title and the words of its axis.
    xlabel
        Words of the axis below.
    """
    with look():
        axs = panel_grid(len(panels), 46, ncols=len(panels), more_mm=0)
        for ax, (panel, (title, words)) in zip(axs, panels.items(), strict=True):
            here = frame[frame["panel"] == panel]
            _lines(ax, here)
            ax.set_title(title)
            ax.set(xlabel=xlabel, ylabel=words)
            ax.set_xlim(0, here["weekly_sets"].max())
            real_minus(ax)
    return axs


def dose_weeks(
    frame: DataFrame, *, panels: Mapping[str, Sequence[str]], xlabel: str, zero: str
) -> list[Axes]:
    """Draw what a prescription changes week by week, with its band, against nothing at zero.

    Parameters
    ----------
    frame
        Columns panel, week, mean, low, high: differences from doing nothing.
    panels
        Panel -> its title and the words of its axis.
    xlabel
        Words of the axis below.
    zero
        What nothing is called, at the end of its line in the first panel.
    """
    hue, _ = SHAPE_STYLES["saturating"]
    with look():
        axs = panel_grid(len(panels), 29, more_mm=0)
        for ax, (panel, (title, words)) in zip(axs, panels.items(), strict=True):
            here = frame[frame["panel"] == panel]
            ax.axhline(0, color=GREY, lw=0.8)
            ax.fill_between(here["week"], here["low"], here["high"], color=hue, alpha=0.18, lw=0)
            value_lines(ax, here, "week", "mean", color=hue)
            if ax is axs[0]:
                name_ends(ax, [(zero, 0.0, GREY)], gap=0.09)
            ax.set_title(title)
            ax.set(xlabel=xlabel, ylabel=words)
            ax.set_xlim(0, here["week"].max())
            ax.xaxis.get_major_locator().set_params(integer=True)
            real_minus(ax)
    return axs


def _lines(ax: Axes, here: DataFrame) -> None:
    ax.axhline(0, color=GREY, lw=0.6)
    hue, _ = SHAPE_STYLES["saturating"]
    band = here[here["shape"] == "saturating"]
    ax.fill_between(band["weekly_sets"], band["low"], band["high"], color=hue, alpha=0.18, lw=0)
    value_lines(
        ax, here, "weekly_sets", "mean", hue="shape", style="shape",
        palette={shape: hue for shape, (hue, _) in SHAPE_STYLES.items()},
        dashes={shape: dash for shape, (_, dash) in SHAPE_STYLES.items()},
    )  # fmt: skip
    ends = here.groupby("shape", sort=False)["mean"].last()
    name_ends(ax, ((s, y, SHAPE_STYLES[s][0]) for s, y in ends.items()), gap=0.09)
