"""The same runners under two protocols: how their own differences spread, by world."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, PALE, WORLD_MARKS, canvas, look, real_minus
from hipstudy.labels import WORLD_LABELS, arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_BLUE = "#0072B2"


def same_runner(
    frame: "DataFrame",
    *,
    margin: float,
    arms: tuple[str, str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """One row a world: middle 95 % of runners thin, middle half thick, median marked.

    Parameters
    ----------
    frame
        Columns world, quantile, difference; five quantiles a world.
    margin
        Shaded either side of zero.
    arms
        Treatment and control of the difference, to name the axis's two directions.
    ax
        Where to draw; a new figure when None.
    """
    with look():
        if ax is None:
            _, ax = canvas(44, 130)
        ends = {
            world: list(rows.sort_values("quantile")["difference"])
            for world, rows in frame.groupby("world", sort=False)
        }
        ax.axvspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        for y, (world, row) in enumerate(ends.items()):
            _row(ax, y, world, row)
        ax.set_ylim(len(ends) - 0.4, -0.8)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        _name_lines(ax, list(ends.values()))
        _name_axis(ax, arms)
        real_minus(ax)
        ax.set_yticks(range(len(ends)), [WORLD_LABELS[w] for w in ends])
    return ax


def _row(ax: "Axes", y: int, world: str, ends: list[float]) -> None:
    low, start, middle, end, high = ends
    ax.plot([low, high], [y, y], color=_BLUE, lw=1)
    ax.plot([start, end], [y, y], color=_BLUE, lw=4, alpha=0.6, solid_capstyle="butt")
    ax.plot(middle, y, WORLD_MARKS[world], color=_BLUE, ms=5, mec="white", mew=0.6)


def _name_lines(ax: "Axes", ends: list[list[float]]) -> None:
    """Say once, at the widest row, what the mark and the two lines are."""
    y = max(range(len(ends)), key=lambda i: ends[i][-1] - ends[i][0])
    low, start, middle, end, high = ends[y]
    left, right = ax.get_xlim()
    room = 0.2 * (right - left)  # for the words beyond the line's end that is away from zero
    end_x, aside, to = (low, -5, "right") if middle <= 0 else (high, 5, "left")
    ax.set_xlim(min(left, end_x - room), max(right, end_x + room))
    for text, x, offset, ha in (
        ("median", middle, (0, 8), "center"),
        ("middle half", (start + end) / 2, (0, -8), "center"),
        ("middle 95 %", end_x, (aside, 0), to),
    ):  # fmt: skip
        ax.annotate(text, (x, y), xytext=offset, textcoords="offset points", ha=ha, va="center",
                    fontsize=7.5, color=_BLUE)  # fmt: skip


def _name_axis(ax: "Axes", arms: tuple[str, str] | None) -> None:
    if arms is None:
        ax.set_xlabel("Own difference in tightness, NRS points (below 0: less tightness)")
        return
    ax.set_xlabel("Own difference in\ntightness, NRS points", fontsize=8)
    treatment, control = map(arm_label, arms)
    for text, x in ((f"← less tightness\nunder {treatment}", 0),
                    (f"less tightness →\nunder {control}", 1)):  # fmt: skip
        ax.annotate(text, (x, 0), xycoords="axes fraction", xytext=(0, -20),
                    textcoords="offset points", ha="right" if x else "left", va="top",
                    fontsize=8)  # fmt: skip
