"""A clinic's cohort analysed: the plan first, then the data, then what was asked.

The plan is read and checked, and the digest of its file taken, before the cohort file is opened.
One contrast, one visit and one analysis are primary; the other outcomes that the plan names are
secondary, with Holm's correction; everything else is exploratory.
"""

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from hipstudy.analysis import arm_results, participants
from hipstudy.analysis.comparable_readings import LeftOut, comparable
from hipstudy.analysis.covariates import Adjustment, adjustments
from hipstudy.analysis.designs import models_by_design
from hipstudy.analysis.designs.plan_rules import CROSSOVER, PARALLEL
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import COLUMNS, Estimate, Question
from hipstudy.analysis.imputed_ancova import runners_imputed_or_complete
from hipstudy.analysis.margin_tests import MarginVerdict, chance_beyond, margin_verdict
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.mixed import kept_by_arm
from hipstudy.analysis.moved_shares import moved_shares
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.proportions import Shares
from hipstudy.analysis.runners_left_out import (
    came_in_other_weeks,
    lacking_baseline,
    reasons_left_out,
    runners_analysed,
)
from hipstudy.analysis.visit_windows import NOBODY, InWindow
from hipstudy.cohort_file import runners_origin
from hipstudy.cohort_file.clinic import Clinic
from hipstudy.finding_kinds import finding_kinds
from hipstudy.model.causes import LINKS
from hipstudy.short_repr import ShortRepr
from hipstudy.studies.cohort_as_planned import as_planned, with_visits
from hipstudy.studies.cohort_settings import CohortSettings as CohortSettings
from hipstudy.studies.plain_model_rows import limbs_at_both
from hipstudy.studies.plan_deviations import RegisteredPlan, registered_plan
from hipstudy.studies.planned_answers import all_answers, primary_question
from hipstudy.studies.planned_answers import questions as questions
from hipstudy.studies.table_methods import table

