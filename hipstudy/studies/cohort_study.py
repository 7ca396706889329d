"""A clinic's cohort analysed: the plan first, then the data, then what was asked.

The plan is read, checked and fingerprinted before the cohort file is opened. One contrast, one
visit and one analysis are primary; the other outcomes that the plan names are secondary, with
Holm's correction; everything else is exploratory.
"""

from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.analysis.ancova import ancova, change_score, limb_ancova
from hipstudy.analysis.comparable_readings import LeftOut, comparable
from hipstudy.analysis.disclosure import fewest_at_both, least
from hipstudy.analysis.estimate import COLUMNS, Estimate, Question, none
from hipstudy.analysis.mixed import mixed, random_intercept
from hipstudy.analysis.plan import AnalysisPlan, check_against, read_plan, shipped_plan
from hipstudy.analysis.proportions import Shares, compare_shares
from hipstudy.cohort_file import clinic, rbds
from hipstudy.cohort_file.check_rows import instead_of
from hipstudy.cohort_file.clinic import Clinic
from hipstudy.cohort_file.schema import outcomes
from hipstudy.errors import DataProblems, Finding, Problem, UsageProblems
from hipstudy.model.causes import LINKS
from hipstudy.parameters import number
from hipstudy.resources import cohort_path
from hipstudy.short_repr import ShortRepr
from hipstudy.studies.report_settings import (
    REPORT_DATE,
    Day,
    ProblemCollection,
    ReportSettings,
    parameter,
)
from hipstudy.studies.table_methods import table

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("ancova", "mixed")
ROUNDING = 1e-9  # 4.1 - 2.1 is not quite 2
# Every defensible analysis, and those that are shown because they are often done.
STRIP = {
    "ancova": ancova,
    "mixed": mixed,
    "random_intercept": random_intercept,
    "limb_ancova": limb_ancova,
    "change_score": change_score,
}


