"""The mixed model over all visits: what it equals, and what the ladder says."""

import math

import drawn_trials as dt
import numpy as np
import pytest

from hipstudy.analysis import ancova, mixed, reml
from hipstudy.analysis.estimate import Question

ASKED = Question("y", 12, "treat", "control")


def drawn(icc=0.5, n=12, seed=5, n_trials=1):
    rng = np.random.default_rng(seed)
    design = dt.Design(n, icc)
    return design, dt.draw(design, n_trials, rng), rng


@pytest.mark.parametrize("icc", [0.1, 0.5, 0.9])
def test_complete_trials_give_the_ancova_exactly(icc):
    _, trials, _ = drawn(icc, n_trials=20)
    plain, df = ancova.on_means(trials)
    found = mixed.fit_with_fallbacks(trials)
    assert found.value == pytest.approx(plain.beta[:, 1], rel=1e-6)
    assert found.se == pytest.approx(plain.se(1), rel=1e-6)
    assert found.df == pytest.approx(df, rel=1e-6)


def test_rungs_agree_where_both_limbs_are_there():
    design, trials, rng = drawn(n=20)
    trials = dt.lose(design, trials, "last value", rng)
    first, second, third, _ = (mixed.attempt(rung, trials) for rung in mixed.RUNGS)
    for found in (first, second):
        for ours, means in zip(found[:3], third[:3], strict=True):
            assert ours == pytest.approx(means, rel=1e-5)


def test_runners_lost_in_turn_give_the_closed_form():
    """Lost in turn, likelihood is a chain of regressions (Anderson 1957)."""
    design, trials, rng = drawn(n=20)
    trials = dt.lose(design, trials, "last value", rng)
    x, y6, y12 = trials.base[0].mean(-1), *np.moveaxis(trials.later[0].mean(axis=-2), -1, 0)
    first = ~np.isnan(y6)
    X = np.column_stack([np.ones_like(x), trials.treated[0], x])
    one = np.linalg.lstsq(X[first], y6[first], rcond=None)[0]
    last = ~np.isnan(y12)
    assert last.sum() < first.sum()
    Z = np.column_stack([X, np.where(first, y6, 0)])
    two = np.linalg.lstsq(Z[last], y12[last], rcond=None)[0]
    found = mixed.fit_with_fallbacks(trials)
    assert found.value[0] == pytest.approx(two[1] + two[3] * one[1], rel=1e-6)


def test_a_value_seen_before_being_lost_is_used():
    design, trials, rng = drawn(n=20)
    frame = dt.frame(dt.lose(design, trials, "last value", rng))
    found, plain = mixed.mixed(frame, ASKED), ancova.ancova(frame, ASKED)
    assert found.n_runners > plain.n_runners
    assert abs(found.estimate - plain.estimate) > 1e-3


def test_ladder_says_why_a_rung_was_left():
    _, trials, _ = drawn(0.9, n=40)
    whole = mixed.mixed(dt.frame(trials), ASKED)
    assert whole.note.startswith("rung reached: runner/limb; ")
    # Limbs that only differ by chance from visit to visit: no variance of limbs within runners.
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((1, 80, 1, 2)) * [[[[1], [-1]]]] * 0.3
    noise[..., 1] = -noise[..., 0] + noise[..., 1] / 10
    runners = trials.later.mean(axis=-2, keepdims=True)
    flat = dt.replace(trials, later=runners + noise)
    second = mixed.mixed(dt.frame(flat), ASKED)
    left = "left, ended on the boundary, a variance of zero; "
    assert second.note.startswith(f"rung runner/limb: {left}rung reached: runner; ")
    # Limbs of a runner that have less in common than strangers.
    apart = trials.later - 2 * trials.later.mean(axis=-2, keepdims=True) * 0.499
    third = mixed.mixed(dt.frame(dt.replace(trials, later=apart)), ASKED)
    both = f"rung runner/limb: {left}rung runner: {left}"
    assert third.note.startswith(f"{both}rung reached: runner means; ")


def test_more_visits_than_runners_can_tell_step_down_to_one_intercept():
    rng = np.random.default_rng(2)
    visits = 8
    later = rng.standard_normal((1, 8, 2, visits)) + rng.standard_normal((1, 8, 1, 1))
    base = later.mean(axis=-1) + rng.standard_normal((1, 8, 2))
    treated = np.repeat([[1.0, 0.0]], 4, axis=1)
    layout = dt.Layout(base, later, treated, tuple(range(1, visits + 1)), visits - 1)
    found = mixed.fit_with_fallbacks(layout)
    assert list(found.reasons[0]) == [*[mixed.TOO_MANY] * 3, ""]
    assert found.ladder(0).endswith("; rung reached: runner means, one intercept")
    assert math.isfinite(found.se[0])
    assert found.df[0] <= 5


