"""How far off a reading may be: this clinic's repeated measurements and the literature's."""

from dataclasses import dataclass

import pandas as pd

from hipstudy import show
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.reliability import (
    ALONE_FROM,
    CLINIC,
    COMBINED,
    Retest,
    Sem,
    combine,
    mdc,
    retest,
)
from hipstudy.cohort_file.schema import outcomes
from hipstudy.labels import OUTCOME_LABELS, count_phrase, format_number, interval
from hipstudy.model import observe
from hipstudy.model.causes import LINKS
from hipstudy.pages.cohort_report.primary_question import digits_of, words
from hipstudy.parameters import central, number, shipped
from hipstudy.studies.cohort_study import CohortStudy

TORQUE, THOMAS = "end_range_torque_nm_kg", "thomas_ext_deg"
SOURCES = {CLINIC: "this clinic's", COMBINED: "combined"}


@dataclass(frozen=True)
class Reading:
    """How far off one outcome is read.

    Parameters
    ----------
    outcome
        Its column.
    own
        From repeated measurements; None where there are none, or of fewer runners than may be told
        of.
    literature, literature_range
        SEM by the evidence table.
    sem
        The SEM to go by.
    limbs_r
        How far the errors of a runner's two limbs go together.
    limbs_measured
        Whether that was measured here; else it is assumed.
    """

    outcome: str
    own: Retest | None
    literature: float
    literature_range: tuple[float, float]
    sem: Sem
    limbs_r: float
    limbs_measured: bool

    @property
    def mdc(self) -> float:
        """MDC of a runner's mean of two limbs."""
        return mdc(self.sem.sem, 2, self.limbs_r)


def reading(observations: pd.DataFrame, outcome: str) -> Reading:
    """What is known of the error of one outcome.

    Notes
    -----
    One person rates both hips, and errors of two ratings go together as the model has them;
    errors of angles and torques of two limbs are taken as independent. The clinic's own
    correlation takes the place of both where its SEM stands alone.
    """
    own = retest(observations, outcome)
    if own is not None and own.n_runners < least():
        own = None
    literature, ends = _literature(observations, outcome)
    sem = combine(own, literature, ends)
    limbs_r, measured = (number("side_r") if outcome in LINKS else 0.0), False
    if own is not None and sem.source == CLINIC and own.limbs_r == own.limbs_r:
        limbs_r, measured = max(own.limbs_r, 0.0), True
    return Reading(outcome, own, literature, ends, sem, limbs_r, measured)


def _literature(frame: pd.DataFrame, outcome: str) -> tuple[float, tuple[float, float]]:
    """SEM of one reading and its range, in the outcome's unit.

    A torque's is a share of the mean at baseline; the Thomas test's follows from its ICC with the
    pelvis free and held, which are taken as the range.
    """
    if outcome == THOMAS:
        controlled, free = (
            observe.instruments(central(), pelvis_controlled=how).thomas_sem_deg
            for how in (True, False)
        )
        return (controlled if _pelvis_held(frame) else free), (controlled, free)
    row = shipped()["torque_sem_share" if outcome == TORQUE else "nrs_sem"]
    size = 1.0
    if outcome == TORQUE:
        first = frame.loc[frame["week"] == 0, TORQUE].dropna()
        size = float(first.mean() if len(first) else frame[TORQUE].mean())
    return row.value * size, (row.low * size, row.high * size)


def _pelvis_held(frame: pd.DataFrame) -> bool:
    """Whether the pelvis was held at every test of which it is said; where nothing is, no."""
    if "pelvis_controlled" not in frame:
        return False
    answers = frame.loc[frame[THOMAS].notna(), "pelvis_controlled"].dropna()
    return bool(len(answers) and answers.isin([True, "yes"]).all())


def _measured(study: CohortStudy) -> list[str]:
    """Outcomes of which the package knows how exact a reading is, and the file has values."""
    frame = study.observations
    return [name for name in outcomes() if name in frame and frame[name].notna().any()]


def on_instruments(study: CohortStudy) -> show.Text:
    """Where errors of readings come from, or that they are known of no outcome of the file."""
    return show.Text(words("on_instruments", bool(_measured(study))))


def instruments(study: CohortStudy) -> show.Table | show.Text:
    """SEM, ICC and MDC of every measured outcome: this clinic's, the literature's, and used."""
    frame, measured = study.observations, _measured(study)
    if not measured:  # ``on_instruments`` says so
        return show.Text("")
    readings = [reading(frame, name) for name in measured]
    table = pd.DataFrame([_row(one) for one in readings])
    repeats = any(one.own for one in readings)
    caption = words(
        "instruments", alone_from=ALONE_FROM, side_r=number("side_r"), none_repeated=not repeats,
        least=least(), in_clusters=bool(study.plan.cluster),
    )  # fmt: skip
    align = dict.fromkeys(table.columns[1:], "right")
    return show.Table(table, caption, "instruments", align=align)


def _row(one: Reading) -> dict[str, str]:
    digits, own, sem = digits_of(one.outcome), one.own, one.sem
    ends = one.literature_range
    here = interval(own.sem, own.ci_low, own.ci_high, digits) if own else "none"
    agrees = format_number(own.icc) if own and own.icc == own.icc else "none"
    shift = interval(own.shift, own.shift_low, own.shift_high, digits) if own else "none"
    return {
        "Outcome": OUTCOME_LABELS[one.outcome],
        "Second less first": shift,
        "SEM, this clinic": f"{here}; {count_phrase(own.n_pairs, 'pair')}" if own else here,
        "ICC(2,1)": agrees,
        "SEM, literature": interval(one.literature, *ends, digits),
        "SEM used": f"{interval(sem.sem, sem.ci_low, sem.ci_high, digits)}, {source(sem)}",
        "MDC": f"{format_number(sem.mdc, digits)}, {format_number(one.mdc, digits)}",
    }


def source(sem: Sem) -> str:
    """Where an SEM comes from, in words."""
    return SOURCES.get(sem.source, "the literature's")
