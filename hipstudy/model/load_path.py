"""The load path: which lever, support and plates a runner is led to, week by week, by the rules.

At the end of each week the rules look at what was done, how sore the runner was, and how many
repetitions the limb could do. How many that is follows from gravity's torque over what the limb can
hold by then (Epley's line; ``reps_line_constant``, an assumption). The gain of torque is that of
the prescription's load, as everywhere: the path says what the rules lead to and does not act back.
Deterministic: the only chance is which sessions happened.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.arrays import Array
from hipstudy.model import adaptation, equations, intensity
from hipstudy.model.adherence import DAYS, Completed
from hipstudy.model.baseline import Baseline
from hipstudy.model.cohort import Cohort
from hipstudy.model.weekly_dose import doses
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Path:
    """The steps that the rules led runners to.

    Parameters
    ----------
    rungs
        Every step there is, easiest first, as strength work of its own.
    step
        Step of each week, (draws, runners, weeks), in the order of ``rungs``.
    has_session, held_back
        Whether there was a session in the week, and whether soreness held the runner back after
        it; each as ``step``.
    """

    rungs: tuple[Strength, ...]
    step: NDArray[np.int64]
    has_session: NDArray[np.bool_]
    held_back: NDArray[np.bool_]


def rungs(strength: Strength) -> tuple[Strength, ...]:
    """Every step of a prescription: lever, then support lowered, then plates.

    Without rules there is one: the work as it is, without weight.
    """
    bare = strength.model_copy(update={"load": "unloaded"})
    rules = strength.progression
    if rules is None:
        return (bare,)
    steps = [bare]
    if rules.lever and rules.lever != strength.lever:
        steps.append(bare.model_copy(update={"lever": rules.lever}))
    while rules.support_step_cm and steps[-1].support_height_cm > 0:
        lower = max(steps[-1].support_height_cm - rules.support_step_cm, 0.0)
        steps.append(steps[-1].model_copy(update={"support_height_cm": lower}))
    last = steps[-1]
    plates = int(rules.max_kg / rules.step_kg + _ROUNDING)
    return (
        *steps,
        *(
            last.model_copy(update={"load": f"{n * rules.step_kg:g} kg"})
            for n in range(1, plates + 1)
        ),
    )


_ROUNDING = np.sqrt(np.finfo(float).eps)  # 0.3 kg by 0.1 kg is three steps


def follow(
    cohort: Cohort, start: Baseline, protocol: Protocol, completed: Completed, values: Values
) -> Path:
    """Follow the rules over the weeks, given the sessions that happened.

    Parameters
    ----------
    cohort, start
        Who, and from where.
    protocol
        With strength work; without rules its path is flat.
    completed
        Sessions that happened, of whole weeks.
    values
        Parameters, one row a draw.

    Raises
    ------
    ValueError
        When the prescription has no strength work.
    """
    strength = protocol.strength
    if strength is None:
        raise ValueError("progression: found no strength work; a strength part is needed")
    dose = doses(protocol, completed, values)
    aims = adaptation.targets(dose, values)
    gain = adaptation.torque_gain(protocol, cohort, start, aims, values)
    strength_gain = 1 + gain.at(strength.trained_to_ext_deg)  # (weeks from 0, draws, limbs)
    every = rungs(strength)
    demand = [intensity.intensity(one, cohort, start, values, one.added_kg) for one in every]
    most = np.stack([_of_runner(one / strength_gain, strength) for one in demand])
    reps = equations.repetitions(most, constant=values["reps_line_constant"])
    weekly = completed.strength.reshape(*completed.strength.shape[:-1], -1, DAYS)
    has_session = weekly.sum(axis=-1) > 0
    by_day = dose.soreness.reshape(-1, DAYS, *dose.soreness.shape[1:])
    sore = np.moveaxis(by_day.max(axis=1), 0, -1)
    return _climb(strength, every, reps, has_session, sore)


def _of_runner(per_limb: Array, strength: Strength) -> Array:
    """The harder of a runner's trained sides, (..., limbs) to (..., runners)."""
    sides = per_limb.reshape(*per_limb.shape[:-1], -1, 2)
    return sides[..., adaptation.trained_sides(strength)].max(axis=-1)


def _climb(
    strength: Strength,
    every: tuple[Strength, ...],
    reps: Array,
    has_session: NDArray[np.bool_],
    sore: Array,
) -> Path:
    """Week by week; ``reps`` is (rungs, weeks from 0, draws, runners)."""
    rules = strength.progression
    weeks = has_session.shape[-1]
    step = np.zeros(has_session.shape, dtype=np.int64)
    is_held_back = np.zeros(has_session.shape, dtype=bool)
    now = np.zeros(has_session.shape[:-1], dtype=np.int64)
    plain = sum(one.added_kg == 0 for one in every)
    for week in range(weeks if rules else 0):
        step[..., week] = now
        can = np.take_along_axis(reps[:, week], now[np.newaxis], axis=0)[0]
        ready = has_session[..., week] & (can >= rules.reps_top)
        is_held_back[..., week] = ready & (sore[..., week] > rules.sore_limit_nrs)
        back = ~has_session[..., week] & rules.step_back
        now = now + (ready & ~is_held_back[..., week]) - back
        top = plain if week + 1 < strength.unloaded_weeks else len(every)  # no plates before then
        now = np.clip(now, 0, top - 1)
    return Path(every, step, has_session, is_held_back)


def by_week(path: Path) -> "pd.DataFrame":
    """The path's spread between runners who trained in the week, all draws together.

    Columns: week, step (mean), added_kg, low, high (mean and middle 95 % of runners), support_cm
    (mean), changed_lever (share), held (share held back by soreness), training (share of all).
    """
    import pandas as pd

    kg, support, lever = (
        np.array([of(one) for one in path.rungs])
        for of in (
            lambda s: s.added_kg,
            lambda s: s.support_height_cm,
            lambda s: s.lever != path.rungs[0].lever,
        )
    )
    rows = []
    for week in range(path.step.shape[-1]):
        here = path.has_session[..., week]
        steps = path.step[..., week][here]
        spread = np.quantile(kg[steps], _ENDS) if len(steps) else (np.nan, np.nan)
        means = [float(one[steps].mean()) if len(steps) else np.nan for one in (kg, support, lever)]
        held_back = path.held_back[..., week][here]
        rows.append(
            (week + 1, steps.mean() if len(steps) else np.nan, means[0], *spread, *means[1:],
             held_back.mean() if len(steps) else np.nan, here.mean())
        )  # fmt: skip
    columns = ["week", "step", "added_kg", "low", "high", "support_cm", "changed_lever", "held"]
    return pd.DataFrame(rows, columns=[*columns, "training"])


_ENDS = (0.025, 0.975)
