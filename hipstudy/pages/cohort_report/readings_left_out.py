"""Who and what does not count in the plan's week, for the captions of the details."""

from typing import Any

from hipstudy.labels import OUTCOME_LABELS, arm_label
from hipstudy.studies.cohort_study import CohortStudy


def off_week(study: CohortStudy) -> dict[str, Any]:
    """Who came in another week than the plan's, and so does not count in it."""
    weeks, n, whole = study.off_week
    window, came = study.plan.window_weeks, study.in_window
    return {"weeks": [f"{week:g}" for week in weeks], "n": n, "whole": whole, "window": window,
            "takes": study.plan.window_takes, "n_moved": came.n_moved,
            "n_twice": came.n_twice, "visits": visits_taken(study)}  # fmt: skip


def visits_taken(study: CohortStudy) -> dict[str, Any]:
    """Weeks that are visits, where not every week is, and who has values in other weeks."""
    plan, frame = study.plan, study.observations
    is_other = (frame["week"] > 0) & ~frame["week"].isin(plan.planned_visits)
    there = is_other & frame["arm"].isin(plan.arms) & frame[plan.primary].notna()
    return {
        "weeks": [f"{week:g}" for week in plan.planned_visits],
        "are_named": bool(plan.visits),
        "n": frame.loc[there, "runner"].nunique(),
    }


def another_way(study: CohortStudy) -> list[dict[str, Any]]:
    """Readings left out because they were not taken as at baseline."""
    return [
        {
            "outcome": OUTCOME_LABELS.get(left.outcome, left.outcome),
            "n_runners": left.n_runners,
            "by_arm": [f"{arm_label(arm)} {n}" for arm, n in left.by_arm],
            "is_angle_of_torque": left.outcome != "thomas_ext_deg",
        }
        for left in study.left_out
    ]
