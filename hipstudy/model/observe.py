"""What a clinic would see of the truth: visits, instruments, reports, and runners who are lost.

The truth is at rest; a visit comes so many hours after the last session and stretch, and what they
leave is in the reading. Every instrument has its error, and the Thomas test a stable bias besides.
A hip that feels tighter than usual on the day is tested weaker and shorter: so changes of readings
go with changes of ratings though neither brings the other.
Being lost to follow-up is another event than stopping the exercise: a runner may stop and still
come, or go on and not come. The frame has the columns of a clinic's own file.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.model import equations, paired_limbs, soreness
from hipstudy.model.adherence import DAYS
from hipstudy.model.baseline import thomas_sd
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.simulate import tested_angle
from hipstudy.model.trajectories import SimulatedArm
from hipstudy.model.usual_level import NRS_MAX
from hipstudy.model.weekly_dose import reaches_end_range
from hipstudy.parameters import Values


@dataclass(frozen=True)
class Visits:
    """When runners are seen, and how.

    Parameters
    ----------
    weeks
        Weeks of the visits; 0 is baseline.
    hours_since_stretch, hours_since_session
        At least so long ago the last stretch and session were; longer where they were.
    nrs_step
        Ratings are given in steps of so much; 0 leaves them unrounded.
    """

    weeks: tuple[int, ...] = (0, 6, 12)
    hours_since_stretch: float = 48
    hours_since_session: float = 72
    nrs_step: float = 1

    def __post_init__(self) -> None:
        """Refuse visits that cannot be.

        Raises
        ------
        ValueError
            When weeks are none, negative or out of order, or hours or steps are negative.
        """
        whole = all(isinstance(week, int) and week >= 0 for week in self.weeks)
        if not self.weeks or not whole or list(self.weeks) != sorted(set(self.weeks)):
            raise ValueError(f"weeks: found {self.weeks}; the rule is whole weeks, rising, from 0")
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            if not value >= 0:  # not a number is not, either
                raise ValueError(f"{field.name}: found {value}; the rule is 0 or more")


@dataclass(frozen=True)
class Instruments:
    """Errors of the readings as standard deviations; ``perfect`` has none.

    ``pelvis_controlled`` says how the Thomas test was done, ``rating_r`` how far the errors of a
    runner's two ratings go together: one person rates both hips. ``torque_lost_per_nrs`` (share)
    and ``angle_lost_deg_per_nrs`` are what a test misses for each point that the hip feels tighter
    on the day than usual.
    """

    thomas_sem_deg: float
    thomas_bias_sd_deg: float
    torque_sem_share: float
    nrs_sem: float
    over_report: float
    brace_deg: float
    lost_per_wk: float
    rating_r: float = 0.0
    pelvis_controlled: bool = True
    torque_lost_per_nrs: float = 0.0
    angle_lost_deg_per_nrs: float = 0.0


def instruments(values: Values, *, pelvis_controlled: bool = True) -> Instruments:
    """Instruments at the first draw of the parameters.

    Notes
    -----
    An ICC is the true variance over that and the error's: SEM = SD sqrt((1 - ICC) / ICC). A
    reading that goes with the true angle at r has a stable bias of SD sqrt(1 / r**2 - 1). A share
    lost by a week, at a steady hazard, is 1 - (1 - share)**(1 / weeks) a week.
    """

    def v(name: str) -> float:
        return float(values[name][0, 0])

    how = "controlled" if pelvis_controlled else "uncontrolled"
    icc, r = v(f"thomas_icc_{how}"), v(f"thomas_true_r_{how}")
    sd = float(thomas_sd(values)[0, 0])
    bias = sd * np.sqrt(1 / r**2 - 1)
    return Instruments(
        thomas_sem_deg=float(np.hypot(sd, bias) * np.sqrt((1 - icc) / icc)),
        thomas_bias_sd_deg=float(bias),
        torque_sem_share=v("torque_sem_share"),
        nrs_sem=v("nrs_sem"),
        over_report=v("over_report_factor"),
        brace_deg=v("brace_bias_deg"),
        lost_per_wk=1 - (1 - v("lost_share")) ** (1 / v("lost_reference_wk")),
        rating_r=v("side_r"),
        pelvis_controlled=pelvis_controlled,
        torque_lost_per_nrs=v("torque_lost_per_nrs"),
        angle_lost_deg_per_nrs=v("angle_lost_deg_per_nrs"),
    )


def perfect() -> Instruments:
    """Instruments without error, and nobody lost."""
    return Instruments(0, 0, 0, 0, 1, 0, 0)


if TYPE_CHECKING:
    import pandas as pd

HOURS = 24
COLUMNS = (
    "runner_id",
    "side",
    "arm",
    "week",
    "thomas_ext_deg",
    "end_range_torque_nm_kg",
    "torque_angle_ext_deg",
    "tightness_nrs",
    "discomfort_nrs",
    "adherence_pct",
    "sex",
    "age_y",
    "mass_kg",
    "hours_since_stretch",
    "hours_since_session",
    "pelvis_controlled",
    "stopped_exercise",
)


def observe(run: SimulatedArm, visits: Visits, tools: Instruments, *, seed: int) -> "pd.DataFrame":
    """Look at one arm at its visits.

    Parameters
    ----------
    run
        The truth, with one draw of the parameters in one world.
    visits, tools
        When and how it is looked at.
    seed
        Of the errors and of who is lost; the same runner has the same luck in every arm.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``, one row per runner, side and visit that took place.

    Raises
    ------
    ValueError
        When there is more than one draw or world, because a clinic sees one; when a visit is past
        the last week simulated; when the runners are real (``Cohort.check_drawn``).
    """
    import pandas as pd

    n = (run.values.n_draws, len(run.starts))
    if n != (1, 1):
        raise ValueError(f"found {n[0]} draws and {n[1]} worlds; the rule is one of each")
    run.cohort.check_drawn()
    last = run.weeks
    if visits.weeks[-1] > last:
        raise ValueError(f"weeks: found {visits.weeks[-1]}; the rule is up to {last}, as simulated")
    frame = pd.concat(
        [_visit(run, visits, tools, week, seed) for week in visits.weeks], ignore_index=True
    )
    return frame[list(COLUMNS)].reset_index(drop=True)


def _normal(stream: str, cohort: Cohort, seed: int, *by: int) -> Array:
    """Standard normal luck of every limb, (limbs,)."""
    keys = [cohort.key[:, np.newaxis], np.arange(len(SIDES))]
    return scipy.special.ndtri(
        random_streams.uniform(seed=seed, stream=stream, by=[*keys, *by])
    ).ravel()


def _visit(
    run: SimulatedArm, visits: Visits, tools: Instruments, week: int, seed: int
) -> "pd.DataFrame":
    import pandas as pd

    cohort = run.cohort
    limb = cohort.runner
    stretch_h = np.maximum(run.recent("since_stretch_d", week) * HOURS, visits.hours_since_stretch)
    session_h = np.maximum(run.recent("since_session_d", week) * HOURS, visits.hours_since_session)
    frame = pd.DataFrame(
        {
            "runner_id": limb + 1,
            "side": np.tile(SIDES, cohort.n_runners),
            "arm": run.protocol.name,
            "week": week,
            "thomas_ext_deg": _thomas(run, tools, week, stretch_h, seed),
            "end_range_torque_nm_kg": _torque(run, tools, week, session_h, seed),
            "torque_angle_ext_deg": float(run.values["end_range_test_angle_deg"][0, 0]),
            "adherence_pct": _reported(run, tools, week)[limb],
            "sex": cohort.sex[limb],
            "age_y": cohort.age_y[limb],
            "mass_kg": cohort.mass_kg[limb],
            "hours_since_stretch": np.where(np.isinf(stretch_h), np.nan, stretch_h),
            "hours_since_session": np.where(np.isinf(session_h), np.nan, session_h),
            "pelvis_controlled": tools.pelvis_controlled,
            "stopped_exercise": _has_stopped(run, week)[limb],
        }
    )
    for name in ("tightness_nrs", "discomfort_nrs"):
        frame[name] = rated(
            run.truth(name, week), name, cohort, tools, week=week, step=visits.nrs_step, seed=seed
        )
    return frame[~_lost(cohort, tools, week, seed)[limb]]


def _thomas(run: SimulatedArm, tools: Instruments, week: int, since_h: Array, seed: int) -> Array:
    """Thomas angle: truth, what stretching left, bias, what bracing and the day take, error."""
    v = run.values
    acute = v["acute_stretch_deg"][0, 0] * equations.fading(
        since_h, v["acute_stretch_gone_h"][0, 0]
    )
    bias = tools.thomas_bias_sd_deg * _normal("thomas bias", run.cohort, seed)
    braced = tools.brace_deg if run.protocol.strength and week else 0
    error = tools.thomas_sem_deg * _normal("thomas error", run.cohort, seed, week)
    felt = tools.angle_lost_deg_per_nrs * _tighter_than_usual(run, week)
    return run.truth("thomas_ext_deg", week) + acute + bias - braced - felt + error


def _torque(run: SimulatedArm, tools: Instruments, week: int, since_h: Array, seed: int) -> Array:
    """End-range torque: truth, less fatigue and the day, the curve's passing shift, error."""
    v, days = run.values, since_h / HOURS
    strain = run.recent("strain", week)
    tired = v["fatigue_per_set"][0, 0] * strain * np.exp(-days / v["fatigue_time_constant_d"][0, 0])
    shift = soreness.passing_shift_deg(days, v) * reaches_end_range(run.protocol.strength)
    shift = shift * (strain > 0)
    angle = tested_angle(v)
    now = (run.start.norm(angle - shift, v) / run.start.norm(angle, v))[0]
    felt = tools.torque_lost_per_nrs * _tighter_than_usual(run, week)
    error = np.exp(tools.torque_sem_share * _normal("torque error", run.cohort, seed, week) - felt)
    return run.truth("end_range_torque_nm_kg", week) * now * (1 - np.minimum(tired, 1)) * error


