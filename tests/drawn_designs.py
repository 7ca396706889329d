"""Trials of other designs, drawn: long frames for one, arrays for thousands."""

import numpy as np
import pandas as pd

from hipstudy.analysis.least_squares import centred

COLUMNS = ["runner", "side", "arm", "week", "y"]


def long_frame(by_week, arm):
    """Runners with one limb: values by week, in the order of the runners."""
    rows = [
        (runner, "left", arm, week, value)
        for week, values in by_week.items()
        for runner, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def clusters_drawn(seed, *, per_arm, icc, sizes=(4, 7, 9)):
    """A trial of clusters as a long frame, two limbs each, with a column physio."""
    rng = np.random.default_rng(seed)
    rows = []
    for cluster in range(2 * per_arm):
        own = np.sqrt(icc) * rng.standard_normal()
        for _ in range(sizes[cluster % len(sizes)]):
            runner, start = len(rows) // 4, rng.standard_normal()
            end = 0.5 * start + own + np.sqrt(1 - icc) * rng.standard_normal()
            for side in ("left", "right"):
                off = rng.normal(scale=0.3, size=2)
                for week, value in ((0, start + off[0]), (12, end + off[1])):
                    rows.append((runner, side, "ab"[cluster % 2], week, value, f"p{cluster}"))
    return pd.DataFrame(rows, columns=[*COLUMNS, "physio"])


def clusters_at_once(n_trials, *, per_arm, sizes, icc, effect, rng):
    """y, X and there as ``of_clusters`` takes them; baselines of a cluster are alike too."""
    n_clusters, most = 2 * per_arm, max(sizes)
    size = np.array([sizes[c // 2 % len(sizes)] for c in range(n_clusters)])
    there = np.arange(most) < size[:, np.newaxis]
    there = np.broadcast_to(there, (n_trials, n_clusters, most))
    treated = np.broadcast_to((np.arange(n_clusters) % 2.0)[:, np.newaxis], there.shape)
    within = rng.standard_normal((2, *there.shape))
    between = rng.standard_normal((2, n_trials, n_clusters, 1))
    share = np.sqrt(1 - icc), np.sqrt(icc)
    x = share[0] * within[0] + share[1] * between[0]
    y = effect * treated + 0.5 * x + share[0] * within[1] + share[1] * between[1]
    flat = there.reshape(n_trials, -1)
    base = centred(np.where(there, x, 0).reshape(n_trials, -1), flat).reshape(there.shape)
    return y, np.stack([np.ones_like(base), treated, base], axis=-1), there


def legs_at_once(n_trials, *, n_runners, r, effect, rng):
    """Differences between legs at the end and at baseline, (trials, runners)."""
    start = rng.standard_normal((n_trials, n_runners))
    end = effect + r * start + np.sqrt(1 - r**2) * rng.standard_normal(start.shape)
    return end, start


def periods_at_once(n_trials, *, sizes, period, effect, rng):
    """Differences within runners, treatment less control, of both orders of the arms."""
    first, second = (rng.standard_normal((n_trials, n)) for n in sizes)
    return effect - period + first, effect + period + second
