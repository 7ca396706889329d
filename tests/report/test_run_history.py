"""Earlier reports: moved aside whole before another takes their place, recorded, listed, named."""

import errno
import io
import json
import os
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
import tiny
from bs4 import BeautifulSoup
from pdf_reading import pages_of, text

from hipstudy import __version__
from hipstudy import files as results_module
from hipstudy.errors import UsageProblems
from hipstudy.files import CannotWrite
from hipstudy.progress_bar import Progress
from hipstudy.report import letterhead, make_report, run_history, run_record
from hipstudy.report.make_report import report
from hipstudy.report.run_crate import CRATE_FILE
from hipstudy.report.run_record import NotRecord, RunRecord

DAY = datetime(2031, 4, 9, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")
            if p.is_file()}  # fmt: skip


def unrecorded(folder):
    """What stands in a folder, record and history apart."""
    return {n: c for n, c in contents(folder).items()
            if n not in ("run.toml", CRATE_FILE) and not n.startswith("history/")}  # fmt: skip


@pytest.fixture
def calendar(monkeypatch):
    """Every run is a day later."""
    days = iter(range(100))
    later = type("Later", (), {"now": lambda: DAY + timedelta(days=next(days))})
    monkeypatch.setattr(make_report, "datetime", later)


@pytest.fixture
def reported_as(monkeypatch, calendar):  # noqa: ARG001
    """Make a report of a tiny notebook with these tables, without a kernel, one a day."""
    monkeypatch.setattr("hipstudy.report.execute.execute", lambda *_: tiny.executed())

    def make(*tables, extra_files=None, name="good.ipynb", out=Path("out"), pdf=b"%PDF", **more):
        made = {f"tables/{table}.csv": f"{table}\n" for table in tables}
        page = {f"{Path(name).stem}.pdf": pdf}
        monkeypatch.setattr(make_report, "_files", lambda *_: made | page)
        stream = io.StringIO()
        path = str(tiny.write(Path(name), *tiny.GOOD))
        extra = (lambda *_: extra_files) if extra_files else None
        report(path, out=out, progress=Progress(stream), extra_files=extra, **more)
        return stream.getvalue()

    return make


def test_a_folder_for_kept_results_that_cannot_be_used_is_told(reported_as, monkeypatch, tmp_path):
    assert "HIPSTUDY_CACHE" not in reported_as("effects")
    taken = tmp_path / "taken"
    taken.write_text("a file")
    monkeypatch.setenv("HIPSTUDY_CACHE", str(taken))
    said = reported_as("effects")
    assert "warning: HIPSTUDY_CACHE: found '" in said
    assert "'; nothing can be kept in this folder, so everything is worked out anew. Name" in said


# Nothing is replaced silently


def test_the_earlier_report_moves_whole_and_that_is_said(folder, reported_as):
    assert "earlier" not in reported_as("effects", pdf=b"first")
    assert not (folder / "out/history").exists()
    before = contents(folder / "out")
    said = reported_as("effects", pdf=b"second")
    assert said.splitlines()[-1] == "the earlier report is kept in out/history/2031-04-09-1"
    assert contents(folder / "out/history/2031-04-09-1") == before
    assert (folder / "out/good.pdf").read_bytes() == b"second"
    reported_as("effects", pdf=b"third")
    kept = {p.name: (p / "good.pdf").read_bytes() for p in (folder / "out/history").iterdir()}
    assert kept == {"2031-04-09-1": b"first", "2031-04-10-1": b"second"}
    assert [p.name for p in (folder / "out").glob(".*")] == []


def test_numbers_of_a_day_go_on_after_the_last(folder, reported_as, monkeypatch):
    monkeypatch.setattr(make_report, "datetime", type("Still", (), {"now": lambda: DAY}))
    for number in range(4):
        reported_as("effects", pdf=str(number).encode())
    history = folder / "out/history"
    assert {p.name for p in history.iterdir()} == {f"2031-04-09-{n}" for n in (1, 2, 3)}
    shutil.rmtree(history / "2031-04-09-1")
    (history / "2031-04-09-x").mkdir()
    (history / "2031-04-10-9").mkdir()
    reported_as("effects", pdf=b"5")
    assert (history / "2031-04-09-4/good.pdf").read_bytes() == b"3"


