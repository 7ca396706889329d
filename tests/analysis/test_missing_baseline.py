"""A missing baseline keeps its runner, and changes nothing where none is missing."""

from dataclasses import replace

import drawn_trials as dt
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from long_results import stored
from scipy import optimize, stats

from hipstudy.analysis import ancova, joint_baseline, mixed, reml
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.missing_baseline import baseline_or_mean, kept_without_baseline

ASKED = Question("y", 12, "treat", "control")
DESIGN = dt.Design(20, 0.5)
FAR = 4
CHUNK = 50  # trials at once: more of them leave the processor's memory


def without_baseline(trials, share, rng, steep=0.0):
    """The same trials with the baselines of some runners missing; the worse, the more often."""
    mean = trials.base.mean(axis=-1)
    gone = rng.random(mean.shape) < stats.norm.cdf(stats.norm.ppf(share) + steep * mean)
    return replace(trials, base=np.where(gone[..., np.newaxis], np.nan, trials.base))


@pytest.fixture(scope="module")
def trials():
    rng = np.random.default_rng(18)
    return without_baseline(dt.draw(DESIGN, 6, rng), 0.25, rng)


@pytest.fixture(scope="module")
def frame(trials):
    """One trial as a file has it: every row is there, values are blank."""
    rows = dt.frame(replace(trials, base=np.nan_to_num(trials.base, nan=-99.0)))
    return rows.assign(y=rows["y"].mask(rows["y"] == -99))


def wide(frame):
    table = frame.pivot_table(index=["runner", "arm"], columns="week", values="y").reset_index()
    table["x"], table["y"] = table[0].fillna(table[0].mean()), table[12]
    return table.assign(m=table[0].isna().astype(float), t=(table["arm"] == "treat").astype(float))


def test_ancova_is_least_squares_with_mean_and_indicator(frame):
    one, table = ancova.ancova(frame, ASKED), wide(frame)
    plain = smf.ols("y ~ t + x + m", table).fit()
    assert table["m"].sum() > 4
    assert one.n_runners == plain.nobs == 40
    assert one.n_limbs == 80
    assert one.df == plain.df_resid
    assert one.estimate == pytest.approx(plain.params["t"], abs=1e-9)
    assert one.se == pytest.approx(plain.bse["t"], abs=1e-9)


def test_whatever_stands_for_the_missing_the_answer_is_the_same(frame):
    plain = smf.ols("y ~ t + x + m", wide(frame).assign(x=lambda d: d["x"].where(d["m"] == 0, 7)))
    assert ancova.ancova(frame, ASKED).estimate == pytest.approx(plain.fit().params["t"], abs=1e-9)


@pytest.mark.parametrize("arm", [0.0, 1.0])
def test_missing_in_one_arm_only_leaves_the_difference_of_the_others(trials, arm):
    base = np.where((trials.treated == arm)[..., np.newaxis], trials.base, 0.5)
    some = replace(trials, base=base)
    kept = kept_without_baseline(some)
    rest = replace(some, later=np.where(kept[..., np.newaxis, np.newaxis], np.nan, some.later))
    (ours, df), (others, df_others) = ancova.on_means(some), ancova.on_means(rest)
    assert ours.beta[:, 1] == pytest.approx(others.beta[:, 1], abs=1e-9)
    assert (df == df_others + kept.sum(axis=-1) - 1).all()


def test_trials_with_and_without_missing_do_not_touch_each_other(trials):
    whole = dt.draw(DESIGN, 6, np.random.default_rng(4))
    both = replace(trials, base=np.concatenate([trials.base, whole.base]),
                   later=np.concatenate([trials.later, whole.later]),
                   treated=np.concatenate([trials.treated, whole.treated]))  # fmt: skip
    fits, df = ancova.on_means(both)
    found = mixed.fit_with_fallbacks(both)
    for part, at in ((trials, slice(0, 6)), (whole, slice(6, 12))):
        alone, alone_df = ancova.on_means(part)
        assert fits.beta[at, 1] == pytest.approx(alone.beta[:, 1], abs=1e-12)
        assert fits.se(1)[at] == pytest.approx(alone.se(1), abs=1e-12)
        assert (df[at] == alone_df).all()
        apart = mixed.fit_with_fallbacks(part)
        assert found.value[at] == pytest.approx(apart.value, abs=1e-9)
        assert found.df[at] == pytest.approx(apart.df, rel=1e-6)


