"""Could these data be? What the cohort report's details and its table say of a file's looks."""

import numpy as np
import pandas as pd
import pytest
from clean_cohorts import clean
from planted_corruptions import PLANTS

from hipstudy.cohort_file.integrity.result import CHECKS
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import LABELS
from hipstudy.resources import place
from hipstudy.studies import cohort_study

COLUMNS = ["check", "what", "where", "statistic", "limit", "n"]


@pytest.fixture(scope="module")
def right():
    return cohort_study.run(cohort=str(place("data", "example_cohort.csv")))


@pytest.fixture(scope="module")
def planted_study(tmp_path_factory):
    frame = clean(1000, arms=(2,), least=30)
    for check in ("last_digits", "long_runs"):
        frame = PLANTS[check][0](frame, np.random.default_rng(1))
    path = tmp_path_factory.mktemp("clinic") / "clinic.csv"
    frame.to_csv(path, index=False)
    return cohort_study.run(cohort=str(path))


def test_a_right_file_is_asked_about_nothing(right):
    table = cohort_report.integrity(right).frame
    assert len(table) == len(CHECKS)
    assert set(table["Beyond chance"]) == {"0"}
    assert set(table["Rows"]) == {""}
    assert cohort_report.integrity_meaning(right).markdown == words("integrity_meaning", {})


def test_what_is_beyond_chance_has_its_rows_and_innocent_causes_first(planted_study):
    shown = cohort_report.integrity(planted_study)
    table = shown.frame.set_index("Check")
    for check in ("last_digits", "long_runs"):
        row = table.loc[LABELS["integrity_checks"][check]]
        assert int(row["Beyond chance"]) >= 1
        assert row["Rows"]
    meaning = cohort_report.integrity_meaning(planted_study).markdown
    assert meaning.index("is a habit") < meaning.index("guessed")
    assert "no verdict" in shown.caption
    for word in ("fraud", "fabricat", "falsif", "forge", "invent", "cheat"):
        assert word not in meaning.lower()


def test_a_check_that_a_file_does_not_allow_for_says_so(tmp_path):
    frame = pd.read_csv(place("data", "example_cohort.csv"))
    columns = ["runner_id", "side", "arm", "week", "tightness_nrs"]
    frame[columns].to_csv(tmp_path / "rated.csv", index=False)
    study = cohort_study.run(cohort=str(tmp_path / "rated.csv"))
    table = cohort_report.integrity(study).frame.set_index("Check")
    assert table.loc[LABELS["integrity_checks"]["last_digits"], "Looks"] == "not possible"


def test_the_table_has_every_look_and_rows_only_beyond_a_limit(right, planted_study):
    for study in (right, planted_study):
        frame = cohort_report.integrity_looks(study).frame
        assert list(frame) == COLUMNS
        assert set(frame["check"]) == set(CHECKS)
        assert len(frame) == len(study.clinic.integrity)
        beyond = [one.is_beyond for one, _ in study.clinic.integrity]
        assert (frame["where"].ne("") <= beyond).all()
    assert frame.loc[frame["check"] == "long_runs", "where"].ne("").any()
