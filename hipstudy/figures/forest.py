"""Predicted against published: one row a case, one panel a unit."""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.figures.style import INK, PALE, look, real_minus, stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

HIT_COLOUR, MISS_COLOUR, PUBLISHED = "#0072B2", "#D55E00", "#b3b3b3"
_ROW_MM, _ENDS_MM, _GAP_MM = 4.9, 2, 13


def forest(frame: "DataFrame") -> "list[Axes]":
    """What was published as a grey bar, what is predicted as a dot with its band.

    Parameters
    ----------
    frame
        Columns panel (words of its axis), label, published, published_low, published_high (missing
        where open), predicted, predicted_low, predicted_high, hit, sets (true where the case set a
        number: drawn as a square). Rows of one panel stand together.
    """
    panels = list(dict.fromkeys(frame["panel"]))
    rows = [frame[frame["panel"] == panel] for panel in panels]
    heights = [_ROW_MM * len(part) + _ENDS_MM for part in rows]
    axs = stacked(heights, labels=frame["label"], gap_mm=_GAP_MM)
    with look():
        for ax, panel, part in zip(axs, panels, rows, strict=True):
            _panel(ax, panel, part)
    return axs


def _panel(ax: "Axes", panel: str, rows: "DataFrame") -> None:
    numbers = rows.filter(regex="^(published|predicted)").to_numpy(float)
    low, high = min(0.0, np.nanmin(numbers)), np.nanmax(numbers)
    room = 0.06 * (high - low)
    ax.set_xlim(low - room, high + room)
    ax.axvline(0, color=PALE, lw=0.8)
    for y, row in enumerate(rows.itertuples()):
        _row(ax, y, row)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(panel)
    real_minus(ax)
    ax.set_yticks(range(len(rows)), list(rows["label"]))


def _row(ax: "Axes", y: int, row: tuple) -> None:
    left, right = ax.get_xlim()
    for value, edge in ((row.published_low, left), (row.published_high, right)):
        if np.isnan(value):  # open to this side
            other = row.published_high if edge == left else row.published_low
            ax.plot([other, edge], [y, y], color=PUBLISHED, lw=6, alpha=0.45, solid_capstyle="butt")
    if not np.isnan(row.published_low) and not np.isnan(row.published_high):
        ends = [row.published_low, row.published_high]
        ax.plot(ends, [y, y], color=PUBLISHED, lw=6, alpha=0.75, solid_capstyle="butt")
    if row.published is not None and not np.isnan(row.published):
        ax.plot([row.published] * 2, [y - 0.27, y + 0.27], color=INK, lw=1.2)
    hue = HIT_COLOUR if row.hit else MISS_COLOUR
    ends = [row.predicted_low, row.predicted_high]
    ax.plot(ends, [y, y], color=hue, lw=1.3, solid_capstyle="butt")
    face = hue if row.hit else "white"
    ax.plot(row.predicted, y, "s" if row.sets else "o", color=hue, mfc=face, mew=1.3, ms=5)
    word = "inside" if row.sets and row.hit else "hit" if row.hit else "miss"
    ax.annotate(word, (1, y), xycoords=("axes fraction", "data"), xytext=(4, 0), va="center",
                textcoords="offset points", fontsize=7.5, color=hue)  # fmt: skip