def test_where_no_baseline_is_missing_nothing_is_filled_in():
    whole = dt.lose(DESIGN, dt.draw(DESIGN, 3, np.random.default_rng(1)), "chance",
                    np.random.default_rng(2))  # fmt: skip
    assert baseline_or_mean(whole) is whole
    assert not joint_baseline.lacks_baseline(whole).any()


def test_an_indicator_that_a_stratum_says_already_is_left_out(frame):
    no_baseline = wide(frame).set_index("runner")["m"]
    rows = frame.assign(centre=frame["runner"].map(no_baseline).map({0.0: "a", 1.0: "b"}))
    one = ancova.ancova(rows, replace(ASKED, strata=("centre",)))
    plain = ancova.ancova(frame, ASKED)
    assert (one.n_runners, one.df) == (40, plain.df)
    assert one.estimate == pytest.approx(plain.estimate, abs=1e-9)
    assert one.se == pytest.approx(plain.se, abs=1e-9)


def test_a_runner_who_was_not_seen_at_baseline_is_in_no_model(frame):
    gone = frame[(frame["week"] > 0) | frame["y"].notna()]
    n = int(wide(frame)["m"].eq(0).sum())
    assert ancova.ancova(gone, ASKED).n_runners == mixed.mixed(gone, ASKED).n_runners == n


def test_the_models_of_limbs_keep_the_runner_too(frame):
    limbs = frame.pivot_table(index=["runner", "side", "arm"], columns="week", values="y")
    limbs = limbs.reset_index()
    limbs["x"], limbs["y"] = limbs[0].fillna(0.0), limbs[12]
    limbs = limbs.assign(m=limbs[0].isna() * 1.0, t=(limbs["arm"] == "treat") * 1.0)
    naive = smf.ols("y ~ t + x + m", limbs).fit()
    one = ancova.limb_ancova(frame, ASKED)
    assert one.estimate == pytest.approx(naive.params["t"], abs=1e-9)
    assert (one.n_runners, one.df) == (40, 36)
    nested = smf.mixedlm("y ~ t + x + m", limbs, groups="runner").fit()
    found = mixed.random_intercept(frame, ASKED)
    assert found.estimate == pytest.approx(nested.params["t"], abs=1e-4)
    assert found.n_runners == 40
    assert ancova.change_score(frame, ASKED).n_runners < 40


def dense_reml(frame):
    """Baseline and visits of runners' means, free covariance, by a general optimiser."""
    table = frame.pivot_table(index="runner", columns="week", values="y")[[0, 6, 12]]
    treated = frame.groupby("runner")["arm"].first().eq("treat").reindex(table.index)
    parts = []
    for (_, row), arm in zip(table.iterrows(), treated, strict=True):
        X = np.zeros((3, 5))
        X[0, 0], X[1, 1], X[2, 2], X[1, 3], X[2, 4] = 1, 1, 1, arm, arm
        there = row.notna().to_numpy()
        parts.append((row.to_numpy()[there], X[there], there))

    def solved(theta):
        root = np.zeros((3, 3))
        root[np.tril_indices(3)] = theta
        V = root @ root.T
        inverses = [np.linalg.inv(V[np.ix_(there, there)]) for _, _, there in parts]
        cross = sum(X.T @ W @ X for (_, X, _), W in zip(parts, inverses, strict=True))
        right = sum(X.T @ W @ y for (y, X, _), W in zip(parts, inverses, strict=True))
        beta = np.linalg.solve(cross, right)
        value = np.linalg.slogdet(cross)[1]
        for (y, X, _), W in zip(parts, inverses, strict=True):
            off = y - X @ beta
            value += off @ W @ off - np.linalg.slogdet(W)[1]
        return value, beta[4], np.sqrt(np.linalg.inv(cross)[4, 4])

    start = np.linalg.cholesky(np.cov(table.dropna().T))[np.tril_indices(3)]
    end = optimize.minimize(lambda theta: solved(theta)[0], start, method="BFGS",
                            options={"gtol": 1e-9})  # fmt: skip
    return solved(end.x)[1:]


