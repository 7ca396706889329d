"""Real sets by our models, by published runs of R, and by plain statsmodels."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hipstudy.analysis import ancova, mixed, reml
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.visit_estimates import visit_estimates

DATA = Path(__file__).resolve().parents[1] / "data"
CLOSE = 1e-6
# Children: lme(distance ~ age, data = Orthodont), nlme 3.1 (R-help, 23 March 2009), and
# lme(distance ~ age + Sex, random = ~ 1), the second example of its page `lme`.
LINE = {"intercept": 16.7611111, "slope": 0.6601852}
LINE_SD = {"intercept": 2.3270339, "slope": 0.2264276, "residual": 1.3100399}
LINE_CORRELATION = -0.609
SEXES = {"intercept": 17.706713, "age": 0.660185, "female": -2.321023}
SEXES_SE = {"intercept": 0.8339225, "age": 0.0616059, "female": 0.7614168}
SEXES_SD = {"intercept": 1.807425, "residual": 1.431592}
# Sleepers: lmer(Reaction ~ Days + (Days | Subject), sleepstudy), Bates and others 2015,
# doi:10.18637/jss.v067.i01; degrees of freedom by Kenward and Roger as pbkrtest has them.
SLEEP = {"intercept": 251.405, "slope": 10.467}
SLEEP_SE = {"intercept": 6.825, "slope": 1.546}
SLEEP_VARIANCES = {"intercept": 612.1, "slope": 35.07, "residual": 654.9}


def last_digit(value):
    """Half of the last digit that was published."""
    return 0.51 * 10.0 ** -len(f"{value}".partition(".")[2])


def agree(found, published):
    for ours, (name, theirs) in zip(found, published.items(), strict=True):
        assert ours == pytest.approx(theirs, abs=last_digit(theirs)), name


def wide(name):
    return pd.read_csv(DATA / f"{name}.csv", index_col=0)


def lines_and_theta(y, time):
    """Random intercepts and slopes of complete rows by our REML."""
    n, m = y.shape
    Z = np.column_stack([np.ones(m), time])
    cross = np.outer(Z[:, 0], Z[:, 1])
    parts = np.stack([np.outer(Z[:, 0], Z[:, 0]), cross + cross.T, np.outer(Z[:, 1], Z[:, 1]),
                      np.eye(m)])  # fmt: skip
    X = np.broadcast_to(Z, (1, n, m, 2))
    model = reml.Model(y[np.newaxis], X, np.ones((1, n, m), bool), parts)
    return reml.fit(model, np.array([[y.var() / 2, 0.0, y.var() / 50, y.var() / 2]]))


def test_sleepers_equal_statsmodels():
    """The same model as far as a general optimiser goes: both find the one maximum."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    table = wide("sleepstudy")
    y, size = table.to_numpy(), table.to_numpy().std()
    z, day = (y - y.mean()) / size, np.tile(np.arange(10.0), len(y))
    rows = pd.DataFrame({"y": z.ravel(), "day": day, "who": np.repeat(np.arange(len(y)), 10)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM.from_formula("y ~ day", rows, groups="who", re_formula="~day")
        fit = model.fit(reml=True, method=["bfgs", "lbfgs", "cg"], gtol=1e-11)
    ours = lines_and_theta(y, np.arange(10.0))
    theirs = fit.fe_params.to_numpy() * size + [y.mean(), 0]
    assert ours.beta[0] == pytest.approx(theirs, rel=CLOSE)
    among = fit.cov_re.to_numpy() * size**2
    variances = [among[0, 0], among[0, 1], among[1, 1], fit.scale * size**2]
    assert ours.theta[0] == pytest.approx(variances, rel=2e-5)
    assert np.sqrt(np.diag(ours.phi[0])) == pytest.approx(fit.bse_fe.to_numpy() * size, rel=1e-5)


def test_children_equal_nlme():
    y, age = wide("orthodont").drop(columns="sex").to_numpy(), np.array([8.0, 10.0, 12.0, 14.0])
    fits = lines_and_theta(y, age)
    agree(fits.beta[0], LINE)
    first, both, second, residual = fits.theta[0]
    # As far as the climb of lme went, a part in a million.
    ours = np.sqrt([first, second, residual])
    assert ours == pytest.approx(list(LINE_SD.values()), rel=2e-6)
    assert both / np.sqrt(first * second) == pytest.approx(LINE_CORRELATION, abs=5.1e-4)


def test_children_of_both_sexes_equal_nlme():
    table = wide("orthodont")
    y, age = table.drop(columns="sex").to_numpy(), np.array([8.0, 10.0, 12.0, 14.0])
    female = table["sex"].eq("female").to_numpy(float)
    X = np.stack(np.broadcast_arrays(1.0, age, female[:, np.newaxis]), axis=-1)[np.newaxis]
    parts = np.stack([np.ones((4, 4)), np.eye(4)])
    fits = reml.fit(
        reml.Model(y[np.newaxis], X, np.ones(X.shape[:3], bool), parts), np.ones((1, 2))
    )
    agree(fits.beta[0], SEXES)
    agree(np.sqrt(np.diag(fits.phi[0])), SEXES_SE)
    agree(np.sqrt(fits.theta[0]), SEXES_SD)
    assert fits.df[0] == pytest.approx([fits.df[0, 0], 80, 25], abs=1e-6)


def test_sleepers_equal_lme4_and_pbkrtest():
    y = wide("sleepstudy").to_numpy()
    fits = lines_and_theta(y, np.arange(10.0))
    agree(fits.beta[0], SLEEP)
    agree(np.sqrt(np.diag(fits.adjusted[0])), SLEEP_SE)
    agree(np.delete(fits.theta[0], 1), SLEEP_VARIANCES)
    assert fits.theta[0, 1] / np.sqrt(612.10 * 35.07) == pytest.approx(0.07, abs=5e-3)
    assert fits.df[0] == pytest.approx([17, 17], abs=1e-6)


@pytest.fixture(scope="module")
def children():
    """Boys and girls as two arms: age 8 is baseline, the visits are 2, 4 and 6 years later."""
    table = wide("orthodont")
    ages = [name for name in table if name.startswith("age_")]
    rows = table.melt(id_vars="sex", value_vars=ages, value_name="y", ignore_index=False)
    rows = rows.reset_index(names="runner").rename(columns={"sex": "arm"})
    weeks = rows["variable"].str.removeprefix("age_").astype(int) - 8
    return rows.assign(week=weeks, side="left").drop(columns="variable")


CHILDREN = Question("y", 6, "female", "male")


def plain(frame):
    """A row a runner and later visit, with baseline, and a row a runner."""
    start = frame[frame["week"] == 0].set_index("runner")["y"].rename("start")
    later = frame[frame["week"] > 0].join(start, on="runner").dropna(subset=["y", "start"])
    return later.reset_index(drop=True)


def test_every_visit_of_the_unstructured_model_is_the_plain_least_squares(children):
    """Of complete data, each visit of it is the ANCOVA of that visit."""
    import statsmodels.formula.api as smf

    found = visit_estimates(children, replace(CHILDREN, covariance="unstructured"))
    later, means = plain(children), found.means.set_index(["week", "arm"])
    assert [one.week for one in found.estimates] == [2, 4, 6]
    for one in found.estimates:
        rows = later[later["week"] == one.week]
        fit = smf.ols("y ~ C(arm, Treatment('male')) + start", rows).fit()
        term = "C(arm, Treatment('male'))[T.female]"
        assert one.estimate == pytest.approx(fit.params[term], rel=CLOSE)
        assert one.se == pytest.approx(fit.bse[term], rel=CLOSE)
        assert one.df == pytest.approx(fit.df_resid, rel=CLOSE) == 24
        assert one.p == pytest.approx(fit.pvalues[term], rel=1e-5)
        assert (one.ci_low, one.ci_high) == pytest.approx(fit.conf_int().loc[term], rel=1e-5)
        at_mean = pd.DataFrame({"arm": ["female", "male"], "start": rows["start"].mean()})
        said = fit.get_prediction(at_mean).summary_frame()
        for arm, row in zip(at_mean["arm"], said.itertuples(), strict=True):
            ours = means.loc[(one.week, arm)]
            theirs = (row.mean, row.mean_ci_lower, row.mean_ci_upper)
            assert tuple(ours[["mean", "low", "high"]]) == pytest.approx(theirs, rel=CLOSE)
        ours = found.covariance.loc[one.week, one.week]
        assert ours == pytest.approx(fit.mse_resid, rel=CLOSE)
    ours = mixed.mixed(children, replace(CHILDREN, covariance="unstructured"))
    assert ours == found.estimates[-1].__class__(**{**vars(found.estimates[-1]), "note": ours.note})


def by_statsmodels(later, treatment):
    """A random intercept, and a slope of arm and of baseline at every visit."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    rows = later.assign(t=later["arm"].eq(treatment).astype(float))
    rows = rows.assign(x=(rows["start"] - rows["start"].mean()) / rows["start"].std())
    size = rows["y"].std()
    rows = rows.assign(z=(rows["y"] - rows["y"].mean()) / size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM.from_formula("z ~ 0 + C(week) + C(week):t + C(week):x", rows,
                                     groups="runner")  # fmt: skip
        fit = model.fit(reml=True, method=["bfgs", "lbfgs", "cg"], gtol=1e-10)
    weeks = sorted(rows["week"].unique())
    names = [f"C(week)[{week}]:t" for week in weeks]
    return weeks, fit.fe_params[names] * size, fit.bse_fe[names] * size


def grunfeld():
    """Yearly investment of firms; half of the firms by their names are one arm."""
    import statsmodels.api as sm

    table = sm.datasets.grunfeld.load_pandas().data
    names = sorted(table["firm"].unique())
    table = table[table["year"] < 1945]
    arm = table["firm"].map(lambda firm: "ab"[names.index(firm) % 2])
    rows = table.assign(runner=table["firm"].map(names.index), arm=arm, side="left")
    rows = rows.assign(week=(rows["year"] - 1935).astype(int), y=rows["invest"])
    return rows[["runner", "side", "arm", "week", "y"]], Question("y", 9, "a", "b")


def pupils():
    """English of pupils in their first three years, by sex; some are missing in a year."""
    table = pytest.importorskip("faraway.datasets.jsp").load()
    table = table[table["school"].astype(int) < 11]
    rows = table.assign(runner=table["id"].astype(int), week=table["year"].astype(int), side="left")
    rows = rows.assign(arm=rows["gender"].astype(str), y=rows["english"].astype(float))
    return rows[["runner", "side", "arm", "week", "y"]], Question("y", 2, "girl", "boy")


@pytest.mark.parametrize("which", ["children", "grunfeld", "pupils"])
def test_compound_symmetry_equals_statsmodels(which, children):
    made = {"children": lambda: (children, CHILDREN), "grunfeld": grunfeld, "pupils": pupils}
    frame, asked = made[which]()
    found = visit_estimates(frame, replace(asked, covariance="compound-symmetry"))
    weeks, theirs, _ = by_statsmodels(plain(frame), asked.treatment)
    assert [one.week for one in found.estimates] == weeks
    for one, value in zip(found.estimates, theirs, strict=True):
        assert one.estimate == pytest.approx(value, rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("which", ["children", "grunfeld", "pupils"])
def test_the_ancova_equals_statsmodels(which, children):
    import statsmodels.formula.api as smf

    made = {"children": lambda: (children, CHILDREN), "grunfeld": grunfeld, "pupils": pupils}
    frame, asked = made[which]()
    later = plain(frame)
    rows = later[later["week"] == asked.week].assign(t=later["arm"].eq(asked.treatment) * 1.0)
    fit = smf.ols("y ~ t + start", rows).fit()
    found = ancova.ancova(frame, asked)
    assert found.estimate == pytest.approx(fit.params["t"], rel=CLOSE)
    assert found.se == pytest.approx(fit.bse["t"], rel=CLOSE)
    assert (found.df, found.n_runners) == (fit.df_resid, fit.nobs)
