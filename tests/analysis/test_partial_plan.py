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


def test_what_every_plan_needs_is_taken_from_the_shipped_one(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(WRONG, encoding="utf-8")
    part = partial_plan(path)
    assert part.covariates == ("agee", "mass_kg")
    assert part.margin == shipped_plan().margin


@pytest.mark.parametrize("text", ["", "not TOML", "[outcomes\n"])
def test_of_a_file_that_says_nothing_nothing_is_made_up(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    part = partial_plan(path)
    assert part is None or not part.adjusted
    assert partial_plan(tmp_path / "none.toml") is None
