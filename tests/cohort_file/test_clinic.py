"""A clinic's file as runners and observations, and as the start of a comparison."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems
from hipstudy.pages import compare_report
from hipstudy.resources import cohort_path, place
from hipstudy.studies import compare_study, settings

EXAMPLE = place("data", "example_cohort.csv")


@pytest.fixture(scope="module")
def example():
    return pd.read_csv(EXAMPLE, dtype={"runner_id": str})


def write(folder, frame, name="clinic.csv"):
    file = folder / name
    frame.to_csv(file, index=False)
    return file


def test_baseline_rows_become_the_cohort_limb_by_limb(example):
    found = clinic.read(EXAMPLE, seed=0)
    first = example[example["week"] == 0]
    ids = list(dict.fromkeys(first["runner_id"]))
    assert found.cohort.n_runners == len(ids)
    columns = {"thomas_ext_deg": "thomas_ext_deg", "end_range_torque_nm_kg": "torque_nm_kg",
               "tightness_nrs": "tightness_nrs", "discomfort_nrs": "discomfort_nrs"}  # fmt: skip
    for row in first.itertuples():
        limb = 2 * ids.index(row.runner_id) + (row.side == "right")
        for column, name in columns.items():
            assert found.cohort.reading(name)[limb] == pytest.approx(
                getattr(row, column), nan_ok=True
            )
    assert found.cohort.n_known == {"sex": len(ids), "age_y": len(ids), "mass_kg": len(ids)}
    assert len(found.observations) == len(example)
    assert "runner_id" not in found.observations
    assert found.observations["runner"].max() == example["runner_id"].nunique()


def test_the_order_of_rows_and_of_columns_changes_no_one(example, tmp_path):
    turned = example.iloc[::-1][list(example.columns[::-1])]
    one = clinic.read(EXAMPLE, seed=3).cohort
    two = clinic.read(write(tmp_path, turned), seed=3).cohort
    order = np.argsort(one.key), np.argsort(two.key)
    assert (one.key[order[0]] == two.key[order[1]]).all()
    assert (one.ran[order[0]] == two.ran[order[1]]).all()
    limbs = [(2 * o[:, None] + [0, 1]).ravel() for o in order]
    pairs = zip((one, two), limbs, strict=True)
    first, second = (cohort.reading("tightness_nrs")[at] for cohort, at in pairs)
    assert first == pytest.approx(second, nan_ok=True)


def test_what_is_missing_is_drawn_and_its_share_said(example, tmp_path):
    some = example.drop(columns=["sex", "mass_kg", "discomfort_nrs", "torque_angle_ext_deg"])
    some.loc[some["runner_id"] == some["runner_id"].iloc[0], "age_y"] = np.nan
    some = some[(some["side"] == "left") | (some["runner_id"] > "SYN-010")]
    file = write(tmp_path, some)
    found = clinic.read(file, seed=0).cohort
    assert found.n_known == {"age_y": found.n_runners - 1}
    assert set(found.sex) == {"F", "M"}
    assert np.isfinite(found.mass_kg).all()
    assert np.isfinite(found.age_y).all()
    study = compare_study.run(cohort=str(file), weeks=2)
    said = compare_report.whom_in_full(study).markdown
    left = int((~np.isnan(found.reading("thomas_ext_deg"))).sum())
    assert left < found.n_limbs
    assert f"modified Thomas angle of {left} of {found.n_limbs} limbs" in said
    assert f"age of {found.n_runners - 1} of {found.n_runners} runners" in said
    assert "; discomfort of" not in said
    assert "what was not measured is made up given what was" in said
    assert "SYN" not in said


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (
            lambda f: f[f["runner_id"] == f["runner_id"].iloc[0]],
            "runners: 1'; 5 or more with a row",
        ),
        (lambda f: f[f["week"] > 0], "runners: 0'; 5 or more with a row at baseline"),
    ],
)
def test_too_few_is_said_in_one_sentence(example, tmp_path, keep, said):
    with pytest.raises(DataProblems) as caught:
        clinic.read(write(tmp_path, keep(example)), seed=0)
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f[f["side"] == "right"],
        lambda f: f[f["week"] == 0],
        lambda f: f.drop(columns=["week", "arm"])[f["week"] == 0],
        lambda f: f.assign(arm=f["runner_id"].map(lambda i: f"arm_{int(i[-1]) % 3}")),
        lambda f: f.drop(columns="tightness_nrs"),
        lambda f: f[["runner_id", "side", "week", "thomas_ext_deg"]],
    ],
    ids=["one side", "one visit", "no weeks, no arms", "three arms", "unrated", "one outcome"],
)
def test_files_with_less_or_more_start_a_comparison(example, tmp_path, change):
    file = write(tmp_path, change(example))
    before = file.read_bytes()
    study = compare_study.run(cohort=str(file), weeks=2)
    for runs in study.means.values():
        assert np.isfinite(runs).all()
    assert file.read_bytes() == before


def test_two_thousand_runners_are_read(example, tmp_path):
    first = example[example["week"] == 0]
    many = [first.assign(runner_id=first["runner_id"] + f"-{i}") for i in range(42)]
    found = clinic.read(write(tmp_path, pd.concat(many)), seed=0).cohort
    assert found.n_runners == 42 * first["runner_id"].nunique()
    assert len(set(found.key.tolist())) == found.n_runners


def test_every_error_is_listed_and_no_id_is_printed(example, tmp_path):
    wrong = example.astype({"thomas_ext_deg": object})
    wrong.loc[3, "thomas_ext_deg"] = "stiff"
    wrong.loc[5, "tightness_nrs"] = 70
    with pytest.raises(DataProblems) as caught:
        clinic.read(write(tmp_path, wrong), seed=0)
    text = str(caught.value)
    assert "row 5, column thomas_ext_deg: found 'stiff'" in text
    assert "row 7, column tightness_nrs: found '70'" in text
    assert "SYN" not in text


def test_the_word_rbds_is_the_open_data_that_travel(rbds_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbds").write_text("a file of one's own")
    word = settings.check(cohort="rbds").runners()
    copy = settings.check(cohort=str(rbds_file)).runners()
    assert (word.source, word.n_runners, word.sha256) == ("RBDS", 28, copy.sha256)
    notice = place("data", "RBDSinfo_NOTICE.md").read_text(encoding="utf-8")
    assert word.sha256 in notice, "it is the file that its authors published"
    assert "CC BY 4.0" in notice
    for typed in ("RBDS", " rbds "):
        assert cohort_path(typed) == place("data", "RBDSinfo.txt")
    assert cohort_path("./rbds").resolve() == tmp_path / "rbds"


def test_rbds_is_known_by_its_header(rbds_file):
    found = clinic.cohort(rbds_file, seed=0)
    assert (found.source, found.n_runners) == ("RBDS", 28)


def test_a_report_from_a_clinics_file_says_no_id_anywhere(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "compare", "--cohort", str(EXAMPLE),
         "-p", "weeks", "3"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = tmp_path / "reports" / "compare"
    pages_ = PdfReader(made / "compare.pdf").pages
    words = " ".join(" ".join(page.extract_text() for page in pages_).split())
    assert "48 runners, 96 limbs of a made-up example: no person was measured" in words
    assert "Its file gives, limbs: modified Thomas angle 96" in words
    assert "SYN" not in words
    for file in made.rglob("*.*"):
        assert b"SYN-" not in file.read_bytes(), file.name
    assert "SYN-" not in done.stdout + done.stderr
