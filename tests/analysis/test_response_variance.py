"""Changes of runners, told of groups: known answers, recovery, and that nobody is told of."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hipstudy import figures, show
from hipstudy.analysis import response_variance
from hipstudy.analysis.estimate import Question
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.instruments import reading
from hipstudy.resources import place
from hipstudy.studies import cohort_study

EXAMPLE = place("data", "example_cohort.csv")
ASKED = Question("y", 12, "treat", "control")


@pytest.fixture(scope="module")
def study():
    return cohort_study.run(cohort=str(EXAMPLE))


def trial(treatment, control, base=5.0):
    """Two limbs a runner that change by the runner's change and half a point apart."""
    rows = []
    for i, (arm, change) in enumerate(
        [("treat", one) for one in treatment] + [("control", one) for one in control]
    ):
        for side, apart in (("left", -0.5), ("right", 0.5)):
            rows += [(i, side, arm, 0, base + i), (i, side, arm, 12, base + i + change + apart)]
    return pd.DataFrame(rows, columns="runner side arm week y".split())


def larger(study, n):
    """The same study with n runners an arm who have both values: the example's, again and again."""
    frame = study.observations
    plan = study.plan
    wide = frame[frame["week"].isin([0, plan.week])].dropna(subset=[plan.primary])
    seen = wide.groupby(["runner", "arm"])["week"].nunique().reset_index().query("week == 2")
    parts = []
    for arm in (plan.treatment, plan.control):
        of_arm = seen.loc[seen["arm"] == arm, "runner"].to_numpy()
        for k in range(n):
            rows = frame[frame["runner"] == of_arm[k % len(of_arm)]]
            parts.append(rows.assign(runner=len(parts)))
    clinic = dataclasses.replace(study.clinic, observations=pd.concat(parts, ignore_index=True))
    return dataclasses.replace(study, clinic=clinic)


def test_changes_are_means_of_limbs_with_both_values_by_size():
    frame = trial([-2, -1, -3], [0, 1])
    lost = (frame["runner"] == 0) & (frame["side"] == "left") & (frame["week"] == 12)
    frame.loc[lost, "y"] = np.nan
    found = response_variance.changes(frame, ASKED)
    assert found.treatment == pytest.approx([-3, -1.5, -1])
    assert found.treatment_limbs == pytest.approx([2, 1, 2])
    assert found.control == pytest.approx([0, 1])
    assert found.baseline == pytest.approx([5, 6, 7, 8, 9])
    assert found.baseline_limbs == pytest.approx([1, 2, 2, 2, 2])


def test_who_has_no_covariate_has_a_change_all_the_same(study):
    frame = study.observations
    whom = frame["runner"].isin(sorted(frame["runner"].unique())[:4])
    rows = frame.assign(bmi=np.where(whom, np.nan, 20.0 + frame["runner"] % 5))
    plain = response_variance.changes(frame, study.question)
    asked = dataclasses.replace(study.question, covariates=("bmi",))
    adjusted = response_variance.changes(rows, asked)
    assert adjusted.treatment == pytest.approx(plain.treatment)
    assert adjusted.control == pytest.approx(plain.control)


def test_spread_done_by_hand():
    """Variances 10 and 4: by chi-square with 4 df, 11.1433 and 0.484419, the ends of each."""
    treatment = np.array([-4.0, -2, 0, 2, 4])
    control = treatment * np.sqrt(0.4)
    one = response_variance.response_spread(treatment, control)
    assert (one.variance, one.sd) == pytest.approx((6, np.sqrt(6)))
    low_t, high_t, low_c, high_c = (
        v * 4 / x for v, x in ((10, 11.14329), (10, 0.4844186), (4, 11.14329), (4, 0.4844186))
    )
    low = 6 - np.hypot(10 - low_t, high_c - 4)
    high = 6 + np.hypot(high_t - 10, 4 - low_c)
    assert (one.ci_low, one.ci_high) == pytest.approx((low, high), rel=1e-5)
    assert one.compatible_with_none
    assert one.up_to == pytest.approx(np.sqrt(high), rel=1e-5)
    back = response_variance.response_spread(control, treatment)
    assert (back.sd, back.ci_low, back.ci_high) == pytest.approx(
        (-np.sqrt(6), -one.ci_high, -one.ci_low)
    )
    with pytest.raises(ValueError, match="the rule is 2 or more"):
        response_variance.response_spread(treatment, control[:1])


@pytest.mark.parametrize("n", [8, 20, 40])
def test_no_response_is_compatible_with_none_in_nineteen_of_twenty(n):
    """2,000 trials, nobody's response unlike another's: 95 %, within 3 Monte Carlo errors and 1 %
    for the interval, which is not exact."""
    rng = np.random.default_rng(20 + n)
    drawn = rng.normal(0, 1.4, (2000, 2, n)) + np.array([-1.0, 0])[:, np.newaxis]
    share = np.mean(
        [response_variance.response_spread(*both).compatible_with_none for both in drawn]
    )
    assert share == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 2000) + 0.01)


