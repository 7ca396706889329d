"""All defensible analyses of one question side by side, the primary one heavy."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, INK, PALE, canvas, look, real_minus
from hipstudy.labels import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_BLUE = "#0072B2"
_ROW_MM, _FOOT_MM = 10, 16


def strip(
    frame: "DataFrame", *, margin: float, xlabel: str, digits: int = 2, ax: "Axes | None" = None
) -> "Axes":
    """One row an analysis: estimate with its interval as dot and line, and in figures.

    Parameters
    ----------
    frame
        Columns label, estimate, ci_low, ci_high, primary (heavy where true), ignores (what the
        analysis ignores, such as ``that two hips are one person``: drawn open; empty: nothing).
    margin
        Shaded either side of zero.
    xlabel
        What is estimated, with its unit and direction.
    digits
        Decimals of the figures at the right.
    ax
        Where to draw; a new figure when None.
    """
    with look():
        if ax is None:
            _, ax = canvas(_FOOT_MM + _ROW_MM * len(frame))
        ax.axvspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        for y, row in enumerate(frame.itertuples()):
            _row(ax, y, row, interval(row.estimate, row.ci_low, row.ci_high, digits))
        ax.set_ylim(len(frame) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel)
        ax.margins(x=0.04)
        real_minus(ax)
        ax.set_yticks([])
    return ax


def _row(ax: "Axes", y: int, row: tuple, said: str) -> None:
    hue, weight = (INK, 600) if row.primary else (_BLUE, 400)
    open_ = bool(row.ignores)
    ax.plot([row.ci_low, row.ci_high], [y, y], color=hue, lw=2.6 if row.primary else 1.3,
            ls=(0, (2, 1.2)) if open_ else "-", solid_capstyle="butt")  # fmt: skip
    ax.plot(row.estimate, y, "o", color=hue, mfc="white" if open_ else hue,
            ms=7 if row.primary else 5)  # fmt: skip
    place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    up = 5.5 if open_ else 0
    ax.annotate(row.label, (0, y), xytext=(-6, up), ha="right", fontsize=8, weight=weight,
                parse_math=False, **place)  # fmt: skip
    if open_:
        words = f"ignores {row.ignores.removeprefix('ignores ')}"
        ax.annotate(words, (0, y), xytext=(-6, -6), ha="right", fontsize=7.5, color=GREY,
                    parse_math=False, **place)  # fmt: skip
    ax.annotate(said, (1, y), xytext=(6, 0), ha="left", fontsize=8, weight=weight, **place)
