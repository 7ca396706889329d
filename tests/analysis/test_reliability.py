"""Measured twice before training: known answers, recovery, and which SEM is gone by."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hipstudy.analysis import reliability
from hipstudy.analysis.designs import models_by_design
from hipstudy.pages import cohort_report
from hipstudy.parameters import number, shipped
from hipstudy.resources import place
from hipstudy.studies import cohort_study

# Second trial less the first at the maximal position, 14 adults on 3 days: mean and SD, computed
# from the data of Nash 2024, doi:10.51224/SRXIV.465; and the within-day limits of REML on them.
NASH = {
    "CP": (1.7381, 21.4261, 29.4),
    "LP": (-8.1905, 27.5559, 39.4),
    "Row": (-0.4048, 12.3842, 17.0),
}
EXAMPLE = place("data", "example_cohort.csv")


def visits(first, second, week=-1):
    """A long frame of limbs, (runners, 2) at both visits."""
    rows = [
        (i, side, when, values[i, j])
        for when, values in ((week, np.asarray(first, float)), (0, np.asarray(second, float)))
        for i in range(len(values))
        for j, side in enumerate(("left", "right"))
    ]
    return pd.DataFrame(rows, columns=["runner", "side", "week", "y"])


def drawn(n, sem, limbs_r, rng, shift=0.3):
    """Two readings of limbs whose errors go together at limbs_r."""
    true = rng.normal(5, 2, (n, 1)) + rng.normal(0, 1, (n, 2))
    both = []
    for _ in range(2):
        shared, own = rng.normal(size=(n, 1)), rng.normal(size=(n, 2))
        both.append(true + sem * (np.sqrt(limbs_r) * shared + np.sqrt(1 - limbs_r) * own))
    return visits(both[0], both[1] + shift)


def with_retest(study, n_runners, rng, sem=0.9):
    """The same study with a visit in week -1 of so many runners."""
    frame = study.observations
    base = frame[
        (frame["week"] == 0) & (frame["runner"].isin(frame["runner"].unique()[:n_runners]))
    ]
    read = base["tightness_nrs"] + rng.normal(0, sem * np.sqrt(2), len(base))
    before = base.assign(week=-1.0, tightness_nrs=read)
    for name in ("thomas_ext_deg", "end_range_torque_nm_kg", "discomfort_nrs"):
        before[name] = np.nan
    clinic = dataclasses.replace(study.clinic, observations=pd.concat([before, frame]))
    return dataclasses.replace(study, clinic=clinic)


@pytest.fixture(scope="module")
def study(example_study):
    return example_study


def test_three_runners_done_by_hand():
    """Differences 1, 1, 2, 0, 3, -1: mean 1, squares about it 0 0 1 1 4 4, variance 10 / 5 = 2."""
    first = [[4, 5], [6, 7], [2, 8]]
    second = [[5, 6], [8, 7], [5, 7]]
    found = reliability.retest(visits(first, second), "y")
    assert (found.n_pairs, found.n_runners, found.df) == (6, 3, 2)
    assert (found.shift, found.sem) == pytest.approx((1, 1))
    assert reliability.mdc(found.sem) == pytest.approx(1.959964 * np.sqrt(2))
    low, high = np.sqrt(2 / 7.377759), np.sqrt(2 / 0.0506356)  # chi-square, 2 df, from a table
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-5)
    # Together: 2 (0*0 + 1*-1 + 2*-2) over 0 + 0 + 1 + 1 + 4 + 4.
    assert found.limbs_r == pytest.approx(-1)


def test_icc_is_the_one_of_shrout_and_fleiss():
    """Their table 2, four judges of six targets: ICC(2,1) = 0.29; here by its first two judges, by
    the formula with mean squares of a two-way table done by hand."""
    first, second = np.array([9.0, 6, 8, 7, 10, 6]), np.array([2.0, 1, 4, 1, 5, 2])
    # Rows: means 5.5 3.5 6 4 7.5 4, mean 61/12; columns 46/6 and 15/6.
    r = 2 * ((np.array([5.5, 3.5, 6, 4, 7.5, 4]) - 61 / 12) ** 2).sum() / 5
    c = 6 * 2 * (31 / 12) ** 2
    total = ((np.r_[first, second] - 61 / 12) ** 2).sum()
    e = (total - 5 * r - c) / 5
    assert reliability.icc_2_1(first, second) == pytest.approx((r - e) / (r + e + 2 * (c - e) / 6))
    assert reliability.icc_2_1(first, first) == pytest.approx(1)
    assert np.isnan(reliability.icc_2_1(np.ones(4), np.ones(4)))


@pytest.mark.parametrize("limbs_r", [0.0, 0.9])
def test_sem_is_recovered_whether_limbs_err_alike_or_not(limbs_r):
    """400 clinics of 12 runners, SEM 0.9: mean square within 4 Monte Carlo standard errors (the
    limbs' own mean is taken off: 3 % low at most), its interval holds it in 95 % or more."""
    rng, sem = np.random.default_rng(8), 0.9
    found = [reliability.retest(drawn(12, sem, limbs_r, rng), "y") for _ in range(400)]
    squares = np.array([one.sem**2 for one in found])
    mean, error = squares.mean(), squares.std() / 20
    assert sem**2 * (23 - limbs_r) / 23 == pytest.approx(mean, abs=4 * error)
    covered = np.mean([one.ci_low < sem < one.ci_high for one in found])
    assert covered > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)
    assert np.mean([one.limbs_r for one in found]) == pytest.approx(limbs_r, abs=0.12)