def test_the_joint_model_is_that_of_a_general_optimiser(frame):
    value, se, df, why = mixed.attempt("runner means", from_frame(frame, ASKED))
    estimate, naive = dense_reml(frame)
    assert why[0] == ""
    assert value[0] == pytest.approx(estimate, abs=1e-6)
    assert naive < se[0] < 1.05 * naive
    assert df[0] <= 37


def test_runners_of_whom_the_same_is_missing_can_be_put_together(trials, monkeypatch):
    rng = np.random.default_rng(8)
    some = dt.miss_limbs(dt.lose(DESIGN, trials, "chance", rng), 0.1, rng)
    sizes, put_together = [], reml._pattern_of_runner

    def counted(model):
        number, most = put_together(model)
        sizes.append((most, number.shape[1]))
        for own, there in zip(number, model.there, strict=True):
            alike = own[:, np.newaxis] == own
            assert (alike == (there[:, np.newaxis] == there).all(axis=-1)).all()
        return number, most

    def alone(model):
        b, r = model.there.shape[:2]
        return np.tile(np.arange(r), (b, 1)), r

    monkeypatch.setattr(reml, "_pattern_of_runner", counted)
    together = mixed.fit_with_fallbacks(some)
    assert sizes
    assert all(patterns < runners / 2 for patterns, runners in sizes)
    monkeypatch.setattr(reml, "_pattern_of_runner", alone)
    apart = mixed.fit_with_fallbacks(some)
    assert (together.reasons == apart.reasons).all()
    assert together.value == pytest.approx(apart.value, abs=1e-10)
    assert together.se == pytest.approx(apart.se, rel=1e-10)
    assert together.df == pytest.approx(apart.df, rel=1e-8)


def test_with_both_limbs_of_all_every_rung_with_free_visits_says_the_same(frame):
    """The difference hangs on runners' means alone: limbs add nothing to it."""
    layout = from_frame(frame, ASKED)
    limbs, means = (mixed.attempt(rung, layout) for rung in ("runner/limb", "runner means"))
    assert limbs[0] == pytest.approx(means[0], abs=0.02)
    assert limbs[1] == pytest.approx(means[1], rel=0.03)


def test_a_complete_baseline_as_a_response_says_what_it_says_as_a_covariate(monkeypatch):
    """By likelihood they are one; what REML takes off differs by hardly anything."""
    trials = dt.draw(dt.Design(40, 0.5), 20, np.random.default_rng(5))
    as_covariate = mixed.attempt("runner means", trials)
    monkeypatch.setattr(
        joint_baseline, "lacks_baseline", lambda layout: np.ones(len(layout.base), bool)
    )
    joint = mixed.attempt("runner means", trials)
    assert joint[0] == pytest.approx(as_covariate[0], abs=0.01)
    assert joint[1] == pytest.approx(as_covariate[1], rel=0.06)


def test_the_n_of_the_joint_model_is_that_of_its_fit(frame, monkeypatch):
    """Runners with a baseline and nothing else say what baselines are: they are fitted."""
    begun = wide(frame).query("m == 0")["runner"].head(2)
    lost = frame["runner"].isin(begun) & (frame["week"] > 0)
    gone = frame.assign(y=frame["y"].mask(lost))
    sizes, fit = [], reml.fit

    def counted(model, start):
        sizes.append(int(model.there[0].any(axis=-1).sum()))
        return fit(model, start)

    monkeypatch.setattr(reml, "fit", counted)
    one = mixed.mixed(gone, ASKED)
    assert joint_baseline.NOTE in one.note
    known = gone[gone["y"].notna()]
    assert one.n_runners == sizes[-1] == known["runner"].nunique() == 40
    assert one.n_limbs == len(known.drop_duplicates(["runner", "side"]))
    assert mixed.limbs_in_model(gone, ASKED, "mixed").any(axis=-1).sum() == sizes[-1]
    assert mixed.kept_by_arm(gone, ASKED, "mixed") == mixed.kept_by_arm(gone, ASKED, "ancova")


def test_with_every_baseline_known_who_was_not_seen_again_is_in_no_fit():
    whole = dt.frame(dt.draw(DESIGN, 1, np.random.default_rng(3)))
    lost = whole["runner"].isin([1, 2]) & (whole["week"] > 0)
    assert mixed.mixed(whole.assign(y=whole["y"].mask(lost)), ASKED).n_runners == 38


