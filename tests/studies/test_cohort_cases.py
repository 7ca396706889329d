"""Cohorts as they come, made up after what people asked: each with the value a report must have."""

import json
from pathlib import Path

import numpy as np
import pytest

from hipstudy.analysis import mixed, participants
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.instruments import reading
from hipstudy.resources import place
from hipstudy.studies import cohort_study

CASES = Path(__file__).parents[1] / "cohort_cases"


def analysed(name, plan="", **given):
    return cohort_study.run(
        cohort=str(CASES / f"{name}.csv"), analysis_plan=str(CASES / f"{plan or name}.toml"),
        **given,
    )  # fmt: skip


def test_one_limb_each_is_held_against_the_mdc_of_one_limb():
    study = analysed("c03_one_side_thomas")
    table = cohort_report.responders(study)
    row = table.frame.set_index("Runners past the MDC").loc[
        "and ups and downs as under “Stretch only”"
    ]
    assert row.to_list() == ["7.3 %", "5.7 %"]
    assert "two limbs" not in table.caption
    assert "within the MDC of one limb" in cohort_report.changes(study).caption


def test_all_but_one_who_are_complete_are_shown():
    study = analysed("c05_irregular")
    frame = cohort_report.patterns(study).frame.set_index("Pattern")
    assert not frame.isin(["not shown", "<5"]).any(axis=None)
    found = participants.patterns(study.observations, study.plan)
    assert found.groupby(["outcome", "arm"])["n"].sum().eq(
        study.observations.groupby("arm")["runner"].nunique().to_numpy()
    ).all()  # fmt: skip


def test_what_was_done_is_over_the_limbs_that_ancova_uses():
    study = analysed("c09_unequal_limbs")
    table = cohort_report.work_done(study)
    assert [cell.split(" (")[0] for cell in table.frame["Change, less"]] == ["−0.66", "−0.03"]
    assert "over limbs with both baseline and week 12, as in ANCOVA" in table.caption


@pytest.mark.parametrize("plan", ["c15_stray_visit", "c15_stray_visit_mixed"])
def test_the_n_printed_is_the_n_of_the_fit(plan):
    """Two runners have a single visit in week 40 after baseline: no model is fitted to them."""
    study = analysed("c15_stray_visit", plan)
    assert study.primary.n_runners == 22
    assert study.other.n_runners == 22
    flow = participants.flow(study.observations, study.plan)
    assert flow.loc[flow["stage"] == "analysed", "n"].sum() == 22
    assert "22 of 24 runners, 44 limbs" in cohort_report.answer(study).basis
    assert "left out, too few runners: week 40" in cohort_report.agreement(study).markdown
    assert "week 40 (2 runners)" in cohort_report.on_flow(study).markdown
    asked = cohort_study.questions(study.plan, study.observations)[0]
    layout = from_frame(study.observations, asked)
    assert int(mixed.fitted(layout)[0].any(axis=-1).sum()) == 22


def test_a_value_in_a_stray_week_is_a_later_value():
    """Two runners came at week 40 and not at week 6 or 12: that is a gap, not a loss."""
    table = cohort_report.patterns(analysed("c15_stray_visit"))
    rows = table.frame.set_index("Pattern")
    assert rows.loc["A gap before a later value"].to_list() == ["1", "1"]
    assert rows.loc["None from week 6 on"].to_list() == ["0", "0"]
    assert "fewer than 5 came is no visit (week 40, 2 runners)" in table.caption


def test_exact_weeks_are_said_beside_what_is_missing():
    study = analysed("c14_visit_windows")
    for table in (cohort_report.missing(study), cohort_report.patterns(study)):
        assert "26 of 40 runners came at week 11 or 13 instead of week 12" in table.caption
    assert "Not counted in week 12: 26 of 40 runners came at week 11 or 13" in (
        cohort_report.answer(study).basis
    )
    assert "week \\(80 rows\\)" in cohort_report.file_check(study).markdown