def _tighter_than_usual(run: SimulatedArm, week: int) -> Array:
    """How much tighter each limb feels in a week than it usually did at the start, NRS points."""
    start = run.start
    usual = start.tightness_nrs if start.levels is None else start.levels.usual["tightness_nrs"]
    usual = np.broadcast_to(usual, start.thomas_ext_deg.shape)[0]
    return run.truth("tightness_nrs", week) - np.clip(usual, 0, NRS_MAX)


def rated(
    truth: Array,
    name: str,
    cohort: Cohort,
    tools: Instruments,
    *,
    week: int,
    step: float,
    seed: int,
) -> Array:
    """Ratings of every limb, (..., limbs), of a true tightness or discomfort at a visit."""
    stream = f"{name} error {week}"
    error = paired_limbs.pair(paired_limbs.normals(stream, cohort, seed), tools.rating_r)
    return given_rating(truth + tools.nrs_sem * error, step)


def given_rating(feeling: Array, step: float) -> Array:
    """The rating that is given for what is felt, its error in it: in whole steps, on the scale."""
    return np.clip(np.round(feeling / step) * step if step else feeling, 0, NRS_MAX)


def _reported(run: SimulatedArm, tools: Instruments, week: int) -> Array:
    """Sessions reported of those prescribed so far, per cent; nothing to report at baseline."""
    strength, stretch = run.protocol.strength, run.protocol.stretch
    weeks = min(week, run.protocol.weeks)
    prescribed = weeks * (
        (strength.sessions_per_week if strength else 0) + (stretch.times_per_week if stretch else 0)
    )
    if not prescribed:
        return np.full(run.cohort.n_runners, np.nan)
    days = slice(0, weeks * DAYS)
    sessions = sum(part[0, :, days].sum(axis=-1) for part in (run.completed.strength,
                                                          run.completed.stretch))  # fmt: skip
    return np.minimum(tools.over_report * sessions / prescribed, 1) * 100


def _has_stopped(run: SimulatedArm, week: int) -> NDArray[np.bool_]:
    if run.completed.stopped is None or not week:
        return np.zeros(run.cohort.n_runners, dtype=bool)
    return run.completed.stopped[0, :, week - 1]


def _lost(cohort: Cohort, tools: Instruments, week: int, seed: int) -> NDArray[np.bool_]:
    """Whether a runner has been lost by a week: once lost, lost; nobody is at baseline."""
    survives = random_streams.uniform(seed=seed, stream="lost", by=[cohort.key])
    return survives > (1 - tools.lost_per_wk) ** week