if TYPE_CHECKING:
    import pandas as pd


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
    imputed
        The same by the plan's imputation; empty where none is planned.
    strip
        Every analysis of the primary question.
    left_out
        Readings taken another way than at baseline: they are in no change.
    in_window
        How many runners came in another week that the plan counts as its own.
    registered
        The registered plan, with all that deviates from it; None where none is named.
    is_simulated
        Whether the file was made up to fill the shells of a preregistration.
    """

    settings: CohortSettings
    plan: AnalysisPlan
    clinic: Clinic
    primary: Estimate
    estimates: tuple[Estimate, ...]
    strip: tuple[Estimate, ...]
    left_out: tuple[LeftOut, ...] = ()
    in_window: InWindow = NOBODY
    imputed: tuple[Estimate, ...] = ()
    registered: RegisteredPlan | None = None
    is_simulated: bool = False

    def facts(self) -> dict[str, object]:
        """The planned question and answer, and counts."""
        plan, cohort = self.plan, self.clinic.cohort
        return {
            "primary": f"{plan.primary}, week {plan.week}",
            "contrast": plan.contrast,
            "analysis": self.model,
            "runners": cohort.n_runners,
            "rows": len(self.observations),
            "estimates": len(self.estimates),
            "warnings": len(finding_kinds(cohort.warnings)),
        }

    effects = table("cohort_study", "effects")
    results = table("cohort_study", "results")
    integrity = table("integrity_looks", "integrity")
    adjusted_means = table("every_visit", "adjusted_means")
    deviations = table("plan_deviations", "deviations")

    @property
    def observations(self) -> "pd.DataFrame":
        """Every row of the file, runners by run-local number; ``left_out`` are blank in it."""
        return self.clinic.observations

    def benefit_chance(self, margin: float) -> float:
        """Chance that the mean difference is a benefit of ``margin`` or more, by a flat prior.

        Which way is better, the format or the plan says.
        """
        one = self.primary
        return chance_beyond(one, margin, self.plan.better_sign(one.outcome))

    def harm_chance(self, margin: float) -> float:
        """Chance that the mean difference is a disadvantage of ``margin`` or more, likewise."""
        one = self.primary
        return chance_beyond(one, margin, -self.plan.better_sign(one.outcome))

    def verdict(self, one: Estimate) -> MarginVerdict:
        """What an estimate of the primary outcome says of the plan's margin."""
        return margin_verdict(one, **self.plan.margin_asked)

    @property
    def off_week(self) -> tuple[list[float], int, int]:
        """Weeks in which runners came instead of the plan's, how many did, and of how many.

        Of those with the primary outcome at baseline, in the two arms.
        """
        return came_in_other_weeks(self.observations, self.plan)

    @property
    def is_example(self) -> bool:
        """Whether its runners are made up: for a preregistration, or all of the example's."""
        return self.is_simulated or runners_origin.is_example(self.clinic.cohort)

    @property
    def n_no_baseline(self) -> int:
        """Runners of the two arms without the primary outcome at baseline, on any limb.

        Where the legs of a runner have arms, without it on one of these legs.
        """
        asked = (self.observations, self.plan, self.plan.primary)
        return lacking_baseline(*asked)["runner"].nunique()

    @property
    def few_came(self) -> dict[float, int]:
        """Weeks after baseline, but for the plan's, in which too few came for a visit: how many."""
        came = self.observations.groupby("week")["runner"].nunique()
        is_few = (came.index > 0) & (came.index != self.plan.week) & (came < least())
        return {float(week): int(n) for week, n in came[is_few].items()}

    @property
    def rated(self) -> str:
        """The rating of which improved runners are counted: the primary outcome, or tightness."""
        return self.plan.primary if self.plan.primary in LINKS else "tightness_nrs"

    def improved(self) -> Shares | None:
        """Runners whose rating fell by the MCID or more; None where too few were rated twice."""
        return self._moved(-1)

    def worsened(self) -> Shares | None:
        """Runners whose rating rose by the MCID or more; None where too few were rated twice."""
        return self._moved(1)

    def _moved(self, way: int) -> Shares | None:
        asked = (self.rated, self.question, way * self.settings.mcid_nrs)
        return moved_shares(self.observations, *asked)

    @property
    def question(self) -> Question:
        """The primary question."""
        return primary_question(self.plan)

    def planned_estimate(self, outcome: str, arm: str, control: str = "") -> Estimate | None:
        """The plan's analysis of an outcome: an arm less a control; None where not measured."""
        contrast = self.plan.question(outcome, arm, control).contrast
        asked = (outcome, contrast, self.model)
        every = (*self.estimates, *self.imputed)
        return next((one for one in every if (one.outcome, one.contrast, one.model) == asked), None)

    def by_model(self, model: str) -> Estimate:
        """The primary question by one of the analyses."""
        return next(one for one in self.strip if one.model == model)

    def has_answer(self, model: str) -> bool:
        """Whether one of the analyses answers the primary question."""
        return any(one.model == model and not isnan(one.estimate) for one in self.strip)

    @property
    def model(self) -> str:
        """The model that answers the plan: its analysis, or that of its design."""
        return models_by_design.planned_model(self.plan)

    @property
    def is_parallel(self) -> bool:
        """Whether two groups of runners stand side by side."""
        return self.plan.design == PARALLEL

    @property
    def has_arms_apart(self) -> bool:
        """Whether ``enrolment_rows`` stand by arm, and not by the order of arms of a crossover."""
        return self.plan.design != CROSSOVER

    @property
    def enrolment_rows(self) -> "pd.DataFrame":
        """Every row, of a crossover with the arm that came first: who came how far is by it."""
        return models_by_design.enrolment_rows(self.observations, self.plan)

    def enrolment_results(self) -> "pd.DataFrame":
        """What was measured, as in ``results``, by the arms of ``enrolment_rows``."""
        small = self.settings.small_cells
        return arm_results.results(self.enrolment_rows, self.plan, small_cells=small)

    @property
    def other(self) -> Estimate:
        """The primary question by the analysis that is not the primary one."""
        models = models_by_design.models_of_effects(self.plan)
        return self.by_model(next(one for one in models if one != self.model))

    @property
    def not_measured(self) -> tuple[str, ...]:
        """Secondary outcomes of the plan of which the file has no value."""
        frame = self.observations
        names = self.plan.secondary
        return tuple(one for one in names if one not in frame or frame[one].isna().all())

    @property
    def n_kept(self) -> tuple[int, int]:
        """Runners without a baseline in the planned analysis, of treatment and of control."""
        if not self.is_parallel or isnan(self.primary.estimate):
            return 0, 0
        analysis = self.plan.analysis if self.plan.missing == AS_MODELLED else "mixed"
        return kept_by_arm(self.observations, self.question, analysis)

    @property
    def n_imputed(self) -> int:
        """Runners whose end the planned analysis imputes."""
        if self.plan.missing == AS_MODELLED or isnan(self.primary.estimate):
            return 0
        asked = (self.observations, self.question, self.plan.missing)
        return int(runners_imputed_or_complete(*asked)[1].sum())

    def limbs_at_both(self) -> "pd.DataFrame":
        """Limbs of the model's arms with the primary outcome at both visits, for plain models."""
        return limbs_at_both(self.observations, self.plan, self.question)

    @property
    def formula(self) -> str:
        """The plain model of ``limbs_at_both``, in the notation of statsmodels."""
        names = ("covariate_", "arm_", "no_baseline")
        more = [name for name in self.limbs_at_both() if name.startswith(names)]
        return " + ".join(["end ~ treated + baseline", *more])

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """How each covariate and stratum of the plan stands in the models."""
        return adjustments(self.observations, self.question)

    @property
    def left_out_runners(self) -> "pd.Series":
        """Why each runner who was asked is not in the planned analysis; a code by runner."""
        frame, plan = self.observations, self.plan
        analysed = () if isnan(self.primary.estimate) else runners_analysed(frame, plan)
        return reasons_left_out(frame, plan, analysed)

    @property
    def is_of_person(self) -> bool:
        """Whether the primary outcome has one value a person, and none of a limb."""
        return self.plan.is_of_person(self.plan.primary)

    @property
    def has_limbs(self) -> bool:
        """Whether the file has an outcome of a limb."""
        return participants.has_limbs(self.observations, self.plan)

    @property
    def n_without_covariate(self) -> int:
        """Runners whom a covariate that is not known keeps out of the model."""
        return int((self.left_out_runners == "covariate").sum())


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
    clinic_data, registration = settings.clinic(plan), settings.registration()
    asked = (plan, clinic_data, settings.mcid_nrs)
    registered = registered_plan(registration, *asked) if registration else None
    return replace(analysis_of(settings, plan, clinic_data), registered=registered)


