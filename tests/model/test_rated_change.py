"""Who reports less and what of: small answers by hand, parts that add up, and what leaves none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from hipstudy import parameters
from hipstudy.model import cohort, rated_change, simulate
from hipstudy.model.baseline import draw_worlds
from hipstudy.model.rated_change import CRITERIA, PARTS, RatingLuck
from hipstudy.model.trajectories import TightnessFalls
from hipstudy.prescription.protocol import preset

WEEKS = 12
USUAL, STRETCH, BOTH = (
    preset(name) for name in ("usual_running", "stretch_only", "strength_plus_stretch")
)
STILL = {"fluctuation_sd_nrs": 0.0, "nrs_sem": 0.0, "natural_course_nrs_wk": 0.0}


def values_of(n_draws=4, **fixed):
    return parameters.draw(n_draws, seed=0, **fixed)


def counted(arm, other, values, *, runners=30, weeks=WEEKS, mcid_nrs=2.0, people=None):
    """Shares of runners by criterion, (parts, worlds, draws)."""
    people = cohort.draw(runners, seed=0) if people is None else people
    starts = draw_worlds(people, values, seed=0)
    runs = [
        simulate.run(people, each, values, weeks=weeks, seed=0, starts=starts)
        for each in (arm, other)
    ]
    luck = rated_change.draw_luck(people, values, seed=0)
    own, others = (run.trajectories.falls for run in runs)
    counts = rated_change.count_responders(
        people, runs[0].start, own, others, values, luck, weeks=weeks, mcid_nrs=mcid_nrs
    )
    return {name: count / people.n_runners for name, count in counts.items()}


def parts(steps):
    return dict(zip(PARTS, np.diff(steps, axis=0, prepend=0), strict=True))


def by_hand(course=0.0, programme=0.0, relief=0.0, other=0.0, weeks=0.0, mcid_nrs=2.0, first=6.0):
    """One runner who rates both hips ``first``, without error; falls and a wobble by hand."""
    values = parameters.central(**STILL | {"fluctuation_sd_nrs": 1.0, "fluctuation_week_r": 0.0})
    people = cohort.draw(1, seed=0)
    people = replace(people, tightness_nrs=np.full(2, first), source="file")
    start = draw_worlds(people, values, seed=0)["weak"]
    both = np.full((1, 2), first)
    name = "tightness_nrs"
    levels = replace(start.levels, first={name: both}, usual={name: both}, away={name: 0 * both})
    own, others = (
        TightnessFalls(np.full((1, 1), course), np.full((1, 1), programme), np.full((1, 1, 2), r))
        for r in (relief, other)
    )
    zero = np.zeros((1, 1, 2))
    luck = RatingLuck(zero + weeks, zero, zero)
    found = rated_change.count_responders(
        people, replace(start, levels=levels), own, others, values, luck,
        weeks=WEEKS, mcid_nrs=mcid_nrs,
    )  # fmt: skip
    return {name: [float(step[0, 0]) for step in steps] for name, steps in found.items()}


@pytest.mark.parametrize(
    ("given_falls", "points"),
    [
        ({}, [0, 0, 0, 0]),
        ({"weeks": -2.0}, [1, 1, 1, 1]),  # 6 to 4 by the week alone
        ({"weeks": -1.4}, [0, 0, 0, 0]),  # 4.6 is rated 5
        ({"course": 2.0}, [0, 1, 1, 1]),
        ({"course": 1.0, "programme": 1.0}, [0, 0, 1, 1]),
        ({"programme": 1.0, "relief": 1.0, "other": 1.0}, [0, 0, 1, 1]),  # both arms bring it
        ({"programme": 1.0, "relief": 1.0}, [0, 0, 0, 1]),  # this arm alone
        ({"programme": 1.0, "relief": 0.0, "other": 3.0}, [0, 0, 0, 0]),  # the other arm alone
        ({"weeks": -2.0, "course": -2.0}, [1, 0, 0, 0]),  # a usual level that is higher: less come
        ({"course": 60.0}, [0, 1, 1, 1]),  # not below 0
    ],
)
def test_small_answers_by_hand(given_falls, points):
    assert by_hand(**given_falls)["points"] == points


def test_a_share_is_of_the_runner_s_own_first_rating():
    """30 % of 10 is 3 whatever the digits, of 6 it is 1.8, and of nothing it is no relief."""
    assert by_hand(course=3.0, first=10.0)["share"] == [0, 1, 1, 1]
    assert by_hand(course=2.0, first=10.0)["share"] == [0, 0, 0, 0]
    assert by_hand(course=2.0, first=6.0)["share"] == [0, 1, 1, 1]
    assert by_hand(course=1.0, first=6.0)["share"] == [0, 0, 0, 0]
    assert by_hand(first=0.0)["share"] == [0, 0, 0, 0]


@settings(max_examples=12)
@given(
    causal=st.floats(0, 1),
    programme=st.floats(0, 4),
    entry=st.floats(0, 6),
    weeks=st.integers(1, 20),
    mcid_nrs=st.floats(0.1, 6),
)
def test_parts_add_up_and_only_the_choice_tells_exercising_arms_apart(
    causal, programme, entry, weeks, mcid_nrs
):
    values = values_of(2, causal_share=causal, programme_effect_nrs=programme, entry_nrs=entry)
    longer = [arm.model_copy(update={"weeks": weeks}) for arm in (BOTH, STRETCH)]
    how = {"runners": 8, "weeks": weeks, "mcid_nrs": mcid_nrs}
    one, other = (counted(*arms, values, **how) for arms in (longer, longer[::-1]))
    for criterion in CRITERIA:
        ours, theirs = parts(one[criterion]), parts(other[criterion])
        np.testing.assert_allclose(sum(ours.values()), one[criterion][-1], atol=1e-12)
        for part in ("wobble", "anyway", "programme"):
            np.testing.assert_array_equal(ours[part], theirs[part])
        for part in ("wobble", "programme", "choice"):
            assert (ours[part] >= 0).all(), part
        assert (ours["wobble"] == ours["wobble"][:1]).all(), "the same under every cause"


def test_without_a_causal_link_the_choice_makes_nothing():
    found = counted(BOTH, STRETCH, values_of(causal_share=0.0))
    assert all((parts(steps)["choice"] == 0).all() for steps in found.values())
    found = counted(BOTH, STRETCH, values_of(causal_share=1.0, link_sd_per_sd=0.8))
    assert parts(found["points"])["choice"][0].max() > 0
    assert (parts(found["points"])["choice"][3] == 0).all(), "nonspecific: nothing relieves"


def test_without_a_programme_there_is_no_part_of_it():
    found = counted(USUAL, STRETCH, values_of(causal_share=1.0))
    for steps in found.values():
        assert (parts(steps)["programme"] == 0).all()
        assert (parts(steps)["choice"] == 0).all()
    exercising = counted(STRETCH, USUAL, values_of(causal_share=0.0))
    assert parts(exercising["points"])["programme"].mean() > 0.05
    none = counted(STRETCH, USUAL, values_of(causal_share=0.0, programme_effect_nrs=0.0))
    assert (parts(none["points"])["programme"] == 0).all()


def test_ratings_that_never_vary_do_not_wobble():
    still = values_of(**STILL)
    found = counted(BOTH, STRETCH, still)
    for steps in found.values():
        assert (parts(steps)["wobble"] == 0).all()
        assert (parts(steps)["anyway"] == 0).all(), "no week to fall back from, no course"
    assert parts(counted(BOTH, STRETCH, values_of())["points"])["wobble"].mean() > 0.1


def test_the_truth_of_the_last_step_is_the_model_s_own():
    """With the model's own luck of the weeks, what is felt at the end is the trajectory's."""
    values = values_of(3, causal_share=1.0)
    people = cohort.draw(20, seed=0)
    run = simulate.run(people, BOTH, values, weeks=WEEKS, seed=0)
    levels, falls = run.start.levels, run.trajectories.falls
    weekly = levels.weekly(("tightness_nrs",), WEEKS + 1, values)["tightness_nrs"][-1]
    felt = weekly - falls.course - falls.programme - falls.relief
    truth = run.trajectories.outcomes["tightness_nrs"][..., -1]
    np.testing.assert_allclose(np.clip(felt, 0, 10), truth, atol=1e-12)
    left = values["fluctuation_week_r"] ** WEEKS
    own = weekly - levels.usual["tightness_nrs"] - left * levels.away["tightness_nrs"]
    sd = np.sqrt(1 - left**2) * values["fluctuation_sd_nrs"]
    assert (own / sd).std() == pytest.approx(1, abs=0.15), "the weeks' law is that of the model"


def test_usual_running_is_what_the_law_of_those_who_came_in_says():
    """Against quadrature of the law of runners' means: fall back, course, week and both errors.

    400 runners; 5 standard errors, and what rounding and the ends of the scale do.
    """
    values = parameters.central()
    found = counted(USUAL, STRETCH, values, runners=400)["points"][-1, 0, 0]
    both, usual_sd, week_sd, error = (1 + 0.89) / 2, 3.0, 1.12, 0.9
    sd = np.sqrt((usual_sd**2 + week_sd**2) * both)
    first = np.linspace(3, 10, 4001)
    weight = np.exp(-(((first - 1) / sd) ** 2) / 2)
    lasting = usual_sd**2 / (usual_sd**2 + week_sd**2)
    kept = lasting + (1 - lasting) * 0.5**WEEKS
    fall = (1 - kept) * (first - 1) + 0.1 * (1 - np.exp(-0.24 / 0.1))
    spread = np.sqrt(sd**2 * (1 - kept**2) + 2 * error**2 * both)
    expected = (special.ndtr(-(2 - fall) / spread) * weight).sum() / weight.sum()
    se = np.sqrt(expected * (1 - expected) / 400)
    assert found == pytest.approx(expected, abs=5 * se + 0.02)


def test_a_start_without_weeks_is_refused():
    values = parameters.central()
    people = cohort.draw(2, seed=0)
    run = simulate.run(people, BOTH, values, weeks=2, seed=0)
    falls, luck = run.trajectories.falls, rated_change.draw_luck(people, values, seed=0)
    with pytest.raises(ValueError, match="levels: found none; the rule is a start with usual"):
        rated_change.count_responders(
            people, replace(run.start, levels=None), falls, falls, values, luck,
            weeks=2, mcid_nrs=2.0,
        )  # fmt: skip


def test_luck_is_a_runner_s_own_whoever_is_beside():
    values = values_of(2)
    people = cohort.draw(6, seed=0)
    whole = rated_change.draw_luck(people, values, seed=0, throws=3)
    some = rated_change.draw_luck(people.take(np.array([4])), values, seed=0, throws=3)
    np.testing.assert_array_equal(whole.weeks[..., 8:10], some.weeks)
    left, right = whole.after[..., 0::2].ravel(), whole.after[..., 1::2].ravel()
    assert np.corrcoef(left, right)[0, 1] > 0.5, "one person rates both hips"
