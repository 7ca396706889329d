r"""The mixed model over all visits, by a ladder that is fixed before the data are seen.

Limb j of runner i at visit t after baseline:

.. math:: y_{ijt} = \mu_t + \delta_t T_i + \beta_t \bar x_i + \gamma_t (x_{ij} - \bar x_i)
          + b_{it} + v_{ij} + e_{ijt}

Visits are categories; baseline is a covariate with its own slope at every visit, split into the
runner's mean and the limb's distance from it, so that what differs within a runner never stands in
for what differs between runners. Rungs:

1. runner/limb: :math:`b_i \sim N(0, \Sigma)`, any :math:`\Sigma` over visits; v and e each with
   their variance;
2. runner: without v;
3. runner means: the means over limbs, any covariance over visits;
4. runner means, one intercept: the same with a random intercept per runner only.

A rung is left where the climb does not end or ends on the boundary (a variance of zero), and not
tried where limbs never differ or there are too few runners for a free covariance of the visits.

Why so. Runners may be lost by baseline, arm and their last value: likelihood holds then only if
the covariance over visits is the right one, so it is left free (Mallinckrodt et al. 2008,
doi:10.1177/009286150804200402); one random intercept per runner and limb would besides take the
change of two hips for that of two people. With both limbs at every visit kept, sums and
differences of limbs are independent, only sums know of arms, and rungs 1 to 3 are one and the same
estimate. With nobody lost that estimate, its Kenward-Roger standard error and its n - 3 degrees of
freedom are the ANCOVA's: baseline as a covariate, not as an outcome held equal between arms
(cLDA), whose standard error leaves out that the slope on baseline is
estimated (Kenward et al. 2010, doi:10.1002/sim.3868).

With a single visit after baseline there is no last value to be lost by, and rung 2 is the usual
random intercept per runner with the limb's own baseline, not split.

Guarded by (tests/test_analysis_mixed.py): test_complete_trials_give_the_ancova_exactly,
test_rungs_agree_where_both_limbs_are_there, test_ladder_says_why_a_rung_was_left,
test_what_differs_within_a_runner_never_stands_in_for_between.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import rungs
from hipstudy.analysis.layout import Layout

Array = NDArray[np.float64]
RUNGS = ("runner/limb", "runner", "runner means", "runner means, one intercept")


@dataclass(frozen=True)
class Rung:
    """A rung, and why it was left; nothing where it was reached."""

    name: str
    why_left: str


@dataclass(frozen=True)
class Ladder:
    """The rungs that were tried, in order."""

    rungs: tuple[Rung, ...]

    @property
    def reached(self) -> str:
        """Name of the rung that held; empty where none did."""
        return next((rung.name for rung in self.rungs if not rung.why_left), "")

    def text(self) -> str:
        """The rung reached, and every reason on the way."""
        said = [f"rung {r.name}: left, {r.why_left}" for r in self.rungs if r.why_left]
        return "; ".join([*said, f"rung reached: {self.reached or 'none'}"])


@dataclass(frozen=True, eq=False)
class Climbed:
    """Difference, SE and df of every trial, and (trials, rungs) why each rung was left."""

    value: Array
    se: Array
    df: Array
    reasons: NDArray[np.object_]

    def ladder(self, trial: int) -> Ladder:
        """What was tried in one trial."""
        tried = []
        for name, why in zip(RUNGS, self.reasons[trial], strict=True):
            tried.append(Rung(name, why))
            if not why:
                break
        return Ladder(tuple(tried))


def climb(layout: Layout) -> Climbed:
    """Climb down the ladder with every trial."""
    layout = layout.visits(rungs.kept(layout))
    b = len(layout.base)
    value, se, df = (np.full(b, np.nan) for _ in range(3))
    reasons = np.full((b, len(RUNGS)), "", dtype=object)
    enough = rungs.enough(layout)[:, layout.end]
    reasons[~enough] = rungs.TOO_FEW
    left = np.flatnonzero(enough)
    for k, attempt in enumerate(rungs.ATTEMPTS):
        if len(left):
            found = attempt(layout.take(left))
            value[left], se[left], df[left], reasons[left, k] = found
            left = left[reasons[left, k].astype(bool)]
    failed = reasons.astype(bool).all(axis=-1)
    value[failed] = se[failed] = df[failed] = np.nan
    return Climbed(value, se, df, reasons)