def analysis_of(settings: CohortSettings, plan: AnalysisPlan, clinic_data: Clinic) -> CohortStudy:
    """Analyse a cohort that was read by its plan, whatever was registered.

    Raises
    ------
    DataProblems
        When something that the plan names is not in it.
    """
    clinic_data, in_window = as_planned(plan, clinic_data)
    plan = with_visits(plan, clinic_data)
    frame, left_out = comparable(clinic_data.observations)
    clinic_data = replace(clinic_data, observations=frame)
    strip, estimates, imputed = all_answers(plan, frame)
    planned = models_by_design.planned_model(plan)
    primary = next(one for one in strip if one.model == planned)
    return CohortStudy(
        settings, plan, clinic_data, primary, estimates, strip, left_out, in_window, imputed
    )


def effects(study: CohortStudy) -> "pd.DataFrame":
    """Both models of every measured outcome and contrast, in the columns of ``effects.csv``.

    The mixed model has every visit that it uses; then comes the plan's imputation.
    """
    import pandas as pd

    from hipstudy.studies.every_visit import other_visits

    planned = [one.as_row() for one in study.imputed]
    others = other_visits(study) if study.is_parallel else []
    rows = [*(one.as_row() for one in study.estimates), *others, *planned]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def results(study: CohortStudy) -> "pd.DataFrame":
    """What was measured by outcome, visit and arm, in the columns of ``analysis.arm_results``."""
    small = study.settings.small_cells
    return arm_results.results(study.observations, study.plan, small_cells=small)
