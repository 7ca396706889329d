"""Runners whose rating moved one way by so much or more, in two arms."""

from typing import TYPE_CHECKING

from hipstudy.analysis.disclosure import fewest_at_both, least
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.paired_readings import runner_changes
from hipstudy.analysis.proportions import Shares, compare_shares

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9  # 4.1 - 2.1 is not quite 2


def moved_shares(
    frame: "pd.DataFrame", rating: str, question: Question, size: float
) -> Shares | None:
    """Shares of runners whose mean moved by ``size`` or more; None where too few were rated twice.

    Parameters
    ----------
    frame
        A row per limb and visit.
    rating
        Column of the rating, whatever the outcome of the question is.
    question
        The arms, the visit and the error rate of the interval.
    size
        Below 0 for a fall of so much or more, above 0 for a rise.
    """
    arms = (question.treatment, question.control)
    if rating not in frame or fewest_at_both(frame, rating, question.week, arms) < least():
        return None
    way = 1 if size > 0 else -1
    is_far = way * runner_changes(frame, rating, question.week) > abs(size) - ROUNDING
    reached = is_far.groupby("arm").agg(["sum", "size"])
    treatment, control = (
        (int(reached.loc[arm, "sum"]), int(reached.loc[arm, "size"])) for arm in arms
    )
    return compare_shares(treatment, control, question.alpha)
