"""How far off a reading may be: this clinic's repeated measurements and the literature's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hipstudy import show
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.reliability import ALONE_FROM, CLINIC, COMBINED, Retest, Sem, combined, mdc
from hipstudy.analysis.reliability import retest as retest_
from hipstudy.cohort_file.schema import outcomes
from hipstudy.labels import OUTCOME_LABELS, count_phrase, interval
from hipstudy.labels import format_number as as_text
from hipstudy.model.causes import LINKS
from hipstudy.model.observe import instruments as modelled
from hipstudy.pages.cohort_report.effect import DIGITS
from hipstudy.parameters import central, number, shipped
from hipstudy.studies.cohort_study import CohortStudy

if TYPE_CHECKING:
    import pandas as pd

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
    used
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
    used: Sem
    limbs_r: float
    limbs_measured: bool

    @property
    def mdc(self) -> float:
        """MDC of a runner's mean of two limbs."""
        return mdc(self.used.sem, 2, self.limbs_r)


def reading(observations: "pd.DataFrame", outcome: str) -> Reading:
    """What is known of the error of one outcome.

    Notes
    -----
    One person rates both hips, and errors of two ratings go together as the model has them;
    errors of angles and torques of two limbs are taken as independent. The clinic's own
    correlation takes the place of both where its SEM stands alone.
    """
    own = retest_(observations, outcome)
    if own is not None and own.n_runners < least():
        own = None
    sem, ends = _literature(observations, outcome)
    used = combined(own, sem, ends)
    limbs_r, measured = (number("side_r") if outcome in LINKS else 0.0), False
    if own is not None and used.source == CLINIC and own.limbs_r == own.limbs_r:
        limbs_r, measured = max(own.limbs_r, 0.0), True
    return Reading(outcome, own, sem, ends, used, limbs_r, measured)


def _literature(frame: "pd.DataFrame", outcome: str) -> tuple[float, tuple[float, float]]:
    """SEM of one reading and its range, in the outcome's unit.

    A torque's is a share of the mean at baseline; the Thomas test's follows from its ICC with the
    pelvis free and held, which are taken as the range.
    """
    if outcome == THOMAS:
        held, free = (
            modelled(central(), pelvis_controlled=how).thomas_sem_deg for how in (True, False)
        )
        return (held if _pelvis_held(frame) else free), (held, free)
    row = shipped()["torque_sem_share" if outcome == TORQUE else "nrs_sem"]
    size = 1.0
    if outcome == TORQUE:
        first = frame.loc[frame["week"] == 0, TORQUE].dropna()
        size = float(first.mean() if len(first) else frame[TORQUE].mean())
    return row.value * size, (row.low * size, row.high * size)


def _pelvis_held(frame: "pd.DataFrame") -> bool:
    """Whether the pelvis was held at every test of which it is said; where nothing is, no."""
    if "pelvis_controlled" not in frame:
        return False
    said = frame.loc[frame[THOMAS].notna(), "pelvis_controlled"].dropna()
    return bool(len(said) and said.isin([True, "yes"]).all())


def instruments(study: CohortStudy) -> show.Table:
    """SEM, ICC and MDC of every measured outcome: this clinic's, the literature's, and used."""
    import pandas as pd

    frame = study.observations
    measured = [name for name in outcomes() if name in frame and frame[name].notna().any()]
    found = [reading(frame, name) for name in measured]
    table = pd.DataFrame([_row(one) for one in found])
    caption = (
        "Errors of one reading of one limb (SEM). This clinic's come from limbs measured before "
        "baseline and at it, with a 95 % interval that counts runners; ICC(2,1) is over limbs. The "
        "literature's have the range of the evidence table, the Thomas test's from pelvis held to "
        "free. Both are combined by the precision of "
        f"log SEM; from {ALONE_FROM} pairs of this clinic, or where its interval is outside the "
        "literature's range, its own stand alone. MDC: the change "
        "that errors alone exceed in one of twenty, of one limb and of a runner's mean of two. "
        "Errors of a runner's two ratings are taken to go together at "
        f"{as_text(number('side_r'))}, those of two angles or torques not at all, unless this "
        f"clinic's own stand alone. {_repeated(found)}"
    )
    align = dict.fromkeys(table.columns[1:], "right")
    return show.Table(table, caption, "instruments", align=align)


def _row(one: Reading) -> dict[str, str]:
    digits, own, used = DIGITS.get(one.outcome, 2), one.own, one.used
    ends = one.literature_range
    here = interval(own.sem, own.ci_low, own.ci_high, digits) if own else "none"
    agrees = as_text(own.icc) if own and own.icc == own.icc else "none"
    return {
        "Outcome": OUTCOME_LABELS[one.outcome],
        "SEM, this clinic": f"{here}; {count_phrase(own.n_pairs, 'pair')}" if own else here,
        "ICC(2,1)": agrees,
        "SEM, literature": interval(one.literature, *ends, digits),
        "SEM used": f"{interval(used.sem, used.ci_low, used.ci_high, digits)}, {source(used)}",
        "MDC, limb": as_text(used.mdc, digits),
        "MDC, runner": as_text(one.mdc, digits),
    }


def source(used: Sem) -> str:
    """Where an SEM comes from, in words."""
    return SOURCES.get(used.source, "the literature's")


def _repeated(found: list[Reading]) -> str:
    if any(one.own for one in found):
        return ""
    return (
        f"No outcome was measured before baseline in {least()} runners or more: nothing here is "
        "this clinic's own."
    )
