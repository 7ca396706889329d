"""One arm and nobody beside it: how far its runners changed, and never why.

A change holds what would have come anyway: falling back after coming in when it is bad, the course
over time, and that something was done at all. It has an interval and no p, since no effect is
claimed.
"""

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.paired_readings import limbs_at_both, runner_changes
from hipstudy.arrays import Array
from hipstudy.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

CHANGE_ALONE = "change_alone"
NO_EFFECT = "a change and no effect: nobody went without"


def of_changes(changes: Array) -> tuple[Array, Array, int]:
    """Mean change, its standard error, and degrees of freedom; changes are (..., runners)."""
    n = changes.shape[-1]
    return changes.mean(axis=-1), changes.std(axis=-1, ddof=1) / n**0.5, n - 1


def change_alone(frame: "pd.DataFrame", question: Question) -> Estimate:
    """Mean change from baseline of runners' means, with its interval: df = runners - 1, no p.

    A runner's change is the mean over the limbs that have both values.
    """
    here = frame[frame["arm"] == question.treatment]
    changes = runner_changes(here, question.outcome, question.week)
    n = len(changes)
    if n < max(least(), 2):
        return none(question, CHANGE_ALONE, f"fewer than {least()} runners at both visits")
    sizes = (n, len(limbs_at_both(here, question.outcome, question.week)))
    value, se, df = of_changes(changes.to_numpy(float))
    answer = (float(value), float(se), df)
    return replace(by_t(question, CHANGE_ALONE, answer, sizes, NO_EFFECT), p=nan)


def problems(plan: "AnalysisPlan", frame: "pd.DataFrame") -> list[Problem]:
    """Arms of a file beside the only one that a single-arm plan has."""
    others = sorted(set(frame["arm"].dropna()) - {plan.treatment})
    if not others:
        return []
    value = ", ".join(map(str, others))
    rule = "single-arm: the file has one arm; a change in one of several is no answer"
    mend = 'Leave design out and name the control: control = "..."'
    return [Problem("analysis plan, design", value, rule, mend)]