def test_what_this_run_does_not_make_is_only_there(folder, reported_as):
    reported_as("effects", "surfaces", extra_files={"explorer.html": "old"})
    (folder / "out/tables/mine.csv").write_text("mine")
    (folder / "out/other.html").write_text("mine")
    said = reported_as("effects").splitlines()[-1]
    assert (
        said == "only there, since this run did not make them: explorer.html, tables/surfaces.csv"
    )
    assert set(unrecorded(folder / "out")) == {
        "good.ipynb", "good.pdf", "tables/effects.csv", "tables/mine.csv", "other.html",
    }  # fmt: skip
    moved = folder / "out/history/2031-04-09-1"
    assert set(contents(moved)) == {
        "good.ipynb", "good.pdf", "run.toml", CRATE_FILE, "explorer.html", "tables/effects.csv",
        "tables/surfaces.csv",
    }  # fmt: skip
    assert "only there" not in reported_as("effects")


def test_what_was_changed_since_is_somebodys_work_and_stays_as_well(folder, reported_as):
    reported_as("effects", "surfaces")
    (folder / "out/tables/surfaces.csv").write_text("my own numbers")
    (folder / "out/tables/effects.csv").write_text("mine too")
    said = reported_as("effects").splitlines()[-1]
    line = "of an earlier run, and left since they were changed after it: tables/surfaces.csv"
    assert said == line
    moved = folder / "out/history/2031-04-09-1/tables"
    for place in (folder / "out/tables", moved):
        assert (place / "surfaces.csv").read_text() == "my own numbers"
    assert (moved / "effects.csv").read_text() == "mine too"
    assert (folder / "out/tables/effects.csv").read_text() == "effects\n"


def test_what_another_report_in_the_folder_lists_stays(folder, reported_as):
    reported_as("effects", "both")
    reported_as("both", name="second.ipynb")
    assert "only there" not in reported_as("effects")
    assert (folder / "out/tables/both.csv").exists()
    assert set(run_record.tables(folder / "out")) == {"good", "second"}
    (moved,) = (folder / "out/history").glob("2031-04-09-*/good.pdf")
    assert set(run_record.tables(moved.parent)) == {"good"}


def test_a_table_of_another_report_is_kept_before_it_is_replaced(folder, reported_as):
    reported_as("both")
    (folder / "out/tables/both.csv").write_text("of the first")
    reported_as("both", name="second.ipynb")
    (moved,) = (folder / "out/history").rglob("*.csv")
    assert moved.read_text() == "of the first"
    assert [stored.record.report for stored in run_history.stored_runs(folder)[0]] == [
        "second", "good",
    ]  # fmt: skip


def test_a_record_that_names_files_elsewhere_moves_and_removes_nothing(folder, reported_as):
    (folder / "cohort.csv").write_text("mine")
    (folder / "out/tables").mkdir(parents=True)
    (folder / "out/tables/link.csv").symlink_to(folder / "cohort.csv")
    (folder / "out/notes.txt").write_text("mine")
    reported_as("effects")
    mark = sha256(b"mine").hexdigest()
    names = ["../cohort.csv", str(folder / "cohort.csv"), "tables/../../cohort.csv", "notes.txt",
             "tables/link.csv", "a/b/c.csv", ""]  # fmt: skip
    tables = run_record.tables(folder / "out")
    tables["good"]["outputs"] |= dict.fromkeys(names, mark)
    (folder / "out/run.toml").write_text(run_record.text(tables))
    assert "only there" not in reported_as("effects")
    assert (folder / "cohort.csv").read_text() == "mine"
    assert (folder / "out/notes.txt").read_text() == "mine"
    assert (folder / "out/tables/link.csv").is_symlink()
    assert not list((folder / "out/history").rglob("notes.txt"))


def test_a_report_from_before_there_were_records_moves_as_well(folder, reported_as):
    reported_as("effects", "surfaces")
    out = folder / "out"
    (out / "run.toml").unlink()
    (out / CRATE_FILE).unlink()
    notebook = json.loads((out / "good.ipynb").read_text())
    marks = {n: sha256(c).hexdigest() for n, c in unrecorded(out).items() if "ipynb" not in n}
    notebook["metadata"]["hipstudy"] = {"outputs": marks}
    (out / "good.ipynb").write_text(json.dumps(notebook))
    os.utime(out / "good.pdf", (DAY.timestamp(), DAY.timestamp()))
    before = unrecorded(out)
    said = reported_as("effects").splitlines()
    assert said[-1].endswith(": tables/surfaces.csv")
    (moved,) = (out / "history").iterdir()
    assert moved.name == f"{DAY.astimezone().date()}-1"
    assert unrecorded(moved) == before
    record = RunRecord.of_table(run_record.tables(moved)["good"])
    assert (record.time, record.version, record.settings) == (DAY, "", {})
    assert record.outputs == {name: sha256(c).hexdigest() for name, c in before.items()}


