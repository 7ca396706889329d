"""The primary question by the other usual analyses: whether they, too, rule out no difference."""

from dataclasses import dataclass, replace

from hipstudy.analysis.designs.models_by_design import MODELS
from hipstudy.analysis.margin_tests import EQUIVALENCE, of_ends
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.tipping_point import Tipping, tipping
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.planned_answers import SEED, last_digit

SHIFTS = (-4, -2, -1, 0, 1, 2, 4)  # in margins of the plan
IMPUTED = "imputed"


@dataclass(frozen=True)
class OtherAnalyses:
    """Codes of the other usual analyses that have an answer, by what their intervals say.

    Parameters
    ----------
    out
        Whose interval leaves out zero.
    around
        Whose interval holds zero.
    same, otherwise
        Which say the same of the plan's margin as the planned analysis does, and which do not.
    """

    out: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


def imputation(
    study: CohortStudy, moves: str = "treatment", *, alpha: float | None = None
) -> Tipping:
    """Missing ends imputed as planned, and moved in an arm or in both, in margins of the plan.

    The same imputations whenever it is asked, so that no page contradicts another. Intervals are
    of 1 - alpha, of the plan's where none is given.
    """
    plan = study.plan
    deltas = [shift * plan.margin for shift in SHIFTS]
    question = replace(study.question, alpha=plan.alpha if alpha is None else alpha)
    scale, step = plan.scale(plan.primary), last_digit(plan.primary)
    asked = {name: value for name, value in plan.margin_asked.items() if name != "alpha"}
    return tipping(study.observations, question, deltas, seed=SEED, moves=moves, margin_asked=asked,
                   method=plan.missing, limits=scale, step=step)  # fmt: skip


def unshifted(one: Tipping) -> tuple[float, float, float]:
    """Estimate and both ends of the interval where what was imputed is not shifted."""
    row = one.table.set_index("delta").loc[0.0]
    return float(row["estimate"]), float(row["ci_low"]), float(row["ci_high"])


def holds_zero(low: float, high: float) -> bool:
    """Whether no difference lies within an interval."""
    return low <= 0 <= high


def other_analyses(study: CohortStudy) -> OtherAnalyses:
    """The models that are not the planned one, and multiple imputation where an end is missing.

    Where imputation is what is planned, it is not another.
    """
    if not study.is_parallel:  # page 1 says what stands beside another design
        return OtherAnalyses()
    if study.plan.missing != AS_MODELLED:
        ends = {
            model: (study.by_model(model).ci_low, study.by_model(model).ci_high)
            for model in MODELS
            if study.has_answer(model)
        }
    else:
        ends = _of_others(study)
    held = tuple(code for code, (low, high) in ends.items() if holds_zero(low, high))
    out = tuple(code for code in ends if code not in held)
    cases = {code: _case(study, code, both) for code, both in ends.items()}
    same = tuple(code for code in ends if cases[code] == study.verdict(study.primary).case)
    return OtherAnalyses(out, held, same, tuple(code for code in ends if code not in same))


def _of_others(study: CohortStudy) -> dict[str, tuple[float, float]]:
    ends = {}
    if study.has_answer(study.other.model):
        ends[study.other.model] = (study.other.ci_low, study.other.ci_high)
    one = imputation(study)
    if not one.note and one.n_imputed:
        ends[IMPUTED] = unshifted(one)[1:]
    return ends


def _case(study: CohortStudy, code: str, ends: tuple[float, float]) -> str:
    """What one of the other analyses, with its interval, says of the plan's margin."""
    if code != IMPUTED:
        return study.verdict(study.by_model(code)).case
    asked = study.plan.margin_asked
    alpha = asked.pop("alpha")
    if asked["kind"] == EQUIVALENCE:  # it is held against a narrower interval
        ends = unshifted(imputation(study, alpha=2 * alpha))[1:]
    return of_ends(*ends, **asked)
