"""Outcomes that a plan declares: read, refused, checked in the file, analysed and said."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from test_plan import GOOD, refused, write

from hipstudy.analysis.own_outcomes import OwnOutcome, once_a_person
from hipstudy.analysis.plan import read_plan
from hipstudy.errors import DataProblems
from hipstudy.pages import cohort_report
from hipstudy.studies import cohort_study

ARMS = ("strength_plus_stretch", "stretch_only")
PLAN = """
primary = "vas_mm"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
margin = 5.0
secondary = ["hagos_sport", "tightness_nrs"]

[outcomes.vas_mm]
unit = "mm"
low = 0.0
high = 100.0
better = "{better}"
worthwhile = 10.0
of = "{of}"

[outcomes.hagos_sport]
unit = "points"
low = 0.0
high = 100.0
better = "higher"
"""


def rows(effect=-12.0, *, of="limb", n=30):
    """A cohort file in which the treatment arm is lower by so much at the end."""
    rng, found = np.random.default_rng(4), []
    for runner in range(n):
        own = rng.normal(50, 8)
        for week in (0, 6, 12):
            shared = own + (runner % 2 == 0) * (week > 0) * effect + rng.normal(0, 4)
            for side in ("left", "right"):
                value = shared if of == "person" else shared + rng.normal(0, 4)
                found.append(
                    {
                        "runner_id": f"R{runner:03d}", "side": side, "arm": ARMS[runner % 2],
                        "week": week, "tightness_nrs": round(rng.uniform(2, 7), 1),
                        "vas_mm": round(value, 1), "hagos_sport": round(100 - value),
                    }
                )  # fmt: skip
    return pd.DataFrame(found)


def run(folder, frame, *, of="limb", better="lower", more=""):
    plan = folder / "plan.toml"
    plan.write_text(more + PLAN.format(of=of, better=better), encoding="utf-8")
    file = folder / "cohort.csv"
    frame.to_csv(file, index=False)
    return cohort_study.run(cohort=str(file), analysis_plan=str(plan))


def test_a_declared_column_is_primary_and_agrees_with_statsmodels(tmp_path):
    frame = rows()
    study = run(tmp_path, frame)
    wide = frame.pivot_table(index=["runner_id", "arm"], columns="week", values="vas_mm")
    wide = wide.rename(columns={0: "x", 12: "y"}).reset_index()
    wide["treated"] = (wide["arm"] == ARMS[0]).astype(float)
    plain = smf.ols("y ~ treated + x", wide).fit()
    np.testing.assert_allclose(
        [study.primary.estimate, study.primary.se],
        [plain.params["treated"], plain.bse["treated"]],
        rtol=0,
        atol=1e-6,
    )
    assert (study.primary.n_runners, study.primary.n_limbs) == (30, 60)
    found = [one.outcome for one in study.estimates[::2]]
    assert found == ["vas_mm", "tightness_nrs", "hagos_sport"]


@pytest.mark.parametrize(("better", "said"), [("lower", "did better"), ("higher", "did worse")])
def test_the_direction_of_the_plan_governs_the_words(tmp_path, better, said):
    study = run(tmp_path, rows(), better=better)
    answer = cohort_report.answer(study)
    assert f"“Strength + stretch” {said} than “Stretch only”" in answer.sentence
    assert "vas mm at week 12 was" in answer.sentence
    assert " mm lower, adjusted for baseline." in answer.sentence
    assert "For one person a change of 10 mm counts as worthwhile" in answer.basis
    chance = study.benefit_chance(5.0)
    assert chance > 0.9 if better == "lower" else chance < 0.01


def test_every_page_holds_for_an_outcome_of_ones_own(tmp_path):
    study = run(tmp_path, rows())
    for name in cohort_report.__all__:
        if name == "single_runners":
            cohort_report.single_runners(study, None)
        elif name not in ("plain_models", "hypothesis", "hypothesis_numbers"):
            getattr(cohort_report, name)(study)
    heads = cohort_report.results_by_arm(study).frame["Outcome"].unique()
    assert list(heads) == ["vas mm, mm", "hagos sport, points", "Tightness"]
    assert "vas mm (mm)" in set(cohort_report.effect(study).frame["Outcome"])
    assert "does not know" in cohort_report.changes(study).markdown
    assert cohort_report.responders(study).markdown == ""  # it is said once
    assert cohort_report.on_model(study).markdown == "The model has no vas mm (mm)."
    results = study.results()
    assert {"vas_mm", "hagos_sport"} <= set(results["outcome"])


def test_what_is_of_a_person_counts_once(tmp_path):
    whole = rows(of="person")
    study = run(tmp_path, whole, of="person")
    assert (study.primary.n_runners, study.primary.n_limbs) == (30, 30)
    # Whichever side it stands on, and where that side has no row of the visit.
    one_side = whole.assign(vas_mm=whole["vas_mm"].mask(whole["side"] == "left"))
    gone = (one_side["week"] == 12) & (one_side["side"] == "left")
    other = run(tmp_path, one_side[~gone], of="person")
    assert other.primary == study.primary
    assert other.other.estimate == pytest.approx(study.other.estimate, rel=1e-9)
    table = study.results()
    here = table[(table["outcome"] == "vas_mm") & (table["week"] == 12)]
    assert here["n_limbs"].to_list() == [15, 15]
    plan = cohort_report.plan(study).frame.set_index("Attribute")["Here"]
    assert plan["Outcome"] == "vas mm (mm) at week 12, one value a runner"


def test_two_values_of_one_person_at_a_visit_are_refused(tmp_path):
    frame = rows(of="person")
    frame.loc[3, "vas_mm"] += 1
    with pytest.raises(DataProblems) as caught:
        run(tmp_path, frame, of="person")
    assert "row 5, column vas_mm: one value a person and visit" in str(caught.value)


def test_values_outside_the_plan_and_no_numbers_are_told_with_their_rows(tmp_path):
    frame = rows().astype({"vas_mm": object})
    frame.loc[2, "vas_mm"], frame.loc[4, "vas_mm"], frame.loc[5, "vas_mm"] = 101, -0.5, "much"
    with pytest.raises(DataProblems) as caught:
        run(tmp_path, frame)
    said = str(caught.value).splitlines()
    assert len(said) == 3
    assert "row 7, column vas_mm: a number is needed" in said[0]
    assert "much" not in said[0]
    assert "row 4, column vas_mm: found '101'; from 0 to 100, as the plan declares" in said[1]
    assert "row 6, column vas_mm: found '-0.5'" in said[2]


def test_a_declared_column_that_is_not_there_has_its_nearest(tmp_path):
    with pytest.raises(DataProblems) as caught:
        run(tmp_path, rows().rename(columns={"vas_mm": "vas-mm"}))
    (said,) = str(caught.value).splitlines()
    assert "[outcomes.vas_mm]: found 'vas_mm'; the cohort file has no such column" in said
    assert said.endswith("Did you mean vas-mm?")


def test_a_column_is_read_only_when_the_plan_names_it(tmp_path):
    study = run(tmp_path, rows().assign(other=1.0))
    assert "other" not in study.observations
    unread = {one.column for one in study.clinic.cohort.warnings if "not read" in one.rule}
    assert unread == {"other"}


def test_all_that_is_wrong_with_a_declaration_is_told_at_once(tmp_path):
    said = refused(
        tmp_path,
        GOOD.replace("thomas_ext_deg", "vas_m")
        + """
