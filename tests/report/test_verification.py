"""``hipstudy verify``: identical, what moved, what cannot be verified, what was altered."""

import json
import shutil

import batched
import pytest

from hipstudy import result_store
from hipstudy.report import make_report, run_inputs, run_record
from hipstudy.report.kernel_surroundings import surroundings
from hipstudy.report.make_report import report


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of a notebook on a file of its own, once for all; nothing changes it."""
    home = tmp_path_factory.mktemp("made")
    path = batched.notebook(home)
    file = batched.cohort(home / "clinic ü.csv")
    pairs = [("cohort", str(file)), ("mcid_nrs", "0.1"), ("paired", "no")]
    report(path, pairs, out=home / "out", run_name="March")
    return home


@pytest.fixture
def copy(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_the_same_run_gives_the_same_numbers(copy, say):
    code, out, _ = say("out", "--cohort", "clinic ü.csv")
    assert (code, out.startswith("mine: identical")) == (0, True), out
    assert str(copy) not in out


def test_another_file_moves_numbers_and_each_is_named(copy, say):
    (copy / "clinic ü.csv").rename(copy / "april.csv")
    batched.cohort(copy / "april.csv", first=2)
    code, out, _ = say("out/mine.pdf", "--cohort", "april.csv")
    assert code == 1
    assert "april.csv: another content than the report was made from" in out
    assert "effects.csv, all, " in out
    assert ": mean was " in out


def test_what_is_kept_does_not_confirm_itself(copy, say, monkeypatch):
    monkeypatch.setenv(result_store.SWITCH, str(copy / "store"))
    switches, rerun = [], make_report.executed_notebook

    def watched(*asked):
        switches.append(surroundings()[result_store.SWITCH])
        return rerun(*asked)

    monkeypatch.setattr("hipstudy.report.make_report.executed_notebook", watched)
    shutil.copy(copy / "out/mine.pdf", copy / "lone.pdf")
    for path in ("out", "lone.pdf"):
        code, out, _ = say(path, "--cohort", "clinic ü.csv")
        assert code == 0, out
    assert switches == ["off", "off"]


FILES = ("mine.pdf", "mine.docx", "mine.html", "mine.xlsx", "mine.ipynb", "tables/effects.csv",
         "run.toml", "ro-crate-metadata.json")  # fmt: skip


@pytest.mark.usefixtures("no_rerun")
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("is_gone", [False, True])
def test_every_altered_file_is_found_and_named(copy, say, file, is_gone):
    path = copy / "out" / file
    if is_gone:
        path.unlink()
    elif file == "run.toml":
        path.write_text(path.read_text().replace('run_name = "March"', 'run_name = "April"'))
    elif file.endswith(".json"):
        crate = json.loads(path.read_text())
        for one in crate["@graph"]:
            if one["@id"] == "mine.pdf":
                one["sha256"] = "0" * 64
        path.write_text(json.dumps(crate))
    else:
        path.write_bytes(path.read_bytes() + b" ")
    code, out, err = say("out")
    if is_gone and file == "run.toml":
        assert (code, "no record run.toml" in err) == (2, True)
        return
    assert code == 3, err
    assert f"  {file}: " in out


@pytest.mark.usefixtures("no_rerun")
def test_a_record_that_is_none_any_more_was_altered(copy, say):
    (copy / "out/run.toml").write_text("[mine]\nreport = 3\n")
    code, out, _ = say("out")
    assert code == 3
    assert "no record of a run any more" in out


@pytest.mark.usefixtures("copy", "no_rerun")
def test_another_version_is_not_run_again(say, monkeypatch):
    monkeypatch.setattr(run_record, "code_sha256", lambda: "0" * 64)
    code, _, err = say("out", "--cohort", "clinic ü.csv")
    assert code == 2
    assert "it is run again at the version that made it" in err


@pytest.mark.usefixtures("no_rerun")
def test_what_is_missing_is_wrong_use(copy, say):
    (copy / "clinic ü.csv").unlink()
    code, _, err = say("out")
    assert code == 2
    assert "Name it with --cohort FILE." in err
    (copy / "mine.ipynb").unlink()
    batched.cohort(copy / "clinic ü.csv")
    code, _, err = say("out")
    assert code == 2
    assert "this notebook is needed in the current folder" in err
    shutil.copy(copy / "out/mine.pdf", copy / "alone.pdf")
    for words in (["nowhere"], ["alone.pdf"], ["clinic ü.csv"]):
        assert say(*words)[0] == 2
    shutil.copy(copy / "out/mine.pdf", copy / "out/renamed.pdf")
    (copy / "out/other.pdf").write_text("x")
    assert "the PDF of a report, or its folder, is needed" in say("out/other.pdf")[2]
    assert "this notebook is needed" in say("out/renamed.pdf")[2]


@pytest.mark.usefixtures("no_rerun")
def test_another_notebook_is_not_taken_for_the_one_that_ran(copy, say):
    batched.notebook(copy, ("code", "1"))
    code, _, err = say("out", "--cohort", "clinic ü.csv")
    assert code == 2
    assert "the notebook is another than the one that was run" in err


def test_a_record_says_what_it_was_read_with_and_by_what(copy):
    table = run_record.tables(copy / "out")["mine"]
    assert table["versions"] == run_inputs.library_versions()
    assert [one["file"] for one in table["inputs"]] == ["clinic ü.csv"]
    text = (copy / "out/run.toml").read_text() + (copy / "out/ro-crate-metadata.json").read_text()
    assert "tightness_nrs" not in text
    for part in (str(copy), str(copy.parent), "/tmp", "pytest"):
        assert part not in text
