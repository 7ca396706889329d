"""``hipstudy runs``: what was made, when, from what; and opening one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import documentation
import pytest
import tiny
from click.testing import CliRunner

from hipstudy.cli import runs_command
from hipstudy.cli.app import cli, main
from hipstudy.report import run_record
from hipstudy.report.run_record import InputFile, RunRecord

DAY = datetime(2031, 4, 9, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def say(capsys):
    def run(*words):
        return main([str(word) for word in words]), *capsys.readouterr()

    return run


def stored(place, record, pdf=b"%PDF"):
    place.mkdir(parents=True)
    if pdf is not None:
        (place / f"{record.report}.pdf").write_bytes(pdf)
    (place / "run.toml").write_text(run_record.text({record.report: record.table()}), "utf-8")


@pytest.fixture
def made(folder):
    """Two runs of one report, one of another, one of which the PDF is gone."""
    clinic = InputFile("cohort", "clinic.xlsx", "ab" * 32)
    plan = InputFile("analysis_plan", "plan.toml", "cd" * 32)
    older = RunRecord("compare", DAY, version="0.1.0", seed=0)
    newer = RunRecord(
        "compare",
        DAY + timedelta(days=1),
        run_name="March clinic",
        version="0.2.0",
        settings={"weeks": 6, "sets": "1, 2", "cohort": "clinic.xlsx"},
        differing=("cohort", "weeks", "sets", "label"),
        inputs=(clinic, plan),
    )
    stored(folder / "reports/compare/history/2031-04-09-1", older)
    stored(folder / "reports/dose", RunRecord("dose", DAY + timedelta(hours=1)), pdf=None)
    stored(folder / "reports/compare2", newer)
    return folder


@pytest.mark.usefixtures("made")
def test_the_list_says_when_from_what_and_by_which_version(say):
    code, out, err = say("runs")
    assert (code, err) == (0, "")
    head, *rows = out.splitlines()
    assert head.split() == list(runs_command.HEAD)
    assert (
        rows[0].split()
        == (
            "1 2031-04-10 10:30 compare March clinic 0.2.0 clinic.xlsx abababababab, plan.toml "
            "cdcdcdcdcdcd compare2 weeks 6; sets 1, 2; label empty"
        ).split()
    )
    assert rows[1].split() == "2 2031-04-09 11:30 dose - - - dose (PDF gone) -".split()
    assert (
        rows[2].split()
        == ("3 2031-04-09 10:30 compare - 0.1.0 - compare/history/2031-04-09-1 -").split()
    )
    assert len(rows) == 3


@pytest.mark.usefixtures("made")
def test_a_folder_of_one_report_is_listed_by_itself(say):
    code, out, _ = say("runs", "reports/compare")
    assert code == 0
    assert [row.split()[0] for row in out.splitlines()] == ["run", "1"]
    assert "history/2031-04-09-1" in out


def test_reports_of_a_batch_are_listed_too_each_once(say, folder):
    of_batch = folder / "reports/cohort-clinics/hill-csv"
    stored(of_batch, RunRecord("cohort", DAY))
    stored(of_batch / "history/2031-04-08-1", RunRecord("cohort", DAY - timedelta(days=1)))
    for place in ("", "reports/cohort-clinics", "reports/cohort-clinics/hill-csv"):
        code, out, _ = say("runs", *([place] if place else []))
        assert code == 0
        assert [row.split()[1] for row in out.splitlines()[1:]] == ["2031-04-09", "2031-04-08"]


def test_which_folder_is_listed_is_written_and_is_so(say, made):
    made.joinpath("reports").rename(made / "elsewhere")
    assert "there are no runs in reports yet" in say("runs")[2]
    assert say("runs", "elsewhere")[1]
    page = documentation.text(documentation.ROOT / "docs" / "your-clinic.md")
    assert "lists every run in `reports/`" in page
    assert "With a folder's name behind `runs` it lists those in that folder" in page


def test_where_there_is_none_it_says_how_to_make_one(say, folder):
    for place in ("", "empty"):
        (folder / "empty").mkdir(exist_ok=True)
        code, out, err = say("runs", *([place] if place else []))
        assert (code, out) == (0, "")
        assert f"there are no runs in {place or 'reports'} yet" in err
        assert "report compare makes one" in err
    assert {path.name for path in folder.iterdir()} == {"empty"}


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_another_folder_is_wrong_use(say, folder, place):
    (folder / "file").write_text("")
    code, out, err = say("runs", place)
    assert (code, out) == (2, "")
    assert f"FOLDER: found '{place}'; a folder of reports is needed" in err


def test_a_damaged_record_is_said_and_the_rest_is_listed(say, made):
    (made / "reports/compare2/run.toml").write_text("[compare]\ntime = \x1b[31m")
    code, out, err = say("runs")
    assert code == 0
    assert "reports/compare2: found 'run.toml'; this is no record of a run" in err
    assert err.rstrip("\n").isprintable()
    assert [row.split()[3] for row in out.splitlines()[1:]] == ["dose", "compare"]


def test_what_a_record_says_is_only_shown(say, folder):
    stored(folder / "reports/a", RunRecord("a", DAY, run_name="x\x1b[31m\u202ey\nz"))
    code, out, _ = say("runs")
    assert code == 0
    assert all(line.isprintable() for line in out.splitlines())
    assert len(out.splitlines()) == 2


@pytest.fixture
def launched(monkeypatch):
    calls = []
    monkeypatch.setattr(runs_command.click, "launch", lambda path: calls.append(path) or 0)
    return calls


def pdf_of(number):
    return str(Path("reports/compare2", "compare.pdf") if number == 1 else "")


@pytest.mark.usefixtures("made")
def test_without_a_desktop_or_in_ci_the_path_is_printed(say, launched, monkeypatch):
    monkeypatch.setattr(runs_command.sys, "platform", "linux")
    assert say("runs", "--open", 1) == (0, f"{pdf_of(1)}\n", "")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("CI", "true")
    assert say("runs", "--open", 1) == (0, f"{pdf_of(1)}\n", "")
    assert launched == []


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("platform", "name"), [("linux", "DISPLAY"), ("linux", "WAYLAND_DISPLAY"), ("darwin", "")]
)
def test_on_a_desktop_it_is_shown(say, launched, monkeypatch, platform, name):
    monkeypatch.setattr(runs_command.sys, "platform", platform)
    if name:
        monkeypatch.setenv(name, "0")
    assert say("runs", "--open", 1) == (0, f"{pdf_of(1)}\n", "")
    assert launched == [pdf_of(1)]
    monkeypatch.setattr(runs_command.click, "launch", lambda _: 1)
    code, out, err = say("runs", "--open", 1)
    assert (code, out) == (0, f"{pdf_of(1)}\n")
    assert "no program was found to show it" in err


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "numbered 1 to 3"), (4, "numbered 1 to 3"), (-1, "1 to 3"), (2, "is gone"), ("x", "x")],
)
def test_a_run_that_cannot_be_opened_is_wrong_use(say, launched, number, said):
    code, out, err = say("runs", "--open", number)
    assert (code, out) == (2, "")
    assert said in err
    assert launched == []


def test_open_where_there_is_none_is_wrong_use(say):
    code, _, err = say("runs", "--open", 1)
    assert code == 2
    assert "there are no runs" in err


def test_a_report_with_a_name_is_made_twice_kept_and_listed(say, folder):
    tiny.write(folder / "my copy.ipynb", *tiny.GOOD)
    where = Path("reports/my-copy/my-copy.pdf")
    for name in ("March clinic", "April clinic"):
        code, out, err = say("report", "my copy.ipynb", "--name", name, "-p", "weeks", 6)
        assert (code, out) == (0, f"{where}\n")
    (moved,) = (folder / "reports/my-copy/history").iterdir()
    kept = f"the earlier report is kept in reports/my-copy/history/{moved.name}"
    assert err.splitlines()[-1] == kept
    code, out, _ = say("runs")
    listed = [row.split()[3:6] for row in out.splitlines()[1:]]
    assert listed == [["my-copy", month, "clinic"] for month in ("April", "March")]
    earlier = Path("reports/my-copy/history", moved.name, "my-copy.pdf")
    assert say("runs", "--open", 2)[1] == f"{earlier}\n"
    for words in (["--name", ""], ["--name", "x" * 61]):
        code, out, err = say("report", "my copy.ipynb", *words)
        assert (code, out) == (2, "")
        assert "name of the run: found" in err
    assert say("report", "--name", "x")[0] == 2


def test_the_help_says_it():
    said = CliRunner().invoke(cli, ["runs", "--help"]).output
    assert "--open N" in said
    assert "newest first" in said
