"""Deviations from a registered plan: what was planted is listed, and nothing else."""

import tomllib
from dataclasses import replace

import pandas as pd
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.analysis.plan import AnalysisPlan, read_plan
from hipstudy.analysis.registration import Registration
from hipstudy.spreadsheet import as_csv
from hipstudy.studies import cohort_study
from hipstudy.studies.cohort_study import CohortSettings
from hipstudy.studies.plan_deviations import (
    plan_deviations,
    registered_plan,
    software_versions,
)
from hipstudy.studies.planned_cohort import planned_cohort

PLAN = """
primary = "tightness_nrs"
week = 12
treatment = "lunges"
control = "walking"
margin = 0.5
secondary = ["thomas_ext_deg", "hagos_sport"]
window_weeks = 1.0
visits = [6, 12]
covariates = ["age_y", "sex"]
strata = ["centre"]
[outcomes.hagos_sport]
unit = "points"
low = 0.0
high = 100.0
better = "higher"
[trial]
allocation = "blocks of four"
[losses]
moved = "moved away"
injury = "another injury"
"""
N = 60


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A registration, its plan's path, and a file that fits it."""
    folder = tmp_path_factory.mktemp("registered")
    path = folder / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    plan = read_plan(path)
    one = Registration(plan, "2026-01-31", PLAN, n_runners=N, versions=software_versions())
    return one, path, planned_cohort(plan, N, 0)


def _plan(text):
    table = tomllib.loads(text)
    return AnalysisPlan.model_validate(table, context=table)


def _rows(found):
    return {(one.part, one.item, one.kind, one.registered, one.now) for one in found}


def _edited(old, new):
    assert old in PLAN
    return PLAN.replace(old, new, 1)


# Each edit of the plan and the one line that it is.
IN_PLAN = {
    "week": (_edited("week = 12", "week = 6"), ("week", "changed", "12", "6")),
    "margin": (_edited("margin = 0.5", "margin = 1.0"), ("margin", "changed", "0.5", "1")),
    "alpha": (_edited("margin", "alpha = 0.025\nmargin"), ("alpha", "changed", "0.05", "0.025")),
    "analysis": (
        _edited("margin", 'analysis = "mixed"\nmargin'),
        ("analysis", "changed", "ancova", "mixed"),
    ),
    "kind of margin": (
        _edited("margin", 'margin_is = "equivalence"\nmargin'),
        ("margin_is", "changed", "superiority", "equivalence"),
    ),
    "primary": (
        _edited("tightness_nrs", "discomfort_nrs"),
        ("primary", "changed", "tightness_nrs", "discomfort_nrs"),
    ),
    "covariate dropped": (_edited(', "sex"]', "]"), ("covariates", "dropped", "sex", "")),
    "covariate added": (
        _edited('"sex"]', '"sex", "mass_kg"]'),
        ("covariates", "added", "", "mass_kg"),
    ),
    "stratum dropped": (_edited('strata = ["centre"]', ""), ("strata", "dropped", "centre", "")),
    "secondary added": (
        _edited('"hagos_sport"]', '"hagos_sport", "discomfort_nrs"]'),
        ("secondary", "added", "", "discomfort_nrs"),
    ),
    "secondary dropped": (
        _edited('"thomas_ext_deg", ', ""),
        ("secondary", "dropped", "thomas_ext_deg", ""),
    ),
    "window": (
        _edited("window_weeks = 1.0", "window_weeks = 2.0"),
        ("window_weeks", "changed", "1", "2"),
    ),
    "worst of a window": (
        _edited("margin", 'window_takes = "worst"\nmargin'),
        ("window_takes", "changed", "nearest", "worst"),
    ),
    "imputation": (
        _edited("margin", 'missing = "mar"\nmargin'),
        ("missing", "changed", "as-modelled", "mar"),
    ),
    "unit": (_edited('"points"', '"%"'), ("outcomes.hagos_sport.unit", "changed", "points", "%")),
    "end of a scale": (
        _edited("high = 100.0", "high = 50.0"),
        ("outcomes.hagos_sport.high", "changed", "100", "50"),
    ),
    "reason": (
        _edited("another injury", "an injury"),
        ("losses.injury", "changed", "another injury", "an injury"),
    ),
    "blinding": (
        _edited("[trial]", '[trial]\nblinding = "the assessor"'),
        ("trial.blinding", "added", "", "the assessor"),
    ),
    "visit": (_edited("[6, 12]", "[3, 6, 12]"), ("visits", "added", "", "3")),
    "contrast": (
        _edited("margin", 'contrasts = [["rest", "walking"]]\nmargin'),
        ("contrasts", "added", "", "rest minus walking"),
    ),
    "arms in a model": (
        _edited("margin", 'model_arms = "all"\nmargin'),
        ("model_arms", "changed", "two", "all"),
    ),
    "covariance": (
        _edited("margin", 'covariance = "unstructured"\nmargin'),
        ("covariance", "changed", "ladder", "unstructured"),
    ),
    "treatment": (_edited("lunges", "bridges"), ("treatment", "changed", "lunges", "bridges")),
}


