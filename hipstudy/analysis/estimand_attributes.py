"""What a plan estimates, in the words of ICH E9(R1); the sentences stand in ``estimand.toml``."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from hipstudy import text_files
from hipstudy.analysis.covariances import COVARIANCE_WORDS, LADDER
from hipstudy.analysis.designs.plan_rules import CROSSOVER, PARALLEL, SINGLE, WITHIN
from hipstudy.analysis.estimate import level_pct
from hipstudy.analysis.margin_tests import EQUIVALENCE, NON_INFERIORITY, SUPERIORITY
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.plan_fields import ANALYSES
from hipstudy.labels import arm_label, count_phrase
from hipstudy.text_files import read_text

if TYPE_CHECKING:
    import pandas as pd


IMPUTED = "ANCOVA at the visit on runner means, after multiple imputation"
_IMPUTED = "imputed, ANCOVA on each completed file, Rubin's rules"
MISSING_ENDS = {
    "ancova": "Left out; assumed: who is missing depends on {known} only",
    "mixed": "Every visit counts; assumed: who is missing depends on {known} and values seen",
    "imputed_mar": f"Multiply {_IMPUTED}; assumed: the missing went on as others of their arm with "
    "the same {same} and visits did",
    "imputed_jump_to_reference": f"Multiply {_IMPUTED}; assumed: the missing of the treatment went "
    "on as under control from their last visit",
    "imputed_copy_increments": f"Multiply {_IMPUTED}; assumed: the missing of the treatment kept "
    "what they had gained at their last visit, and changed as under control",
}
_INDICATOR = "Mean of all others and an indicator; assumed: nothing, as baseline precedes the arm"
_RESPONSE = (
    "Where one is missing, baseline is a response that the arms share; assumed: who lacks it "
    "depends on values seen"
)
MISSING_BASELINES = {"ancova": _INDICATOR, "mixed": _RESPONSE}
DESIGNS = "estimand_by_design.toml"
_NOT_MEASURED = " (not measured)"
_MARGIN_OF = {
    SUPERIORITY: "",
    EQUIVALENCE: ", of equivalence: less than that either way",
    NON_INFERIORITY: ", of non-inferiority: worse by less than that",
}
_HELD_AGAINST_NOTHING = ", held against nothing: one arm has nobody to differ from"


def _analysis(plan: AnalysisPlan) -> str:
    """The planned analysis of two groups; a value of a person has nothing nested in it."""
    if plan.model != plan.analysis:
        return IMPUTED
    if plan.analysis == "mixed" and plan.is_of_person(plan.primary):
        return "mixed model over all visits, one value a runner and visit"
    return ANALYSES[plan.analysis]


def _visit(plan: AnalysisPlan) -> str:
    """Which visits count in the plan's week."""
    within = f"within {count_phrase(plan.window_weeks, 'week')}"
    if not plan.window_weeks:
        text = "Its whole week, the nearest to the date" if plan.date else "Exactly its week"
    elif plan.window_takes == "worst":
        text = f"The worst for {plan.label(plan.primary)} {within}; baseline is week 0"
    else:
        text = f"The nearest {within}; baseline is week 0"
    return f"{text}; weeks since a runner's first date" if plan.date else text


def _has_covariance(plan: AnalysisPlan) -> bool:
    """Whether the planned model has a covariance of visits, or the plan chose one."""
    is_mixed = plan.design == PARALLEL and plan.analysis == "mixed"
    return is_mixed or plan.covariance != LADDER


def _visits(plan: AnalysisPlan) -> str:
    """Which weeks are visits; empty where every week of the file is one."""
    if not plan.planned_visits:
        return "The plan's week and any to which most came" if plan.date else ""
    weeks = ", ".join(f"{week:g}" for week in plan.planned_visits)
    how = "as planned" if plan.visits else "the plan's and any to which most came"
    return f"Weeks after baseline: {weeks}, {how}; values in other weeks are in none"


def _of(plan: AnalysisPlan, *, is_of_person: bool) -> str:
    """What one value is of."""
    if plan.design == WITHIN:
        return "of each leg"
    if plan.design == CROSSOVER:
        return "and at the end of the first period, mean of a runner's measured limbs"
    return "one value a runner" if is_of_person else "mean of a runner's measured limbs"