@pytest.mark.parametrize("model", ["ancova", "mixed"])
def test_a_window_of_a_week_keeps_all_who_came_early_or_late(tmp_path, model):
    text = (CASES / "c14_visit_windows.toml").read_text(encoding="utf-8")
    plan = tmp_path / "plan.toml"
    plan.write_text(text.replace("ancova", model) + "window_weeks = 1.0\n", encoding="utf-8")
    study = cohort_study.run(cohort=str(CASES / "c14_visit_windows.csv"), analysis_plan=str(plan))
    assert (study.primary.n_runners, study.primary.n_limbs) == (40, 80)
    assert study.off_week == ([], 0, 40)
    basis = cohort_report.answer(study).basis
    assert "within 1 week of week 12 counts in it: 26 runners came so early or late" in basis
    assert "Not counted" not in basis
    assert "26 runners came in another week that counts." in cohort_report.missing(study).caption
    flow = participants.flow(study.observations, study.plan)
    assert flow.loc[flow["stage"] == "analysed", "n"].sum() == 40


def test_an_angle_is_not_a_rating():
    text = cohort_report.improved(analysed("c03_one_side_thomas")).markdown
    assert "Modified Thomas angle (deg extension) is not a rating" in text
    assert "fewer than" not in text


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("c09_unequal_limbs", ["ols", "mixedlm"]),
        ("c14_visit_windows", ["ols", "mixedlm"]),
        ("c11_missing_baseline", ["ols", "mixedlm"]),
        ("c03_one_side_thomas", ["ols"]),
        ("c21_torque_other_angle", []),
    ],
)
def test_plain_models_by_statsmodels_agree_with_the_reports(name, fits):
    """The cells of the notebook as they stand; ours are least squares' errors at its variances."""
    study = analysed(name)
    book = json.loads(place("notebooks", "02_cohort.ipynb").read_text(encoding="utf-8"))
    cells = {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}
    names = {"study": study}
    for cell in ("fit-ancova", "fit-mixed-model"):
        exec(cells[cell], names)  # noqa: S102 - our own notebook
    shown = cohort_report.plain_models(study, names["ols"], names["mixedlm"])
    assert [fit for fit in ("ols", "mixedlm") if names[fit] is not None] == fits
    if not fits:
        assert "No plain model is fitted" in shown.markdown
        return
    ols, ancova = names["ols"], study.by_model("ancova")
    assert ols.params["treated"] == pytest.approx(ancova.estimate, abs=1e-10)
    assert ols.bse["treated"] == pytest.approx(ancova.se, rel=1e-10)
    assert ols.df_resid == ancova.df
    assert list(shown.frame["Fitted by"])[:2] == ["statsmodels OLS", "least squares"]
    if "mixedlm" in fits:
        fit, limbs = names["mixedlm"], study.by_model("random_intercept")
        assert fit.params["treated"] == pytest.approx(limbs.estimate, abs=1e-4)
        between, within = float(fit.cov_re.iloc[0, 0]), fit.scale
        more = [one for one in names["limbs"] if one == "no_baseline"]
        information = np.zeros((3 + len(more), 3 + len(more)))
        for _, rows in names["limbs"].groupby("runner"):
            X = np.column_stack([np.ones(len(rows)), rows[["treated", "baseline", *more]]])
            V = between * np.ones((len(rows),) * 2) + within * np.eye(len(rows))
            information += X.T @ np.linalg.solve(V, X)
        se = np.sqrt(np.linalg.inv(information)[1, 1])
        assert se == pytest.approx(limbs.se, rel=1e-4)
        assert abs(fit.bse["treated"] - se) > 10 * abs(limbs.se - se)


def test_harms_are_counted_as_they_are():
    study = analysed("c16_harms")
    cells = cohort_report.harms(study).frame.set_index("After baseline").loc["Adverse event"]
    assert "3 of" in " ".join(cells)
    assert not any("<5" in cell for cell in cells)
    line = cohort_report.cost(study).markdown
    assert "Adverse event, of those asked: 3 of 20 (“Strength" in line


def test_torque_at_another_angle_is_no_benefit():
    study = analysed("c21_torque_other_angle")
    assert "gives no answer" in cohort_report.answer(study).sentence
    assert "Of 20 runners (Strength + stretch 20) a reading is left out" in (
        cohort_report.answer(study).basis
    )


