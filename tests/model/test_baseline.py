"""Runners of whom something was measured: it is kept, and the rest is drawn given it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import adherence, baseline, cohort, paired_limbs
from hipstudy.model.causes import WORLDS, latent_correlations
from hipstudy.model.cohort import MEASURED
from hipstudy.model.simulate import simulate
from hipstudy.prescription import protocol

SPREADS = {
    "thomas_ext_deg": (11, 8),
    "tightness_nrs": (5, 2),
    "discomfort_nrs": (3, 1.5),
    "torque_nm_kg": (1.8, 0.3),
}


def some_measured(n, seed, share=0.5):
    """Runners of whom about that share of everything was measured, limb by limb."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, (mean, sd) in SPREADS.items():
        values = rng.normal(mean, sd, 2 * n).clip(0.2, 9.8)
        found[name] = np.where(rng.random(2 * n) < share, values, np.nan)
    found["torque_angle_ext_deg"] = np.where(rng.random(2 * n) < 0.5, 10.0, np.nan)
    return replace(cohort.draw(n, seed=seed), **found)


def starts(runners, values, seed=0):
    return {world: baseline.draw(runners, world, values, seed=seed) for world in WORLDS}


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_what_was_measured_is_where_the_limb_starts(seed, share):
    """In every world and draw; torque is tested at 10 deg, with whatever offset the draw has."""
    runners, values = some_measured(6, seed, share), parameters.draw(4, seed=seed)
    arm = protocol.preset("strength_only")
    done = adherence.attend(runners, arm, values, weeks=2, seed=seed)
    found = simulate(runners, starts(runners, values, seed), arm, done, values).outcomes
    columns = {name: name for name in SPREADS} | {"torque_nm_kg": "end_range_torque_nm_kg"}
    for name, outcome in columns.items():
        first = found[outcome][..., 0]
        measured = np.broadcast_to(runners.reading(name), first.shape)
        there = ~np.isnan(measured)
        assert first[there] == pytest.approx(measured[there], rel=1e-9), name
        assert np.isfinite(first).all(), name


def test_what_was_not_is_drawn_given_what_was():
    """Known answers of the normal law, 4,000 runners, 5 Monte Carlo standard errors.

    The left limb measured one SD above the mean: the right one is drawn at r above it, with SD
    sqrt(1 - r**2); of a Thomas reading, at r times its reliability. A discomfort one SD high
    alone: tightness at their correlation above its mean.
    """
    n = 4000
    v = parameters.central(
        women_to_men_torque=1, test_angle_offset_deg=0, torque_runner_cv=0.2, entry_nrs=0
    )
    plain = cohort.draw(n, seed=3)
    plain = replace(plain, ran=np.zeros_like(plain.ran))
    left = np.tile([True, False], n)
    r, se = 0.89, 5 / np.sqrt(n)

    start = baseline.draw(plain, "nonspecific", v, seed=3)
    high = start.norm(10, v)[0] * np.exp(0.2 - 0.2**2 / 2)  # one SD above, on the log scale
    some = replace(plain, torque_nm_kg=np.where(left, high, np.nan))
    end = baseline.draw(some, "nonspecific", v, seed=3).end_range[0]
    assert end[left] == pytest.approx(1)
    assert end[~left].mean() == pytest.approx(r, abs=se)
    assert end[~left].std() == pytest.approx(np.sqrt(1 - r**2), abs=se)

    some = replace(plain, thomas_ext_deg=np.where(left, 11.2 + 8.0, np.nan))
    thomas = baseline.draw(some, "nonspecific", v, seed=3).thomas_ext_deg[0]
    scale = float(baseline.thomas_sd(v)[0, 0])
    part = 0.75 * np.sqrt(0.85)
    assert ((thomas[~left] - 11.2) / scale).mean() == pytest.approx(part * r, abs=se)

    # Of a rating, a week's fluctuation and its error are part.
    noise = 1.12**2 + 0.9**2
    some = replace(plain, discomfort_nrs=np.full(2 * n, 1.5 + np.sqrt(2.5**2 + noise)))
    levels = baseline.draw(some, "nonspecific", v, seed=3).levels
    z = (levels.usual["tightness_nrs"][0] - 1) / 3
    assert z.mean() == pytest.approx(0.5 * np.sqrt(3**2 / (3**2 + noise)), abs=se)


