"""What is drawn anew for a trial: where it lies among trials, and its people's spread."""

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.evidence import trials, validation
from hipstudy.evidence.trial_setting import POPULATION_SD, in_setting

CASES = {case.name: case for case in trials.shipped()}
N_DRAWS = 20_000
Z = "range_trial_z"


def drawn(case, **held):
    return in_setting(case, parameters.draw(N_DRAWS, seed=4, **held))


@pytest.mark.parametrize(("common", "variance"), [(0.0, 1 / 16), (1.0, 1.0), (0.4, 0.4 + 0.6 / 16)])
def test_a_review_is_in_part_the_mean_of_its_trials(common, variance):
    """Variance of the mean of k that correlate at ``common``: common + (1 - common) / k."""
    review = CASES["kay_2023"].model_copy(update={"pooled": 16})
    found = drawn(review, review_common_share=common, range_trial_sd=0.3)[Z]
    assert found.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / N_DRAWS))


def test_a_review_is_expected_where_a_trial_is():
    """Gains differ on the log scale and are pooled on their own: E exp(s z) = exp(s**2 / 2)."""
    spread = 0.5
    for pooled in (1, 4, 400):
        review = CASES["kay_2023"].model_copy(update={"pooled": pooled})
        z = drawn(review, review_common_share=0.3, range_trial_sd=spread)[Z]
        error = 4 * np.sqrt((np.exp(spread**2) - 1) * np.exp(spread**2) / N_DRAWS)
        assert np.exp(spread * z).mean() == pytest.approx(np.exp(spread**2 / 2), abs=error)


def test_a_trial_has_all_of_the_spread_and_its_cases_share_it():
    early, late = (drawn(CASES[name]) for name in ("aquino_2010_range", "aquino_2010_stretch"))
    assert early[Z].var() == pytest.approx(1, rel=4 * np.sqrt(2 / N_DRAWS))
    assert (early[Z] == late[Z]).all()
    assert (early[POPULATION_SD] == late[POPULATION_SD]).all()
    assert abs(np.corrcoef(early[Z][:, 0], drawn(CASES["longo_2021"])[Z][:, 0])[0, 1]) < 0.03


def test_an_sd_that_was_not_read_lies_between_its_ends():
    """Mean of a PERT law: (low + 4 mode + high) / 6."""
    case = CASES["kay_2023"]
    spread = drawn(case)[POPULATION_SD]
    assert case.sd_low <= spread.min()
    assert spread.max() <= case.sd_high
    assert spread.mean() == pytest.approx((case.sd_low + 4 * case.sd + case.sd_high) / 6, rel=0.01)
    read = case.model_copy(update={"sd_low": None, "sd_high": None})
    assert (drawn(read)[POPULATION_SD] == case.sd).all()
    assert POPULATION_SD not in drawn(CASES["gribble_1999"])


def test_an_effect_is_counted_over_the_spread_that_was_drawn():
    found = validation.find(CASES["kay_2023"], seed=0, n_draws=64)
    degrees = CASES["kay_2023"].model_copy(
        update={"scale": "raw", "unit": "deg", "sd": None, "sd_low": None, "sd_high": None}
    )
    raw = validation.find(degrees, seed=0, n_draws=64)
    assert found.draws * found.population_sd[:, 0] == pytest.approx(raw.draws, rel=1e-12)


def test_a_ratio_of_torques_is_torque_at_one_angle_over_torque_at_the_other():
    """The larger the passing shift, the more torque at length gains on that at mid-length."""
    case = CASES["aquino_2010"]
    at = {
        name: case.model_copy(
            update={"outcome": "torque_nm_kg", "angle_ext_deg": angle, "of_angle_ext_deg": None}
        )
        for name, angle in (("length", case.angle_ext_deg), ("middle", case.of_angle_ext_deg))
    }
    length, middle = (1 + validation.central(one) / 100 for one in at.values())
    assert 1 + validation.central(case) / 100 == pytest.approx(length / middle, rel=1e-12)
    assert validation.central(case, angle_shift_deg=15) > validation.central(
        case, angle_shift_deg=4
    )
