"""What is wrong with a field of an analysis plan, told so that it can be mended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from pydantic.fields import FieldInfo

from hipstudy.analysis.own_outcomes import OwnOutcome
from hipstudy.analysis.trial_facts import TrialFacts
from hipstudy.cohort_file.schema import outcomes
from hipstudy.errors import Problem, nearest
from hipstudy.field_problems import field_problem, field_rule

NO_OUTCOME = "no outcome has this name"
NO_MARGIN = "this field is needed"
_ARM = "the name of an arm, in quotes, without a blank before or after it"
_RULES = {
    ("week", "int_type"): "a whole number of weeks",
    ("treatment", "string_pattern_mismatch"): _ARM,
    ("control", "string_pattern_mismatch"): _ARM,
    ("secondary", "tuple_type"): 'a list of outcomes such as ["thomas_ext_deg"]',
    ("covariates", "tuple_type"): 'a list of columns such as ["age_y", "sex"]',
    ("contrasts", "tuple_type"): 'a list of pairs of arms such as [["walking", "rest"]]',
    ("strata", "tuple_type"): 'a list of columns such as ["sex"]',
}


def plan_problem(
    error: Any, source: str, fields: Mapping[str, FieldInfo], declared: tuple[str, ...] = ()
) -> Problem:
    """A problem of pydantic as one of ours.

    Parameters
    ----------
    error
        One of ``ValidationError.errors()``.
    source
        Name of the plan's file.
    fields
        Those of a plan.
    declared
        Outcomes that the plan declares.
    """
    name = str(error["loc"][0])
    if name == "outcomes" and len(error["loc"]) > 1:
        where = f"{source}, [{'.'.join(map(str, error['loc'][:2]))}]"
        field = f", {error['loc'][2]}" if error["loc"][2:] else ""
        problem = field_problem(error, where + field, OwnOutcome.model_fields)
        return problem if field else replace(problem, value=None)
    if name in ("trial", "losses") and len(error["loc"]) > 1:
        where = f"{source}, [{name}], {error['loc'][1]}"
        return field_problem(error, where, TrialFacts.model_fields if name == "trial" else ())
    problem = field_problem(error, f"{source}, {name}", fields)
    if field_rule(error) == NO_OUTCOME:
        mend = nearest(str(error["input"]), (*outcomes(), *declared))
        return replace(problem, rule=field_rule(error), mend=mend)
    if field_rule(error) == NO_MARGIN:
        return replace(problem, value="nothing", rule=NO_MARGIN)
    if (name, error["type"]) in _RULES:
        return replace(problem, rule=f"the rule: {_RULES[name, error['type']]}")
    if error["type"] == "literal_error":
        choices = get_args(fields[name].annotation)
        return replace(problem, mend=nearest(str(error["input"]), choices))
    is_unsaid = name in ("control", "cluster") and error["input"] == ""
    return replace(problem, value="nothing") if is_unsaid else problem