@pytest.mark.parametrize("world", WORLDS)
def test_what_goes_together_still_does_when_one_of_it_was_measured(world):
    """Correlations of drawn with measured traits, 4,000 runners, 5 standard errors.

    Torque measured: the Thomas angle goes with it by the world's law. Thomas read: torque goes
    with the reading at reliability times the law's, and not with tightness through the angle,
    because tightness was drawn without regard to it.
    """
    n, v = 4000, parameters.central(torque_tissue_r=0.5, rom_tolerance_share=0.4, entry_nrs=0)
    corr = {pair: float(c[0, 0]) for pair, c in latent_correlations(world, v).items()}
    plain = cohort.draw(n, seed=6)
    plain = replace(plain, ran=np.zeros_like(plain.ran))
    start = baseline.draw(plain, world, v, seed=6)
    se = 5 / np.sqrt(n)

    torque = baseline.draw(replace(plain, torque_nm_kg=start.torque(10, v)[0]), world, v, seed=7)
    assert torque.end_range[0] == pytest.approx(start.end_range[0], abs=1e-6)
    found = np.corrcoef(torque.thomas_ext_deg[0], torque.end_range[0])[0, 1]
    # Ratings were drawn without regard to it: what remains goes by what felt leaves of both.
    felt = corr["tight_thomas"] * corr["tight_torque"] + corr["disc_thomas"] * corr["disc_torque"]
    assert found == pytest.approx(corr["thomas_torque"], abs=se + abs(felt))
    assert corr["thomas_torque"] > 0.3

    rng = np.random.default_rng(8)
    part = 0.75 * np.sqrt(0.85)
    z = (start.thomas_ext_deg[0] - 11.2) / float(baseline.thomas_sd(v)[0, 0])
    noise = paired_limbs.pair(rng.standard_normal((n, 2)), 0.89)
    read = 11.2 + 8.0 * (part * z + np.sqrt(1 - part**2) * noise)
    drawn = baseline.draw(replace(plain, thomas_ext_deg=read), world, v, seed=7)
    found = np.corrcoef(read, drawn.end_range[0])[0, 1]
    assert found == pytest.approx(part * corr["thomas_torque"], abs=se)
    tight = drawn.levels.usual["tightness_nrs"][0]
    found = np.corrcoef(tight, drawn.end_range[0])[0, 1]
    assert found == pytest.approx(corr["tight_torque"], abs=se)


def test_a_test_far_out_does_not_drag_the_other_limb_with_it():
    """A torque of a twentieth of the norm's: kept, and counted as 3 SD for the other limb."""
    v = parameters.central()
    plain = cohort.draw(200, seed=5)
    plain = replace(plain, ran=np.zeros_like(plain.ran))
    left = np.tile([True, False], 200)
    some = replace(plain, torque_nm_kg=np.where(left, 0.1, np.nan))
    end = baseline.draw(some, "weak", v, seed=5).end_range[0]
    assert end[left].max() < -10
    assert end[~left].min() > -3 - 5 * np.sqrt(1 - 0.89**2)


def test_a_tight_runner_is_drawn_weaker_where_weakness_is_the_cause():
    n, v = 3000, parameters.central(link_sd_per_sd=0.6)
    plain = cohort.draw(n, seed=4)
    plain = replace(plain, ran=np.zeros_like(plain.ran))
    means = {}
    for rating in (2.0, 8.0):
        some = replace(plain, tightness_nrs=np.full(2 * n, rating))
        means[rating] = {w: s.end_range.mean() for w, s in starts(some, v).items()}
    assert means[8.0]["weak"] < means[2.0]["weak"] - 0.8
    assert means[8.0]["nonspecific"] == pytest.approx(means[2.0]["nonspecific"], abs=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_conditioning_is_the_textbook_answer(seed):
    """Mean and covariance of draws given some variables, against the Schur complement."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4)) + 2 * np.eye(4)
    cov = root @ root.T
    n = 20_000
    free = rng.normal(size=(n, 4)) @ root.T
    there = rng.random(4) < 0.5
    measured = np.where(there, rng.normal(size=4), np.nan)
    found = paired_limbs.conditioned(free, np.tile(measured, (n, 1)), cov)
    if not there.any():
        assert (found == free).all()
        return
    assert (found[:, there] == measured[there]).all()
    rest = ~there
    if not rest.any():
        return
    gain = cov[np.ix_(rest, there)] @ np.linalg.inv(cov[np.ix_(there, there)])
    mean = gain @ measured[there]
    left = cov[np.ix_(rest, rest)] - gain @ cov[np.ix_(there, rest)]
    sd = np.sqrt(np.diag(left))
    assert np.abs(found[:, rest].mean(axis=0) - mean).max() < (6 * sd / np.sqrt(n)).max()
    spread = np.cov(found[:, rest].T).reshape(left.shape)
    assert spread == pytest.approx(left, abs=8 * sd.max() ** 2 / np.sqrt(n))


def test_blocks_and_company_change_nothing():
    runners, values = some_measured(9, 1), parameters.draw(3, seed=1)
    whole = starts(runners, values)["weak"]
    parts = [baseline.draw(block, "weak", values, seed=0) for block in runners.blocks(4)]
    for name in ("tightness_nrs", "discomfort_nrs", "thomas_ext_deg", "end_range"):
        joined = np.concatenate([getattr(part, name) for part in parts], axis=-1)
        assert joined == pytest.approx(getattr(whole, name), abs=1e-9), name


def test_all_measured_leaves_nothing_to_draw_and_none_is_as_before():
    values = parameters.draw(3, seed=2)
    full = some_measured(5, 2, share=1.0)
    one, two = (starts(full, values, seed)["weak"] for seed in (1, 2))
    assert (one.levels.usual["tightness_nrs"] != two.levels.usual["tightness_nrs"]).all()
    for name in SPREADS:
        if name != "torque_nm_kg":
            assert (getattr(one, name) == getattr(two, name)).all(), name
    plain = cohort.draw(5, seed=2)
    missing = replace(plain, **{name: np.full(10, np.nan) for name in MEASURED})
    for name in ("tightness_nrs", "discomfort_nrs", "end_range"):
        a, b = (getattr(starts(who, values)["weak"], name) for who in (plain, missing))
        assert a == pytest.approx(b, abs=1e-9), name
