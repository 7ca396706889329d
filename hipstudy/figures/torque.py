"""Torque along the range of the hip: curves by week, and surfaces of the gap to the norm."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame

from hipstudy.figures.margins import in_lines
from hipstudy.figures.style import (
    GREY,
    INK,
    PALE,
    PLATE,
    WIDTH_MM,
    apart,
    colour,
    look,
    panel_grid,
    real_minus,
)
from hipstudy.labels import arm_label, format_number

Angles = Mapping[str, float]  # of what, in degrees of extension
Ranges = Mapping[str, tuple[float, float]]  # of which arm, from and to, in degrees of extension
_BESIDE_MM = 16  # a panel's numbers, and its part of the bar of colours
_DASHES = ((0, (1, 1.2)), (0, (4, 1.5)), "-")


def torque_angle(frame: DataFrame, *, marks: Angles, trained_deg: Ranges) -> list[Axes]:
    """Draw one panel an arm: a line a week, the band of the last week, norm and trained range.

    Parameters
    ----------
    frame
        Columns arm, week, angle_ext_deg, mean, low, high (Nm/kg); arm ``norm`` is the norm.
    marks
        Angles to mark at the foot, label -> degrees of extension.
    trained_deg
        Arm -> trained range, degrees of extension.
    """
    arms = [arm for arm in dict.fromkeys(frame["arm"]) if arm != "norm"]
    with look():
        axs = panel_grid(len(arms), 78, ncols=len(arms), more_mm=0, sharey=True)
        norm = frame[frame["arm"] == "norm"]
        for ax, arm in zip(axs, arms, strict=True):
            _panel(ax, frame[frame["arm"] == arm], norm, colour(arm), trained_deg.get(arm))
            mark_angles(ax, marks)
            _title(ax, arm_label(arm), len(arms))
            ax.set(xlabel="Hip angle, deg (extension to the right)", ylabel="")
            real_minus(ax)
        axs[0].set_ylabel("Hip flexion torque, Nm/kg")
    return axs


def _panel(
    ax: Axes, rows: DataFrame, norm: DataFrame, hue: str, trained_deg: tuple[float, float] | None
) -> None:
    near = norm["angle_ext_deg"] >= -60
    ax.plot(norm["angle_ext_deg"][near], norm["mean"][near], color=GREY, lw=3.2, alpha=0.45)
    if trained_deg:
        mark_trained(ax, *trained_deg)
    rows = rows[rows["angle_ext_deg"] >= -60]
    weeks = sorted(set(rows["week"]))
    for week, dash in zip(weeks, _DASHES[-len(weeks) :], strict=True):
        here = rows[rows["week"] == week]
        if week == weeks[-1]:
            ax.fill_between(here["angle_ext_deg"], here["low"], here["high"], color=hue,
                            alpha=0.18, lw=0)  # fmt: skip
        ax.plot(here["angle_ext_deg"], here["mean"], color=hue, ls=dash, label=f"week {week}")
    ax.plot([], [], color=GREY, lw=3.2, alpha=0.45, label="norm")
    ax.legend(frameon=False, fontsize=7.5, loc="lower left", bbox_to_anchor=(0, 0.1))
    ax.set_ylim(0, None)
    ax.set_xlim(-60, rows["angle_ext_deg"].max())


def mark_trained(ax: Axes, start_deg: float, end_deg: float) -> None:
    """Shade the trained range and name it."""
    ax.axvspan(start_deg, end_deg, color=PALE, alpha=0.5, lw=0)
    ax.annotate("trained", ((start_deg + end_deg) / 2, 0.98), xycoords=("data", "axes fraction"),
                ha="center", va="top", fontsize=7.5, color=INK)  # fmt: skip


def mark_angles(ax: Axes, marks: Angles) -> None:
    """Mark angles at the foot of a panel, label -> degrees of extension."""
    for row, (label, angle) in enumerate(marks.items()):
        ax.plot(angle, 0.03, marker="^", color=INK, ms=4, transform=ax.get_xaxis_transform())
        ax.annotate(label, (angle, 0.06 + 0.055 * (len(marks) - 1 - row)),
                    xycoords=("data", "axes fraction"), ha="right", va="bottom", fontsize=7,
                    xytext=(-3, 0), textcoords="offset points")  # fmt: skip


_ACROSS = (0.4, 0.6, 0.8)  # where lines are named: right of the marks, neighbours side by side
_BAR_MM = 2.7  # of a picture's width, for the bar of colours
_MAP = "PuOr"  # orange below the norm, purple above it: told apart by colour-blind readers


def torque_surface(frame: DataFrame, *, marks: Angles, trained_deg: Ranges) -> list[Axes]:
    """Draw one panel an arm: week across, angle up, and in colour and lines the gap to the norm.

    Parameters
    ----------
    frame
        Columns arm, week, angle_ext_deg, gap_pct (torque against the norm at that angle, per
        cent; below 0 is less than the norm); every week at every angle.
    marks
        Angles to mark at the left edge, label -> degrees of extension.
    trained_deg
        Arm -> trained range, degrees of extension; a bracket at the right edge.
    """
    arms = list(dict.fromkeys(frame["arm"]))
    levels = _levels(frame["gap_pct"].min(), frame["gap_pct"].max())
    with look():
        *axs, bar = panel_grid(
            len(arms) + 1, 78, ncols=len(arms) + 1, more_mm=0,
            gridspec_kw={"width_ratios": [1] * len(arms) + [len(arms) * _BAR_MM / WIDTH_MM]},
        )  # fmt: skip
        for ax, arm in zip(axs, arms, strict=True):
            filled = _surface_panel(ax, frame[frame["arm"] == arm], levels)
            ax.set_ylim(frame["angle_ext_deg"].min(), frame["angle_ext_deg"].max())
            _surface_marks(ax, marks)
            if arm in trained_deg:
                _bracket(ax, *trained_deg[arm])
            _title(ax, arm_label(arm), len(arms))
            ax.set(xlabel="Week", ylabel="")
            real_minus(ax)
            ax.tick_params(labelleft=ax is axs[0])
        axs[0].set_ylabel("Hip angle, deg (extension upwards)")
        _bar(bar, filled)
    return axs


def _levels(low: float, high: float) -> list[float]:
    """Round levels over all of the gaps, 0 among them; small gaps stay pale."""
    ticks = MaxNLocator(nbins=8, steps=[1, 2, 5, 10]).tick_values(min(low, -5), max(high, 5))
    return [round(float(tick), 9) + 0.0 for tick in ticks]


def _surface_panel(ax: Axes, rows: DataFrame, levels: list[float]) -> QuadContourSet:
    gaps = rows.pivot_table(index="angle_ext_deg", columns="week", values="gap_pct")
    grid = (gaps.columns.to_numpy(), gaps.index.to_numpy(), gaps.to_numpy())
    most = 1.25 * max(abs(levels[0]), levels[-1])  # the map's darkest ends would hide the lines
    filled = ax.contourf(*grid, levels=levels, cmap=_MAP, vmin=-most, vmax=most)
    filled.set_edgecolor("face")
    crossed = [level for level in levels if grid[2].min() < level < grid[2].max()]
    if crossed:
        widths = [2.0 if level == 0 else 0.6 for level in crossed]
        lines = ax.contour(*grid, levels=crossed, colors=INK, linewidths=widths, linestyles="-")
        for i, (level, path) in enumerate(zip(crossed, lines.get_paths(), strict=True)):
            _name(ax, level, path.vertices, across=_ACROSS[i % len(_ACROSS)])
    else:
        low, high = format_number(grid[2].min(), 1), format_number(grid[2].max(), 1)
        ax.annotate(f"everywhere {low if low == high else f'{low} to {high}'} %", (0.5, 0.4),
                    xycoords="axes fraction", ha="center", fontsize=7.5, bbox=PLATE)  # fmt: skip
    ax.set_xticks(sorted({rows["week"].min(), rows["week"].max() // 2, rows["week"].max()}))
    return filled


def _name(ax: Axes, level: float, places: Sequence[Sequence[float]], across: float) -> None:
    """Name a line where it is nearest to a part of the panel's width."""
    first, last = ax.get_xlim()
    x, y = min(places, key=lambda place: abs(place[0] - first - across * (last - first)))
    at_edge = x > first + 0.92 * (last - first)
    text = "norm" if level == 0 else format_number(level, 0 if level == round(level) else 1)
    ax.annotate(text, (x, y), xytext=(-5 if at_edge else 0, 0), textcoords="offset points",
                ha="right" if at_edge else "center", va="center", fontsize=7.5, bbox=PLATE,
                weight=600 if level == 0 else 400)  # fmt: skip