def test_a_planted_spread_is_recovered():
    """True response SD 1.5 on changes of SD 1: the mean of variances is 2.25, within 4 Monte Carlo
    errors, and 95 % of intervals hold it."""
    rng = np.random.default_rng(5)
    found = [
        response_variance.response_spread(
            rng.normal(0, 1, 30) + rng.normal(-1, 1.5, 30), rng.normal(0, 1, 30)
        )
        for _ in range(1500)
    ]
    variances = np.array([one.variance for one in found])
    error = variances.std() / np.sqrt(len(variances))
    assert variances.mean() == pytest.approx(2.25, abs=4 * error)
    covered = np.mean([one.ci_low < 2.25 < one.ci_high for one in found])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 1500) + 0.01)


def test_the_n_it_needs_is_the_n_it_needs():
    """Power of the two-sided F test by simulation at that n, and less one runner short of it."""
    n = response_variance.runners_to_see(1.0, 1.0)
    assert n == int(n)
    assert response_variance._power(int(n), 2) >= 0.8 > response_variance._power(int(n) - 1, 2)
    rng, n = np.random.default_rng(6), int(n)
    wide, narrow = (rng.normal(0, sd, (20000, n)).var(axis=1) for sd in (np.sqrt(2), 1))
    seen = np.mean(wide / narrow > stats.f.ppf(0.975, n - 1, n - 1))
    assert seen == pytest.approx(0.8, abs=0.02)
    assert response_variance.runners_to_see(0.001, 1) == np.inf
    assert response_variance.runners_to_see(0.5, 1) > response_variance.runners_to_see(1, 1)
    assert np.isnan(response_variance.runners_to_see(1, 0))


def test_probability_is_of_a_group():
    assert response_variance.probability_of_response(1, 1, 2) == pytest.approx(0.158655, abs=1e-6)
    assert response_variance.probability_of_response(3, 0, 2) == 1
    assert response_variance.probability_of_response(3, -1, 2) == 1
    rng = np.random.default_rng(7)
    share = np.mean(rng.normal(0.8, 1.2, 100_000) >= 2)
    assert response_variance.probability_of_response(0.8, 1.2, 2) == pytest.approx(share, abs=0.005)


@given(st.integers(0, 1000))
def test_relabelling_and_order_change_nothing(seed):
    rng = np.random.default_rng(seed)
    frame = trial(rng.normal(-1, 1, 6), rng.normal(0, 1, 5))
    again = frame.sample(frac=1, random_state=seed)
    again = again.assign(runner=again["runner"].map(dict(enumerate(rng.permutation(11) + 90))))
    one, other = response_variance.changes(frame, ASKED), response_variance.changes(again, ASKED)
    for field in dataclasses.fields(one):
        assert getattr(one, field.name) == pytest.approx(getattr(other, field.name))


def test_false_shares_done_by_hand():
    """Errors alone are past their own MDC in 2.5 % either way; ups and downs that double the SD
    put P(Z > 0.98) there, before selection."""
    flat = np.linspace(-4, 4, 200_001)  # so wide that little was turned away
    two = np.full(flat.shape, 2.0)
    one = response_variance.false_shares(flat * 1000, two, 1.0, 1.0, 2 * np.sqrt(2))
    assert one.error == pytest.approx((0.025, 0.025))
    assert one.fluctuation == pytest.approx([stats.norm.sf(0.979982)] * 2, abs=0.002)
    assert one.either_limb == pytest.approx((0.025, 0.025))
    less = response_variance.false_shares(flat * 1000, two, 1.0, 1.0, 0.1)
    assert less.fluctuation == pytest.approx(less.selection), "errors are the least there is"


def test_each_runner_is_held_against_the_mdc_of_his_own_limbs():
    """Control changes with SD 3, SEM 1, errors of limbs independent: one limb is past 2.77 in
    P(Z > 2.77 / 3) = 17.8 %, a mean of two past 1.96 in 25.7 %; a mixed cohort lies between."""
    flat = np.linspace(-4, 4, 2_001) * 1000
    shares = {
        name: response_variance.false_shares(flat, limbs, 1.0, 0.0, 3.0)
        for name, limbs in (
            ("one", np.ones(2001)),
            ("two", np.full(2001, 2.0)),
            ("mixed", np.where(np.arange(2001) < 667, 1.0, 2.0)),
        )
    }
    assert shares["one"].fluctuation[0] == pytest.approx(stats.norm.sf(2.771808 / 3), abs=0.002)
    assert shares["two"].fluctuation[0] == pytest.approx(stats.norm.sf(1.959964 / 3), abs=0.002)
    for name in ("error", "selection", "fluctuation", "either_limb"):
        one, two, mixed = (getattr(shares[key], name) for key in ("one", "two", "mixed"))
        between = (667 * np.array(one) + 1334 * np.array(two)) / 2001
        assert mixed == pytest.approx(between)
    assert shares["one"].either_limb == pytest.approx((0.025, 0.025))


