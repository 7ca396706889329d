"""One runner with nothing drawn about him, and an arm done to the letter."""

from dataclasses import replace

import numpy as np

from hipstudy import parameters
from hipstudy.model import baseline, cohort, simulate
from hipstudy.model.adherence import Completed

PARTS = (("strength", "sessions_per_week"), ("stretch", "times_per_week"))


def runner(norm_nm_kg=2.0):
    """A runner on the norm, who feels the same every week: tightness 5, discomfort 3, angle 10.

    His deficit is larger than anything closes.
    """
    runners = replace(cohort.draw(1, seed=0), ran=np.zeros((1, 3), dtype=bool))
    start = baseline.draw(runners, "weak", parameters.central(), seed=0)
    limbs = np.ones(2)
    start = replace(
        start,
        tightness_nrs=5 * limbs,
        discomfort_nrs=3 * limbs,
        thomas_ext_deg=10 * limbs[None],
        norm_neutral_nm_kg=norm_nm_kg * limbs[None],
        end_range=0 * limbs[None],
        elsewhere=0 * limbs,
        levels=None,
        deficit=100 * limbs[None],
    )
    return runners, start


def simulated(arm, completed, values, world="weak"):
    """The arm's trajectories on that runner."""
    runners, start = runner()
    return simulate.simulate(runners, {world: start}, arm, completed, values)


def alone(arm, completed, values, outcome, world="weak"):
    """One outcome of his left limb, week by week."""
    return simulated(arm, completed, values, world).outcomes[outcome][0, 0, 0]


def fully(arm, weeks):
    """Every prescribed session done, with perfect technique."""
    done = {part: np.zeros((1, 1, weeks * 7)) for part, _ in PARTS}
    for part, field in PARTS:
        often = getattr(getattr(arm, part), field) if getattr(arm, part) else 0
        for k in range(often):
            done[part][..., k * 7 // often :: 7] += 1
    return Completed(**done)


def changed(arm, **strength):
    """The arm with other fields of its strength part."""
    return arm.model_copy(update={"strength": arm.strength.model_copy(update=strength)})
