"""Who would notice, as a table: its columns, sums, mixing by the prior, and blocks of runners."""

import numpy as np
import pytest

from hipstudy.model.rated_change import CRITERIA, PARTS
from hipstudy.pages import compare_report
from hipstudy.studies import compare_study, responder_sources
from hipstudy.studies.responder_sources import TOTAL, gap_of_ten, part_draws, parts_of_ten

SMALL = {"n_runners": 10, "n_draws": 8, "weeks": 4}


@pytest.fixture(scope="module")
def study():
    return compare_study.run(**SMALL, causal_share=1.0)


def test_columns_are_the_contract_s_and_every_arm_has_both_criteria(study):
    frame = study.noticed()
    assert list(frame) == ["arm", "criterion", "anyway", "programme", "choice", "wobble"]
    assert list(frame["arm"].drop_duplicates()) == [arm.name for arm in study.design.arms]
    assert (frame.groupby("arm")["criterion"].agg(list).map(tuple) == CRITERIA).all()


def test_the_parts_add_up_to_all_who_report_it(study):
    frame = study.noticed().set_index(["arm", "criterion"])
    for (arm, criterion), row in frame.iterrows():
        draws = study.reporting[arm, criterion][-1]
        share = (study.shares * draws.T).sum(axis=1)
        assert row.sum() == pytest.approx(10 * share.mean(), abs=1e-12)
        parts = part_draws(study, arm, criterion)
        np.testing.assert_allclose(sum(parts[name] for name in PARTS), parts[TOTAL], atol=1e-12)
    assert frame["wobble"].groupby("criterion").nunique().eq(1).all(), "the same in every arm"


def test_arms_that_exercise_differ_by_the_choice_alone(study):
    gap = gap_of_ten(study, "points")
    one, other = (parts_of_ten(study, arm, "points") for arm in study.primary)
    assert gap.mean == pytest.approx(one["choice"].mean - other["choice"].mean, abs=1e-12)
    assert gap.low <= gap.mean <= gap.high
    assert one["choice"].low >= 0


def test_no_exercise_has_neither_programme_nor_choice(study):
    rows = study.noticed().set_index("arm").loc["usual_running"]
    assert (rows[["programme", "choice"]] == 0).all(axis=None)


def test_a_corner_of_the_prior_is_that_cause_alone():
    study = compare_study.run(**SMALL, causal_share=1.0, cause_prior="0, 0, 0, 1")
    assert (study.noticed()["choice"] == 0).all(), "nonspecific: nothing to relieve"


def test_it_does_not_hang_on_how_runners_are_carried(monkeypatch, study):
    monkeypatch.setattr(compare_study, "BLOCK", 3)
    again = compare_study.run(**SMALL, causal_share=1.0)
    np.testing.assert_allclose(
        again.noticed().iloc[:, 2:].to_numpy(), study.noticed().iloc[:, 2:].to_numpy(), atol=1e-12
    )


def test_the_page_the_table_and_the_file_have_the_same_numbers(study):
    frame = compare_report.noticed_file(study).frame.set_index(["arm", "criterion"])
    shown = compare_report.noticed_parts(study).frame
    row = frame.loc[study.primary[0], "points"]
    assert shown.loc[0, "Ratings alone"] == f"{row['wobble']:.1f}"
    assert shown.loc[0, "The choice"].startswith(f"{row['choice']:.2f} (")
    said = f"ratings alone makes {row['wobble']:.1f} of these"
    assert said in compare_report.noticed(study).markdown
    by_arm = frame.xs("points", level="criterion").sum(axis=1)[list(study.primary)]
    best = by_arm.idxmax()
    assert f"**Of 10 runners**, {by_arm[best]:.1f} would" in compare_report.noticed(study).markdown


def test_ten_is_what_is_said():
    assert responder_sources.OF == 10