def measured(n, share, steep, way, effect, n_trials, seed=21):
    """Coverage, and bias in its Monte Carlo standard errors, of both models."""
    rng = np.random.default_rng([seed, n, int(100 * share), int(10 * steep), int(10 * effect)])
    design = dt.Design(n, 0.5, effect=effect)
    rows = {"ancova": [], "mixed": []}
    for _ in range(n_trials // CHUNK):
        drawn = dt.draw(design, CHUNK, rng)
        # Who is lost by the last value is lost by what was seen: not by a baseline that nobody has.
        drawn = without_baseline(drawn, share, rng, steep)
        if way:
            drawn = dt.lose(design, drawn, way, rng)
        fits, df = ancova.on_means(drawn)
        found = mixed.fit_with_fallbacks(drawn)
        rows["ancova"].append(np.stack([fits.beta[:, 1], fits.se(1), df]))
        rows["mixed"].append(np.stack([found.value, found.se, found.df]))
    table = {}
    for model, parts in rows.items():
        value, se, df = np.concatenate(parts, axis=-1)
        off = value - effect
        covered = np.abs(off) <= stats.t.ppf(0.975, df) * se
        far = off.mean() / off.std(ddof=1) * np.sqrt(n_trials)
        table[model] = (covered.mean(), far, se.mean(), int(np.isnan(value).sum()))
    return pd.DataFrame(table, index=["coverage", "far", "mean_se", "without_answer"])


def test_intervals_cover_with_baselines_missing():
    table = measured(15, 0.3, 1.0, "", 0.5, 400)
    assert table.loc["coverage"].to_numpy() == pytest.approx(0.95, abs=0.044)
    assert (table.loc["far"].abs() < FAR).all()


CELLS = [
    (n, way, share, steep, effect)
    for n, way in ((15, ""), (40, ""), (40, "chance"), (40, "last value"))
    for share, steep in ((0.3, 0.0), (0.3, 1.0))
    for effect in (0.0, 0.5)
]
N_TRIALS = 2000


def holds(row):
    """Whether a model keeps its promise in a cell; ANCOVA promises nothing by the last value."""
    if row["without_answer"]:
        return False
    if (row["lost_by"], row["model"]) == ("last value", "ancova"):
        return True
    return 0.932 <= row["coverage"] <= 0.967 and abs(row["far"]) < FAR


@pytest.mark.validate
@pytest.mark.parametrize(("n", "way", "share", "steep", "effect"), CELLS)
def test_intervals_cover_in_every_cell(n, way, share, steep, effect, long_rows):
    """Baselines missing by chance, or the worse the oftener: the arm is given afterwards."""
    table = measured(n, share, steep, way, effect, N_TRIALS)
    cell = {"n_per_arm": n, "lost_by": way or "nobody", "share": share, "steep": steep}
    rows = [{**cell, "effect": effect, "model": model, "n_trials": N_TRIALS, **table[model]}
            for model in table]  # fmt: skip
    long_rows += rows
    assert [row["model"] for row in rows if not holds(row)] == [], table


def test_the_stored_results_of_every_cell_hold():
    rows = stored("missing_baseline").to_dict("records")
    keys = ("n_per_arm", "lost_by", "share", "steep", "effect", "model")
    cells = {(n, way or "nobody", *more, model) for n, way, *more in CELLS
             for model in ("ancova", "mixed")}  # fmt: skip
    assert {tuple(row[key] for key in keys) for row in rows} == cells
    assert len(rows) == len(cells)
    assert {row["n_trials"] for row in rows} == {N_TRIALS}
    assert [row for row in rows if not holds(row)] == []


def test_runners_kept_are_counted_in_their_own_arm_where_a_third_is_in_the_model(frame):
    third = frame["runner"].isin(frame.loc[frame["arm"] == "control", "runner"].unique()[::2])
    three = frame.assign(arm=frame["arm"].mask(third, "other"))
    measured = three[three["y"].notna()]
    known = measured.loc[measured["week"] == 0, "runner"]
    ends = measured[(measured["week"] == ASKED.week) & ~measured["runner"].isin(known)]
    counts = ends.groupby("arm")["runner"].nunique()
    assert counts.get("other", 0) > 0
    for model in ("ancova", "mixed"):
        kept = mixed.kept_by_arm(three, replace(ASKED, all_arms=True), model)
        assert kept == (counts.get("treat", 0), counts.get("control", 0))
