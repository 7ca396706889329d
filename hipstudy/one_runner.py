"""The person of a published trial: one runner on the norm who does every session.

A trial's mean is predicted by one person at the middle of every law of persons: torque at the norm
of the trial's sexes, the mean body mass and Thomas angle, running as the mean of the measured
runners, technique without fault. Nothing of him is drawn, so a prediction's interval is that of
the parameters alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hipstudy import cohort, running
from hipstudy.adherence import DAYS, Completed
from hipstudy.cohort import SIDES, Cohort
from hipstudy.parameters import Values, number
from hipstudy.protocol import Protocol
from hipstudy.start import Baseline


def on_the_norm(values: Values, *, women_share: float) -> tuple[Cohort, Baseline]:
    """The person and where his limbs start, under every draw.

    Parameters
    ----------
    values
        Parameters, (draws, 1) each.
    women_share
        Share of women in the trial, 0 to 1: the norm's torque is mixed by it.
    """
    runners = replace(
        cohort.draw(1, seed=0),
        mass_kg=np.array([number("mass_mean_kg")]),
        ran=np.zeros((1, len(cohort.SPEEDS)), dtype=bool),
    )
    limbs = np.ones((values.n_draws, len(SIDES)))
    still = np.zeros(len(SIDES))
    sexes = 1 - women_share * (1 - values["women_to_men_torque"])
    start = Baseline(
        tightness_nrs=values["tightness_mean_nrs"][0] * np.ones(len(SIDES)),
        discomfort_nrs=values["discomfort_mean_nrs"][0] * np.ones(len(SIDES)),
        thomas_ext_deg=values["thomas_mean_deg"] * limbs,
        norm_neutral_nm_kg=values["torque_neutral_nm_kg"] * sexes * limbs,
        end_range=values["torque_runner_cv"] / 2 * limbs,  # the mean of a log law is the norm
        elsewhere=still,
        demands=running.demands(0 * limbs, still, still, still, values=values),
    )
    return runners, start


def every_session(protocol: Protocol, *, on: Sequence[bool], n_draws: int = 1) -> Completed:
    """Every prescribed session of the weeks that are trained, spread evenly over each week.

    Parameters
    ----------
    protocol
        What is prescribed; its own weeks are not looked at.
    on
        Whether each week is trained.
    n_draws
        Of the parameters: the same under each.
    """
    done = {}
    for part, field in (("strength", "sessions_per_week"), ("stretch", "times_per_week")):
        often = getattr(getattr(protocol, part), field) if getattr(protocol, part) else 0
        week = np.bincount([k * DAYS // often for k in range(often)], minlength=DAYS)
        days = np.outer(np.asarray(on, float), week).reshape(1, 1, -1)
        done[part] = np.repeat(days, n_draws, axis=0)
    return Completed(**done)
