"""Shares of an answer's variance: one panel an answer, one row a factor."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, PALE, canvas, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_TOTAL = "#0072B2"
_ROW_MM, _PANEL_MM = 4.8, 10.5


def variance(frame: "DataFrame", *, columns: int = 1) -> "list[Axes]":
    """Total order as a dot with its interval, first order as an open one.

    Parameters
    ----------
    frame
        Columns panel, label, first, total, total_low, total_high (shares, 1 is all); rows of one
        panel stand together, in the order drawn.
    columns
        Panels side by side.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    across = min(columns, len(panels))
    down = -(-len(panels) // across)
    deep = max(int((frame["panel"] == panel).sum()) for panel in panels)
    with look():
        _, axs = canvas(
            (_PANEL_MM + _ROW_MM * deep) * down, nrows=down, ncols=across, squeeze=False
        )
        for ax in axs.flat[len(panels) :]:
            ax.set_visible(False)
        for ax, panel in zip(axs.flat, panels, strict=False):
            _panel(ax, panel, frame[frame["panel"] == panel], deep)
        for ax in axs[-1]:
            ax.set_xlabel("Share of variance, %")
    return list(axs.flat[: len(panels)])


def _panel(ax: "Axes", panel: str, rows: "DataFrame", deep: int) -> None:
    ax.axvline(0, color=PALE, lw=0.8)
    for y, row in enumerate(rows.itertuples()):
        ends = [100 * row.total_low, 100 * row.total_high]
        ax.plot(ends, [y, y], color=_TOTAL, lw=1.5, solid_capstyle="butt")
        ax.plot(100 * row.total, y, "o", color=_TOTAL, ms=5)
        ax.plot(100 * row.first, y, "o", color=GREY, mfc="white", ms=3.5, mew=0.9)
    ax.set_ylim(deep - 0.4, -0.6)
    ax.set_xlim(-6, 106)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_title(panel, fontsize=8.5)
    ax.set_yticks(range(len(rows)), list(rows["label"]))