def test_a_visit_few_came_to_is_left_out():
    _, trials, _ = drawn()
    few = trials.later.copy()
    few[:, 1:, :, 0] = np.nan
    found = mixed.fit_with_fallbacks(dt.replace(trials, later=few))
    alone = mixed.fit_with_fallbacks(trials.visits(np.array([False, True])))
    assert found.value == pytest.approx(alone.value)


def test_degrees_of_freedom_are_those_of_runners():
    design, trials, rng = drawn(n=8, n_trials=50)
    lost = dt.miss_limbs(dt.lose(design, trials, "chance", rng), 0.2, rng)
    found = mixed.fit_with_fallbacks(lost)
    runners = mixed.usable_values(lost).any(axis=(-1, -2)).sum(axis=-1)
    assert (found.df <= runners - 3).all()
    assert np.isfinite(found.se).all()


def test_what_differs_within_a_runner_never_stands_in_for_between():
    """The limb that starts worse is missed in treatment, the better one in control."""
    rng = np.random.default_rng(6)
    treated = np.repeat([[1.0, 0.0]], 20, axis=1)
    off = np.abs(rng.normal(size=(1, 40))) * (1 - 2 * treated)
    mean = rng.normal(size=(1, 40))
    base = np.stack([mean + off, mean - off], axis=-1)
    clean = 0.2 * mean[..., np.newaxis] + (base - mean[..., np.newaxis])
    clean = clean + treated[..., np.newaxis]
    shared = rng.normal(size=(1, 40, 1, 2)) / 50
    later = clean[..., np.newaxis] + shared + rng.normal(size=(1, 40, 2, 2)) / 100
    later[:, ::2, 0] = np.nan
    found = mixed.fit_with_fallbacks(dt.Layout(base, later, treated, (6, 12), 1))
    assert found.ladder(0).rsplit(": ", 1)[1] in ("runner/limb", "runner")
    assert found.value[0] == pytest.approx(1, abs=0.03)


def test_kenward_and_roger_as_written_out_with_whole_matrices():
    """The correction, with one matrix for everybody and P in full."""
    design, trials, rng = drawn(n=8)
    lost = dt.miss_limbs(dt.lose(design, trials, "chance", rng), 0.2, rng)
    there = mixed.usable_values(lost).reshape(1, 16, -1)
    y = np.where(there, lost.later.reshape(1, 16, -1), 0)
    x = np.repeat(lost.base[0], 2, axis=-1)
    X = np.stack([np.ones_like(x), np.repeat(lost.treated[0][:, np.newaxis], 4, axis=1), x], -1)
    pairs = np.kron(np.eye(2), np.ones((2, 2)))
    parts = np.stack([np.ones((4, 4)), pairs, np.eye(4)])
    found = reml.fit(reml.Model(y, X[np.newaxis], there, parts), np.array([[0.3, 0.2, 0.5]]))
    assert found.converged.all()
    at = there.ravel()
    Z, V_k = X.reshape(-1, 3)[at], [np.kron(np.eye(16), part)[np.ix_(at, at)] for part in parts]
    V = np.linalg.inv(sum(t * part for t, part in zip(found.theta[0], V_k, strict=True)))
    phi = np.linalg.inv(Z.T @ V @ Z)
    P = V - V @ Z @ phi @ Z.T @ V
    left = P @ y.ravel()[at]
    for part in V_k:
        assert np.trace(P @ part) == pytest.approx(left @ part @ left, rel=1e-5)
    W = np.linalg.inv([[np.trace(P @ a @ P @ b) / 2 for b in V_k] for a in V_k])
    # Z'V a P b V Z is Q - P phi P.
    inner = [[Z.T @ V @ a @ P @ b @ V @ Z for b in V_k] for a in V_k]
    adjusted = phi + 2 * phi @ np.einsum("ij,ijpq->pq", W, inner) @ phi
    assert found.phi[0] == pytest.approx(phi)
    assert found.adjusted[0] == pytest.approx(adjusted, rel=1e-6)
    assert adjusted[1, 1] > 1.001 * phi[1, 1]
    g = [(phi @ Z.T @ V @ a @ V @ Z @ phi)[1, 1] for a in V_k]
    assert found.df[0, 1] == pytest.approx(2 * phi[1, 1] ** 2 / (g @ W @ g), rel=1e-6)
