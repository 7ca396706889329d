r"""Who rates less tightness at the end, and which part of what is felt it takes: counterfactuals.

The same runners with the same luck are rated before and after four times over, each time with one
part more of what moves a rating:

1. ``wobble``: a hip stays as it was felt in week 0, but for the weeks that come and the errors of
   both ratings;
2. ``anyway``: it also falls back from week 0 towards its usual level, and takes the course that
   comes to everybody: what usual running would have brought;
3. ``programme``: also what any programme brings, and of relief what the other arm would bring this
   very limb as well;
4. ``choice``: the arm's own relief in place of that, which is all that the arm has over the other.

A part is the share of runners who report less when it is there, less the share before it: so the
four add up to the share of the last step, and no part is a remainder. Of two arms that exercise
equally long, the first three parts are the same, and their shares differ by ``choice`` alone.

The order is that of a clinician's doubt, from what asks for no change at all to what asks for
most: a change is put down to an arm only as far as ratings alone, time and attention do not bring
it. Another order gives other parts, because a rating is whole numbers held against a threshold: the
part that comes last has the steepest of it, so the order does not belittle the choice.

The weeks after week 0 follow the law of ``usual_level``:
:math:`D_t = \rho^t D_0 + \sqrt{1 - \rho^{2t}}\, s\, \varepsilon`; the first term falls back, the
second wobbles. A rating of one's own stands as it was given; any other has an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.model import paired_limbs
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.limb_state import Baseline
from hipstudy.model.observe import given_rating
from hipstudy.model.paired_limbs import runner_means
from hipstudy.model.trajectories import TightnessFalls
from hipstudy.model.usual_level import NRS_MAX
from hipstudy.parameters import Values, number

PARTS = ("wobble", "anyway", "programme", "choice")  # in the order in which they are added
CRITERIA = ("points", "share")
STEP_NRS = 1.0  # ratings are whole numbers
THROWS = 8  # of each draw's luck: a numerical choice
_ROUNDING = 1e-9  # 30 % of 10 is 3, whatever the digits


@dataclass(frozen=True, eq=False)
class RatingLuck:
    """Standard normal luck of limbs, each (throws, draws, limbs); both limbs' goes together.

    Parameters
    ----------
    weeks
        Of the weeks between the two ratings, as far as they do not follow week 0.
    before, after
        Of the errors of rating.
    """

    weeks: Array
    before: Array
    after: Array


def draw_luck(
    cohort: Cohort, values: Values, *, seed: int, throws: int = THROWS, first_draw: int = 0
) -> RatingLuck:
    """Draw luck for every draw of the parameters anew; a runner's is the same in every arm.

    ``first_draw`` is the place of the first among all draws, where ``values`` are some of them.
    """
    throw = np.arange(throws)[:, np.newaxis, np.newaxis, np.newaxis]
    draw = np.arange(first_draw, first_draw + values.n_draws)[:, np.newaxis, np.newaxis]
    by = [cohort.key[:, np.newaxis], np.arange(len(SIDES)), draw, throw]
    r = float(values["side_r"].flat[0])
    return RatingLuck(
        *(
            paired_limbs.pair(
                scipy.special.ndtri(random_streams.uniform(seed=seed, stream=stream, by=by)), r
            )
            for stream in ("rated change weeks", "rated change before", "rated change after")
        )
    )


def common_relief(own: TightnessFalls, other: TightnessFalls) -> Array:
    """Relief that two arms bring a limb alike: the smaller of both, (worlds, draws, limbs)."""
    return np.minimum(own.relief, other.relief)


def count_responders(
    cohort: Cohort,
    start: Baseline,
    own: TightnessFalls,
    other: TightnessFalls,
    values: Values,
    luck: RatingLuck,
    *,
    weeks: int,
    mcid_nrs: float,
) -> Mapping[str, Array]:
    """Count runners who report less, as parts are added one by one.

    Parameters
    ----------
    cohort
        Runners.
    start
        Where they start in any world: ratings are the same in all.
    own, other
        Falls of tightness by the last week, of the arm and of the arm that it is held against.
    values, luck
        Parameters, and the runners' luck.
    weeks
        Between the two ratings.
    mcid_nrs
        Points by which a runner reports less.

    Returns
    -------
    dict
        Criterion (``points``: so many points or more, mean of both hips; ``share``: ``mcid_share``
        of the runner's own first rating or more) -> number of runners after each of ``PARTS``,
        mean over throws, (parts, worlds, draws).

    Raises
    ------
    ValueError
        Where the start has no usual levels: there is nothing to fall back to.
    """
    if start.levels is None:
        raise ValueError("levels: found none; the rule is a start with usual levels and weeks")
    usual, away = (getattr(start.levels, name)["tightness_nrs"] for name in ("usual", "away"))
    error, left = values["nrs_sem"], values["fluctuation_week_r"] ** weeks
    wobble = np.sqrt(1 - left**2) * values["fluctuation_sd_nrs"] * luck.weeks
    reading = cohort.reading("tightness_nrs")
    first = given_rating(start.levels.first["tightness_nrs"] + error * luck.before, STEP_NRS)
    before = runner_means(np.where(np.isnan(reading), first, reading))
    back = usual + left * away - own.course
    helped = common_relief(own, other)
    nobody = np.zeros((len(own.relief), 1, 1))
    counts = []
    for felt, relief in (
        (usual + away, nobody),
        (back, nobody),
        (back - own.programme, helped),
        (back - own.programme, own.relief),
    ):
        now = np.clip((felt + wobble)[:, np.newaxis] - relief, 0, NRS_MAX)
        after = runner_means(given_rating(now + error * luck.after[:, np.newaxis], STEP_NRS))
        counts.append([hit.sum(axis=-1).mean(axis=0) for hit in _less(before, after, mcid_nrs)])
    return {name: np.array([step[i] for step in counts]) for i, name in enumerate(CRITERIA)}


def _less(before: Array, after: Array, mcid_nrs: float) -> tuple[NDArray[np.bool_], ...]:
    """Who reports less by each of ``CRITERIA``, (throws, worlds, draws, runners)."""
    fall = before[:, np.newaxis] - after + _ROUNDING
    part = number("mcid_share") * before[:, np.newaxis]
    return fall >= mcid_nrs, (fall >= part) & (fall > 2 * _ROUNDING)