ALTERED = """
# laid out otherwise, and with a default that is spelled out
visits = [12, 6]
week = 6
primary = "tightness_nrs"
treatment = "lunges"
control = "walking"
design = "parallel"
margin = 1.0
alpha = 0.025
margin_is = "equivalence"
secondary = ["hagos_sport", "discomfort_nrs"]
window_weeks = 1.0
covariates = ["mass_kg", "age_y"]
missing = "mar"
covariance = "unstructured"
[trial]
blinding = "the assessor"
allocation = "blocks of four"
[losses]
injury = "an injury"
moved = "moved away"
[outcomes.hagos_sport]
low = 0.0
high = 100.0
unit = "%"
better = "higher"
"""


@pytest.mark.parametrize(("text", "line"), IN_PLAN.values(), ids=IN_PLAN)
def test_a_plan_that_was_changed_in_one_thing_deviates_in_that_alone(text, line):
    assert _rows(plan_deviations(_plan(PLAN), _plan(text))) == {("plan", *line)}


def test_twenty_deviations_at_once_are_all_listed_and_none_is_invented(registered, tmp_path):
    """Of the plan as it is used, of the file, of a setting and of the software."""
    one, _, frame = registered
    path = tmp_path / "plan.toml"
    path.write_text(ALTERED, encoding="utf-8")
    here = software_versions()
    then = replace(
        one, n_runners=61, mcid_nrs=1.5, versions={**here, "pandas": "2.0", "hipstudy": "0.0.9"}
    )
    file = tmp_path / "cohort.csv"
    file.write_text(as_csv(_extra_visit(frame).drop(columns="centre")), encoding="utf-8")
    settings = CohortSettings(cohort=str(file), analysis_plan=str(path))
    plan = settings.plan()
    found = registered_plan(then, plan, settings.clinic(plan), 2.0)
    lines = {
        ("plan", "week", "changed", "12", "6"),
        ("plan", "margin", "changed", "0.5", "1"),
        ("plan", "alpha", "changed", "0.05", "0.025"),
        ("plan", "margin_is", "changed", "superiority", "equivalence"),
        ("plan", "covariates", "dropped", "sex", ""),
        ("plan", "covariates", "added", "", "mass_kg"),
        ("plan", "strata", "dropped", "centre", ""),
        ("plan", "secondary", "dropped", "thomas_ext_deg", ""),
        ("plan", "secondary", "added", "", "discomfort_nrs"),
        ("plan", "missing", "changed", "as-modelled", "mar"),
        ("plan", "outcomes.hagos_sport.unit", "changed", "points", "%"),
        ("plan", "losses.injury", "changed", "another injury", "an injury"),
        ("plan", "trial.blinding", "added", "", "the assessor"),
        ("plan", "covariance", "changed", "ladder", "unstructured"),
        ("file", "runners", "fewer", "61", "60"),
        ("file", "week", "unplanned", "", "9"),
        ("file", "column", "missing", "centre", ""),
        ("setting", "mcid_nrs", "changed", "1.5", "2"),
        ("software", "pandas", "changed", "2.0", here["pandas"]),
        ("software", "hipstudy", "changed", "0.0.9", here["hipstudy"]),
    }
    assert len(lines) == len(found.deviations) == 20
    assert _rows(found.deviations) == lines


@given(order=st.permutations(list(_plan(PLAN).spelled_out())), backwards=st.booleans())
def test_the_order_of_fields_and_lists_and_spelled_out_defaults_are_no_deviation(order, backwards):
    table = _plan(PLAN).spelled_out()
    lists = ("secondary", "covariates", "strata", "visits", "contrasts")
    if backwards:
        table |= {name: tuple(reversed(table[name])) for name in lists}
    text = tomli_w.dumps({name: table[name] for name in order}) + "# a comment\n"
    assert not list(plan_deviations(_plan(PLAN), _plan(text)))


def test_the_plan_s_own_week_among_its_visits_is_no_deviation():
    assert not list(plan_deviations(_plan(PLAN), _plan(_edited("[6, 12]", "[6]"))))


def test_another_week_is_one_deviation_though_its_visit_is_another_too():
    """The plan's week is a visit unasked: 12 is none any more, and 8 is one now."""
    old, new = _edited("[6, 12]", "[6]"), _edited("[6, 12]", "[6]").replace("week = 12", "week = 8")
    found = _rows(plan_deviations(_plan(old), _plan(new)))
    assert found == {("plan", "week", "changed", "12", "8")}


@pytest.mark.parametrize("design", ["single-arm", "crossover", "within-person"])
def test_a_design_that_was_changed_is_listed(design):
    text = PLAN.replace('covariates = ["age_y", "sex"]\nstrata = ["centre"]\n', "")
    text = text.replace('control = "walking"\n', "") if design == "single-arm" else text
    found = _rows(plan_deviations(_plan(PLAN), _plan(f'design = "{design}"\n{text}')))
    assert ("plan", "design", "changed", "parallel", design) in found
    assert (("plan", "control", "dropped", "walking", "") in found) == (design == "single-arm")
    assert len(found) == (5 if design == "single-arm" else 4)