[outcomes.vas_mm]
unit = "**"
low = 0.0
high = 100.0
beter = "lower"
better = "less"

[outcomes.week]
unit = "wk"
low = 0.0
high = 1.0
better = "lower"

[outcomes.other]
unit = "mm"
low = 5.0
high = 1.0
better = "lower"
""",
    )
    text = "\n".join(said)
    for part in (
        "[outcomes.vas_mm], unit", "[outcomes.vas_mm], better",
        "there is no field beter. Did you mean better?",
        "[outcomes.other]: the rule: low, 5, is below high, 1",
        "primary: found 'vas_m'; no outcome has this name. Did you mean vas_mm?",
    ):  # fmt: skip
        assert part in text
    names = "a|b", "tightness_nrs", "sex"
    for name, rule in zip(names, ("letters", "already", "is no outcome"), strict=True):
        own = f'["x".x]\n[outcomes."{name}"]\nunit = "mm"\nlow = 0.0\nhigh = 1.0\nbetter = "lower"'
        assert rule in "\n".join(refused(tmp_path, GOOD + own.removeprefix('["x".x]\n')))


def test_a_margin_without_a_direction_is_told_beside_a_slip(tmp_path):
    """What is worse must be known before "not worse" is asked; no slip elsewhere hides that."""
    text = PLAN.format(of="limb", better="lower").replace('better = "lower"', "", 1)
    text = text.replace("margin = 5.0", 'margin = 5.0\nmargin_is = "non-inferiority"\nweeek = 3')
    said = "\n".join(refused(tmp_path, text))
    assert "[outcomes.vas_mm] says which way is better: lower or higher" in said
    assert "there is no field weeek. Did you mean week?" in said


def test_a_margin_fits_what_the_declared_outcome_can_move(tmp_path):
    text = PLAN.format(of="limb", better="lower")
    (said,) = refused(tmp_path, text.replace("margin = 5.0", "margin = 100.0"))
    assert "smaller than 100 mm, all that it can move" in said
    (said,) = refused(tmp_path, text.replace("worthwhile = 10.0", "worthwhile = 100.0"))
    assert "worthwhile is below 100, all that it can move" in said
    plan = read_plan(write(tmp_path, text))
    assert plan.better_sign("hagos_sport") == 1
    assert (plan.unit("vas_mm"), plan.label("hagos_sport")) == ("mm", "hagos sport (points)")
    assert "[outcomes.vas_mm]" in plan.toml()


def test_where_nothing_is_of_a_person_rows_stay():
    frame = rows()
    own = {"vas_mm": OwnOutcome(unit="mm", low=0.0, high=100.0, better="lower")}
    assert once_a_person(frame, own) is frame


def test_a_row_that_a_person_gets_on_the_first_limb_is_of_the_same_day():
    frame = pd.DataFrame({
        "runner": 1, "side": ["left", "right", "right"], "arm": "a", "week": [0.0, 0.0, 11.0],
        "day": [0.0, 0.0, 78.0], "vas_mm": [50.0, 50.0, 30.0],
    })  # fmt: skip
    own = {"vas_mm": OwnOutcome(unit="mm", low=0.0, high=100.0, better="lower", of="person")}
    found = once_a_person(frame, own).set_index(["side", "week"])
    assert found.loc[("left", 11.0), "day"] == 78
    assert found.loc[("left", 11.0), "vas_mm"] == 30