def test_who_has_no_baseline_or_was_read_otherwise_is_not_lost_without_a_word():
    missing = cohort_report.cost(analysed("c11_missing_baseline")).markdown
    assert "Nobody was lost" in missing
    assert (
        "No value of tightness at baseline: 16 runners; 16 of these kept in the analysis."
        in missing
    )
    turned = cohort_report.cost(analysed("c21_torque_other_angle")).markdown
    assert "20 of 20" in turned
    assert "For some the reason stands above" in turned


@pytest.mark.parametrize("model", ["ancova", "mixed"])
def test_a_missing_baseline_keeps_its_runner(model):
    plan = "c11_missing_baseline" + "_mixed" * (model == "mixed")
    study = analysed("c11_missing_baseline", plan)
    assert (study.primary.n_runners, study.primary.n_limbs) == (48, 96)
    assert (study.other.n_runners, study.other.n_limbs) == (48, 96)
    assert study.n_kept == (8, 8)
    assert "48 of 48 runners, 96 limbs" in cohort_report.answer(study).basis
    flow = participants.flow(study.observations, study.plan)
    assert flow.loc[flow["stage"] == "analysed", "n"].sum() == 48
    kept = cohort_report.missing_baseline(study)
    assert kept.frame["ANCOVA keeps"].tolist() == ["8", "8"]
    assert kept.frame["Mixed model keeps"].tolist() == ["8", "8"]


def test_a_planned_imputation_is_the_primary_analysis(tmp_path):
    plan = tmp_path / "plan.toml"
    text = (CASES / "c15_stray_visit.toml").read_text(encoding="utf-8")
    plan.write_text(text + 'missing = "jump-to-reference"\n', encoding="utf-8")
    study = cohort_study.run(cohort=str(CASES / "c15_stray_visit.csv"), analysis_plan=str(plan))
    assert study.primary.model == "imputed_jump_to_reference"
    assert (study.primary.n_runners, study.n_imputed) == (24, 2)
    basis = cohort_report.answer(study).basis
    assert "after multiple imputation: 24 of 24 runners" in basis
    assert "The end of 2 of these is imputed." in basis
    flow = participants.flow(study.observations, study.plan)
    assert flow.loc[flow["stage"] == "analysed", "n"].sum() == 24
    table = cohort_study.effects(study)
    rows = table[table["model"] == "imputed_jump_to_reference"]
    assert rows["estimate"].iloc[0] == study.primary.estimate
    said = cohort_report.plan(study).frame.set_index("Attribute")["Here"]
    assert "went on as under control" in said["Missing at the end"]
    assert "2 of 24 runners imputed" in cohort_report.missing_values(study).caption
    assert "went on as under “Stretch only”" in cohort_report.on_assumptions(study).markdown


def test_small_cells_are_the_owners_choice():
    hidden, told = (analysed("c09_unequal_limbs", small_cells=small) for small in (False, True))
    rows = [
        cohort_report.responders(study).frame.set_index("Runners past the MDC")
        for study in (hidden, told)
    ]
    assert "fewer than 5" in rows[0].loc["Seen: Strength + stretch", "Better"]
    assert " of 16)" in rows[1].loc["Seen: Strength + stretch", "Better"]
    assert rows[0].loc["Difference, percentage points", "Better"] == "not shown"
    assert " to " in rows[1].loc["Difference, percentage points", "Better"]
    cells = [set(cohort_report.improved(study).frame["Improved"]) for study in (hidden, told)]
    assert "not shown" in cells[0]
    assert not cells[1] & {"not shown", "fewer than 5 of 16"}


def test_what_can_be_counted_off_the_dots_is_not_hidden_in_the_table():
    study = analysed("c03_one_side_thomas")
    cells = cohort_report.responders(study).frame
    dots = [line.get_xdata() for line in cohort_report.changes(study).figure.axes[0].lines
            if line.get_marker() == "o"]  # fmt: skip
    cut = reading(study.observations, "thomas_ext_deg").sem.mdc
    shown = cells.set_index("Runners past the MDC")
    for arm, values in zip(("Strength + stretch", "Stretch only"), dots, strict=True):
        assert f"({(values > cut).sum()} of 24)" in shown.loc[f"Seen: {arm}", "Better"]
