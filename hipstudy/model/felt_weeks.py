"""How a hip feels from week to week before any cause is relieved: ratings on a scale without ends.

The usual level with the weeks around it (``usual_level``), less a bounded course that comes to
everybody, less what any programme of exercise brings whatever is in it. Both falls are the same in
every cause and count for tightness and discomfort alike: assumptions.
"""

from collections.abc import Sequence

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model import equations, relaxation
from hipstudy.model.adherence import DAYS
from hipstudy.model.limb_state import Baseline
from hipstudy.model.weekly_dose import DoseWalk
from hipstudy.parameters import Values


class FeltWeeks:
    """Weeks of the ratings of one arm; worlds that start with the same levels share them.

    Parameters
    ----------
    ratings
        Names of ratings, such as ``tightness_nrs``.
    dose
        Of the arm: whether it asks for exercise.
    n_weeks
        Weeks from 0, the first included.
    values
        Parameters.

    Attributes
    ----------
    course, programme
        Falls that ``natural_course`` and ``programme_effect`` give, (weeks from 0, draws, 1).
    """

    def __init__(
        self, ratings: Sequence[str], dose: DoseWalk, n_weeks: int, values: Values
    ) -> None:
        self._ratings, self._values = ratings, values
        self.course, self.programme = (
            natural_course(values, n_weeks),
            programme_effect(dose, values),
        )
        self._fall = self.course + self.programme
        self._weeks: dict[int, dict[str, Array]] = {}

    def of(self, start: Baseline) -> dict[str, Array]:
        """Rating -> (weeks, draws, limbs) of limbs that start there."""
        key = id(start if start.levels is None else start.levels)
        if key not in self._weeks:
            self._weeks[key] = self._weekly(start)
        return self._weeks[key]

    def _weekly(self, start: Baseline) -> dict[str, Array]:
        shape = start.thomas_ext_deg.shape
        first = {name: np.broadcast_to(getattr(start, name), shape) for name in self._ratings}
        if start.levels is None:
            return {name: rating - self._fall for name, rating in first.items()}
        weekly = start.levels.weekly(self._ratings, len(self._fall), self._values)
        fallen = {name: felt - self._fall for name, felt in weekly.items()}
        for name, felt in fallen.items():
            felt[0] = first[name]  # as it was rated, where it was
        return fallen


def natural_course(values: Values, n_weeks: int) -> Array:
    """Fall of a rating that comes to everybody, bounded, NRS points, (weeks from 0, draws, 1)."""
    week = np.arange(n_weeks)[:, np.newaxis, np.newaxis]
    course = values["natural_course_nrs_wk"] * week
    return equations.bounded(course, values["natural_course_most_nrs"])


def programme_effect(dose: DoseWalk, values: Values) -> Array:
    """Fall of a rating that any programme brings, NRS points, (weeks from 0, draws, 1).

    The same for every arm that is asked to exercise, whatever and however much: it comes within
    weeks of the first and fades when nothing is prescribed any more. An assumption; trials of
    exercise against none give its size (``programme_effect_nrs``).
    """
    fade_d = values["programme_half_life_wk"] * DAYS / np.log(2)
    reached = relaxation.carry(
        dose.prescribed,
        equations.step_share(values["programme_time_constant_wk"] * DAYS),
        equations.step_share(fade_d),
    )
    return values["programme_effect_nrs"] * reached