@pytest.mark.parametrize("measured", ["one", "mixed", "two"])
def test_the_page_goes_by_the_limbs_that_were_measured(study, measured):
    """Table, caption and grey band: the MDC of one limb where nobody has two."""
    many = larger(study, 24)
    frame = many.observations
    single = {"one": 48, "mixed": 20, "two": 0}[measured]
    gone = (frame["runner"] < single) & (frame["side"] == "left")
    clinic = dataclasses.replace(many.clinic, observations=frame[~gone])
    some = dataclasses.replace(many, clinic=clinic)
    one = reading(some.observations, study.plan.primary)
    words = {2: f"a mean of two limbs, {one.mdc:.2f}", 1: f"one limb, {one.sem.mdc:.2f}"}
    counted = {"one": [1], "mixed": [2, 1], "two": [2]}[measured]
    table, drawn = cohort_report.responders(some), cohort_report.changes(some)
    assert [m for m in (2, 1) if words[m] in table.caption] == counted
    assert [m for m in (2, 1) if words[m] in drawn.caption] == counted
    lines = {round(float(line.get_xdata()[0]), 6) for line in drawn.figure.axes[0].lines
             if line.get_linestyle() == "--" and line.get_xdata()[0] > 0}  # fmt: skip
    assert lines == {round({2: one.mdc, 1: one.sem.mdc}[m], 6) for m in counted}
    asked = Question(study.plan.primary, 12, study.plan.treatment, study.plan.control)
    found = response_variance.changes(some.observations, asked)
    chance = response_variance.false_shares(found.baseline, found.baseline_limbs, one.sem.sem,
                                    one.limbs_r, float(found.control.std(ddof=1)))  # fmt: skip
    cells = table.frame.set_index("Runners past the MDC")
    shown = cells.loc["and ups and downs as under “Stretch only”", "Better"]
    assert float(shown.split()[0]) == pytest.approx(100 * chance.fluctuation[0], abs=0.5)
    assert ("By chance: either limb past a limb's MDC" in cells.index) == (measured != "one")


@pytest.mark.parametrize("cut", [-1.0, 0.0, 1.0])
def test_selection_shift_is_what_selection_does(cut):
    """Readings of a normal population, entry by the first: how much better the second is.

    Within 4 Monte Carlo errors and 3 % for the lowest value in place of the cut.
    """
    rng = np.random.default_rng(9)
    true = rng.normal(0, 1.2, 200_000)
    first, second = (true + rng.normal(0, 0.8, true.shape) for _ in range(2))
    inside = first >= cut
    better = (first - second)[inside]
    found = response_variance.selection_shift(first[inside], 0.8)
    error = better.std() / np.sqrt(inside.sum())
    assert found == pytest.approx(better.mean(), abs=4 * error + 0.03 * found)


def test_selection_shift_at_its_ends():
    everybody = np.random.default_rng(10).normal(0, 1, 100_000)
    assert response_variance.selection_shift(everybody, 1.0) < 0.001
    assert np.isnan(response_variance.selection_shift(np.full(5, 6.0), 1.0))
    steep = np.random.default_rng(11).exponential(1, 1000)
    assert response_variance.selection_shift(steep, 1.0) == pytest.approx(1 / steep.mean(), rel=0.1)
    one_low = np.r_[np.zeros(1), np.full(400, 9.0)]
    assert response_variance.selection_shift(one_low, 1.0) == 0


@pytest.mark.parametrize("limbs_r", [0.0, 0.5, 0.89, 1.0])
def test_either_of_two_limbs_by_simulation(limbs_r):
    rng = np.random.default_rng(12)
    shared, own = rng.normal(size=(200_000, 1)), rng.normal(size=(200_000, 2))
    errors = np.sqrt(limbs_r) * shared + np.sqrt(1 - limbs_r) * own
    share = np.mean((errors > 1.959964).any(axis=1))
    assert response_variance.either_of_two(limbs_r) == pytest.approx(share, abs=0.0018)


def test_the_page_holds_what_was_seen_against_chance(study):
    shown = cohort_report.responders(study)
    table = shown.frame.set_index("Runners past the MDC")
    assert table.loc["By chance: errors of measurement alone", "Better"] == "2.5 %"
    assert table.loc["Seen: Strength + stretch", "Better"] == "29 % (6 of 21)"
    assert table.loc["Seen: Stretch only", "Better"] == "fewer than 5 of 18"
    assert table.loc["Difference, percentage points", "Better"] == "not shown"
    assert "nobody is called a responder" in shown.caption
    assert "assumed to go together" in shown.caption


