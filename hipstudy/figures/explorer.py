"""Pictures of the explorer: drawn again and again on axes that are kept, so never laid out anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.figures.cause_differences import name_worlds, share_curve, world_rows
from hipstudy.figures.torque import Angles, Ranges, mark_angles, mark_trained
from hipstudy.labels import arm_label, format_number

WIDE, TALL = 5.4, 2.9  # inches, as large as text of 8.5 pt is read beside the controls
_LINES = {0: "-", 1: (0, (5, 1.6))}  # A whole, B broken: not by colour alone


def board(places: Sequence[Sequence[float]]) -> Figure:
    """A figure to draw on again and again.

    Parameters
    ----------
    places
        Left, bottom, width and height of each of its axes, as parts of the figure.
    """
    with style.look():
        figure = Figure(figsize=(WIDE, TALL), layout="none")
        for place in places:
            figure.add_axes(place)
    return figure


@contextmanager
def _anew(ax: Axes) -> Iterator[None]:
    """Clear axes, and make the ticks while the look is on: those made later had another face."""
    with style.look():
        ax.clear()
        yield
        ax.get_xticklabels()
        ax.get_yticklabels()


def over_weeks(frame: DataFrame, spread: DataFrame, ax: Axes, *, ylabel: str) -> None:
    """Change of both arms over weeks: mean, parameter band, bracket of runners at the end.

    Parameters
    ----------
    frame
        Columns arm, week, change, change_low, change_high.
    spread
        Columns arm, low, high; may be empty.
    ax
        Axes of a board.
    ylabel
        The outcome's change with its unit.
    """
    with _anew(ax):
        _bands(ax, frame)
        last = frame["week"].max()
        for i, row in enumerate(spread.itertuples()):
            x = last * (1.03 + 0.03 * i)
            bracket = {"lw": 1.1, "marker": "_", "ms": 4, "ls": _LINES[i]}
            ax.plot([x, x], [row.low, row.high], color=style.colour(row.arm), **bracket)
        ax.set(xlabel="Week", ylabel=ylabel, xlim=(0, last * 1.09))
        ends = frame[frame["week"] == last]
        names = [(arm_label(r.arm), r.change, style.INK) for r in ends.itertuples()]
        style.name_ends(ax, names, gap=0.09, size=8)
        ax.set_xticks(sorted({0, last // 2, last}))
        style.real_minus(ax)


def _bands(ax: Axes, frame: DataFrame) -> None:
    ax.axhline(0, color=style.GREY, lw=0.6)
    for i, (arm, rows) in enumerate(frame.groupby("arm", sort=False)):
        hue = style.colour(str(arm))
        edges = (rows["change_low"], rows["change_high"])
        ax.fill_between(rows["week"], *edges, color=hue, alpha=0.18, lw=0)
        for edge in edges:
            ax.plot(rows["week"], edge, color=hue, lw=0.5, ls=_LINES[i])
        ax.plot(rows["week"], rows["change"], color=hue, ls=_LINES[i])


def curve(frame: DataFrame, ax: Axes, *, week: int, marks: Angles, trained_deg: Ranges) -> None:
    """Torque along the range of both arms at one week, over the start and the norm.

    Parameters
    ----------
    frame
        Columns arm, week, angle_ext_deg, mean, low, high (Nm/kg); arm ``norm`` is the norm.
    ax
        Axes of a board.
    week
        To draw.
    marks
        Angles to mark at the foot, label -> degrees of extension.
    trained_deg
        Arm -> trained range, degrees of extension.
    """
    arms = [arm for arm in dict.fromkeys(frame["arm"]) if arm != "norm"]
    with _anew(ax):
        norm = frame[frame["arm"] == "norm"]
        ax.plot(
            norm["angle_ext_deg"], norm["mean"], color=style.GREY, lw=3.2, alpha=0.45, label="norm"
        )
        for ends in set(trained_deg.values()):
            mark_trained(ax, *ends)
        for i, arm in enumerate(arms):
            rows = frame[frame["arm"] == arm]
            now, start = rows[rows["week"] == week], rows[rows["week"] == 0]
            hue = style.colour(arm)
            if i == 0:  # both start from the same
                ax.plot(start["angle_ext_deg"], start["mean"], color=style.INK, ls=(0, (1, 1.2)),
                        label="start")  # fmt: skip
            ax.fill_between(now["angle_ext_deg"], now["low"], now["high"], color=hue, alpha=0.12,
                            lw=0)  # fmt: skip
            ax.plot(now["angle_ext_deg"], now["mean"], color=hue, ls=_LINES[i],
                    label=f"{arm_label(arm)}, week {week}")  # fmt: skip
        mark_angles(ax, marks)
        ax.legend(frameon=False, fontsize=7.5, loc="lower left", bbox_to_anchor=(0, 0.06))
        ax.set_xlabel("Hip angle, deg (extension to the right)")
        ax.set_ylabel("Hip flexion torque, Nm/kg")
        ax.set_ylim(0, None)
        ax.set_xlim(frame["angle_ext_deg"].min(), frame["angle_ext_deg"].max())
        style.real_minus(ax)


class Interval(Protocol):
    """An estimate with the ends of an interval, and what it is called."""

    label: str
    estimate: float
    low: float
    high: float


def by_cause(
    frame: DataFrame, ax: Axes, *, margin: float | None, xlabel: str, outside: Interval | None
) -> None:
    """Difference in each cause as a dot and a line, the mix last and set apart.

    Parameters
    ----------
    frame
        Columns world, estimate, ci_low, ci_high.
    ax
        Axes of a board.
    margin
        Shaded either side of zero; nothing is when None.
    xlabel
        What differs, with its unit.
    outside
        What trials elsewhere found, in a row of its own above the causes; None where nothing.
    """
    with _anew(ax):
        style.margin_and_zero(ax, margin)
        world_rows(ax, frame, hue=style.INK)
        name_worlds(ax, frame, xlabel)
        if outside:
            _row_on_top(ax, outside)


def _row_on_top(ax: Axes, row: Interval) -> None:
    """A row above those that are there, set apart by a line."""
    y = -1.5
    style.dot_and_line(ax, y, row.estimate, (row.low, row.high), hue=style.GREY, mark="v")
    ax.axhline(y / 2, color=style.PALE, lw=0.8)
    names = [label.get_text() for label in ax.get_yticklabels()]
    ax.set_yticks([y, *ax.get_yticks()], [row.label, *names])
    ax.set_ylim(ax.get_ylim()[0], y - 0.6)


def break_even(frame: DataFrame, ax: Axes, *, margin: float) -> None:
    """Mean difference in tightness against the share of runners tight from end-range torque.

    Parameters
    ----------
    frame
        Columns share, mean, low, high.
    ax
        Axes of a board.
    margin
        Shaded either side of zero.
    """
    with _anew(ax):
        share_curve(ax, frame, margin=margin, hue=style.INK)
        ax.set_xlabel("Tight from end-range torque, %")
        ax.set_ylabel("Tightness, B minus A")
        style.real_minus(ax)


def minutes(frame: DataFrame, ax: Axes) -> None:
    """Clock minutes a week of both arms, strength hatched, stretching plain.

    Parameters
    ----------
    frame
        Columns arm, strength, stretch, both.
    ax
        Axes of a board.
    """
    with _anew(ax):
        for y, row in enumerate(frame.itertuples()):
            hue = style.colour(row.arm)
            bar: dict[str, Any] = {"height": 0.5, "edgecolor": hue, "lw": 0.8}
            ax.barh(y, row.strength, facecolor="white", hatch="////", **bar)
            ax.barh(y, row.stretch, left=row.strength, facecolor=hue, alpha=0.75, **bar)
            digits = 0 if row.both == round(row.both) else 1
            ax.annotate(format_number(row.both, digits), (row.both, y), xytext=(3, 0), va="center",
                        textcoords="offset points", fontsize=8)  # fmt: skip
        ax.set_xlim(0, max(1.0, 1.18 * frame["both"].max()))
        words = "Clock minutes a week\n(hatched: strength; plain: stretching)"
        style.name_rows(ax, [arm_label(arm) for arm in frame["arm"]], xlabel=words, below=0.5)