def _of_file(registered, tmp_path, frame, **changes):
    one, path, _ = registered
    file = tmp_path / "cohort.csv"
    file.write_text(as_csv(frame), encoding="utf-8")
    settings = CohortSettings(cohort=str(file), analysis_plan=str(path))
    plan = settings.plan()
    return registered_plan(replace(one, **changes), plan, settings.clinic(plan), 2.0)


def test_a_file_as_planned_deviates_in_nothing(registered, tmp_path):
    found = _of_file(registered, tmp_path, registered[2])
    assert found.deviations == ()
    assert (found.n_others, found.n_software) == (0, 0)


def _late(frame):
    return frame.assign(week=frame["week"].replace(12, 15))


def _a_little_late(frame):
    return frame.assign(week=frame["week"].replace(12, 13))


def _third_arm(frame):
    few = frame["runner_id"].isin(sorted(set(frame["runner_id"]))[:9])
    return frame.assign(arm=frame["arm"].mask(few, "rest"))


def _extra_visit(frame):
    more = frame[frame["week"] == 6].assign(week=9)
    return pd.concat([frame, more]).sort_values(["runner_id", "week", "side"])


IN_FILE = {
    "visit in other weeks": (
        _late,
        {("week", "missing", "12", ""), ("week", "unplanned", "", "15")},
    ),
    "visit within the window": (_a_little_late, set()),
    "visit that was not planned": (_extra_visit, {("week", "unplanned", "", "9")}),
    "another arm": (_third_arm, {("arm", "unplanned", "", "rest")}),
    "arm of another name": (
        lambda frame: frame.assign(arm=frame["arm"].replace("lunges", "Lunges")),
        {("arm", "missing", "lunges", ""), ("arm", "unplanned", "", "Lunges")},
    ),
    "outcome without a value": (
        lambda frame: frame.assign(thomas_ext_deg=float("nan")),
        {("outcome", "missing", "thomas_ext_deg", "")},
    ),
    "fewer runners": (
        lambda frame: frame[frame["runner_id"] > "SIM-010"],
        {("runners", "fewer", "60", "50")},
    ),
    "column that is not there": (
        lambda frame: frame.drop(columns="sex"),
        {("column", "missing", "sex", "")},
    ),
    "stratum that is not there": (
        lambda frame: frame.drop(columns="centre"),
        {("column", "missing", "centre", "")},
    ),
    "reasons that are not there": (
        lambda frame: frame.drop(columns="loss_reason"),
        {("column", "missing", "loss_reason", "")},
    ),
}


@pytest.mark.parametrize(("edit", "lines"), IN_FILE.values(), ids=IN_FILE)
def test_a_file_that_is_not_as_planned_deviates_in_that_alone(registered, tmp_path, edit, lines):
    found = _of_file(registered, tmp_path, edit(registered[2]))
    assert _rows(found.deviations) == {("file", *line) for line in lines}


def test_more_runners_another_version_and_another_worthwhile_change_are_listed(
    registered, tmp_path
):
    versions = {**software_versions(), "numpy": "1.0", "scipy": "1.0"}
    found = _of_file(
        registered, tmp_path, registered[2], n_runners=50, versions=versions, mcid_nrs=1.5
    )
    here = software_versions()
    assert _rows(found.deviations) == {
        ("file", "runners", "more", "50", "60"),
        ("setting", "mcid_nrs", "changed", "1.5", "2"),
        ("software", "numpy", "changed", "1.0", here["numpy"]),
        ("software", "scipy", "changed", "1.0", here["scipy"]),
    }
    assert (found.n_others, found.n_software) == (2, 2)


def test_without_a_number_of_runners_nothing_is_said_of_it(registered, tmp_path):
    found = _of_file(registered, tmp_path, registered[2], n_runners=0)
    assert found.deviations == ()


def test_the_study_takes_the_registered_plan_where_no_other_is_named(registered, tmp_path):
    one, _, frame = registered
    file, registration = tmp_path / "cohort.csv", tmp_path / "registration.toml"
    file.write_text(as_csv(frame), encoding="utf-8")
    registration.write_text(one.toml(), encoding="utf-8")
    study = cohort_study.run(cohort=str(file), registered_plan=str(registration))
    assert study.plan.fingerprint == one.plan.fingerprint
    assert study.plan.prespecified
    assert list(study.deviations()) == ["part", "item", "kind", "registered", "now"]
    assert study.deviations().empty
    other = tmp_path / "plan.toml"
    other.write_text(_edited("margin = 0.5", "margin = 1.0"), encoding="utf-8")
    study = cohort_study.run(
        cohort=str(file), registered_plan=str(registration), analysis_plan=str(other)
    )
    assert study.deviations().to_numpy().tolist() == [["plan", "margin", "changed", "0.5", "1"]]