def test_counts_of_the_page_are_counts_of_the_data(study):
    many = larger(study, 400)
    table = cohort_report.responders(many).frame.set_index("Runners past the MDC")
    plan = study.plan
    wide = many.observations.pivot_table(index=["runner", "side", "arm"], columns="week",
                                         values=plan.primary)  # fmt: skip
    change = (wide[plan.week] - wide[0]).dropna().groupby(["arm", "runner"]).agg(["mean", "size"])
    one = cohort_report.instruments(many).frame.set_index("Outcome").loc["Tightness (NRS points)"]
    cut = np.where(change["size"] == 2, *map(float, one["MDC"].split(", ")[::-1]))
    better = (change["mean"] < -cut)[plan.control].sum()
    assert f"({better} of 400)" in table.loc["Seen: Stretch only", "Better"]
    assert " to " in table.loc["Difference, percentage points", "Better"]


def test_the_page_takes_high_ratings_for_bad(study):
    """Everybody from a rating of 6 on, most of them near it: coming in so makes people better."""
    frame = study.observations.copy()
    rng = np.random.default_rng(13)
    bad = dict(zip(frame["runner"].unique(), 6 + rng.exponential(0.8, 48), strict=True))
    first = frame["week"] == 0
    frame.loc[first, "tightness_nrs"] = frame.loc[first, "runner"].map(bad)
    clinic = dataclasses.replace(study.clinic, observations=frame)
    shown = cohort_report.responders(dataclasses.replace(study, clinic=clinic))
    asked = Question("tightness_nrs", 12, study.plan.treatment, study.plan.control)
    found = response_variance.changes(frame, asked)
    args = (found.baseline_limbs, 0.9, 0.89, found.control.std(ddof=1))
    right, wrong = (
        response_variance.false_shares(way * found.baseline, *args).selection for way in (1, -1)
    )
    cells = shown.frame.set_index("Runners past the MDC").loc["and coming in when it is bad"]
    assert float(cells["Better"].split()[0]) == pytest.approx(100 * right[0], abs=0.5)
    assert right[0] > wrong[0] + 0.02


def test_the_spread_is_said_with_its_interval_and_what_is_assumed(study):
    said = cohort_report.response_spread(study).markdown
    for words in ("**compatible with none**", "with an SD of up to", "95 % interval", "Assumed:",
                  "runners per arm would be needed", "This is about a group"):  # fmt: skip
        assert words in said, words


def test_few_runners_are_told_nothing_of(study):
    few = larger(study, 4)
    for page in (cohort_report.responders, cohort_report.response_spread):
        assert page(few).markdown.startswith("Fewer than 5 runners of an arm")


def test_points_are_drawn_of_twenty_and_more_only(study):
    text = cohort_report.changes(larger(study, 19))
    assert isinstance(text, show.Text)
    assert "fewer than 20" in text.markdown
    drawn = cohort_report.changes(larger(study, 20))
    assert isinstance(drawn, show.Figure)
    ax = drawn.figure.axes[0]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in dots] == [20, 20]
    words = {text.get_text() for text in ax.texts}
    assert words == {"within the MDC"}, "no dot has a name"
    assert all(np.diff(line.get_xdata()).min() >= 0 for line in dots), "by size, not by runner"


def test_the_figure_refuses_small_groups():
    frame = pd.DataFrame({"arm": ["a"] * 20 + ["b"] * 3, "change": np.arange(23.0)})
    with pytest.raises(ValueError, match=r"found 3 in an arm; the rule is 20 or more"):
        figures.changes(frame, mdcs=[1], xlabel="Change", least=20)
    same = pd.DataFrame({"arm": ["a"] * 20, "change": np.zeros(20)})
    assert figures.changes(same, mdcs=[1], xlabel="Change", least=20).get_ylim()[0] == 0.55


def test_an_outcome_that_is_no_rating(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'primary = "thomas_ext_deg"\nweek = 12\ntreatment = "strength_plus_stretch"\n'
        'control = "stretch_only"\nmargin = 2.0\n', encoding="utf-8",
    )  # fmt: skip
    found = cohort_study.run(cohort=str(EXAMPLE), analysis_plan=str(file))
    assert "MDC of a mean of two limbs" in cohort_report.responders(found).caption
    assert "This is about a group" not in cohort_report.response_spread(found).markdown


def test_no_row_is_a_runner(study):
    frame = study.observations
    runners = {frame["runner"].nunique(), len(frame), *frame.groupby("arm")["runner"].nunique()}
    for page in (cohort_report.responders, cohort_report.instruments):
        shown = page(study).frame
        assert len(shown) not in runners
        assert not {"runner", "runner_id", "side"} & set(shown.columns)
