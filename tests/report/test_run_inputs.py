"""What a run is made from: whatever may move a byte moves a digest, and nothing else does."""

from pathlib import Path

import batched
import pytest

from hipstudy.errors import DataProblems
from hipstudy.progress_bar import Progress
from hipstudy.report import run_inputs
from hipstudy.report.letterhead import Letterhead
from hipstudy.report.make_report import plan, report_files


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = batched.notebook(tmp_path)
    batched.cohort(tmp_path / "a.csv")
    return lambda *pairs, **look: plan(path, [("cohort", "a.csv"), *pairs], **look)


LOOKS = [{"paper": "us-letter"}, {"locale": "de"}, {"run_name": "March"},
         {"head": Letterhead(clinic="Hill")}, {"head": Letterhead(author="Jo")}]  # fmt: skip


def test_another_look_is_another_job_with_the_same_numbers(job):
    plain = job()
    marks = {run_inputs.job_sha256(one) for one in (plain, *(job(**look) for look in LOOKS))}
    assert len(marks) == len(LOOKS) + 1
    assert {run_inputs.fingerprint(job(**look)) for look in LOOKS} == {
        run_inputs.fingerprint(plain)
    }
    assert run_inputs.job_sha256(job()) == run_inputs.job_sha256(plain)


def test_settings_files_and_libraries_are_another_job(job, monkeypatch):
    marks = [run_inputs.job_sha256(job()), run_inputs.job_sha256(job(("weeks", "6")))]
    batched.cohort(Path("a.csv"), 3)
    marks.append(run_inputs.job_sha256(job()))
    Path("a.mapping.toml").write_text("x")
    marks.append(run_inputs.job_sha256(job()))
    assert [one.file for one in run_inputs.inputs_of(job())] == ["a.csv", "a.mapping.toml"]
    monkeypatch.setattr(run_inputs, "library_versions", lambda: {"numpy": "1"})
    marks.append(run_inputs.job_sha256(job()))
    monkeypatch.setattr(run_inputs.run_record, "code_sha256", lambda: "0")
    marks.append(run_inputs.job_sha256(job()))
    assert len(set(marks)) == 6


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_was_made_from_a_file_that_was_changed_meanwhile_is_no_report(
    job, monkeypatch, is_gone
):
    def changes(*_):
        if is_gone:
            Path("a.csv").unlink()
        else:
            batched.cohort(Path("a.csv"), 5)

    monkeypatch.setattr("hipstudy.report.make_report.executed_notebook", changes)
    with pytest.raises(DataProblems, match=r"a.csv: this file was changed while"):
        report_files(job(), Progress())
