"""Many small trials as a clinic would see them: one draw of the parameters each, luck of its own.

Every runner has one cause, in shares that are drawn for the trial; one hip counts. Ratings, torque
and angle have the errors of their instruments.
"""

from dataclasses import dataclass

import numpy as np

from hipstudy import parameters
from hipstudy.model import adherence, baseline, causes, cohort, simulate
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import protocol

EXERCISING = ("stretch_only", "strength_only", "strength_plus_stretch")
BLOCK = 250


@dataclass(frozen=True)
class MockTrials:
    """Observed before and after, each (trials, arms, runners); torque in logarithms."""

    before: np.ndarray
    after: np.ndarray
    torque: np.ndarray
    thomas: np.ndarray

    @property
    def change(self):
        """Change of the rating."""
        return self.after - self.before


def run(n_trials, *, arms=EXERCISING, n_runners=40, weeks=12, seed=0, prior=(1, 1, 1, 1), **values):
    """Run trials of so many runners an arm."""
    drawn = parameters.draw(n_trials, seed=seed, **values)
    blocks = [
        _block(_some(drawn, slice(at, at + BLOCK)), arms, n_runners, weeks, seed + at, prior)
        for at in range(0, n_trials, BLOCK)
    ]
    return MockTrials(*(np.concatenate(part) for part in zip(*blocks, strict=True)))


def _some(values, rows):
    return parameters.Values({name: one[rows] for name, one in values.items()}, values.seed)


def _block(values, arms, n_runners, weeks, seed, prior):
    rng = np.random.default_rng(seed)
    people = cohort.draw(len(arms) * n_runners, seed=seed)
    share = causes.cause_shares(prior, values.n_draws, seed=seed)
    names = ("tightness_nrs", "end_range_torque_nm_kg", "thomas_ext_deg")
    seen = {name: [] for name in names}
    for place, name in enumerate(arms):
        arm = protocol.preset(name)
        group = people.take(np.arange(place * n_runners, (place + 1) * n_runners))
        starts = baseline.draw_worlds(group, values, seed=seed, by_draw=True)
        done = adherence.attend(group, arm, values, weeks=weeks, seed=seed)
        truth = simulate.simulate(group, starts, arm, done, values, outcomes=names).outcomes
        u = rng.random((values.n_draws, n_runners, 1))
        world = np.minimum((u > share.cumsum(axis=1)[:, None, :]).sum(axis=-1), len(WORLDS) - 1)
        draw, who = np.ogrid[: values.n_draws, :n_runners]
        for outcome in names:
            seen[outcome].append(truth[outcome][world, draw, 2 * who][..., [0, -1]])
    sem = {"tightness_nrs": values["nrs_sem"], "end_range_torque_nm_kg": values["torque_sem_share"]}
    sem["thomas_ext_deg"] = 2.3  # deg: an ICC of 0.92 of readings whose SD is 8
    ratings, torque, thomas = (np.stack(seen[name], axis=1) for name in names)
    torque = np.log(torque) - _column(values["torque_lost_per_nrs"]) * ratings
    thomas = thomas - _column(values["angle_lost_deg_per_nrs"]) * ratings
    read = []
    for outcome, values_ in zip(names, (ratings, torque, thomas), strict=True):
        error = np.asarray(sem[outcome], float).reshape(-1, 1, 1, 1)
        read.append(values_ + error * rng.standard_normal(values_.shape))
    ratings = np.clip(np.round(read[0]), 0, 10)
    return ratings[..., 0], ratings[..., 1], np.diff(read[1])[..., 0], np.diff(read[2])[..., 0]


def _column(one):
    return one.reshape(-1, 1, 1, 1)


def correlation(one, other):
    """Correlation over all arms of each trial, (trials,)."""
    one, other = (np.asarray(x).reshape(len(x), -1) for x in (one, other))
    one, other = (x - x.mean(axis=1, keepdims=True) for x in (one, other))
    return (one * other).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
