"""The mixed model with REML and Kenward-Roger, a trial at a time, against statsmodels' MixedLM.

Trials of two visits, two limbs a runner and losses. `hipstudy` climbs its ladder with a hundred
trials at once, as its operating characteristics do, and with one alone; statsmodels fits the
compound symmetry of runners' means, the simplest of the ladder's models, without any correction.
Fitted to that model both must agree, but where visits of a runner are less alike than those of
strangers: there statsmodels stops at zero. Seconds are of CPU.
"""

import sys
import warnings
from time import process_time

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from hipstudy.analysis import mixed
from hipstudy.analysis.long_to_arrays import Layout

VISITS, TRIALS, PEERS = (6, 12), 100, 10


def draw(n, loss, seed):
    """So many trials of n runners an arm, a share of whom is lost from a visit on."""
    rng = np.random.default_rng(seed)
    shape, runners = (TRIALS, 2 * n), rng.standard_normal((TRIALS, 2 * n, 1, 1))
    limbs = 0.5 * rng.standard_normal((*shape, 2, 1))
    weeks = 0.4 * rng.standard_normal((*shape, 1, len(VISITS)))
    base = (runners + limbs)[..., 0] + 0.3 * rng.standard_normal((*shape, 2))
    later = runners + limbs + weeks + 0.5 * rng.standard_normal((*shape, 2, len(VISITS)))
    treated = np.tile(np.repeat([1.0, 0.0], n), (TRIALS, 1))
    last = np.where(rng.uniform(size=shape) < loss, rng.integers(0, 2, shape), len(VISITS))
    seen = np.arange(len(VISITS)) < last[..., np.newaxis]
    later = np.where(seen[:, :, np.newaxis], later + 0.3 * treated[..., None, None], np.nan)
    return Layout(base, later, treated, VISITS, len(VISITS) - 1)


def by_statsmodels(layout):
    """The difference at the last visit of each trial, by compound symmetry of runners' means."""
    differences = []
    for base, later, treated in zip(layout.base, layout.later, layout.treated, strict=True):
        runners, visits = np.indices((len(base), len(VISITS))).reshape(2, -1)
        frame = pd.DataFrame({
            "y": later.mean(axis=1)[runners, visits], "x": base.mean(axis=1)[runners],
            "treated": treated[runners], "visit": visits, "runner": runners,
        }).dropna()  # fmt: skip
        model = smf.mixedlm("y ~ 0 + C(visit) * (treated + x)", frame, groups="runner")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = model.fit(reml=True, method=["bfgs", "lbfgs", "cg"], gtol=1e-9)
        later = f"C(visit)[T.{len(VISITS) - 1}]:treated"
        differences.append(fit.params["treated"] + fit.params[later])
    return np.array(differences)


def timed(work, *arguments):
    start = process_time()
    result = work(*arguments)
    return process_time() - start, result


def main(n):
    for loss in (0, 0.15):
        trials = draw(n, loss, seed=1)
        few = trials.take(np.arange(PEERS))
        seconds = min(timed(mixed.fit_with_fallbacks, trials)[0] for _ in range(5)) / TRIALS
        one = np.median([
            timed(mixed.fit_with_fallbacks, trials.take(np.array([at])))[0]
            for at in range(PEERS)
        ])  # fmt: skip
        peer, found = timed(by_statsmodels, few)
        ours = mixed.fit_with_fallbacks(few, ("runner means, one intercept",)).value
        alike = np.isclose(ours, found, atol=1e-6).sum()
        assert alike > PEERS / 2, "statsmodels gives another answer"
        print(
            f"{n} an arm, {loss:.0%} lost: {1e3 * seconds:.2f} ms a trial of {TRIALS} at once, "
            f"{1e3 * one:.1f} ms alone; statsmodels {1e3 * peer / PEERS:.0f} ms, "
            f"{peer / PEERS / seconds:.0f} and {peer / PEERS / one:.0f} times as long; "
            f"{alike} of {PEERS} alike"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