@pytest.mark.parametrize("words", ["[strength]\nsets = 3\n", "not toml", "[good]\nreport = 1\n"])
def test_somebodys_own_file_of_the_record_s_name_is_kept(folder, reported_as, words):
    (folder / "out").mkdir()
    (folder / "out/run.toml").write_text(words)
    said = reported_as("effects")
    (moved,) = (folder / "out/history").iterdir()
    assert (moved / "run.toml").read_text() == words
    assert f"what stood in the way is kept in out/history/{moved.name}" in said
    assert set(run_record.tables(folder / "out")) == {"good"}


def test_files_in_the_way_that_nobody_lists_are_kept(folder, reported_as):
    (folder / "out/tables").mkdir(parents=True)
    (folder / "out/tables/effects.csv").write_text("mine")
    reported_as("effects")
    (moved,) = (folder / "out/history").iterdir()
    assert contents(moved) == {"tables/effects.csv": b"mine"}


def test_a_record_whose_files_are_gone_is_kept_too(folder, reported_as):
    reported_as("effects")
    for path in [*(folder / "out").glob("good.*"), folder / "out/tables/effects.csv"]:
        path.unlink()
    reported_as("effects")
    assert set(contents(folder / "out/history/2031-04-09-1")) == {"run.toml", CRATE_FILE}


# Nothing is lost half-way


STEPS = ("mkdir", "copy2", "write_bytes", "replace", "unlink")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [OSError(errno.EIO, "torn"), KeyboardInterrupt()])
def test_wherever_it_fails_the_earlier_report_is_as_it_was(
    folder, reported_as, monkeypatch, step, error
):
    """The call of this kind that fails is the first, the second, ... until none is left."""
    monkeypatch.setenv("HIPSTUDY_CACHE", "off")  # no folder but that of the report is made
    reported_as("effects", "surfaces", pdf=b"first")
    reported_as("effects", "surfaces", pdf=b"second")
    before = contents(folder / "out")
    place = {"mkdir": Path, "copy2": shutil, "write_bytes": Path, "replace": os, "unlink": Path}[
        step
    ]
    original = getattr(place, step)
    failures = 0
    for which in range(100):
        calls = iter(range(1000))

        def torn(*words, calls=calls, which=which, **more):
            if "old" not in Path(words[0]).parts and next(calls) == which:
                raise error
            return original(*words, **more)

        monkeypatch.setattr(place, step, torn)
        try:
            reported_as("effects", pdf=b"third")
        except (CannotWrite, KeyboardInterrupt):
            failures += 1
            monkeypatch.setattr(place, step, original)
            assert contents(folder / "out") == before, f"{step} {which}"
            assert [p.name for p in (folder / "out").glob(".*")] == []
            assert len(list((folder / "out/history").iterdir())) == 1
        else:
            break
        finally:
            monkeypatch.setattr(place, step, original)
    assert failures >= 1
    assert (folder / "out/good.pdf").read_bytes() == b"third"
    assert (folder / "out/history/2031-04-10-1/good.pdf").read_bytes() == b"second"


def test_a_process_that_dies_in_the_middle_has_lost_nothing(folder, reported_as, monkeypatch):
    reported_as("effects", pdf=b"first")
    before = contents(folder / "out")
    if os.fork() == 0:
        replace = os.replace

        def dying(old, new):
            if Path(new).name == "good.pdf":
                os._exit(9)
            replace(old, new)

        monkeypatch.setattr(results_module.os, "replace", dying)
        reported_as("effects", pdf=b"second")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 9
    assert contents(folder / "out/history/2031-04-09-1") == before
    said = reported_as("effects", pdf=b"third")
    assert "kept in out/history/2031-04-09-2" in said
    assert contents(folder / "out/history/2031-04-09-1") == before
    assert [p.name for p in (folder / "out").glob(".*")] == []


def test_a_failing_run_leaves_everything_in_its_place(folder, reported_as, monkeypatch):
    reported_as("effects")
    before = contents(folder / "out")

    def failing(*_):
        raise RuntimeError("stopped")

    monkeypatch.setattr("hipstudy.report.execute.execute", failing)
    with pytest.raises(RuntimeError):
        report("good.ipynb", out=folder / "out", progress=Progress(io.StringIO()))
    assert contents(folder / "out") == before