def _title(ax: Axes, words: str, n_panels: int) -> None:
    """Title a panel, in several lines where it is wider than its part of the figure."""
    ax.set_title(in_lines(words, ax.title.get_fontsize(), WIDTH_MM / n_panels - _BESIDE_MM))


def _surface_marks(ax: Axes, marks: Mapping[str, float]) -> None:
    low, high = ax.get_ylim()
    places = apart(list(marks.values()), 0.05 * (high - low))
    over = max([0, *(place - high + 0.03 * (high - low) for place in places)])
    inside = ax.get_yaxis_transform()
    for (label, angle), place in zip(marks.items(), places, strict=True):
        ax.annotate(label, (0, angle), xycoords=inside, xytext=(0.07, place - over),
                    textcoords=inside, va="center", fontsize=7.5, bbox=PLATE,
                    arrowprops={"arrowstyle": "-", "lw": 1, "color": INK, "shrinkA": 1,
                                "shrinkB": 0, "relpos": (0, 0.5)})  # fmt: skip


def _bracket(ax: Axes, start: float, end: float) -> None:
    beside = ax.get_yaxis_transform()
    low, high = ax.get_ylim()
    start, end = max(start, low), min(end, high)
    ax.plot([1.02, 1.04, 1.04, 1.02], [start, start, end, end], color=INK, lw=1,
            transform=beside, clip_on=False, scaley=False)  # fmt: skip
    ax.annotate("trained", (1.05, (start + end) / 2), xycoords=beside, rotation=90, va="center",
                fontsize=7.5, annotation_clip=False)  # fmt: skip


def _bar(ax: Axes, filled: QuadContourSet) -> None:
    bar = ax.figure.colorbar(filled, cax=ax)
    bar.set_label("Against the norm at that angle, %")
    bar.outline.set_visible(False)
    ax.axhline(0, color=INK, lw=2)
    ax.tick_params(length=2)
