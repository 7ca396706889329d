"""Pictures of tables, for notebooks: a table goes in, matplotlib's Axes come out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hipstudy import figures
from hipstudy.parameters import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from hipstudy.studies.compare_study import CompareStudy

__all__ = ["causes", "weeks"]


def causes(effects: "DataFrame", *, margin: float | None = None) -> "Axes":
    """Difference in tightness between arms by cause, with its interval.

    Parameters
    ----------
    effects
        ``effects()`` of a comparison.
    margin
        Shaded either side of zero, NRS points; the small margin of the reports when None.
    """
    margin = number("margin_small_nrs") if margin is None else margin
    ax = figures.causes(effects[effects["outcome"] == "tightness_nrs"], margin=margin)
    _leave_to_matplotlib(ax)
    return ax


def weeks(
    study: "CompareStudy", *, cause: str = "weak", outcomes: Sequence[str] = ("tightness_nrs",)
) -> "Sequence[Axes]":
    """Change over weeks in every arm, where one cause makes hips tight; one panel an outcome.

    Parameters
    ----------
    study
        A comparison.
    cause
        One of ``weak``, ``short``, ``guarded``, ``nonspecific``.
    outcomes
        Names as in ``trajectories()`` of the comparison.
    """
    from hipstudy.studies.compare_decisions import change_over_weeks, change_spread

    arms = tuple(arm.name for arm in study.design.arms)
    panels = [(cause, outcome) for outcome in outcomes]
    axs = figures.weeks(change_over_weeks(study, arms), change_spread(study), panels=panels)
    _leave_to_matplotlib(axs[0])
    return axs


def _leave_to_matplotlib(ax: "Axes") -> None:
    """Let matplotlib place panels, titles and names: whoever has the picture may add anything."""
    ax.figure.set_layout_engine("constrained")
