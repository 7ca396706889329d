"""Measured means of the arms laid on what each cause of tightness would make of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, apart, canvas, colour, look, real_minus
from hipstudy.labels import WORLD_LABELS, arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

BAND = "band: modelled, where the mean of an arm this large would be"
POINT = "point: measured mean with its 95 % interval"
_STEP = 0.03  # of the weeks shown, between the points of two arms


def data_on_model(
    frame: "DataFrame", observed: "DataFrame", *, ylabel: str, axs: "Sequence[Axes] | None" = None
) -> "Sequence[Axes]":
    """Draw one panel a world, all on one range: bands of the model, points of the data.

    Parameters
    ----------
    frame
        Columns world, arm, week, low, high: predictive band of an arm's mean.
    observed
        Columns arm, week, mean, ci_low, ci_high: the same points in every panel.
    ylabel
        The outcome, with its unit.
    axs
        Where to draw, one of each world; a new figure when None.
    """
    worlds = list(dict.fromkeys(frame["world"]))
    with look():
        if axs is None:
            rows = -(-len(worlds) // 2)
            _, grid = canvas(54 * rows + 6, nrows=rows, ncols=2, squeeze=False)
            axs = list(grid.flat)
        for ax, world in zip(axs, worlds, strict=False):
            _panel(ax, frame[frame["world"] == world], observed)
            label = WORLD_LABELS.get(world, world)
            ax.set_title(f"If: {label[0].lower()}{label[1:]}")
            ax.set_ylabel(ylabel)
        for ax in axs[len(worlds) :]:
            ax.set_axis_off()
        low, high = zip(*(ax.get_ylim() for ax in axs[: len(worlds)]), strict=True)
        for ax, world in zip(axs, worlds, strict=False):
            ax.set_ylim(min(low), max(high))
            _end_labels(ax, frame[frame["world"] == world], observed)
            real_minus(ax)
        _key(axs[0])
    return axs


def _panel(ax: "Axes", here: "DataFrame", observed: "DataFrame") -> None:
    arms = list(dict.fromkeys([*here["arm"], *observed["arm"]]))
    last = max(here["week"].max(), observed["week"].max())
    for i, arm in enumerate(arms):
        band = here[here["arm"] == arm].sort_values("week")
        hue = colour(arm)
        ax.fill_between(band["week"], band["low"], band["high"], color=hue, alpha=0.2, lw=0)
        for edge in ("low", "high"):
            ax.plot(band["week"], band[edge], color=hue, lw=0.8)
        aside = (i - (len(arms) - 1) / 2) * _STEP * last
        for row in observed[observed["arm"] == arm].itertuples():
            x = row.week + aside
            ax.plot([x, x], [row.ci_low, row.ci_high], color=hue, lw=1.2, solid_capstyle="butt")
            ax.plot(x, row.mean, "o", color=hue, ms=4.5, mec="white", mew=0.6)
    ax.set(xlabel="Week", xlim=(-0.06 * last, 1.06 * last))
    ax.set_xticks(sorted({0, *observed["week"]}))


def _end_labels(ax: "Axes", here: "DataFrame", observed: "DataFrame") -> None:
    """Name each arm at the right, beside its last point or, without one, its band's end."""
    low, high = ax.get_ylim()
    heights = {}
    for arm in dict.fromkeys([*here["arm"], *observed["arm"]]):
        points = observed[observed["arm"] == arm].sort_values("week")["mean"].dropna()
        band = here[here["arm"] == arm].sort_values("week")[["low", "high"]].mean(axis=1)
        heights[arm] = points.iloc[-1] if len(points) else band.iloc[-1]
    places = apart(list(heights.values()), 0.1 * (high - low))
    for arm, y in zip(heights, places, strict=True):
        ax.annotate(
            arm_label(arm), (1, y), xycoords=("axes fraction", "data"), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=7.5, color=colour(arm),
            annotation_clip=False, parse_math=False,
        )  # fmt: skip


def _key(ax: "Axes") -> None:
    """One row above the panels: what is modelled and what is measured, by their forms."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=GREY, alpha=0.3, lw=0, label=BAND),
        Line2D([], [], color=GREY, ls="", marker="o", ms=4.5, label=POINT),
    ]
    ax.figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False,
                     fontsize=8, labelcolor=GREY, handlelength=1.4, borderpad=0.1)  # fmt: skip