def _contrasts(plan: AnalysisPlan) -> str:
    """Contrasts of the primary outcome beside the primary one."""
    pairs = "; ".join(f"{arm_label(one)} minus {arm_label(two)}" for one, two in plan.contrasts)
    return f"{pairs} (Holm)" if pairs else ""


def _margin(plan: AnalysisPlan) -> str:
    """The margin and what is asked of it; empty where there is none."""
    if plan.margin == 0:
        return ""
    of = _HELD_AGAINST_NOTHING if plan.design == SINGLE else _MARGIN_OF[plan.margin_is]
    return f"{plan.margin:g} {plan.unit(plan.primary)}{of}"


def _error_rate(plan: AnalysisPlan) -> str:
    """How often the planned test may err, and the interval that goes with it."""
    if plan.design == SINGLE:
        return f"No test; the interval is of {plan.level_pct:g} %"
    if plan.margin_is == EQUIVALENCE:
        level = level_pct(2 * plan.alpha)
        return f"{plan.alpha:g}, two one-sided tests: the {level:g} % interval"
    if plan.margin_is == NON_INFERIORITY:
        return f"{plan.alpha / 2:g}, one-sided: the worse end of the {plan.level_pct:g} % interval"
    return f"{plan.alpha:g}, two-sided"


def _of_design(plan: AnalysisPlan) -> dict[str, str]:
    """What the table says by the design of a plan, and by its analysis where it has a choice."""
    texts = text_files.loads(read_text(Path(__file__).with_name("designs") / DESIGNS))[plan.design]
    own = texts.get(plan.analysis, {})
    return {name: text for name, text in texts.items() if isinstance(text, str)} | own


def estimand(plan: AnalysisPlan, not_measured: Collection[str] = ()) -> "pd.DataFrame":
    """What is estimated, in the five attributes of ICH E9(R1), and how: columns attribute, here.

    ``not_measured`` are secondary outcomes of which a file has no value.
    """
    import pandas as pd

    when = "A plan file was named" if plan.prespecified else "Not prespecified: default"
    is_of_person = plan.is_of_person(plan.primary)
    secondary = ", ".join(
        plan.label(one) + _NOT_MEASURED * (one in not_measured) for one in plan.secondary
    )
    named = {
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "two": "two " if plan.model_arms == "two" else "",
        "known": "arm, baseline and covariates" if plan.adjusted else "arm and baseline",
        "same": "baseline, covariates" if plan.adjusted else "baseline",
        "hips": "" if is_of_person else ": two hips of one runner are not two people",
        "inside": "runners" if is_of_person else "runners and hips",
    }
    of_design = {name: text.format(**named) for name, text in _of_design(plan).items()}
    facts = {
        **named,
        **of_design,
        "outcome": plan.label(plan.primary),
        "unit": plan.unit(plan.primary),
        "secondary": f"{secondary} (Holm)" if secondary else "None",
        "analysis": of_design["analysis"] or _analysis(plan),
        "when": when,
        "covariance": COVARIANCE_WORDS[plan.covariance] if _has_covariance(plan) else "",
        "contrasts": _contrasts(plan),
        "model_arms": "All of the file, in one model" if plan.model_arms == "all" else "",
        "margin": _margin(plan),
        "error_rate": _error_rate(plan),
        "visit": _visit(plan),
        "visits": _visits(plan),
        "of": _of(plan, is_of_person=is_of_person),
        "covariates": ", ".join(plan.covariates),
        "strata": ", ".join(plan.strata),
        "missing_end": of_design["missing_end"] or MISSING_ENDS[plan.model].format(**named),
        "missing_baseline": of_design["missing_baseline"]
        or MISSING_BASELINES.get(plan.model, _INDICATOR),
        "file": f"SHA-256 of the file {plan.file_sha256:.12}" if plan.file_sha256 else "no file",
    }
    texts = text_files.loads(read_text(Path(__file__).with_name("estimand.toml")))
    here = {attribute: text.format(plan=plan, **facts) for attribute, text in texts.items()}
    rows = [(attribute, text) for attribute, text in here.items() if text]
    return pd.DataFrame(rows, columns=["attribute", "here"])
