"""Page 1: who is in the file, the planned answer, harms in brief."""

import math
from dataclasses import dataclass

from hipstudy import show
from hipstudy.analysis import participants
from hipstudy.analysis.estimate import Estimate
from hipstudy.cohort_file import file_warnings
from hipstudy.labels import OUTCOME_LABELS, arm_label
from hipstudy.pages.cohort_report.primary_question import (
    MODEL_LABELS,
    PrimaryQuestion,
    better_sign,
    cells,
    decimals,
    p_text,
    primary_question,
    unit_of,
    words,
)
from hipstudy.studies.cohort_study import CohortStudy

HARMS = {
    "adverse_event": "Adverse event",
    "stopped_exercise": "Stopped the exercise",
    "anterior_hip_pain": "Pain at the front of the hip",
}


@dataclass(frozen=True)
class CohortSize:
    """Who is in a cohort file, and the date of the report."""

    n_runners: int
    n_limbs: int
    weeks: tuple[str, ...]
    source: str
    date: str


@dataclass(frozen=True)
class OffWeek:
    """How many of how many runners came in other weeks than the plan's, and in which."""

    weeks: tuple[str, ...]
    n: int
    whole: int


@dataclass(frozen=True)
class AnotherWay:
    """Readings of an outcome that were taken another way than at baseline, by arm."""

    outcome: str
    n_runners: int
    by_arm: tuple[str, ...]
    is_angle_of_torque: bool


@dataclass(frozen=True)
class HarmCounts:
    """One kind of harm with its count in each arm in which it was recorded."""

    name: str
    by_arm: tuple[str, ...]


@dataclass(frozen=True)
class HarmsInBrief:
    """Harms that were recorded, and those that were not."""

    counts: tuple[HarmCounts, ...]
    not_recorded: tuple[str, ...]


@dataclass(frozen=True)
class CohortAnswer:
    """The planned answer and what page 1 says of it.

    Parameters
    ----------
    question, estimate, digits, p, unit, model
        What is asked, the answer, and how its numbers are printed.
    position
        Where the interval lies: ``small`` (within the margin either way), ``open`` (it holds zero),
        ``better`` or ``worse``.
    all_beyond
        Whether all of the interval is beyond the margin.
    benefit
        Chance that the mean difference is a benefit of the margin or more.
    n_in_file
        Runners in the file.
    off_week, left_out
        Who does not count, and why.
    """

    question: PrimaryQuestion
    estimate: Estimate
    digits: int
    p: str
    unit: str
    model: str
    position: str
    all_beyond: bool
    benefit: float
    n_in_file: int
    off_week: OffWeek
    left_out: tuple[AnotherWay, ...]

    @property
    def has_answer(self) -> bool:
        """Whether the planned analysis gave an estimate."""
        return not math.isnan(self.estimate.estimate)

    @property
    def size(self) -> float:
        """Size of the difference without its sign."""
        return abs(self.estimate.estimate)

    @property
    def rounds_to_zero(self) -> bool:
        """Whether the difference would be printed as zero."""
        return round(self.size, self.digits) == 0


def whom(study: CohortStudy) -> show.Text:
    """How many runners, limbs and visits the file has, and what its check warned of."""
    frame, cohort = study.observations, study.clinic.cohort
    weeks = sorted(set(frame["week"].dropna())) if "week" in frame else [0]
    size = CohortSize(
        frame["runner"].nunique(),
        len(frame[["runner", "side"]].drop_duplicates()),
        tuple(f"{week:g}" for week in weeks),
        cohort.source,
        study.settings.report_date,
    )
    return show.Text(words("whom", size) + file_warnings.markdown(cohort.warnings))


def answer(study: CohortStudy) -> show.Answer:
    """Page 1: the planned answer in words, three numbers, what it rests on."""
    facts = _answer(study)
    return show.Answer(
        words("answer", facts), tuple(cells("answer_numbers", facts)), words("basis", facts)
    )


def _answer(study: CohortStudy) -> CohortAnswer:
    plan, one = study.plan, study.primary
    ends = (one.ci_low, one.ci_high)
    return CohortAnswer(
        primary_question(plan),
        one,
        decimals(one),
        p_text(one.p),
        unit_of(one.outcome),
        MODEL_LABELS[plan.analysis],
        _position(one, plan.margin),
        min(map(abs, ends)) >= plan.margin,
        study.benefit_chance(plan.margin),
        study.observations["runner"].nunique(),
        off_week(study),
        another_way(study, plan.primary),
    )


def _position(one: Estimate, margin: float) -> str:
    """Where the interval lies, held against zero and the margin of the mean difference."""
    if one.ci_low > -margin and one.ci_high < margin:
        return "small"
    if one.ci_low <= 0 <= one.ci_high:
        return "open"
    return "better" if better_sign(one.outcome) * one.estimate > 0 else "worse"


def off_week(study: CohortStudy) -> OffWeek:
    """Who came in another week than the plan's, and so does not count in it."""
    weeks, n, whole = study.off_week
    return OffWeek(tuple(f"{week:g}" for week in weeks), n, whole)


def another_way(study: CohortStudy, outcome: str = "") -> tuple[AnotherWay, ...]:
    """Readings left out because they were not taken as at baseline: of one outcome, or of all."""
    return tuple(
        AnotherWay(
            OUTCOME_LABELS.get(left.outcome, left.outcome),
            left.n_runners,
            tuple(f"{arm_label(arm)} {n}" for arm, n in left.by_arm),
            left.outcome != "thomas_ext_deg",
        )
        for left in study.left_out
        if outcome in ("", left.outcome)
    )


def harms_in_brief(study: CohortStudy) -> show.Text:
    """Counts of harms by arm in one line, of those of whom they are recorded."""
    frame = participants.harms(study.observations, study.plan, tuple(HARMS))
    frame = frame[frame["instead"] == ""]
    counts = tuple(
        HarmCounts(
            HARMS[name].lower(),
            tuple(f"{arm_label(r.arm)} {r.n:g} of {r.of:g}" for r in rows.itertuples()),
        )
        for name, rows in frame.groupby("harm", sort=False)
    )
    others = tuple(HARMS[name].lower() for name in HARMS if name not in set(frame["harm"]))
    return show.Text(words("harms_in_brief", HarmsInBrief(counts, others)))
