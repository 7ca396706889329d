"""Pictures of the explorer: drawn again and again on axes that are kept, so never laid out anew."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hipstudy.figures.style import GREY, INK, PALE, WORLD_MARKS, apart, colour, look, real_minus
from hipstudy.labels import WORLD_LABELS, arm_label, format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

WIDE, TALL = 5.4, 2.9  # inches, as large as text of 8.5 pt is read beside the controls
_LINES = {0: "-", 1: (0, (5, 1.6))}  # A whole, B broken: not by colour alone


def board(places: Sequence[Sequence[float]], size: tuple[float, float] = (WIDE, TALL)) -> "Figure":
    """A figure to draw on again and again.

    Parameters
    ----------
    places
        Left, bottom, width and height of each of its axes, as parts of the figure.
    size
        Width and height in inches.
    """
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=size, layout="none")
        for place in places:
            figure.add_axes(place)
    return figure


def _settled(ax: "Axes") -> None:
    """Make the ticks while the look is on: those made later would have another face."""
    real_minus(ax)
    ax.get_xticklabels()
    ax.get_yticklabels()


def over_weeks(frame: "DataFrame", spread: "DataFrame", ax: "Axes", *, ylabel: str) -> None:
    """Change of both arms over weeks: mean, parameter band, bracket of runners at the end.

    Parameters
    ----------
    frame
        Columns arm, week, change, change_low, change_high.
    spread
        Columns arm, low, high; may be empty.
    ax
        Kept axes, cleared first.
    ylabel
        The outcome's change with its unit.
    """
    with look():
        ax.clear()
        _bands(ax, frame)
        last = frame["week"].max()
        for i, row in enumerate(spread.itertuples()):
            x = last * (1.03 + 0.03 * i)
            ax.plot([x, x], [row.low, row.high], color=colour(row.arm), lw=1.1, marker="_", ms=4,
                    ls=_LINES[i])  # fmt: skip
        ax.set(xlabel="Week", ylabel=ylabel, xlim=(0, last * 1.09))
        _ends(ax, frame)
        ax.set_xticks(sorted({0, last // 2, last}))
        _settled(ax)


def _bands(ax: "Axes", frame: "DataFrame") -> None:
    ax.axhline(0, color=GREY, lw=0.6)
    for i, (arm, rows) in enumerate(frame.groupby("arm", sort=False)):
        hue = colour(str(arm))
        ax.fill_between(
            rows["week"], rows["change_low"], rows["change_high"], color=hue, alpha=0.18, lw=0
        )
        for edge in ("change_low", "change_high"):
            ax.plot(rows["week"], rows[edge], color=hue, lw=0.5, ls=_LINES[i])
        ax.plot(rows["week"], rows["change"], color=hue, ls=_LINES[i])


def _ends(ax: "Axes", frame: "DataFrame") -> None:
    """Name each line at its end, in its colour, moved apart where they meet."""
    ends = frame[frame["week"] == frame["week"].max()]
    low, high = ax.get_ylim()
    places = apart(list(ends["change"]), 0.09 * (high - low))
    for row, y in zip(ends.itertuples(), places, strict=True):
        ax.annotate(
            arm_label(row.arm), (1.0, y), xycoords=("axes fraction", "data"), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=8, color=INK,
            annotation_clip=False,
        )  # fmt: skip


def curve(
    frame: "DataFrame",
    ax: "Axes",
    *,
    week: int,
    marks: Mapping[str, float],
    trained: Mapping[str, tuple[float, float]],
) -> None:
    """Torque along the range of both arms at one week, over the start and the norm.

    Parameters
    ----------
    frame
        Columns arm, week, angle_ext_deg, mean, low, high (Nm/kg); arm ``norm`` is the norm.
    ax
        Kept axes, cleared first.
    week
        To draw.
    marks
        Angles to mark at the foot, label -> degrees of extension.
    trained
        Arm -> trained range, degrees of extension.
    """
    arms = [arm for arm in dict.fromkeys(frame["arm"]) if arm != "norm"]
    with look():
        ax.clear()
        norm = frame[frame["arm"] == "norm"]
        ax.plot(norm["angle_ext_deg"], norm["mean"], color=GREY, lw=3.2, alpha=0.45, label="norm")
        for low, high in set(trained.values()):
            ax.axvspan(low, high, color=PALE, alpha=0.5, lw=0)
            ax.annotate("trained", ((low + high) / 2, 0.98), xycoords=("data", "axes fraction"),
                        ha="center", va="top", fontsize=7.5, color=INK)  # fmt: skip
        for i, arm in enumerate(arms):
            rows = frame[frame["arm"] == arm]
            now, start = rows[rows["week"] == week], rows[rows["week"] == 0]
            hue = colour(arm)
            if i == 0:  # both start from the same
                ax.plot(start["angle_ext_deg"], start["mean"], color=INK, ls=(0, (1, 1.2)),
                        label="start")  # fmt: skip
            ax.fill_between(now["angle_ext_deg"], now["low"], now["high"], color=hue, alpha=0.12,
                            lw=0)  # fmt: skip
            ax.plot(now["angle_ext_deg"], now["mean"], color=hue, ls=_LINES[i],
                    label=f"{arm_label(arm)}, week {week}")  # fmt: skip
        _running(ax, marks)
        ax.legend(frameon=False, fontsize=7.5, loc="lower left", bbox_to_anchor=(0, 0.06))
        ax.set(xlabel="Hip angle, deg (extension to the right)",
               ylabel="Hip flexion torque, Nm/kg")  # fmt: skip
        ax.set_ylim(0, None)
        ax.set_xlim(frame["angle_ext_deg"].min(), frame["angle_ext_deg"].max())
        _settled(ax)


def _running(ax: "Axes", marks: Mapping[str, float]) -> None:
    for row, (label, angle) in enumerate(marks.items()):
        ax.plot(angle, 0.03, marker="^", color=INK, ms=4, transform=ax.get_xaxis_transform())
        ax.annotate(label, (angle, 0.06 + 0.06 * (len(marks) - 1 - row)),
                    xycoords=("data", "axes fraction"), ha="right", va="bottom", fontsize=7,
                    xytext=(-3, 0), textcoords="offset points")  # fmt: skip


def by_cause(frame: "DataFrame", ax: "Axes", *, margin: float | None, xlabel: str) -> None:
    """Difference in each cause as a dot and a line, the mix last and set apart.

    Parameters
    ----------
    frame
        Columns world, estimate, ci_low, ci_high.
    ax
        Kept axes, cleared first.
    margin
        Shaded either side of zero; nothing is when None.
    xlabel
        What differs, with its unit.
    """
    with look():
        ax.clear()
        if margin is not None:
            ax.axvspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        worlds = list(frame["world"])
        places = {world: i + (0.5 if world == "prior" else 0) for i, world in enumerate(worlds)}
        for row in frame.itertuples():
            y, mixed = places[row.world], row.world == "prior"
            ax.plot([row.ci_low, row.ci_high], [y, y], color=INK, lw=1.6,
                    ls=(0, (2, 1.2)) if mixed else "-", solid_capstyle="butt")  # fmt: skip
            ax.plot(row.estimate, y, WORLD_MARKS[row.world], color=INK, ms=5,
                    mfc="white" if mixed else INK)  # fmt: skip
        ax.axhline(places[worlds[-1]] - 0.75, color=PALE, lw=0.8)
        ax.set_ylim(max(places.values()) + 0.6, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(xlabel)
        _settled(ax)
        ax.set_yticks(list(places.values()), [WORLD_LABELS[world] for world in worlds])
        ax.get_yticklabels()


def break_even(frame: "DataFrame", ax: "Axes", *, margin: float) -> None:
    """Mean difference in tightness against the share of runners tight from end-range torque.

    Parameters
    ----------
    frame
        Columns share, mean, low, high.
    ax
        Kept axes, cleared first.
    margin
        Shaded either side of zero.
    """
    with look():
        ax.clear()
        share = frame["share"] * 100
        ax.axhspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.fill_between(share, frame["low"], frame["high"], color=INK, alpha=0.16, lw=0)
        ax.plot(share, frame["mean"], color=INK)
        ax.set(xlim=(0, 100), xlabel="Tight from end-range torque, %")
        ax.set_ylabel("Tightness, B minus A")
        _settled(ax)


def minutes(frame: "DataFrame", ax: "Axes") -> None:
    """Clock minutes a week of both arms, strength hatched, stretching plain.

    Parameters
    ----------
    frame
        Columns arm, strength, stretch, both.
    ax
        Kept axes, cleared first.
    """
    with look():
        ax.clear()
        for y, row in enumerate(frame.itertuples()):
            hue = colour(row.arm)
            bar: dict[str, Any] = {"height": 0.5, "edgecolor": hue, "lw": 0.8}
            ax.barh(y, row.strength, facecolor="white", hatch="////", **bar)
            ax.barh(y, row.stretch, left=row.strength, facecolor=hue, alpha=0.75, **bar)
            digits = 0 if row.both == round(row.both) else 1
            ax.annotate(format_number(row.both, digits), (row.both, y), xytext=(3, 0), va="center",
                        textcoords="offset points", fontsize=8)  # fmt: skip
        ax.set_xlim(0, max(1.0, 1.18 * frame["both"].max()))
        ax.set_ylim(len(frame) - 0.5, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("Clock minutes a week\n(hatched: strength; plain: stretching)")
        _settled(ax)
        ax.set_yticks(range(len(frame)), [arm_label(arm) for arm in frame["arm"]])
        ax.get_yticklabels()
