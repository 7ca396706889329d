"""``hipstudy report --each``, ``--watch`` and ``hipstudy sweep`` as they are typed."""

from pathlib import Path

import batched
import pytest
from click.testing import CliRunner

from hipstudy.batch import folder_watch, workers
from hipstudy.batch.report_task import AS_BEFORE, FAILED, TaskOutcome
from hipstudy.cli.app import cli, main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.csv", "lake/a b.csv"):
        batched.cohort(tmp_path / "clinics" / name)
    (tmp_path / "hipstudy.toml").write_text('clinic = "Hill Clinic"\n')
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """Tasks that were given to workers, who make nothing; a place with ``bad`` in it fails."""
    tasks = []

    def outcomes(own, n):
        tasks.append((own, n))
        for task in own:
            is_bad = "bad" in task.place
            yield TaskOutcome(task.place, FAILED if is_bad else AS_BEFORE, problems=("row 2",))

    monkeypatch.setattr(workers, "on_this_machine", outcomes)
    return tasks


@pytest.fixture
def say(capsys):
    def run(*words):
        return main([str(word) for word in words]), *capsys.readouterr()

    return run


def test_each_file_has_a_task_with_all_that_was_set(folder, asked, say):
    (folder / "plan.toml").write_text("x")
    words = ["--each", "clinics", "-p", "analysis_plan", "plan.toml", "--workers", 2]
    code, out, err = say("report", "cohort", *words, "--language", "de")
    assert (code, out) == (0, f"{Path('reports/cohort-clinics/index.html')}\n"), err
    ((tasks, n),) = asked
    assert n == 2
    assert [task.place for task in tasks] == ["b-csv", "lake-a-b-csv"]
    first = tasks[0]
    assert dict(first.pairs)["cohort"] == str(folder / "clinics/b.csv")
    assert dict(first.pairs)["analysis_plan"] == str(folder / "plan.toml"), "workers are elsewhere"
    assert (first.look.head.clinic, first.look.language) == ("Hill Clinic", "de")
    assert [task.columns for task in tasks] == [{"file": "b.csv"}, {"file": "lake/a b.csv"}]


@pytest.mark.usefixtures("folder")
def test_a_sweep_has_a_task_for_each_combination(asked, say):
    grid = 'report = "compare"\n[settings]\nn_runners = 9\n[grid]\nsets = [1, 2]\nreps = [8, 9]\n'
    Path("my grid.toml").write_text(grid)
    code, out, _ = say("sweep", "my grid.toml", "--workers", 1)
    assert (code, out) == (0, f"{Path('reports/compare-my-grid/index.html')}\n")
    ((tasks, _),) = asked
    assert dict(tasks[3].pairs) == {"n_runners": "9", "sets": "2", "reps": "9"}
    assert tasks[3].columns == {"sets": "2", "reps": "9"}
    assert tasks[3].look.head.clinic == "Hill Clinic"


@pytest.mark.usefixtures("asked")
def test_who_failed_stands_in_one_list_at_the_end_with_exit_code_1(folder, say):
    batched.cohort(folder / "clinics/bad.csv")
    (folder / "clinics/notes.md").write_text("x")
    code, out, err = say("report", "compare", "--each", "clinics")
    assert code == 1
    assert out.endswith("index.html\n")
    assert "passed over, no cohort files by their names: notes.md" in err
    assert err.splitlines()[-3:] == ["0 made now, 2 as before, 1 not made.", "bad.csv:", "  row 2"]


@pytest.mark.usefixtures("folder")
def test_a_watch_goes_on_with_what_is_there_now(asked, say, monkeypatch):
    def changes(place, before, stand):
        assert stand() == before
        if (place / "new.csv").exists():
            raise KeyboardInterrupt
        batched.cohort(place / "new.csv")
        assert stand() != before

    monkeypatch.setattr(folder_watch, "wait_for_change", changes)
    code, _, err = say("report", "compare", "--watch", "clinics")
    assert code == 0
    assert [len(tasks) for tasks, _ in asked] == [2, 3]
    assert "waiting for changes in clinics (Ctrl-C ends it)" in err


WRONG = [
    (["report", "evidence", "--each", "clinics"], "takes no cohort file"),
    (["report", "compare", "--each", "nowhere"], "a folder of cohort files is needed"),
    (["report", "compare", "--each", "clinics", "--out", "clinics"], "among the files"),
    (["report", "compare", "--each", "clinics", "--out", " "], "a folder is needed"),
    (["report", "compare", "--each", "clinics", "-p", "cohort", "x"], "a file of its own"),
    (["report", "compare", "--each", "clinics", "-p", "weaks", "6"], "Did you mean weeks"),
    (["report", "compare", "--each", "clinics", "--watch", "clinics"], "without each other"),
    (["report", "compare", "--each", "clinics", "--cohort", "rbds"], "--cohort"),
    (["report", "compare", "--workers", "2"], "--workers and --scheduler are for --each"),
    (["report", "compare", "--each", "clinics", "--workers", "0"], "--workers"),
    (
        ["report", "compare", "--each", "clinics", "--workers", "2", "--scheduler", "x"],
        "of its own",
    ),
    (["report", "nothing", "--each", "clinics"], "no such report"),
    (["report", "--each", "clinics"], "Which report?"),
    (["sweep", "nowhere.toml"], "cannot be read"),
    (["sweep", "hipstudy.toml"], "no field clinic"),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("words", "said"), WRONG, ids=[said for _, said in WRONG])
def test_wrong_use_is_said_before_anything_is_made(words, said, asked, say):
    code, out, err = say(*words)
    assert (code, out) == (2, ""), err
    assert said in err
    assert asked == []
    assert not Path("reports").exists()


def test_the_help_says_it():
    said = CliRunner().invoke(cli, ["report", "--help"]).output
    for option in ("--each FOLDER", "--watch FOLDER", "--workers N", "--scheduler ADDRESS"):
        assert option in said