class CohortSettings(ReportSettings):
    """What to analyse, by which plan; as in the notebook's first cell."""

    cohort: str = parameter("", "file | | the clinic's cohort file; needed")
    analysis_plan: str = parameter(
        "", "file | | a plan in TOML, written before the data were seen; empty: the shipped default"
    )
    mcid_nrs: float = parameter(
        number("mcid_nrs"), "NRS points | 0.1 to 10 | smallest change one person calls worthwhile"
    )
    small_cells: bool = parameter(
        False,
        "| | show characteristics of fewer than 5 runners too; flow and harms are always shown",
    )
    report_date: Day = REPORT_DATE

    def plan(self) -> AnalysisPlan:
        """The plan that was given, or the shipped one.

        Raises
        ------
        UsageProblems
            Every wrong field of the file.
        """
        return read_plan(Path(self.analysis_plan)) if self.analysis_plan else shipped_plan()

    def clinic(self) -> Clinic:
        """The cohort file.

        Raises
        ------
        UsageProblems, DataProblems
            When there is none, or it cannot be used.
        """
        if not self.cohort:
            mend = "Give one: hipstudy report cohort --cohort FILE; hipstudy example copies one."
            raise UsageProblems([Problem("cohort", "nothing", "a cohort file is needed", mend)])
        path = cohort_path(self.cohort)
        if rbds.is_rbds(path):
            rule = "it has one visit and no arms: there is nothing to compare"
            raise DataProblems([Problem(path.name, rbds.SOURCE, rule)])
        return _with_arms(clinic.read(path, seed=0))

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Read the plan and the cohort file, and see whether they fit; warnings of the file."""
        plan, clinic_file = problems.attempt(self.plan), problems.attempt(self.clinic)
        if plan and clinic_file:
            problems.attempt(lambda: _check_against_plan(plan, clinic_file))
        return clinic_file.cohort.warnings if clinic_file else ()


preflight = CohortSettings.preflight


@dataclass(frozen=True, eq=False, repr=False)
class CohortStudy(ShortRepr):
    """Everything that was asked of a cohort, and the answers.

    Parameters
    ----------
    settings, plan, clinic
        What was analysed, by which plan.
    primary
        The planned analysis.
    estimates
        Both models of every measured outcome and contrast at the plan's visit.
    strip
        Every analysis of the primary question.
    left_out
        Readings taken another way than at baseline: they are in no change.
    """

    settings: CohortSettings
    plan: AnalysisPlan
    clinic: Clinic
    primary: Estimate
    estimates: tuple[Estimate, ...]
    strip: tuple[Estimate, ...]
    left_out: tuple[LeftOut, ...] = ()

    def facts(self) -> dict[str, object]:
        """The planned question and answer, and counts."""
        plan, cohort = self.plan, self.clinic.cohort
        return {
            "primary": f"{plan.primary}, week {plan.week}",
            "contrast": f"{plan.treatment} - {plan.control}",
            "analysis": plan.analysis,
            "runners": cohort.n_runners,
            "rows": len(self.observations),
            "estimates": len(self.estimates),
            "warnings": len(cohort.warnings),
        }

    effects = table("cohort_study", "effects")

    @property
    def observations(self) -> "pd.DataFrame":
        """Every row of the file, runners by run-local number; ``left_out`` are blank in it."""
        return self.clinic.observations

    def benefit_chance(self, margin: float) -> float:
        """Chance that the mean difference is a benefit of ``margin`` or more, by a flat prior.

        Ratings are better lower, angle and torque higher.
        """
        from scipy import stats

        one = self.primary
        benefit = -one.estimate if one.outcome in LINKS else one.estimate
        return float(stats.t.sf((margin - benefit) / one.se, one.df))

    @property
    def off_week(self) -> tuple[list[float], int, int]:
        """Weeks in which runners came instead of the plan's, how many did, and of how many.

        Of those with the primary outcome at baseline, in the two arms.
        """
        plan, frame = self.plan, self.observations
        arms = frame["arm"].isin([plan.treatment, plan.control])
        frame = frame[arms & frame[plan.primary].notna()]
        frame = frame[frame["runner"].isin(frame.loc[frame["week"] == 0, "runner"])]
        weeks, who = instead_of(frame, plan.week)
        return weeks, len(who), frame["runner"].nunique()

    @property
    def rated(self) -> str:
        """The rating of which improved runners are counted: the primary outcome, or tightness."""
        return self.plan.primary if self.plan.primary in LINKS else "tightness_nrs"

    def improved(self) -> Shares | None:
        """Runners whose rating fell by the MCID or more; None where too few were rated twice."""
        plan, rating, arms = self.plan, self.rated, (self.plan.treatment, self.plan.control)
        frame = self.observations
        if rating not in frame or fewest_at_both(frame, rating, plan.week, arms) < least():
            return None
        fallen = -runner_changes(frame, rating, plan.week) > self.settings.mcid_nrs - ROUNDING
        reached = fallen.groupby("arm").agg(["sum", "size"])
        treatment, control = (
            (int(reached.loc[arm, "sum"]), int(reached.loc[arm, "size"]))
            for arm in (plan.treatment, plan.control)
        )
        return compare_shares(treatment, control, plan.alpha)

    @property
    def question(self) -> Question:
        """The primary question."""
        return primary_question(self.plan)

    def by_model(self, model: str) -> Estimate:
        """The primary question by one of the analyses."""
        return next(one for one in self.strip if one.model == model)

    def has_answer(self, model: str) -> bool:
        """Whether one of the analyses answers the primary question."""
        return not isnan(self.by_model(model).estimate)

    @property
    def other(self) -> Estimate:
        """The primary question by the analysis that is not the primary one."""
        return self.by_model("mixed" if self.plan.analysis == "ancova" else "ancova")

    def limbs_at_both(self) -> "pd.DataFrame":
        """Limbs of the two arms with the primary outcome at baseline and at the plan's visit.

        Columns: arm, runner, side, baseline, end, treated (1 in the treatment arm, else 0).
        """
        plan = self.plan
        limbs = limbs_at_both(self.observations, plan.primary, plan.week).reset_index()
        limbs = limbs[limbs["arm"].isin([plan.treatment, plan.control])]
        return limbs.assign(treated=(limbs["arm"] == plan.treatment).astype(float))


def primary_question(plan: AnalysisPlan) -> Question:
    """What a plan asks first."""
    return Question(plan.primary, plan.week, plan.treatment, plan.control)


def limbs_at_both(frame: "pd.DataFrame", outcome: str, week: float) -> "pd.DataFrame":
    """Limbs with an outcome at baseline and at a visit: columns baseline and end, by limb."""
    import pandas as pd

    known = frame[frame[outcome].notna()].set_index(["arm", "runner", "side"])
    baseline, end = (known.loc[known["week"] == at, outcome] for at in (0, week))
    return pd.DataFrame({"baseline": baseline, "end": end}).dropna()


def runner_changes(frame: "pd.DataFrame", outcome: str, week: float) -> "pd.Series":
    """Change of every runner from baseline to a visit, by arm and runner.

    The mean over the limbs that have both values, as in ANCOVA: a limb that was measured at one of
    them only would add what differs between limbs to what changed.
    """
    both = limbs_at_both(frame, outcome, week)
    return (both["end"] - both["baseline"]).groupby(["arm", "runner"]).mean()


def questions(plan: AnalysisPlan, observations: "pd.DataFrame") -> list[Question]:
    """Every measured outcome and contrast with the control at the plan's visit, planned first."""
    measured = [
        name for name in outcomes() if name in observations and observations[name].notna().any()
    ]
    arms = [plan.treatment, *sorted(set(observations["arm"].dropna()) - {plan.treatment})]
    planned = [plan.primary, *plan.secondary]
    names = sorted(measured, key=lambda name: (name not in planned, measured.index(name)))
    names.sort(key=lambda name: name != plan.primary)
    return [
        Question(name, plan.week, arm, plan.control)
        for arm in arms
        if arm != plan.control
        for name in names
    ]


