"""Outcomes over weeks as small multiples: mean, parameter band, spread between runners."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, apart, canvas, colour, look, real_minus
from hipstudy.labels import WORLD_LABELS, arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

TITLES = {
    "tightness_nrs": ("Tightness", "Change, NRS points"),
    "thomas_ext_deg": ("Modified Thomas angle", "Change, deg"),
    "end_range_torque_nm_kg": ("End-range torque", "Change, % of baseline"),
    "discomfort_nrs": ("Discomfort running", "Change, NRS points"),
    "reserve_2_5": ("End-range reserve at 2.5 m/s", "Change, ratio"),
    "reserve_3_5": ("End-range reserve at 3.5 m/s", "Change, ratio"),
    "reserve_4_5": ("End-range reserve at 4.5 m/s", "Change, ratio"),
    "soreness_nrs": ("Soreness", "NRS points"),
    "economy_pct": ("Running economy", "Change, %"),
}
BAND = "band: what is not known about the numbers"
BRACKET = "bracket: middle 95 % of runners"


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
        (world, outcome) of each panel; an outcome in several panels has one range in all of
        them, and titles that name the worlds; so has the reserve at several speeds one range.
    axs
        Where to draw; a new figure when None.
    """
    outcomes = [outcome for _, outcome in panels]
    with look():
        if axs is None:
            rows = -(-len(panels) // 2)
            _, grid = canvas(56 * rows + 6, nrows=rows, ncols=2, squeeze=False)
            axs = list(grid.flat)
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            _panel(ax, *(_rows(each, world, outcome) for each in (frame, spread)))
            _title(ax, world, outcome, several=outcomes.count(outcome) > 1)
        for ax in axs[len(panels) :]:
            ax.set_axis_off()
        _same_ranges(axs, outcomes)
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            _end_labels(ax, _rows(frame, world, outcome))
            real_minus(ax)
        _key(axs[0])
    return axs


def _rows(frame: "DataFrame", world: str, outcome: str) -> "DataFrame":
    return frame[(frame["world"] == world) & (frame["outcome"] == outcome)]


def _panel(ax: "Axes", here: "DataFrame", spread: "DataFrame") -> None:
    import seaborn as sns

    last = here["week"].max()
    arms = list(dict.fromkeys(here["arm"]))
    palette = {arm: colour(arm) for arm in arms}
    ax.axhline(0, color=GREY, lw=0.6)
    for i, arm in enumerate(arms):
        rows = here[here["arm"] == arm]
        ax.fill_between(
            rows["week"], rows["low"], rows["high"], color=palette[arm], alpha=0.2, lw=0
        )
        x = last * (1.035 + 0.035 * i)
        for own in spread[spread["arm"] == arm].itertuples():
            ax.plot([x, x], [own.low, own.high], color=palette[arm], lw=1.1, marker="_", ms=4)
    sns.lineplot(here, x="week", y="mean", hue="arm", palette=palette, errorbar=None,
                 legend=False, ax=ax)  # fmt: skip
    ax.set(xlabel="Week", xlim=(0, last * (1.06 + 0.035 * len(arms))))
    ax.set_xticks(sorted({0, last // 2, last}))


def _key(ax: "Axes") -> None:
    """One row above the panels: what the band is and what the bracket is, by their forms."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.path import Path

    bracket = Path([(-0.4, 1), (0.4, 1), (0, 1), (0, -1), (-0.4, -1), (0.4, -1)],
                   [1, 2, 1, 2, 1, 2])  # fmt: skip
    handles = [
        Patch(color=GREY, alpha=0.3, lw=0, label=BAND),
        Line2D([], [], color=GREY, ls="", marker=bracket, ms=9, fillstyle="none", label=BRACKET),
    ]
    ax.figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False,
                     fontsize=8, labelcolor=GREY, handlelength=1.4, borderpad=0.1)  # fmt: skip


def _title(ax: "Axes", world: str, outcome: str, *, several: bool) -> None:
    title, unit = TITLES.get(outcome, (outcome.replace("_", " "), "Change"))
    ax.set_title(f"{title} if: {WORLD_LABELS[world].lower()}" if several else title)
    ax.set_ylabel(unit)


def _same_ranges(axs: "Sequence[Axes]", outcomes: Sequence[str]) -> None:
    kinds = [outcome.rstrip("_0123456789") for outcome in outcomes]  # one at several speeds
    for kind in set(kinds):
        alike = [ax for ax, other in zip(axs, kinds, strict=False) if other == kind]
        lows, highs = zip(*(ax.get_ylim() for ax in alike), strict=True)
        for ax in alike:
            ax.set_ylim(min(lows), max(highs))


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
