"""Outcomes over weeks as small multiples: mean, parameter band, spread between runners."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, apart, canvas, colour, look, real_minus
from hipstudy.labels import WORLD_LABELS, arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

TITLES = {
    "thomas_ext_deg": ("Modified Thomas angle", "Change, deg"),
    "end_range_torque_nm_kg": ("End-range torque", "Change, % of baseline"),
}


def weeks(
    frame: "DataFrame",
    spread: "DataFrame",
    *,
    panels: Sequence[tuple[str, str]],
    axs: "Sequence[Axes] | None" = None,
) -> "Sequence[Axes]":
    """Draw one panel a (world, outcome): lines with ribbons, brackets for runners at the end.

    Parameters
    ----------
    frame
        Columns world, arm, outcome, week, mean, low, high: change since baseline.
    spread
        Columns world, arm, outcome, low, high: middle 95 % of runners at the last week.
    panels
        (world, outcome) of each panel; tightness panels share one range.
    axs
        Where to draw; a new figure when None.
    """
    with look():
        if axs is None:
            rows = -(-len(panels) // 2)
            _, grid = canvas(56 * rows, nrows=rows, ncols=2, squeeze=False)
            axs = list(grid.flat)
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            _panel(ax, frame, spread, world, outcome)
        for ax in axs[len(panels) :]:
            ax.set_axis_off()
        _same_range([ax for ax, (_, o) in zip(axs, panels, strict=False) if o == "tightness_nrs"])
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            _end_labels(ax, frame[(frame["world"] == world) & (frame["outcome"] == outcome)])
            real_minus(ax)
    return axs


def _panel(ax: "Axes", frame: "DataFrame", spread: "DataFrame", world: str, outcome: str) -> None:
    import seaborn as sns

    here = frame[(frame["world"] == world) & (frame["outcome"] == outcome)]
    last = here["week"].max()
    arms = list(dict.fromkeys(here["arm"]))
    palette = {arm: colour(arm) for arm in arms}
    ax.axhline(0, color=GREY, lw=0.6)
    for i, arm in enumerate(arms):
        rows = here[here["arm"] == arm]
        ax.fill_between(
            rows["week"], rows["low"], rows["high"], color=palette[arm], alpha=0.2, lw=0
        )
        own = spread[
            (spread["arm"] == arm) & (spread["world"] == world) & (spread["outcome"] == outcome)
        ].iloc[0]
        x = last * (1.035 + 0.035 * i)
        ax.plot([x, x], [own["low"], own["high"]], color=palette[arm], lw=1.1, marker="_", ms=4)
    sns.lineplot(here, x="week", y="mean", hue="arm", palette=palette, errorbar=None,
                 legend=False, ax=ax)  # fmt: skip
    title, unit = TITLES.get(outcome, (f"Tightness if: {WORLD_LABELS[world].lower()}",
                                       "Change, NRS points"))  # fmt: skip
    ax.set_title(title)
    ax.set(xlabel="Week", ylabel=unit, xlim=(0, last * (1.06 + 0.035 * len(arms))))
    ax.set_xticks(sorted({0, last // 2, last}))


def _same_range(axs: "Sequence[Axes]") -> None:
    if axs:
        low = min(ax.get_ylim()[0] for ax in axs)
        high = max(ax.get_ylim()[1] for ax in axs)
        for ax in axs:
            ax.set_ylim(low, high)


def _end_labels(ax: "Axes", here: "DataFrame") -> None:
    """Name each line at its end, in its colour, moved apart where they meet."""
    ends = here[here["week"] == here["week"].max()]
    low, high = ax.get_ylim()
    places = apart(list(ends["mean"]), 0.1 * (high - low))
    for row, y in zip(ends.itertuples(), places, strict=True):
        ax.annotate(
            arm_label(row.arm), (1.0, y), xycoords=("axes fraction", "data"), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=7.5, color=colour(row.arm),
            annotation_clip=False,
        )  # fmt: skip
