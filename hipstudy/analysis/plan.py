"""The analysis plan: what is asked of a cohort file, fixed before the file is read.

A plan is read from TOML; every wrong, impossible or misspelt field is listed in one error. Its
fingerprint is made of the plan alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic.functional_validators import AfterValidator, field_validator

from hipstudy import text_files
from hipstudy.analysis.disclosure import fewest_at_both, least
from hipstudy.cohort_file.schema import columns, outcomes
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.field_problems import field_problem, field_rule
from hipstudy.labels import OUTCOME_LABELS, arm_label
from hipstudy.parameters import number
from hipstudy.resources import place
from hipstudy.text_files import SAVE, WrongEncoding, read_text

if TYPE_CHECKING:
    import pandas as pd

ANALYSES = {
    "ancova": "ANCOVA at the visit on runner means, adjusted for baseline",
    "mixed": "mixed model over all visits, limb nested in runner",
}
_LAST = int((columns()["week"].possible or (0, 0))[1])
_ARM = "the name of an arm, in quotes, without a blank before or after it"
_RULES = {
    ("week", "int_type"): "a whole number of weeks",
    ("treatment", "string_pattern_mismatch"): _ARM,
    ("control", "string_pattern_mismatch"): _ARM,
    ("secondary", "tuple_type"): 'a list of outcomes such as ["thomas_ext_deg"]',
}


def _outcome(name: str) -> str:
    if name not in outcomes():
        raise ValueError("no outcome has this name")
    return name


Outcome = Annotated[str, AfterValidator(_outcome)]
Arm = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]


class AnalysisPlan(BaseModel):
    """One primary outcome, visit, contrast and analysis; the rest is secondary or exploratory.

    ``margin`` is in the primary outcome's unit; ``alpha`` is the same for every plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    primary: Outcome
    week: int = Field(ge=1, le=_LAST)
    treatment: Arm
    control: Arm
    analysis: Literal["ancova", "mixed"] = "ancova"
    margin: float = Field(gt=0)
    secondary: tuple[Outcome, ...] = Field(default=(), strict=False)
    alpha: float = number("trial_alpha")
    note: str = Field(default="", max_length=500)
    _shipped: bool = False

    @field_validator("control")
    @classmethod
    def _another_arm(cls, control: str, info: ValidationInfo) -> str:
        if control == info.data.get("treatment"):
            raise ValueError("control and treatment are two arms")
        return control

    @field_validator("margin")
    @classmethod
    def _can_be(cls, margin: float, info: ValidationInfo) -> float:
        column = columns().get(info.data.get("primary", ""))
        if column and column.possible and margin >= column.possible[1] - column.possible[0]:
            low, high = column.possible
            raise ValueError(f"smaller than {high - low:g} {column.unit}, all that it can move")
        return margin

    @field_validator("secondary")
    @classmethod
    def _once(cls, secondary: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("primary") in secondary:
            raise ValueError("the primary outcome is not secondary as well")
        if len(set(secondary)) < len(secondary):
            raise ValueError("each outcome stands there once")
        return secondary

    @field_validator("alpha")
    @classmethod
    def _fixed(cls, alpha: float) -> float:
        if alpha != number("trial_alpha"):
            raise ValueError(f"{number('trial_alpha'):g}, the same for every plan")
        return alpha

    @property
    def prespecified(self) -> bool:
        """Whether somebody gave a plan; when it was written, no program can know."""
        return not self._shipped

    @property
    def contrast(self) -> str:
        """Treatment minus control, as the tables name it."""
        return f"{self.treatment} - {self.control}"

    def toml(self) -> str:
        """The plan as TOML, every field in one order, so that the same plan is the same text."""
        return tomli_w.dumps(self.model_dump())

    @property
    def fingerprint(self) -> str:
        """SHA-256 of ``toml()``, hexadecimal; of the plan alone, before any data are read."""
        return hashlib.sha256(self.toml().encode("utf-8")).hexdigest()


def _problem(error: Any, source: str) -> Problem:
    name = str(error["loc"][0])
    problem = field_problem(error, f"{source}, {name}", AnalysisPlan.model_fields)
    if field_rule(error) == "no outcome has this name":
        mend = nearest(str(error["input"]), outcomes())
        return replace(problem, rule=field_rule(error), mend=mend)
    if (name, error["type"]) in _RULES:
        return replace(problem, rule=f"the rule: {_RULES[name, error['type']]}")
    if name == "analysis" and error["type"] != "missing":
        return replace(problem, mend=nearest(str(error["input"]), ANALYSES))
    return problem


def read_plan(path: Path) -> AnalysisPlan:
    """Read a plan from a TOML file, with fields as in ``data/analysis_plan.toml``.

    Raises
    ------
    UsageProblems
        When the file is missing or is not TOML; every wrong, impossible or misspelt field, each
        with the nearest valid name.
    """
    try:
        return AnalysisPlan.model_validate(text_files.loads(read_text(path)))
    except ValidationError as error:
        raise UsageProblems(_problem(one, path.name) for one in error.errors()) from None
    except WrongEncoding as error:
        raise UsageProblems([Problem("analysis plan", path.name, str(error), SAVE)]) from None
    except (OSError, text_files.NotToml) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"an analysis plan in TOML is needed ({reason})"
        raise UsageProblems([Problem("analysis plan", path.name, rule)]) from None


def shipped_plan() -> AnalysisPlan:
    """The plan that travels with the package; it is nobody's own, so never prespecified."""
    plan = read_plan(place("data", "analysis_plan.toml"))
    plan._shipped = True
    return plan


def check_against(plan: AnalysisPlan, observations: "pd.DataFrame") -> list[Problem]:
    """Say what of a plan is not in a cohort file: arms, visits, the primary outcome.

    Observations are as ``clinic.read`` gives them; arm, week and outcomes may be missing. A
    secondary outcome that nobody measured is no problem: it has no rows in the answer.
    """
    arms, weeks = _names(observations, "arm"), _names(observations, "week")
    with_values = [name for name in outcomes() if _names(observations, name)]
    problems = [*_arms(plan, arms), *_weeks(plan, weeks)]
    if plan.primary not in with_values:
        where, rule = "analysis plan, primary", "the cohort file has no values of this outcome"
        problems.append(Problem(where, plan.primary, rule, nearest(plan.primary, with_values)))
    return problems or [*_too_few(plan, observations)]


def _names(observations: "pd.DataFrame", column: str) -> list[Any]:
    return sorted(set(observations[column].dropna())) if column in observations else []


def _arms(plan: AnalysisPlan, arms: list[str]) -> Iterator[Problem]:
    for name in ("treatment", "control"):
        arm, where = getattr(plan, name), f"analysis plan, {name}"
        if not arms:
            yield Problem(where, arm, "the cohort file has no arms")
        elif arm not in arms:
            yield Problem(where, arm, "the cohort file has no such arm", nearest(arm, arms))


def _weeks(plan: AnalysisPlan, weeks: list[float]) -> Iterator[Problem]:
    where, later = "analysis plan, week", [week for week in weeks if week > 0]
    if not later:
        yield Problem(where, str(plan.week), "the cohort file has no visit after baseline")
    elif plan.week not in later:
        near = min(later, key=lambda week: abs(week - plan.week))
        mend = f"The nearest visit is in week {near:g}."
        yield Problem(where, str(plan.week), "the cohort file has no visit in this week", mend)
    if later and 0 not in weeks:
        yield Problem("analysis plan", None, "the cohort file has no baseline visit, week 0")


def _too_few(plan: AnalysisPlan, observations: "pd.DataFrame") -> Iterator[Problem]:
    """Arms in which hardly anybody has the primary outcome at baseline, at the visit, or both."""
    with_primary = observations[observations[plan.primary].notna()]
    for arm in (plan.treatment, plan.control):
        of_arm = with_primary[with_primary["arm"] == arm]
        visits = [(week, of_arm.loc[of_arm["week"] == week, "runner"]) for week in (0, plan.week)]
        few = {week: who.nunique() for week, who in visits if who.nunique() < least()}
        for week, n in few.items():
            text = f"fewer than {least()} runners" if n else "no runner"
            rule = f"{least()} or more with {plan.primary} are needed"
            yield Problem(f"analysis plan, arm {arm}, week {week}", text, rule)
        if not few and fewest_at_both(observations, plan.primary, plan.week, (arm,)) < least():
            where = f"analysis plan, arm {arm}, baseline and week {plan.week}"
            rule = f"{least()} or more with {plan.primary} of the same side at both are needed"
            yield Problem(where, f"fewer than {least()} runners", rule)


def estimand(plan: AnalysisPlan) -> "pd.DataFrame":
    """What is estimated, in the five attributes of ICH E9(R1), and how: columns attribute, here."""
    import pandas as pd

    when = "Prespecified: a plan was given" if plan.prespecified else "Not prespecified: default"
    secondary = ", ".join(OUTCOME_LABELS.get(one, one) for one in plan.secondary)
    facts = {
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "outcome": OUTCOME_LABELS.get(plan.primary, plan.primary),
        "unit": columns()[plan.primary].unit,
        "secondary": f"{secondary} (Holm)" if secondary else "None",
        "analysis": ANALYSES[plan.analysis],
        "when": when,
    }
    texts = text_files.loads(read_text(Path(__file__).with_name("estimand.toml")))
    here = {attribute: text.format(plan=plan, **facts) for attribute, text in texts.items()}
    rows = [(attribute, text) for attribute, text in here.items() if text]
    return pd.DataFrame(rows, columns=["attribute", "here"])
