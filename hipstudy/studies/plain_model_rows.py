"""Rows of the plain models that statsmodels fits beside those of the report."""

from typing import TYPE_CHECKING

from hipstudy.analysis.covariates import design, with_known_covariates
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.long_to_arrays import rows_in_question
from hipstudy.analysis.paired_readings import limbs_with_end
from hipstudy.analysis.plan import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd


def limbs_at_both(
    observations: "pd.DataFrame", plan: AnalysisPlan, question: Question
) -> "pd.DataFrame":
    """Limbs of the model's arms with the primary outcome at baseline and at the plan's visit.

    Of runners who have no such limb, those at the plan's visit: their baseline is the mean of
    the others.

    Returns
    -------
    pandas.DataFrame
        Columns: arm, runner, side, baseline, end, treated (1 in the treatment arm, else 0),
        no_baseline (1 for these runners, else 0; not there where there are none), arm_1 and so on
        (1 in an arm beside the two, else 0), and covariate_1 and so on, those of the plan as
        numbers, kinds as 0 and 1.
    """
    import pandas as pd

    frame = with_known_covariates(observations, question)
    frame = rows_in_question(frame, question)
    limbs = limbs_with_end(frame, plan.primary, plan.week).reset_index()
    limbs = limbs.assign(treated=(limbs["arm"] == plan.treatment).astype(float))
    if not limbs["no_baseline"].any():
        limbs = limbs.drop(columns="no_baseline")
    others = sorted(set(limbs["arm"]) - {plan.treatment, plan.control})
    arms = {f"arm_{k}": limbs["arm"].eq(arm) for k, arm in enumerate(others, start=1)}
    limbs = limbs.assign(**{name: one.astype(float) for name, one in arms.items()})
    if not plan.adjusted:
        return limbs
    table = design(frame[frame["runner"].isin(limbs["runner"])], question)
    table.columns = pd.Index([f"covariate_{k}" for k in range(1, len(table.columns) + 1)])
    return limbs.merge(table, left_on="runner", right_index=True)
