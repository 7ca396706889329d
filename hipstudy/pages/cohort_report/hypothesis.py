"""Whether change of strength goes with change of tightness, and whether this cohort can tell."""

import math
from functools import lru_cache

from hipstudy import show
from hipstudy.analysis.change_association import MEASURED, TOO_COARSE, Slope, per_runner
from hipstudy.analysis.estimate import level
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, interval, percent
from hipstudy.studies import operating_characteristics
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.operating_characteristics import DetectionRate, Judgement, Rate

SEED = 1  # of the simulated cohorts: the same file gives the same page


@lru_cache(maxsize=1)
def judged(study: CohortStudy) -> Judgement | None:
    """The cohort's association of changes; None where it was not measured."""
    if per_runner(study.observations, study.plan.week).empty:
        return None
    return operating_characteristics.judge(study.observations, study.plan.week, seed=SEED)


def _not_measured(study: CohortStudy) -> str:
    frame, week = study.observations, study.plan.week
    seen = [
        {name for name in MEASURED
         if {name, "week"} <= set(frame) and frame.loc[frame["week"] == at, name].notna().any()}
        for at in (0, week)
    ]  # fmt: skip
    missing = [OUTCOME_LABELS[name] for name in MEASURED if name not in seen[0] & seen[1]]
    what = "; ".join(missing) + (" was" if len(missing) == 1 else " were")
    found = f"{what} not" if missing else "No limb had tightness, torque and angle"
    return (
        "Whether change of end-range strength goes with change of tightness cannot be asked: "
        f"{found} measured at both baseline and week {week}."
    )


def hypothesis(study: CohortStudy) -> show.Text:
    """Whether changes go together, or that this cohort cannot tell and why."""
    found = judged(study)
    return show.Text(_not_measured(study) if found is None else found.sentence)


def _slope(one: Slope, otherwise: str) -> str:
    if math.isnan(one.value):
        return f"none: {otherwise}"
    return interval(one.value, one.ci_low, one.ci_high)  # exploratory: no p


def _rate(one: Rate) -> str:
    return f"{percent(one.share)} ({percent(one.ci_low)} to {percent(one.ci_high)})"


def _simulated(found: Judgement, guarded: DetectionRate, weak: DetectionRate) -> dict[str, str]:
    arms = ", ".join(f"{arm_label(name)} {n}" for name, n in found.arms)
    return {
        "Simulated cohorts of each cause": f"{found.cohorts}: {arms}",
        "Slope found though tightness is guarding (false positives)": _rate(guarded.rule),
        "Slope found where tightness is weakness at end range (power)": _rate(weak.rule),
        "Both, ordinary slope alone": f"{_rate(guarded.ordinary)}; {_rate(weak.ordinary)}",
        "Both, corrected slope alone": f"{_rate(guarded.corrected)}; {_rate(weak.corrected)}",
        "Correction possible, in both": f"{_rate(guarded.correctable)}; {_rate(weak.correctable)}",
    }


def hypothesis_numbers(study: CohortStudy) -> show.Table | show.Text:
    """Slopes of the cohort, and how often such an analysis finds one in simulated cohorts."""
    import pandas as pd

    judgement = judged(study)
    if judgement is None:
        return show.Text("No association of changes was computed.")
    found = judgement.found
    rows = {
        "Points of tightness per 10 % torque, ordinary": _slope(found.raw, found.note),
        "The same, corrected for errors of measurement": _slope(
            found.corrected, found.note or TOO_COARSE
        ),
        "Runners": f"{found.n_runners}",
    }
    if judgement.guarded and judgement.weak:
        rows |= _simulated(judgement, judgement.guarded, judgement.weak)
    frame = pd.DataFrame({"What": list(rows), "Found": list(rows.values())})
    return show.Table(frame, _caption(judgement, study), "hypothesis", align={"Found": "left"})


def _caption(judgement: Judgement, study: CohortStudy) -> str:
    dose = (
        "completed dose as runners report it, itself uncertain"
        if judgement.found.dosed
        else "completed dose was not recorded"
    )
    return (
        f"Association of changes from baseline to week {study.plan.week}, of runners' means over "
        f"{count_phrase(judgement.found.n_runners, 'runner')} of all arms, with 95 % intervals. Held "
        "equal: change of the Thomas angle, tightness at baseline, arm; "
        f"{dose}. A slope is found when its interval leaves out zero: the corrected one where the "
        "correction can be made, else the ordinary one. A false positive counts with either sign, "
        "power only with less tightness for more torque. Simulated cohorts have as many runners "
        "measured at both visits, errors of measurement and uncertain parameters; rates with Monte "
        "Carlo intervals. The cohort cannot tell when the whole interval of false positives is "
        f"above {percent(1 - level())}, or power is below one half. Nobody was given a change of "
        "strength by chance: this is no effect of strength."
    )