def test_the_last_visit_before_baseline_counts_and_later_ones_do_not():
    near = visits([[1, 2], [3, 4]], [[2, 2], [3, 6]])
    far = visits([[9, 9], [9, 9]], [[0, 0], [0, 0]], week=-3).query("week == -3")
    after = visits([[9, 9], [9, 9]], [[0, 0], [0, 0]], week=6).query("week == 6")
    assert reliability.retest(pd.concat([far, near, after]), "y") == reliability.retest(near, "y")


@given(st.integers(0, 1000))
def test_order_names_and_sides_change_nothing(seed):
    rng = np.random.default_rng(seed)
    frame = drawn(6, 1, 0.5, rng)
    again = frame.sample(frac=1, random_state=seed)
    again = again.assign(
        runner=again["runner"].map(dict(enumerate(rng.permutation(6) + 40))),
        side=again["side"].map({"left": "right", "right": "left"}),
    )
    one, other = (dataclasses.astuple(reliability.retest(f, "y"))[1:] for f in (frame, again))
    assert one == pytest.approx(other)


@given(st.integers(0, 1000), st.floats(0.1, 20), st.floats(-50, 50))
def test_units_scale_and_shifts_do_not_matter(seed, size, up):
    frame = drawn(5, 1, 0.5, np.random.default_rng(seed))
    one = reliability.retest(frame, "y")
    moved = reliability.retest(frame.assign(y=size * frame["y"] + up), "y")
    assert (moved.sem, moved.icc) == pytest.approx((size * one.sem, one.icc), rel=1e-6)


def test_nothing_before_baseline_is_none():
    frame = visits([[1, 2], [3, 4]], [[2, 2], [3, 6]])
    assert reliability.retest(frame.query("week == 0"), "y") is None
    assert reliability.retest(frame.query("runner == 0"), "y") is None


def found_with(n_runners, n_pairs, sem=0.6):
    return reliability.Retest("y", n_pairs, n_runners, 0, -1, 1, sem, sem / 2, sem * 2, 0.9, 0.5)


