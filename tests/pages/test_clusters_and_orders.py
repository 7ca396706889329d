"""Clusters are counted wherever runners are, and no order of arms has an arm's colour."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from scipy import stats

from hipstudy.analysis.designs import clusters
from hipstudy.analysis.participants import cluster_flow
from hipstudy.figures import style
from hipstudy.figures.arm_means import cluster_interval, mean_interval
from hipstudy.pages import cohort_report
from hipstudy.studies import cohort_study

CASES = Path(__file__).parents[1] / "cohort_cases"
TREATED, CONTROL = "strength_plus_stretch", "stretch_only"


def rows_of(name):
    return pd.read_csv(CASES / f"{name}.csv")


def analysed(name, folder=None, rows=None, **given):
    file = CASES / f"{name}.csv"
    if rows is not None:
        file = folder / "clinic.csv"
        rows.to_csv(file, index=False)
    return cohort_study.run(cohort=str(file), analysis_plan=str(CASES / f"{name}.toml"), **given)


# ---- Clusters


def lost_cluster():
    """Nobody of one cluster came after baseline."""
    rows = rows_of("c04c_clusters")
    first = rows.loc[rows["arm"] == TREATED, "physio"].iloc[0]
    return rows[(rows["physio"] != first) | (rows["week"] == 0)]


def test_the_flow_counts_clusters_as_pandas_does(tmp_path):
    rows = lost_cluster()
    study = analysed("c04c_clusters", tmp_path, rows)
    counts = rows.groupby(["arm", "week"])["physio"].nunique()
    frame = cluster_flow(study.observations, study.plan, {TREATED: 5, CONTROL: 6}).set_index(
        ["arm", "stage", "week"]
    )["n_clusters"]
    assert frame.xs("", level="arm").item() == 12
    for arm in (TREATED, CONTROL):
        assert frame[arm, "baseline", 0] == counts[arm, 0] == 6
        for week in (6, 12):
            assert frame[arm, "seen", week] == counts[arm, week]
    made = cohort_report.flow(study)
    assert "12 clusters" in made.alt
    n = rows[(rows["arm"] == TREATED) & (rows["week"] == 12)]["runner_id"].nunique()
    whole = rows[(rows["arm"] == TREATED) & (rows["week"] == 0)]["runner_id"].nunique()
    line = f"{n} seen at week 12, {whole - n} not, 5 clusters, 1 lost"
    assert line in made.alt
    assert f"{n} analysed, 5 clusters, 1 lost" in made.alt
    drawn = " ".join(text.get_text() for text in made.figure.axes[0].texts)
    assert "5 clusters, 1 lost" in " ".join(drawn.split())
    table = cohort_report.baseline(study).frame.set_index("At baseline")
    assert table.loc["Clusters"].to_list() == ["6", "6"]


@pytest.mark.parametrize(("language", "said"), [("de", "5 Cluster, 1 verloren"),
                                                ("es", "5 conglomerados, menos 1")])  # fmt: skip
def test_in_every_language(tmp_path, language, said):
    study = analysed("c04c_clusters", tmp_path, lost_cluster(), language=language)
    assert said in cohort_report.flow(study).alt


def test_the_flow_ends_at_the_n_of_the_model_without_some_baselines(tmp_path):
    """The means of clusters keep nobody without a baseline, and the flow says no other n."""
    rows = rows_of("c04c_clusters")
    gone = rows["runner_id"].isin(["R0001", "R0002", "R0009"]) & rows["week"].eq(0)
    rows.loc[gone, "tightness_nrs"] = np.nan
    study = analysed("c04c_clusters", tmp_path, rows)
    alt = cohort_report.flow(study).alt
    n = [int(part.split()[0]) for part in alt.replace(": ", "; ").split("; ") if "analysed" in part]
    assert sum(n) == study.primary.n_runners < 54


def test_every_interval_of_effects_has_the_df_of_clusters():
    study = analysed("c04c_clusters")
    effects = study.effects()
    half = (effects["ci_high"] - effects["ci_low"]) / 2 / effects["se"]
    assert (half >= stats.t.ppf(0.975, 10) - 1e-9).all()
    table = cohort_report.results_by_arm(study).frame
    one = study.primary
    assert one.df == 10
    assert f"{one.ci_low:.2f}".replace("-", "−") in table["Difference"].iloc[0]


def test_the_figure_of_means_has_intervals_of_clusters():
    study = analysed("c04c_clusters")
    made = cohort_report.means_by_visit(study)
    rows = rows_of("c04c_clusters")
    at = rows[(rows["arm"] == CONTROL) & (rows["week"] == 12)]
    means = at.groupby(["physio", "runner_id"])["tightness_nrs"].mean().dropna()
    n, middle = len(means), means.mean()
    sums = (means - middle).groupby("physio").sum()
    k = len(sums)
    half = stats.t.ppf(0.975, k - 1) * math.sqrt(k / (k - 1) * (sums**2).sum()) / n
    drawn = [tuple(line.get_ydata()) for line in made.figure.axes[0].lines
             if len(set(line.get_xdata())) == 1 and len(line.get_ydata()) == 2]  # fmt: skip
    assert any(ends == pytest.approx((middle - half, middle + half)) for ends in drawn)
    assert "These intervals count clusters." in made.caption


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=12))
def test_clusters_of_one_are_runners(values):
    series = pd.Series(values)
    assert cluster_interval(series, series.index.to_series()) == pytest.approx(
        mean_interval(series), abs=1e-9
    )


def test_the_likeness_has_an_interval_on_page_1_and_in_the_details():
    study = analysed("c04c_clusters")
    sizes = clusters.cluster_sizes(study.observations, study.question)
    ends = f"{sizes.icc:.2f} ({sizes.icc_low:.2f} to {sizes.icc_high:.2f})"
    assert f"(ICC): {ends}" in cohort_report.answer(study).basis
    cell = cohort_report.agreement(study).frame.set_index("What")["Found"]
    assert f"{sizes.icc:.3f} ({sizes.icc_low:.3f} to" in cell.filter(like="ICC").item()
    limbs = cohort_report.two_limbs(study).markdown
    assert "This interval takes no notice of clusters." in limbs


# ---- Orders of a crossover


def hues(figure):
    (ax,) = figure.axes
    edges = [patch.get_edgecolor() for patch in ax.patches]
    return {to_hex(one) for one in [*(line.get_color() for line in ax.lines), *edges,
                                    *(text.get_color() for text in ax.texts)]}  # fmt: skip


@pytest.mark.parametrize("page", ["flow", "means_by_visit"])
def test_no_order_of_arms_has_the_colour_of_an_arm(page):
    of_arms = {to_hex(one) for one in (*style.ARM_COLOURS.values(), *style.OWN_ARMS)}
    crossed = hues(getattr(cohort_report, page)(analysed("c04_crossover")).figure)
    assert not crossed & of_arms
    assert hues(getattr(cohort_report, page)(analysed("c04c_clusters")).figure) & of_arms
