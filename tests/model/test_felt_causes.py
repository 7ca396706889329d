"""What a cause adds to how a week feels: deficits, what closes them, how much of it is causal."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import baseline, causes, cohort, paired_limbs, simulate
from hipstudy.model.causes import WORLDS, latent_correlations
from hipstudy.prescription import design

ARMS = design.CONTRACT_ARMS
STRETCH, STRENGTH, LONG_STRETCH = "stretch_only", "strength_only", "stretch_only_time_matched"
MADE = {arm.name: arm for arm in design.build(ARMS).arms}
TOP = {"causal_share": 1, "link_sd_per_sd": 0.85}


def ends(runners, values, *names, world="weak", seed=0, outcome="tightness_nrs"):
    """An outcome of every limb at the last week under each arm, (draws, limbs)."""
    starts = baseline.draw_worlds(runners, values, seed=seed, worlds=[world])
    return [
        simulate.run(
            runners, MADE[name], values, weeks=12, seed=seed, starts=starts,
            outcomes=(outcome,),
        ).trajectories.outcomes[outcome][0, ..., -1]
        for name in names
    ]  # fmt: skip


def measured(n, **readings):
    """Runners of whom the same was measured in every hip."""
    limbs = {name: np.full(2 * n, float(value)) for name, value in readings.items()}
    return replace(cohort.draw(n, seed=0), **limbs)


@settings(max_examples=50)
@given(
    st.floats(0, 1), st.floats(0, 0.85), st.floats(0, 5), st.floats(0, 5),
    st.sampled_from(("tightness_nrs", "discomfort_nrs")),
)  # fmt: skip
def test_relief_is_never_more_than_closing_the_deficit_brings(kappa, link, moved, deficit, outcome):
    held = {"causal_share": kappa, "link_sd_per_sd": link, "discomfort_link_sd_per_sd": link}
    values = parameters.central(**held)
    sd = {"tightness_nrs": 3.0, "discomfort_nrs": 2.5}[outcome]
    for world in ("weak", "short", "guarded"):
        change = causes.change(
            outcome, world, {world: np.full((1, 1), moved)}, np.full((1, 1), deficit), values
        )
        assert change == pytest.approx(-kappa * link * sd * min(moved, deficit))
    assert causes.change(outcome, "weak", {"weak": np.ones((1, 1))}, None, values) == 0


@pytest.mark.parametrize("world", ["weak", "short", "guarded"])
def test_a_limb_without_a_deficit_gets_none_and_others_get_some(world):
    values = parameters.draw(20, seed=1, programme_effect_nrs=0, **TOP)
    runners = cohort.draw(30, seed=1)
    usual, arm = ends(runners, values, "usual_running", "strength_plus_stretch", world=world)
    deficit = baseline.draw(runners, world, values, seed=0).deficit
    relief = usual - arm
    none = deficit == 0
    assert 0.01 < none.mean() < 0.95
    assert (relief[none] == 0).all()
    assert (relief >= -1e-12).all()
    most = values["link_sd_per_sd"] * values["tightness_sd_nrs"] * deficit
    assert (relief <= most + 1e-9).all()
    assert relief[~none].max() > 0.05


def test_deficits_have_the_law_of_the_world():
    """Scores of torque and tolerance of 20,000 limbs below the norm, against the normal law.

    Runners as they come, unmeasured, who ran at no speed: each score is standard normal, so the
    mean deficit is 1 / sqrt(2 pi). In *short* a limb is short only as far as its angle is, which
    can only be less.
    """
    n = 10_000
    values = parameters.central(entry_nrs=0, rom_tolerance_share=0.4)
    runners = cohort.draw(n, seed=2)
    runners = replace(runners, ran=np.zeros_like(runners.ran))
    starts = baseline.draw_worlds(runners, values, seed=2)
    expected, se = 1 / np.sqrt(2 * np.pi), 5 * 0.6 / np.sqrt(n)
    for world in ("weak", "guarded"):
        assert starts[world].deficit.mean() == pytest.approx(expected, abs=se), world
    assert (starts["nonspecific"].deficit == 0).all()
    short = starts["short"]
    assert 0.3 * expected < short.deficit.mean() < expected - se
    to_norm = values["thomas_mean_deg"] - short.thomas_ext_deg
    assert (short.deficit[to_norm <= 0] == 0).all()
    sd = baseline.thomas_sd(values) * np.sqrt(0.6)
    assert (short.deficit <= np.maximum(to_norm, 0) / sd + 1e-9).all()


def test_weak_is_weak_among_runners_who_run_as_fast():
    """The norm of *weak* is the mean score of runners with the same demands: 6,000 runners."""
    n = 6000
    values = parameters.central(link_sd_per_sd=0, discomfort_link_sd_per_sd=0)
    runners = cohort.draw(n, seed=12)
    start = baseline.draw(runners, "weak", values, seed=12)
    norm = baseline.runners_norm(start, runners, values)
    fast = runners.ran[runners.runner, 2]
    for who in (fast, ~fast):
        se = 5 / np.sqrt(who.sum() / 2)
        assert norm[0, who].mean() == pytest.approx(start.end_range[0, who].mean(), abs=se)
    assert norm[0, fast].mean() > norm[0, ~fast].mean() + 0.1
    at_rest = replace(runners, ran=np.zeros_like(runners.ran))
    start = baseline.draw(at_rest, "weak", values, seed=12)
    assert (baseline.runners_norm(start, at_rest, values) == 0).all()
    assert start.deficit == pytest.approx(np.maximum(-start.end_range, 0))


@pytest.mark.parametrize("world", ["weak", "short", "guarded"])
def test_who_is_usually_tighter_has_more_of_a_deficit_in_a_cause_only(world):
    values = parameters.central(link_sd_per_sd=0.7, entry_nrs=0)
    runners = cohort.draw(4000, seed=3)
    runners = replace(runners, ran=np.zeros_like(runners.ran))
    start = baseline.draw(runners, world, values, seed=3)
    tight = start.levels.usual["tightness_nrs"][0]
    high, low = (start.deficit[0][w].mean() for w in (tight > 4, tight < -2))
    assert high > low + 0.5
    plain = baseline.draw(runners, world, parameters.central(
        link_sd_per_sd=0, discomfort_link_sd_per_sd=0, entry_nrs=0), seed=3)  # fmt: skip
    high, low = (plain.deficit[0][w].mean() for w in (tight > 4, tight < -2))
    assert high == pytest.approx(low, abs=5 * 0.6 * np.sqrt(2 / 600))


def test_a_measured_angle_decides_who_can_be_short():
    """Mean Thomas angles of 2, 11 and 24 deg give three answers in *short*; none at 24.

    With the stretching that takes as long as strength and stretch: less hardly moves tissue.
    """
    values = parameters.draw(60, seed=4, programme_effect_nrs=0, **TOP)
    relief = {}
    for angle in (2, 11, 24):
        runners = measured(40, thomas_ext_deg=angle)
        usual, arm = ends(runners, values, "usual_running", LONG_STRETCH, world="short")
        relief[angle] = (usual - arm).mean()
    assert relief[2] > relief[11] + 0.02
    assert relief[11] > relief[24] + 0.01
    norm = values["thomas_mean_deg"]
    at_norm = baseline.draw(measured(40, thomas_ext_deg=24), "short", values, seed=0)
    assert (at_norm.deficit[(norm <= 24)[:, 0]] == 0).all()
    assert relief[24] == 0
    spread = replace(
        cohort.draw(400, seed=0), thomas_ext_deg=np.random.default_rng(0).normal(11, 8, 800)
    )
    held = parameters.central(thomas_mean_deg=11.2, programme_effect_nrs=0, **TOP)
    usual, arm = ends(spread, held, "usual_running", LONG_STRETCH, world="short")
    angle, own = spread.thomas_ext_deg, (usual - arm)[0]
    assert (own[angle >= 11.2] == 0).all()
    steps = [own[(angle >= low) & (angle < low + 4)].mean() for low in (0, 4, 8)]
    assert steps[0] > steps[1] > steps[2] > 0, "relief falls with the angle"


def test_drawn_runners_of_another_angle_are_other_runners():
    """The norm stays where it is when the cohort's own mean is moved."""
    runners = cohort.draw(300, seed=5)
    found = {}
    for shift in (-9.0, 0.0, 13.0):
        values = parameters.central(thomas_shift_deg=shift, entry_nrs=0)
        start = baseline.draw(runners, "short", values, seed=5)
        assert start.thomas_ext_deg.mean() == pytest.approx(11.2 + shift, abs=0.6)
        found[shift] = start.deficit.mean()
    assert found[-9.0] > found[0.0] > found[13.0]


