"""Shares of an answer's variance: one panel an answer, one row a factor."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, PALE, look, stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_TOTAL = "#0072B2"
_ROW_MM, _ENDS_MM, _GAP_MM = 4.6, 1, 12.5


def variance(frame: "DataFrame") -> "list[Axes]":
    """Total order as a dot with its interval, first order as an open one.

    Parameters
    ----------
    frame
        Columns panel, label, first, total, total_low, total_high (shares, 1 is all); rows of one
        panel stand together, in the order drawn.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    rows = [frame[frame["panel"] == panel] for panel in panels]
    heights = [_ROW_MM * len(part) + _ENDS_MM for part in rows]
    axs = stacked(heights, labels=frame["label"], gap_mm=_GAP_MM)
    with look():
        for ax, panel, part in zip(axs, panels, rows, strict=True):
            _panel(ax, panel, part)
        axs[-1].set_xlabel("Share of variance, %")
    return axs


def _panel(ax: "Axes", panel: str, rows: "DataFrame") -> None:
    ax.axvline(0, color=PALE, lw=0.8)
    for y, row in enumerate(rows.itertuples()):
        ends = [100 * row.total_low, 100 * row.total_high]
        ax.plot(ends, [y, y], color=_TOTAL, lw=1.5, solid_capstyle="butt")
        ax.plot(100 * row.total, y, "o", color=_TOTAL, ms=5)
        ax.plot(100 * row.first, y, "o", color=GREY, mfc="white", ms=3.5, mew=0.9)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-6, 106)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_title(panel, fontsize=8.5)
    ax.set_yticks(range(len(rows)), list(rows["label"]))
