"""Doses: surfaces with their numbers in them, and curves along dose in several shapes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.figures.style import GREY, INK, apart, canvas, look, real_minus
from hipstudy.labels import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

SHAPE_STYLES = {"saturating": ("#0072B2", "-"), "linear": ("#D55E00", "--"),
                "threshold": ("#009E73", ":")}  # fmt: skip
_MAP = "Blues"


def dose_surfaces(
    frame: "DataFrame",
    *,
    x: tuple[str, str],
    y: tuple[str, str],
    digits: Mapping[str, int],
    ncols: int = 2,
    axs: "Sequence[Axes] | None" = None,
) -> "Sequence[Axes]":
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
    ncols
        Panels side by side.
    axs
        Where to draw; a new figure when None.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    with look():
        if axs is None:
            rows = -(-len(panels) // ncols)
            height = 12 + 7 * frame[y[0]].nunique()
            _, grid = canvas(height * rows + 4, nrows=rows, ncols=ncols, squeeze=False)
            axs = list(grid.flat)
        for ax, panel in zip(axs, panels, strict=False):
            here = frame[frame["panel"] == panel]
            scale = here["scale"].iloc[0]
            sizes = frame.loc[frame["scale"] == scale, "value"].abs()
            _cells(ax, here, x[0], y[0], float(sizes.max()) or 1.0, digits[scale])
            ax.set_title(panel)
            ax.set(xlabel=x[1], ylabel=y[1])
        for ax in axs[len(panels) :]:
            ax.set_axis_off()
    return axs


def _cells(ax: "Axes", here: "DataFrame", x: str, y: str, most: float, digits: int) -> None:
    values = here.pivot_table(index=y, columns=x, values="value", sort=False)
    shown = values.to_numpy()
    ax.pcolormesh(np.abs(shown), cmap=_MAP, vmin=0, vmax=1.6 * most, edgecolor="white", lw=0.8)
    for (row, column), value in np.ndenumerate(shown):
        ax.text(column + 0.5, row + 0.5, format_number(value, digits), ha="center", va="center",
                fontsize=7.5, color=INK)  # fmt: skip
    ax.set_xticks(np.arange(shown.shape[1]) + 0.5, [_tick(one) for one in values.columns])
    ax.set_yticks(np.arange(shown.shape[0]) + 0.5, [_tick(one) for one in values.index])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _tick(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def dose_shapes(
    frame: "DataFrame",
    *,
    panels: Mapping[str, tuple[str, str]],
    axs: "Sequence[Axes] | None" = None,
) -> "Sequence[Axes]":
    """Draw what weekly sets add, one line a shape, with the saturating shape's band.

    Parameters
    ----------
    frame
        Columns panel, shape, weekly_sets, mean, low, high.
    panels
        Panel -> its title and the words of its axis.
    axs
        Where to draw; a new figure when None.
    """
    with look():
        if axs is None:
            _, grid = canvas(58, ncols=len(panels), squeeze=False)
            axs = list(grid.flat)
        for ax, (panel, (title, words)) in zip(axs, panels.items(), strict=True):
            here = frame[frame["panel"] == panel]
            _lines(ax, here)
            ax.set_title(title)
            ax.set(xlabel="Sets a week and side, prescribed", ylabel=words)
            ax.set_xlim(0, here["weekly_sets"].max())
            real_minus(ax)
    return axs


def _lines(ax: "Axes", here: "DataFrame") -> None:
    ax.axhline(0, color=GREY, lw=0.6)
    ends = {}
    for shape, rows in here.groupby("shape", sort=False):
        colour, dash = SHAPE_STYLES[shape]
        if shape == "saturating":
            ax.fill_between(rows["weekly_sets"], rows["low"], rows["high"], color=colour,
                            alpha=0.18, lw=0)  # fmt: skip
        ax.plot(rows["weekly_sets"], rows["mean"], color=colour, ls=dash)
        ends[shape] = float(rows["mean"].iloc[-1])
    low, high = ax.get_ylim()
    places = apart(list(ends.values()), 0.09 * (high - low))
    for shape, place in zip(ends, places, strict=True):
        ax.annotate(shape, (1, place), xycoords=("axes fraction", "data"), xytext=(3, 0),
                    textcoords="offset points", va="center", fontsize=7.5,
                    color=SHAPE_STYLES[shape][0], annotation_clip=False)  # fmt: skip
