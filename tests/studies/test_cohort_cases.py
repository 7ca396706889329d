"""Cohorts as they come, made up after what people asked: each with the value a report must have."""

from pathlib import Path

import pytest

from hipstudy.analysis import mixed, participants
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.instruments import reading
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
    assert cohort_report.answer(study).numbers[2][0] == "22"
    assert "left out, too few runners: week 40" in cohort_report.agreement(study).markdown
    assert "week 40, 2 runners" in cohort_report.flow(study).caption
    asked = cohort_study.questions(study.plan, study.observations)[0]
    layout = from_frame(study.observations, asked)
    assert int(mixed.fitted(layout)[0].any(axis=-1).sum()) == 22


def test_harms_are_counted_as_they_are():
    study = analysed("c16_harms")
    cells = cohort_report.harms(study).frame.set_index("After baseline").loc["Adverse event"]
    assert "3 of" in " ".join(cells)
    assert not any("<5" in cell for cell in cells)


def test_torque_at_another_angle_is_no_benefit():
    study = analysed("c21_torque_other_angle")
    assert "gives no answer" in cohort_report.answer(study).sentence
    assert "of 20 runners (Strength + stretch 20) a reading is left out" in (
        cohort_report.answer(study).basis
    )


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