def test_a_file_in_the_place_of_the_history_is_refused_before_the_run(folder, monkeypatch):
    monkeypatch.setattr("hipstudy.report.execute.execute", lambda *_: pytest.fail("it ran"))
    (folder / "out").mkdir()
    (folder / "out/history").write_text("mine")
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    with pytest.raises(CannotWrite, match="history is a file, not a folder"):
        report(path, out=folder / "out")
    assert contents(folder / "out") == {}
    assert (folder / "out/history").read_text() == "mine"


def test_a_place_that_is_taken_is_not_replaced(folder, reported_as, monkeypatch):
    reported_as("effects")
    before = contents(folder / "out")
    (folder / "out/history/2031-04-09-1").mkdir(parents=True)
    monkeypatch.setattr(run_history, "_next_shelf", lambda *_: "history/2031-04-09-1")
    with pytest.raises(CannotWrite):
        reported_as("effects")
    assert contents(folder / "out") == before


# The record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A report with a name and two files that its settings name, made by a kernel."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "clinic.csv").write_text("secret row\n")
    (folder / "my.toml").write_text("x = 1\n")
    notebook = tiny.write(folder / "good.ipynb", *tiny.GOOD)
    pairs = [("weeks", "6"), ("cohort", str(folder / "clinic.csv")), ("mcid_nrs", "2"),
             ("label", f"stretch_only | {folder / 'my.toml'}")]  # fmt: skip
    begin = datetime.now().astimezone().replace(microsecond=0)
    report(
        str(notebook), pairs, out=folder / "out", run_name="March <b>clinic</b>", paper="us-letter"
    )
    return folder, begin


def test_the_record_says_when_from_what_by_which_version_and_what(recorded):
    folder, begin = recorded
    table = tomllib.loads((folder / "out/run.toml").read_text("utf-8"))["good"]
    assert begin <= table["time"] <= datetime.now().astimezone()
    expected = {
        "report": "good",
        "run_name": "March <b>clinic</b>",
        "version": __version__,
        "notebook": "good.ipynb",
        "paper": "us-letter",
        "differing": ["cohort", "weeks", "label"],
    }
    assert {name: table[name] for name in expected} == expected
    assert table["settings"] == {
        "cohort": "clinic.csv", "weeks": 6, "mcid_nrs": 2.0, "paired": True,
        "label": "stretch_only | my.toml",
    }  # fmt: skip
    files = [("cohort", "clinic.csv"), ("label", "my.toml")]
    assert table["inputs"] == [
        {"parameter": p, "file": f, "sha256": sha256((folder / f).read_bytes()).hexdigest()}
        for p, f in files
    ]
    assert table["outputs"] == {
        name: sha256(content).hexdigest() for name, content in unrecorded(folder / "out").items()
    }
    printed = " ".join(text(pages_of(folder / "out/good.pdf")).split())
    assert f"fingerprint {table['fingerprint']}" in printed
    assert len(table["code_sha256"]) == len(table["data_sha256"]) == 64


def test_the_record_holds_no_row_and_no_folder(recorded):
    folder, _ = recorded
    words = (folder / "out/run.toml").read_text("utf-8")
    assert "secret" not in words
    assert str(folder) not in words


def test_the_name_is_in_the_head_of_every_page_and_text_everywhere(recorded):
    folder, _ = recorded
    words = text(pages_of(folder / "out/good.pdf"))
    assert "good report · made-up runners" not in words
    assert "hipstudy good report · runners of a cohort file · March <b>clinic</b>" in words
    page = BeautifulSoup((folder / "out/good.html").read_text("utf-8"), "html.parser")
    assert "March <b>clinic</b>" in page.header.get_text()
    assert page.find("b") is None
    executed = nbformat.read(folder / "out/good.ipynb", as_version=4)
    assert "March" not in json.dumps(executed), "the notebook stays what it is without the name"


def test_a_record_is_read_back_as_it_was_written(recorded):
    folder, _ = recorded
    table = run_record.tables(folder / "out")["good"]
    record = RunRecord.of_table(table)
    assert RunRecord.of_table(record.table()) == record
    assert isinstance(record.settings["weeks"], int)
    assert record.settings["paired"] is True
    assert RunRecord.of_table(table | {"of_a_later_version": 1}) == record


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": "spring"}, "time: "),
        ({"time": datetime(2031, 4, 9)}, "offset from UTC"),  # noqa: DTZ001
        ({"report": "other"}, "not of a report of this name"),
        ({"outputs": {"a.csv": [1]}}, "outputs.a.csv: "),
        ({"inputs": [{"file": "a"}]}, "inputs.0."),
    ],
)
def test_what_is_no_record_is_said_so(folder, change, said):
    table = RunRecord("good", DAY, seed=3).table() | change
    (folder / "run.toml").write_text(run_record.text({"good": table}))
    with pytest.raises(NotRecord) as caught:
        run_record.tables(folder)
    assert said in str(caught.value)
    _, (problem,) = run_history.stored_runs(folder)
    assert said in str(problem)


