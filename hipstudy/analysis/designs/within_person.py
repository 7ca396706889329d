r"""One leg against the other of the same runner: the arm belongs to the limb.

Of runners with one limb in each arm, differences between limbs, treatment less control, at the end
on those at baseline:

.. math:: y_{iT} - y_{iC} = \delta + \beta (x_{iT} - x_{iC}) + e_i

:math:`\delta` is the difference between limbs that began alike, with n - 2 degrees of freedom, n
the runners. It is what least squares of limbs with a term for each runner gives. Both limbs are of
one body: the untrained one gains too (``cross_education_share``), so the difference is smaller
than against somebody who did nothing.
"""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.ancova import NOT_ENOUGH
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.least_squares import fit
from hipstudy.arrays import Array
from hipstudy.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

ANCOVA, CHANGE = "paired_ancova", "paired_change"
ONE_BODY = "both limbs are of one body: what the treated limb gains, the other gains in part too"
TOO_FEW_PAIRS = "too few runners with a limb in each arm at both visits"


def limb_pairs(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """Runners with one limb in each arm, both measured at baseline and at the visit, by runner.

    The frame has columns runner, side, arm, week and the outcome, a row per limb and visit.
    Columns: baseline_treatment, baseline_control, end_treatment, end_control.
    """
    import pandas as pd

    roles = {question.treatment: "treatment", question.control: "control"}
    here = frame[frame["arm"].isin(list(roles)) & frame[question.outcome].notna()]
    limbs = here.set_index(["runner", "side", "arm"])
    start, end = (
        limbs.loc[limbs["week"] == week, question.outcome]
        for week in (question.baseline_week, question.week)
    )
    both = pd.DataFrame({"baseline": start, "end": end}).dropna().reset_index()
    both["role"] = both["arm"].map(roles)
    roles_of = both.groupby("runner")["role"].agg(["nunique", "size"])
    is_pair = (roles_of["nunique"] == len(roles)) & (roles_of["size"] == len(roles))
    pairs = both[both["runner"].isin(roles_of.index[is_pair])].set_index(["runner", "role"])
    names = [f"{visit}_{role}" for visit in ("baseline", "end") for role in roles.values()]
    wide = pairs[["baseline", "end"]].unstack("role")
    wide.columns = [f"{visit}_{role}" for visit, role in wide.columns]
    return wide.reindex(columns=names)


def of_pairs(ends: Array, baselines: Array) -> tuple[Array, Array, int]:
    """Difference at equal baselines and its standard error, (trials,), and degrees of freedom.

    ``ends`` and ``baselines`` are differences between the limbs of a runner, (trials, runners). NaN
    where baselines differ in nobody, or by the same in everybody.
    """
    n = ends.shape[-1]
    size = np.sqrt((baselines**2).mean(axis=-1, keepdims=True)) if n else np.ones((len(ends), 1))
    X = np.stack([np.ones_like(ends), baselines / np.where(size > 0, size, 1)], axis=-1)
    fits = fit(ends, X, np.ones(ends.shape, dtype=bool))
    return fits.beta[:, 0], fits.se(0), n - X.shape[-1]


def paired_ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """Difference of ends on difference of baselines, between limbs: df = runners - 2.

    Where both limbs of every runner began alike there is nothing to adjust for: df = runners - 1.
    """
    pairs = limb_pairs(frame, question)
    ends, baselines = _differences(pairs)
    if not baselines.any():
        return _by_change(question, ANCOVA, ends)
    value, se, df = of_pairs(ends[np.newaxis], baselines[np.newaxis])
    if len(pairs) < least() or df < 1 or np.isnan(value[0]):
        return none(question, ANCOVA, _why(len(pairs)))
    return by_t(question, ANCOVA, (value[0], se[0], df), _sizes(pairs), ONE_BODY)


def paired_change(frame: "pd.DataFrame", question: Question) -> Estimate:
    """Difference of changes between limbs, as in a paired t test: df = runners - 1."""
    ends, baselines = _differences(limb_pairs(frame, question))
    return _by_change(question, CHANGE, ends - baselines)


def _differences(pairs: "pd.DataFrame") -> tuple[Array, Array]:
    values = {name: pairs[name].to_numpy(float) for name in pairs}
    ends, baselines = (
        values[f"{visit}_treatment"] - values[f"{visit}_control"] for visit in ("end", "baseline")
    )
    return ends, baselines


def _by_change(question: Question, model: str, off: Array) -> Estimate:
    n = len(off)
    if n < max(least(), 2):
        return none(question, model, _why(n))
    answer = (off.mean(), off.std(ddof=1) / np.sqrt(n), n - 1)
    note = ONE_BODY if model == ANCOVA else f"not adjusted for baseline; {ONE_BODY}"
    return by_t(question, model, answer, (n, 2 * n), note)


def _why(n: int) -> str:
    return TOO_FEW_PAIRS if n < max(least(), 3) else NOT_ENOUGH


def _sizes(pairs: "pd.DataFrame") -> tuple[int, int]:
    return len(pairs), 2 * len(pairs)


def n_without_pair(frame: "pd.DataFrame", question: Question) -> int:
    """Runners of the two arms who have not a limb in each arm at both visits."""
    here = frame[frame["arm"].isin([question.treatment, question.control])]
    return int(here["runner"].nunique()) - len(limb_pairs(frame, question))


def problems(plan: "AnalysisPlan", frame: "pd.DataFrame") -> list[Problem]:
    """What of a trial of one leg against the other is not in a file."""
    arms = [plan.treatment, plan.control]
    here = frame[frame["arm"].isin(arms)]
    where, runners = "analysis plan, design", here["runner"].nunique()
    limb_arms = here.groupby(["runner", "side"])["arm"].nunique()
    moved = limb_arms[limb_arms > 1].index.get_level_values("runner").nunique()
    if moved:
        text = f"a limb of {moved} of {runners} runners in two arms"
        rule = "within-person: a limb stays in one arm at all visits"
        mend = (
            'Correct arms that were written wrong, or write design = "crossover" where the runner '
            "changed over."
        )
        return [Problem(where, text, rule, mend)]
    both = here.groupby("runner")["arm"].nunique()
    if not (both > 1).any():
        rule = "within-person: the two limbs of a runner are in different arms"
        mend = 'Write the arm of the limb in each row, or leave design out ("parallel").'
        return [Problem(where, "no runner with a limb in each arm", rule, mend)]
    pairs = limb_pairs(here, plan.question(plan.primary, plan.treatment))
    if len(pairs) < least():
        rule = (
            f"{least()} or more with {plan.primary} of a limb in each arm "
            f"at baseline and week {plan.week} are needed"
        )
        return [Problem(where, f"fewer than {least()} runners", rule)]
    return []
