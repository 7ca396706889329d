"""The same runners under two protocols: how their own differences spread, by world."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, PALE, WORLD_MARKS, canvas, look, real_minus
from hipstudy.labels import WORLD_LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_BLUE = "#0072B2"


def same_runner(frame: "DataFrame", *, margin: float, ax: "Axes | None" = None) -> "Axes":
    """One row a world: middle 95 % of runners thin, middle half thick, median marked.

    Parameters
    ----------
    frame
        Columns world, quantile, difference; five quantiles a world.
    margin
        Shaded either side of zero.
    ax
        Where to draw; a new figure when None.
    """
    with look():
        if ax is None:
            _, ax = canvas(44, 130)
        worlds = list(dict.fromkeys(frame["world"]))
        ax.axvspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        for y, world in enumerate(worlds):
            ends = list(frame[frame["world"] == world].sort_values("quantile")["difference"])
            ax.plot([ends[0], ends[-1]], [y, y], color=_BLUE, lw=1)
            ax.plot(
                [ends[1], ends[-2]], [y, y], color=_BLUE, lw=4, alpha=0.6, solid_capstyle="butt"
            )
            ax.plot(ends[2], y, WORLD_MARKS[world], color=_BLUE, ms=5, mec="white", mew=0.6)
        ax.set_ylim(len(worlds) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("Own difference in tightness, NRS points (below 0: less tightness)")
        real_minus(ax)
        ax.set_yticks(range(len(worlds)), [WORLD_LABELS[w] for w in worlds])
    return ax