def test_the_digests_follow_what_they_are_of(tmp_path, monkeypatch):
    assert run_record.joint_sha256(["ab", "c"]) != run_record.joint_sha256(["a", "bc"])
    assert run_record.joint_sha256([b"a"]) == run_record.joint_sha256(["a"])
    for name in ("a.csv", "deep/b.toml", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(run_record, "place", lambda *_: tmp_path)
    assert run_record.data_parts() == ["a.csv", b"a.csv", "deep/b.toml", b"deep/b.toml"]


# Names


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "a few words are needed"),
        ("  ", "a few words are needed"),
        ("x" * 61, "at most 60 letters"),
        ("a\nb", "one line"),
        ("a\x1b[31mb", "one line"),
        ("\u202eabc", "one line"),
        ("\u8d70\u8005", "Write it in Latin letters"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_before_the_run(folder, monkeypatch, name, said):
    monkeypatch.setattr("hipstudy.report.execute.execute", lambda *_: pytest.fail("it ran"))
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    with pytest.raises(UsageProblems) as caught:
        report(path, [("weaks", "6")], out=folder / "out", run_name=name)
    assert said in str(caught.value)
    assert "Did you mean weeks?" in str(caught.value), "all that is wrong is said in one go"
    assert str(caught.value).isprintable() or "\n" in str(caught.value)
    assert not (folder / "out").exists()


HOSTILE = [
    "../../x",
    "<script>alert(1)</script>",
    "#import x: *",
    "$(touch pwned)",
    "CON",
    "a/b\\c",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_in_no_file_s_name(folder, reported_as, name):
    for _ in range(2):
        reported_as("effects", run_name=name)
    assert {p.name for p in folder.iterdir()} == {"good.ipynb", "out"}
    every = {p.name for p in (folder / "out").rglob("*")}
    assert every == {"good.ipynb", "good.pdf", "run.toml", CRATE_FILE, "tables", "effects.csv",
                     "history", "2031-04-09-1"}  # fmt: skip
    names = [stored.record.run_name for stored in run_history.stored_runs(folder)[0]]
    assert names == [name, name]


# The list


def test_runs_are_listed_newest_first_wherever_they_are(folder, reported_as):
    for number in range(3):
        reported_as("effects", out=folder / "reports/a", run_name=f"a{number}")
    reported_as("effects", out=folder / "reports/b", run_name="b")
    names = [stored.record.run_name for stored in run_history.stored_runs(folder / "reports")[0]]
    assert names == ["b", "a2", "a1", "a0"]
    one = [stored.record.run_name for stored in run_history.stored_runs(folder / "reports/a")[0]]
    assert one == ["a2", "a1", "a0"]
    for stored in run_history.stored_runs(folder / "reports")[0]:
        assert stored.pdf.read_bytes() == b"%PDF"
    assert run_history.stored_runs(folder / "nowhere") == ([], [])


def test_runs_of_one_second_are_listed_as_they_came(folder, reported_as, monkeypatch):
    monkeypatch.setattr(make_report, "datetime", type("Still", (), {"now": lambda: DAY}))
    for number in range(12):
        reported_as("effects", run_name=str(number))
    names = [int(stored.record.run_name) for stored in run_history.stored_runs(folder)[0]]
    assert names == list(range(11, -1, -1))


@pytest.mark.usefixtures("calendar")
def test_the_same_run_twice_gives_the_same_bytes_and_keeps_both(folder, monkeypatch):
    monkeypatch.setattr(letterhead, "datetime", type("Still", (), {"now": lambda: DAY}))
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    for _ in range(2):
        report(path, [("weeks", "6")], out=folder / "out", run_name="twice")
    (moved,) = (folder / "out/history").iterdir()
    places = (moved, folder / "out")
    first, second = (RunRecord.of_table(run_record.tables(one)["good"]) for one in places)
    assert first.time < second.time
    for name in ("good.pdf", "good.html", "tables/effects.csv"):
        assert first.outputs[name] == second.outputs[name]
        assert (moved / name).read_bytes() == (folder / "out" / name).read_bytes()
