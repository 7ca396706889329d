"""The analysis plan: what is asked of a cohort file, fixed before the file is read.

A plan is read from TOML; every wrong, impossible or misspelt field is listed in one error. Its
fingerprint is made of the plan alone. A file that says what the default says is the default.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
)
from pydantic.functional_validators import AfterValidator, field_validator

from hipstudy import text_files
from hipstudy.analysis.designs import plan_rules
from hipstudy.analysis.estimate import Question, level_pct
from hipstudy.analysis.margin_tests import NON_INFERIORITY
from hipstudy.analysis.missing_methods import AS_MODELLED, Method, imputed_model
from hipstudy.analysis.own_outcomes import OwnOutcome, better_sign, label, name_rule, unit
from hipstudy.analysis.plan_fields import (
    LATER,
    Arm,
    ArmOrNone,
    ColumnName,
    ColumnOrNone,
    Pair,
    PlannedWeek,
)
from hipstudy.analysis.plan_problems import NO_MARGIN, NO_OUTCOME, plan_problem
from hipstudy.analysis.trial_facts import TrialFacts, losses_rules
from hipstudy.cohort_file.schema import columns, outcomes
from hipstudy.errors import Problem, UsageProblems
from hipstudy.parameters import number
from hipstudy.resources import place
from hipstudy.text_files import SAVE, WrongEncoding, read_text


def _outcome(name: str, info: ValidationInfo) -> str:
    declared = _given(info, "outcomes")
    if name not in (*outcomes(), *(declared if isinstance(declared, dict) else ())):
        raise ValueError(NO_OUTCOME)
    return name


def _given(info: ValidationInfo, field: str) -> Any:
    """Another field as it was given, be it wrong: a rule between fields is told all the same."""
    return (info.context or info.data).get(field)


def _design(info: ValidationInfo) -> str:
    """The design as far as it is known: rules that hang on it are not told of a wrong one."""
    return str(info.data.get("design", plan_rules.PARALLEL))


def _allowed(value: Any, rule: str) -> Any:
    """The value, or its rule as an error."""
    if rule:
        raise ValueError(rule)
    return value


Outcome = Annotated[str, AfterValidator(_outcome)]


class AnalysisPlan(BaseModel):
    """One primary outcome, visit, contrast and analysis; the rest is secondary or exploratory.

    ``margin`` is in the primary outcome's unit, 0 for none: only a single arm may have none.
    ``alpha`` is two-sided: intervals are of 1 - alpha.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    outcomes: dict[str, OwnOutcome] = {}
    primary: Outcome
    week: PlannedWeek
    treatment: Arm
    design: Literal["parallel", "within-person", "crossover", "clusters", "single-arm"] = "parallel"
    control: ArmOrNone = Field(default="", validate_default=True)
    analysis: Literal["ancova", "mixed"] = "ancova"
    # 0 where a design holds nothing against a margin, and none is given.
    margin: float = Field(default=0.0, gt=0, validate_default=True)
    secondary: tuple[Outcome, ...] = Field(default=(), strict=False)
    alpha: float = Field(default=number("trial_alpha"), gt=0.0005, le=0.2)
    note: str = Field(default="", max_length=500)
    window_weeks: float = Field(default=0.0, ge=0)
    covariates: tuple[ColumnName, ...] = Field(default=(), strict=False)
    strata: tuple[ColumnName, ...] = Field(default=(), strict=False)
    cluster: ColumnOrNone = Field(default="", validate_default=True)
    margin_is: Literal["superiority", "equivalence", "non-inferiority"] = "superiority"
    model_arms: Literal["two", "all"] = "two"
    covariance: Literal["ladder", "unstructured", "compound-symmetry", "limb-in-runner"] = "ladder"
    trial: TrialFacts = TrialFacts()
    losses: dict[str, str] = {}
    contrasts: tuple[Pair, ...] = Field(default=(), strict=False)
    missing: Method = AS_MODELLED
    date: ColumnOrNone = ""
    window_takes: Literal["nearest", "worst"] = "nearest"
    visits: tuple[PlannedWeek, ...] = Field(default=(), strict=False)
    _weeks_of_most: tuple[float, ...] = ()
    _file_sha256: str = ""
    _is_registered: bool = False

    @field_validator("outcomes")
    @classmethod
    def _can_be_declared(cls, declared: dict[str, OwnOutcome]) -> dict[str, OwnOutcome]:
        rules = [f"{name!r}: {rule}" for name in declared if (rule := name_rule(name))]
        return _allowed(declared, "; ".join(rules))

    @field_validator("control")
    @classmethod
    def _another_arm(cls, control: str, info: ValidationInfo) -> str:
        if control == info.data.get("treatment"):
            raise ValueError("control and treatment are two arms")
        return _allowed(control, plan_rules.control_rule(_design(info), control))

    @field_validator("design")
    @classmethod
    def _of_limbs(cls, design: str, info: ValidationInfo) -> str:
        own = info.data.get("outcomes", {})
        asked = [info.data.get("primary", ""), *(_given(info, "secondary") or ())]
        persons = [name for name in asked if name in own and own[name].of == "person"]
        return _allowed(design, plan_rules.of_persons_rule(design, persons))

    @field_validator("analysis")
    @classmethod
    def _of_the_design(cls, analysis: str, info: ValidationInfo) -> str:
        return _allowed(analysis, plan_rules.analysis_rule(_design(info), analysis))

    @field_validator("cluster")
    @classmethod
    def _of_clusters(cls, cluster: str, info: ValidationInfo) -> str:
        return _allowed(cluster, plan_rules.cluster_rule(_design(info), cluster))

    @field_validator("margin_is", "model_arms", "covariance", "contrasts")
    @classmethod
    def _of_groups(cls, value: Any, info: ValidationInfo) -> Any:
        is_margin = info.field_name == "margin_is"
        rule = plan_rules.margin_kind_rule if is_margin else plan_rules.groups_rule
        is_said = value != cls.model_fields[str(info.field_name)].default
        return _allowed(value, rule(_design(info)) if is_said else "")

    @field_validator("missing")
    @classmethod
    def _can_be_imputed(cls, missing: Method, info: ValidationInfo) -> Method:
        asked = (_design(info), info.data.get("analysis", "ancova"))
        return _allowed(missing, plan_rules.imputing_rule(*asked) if missing != AS_MODELLED else "")

    @field_validator("margin")
    @classmethod
    def _can_be(cls, margin: float, info: ValidationInfo) -> float:
        name, declared = info.data.get("primary", ""), info.data.get("outcomes", {})
        if name in declared:
            ends: tuple[float, float] | None = (declared[name].low, declared[name].high)
        else:
            ends = columns()[name].possible if name in columns() else None
        if ends and margin >= ends[1] - ends[0]:
            can_move = f"{ends[1] - ends[0]:g} {unit(declared, name)}"
            raise ValueError(f"smaller than {can_move}, all that it can move")
        return margin

    @field_validator("margin", mode="wrap")
    @classmethod
    def _is_there(
        cls, margin: Any, rules: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> float:
        """The margin as the rules have it; left out it is 0, where nothing is held against it."""
        if margin != 0 or "margin" in (info.context or {}):
            return float(rules(margin))
        if _design(info) != plan_rules.SINGLE:
            raise ValueError(NO_MARGIN)
        return 0.0

    @field_validator("secondary")
    @classmethod
    def _once(cls, secondary: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("primary") in secondary:
            raise ValueError("the primary outcome is not secondary as well")
        is_twice = len(set(secondary)) < len(secondary)
        return _allowed(secondary, "each outcome stands there once" * is_twice)

    @field_validator("margin_is")
    @classmethod
    def _has_a_direction(cls, margin_is: str, info: ValidationInfo) -> str:
        """What is worse must be known before "not worse" can be asked."""
        declared, name = _given(info, "outcomes"), _given(info, "primary")
        own = declared.get(name) if isinstance(declared, dict) else None
        is_blind = isinstance(own, dict) and own.get("better") not in ("lower", "higher")
        if margin_is == NON_INFERIORITY and is_blind:
            raise ValueError(f"[outcomes.{name}] says which way is better: lower or higher")
        return margin_is

    @field_validator("contrasts")
    @classmethod
    def _are_others(cls, contrasts: tuple[Pair, ...], info: ValidationInfo) -> tuple[Pair, ...]:
        planned = frozenset([_given(info, "treatment"), _given(info, "control")])
        return _allowed(contrasts, plan_rules.contrasts_rule(contrasts, planned))

    @field_validator("losses")
    @classmethod
    def _have_words(cls, losses: dict[str, str]) -> dict[str, str]:
        return _allowed(losses, "; ".join(losses_rules(losses)))

    @field_validator("window_weeks")
    @classmethod
    def _on_this_side(cls, window_weeks: float, info: ValidationInfo) -> float:
        week = info.data.get("week")
        if week and 2 * window_weeks >= week:
            raise ValueError(f"below {week / 2:g} weeks: no visit nearer to baseline than to week")
        return window_weeks

    @field_validator("date")
    @classmethod
    def _of_dates(cls, date: str, info: ValidationInfo) -> str:
        return _allowed(date, plan_rules.date_rule(date, info.data.get("window_weeks", 0)))

    @field_validator("window_takes")
    @classmethod
    def _of_a_window(cls, takes: str, info: ValidationInfo) -> str:
        is_lone = takes == "worst" and info.data.get("window_weeks") == 0
        return _allowed(takes, "there is no window to take it of: give window_weeks" * is_lone)

    @field_validator("visits")
    @classmethod
    def _are_apart(cls, visits: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        return _allowed(visits, plan_rules.visits_rule(visits, info.data.get("window_weeks", 0)))

    @field_validator("covariates", "strata")
    @classmethod
    def _adjusted_once(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        twice = {name for name in names if names.count(name) > 1}
        if info.field_name == "strata":
            others = _given(info, "covariates")
            twice |= set(names) & set(others if isinstance(others, list | tuple) else ())
        listed = ", ".join(sorted(twice))
        rules = [f"each column stands once in covariates or strata: {listed}"] if twice else []
        if _given(info, "primary") in names:
            rules.append("the primary outcome is no covariate: its baseline is always in")
        rules.append(plan_rules.adjusting_rule(_design(info), names))
        return _allowed(names, "; ".join(filter(None, rules)))

    def label(self, outcome: str) -> str:
        """What an outcome is called in the tables."""
        return label(self.outcomes, outcome)

    def unit(self, outcome: str) -> str:
        """Unit of an outcome."""
        return unit(self.outcomes, outcome)

    def is_of_person(self, outcome: str) -> bool:
        """Whether the plan declares that an outcome has one value a person."""
        own = self.outcomes.get(outcome)
        return own is not None and own.of == "person"

    def better_sign(self, outcome: str) -> int:
        """-1 for an outcome that is better lower, else 1."""
        return better_sign(self.outcomes, outcome)

    @property
    def margin_asked(self) -> dict[str, Any]:
        """What ``margin_tests`` takes beside an estimate of the primary outcome."""
        sign = self.better_sign(self.primary)
        return {"kind": self.margin_is, "size": self.margin, "better_sign": sign,
                "alpha": self.alpha}  # fmt: skip

    @property
    def adjusted(self) -> tuple[tuple[str, str], ...]:
        """Each covariate and stratum: the field that it stands in, and its column."""
        fields = (("covariates", self.covariates), ("strata", self.strata))
        return tuple((field, name) for field, names in fields for name in names)

    def question(self, outcome: str, treatment: str, control: str = "") -> Question:
        """What the plan asks of an outcome between an arm and another, else the control."""
        return Question(
            outcome,
            self.week,
            treatment,
            control or self.control,
            covariates=self.covariates,
            strata=self.strata,
            cluster=self.cluster,
            alpha=self.alpha,
            all_arms=self.model_arms == "all",
            covariance=self.covariance,
            visits=self.planned_visits,
        )

    @property
    def planned_visits(self) -> tuple[float, ...]:
        """Weeks after baseline that are visits; empty where every week of the file is one.

        By dates, where the plan names none, those to which most came, once the file is known.
        """
        named = {self.week, *self.visits} if self.visits else self._weeks_of_most
        return tuple(sorted(map(float, named)))

    def with_weeks_of_most(self, weeks: Iterable[float]) -> "AnalysisPlan":
        """The same plan, by dates: the weeks of its file to which most came."""
        plan = self.model_copy()
        plan._weeks_of_most = tuple(weeks)
        return plan

    @property
    def model(self) -> str:
        """The model of the planned analysis, as ``effects`` names it."""
        return self.analysis if self.missing == AS_MODELLED else imputed_model(self.missing)

    def scale(self, outcome: str) -> tuple[float, float]:
        """Ends of an outcome's scale; infinite where it has none."""
        if outcome in self.outcomes:
            return self.outcomes[outcome].low, self.outcomes[outcome].high
        column = columns().get(outcome)
        return (column.possible if column else None) or (-inf, inf)

    @property
    def level_pct(self) -> float:
        """Coverage of its intervals in per cent, as it is printed."""
        return level_pct(self.alpha)

    @property
    def prespecified(self) -> bool:
        """Whether it says anything but the default does; when it was written, nobody can see."""
        return self._is_registered or self.fingerprint != shipped_plan().fingerprint

    def as_registered(self, file_sha256: str) -> "AnalysisPlan":
        """The same plan, registered: prespecified even where it says what the default says.

        ``file_sha256`` is of the plan's file then.
        """
        plan = self.model_copy()
        plan._is_registered, plan._file_sha256 = True, file_sha256
        return plan

    @property
    def contrast(self) -> str:
        """Treatment minus control, as the tables name it; the arm alone where it is alone."""
        return self.question(self.primary, self.treatment).contrast

    @property
    def arms(self) -> tuple[str, ...]:
        """Treatment and control, or the arm that is alone."""
        return (self.treatment, self.control) if self.control else (self.treatment,)

    def toml(self) -> str:
        """The plan as TOML, its fields in one order, so that the same plan is the same text.

        A field of ``LATER`` that says nothing is left out: plans from before keep their text. So is
        the analysis of a design that has none to choose.
        """
        said = AnalysisPlan.model_fields
        unsaid = {name for name in LATER if getattr(self, name) == said[name].default}
        return tomli_w.dumps({n: one for n, one in self.spelled_out().items() if n not in unsaid})

    def spelled_out(self) -> dict[str, Any]:
        """Every field with its value, defaults too; without what its design lets no plan name."""
        fields = self.model_dump()
        if self.margin == 0:
            del fields["margin"]
        if plan_rules.analysis_rule(self.design, self.analysis):
            del fields["analysis"]
        return fields

    @property
    def fingerprint(self) -> str:
        """SHA-256 of ``toml()``, hexadecimal: the same for two files that say the same."""
        return hashlib.sha256(self.toml().encode("utf-8")).hexdigest()

    @property
    def file_sha256(self) -> str:
        """SHA-256 of the file that it was read from, hexadecimal; empty where of none."""
        return self._file_sha256


def read_plan(path: Path) -> AnalysisPlan:
    """Read a plan from a TOML file, with fields as in ``data/analysis_plan.toml``.

    Raises
    ------
    UsageProblems
        When the file is missing or is not TOML; every wrong, impossible or misspelt field, each
        with the nearest valid name.
    """
    try:
        table = text_files.loads(read_text(path))
        plan = AnalysisPlan.model_validate(table, context=table)
        plan._file_sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return plan
    except ValidationError as error:
        given = table.get("outcomes")
        own = tuple(given) if isinstance(given, dict) else ()
        fields = AnalysisPlan.model_fields
        raise UsageProblems(
            plan_problem(one, path.name, fields, own) for one in error.errors()
        ) from None
    except WrongEncoding as error:
        raise UsageProblems([Problem("analysis plan", path.name, str(error), SAVE)]) from None
    except (OSError, text_files.NotToml) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"an analysis plan in TOML is needed ({reason})"
        raise UsageProblems([Problem("analysis plan", path.name, rule)]) from None


@cache
def shipped_plan() -> AnalysisPlan:
    """The plan that travels with the package; it is nobody's own, so never prespecified."""
    return read_plan(place("data", "analysis_plan.toml"))
