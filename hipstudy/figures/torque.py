"""The torque-angle curve at the start, half-way and the end, against the norm at each angle."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, INK, PALE, canvas, colour, look, real_minus
from hipstudy.labels import arm_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_DASHES = ((0, (1, 1.2)), (0, (4, 1.5)), "-")


def torque_angle(
    frame: "DataFrame",
    *,
    marks: Mapping[str, float],
    trained: Mapping[str, tuple[float, float]],
    axs: "Sequence[Axes] | None" = None,
) -> "Sequence[Axes]":
    """Draw one panel an arm: a line a week, the band of the last week, norm and trained range.

    Parameters
    ----------
    frame
        Columns arm, week, angle_ext_deg, mean, low, high (Nm/kg); arm ``norm`` is the norm.
    marks
        Angles to mark at the foot, label -> degrees of extension.
    trained
        Arm -> trained range, degrees of extension.
    axs
        Where to draw; a new figure when None.
    """
    arms = [arm for arm in dict.fromkeys(frame["arm"]) if arm != "norm"]
    with look():
        if axs is None:
            _, axs = canvas(78, ncols=len(arms), sharey=True, squeeze=False)
            axs = list(axs.flat)
        norm = frame[frame["arm"] == "norm"]
        for ax, arm in zip(axs, arms, strict=True):
            _panel(ax, frame[frame["arm"] == arm], norm, colour(arm), trained.get(arm))
            _marks(ax, marks)
            ax.set_title(arm_label(arm))
            ax.set(xlabel="Hip angle, deg (extension to the right)", ylabel="")
            real_minus(ax)
        axs[0].set_ylabel("Hip flexion torque, Nm/kg")
    return axs


def _panel(
    ax: "Axes",
    rows: "DataFrame",
    norm: "DataFrame",
    hue: str,
    trained: tuple[float, float] | None,
) -> None:
    near = norm["angle_ext_deg"] >= -60
    ax.plot(norm["angle_ext_deg"][near], norm["mean"][near], color=GREY, lw=3.2, alpha=0.45)
    if trained:
        ax.axvspan(*trained, color=PALE, alpha=0.5, lw=0)
        middle = sum(trained) / 2
        ax.annotate("trained", (middle, 0.98), xycoords=("data", "axes fraction"), ha="center",
                    va="top", fontsize=7.5, color=INK)  # fmt: skip
    last = rows["week"].max()
    for week, dash in zip(
        sorted(set(rows["week"])), _DASHES[-rows["week"].nunique() :], strict=True
    ):
        here = rows[(rows["week"] == week) & (rows["angle_ext_deg"] >= -60)]
        if week == last:
            ax.fill_between(here["angle_ext_deg"], here["low"], here["high"], color=hue,
                            alpha=0.18, lw=0)  # fmt: skip
        ax.plot(here["angle_ext_deg"], here["mean"], color=hue, ls=dash, lw=1.5,
                label=f"week {week}")  # fmt: skip
    ax.plot([], [], color=GREY, lw=3.2, alpha=0.45, label="norm")
    ax.legend(frameon=False, fontsize=7.5, loc="lower left", bbox_to_anchor=(0, 0.1))
    ax.set_ylim(0, None)
    ax.set_xlim(-60, rows["angle_ext_deg"].max())


def _marks(ax: "Axes", marks: Mapping[str, float]) -> None:
    for row, (label, angle) in enumerate(marks.items()):
        ax.plot(angle, 0.03, marker="^", color=INK, ms=4, transform=ax.get_xaxis_transform())
        ax.annotate(label, (angle, 0.06 + 0.055 * (len(marks) - 1 - row)),
                    xycoords=("data", "axes fraction"), ha="right", va="bottom", fontsize=7,
                    xytext=(-3, 0), textcoords="offset points")  # fmt: skip