def test_which_sem_is_used_depends_on_pairs():
    alone = reliability.combine(None, 0.9, (0.6, 1.6))
    assert (alone.sem, alone.source, alone.weight) == (0.9, "literature", 0)
    assert (alone.ci_low, alone.ci_high) == (0.6, 1.6)
    few, many = (reliability.combine(found_with(n // 2, n), 0.9, (0.6, 1.6)) for n in (28, 30))
    assert (few.source, many.source) == ("combined", "clinic")
    assert (many.sem, many.ci_low, many.ci_high) == (0.6, 0.3, 1.2)
    same = reliability.combine(found_with(5, 10, sem=0.0), 0.9, (0.6, 1.6))
    assert same.source == "literature", "limbs that never read differently say nothing of error"


def test_combined_by_hand():
    """df 9: precision 18. The law: ln(1.6 / 0.9) / 1.96 = 0.293556, precision 11.604."""
    one = reliability.combine(found_with(10, 20), 0.9, (0.6, 1.6))
    assert one.weight == pytest.approx(18 / 29.604, rel=1e-4)
    assert one.sem == pytest.approx(0.9 * (0.6 / 0.9) ** one.weight)
    assert one.ci_high / one.sem == pytest.approx(np.exp(1.959964 / np.sqrt(29.604)), rel=1e-4)
    assert one.ci_high / one.ci_low < 1.6 / 0.6, "two sources know more than one"


@pytest.mark.parametrize(("value", "ends"), [(6.4, (1.7, 6.4)), (1.7, (1.7, 6.4))])
def test_a_value_at_the_end_of_its_range_pulls_little(value, ends):
    """A Thomas test with the pelvis free: 10 runners read with an SEM of 3.3 stay near it. The law
    around an end is as wide as the range: ln(6.4 / 1.7) / 1.96 = 0.6764, precision 2.186."""
    one = reliability.combine(found_with(10, 20, sem=3.3), value, ends)
    assert one.source == "combined"
    assert one.weight == pytest.approx(18 / 20.186, rel=1e-3)
    assert one.sem == pytest.approx(3.3 * (value / 3.3) ** (1 - one.weight))


@pytest.mark.parametrize("sem", [0.25, 4.0])
def test_an_sem_outside_the_range_is_the_clinics_own(sem):
    """Its whole interval is outside: the literature's range is of other readings."""
    one = reliability.combine(found_with(8, 16, sem), 0.9, (0.6, 1.6))
    assert (one.sem, one.source, one.weight) == (sem, "clinic", 1)


@given(st.integers(2, 14), st.floats(0.31, 3))
def test_combined_lies_between_and_goes_with_runners(n, sem):
    one, more = (
        reliability.combine(found_with(k, 2 * k, sem), 0.9, (0.6, 1.6)) for k in (n, n + 1)
    )
    assert min(sem, 0.9) - 1e-12 <= one.sem <= max(sem, 0.9) + 1e-12
    if n < 14:
        assert more.weight > one.weight


@pytest.mark.parametrize(("mean", "sd", "limits"), NASH.values(), ids=NASH)
def test_nash_within_day_limits(mean, sd, limits):
    """Within-day limits of one reading at the maximal position, 1.96 SEM: those of REML keep the
    shift between trials in the error, which ``retest`` takes out and tells."""
    rng = np.random.default_rng(1)
    first, apart = rng.normal(150, 30, (14, 3)), rng.normal(size=(14, 3))
    apart = mean + sd * (apart - apart.mean()) / apart.std(ddof=1)
    rows = [
        (runner, day, week, force[runner, day])
        for week, force in ((-1, first), (0, first + apart))
        for runner in range(14)
        for day in range(3)
    ]
    found = reliability.retest(
        pd.DataFrame(rows, columns=["runner", "side", "week", "force"]), "force"
    )
    n = found.n_pairs
    assert (n, found.n_runners) == (42, 14)
    with_shift = np.sqrt(found.sem**2 * (n - 1) / n + found.shift**2 / 2)
    assert 1.959964 * with_shift == pytest.approx(limits, abs=0.05)


def test_the_page_tells_three_sources_and_which_is_used(study):
    none = cohort_report.instruments(study)
    assert set(none.frame["SEM, this clinic"]) == {"none"}
    assert all(cell.endswith("the literature's") for cell in none.frame["SEM used"])
    assert "nothing here is this clinic's own" in none.caption
    row = shipped()["nrs_sem"]
    tight = none.frame.set_index("Outcome").loc["Tightness (NRS points)"]
    assert tight["SEM, literature"] == f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})"
    rng = np.random.default_rng(3)
    for n_runners, words in ((10, "combined"), (20, "this clinic's")):
        shown = cohort_report.instruments(with_retest(study, n_runners, rng))
        table = shown.frame.set_index("Outcome")
        assert table.loc["Tightness (NRS points)", "SEM used"].endswith(words)
        assert table.loc["Discomfort running (NRS points)", "SEM used"].endswith("literature's")
        assert len(table) == 4
    assert "pairs" in table.loc["Tightness (NRS points)", "SEM, this clinic"]


def test_few_repeated_runners_are_not_told_of(study):
    few = with_retest(study, int(number("cohort_least_runners")) - 1, np.random.default_rng(4))
    assert set(cohort_report.instruments(few).frame["SEM, this clinic"]) == {"none"}


def test_a_visit_before_baseline_moves_no_estimate(study):
    again = with_retest(study, 20, np.random.default_rng(5))
    asked = cohort_study.questions(study.plan, study.observations)[0]
    for model in models_by_design.MODELS:
        analyse = models_by_design.STRIP[model]
        one, other = analyse(study.observations, asked), analyse(again.observations, asked)
        assert one.estimate == pytest.approx(other.estimate)


def test_mdc_of_a_mean_of_limbs():
    assert reliability.mdc(1, 2, 1) == reliability.mdc(1)
    assert reliability.mdc(1, 2, 0) == pytest.approx(reliability.mdc(1) / np.sqrt(2))
    assert reliability.z() == pytest.approx(stats.norm.ppf(0.975))
