"""What must hold whatever the doses, the parameters and the runners: searched for exceptions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.model import adherence, baseline, cohort
from hipstudy.model.causes import WORLDS, cause_shares, latent_correlations
from hipstudy.model.simulate import OUTCOMES, simulate
from hipstudy.prescription import design, protocol

STRETCH = st.fixed_dictionaries(
    {
        "holds": st.integers(1, 20),
        "hold_s": st.floats(0.5, 120),
        "rest_s": st.floats(0, 30),
        "times_per_week": st.integers(1, 21),
    }
)
STRENGTH = st.fixed_dictionaries(
    {
        "lever": st.sampled_from(["leg-lever", "trunk-lever"]),
        "sets": st.integers(1, 10),
        "reps": st.integers(1, 30),
        "pause_s": st.floats(0, 10),
        "rest_s": st.floats(0, 180),
        "sessions_per_week": st.integers(1, 14),
        "unloaded_weeks": st.integers(0, 8),
        "load": st.sampled_from(["unloaded", "near-failure", "5 kg", "0.5 kg"]),
        "trained_from_ext_deg": st.floats(-105, 0),
        "trained_to_ext_deg": st.floats(1, 40),
    }
)
SEEDS = st.integers(0, 2**32 - 1)


def arm(name, **parts):
    """An arm, or None where a week has no room for it."""
    data = {"name": name, "label": name.replace("_", " "), "weeks": 8} | parts
    try:
        return protocol.from_dict(data, name)
    except UsageProblems as problems:
        assert "hours a week" in str(problems)  # noqa: PT017
        return None


def run(runners, one, values, seed, weeks=8):
    starts = {world: baseline.draw(runners, world, values, seed=seed) for world in WORLDS}
    done = adherence.attend(runners, one, values, weeks=weeks, seed=seed)
    return simulate(runners, starts, one, done, values)


@settings(max_examples=150)
@given(STRENGTH, STRETCH, STRETCH)
def test_matched_arms_take_as_long_and_keep_every_rule_or_are_refused(strength, stretch, control):
    one, two = (
        arm(design.BOTH, strength=strength, stretch=stretch),
        arm(design.STRETCH, stretch=control),
    )
    assume(one is not None and two is not None)
    for match, base, to in ((design.raise_stretch, two, one), (design.cut_stretch, one, two)):
        try:
            made = match(base, to)
        except UsageProblems as problems:
            assert "cannot be made to take as long as" in str(problems)  # noqa: PT017
            continue
        assert made.clock_min_wk == pytest.approx(to.clock_min_wk, abs=1e-6)
        assert min(made.strength_min_wk, made.stretch_min_wk) >= 0
        assert protocol.from_dict(made.model_dump(), "again") == made
        if made.strength and made.strength != base.strength:
            assert "cut from" in made.note
        grown = made.stretch_min_wk > base.stretch_min_wk + 1e-9
        assert not (grown and "stretching cut" in made.note)


def test_a_matched_arm_never_holds_more_than_any_arm_may():
    """The longest strength session 9 times a week: no more than 100 holds a bout."""
    top = {"sets": 10, "reps": 30, "sessions_per_week": 9}
    made = design.build(["strength_plus_stretch", design.STRETCH_MATCHED], overrides=top)
    raised = made.arm(design.STRETCH_MATCHED)
    assert raised.stretch.holds == protocol.MAX_HOLDS
    assert raised.clock_min_wk == pytest.approx(made.arms[0].clock_min_wk, abs=1e-6)


@settings(max_examples=40)
@given(STRENGTH, STRETCH, SEEDS)
def test_more_to_do_is_never_tighter_and_scales_keep_their_ends(strength, stretch, seed):
    """Strength work on top of stretching done as faithfully: the assumed sign, in every limb."""
    less = arm("less", stretch=stretch)
    more = arm("more", stretch=stretch, strength=strength)
    assume(less is not None and more is not None)
    runners = cohort.draw(3, seed=seed)
    values = parameters.draw(4, seed=seed, burden_per_min_wk=0)
    a, b = (run(runners, one, values, seed).outcomes for one in (less, more))
    assert (b["tightness_nrs"] <= a["tightness_nrs"] + 1e-9).all()
    for outcome in ("thomas_ext_deg", "end_range_torque_nm_kg"):
        assert (b[outcome] >= a[outcome] - 1e-9).all()
    for found in (a, b):
        assert (found["tightness_nrs"] >= 0).all()
        assert (found["tightness_nrs"] <= 10).all()
        assert (found["end_range_torque_nm_kg"] >= 0).all()
        assert all(np.isfinite(runs).all() for runs in found.values())


@settings(max_examples=25)
@given(st.permutations(range(6)), SEEDS)
def test_the_order_of_runners_changes_no_one(order, seed):
    runners, values = cohort.draw(6, seed=seed), parameters.draw(2, seed=seed)
    turned = replace(
        runners,
        key=runners.key[order],
        sex=runners.sex[order],
        age_y=runners.age_y[order],
        mass_kg=runners.mass_kg[order],
        ran=runners.ran[order],
    )
    one = protocol.preset("strength_plus_stretch")
    limbs = (2 * np.array(order)[:, None] + [0, 1]).ravel()
    first, second = (run(who, one, values, seed).outcomes for who in (runners, turned))
    for outcome in OUTCOMES:
        assert second[outcome] == pytest.approx(first[outcome][:, :, limbs], abs=1e-12)


@settings(max_examples=25)
@given(st.integers(1, 14), st.integers(1, 14), SEEDS)
def test_fewer_prescribed_sessions_are_a_subset(a, b, seed):
    """By session, not by day: the k-th of a week is done or not, however many there are."""
    few, many = sorted((a, b))
    runners, values = cohort.draw(5, seed=seed), parameters.draw(2, seed=seed)
    chance = adherence.propensity(runners, values, 4, seed=seed)
    for component in ("strength", "stretch"):
        done = [
            adherence._per_day(component, n, chance, runners.key, seed)
            .reshape(2, 5, 4, 7)
            .sum(axis=-1)
            for n in (few, many)
        ]
        assert (done[0] <= done[1]).all()
        assert (done[1] - done[0] <= many - few).all()
        assert (done[0].sum(axis=-1) * (chance == 0).all(axis=-1) == 0).all()


@pytest.mark.parametrize("later", [1, 3])
def test_a_protocol_with_unloaded_weeks_shifts_with_them(later):
    still = {"natural_course_nrs_wk": 0, "fluctuation_sd_nrs": 0, "programme_effect_nrs": 0}
    values = parameters.draw(3, seed=5, causal_share=1, **still)
    runners = cohort.draw(3, seed=5)
    one = protocol.preset("strength_plus_stretch")
    more = one.strength.unloaded_weeks + later
    two = one.model_copy(
        update={"strength": one.strength.model_copy(update={"unloaded_weeks": more})}
    )
    starts = {world: baseline.draw(runners, world, values, seed=5) for world in WORLDS}
    done = adherence.attend(runners, one, values, weeks=12, seed=5)
    pad = ((0, 0), (0, 0), (7 * later, 0))
    shifted = adherence.Completed(
        np.pad(done.strength, pad), np.pad(done.stretch, pad), done.technique
    )
    first = simulate(runners, starts, one, done, values).outcomes
    second = simulate(runners, starts, two, shifted, values).outcomes
    for outcome in OUTCOMES:
        assert second[outcome][..., later:] == pytest.approx(first[outcome], abs=1e-9)


@given(SEEDS)
def test_correlations_of_every_draw_belong_to_a_possible_law(seed):
    """Tightness, Thomas angle, torque and tissue: no matrix with a negative eigenvalue."""
    values = parameters.draw(50, seed=seed)
    names = ("tight", "thomas", "torque", "tissue")
    for world in WORLDS:
        found = latent_correlations(world, values)
        law = np.ones((50, 4, 4))
        for i, one in enumerate(names):
            for j in range(i + 1, 4):
                pair = found.get(f"{one}_{names[j]}", found.get(f"{names[j]}_{one}"))
                law[:, i, j] = law[:, j, i] = pair[:, 0]
        assert np.linalg.eigvalsh(law).min() > -1e-12


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e5)), min_size=4, max_size=4).filter(sum),
    SEEDS,
)
def test_shares_are_shares_whatever_the_prior(weights, seed):
    shares = cause_shares(weights, 20, seed=seed)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares[:, np.array(weights) == 0] == 0).all()
    assert ((shares >= 0) & (shares <= 1)).all()
