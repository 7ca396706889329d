r"""How tight a hip usually feels, who comes in, and how the weeks vary around the usual level.

A rating of a week is a usual level and a fluctuation around it:

.. math:: F_t = U + D_t, \qquad D_t = \rho D_{t-1} + \sqrt{1 - \rho^2}\, s\, \varepsilon_t

The usual level is normal among runners in general, and a rating is cut to the scale only when it
is given. A drawn runner comes in because the mean of both hips is at or above ``entry_nrs`` in
week 0: week 0 is drawn from the normal law cut there, and the usual level given week 0. So those
who come in fall back towards their usual level by themselves, and nobody is thrown away. Of a
runner who was rated, the rating is week 0 with the error of rating in it, and the usual level is
drawn given the rating: it is nearer to the mean by the share of a rating that lasts. Both hips of
a runner, and tightness and discomfort, vary together as their levels do. An assumption in every
part; the sizes of the fluctuation and of the error were read (rows WP014 and WP015 of
``data/evidence.csv``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.model import equations, paired_limbs
from hipstudy.model.causes import LINKS
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.parameters import Values

NRS_MAX = 10
_END = 0.25  # a rating at an end of the scale stands for the half step beside it


@dataclass(frozen=True, eq=False)
class RatingLaw:
    """A rating among runners in general: its mean, and the parts of its variance, NRS points.

    Each broadcasts to (draws, runners).

    Parameters
    ----------
    mean
        Of usual levels, and so of any week.
    usual_sd, fluctuation_sd, error_sd
        Of usual levels between runners, of weeks around them, and of the error of rating; there
        is no error where nobody rated.
    """

    mean: Array
    usual_sd: Array
    fluctuation_sd: Array
    error_sd: Array

    @property
    def sd(self) -> Array:
        """Standard deviation of a rating in any week."""
        return np.sqrt(self.usual_sd**2 + self.fluctuation_sd**2 + self.error_sd**2)

    @property
    def lasting_share(self) -> Array:
        """Share of a rating's variance that is the usual level's."""
        return (self.usual_sd / self.sd) ** 2


def rating_law(name: str, values: Values, error_sd: Array | float = 0.0) -> RatingLaw:
    """The law of ``tightness_nrs`` or ``discomfort_nrs``; both fluctuate by as many points."""
    trait = name.removesuffix("_nrs")
    return RatingLaw(
        values[f"{trait}_mean_nrs"],
        values[f"{trait}_sd_nrs"],
        values["fluctuation_sd_nrs"],
        np.asarray(error_sd, float),
    )


@dataclass(frozen=True, eq=False)
class _Luck:
    """Standard normal luck of runners, the same in every arm and world.

    ``throws`` has a number for each draw where every draw has luck of its own; None where all
    have the same.
    """

    cohort: Cohort
    seed: int
    throws: NDArray[np.int64] | None

    def of(
        self, what: str, values: Values, weeks: NDArray[np.int64] | None = None
    ) -> dict[str, Array]:
        """Rating -> luck as parts of a pair, (weeks, draws, runners, 2), less what is not asked.

        Tightness and discomfort go together at ``tightness_discomfort_r``.
        """
        by = [self.cohort.key[:, np.newaxis], np.arange(len(SIDES))]
        by += [] if weeks is None else [_column(weeks, 2 + (self.throws is not None))]
        by += [] if self.throws is None else [_column(self.throws, 2)]
        tight, other = (
            scipy.special.ndtri(
                random_streams.uniform(seed=self.seed, stream=f"{kind} {what}", by=by)
            )
            for kind in ("tightness", "discomfort")
        )
        r = float(values["tightness_discomfort_r"].flat[0])
        both = r * tight + np.sqrt(1 - r**2) * other
        return dict(zip(LINKS, (tight, both), strict=True))


def _column(counter: NDArray[np.int64], n_after: int) -> NDArray[np.int64]:
    return counter.reshape(-1, *[1] * n_after)


@dataclass(frozen=True, eq=False)
class UsualLevels:
    """Usual levels of both ratings, week 0 around them, and the luck of the weeks to come.

    Parameters
    ----------
    luck
        Of the runners.
    first
        Rating -> week 0 as it is shown: as rated, or as felt; (draws, limbs).
    usual, away
        Rating -> usual level, and how far week 0 was felt to be from it; (draws, limbs).
    scores
        Rating -> standard scores of the usual level, (draws, runners, 2) as parts of a pair.
    """

    luck: _Luck
    first: Mapping[str, Array]
    usual: Mapping[str, Array]
    away: Mapping[str, Array]
    scores: Mapping[str, Array]
    _latest: list[tuple[Any, dict[str, Array]]] = field(default_factory=list, init=False)

    def weekly(self, names: Sequence[str], n_weeks: int, values: Values) -> dict[str, Array]:
        """What is felt of ratings in every week if nothing is done, (weeks, draws, limbs) each.

        On a scale without ends, weeks from 0; a longer horizon changes no week. The latest answer
        is kept, since it is every arm's: nobody writes into it.
        """
        asked = (tuple(names), n_weeks, values)
        for before, felt in self._latest:
            if before[:2] == asked[:2] and before[2] is values:
                return felt
        felt = self._weekly(names, n_weeks, values)
        self._latest[:] = [(asked, felt)]
        return felt

    def _weekly(self, names: Sequence[str], n_weeks: int, values: Values) -> dict[str, Array]:
        luck = self.luck.of("fluctuation", values, np.arange(1, n_weeks))
        felt = {}
        for name in names:
            shocks = paired_limbs.pair(luck[name], _side_r(values))
            shocks = shocks[:, np.newaxis] if self.luck.throws is None else shocks
            felt[name] = equations.wandering(
                self.away[name],
                shocks,
                step_r=values["fluctuation_week_r"],
                sd=values["fluctuation_sd_nrs"],
            )
            felt[name] += self.usual[name]
            felt[name].setflags(write=False)
        return felt


def draw_levels(cohort: Cohort, values: Values, *, seed: int, by_draw: bool = False) -> UsualLevels:
    """Draw the usual levels of runners, and week 0, given what was rated.

    Parameters
    ----------
    cohort
        Runners; what they rated stays week 0.
    values
        Parameters, one row a draw.
    seed
        Of the runners' luck.
    by_draw
        Whether every draw has luck of its own, as a prediction needs; the same in all otherwise.
    """
    luck = _Luck(cohort, seed, np.arange(values.n_draws) if by_draw else None)
    r, limb, rated = _side_r(values), cohort.runner, _have_rated(cohort)
    error_sd = np.where(rated, values["nrs_sem"], 0.0)
    laws = {name: rating_law(name, values, error_sd) for name in LINKS}
    week_0 = _entered(luck.of("week 0", values), laws["tightness_nrs"], values)
    if rated.any():
        given = _given_ratings(luck.of("week 0", values), laws, cohort, values)
        who = rated[:, np.newaxis]
        week_0 = {name: np.where(who, given[name], week_0[name]) for name in LINKS}
    lasting, misread = luck.of("usual level", values), luck.of("week 0 misread", values)
    first, usual, away, scores = ({} for _ in range(4))
    for name, law in laws.items():
        share = law.lasting_share[..., np.newaxis]
        scores[name] = np.sqrt(share) * week_0[name] + np.sqrt(1 - share) * lasting[name]
        usual[name] = law.mean + law.usual_sd * paired_limbs.pair(scores[name], r)
        shown = law.mean + law.sd[..., limb] * paired_limbs.pair(week_0[name], r)
        passing, wrong = law.fluctuation_sd**2, law.error_sd**2
        whole = np.maximum(passing + wrong, np.finfo(float).tiny)
        own = np.sqrt(passing * wrong / whole)[..., limb] * paired_limbs.pair(misread[name], r)
        away[name] = (passing / whole)[..., limb] * (shown - usual[name]) + own
        rating = cohort.reading(name)
        first[name] = np.where(np.isnan(rating), np.clip(shown, 0, NRS_MAX), rating)
    return UsualLevels(luck, first, usual, away, scores)


def _side_r(values: Values) -> float:
    return float(values["side_r"].flat[0])


def _have_rated(cohort: Cohort) -> NDArray[np.bool_]:
    """Whether a runner rated anything, (runners,)."""
    ratings = [~np.isnan(paired_limbs.by_runner(cohort.reading(name))) for name in LINKS]
    return np.any(ratings, axis=(0, 2))


def _entered(luck: Mapping[str, Array], law: RatingLaw, values: Values) -> dict[str, Array]:
    """Week 0 of runners who came in, as standard scores of parts, (draws, runners, 2).

    The mean of both hips' tightness is normal between ``entry_nrs`` and the end of the scale; a
    threshold of 0 keeps nobody out.
    """
    tight, r = luck["tightness_nrs"], values["tightness_discomfort_r"][..., np.newaxis]
    of_mean = law.sd * np.sqrt((1 + _side_r(values)) / 2)
    entry = values["entry_nrs"]
    low = np.where(entry > 0, (entry - law.mean) / of_mean, -np.inf)
    above, past = scipy.special.ndtr(-low), scipy.special.ndtr(-(NRS_MAX - law.mean) / of_mean)
    tail = past + scipy.special.ndtr(-tight[..., 0]) * (above - past)
    apart = np.broadcast_to(tight[..., 1], tail.shape)
    entered = np.stack([-scipy.special.ndtri(tail), apart], axis=-1)
    # Discomfort is not asked at entry: it goes with tightness as far as the two go together.
    return {
        "tightness_nrs": entered,
        "discomfort_nrs": luck["discomfort_nrs"] + r * (entered - tight),
    }


def _given_ratings(
    luck: Mapping[str, Array], laws: Mapping[str, RatingLaw], cohort: Cohort, values: Values
) -> dict[str, Array]:
    """Week 0 given what was rated of either hip and kind, (draws, runners, 2) as parts."""
    side, limb = paired_limbs.between_sides(_side_r(values)), cohort.runner
    r = float(values["tightness_discomfort_r"].flat[0])
    free, read = [], []
    for name, law in laws.items():
        rating = np.clip(cohort.reading(name), _END, NRS_MAX - _END)
        read.append(paired_limbs.by_runner((rating - law.mean) / law.sd[..., limb]))
        free.append(paired_limbs.by_runner(paired_limbs.pair(luck[name], side[0, 1])))
    both = paired_limbs.conditioned(
        np.concatenate(free, axis=-1),
        np.concatenate(read, axis=-1),
        np.kron(paired_limbs.between_sides(r), side),
    )
    return {
        name: paired_limbs.parts(both[..., at : at + 2].reshape(*both.shape[:-2], -1), side[0, 1])
        for name, at in zip(laws, (0, 2), strict=True)
    }


@dataclass(frozen=True)
class BeforeAfter:
    """A rating of one hip before and after some weeks, among runners who came in; (draws, 1).

    Parameters
    ----------
    sd_before, sd_after
        Standard deviations of the rating, its error in them.
    r
        Correlation of the two.
    change
        Mean change: those who came in fall back.
    """

    sd_before: Array
    sd_after: Array
    r: Array
    change: Array


def before_after(values: Values, weeks: int) -> BeforeAfter:
    """Tightness before and after so many weeks of nothing, worked out from the law.

    What an arm does to all its runners alike changes none of it; the ends of the scale, and what
    a cause's relief adds to the spread, are left out.
    """
    law, r = rating_law("tightness_nrs", values), _side_r(values)
    shared = (1 + r) / 2
    of_mean = law.sd * np.sqrt(shared)
    entry = values["entry_nrs"]
    low = np.where(entry > 0, (entry - law.mean) / of_mean, -np.inf)
    high = (NRS_MAX - law.mean) / of_mean
    mean, variance = truncated_moments(low, high)
    lasting = law.lasting_share
    kept = lasting + (1 - lasting) * values["fluctuation_week_r"] ** weeks
    before = law.sd**2 * (shared * variance + 1 - shared)
    after = kept**2 * before + law.sd**2 * (1 - kept**2)
    error = values["nrs_sem"] ** 2
    first, last = np.sqrt(before + error), np.sqrt(after + error)
    return BeforeAfter(first, last, kept * before / (first * last), (kept - 1) * of_mean * mean)


def truncated_moments(low: Array, high: Array) -> tuple[Array, Array]:
    """Mean and variance of a standard normal law between two ends (Johnson and Kotz 1970)."""

    def density(z: Array) -> Array:
        return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    inside = scipy.special.ndtr(-low) - scipy.special.ndtr(-high)
    mean = (density(low) - density(high)) / inside
    ends = np.where(np.isinf(low), 0, low) * density(low) - high * density(high)
    return mean, 1 + ends / inside - mean**2
