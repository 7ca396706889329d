"""Every visit of the mixed model in a cohort's tables and details."""

import pytest

from hipstudy import show
from hipstudy.analysis.plan import shipped_plan
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study
from hipstudy.studies.every_visit import every_visit

EXAMPLE = str(place("data", "example_cohort.csv"))


@pytest.fixture(scope="module")
def study(example_study):
    return example_study


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The example by a plan that chose the covariance."""
    file = tmp_path_factory.mktemp("plans") / "plan.toml"
    text = shipped_plan().toml().replace('"ancova"', '"mixed"')
    file.write_text(text + 'covariance = "unstructured"\n', encoding="utf-8")
    return cohort_study.run(cohort=EXAMPLE, analysis_plan=str(file))


def test_effects_have_every_visit_of_the_mixed_model(study):
    table = study.effects()
    first = table.head(len(study.estimates))
    assert (first["week"] == 12).all()
    assert set(table.loc[table["model"] == "mixed", "week"]) == {6, 12}
    assert set(table.loc[table["model"] == "ancova", "week"]) == {12}
    sizes = table[table["model"] == "mixed"].groupby("outcome")[["n_runners", "n_limbs"]].nunique()
    assert (sizes == 1).all(axis=None), "one model, one n"


def test_adjusted_means_stand_once_an_arm_and_differ_by_the_estimate(study):
    table = study.adjusted_means()
    assert list(table) == ["outcome", "week", "arm", "n_runners", "mean", "low", "high"]
    assert not table.duplicated(["outcome", "week", "arm"]).any()
    means = table.set_index(["outcome", "week", "arm"])["mean"]
    rows = study.effects().query("model == 'mixed'")
    for one in rows.itertuples():
        treated, control = (means[one.outcome, one.week, arm] for arm in one.contrast.split(" - "))
        assert treated - control == pytest.approx(one.estimate)
    came = study.results().set_index(["outcome", "week", "arm"])["n_runners"]
    for row in table.itertuples():
        assert row.n_runners <= came[row.outcome, row.week, row.arm]


def test_the_details_show_both_and_the_covariance(study, planned):
    table = cohort_report.visits(study)
    assert list(table.frame["Week"]) == ["6", "12"]
    assert "the first that could be fitted" in table.caption
    assert isinstance(cohort_report.covariance(study), show.Table)
    chosen = cohort_report.visits(planned)
    assert "Covariance, as planned: any over the visits, of runners' means" in chosen.caption
    assert "covariance planned: unstructured" in cohort_report.agreement(planned).markdown
    found = every_visit(planned)[("tightness_nrs", planned.plan.contrast)]
    shown = cohort_report.covariance(planned).frame
    assert float(shown["SD"].iloc[-1]) == pytest.approx(
        found.covariance.loc[12, 12] ** 0.5, abs=6e-3
    )
    assert shown["with week 12"].iloc[-1] == "1.00"


def test_where_the_model_has_no_answer_nothing_is_told_of_visits(tmp_path):
    text = shipped_plan().toml() + 'covariance = "limb-in-runner"\n'
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    lines = place("data", "example_cohort.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if ",left," not in line]
    (tmp_path / "one_side.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    one = cohort_study.run(
        cohort=str(tmp_path / "one_side.csv"), analysis_plan=str(tmp_path / "plan.toml")
    )
    assert isinstance(cohort_report.visits(one), show.Text)
    assert cohort_report.covariance(one).markdown == ""
    assert one.adjusted_means().empty
    assert set(one.effects()["week"]) == {12}
    assert "no answer from Mixed model" in cohort_report.agreement(one).markdown
