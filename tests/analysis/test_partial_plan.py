"""What is wrong with a plan, and what its file does not have, are told at once."""

import pytest

from hipstudy.analysis.partial_plan import partial_plan
from hipstudy.analysis.plan import shipped_plan
from hipstudy.errors import UsageProblems
from hipstudy.resources import place
from hipstudy.studies import cohort_study

WRONG = """
primry = "tightness_nrs"
primary = "tightness_nrs"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
covariates = ["agee", "mass_kg"]
strata = ["clinc"]
alpha = 2.0

[outcomes.vas_mm]
unit = "mm"
low = 0.0
high = 100.0
better = "lower"
worthwhile = 10.0
"""


def test_a_typo_an_unknown_covariate_and_a_missing_margin_are_told_at_once(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(WRONG, encoding="utf-8")
    cohort = str(place("data", "example_cohort.csv"))
    with pytest.raises(UsageProblems) as caught:
        cohort_study.preflight({"cohort": cohort, "analysis_plan": str(path)})
    found = {(one.where, one.value) for one in caught.value.problems}
    assert ("analysis plan, covariates", "agee") in found
    assert ("analysis plan, strata", "clinc") in found
    assert ("analysis plan, [outcomes.vas_mm]", "vas_mm") in found
    fields = {where for where, _ in found}
    assert {"plan.toml, primry", "plan.toml, margin", "plan.toml, alpha"} <= fields
    assert len(found) == 6, "nothing is told that is right"
    mends = {one.value: one.mend for one in caught.value.problems}
    assert mends["agee"] == "Did you mean age_y?"


def test_a_mend_names_no_covariate_that_would_be_refused(tmp_path):
    """What is known after baseline only, as who stopped the exercise, can be no covariate."""
    path, cohort = tmp_path / "plan.toml", str(place("data", "example_cohort.csv"))
    for field in ("covariates", "strata"):
        for wrong in ("stopped_exercis", "adherence_pc", "runner_i", "wek"):
            more = f'{field} = ["{wrong}"]\n[outcomes.vas_mm]'
            text = WRONG.replace('covariates = ["agee", "mass_kg"]\nstrata = ["clinc"]\n', "")
            path.write_text(text.replace("[outcomes.vas_mm]", more), encoding="utf-8")
            with pytest.raises(UsageProblems) as caught:
                cohort_study.preflight({"cohort": cohort, "analysis_plan": str(path)})
            (mend,) = (one.mend for one in caught.value.problems if one.value == wrong)
            assert mend is None or not any(
                name in mend for name in ("stopped_exercise", "adherence_pct", "runner_id", "week")
            )


def test_what_every_plan_needs_is_taken_from_the_shipped_one(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(WRONG, encoding="utf-8")
    part = partial_plan(path).plan
    assert part.covariates == ("agee", "mass_kg")
    assert part.margin == shipped_plan().margin


@pytest.mark.parametrize("text", ["", "not TOML", "[outcomes\n"])
def test_of_a_file_that_says_nothing_nothing_is_made_up(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    part = partial_plan(path)
    assert part is None or not part.plan.adjusted
    assert partial_plan(tmp_path / "none.toml") is None


def told(tmp_path, cohort, plan):
    """Where and what of every problem of a plan and its file."""
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    (tmp_path / "file.csv").write_text(cohort, encoding="utf-8")
    given = {"cohort": str(tmp_path / "file.csv"), "analysis_plan": str(tmp_path / "plan.toml")}
    with pytest.raises(UsageProblems) as caught:
        cohort_study.preflight(given)
    return {(one.where, one.value) for one in caught.value.problems}


PERSONS = "runner_id,arm,week,pain,age_y\n" + "".join(
    f"R{n:02},{('walking', 'rest')[n % 2]},{week},{(n + week) % 9},{20 + n}\n"
    for n in range(20)
    for week in (0, 12)
)
OF_PERSONS = """
primary = "pain"
week = 12
treatment = "walking"
control = "rest"
margin = 1.0
[outcomes.pain]
unit = "points"
low = 0.0
high = 10.0
better = "lower"
of = "person"
"""
SLIPS = [
    ('of = "person"', 'of = "persn"', "of", "persn"),
    ('better = "lower"', 'betr = "lower"\nbetter = "lower"', "betr", "lower"),
    ("high = 10.0", 'high = "10"', "high", "10"),
]


@pytest.mark.parametrize(("old", "new", "field", "value"), SLIPS)
def test_a_slip_in_an_outcome_brings_no_error_of_the_file(tmp_path, old, new, field, value):
    found = told(tmp_path, PERSONS, OF_PERSONS.replace(old, new))
    assert found == {(f"plan.toml, [outcomes.pain], {field}", value)}


def test_ends_in_the_wrong_order_bring_no_error_of_the_file(tmp_path):
    found = told(tmp_path, PERSONS, OF_PERSONS.replace("high = 10.0", "high = -1.0"))
    assert {where for where, _ in found} == {"plan.toml, [outcomes.pain]"}


def test_a_wrong_field_hides_no_arm_week_or_covariate_that_the_file_has_not(tmp_path):
    plan = OF_PERSONS.replace("walking", "walkin").replace("week = 12", "week = 13")
    plan = plan.replace("margin = 1.0", 'alpha = 2.0\nmargin = 1.0\ncovariates = ["age", "sexx"]')
    pairs = 'contrasts = [["walking", "rst"]]'
    plan = plan.replace(
        "[outcomes.pain]", pairs + '\n[losses]\ncolumn = "why"\na = "b"\n[outcomes.pain]'
    )
    assert told(tmp_path, PERSONS, plan.replace('"person"', '"persn"')) == {
        ("plan.toml, alpha", "2.0"),
        ("plan.toml, [outcomes.pain], of", "persn"),
        ("analysis plan, treatment", "walkin"),
        ("analysis plan, week", "13"),
        ("analysis plan, contrasts", "rst"),
        ("analysis plan, covariates", "age"),
        ("analysis plan, covariates", "sexx"),
        ("analysis plan, [losses], column", "why"),
    }


def test_of_a_field_that_is_wrong_itself_nothing_is_looked_for(tmp_path):
    plan = OF_PERSONS.replace('"walking"', '" walking"').replace("week = 12", "week = 0.5")
    wheres = {where for where, _ in told(tmp_path, PERSONS, plan)}
    assert wheres == {"plan.toml, treatment", "plan.toml, week"}