def test_a_measured_torque_decides_who_can_be_weak():
    """With kappa 1 and lambda at its end, weak runners gain more than 2 points in some draws."""
    values = parameters.draw(300, seed=6, **TOP)
    norm = values["torque_neutral_nm_kg"].mean()
    more = {}
    for share in (0.6, 1.0, 1.5):
        runners = measured(20, torque_nm_kg=share * norm, tightness_nrs=8)
        runners = replace(runners, sex=np.full(20, "M"), ran=np.zeros_like(runners.ran))
        stretch, strength = ends(runners, values, STRETCH, STRENGTH)
        more[share] = (stretch - strength).mean(axis=1)
    assert more[0.6].mean() > more[1.0].mean() > more[1.5].mean()
    assert (more[0.6] > 2).any()
    assert np.median(more[1.5]) < 0.05


def test_with_a_causal_link_at_its_end_some_runners_differ_by_more_than_two_points():
    """Between two exercising arms, in drawn runners; and the mean of a cohort comes near."""
    values = parameters.draw(300, seed=7, **TOP)
    runners = cohort.draw(40, seed=7)
    stretch, strength = ends(runners, values, STRETCH, STRENGTH)
    own = (stretch - strength).reshape(300, -1, 2).mean(axis=-1)
    assert (own > 2).any()
    assert own.mean(axis=1).max() > 1.3
    usual, _ = ends(runners, values, "usual_running", STRENGTH)
    assert (usual - strength).mean(axis=1).max() > 2