def run(**fields: Any) -> CohortStudy:
    """Analyse a cohort.

    Parameters
    ----------
    **fields
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting, and every wrong field of the plan.
    DataProblems
        Every error of the cohort file, and what of the plan is not in it.
    """
    settings = CohortSettings.check(fields)
    plan = settings.plan()  # fixed before the data are read
    clinic_data = settings.clinic()
    _check_against_plan(plan, clinic_data)
    frame, left_out = comparable(clinic_data.observations)
    clinic_data = replace(clinic_data, observations=frame)
    strip = tuple(_estimate(frame, primary_question(plan), model) for model in STRIP)
    estimates = tuple(
        _estimate(frame, question, model) for question in questions(plan, frame) for model in MODELS
    )
    primary = next(one for one in strip if one.model == plan.analysis)
    return CohortStudy(settings, plan, clinic_data, primary, estimates, strip, left_out)


def _check_against_plan(plan: AnalysisPlan, clinic_data: Clinic) -> None:
    """Raise what the plan names and the file does not have."""
    problems = check_against(plan, clinic_data.observations)
    if problems:
        raise DataProblems(problems)


def _with_arms(clinic_data: Clinic) -> Clinic:
    """The arm of a runner in every row of that runner; a file may have it at baseline only."""
    frame = clinic_data.observations
    if "arm" not in frame:
        return clinic_data
    arm = frame["arm"].fillna(frame.groupby("runner")["arm"].transform("first"))
    return replace(clinic_data, observations=frame.assign(arm=arm))


def _estimate(frame: "pd.DataFrame", question: Question, model: str) -> Estimate:
    """The estimate, where it tells about enough runners of both arms."""
    arms = (question.treatment, question.control)
    if fewest_at_both(frame, question.outcome, question.week, arms) < least():
        why = f"fewer than {least()} runners of an arm at both visits"
        return none(question, model, why)
    return STRIP[model](frame, question)


def effects(study: CohortStudy) -> "pd.DataFrame":
    """Both models of every measured outcome and contrast, in the columns of ``effects.csv``."""
    import pandas as pd

    return pd.DataFrame([one.as_row() for one in study.estimates], columns=list(COLUMNS))