def test_the_prior_holds_no_effect_at_all_and_a_large_one():
    """Over draws of everything: exactly none in half of them, and far more than nothing in some."""
    values = parameters.draw(1000, seed=8)
    assert (values["causal_share"] == 0).mean() == pytest.approx(0.5, abs=0.002)
    assert values["causal_share"].max() > 0.99
    assert values["link_sd_per_sd"].min() < 0.05
    runners = cohort.draw(40, seed=8)
    stretch, strength = ends(runners, values, STRETCH, STRENGTH)
    mean = (stretch - strength).mean(axis=1)
    assert 0.45 < (mean == 0).mean() < 0.6
    own = (stretch - strength).reshape(1000, -1, 2).mean(axis=-1)
    assert own.max() > 2
    assert mean.max() > 0.7


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_drivers_of_every_draw_belong_to_a_possible_law(seed):
    """Tightness, discomfort, angle, torque and tissue: no matrix with a negative eigenvalue."""
    values = parameters.draw(50, seed=seed)
    names = ("tight", "disc", "thomas", "torque", "tissue")
    for world in WORLDS:
        found = latent_correlations(world, values)
        law = np.ones((50, 5, 5))
        for i, one in enumerate(names):
            for j in range(i + 1, 5):
                law[:, i, j] = law[:, j, i] = found[f"{one}_{names[j]}"][:, 0]
        assert np.linalg.eigvalsh(law).min() > -1e-9


def test_labels_of_two_arms_swapped_swap_their_results(small):
    one, two = small(STRETCH, STRENGTH), small(STRENGTH, STRETCH)
    for name in (STRETCH, STRENGTH):
        for outcome, run in one.arms[name].outcomes.items():
            assert (run == two.arms[name].outcomes[outcome]).all(), outcome


def test_sides_go_together_in_their_deficits():
    values = parameters.central(entry_nrs=0)
    runners = cohort.draw(4000, seed=9)
    for world in ("short", "guarded"):
        deficit = paired_limbs.by_runner(baseline.draw(runners, world, values, seed=9).deficit[0])
        assert np.corrcoef(deficit.T)[0, 1] > 0.7, world
