"""A notebook run strictly, and its results written together or not at all."""

import asyncio
import errno
import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty

import nbformat
import pytest
import tiny

from hipstudy import __version__
from hipstudy import files as results_module
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.files import CannotWrite, results_for
from hipstudy.progress_bar import Progress
from hipstudy.report import letterhead
from hipstudy.report.execute import NotebookFailed, execute
from hipstudy.report.kernel import OnlyThisInterpreter, StrictClient
from hipstudy.report.make_report import plan, report
from hipstudy.report.run_inputs import fingerprint

OUTPUTS = {"good.html", "good.pdf", "good.docx", "good.xlsx", "tables/effects.csv"}
ONE_DAY = type("OneDay", (), {"now": lambda: datetime(2031, 4, 9, 10, 30, tzinfo=UTC)})
NAMES = OUTPUTS | {"good.ipynb", "run.toml", "ro-crate-metadata.json"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def source(*cells, **marks):
    return str(tiny.write(Path("good.ipynb"), *cells, **marks))


def run_code(*sources):
    notebook = tiny.notebook(tiny.TITLE, *(("code", text) for text in sources))
    return execute(notebook, {}, Progress())


# The whole way


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    notebook = tiny.write(folder / "good.ipynb", *tiny.GOOD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letterhead, "datetime", ONE_DAY)
        report(str(notebook), [("weeks", "6"), ("mcid_nrs", "2.0")], out=folder / "out")
    return folder


def test_the_report_leaves_its_files_and_nothing_else(made):
    assert files(made) == {"good.ipynb", *(f"out/{name}" for name in NAMES)}
    assert (made / "out/good.pdf").read_bytes().startswith(b"%PDF")
    assert "A tiny report" in (made / "out/good.html").read_text("utf-8")
    assert (
        made / "out/tables/effects.csv"
    ).read_text() == "arm,change\nstretch,6.0\nstrength,2.0\n"


def test_only_what_differs_is_injected_and_with_its_type(made):
    executed = nbformat.read(made / "out/good.ipynb", as_version=4)
    nbformat.validate(executed)
    injected = [c for c in executed.cells if "injected-parameters" in c.metadata.get("tags", [])]
    assert [cell.source.strip() for cell in injected] == ["# Parameters\nweeks = 6"]


def test_the_executed_notebook_names_no_place_and_no_time(made):
    text = (made / "out/good.ipynb").read_text("utf-8")
    assert str(made) not in text
    assert "papermill" not in text
    assert "iopub.execute_input" not in text


def test_the_same_run_elsewhere_gives_the_same_bytes(made, folder, monkeypatch):
    monkeypatch.setattr(letterhead, "datetime", ONE_DAY)
    report(source(*tiny.GOOD), [("weeks", "6")])
    for name in OUTPUTS:
        assert (folder / "reports/good" / name).read_bytes() == (made / "out" / name).read_bytes()


def test_the_executed_notebook_can_be_run_again_as_it_was(made):
    again = plan(str(made / "out/good.ipynb"), [])
    assert again.values == {"weeks": 6}
    assert fingerprint(again) == fingerprint(plan(source(*tiny.GOOD), [("weeks", "6")]))
    assert plan(str(made / "out/good.ipynb"), [("label", "x")]).values == {"weeks": 6, "label": "x"}


# The kernel


def test_the_kernel_is_this_interpreter_whatever_the_account_has(folder, monkeypatch):
    spec = folder / "data/kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(folder / "data"))
    start_up = folder / "ipython/profile_default/startup"
    start_up.mkdir(parents=True)
    (start_up / "mine.py").write_text("mine = 1")
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    for name in ("numpy.py", "hipstudy.py", "pathlib.py"):
        Path(name).write_text("raise ImportError('shadowed')")
    (cell,) = run_code(
        "import hipstudy, numpy, os, sys\n"
        "(sys.executable, hipstudy.__version__, os.getcwd(), 'mine' in globals())"
    ).cells[1:]
    expected = (sys.executable, __version__, str(folder), False)
    assert cell.outputs[0]["data"]["text/plain"].split() == repr(expected).split()


def test_any_kernel_name_gives_this_interpreter():
    specs = OnlyThisInterpreter()
    assert specs.get_kernel_spec("conda-env-mine-py").argv[0] == sys.executable
    assert list(specs.get_all_specs()) == list(specs.find_kernel_specs()) == ["python3"]


def test_a_report_s_kernel_keeps_no_history_and_jupyterlab_s_does():
    (cell,) = run_code("(get_ipython().history_manager.enabled, In[-1][:4])").cells[1:]
    assert cell.outputs[0]["data"]["text/plain"] == "(False, '(get')"
    assert "History" not in " ".join(OnlyThisInterpreter().get_kernel_spec("any").argv)


def test_a_kernel_that_never_answers_is_given_up(monkeypatch):
    async def silent(*_, **__):
        raise Empty

    async def alive():
        return True

    client = StrictClient()
    monkeypatch.setattr(client, "kernel_info", lambda: None)
    monkeypatch.setattr(client, "get_shell_msg", silent)
    monkeypatch.setattr(client, "is_alive", alive)
    with pytest.raises(RuntimeError, match="didn't respond in 0 seconds"):
        asyncio.run(client.wait_for_ready(timeout=0))


def test_a_failing_cell_is_named_and_explained_in_a_sentence():
    with pytest.raises(NotebookFailed) as caught:
        run_code("x = 1", "\ny = x / 0  # why not\nz = 2", "open('went_on', 'w')")
    assert str(caught.value) == (
        'the notebook stopped in the cell `y = x / 0  # why not` under "A tiny report": '
        "ZeroDivisionError: division by zero"
    )
    assert caught.value.exit_code == 1
    assert "ZeroDivisionError" in caught.value.detail
    assert "\x1b" not in caught.value.detail
    assert not Path("went_on").exists()


def test_a_notebook_may_end_itself_before_its_last_cell():
    executed = run_code("x = 1\nx", "raise SystemExit", "open('went_on', 'w')")
    shown, ended, after = (cell.outputs for cell in executed.cells[1:])
    assert (len(shown), after) == (1, [])
    assert "SystemExit" in [one.get("ename") for one in ended]
    assert executed.metadata.language_info.name == "python"
    assert not Path("went_on").exists()


LATE = """\
import time
kernel = get_ipython().kernel
plain = kernel._publish_status
def late(*status, **more):
    kernel._publish_status = plain
    time.sleep(5)  # as where the machine stands still
    plain(*status, **more)
kernel._publish_status = late
1 + 1"""


def test_a_kernel_that_says_late_that_it_has_ended_a_cell_is_waited_for():
    shown = run_code(LATE, "2 + 2").cells[1:]
    assert [cell.outputs[0].data["text/plain"] for cell in shown] == ["2", "4"]


def test_a_kernel_that_is_slow_to_begin_is_waited_for_as_long(monkeypatch):
    """Ten minutes in which it is alive; papermill by itself gives up after one."""
    plain, limits = StrictClient.wait_for_ready, []

    async def watched(self, timeout=None):
        limits.append(timeout)
        await plain(self, timeout)

    monkeypatch.setattr(StrictClient, "wait_for_ready", watched)
    run_code("1 + 1")
    assert limits == [600]


def test_outputs_of_an_earlier_run_are_gone():
    notebook = tiny.notebook(tiny.TITLE, ("code", ""), ("code", "1 + 1"))
    for cell in notebook["cells"][1:]:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "old"}]
    empty, sum_cell = execute(notebook, {}, Progress()).cells[1:]
    assert empty.outputs == []
    assert [one.data["text/plain"] for one in sum_cell.outputs] == ["2"]


@pytest.mark.parametrize(("kind", "code"), [("UsageProblems", 2), ("DataProblems", 1)])
def test_problems_found_in_a_cell_are_listed_as_they_are(kind, code):
    with pytest.raises(NotebookFailed) as caught:
        run_code(
            f"from hipstudy.errors import Problem, {kind}\n"
            f"raise {kind}([Problem('row 3', '-1', 'too low'), Problem('row 4', '99', 'too high')])"
        )
    assert str(caught.value) == "row 3: found '-1'; too low\nrow 4: found '99'; too high"
    assert caught.value.exit_code == code


def test_a_kernel_that_dies_is_said_so():
    with pytest.raises(NotebookFailed, match="kernel died in the cell `import os`"):
        run_code("import os\nos._exit(9)")


def test_a_kernel_that_cannot_start_is_said_so(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(NotebookFailed, match="kernel did not start") as caught:
        run_code("1")
    assert "encodings" in caught.value.detail


def test_no_kernel_outlives_the_run():
    with pytest.raises(NotebookFailed) as caught:
        run_code("import os\nraise ValueError(os.getpid())")
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(caught.value).split()[-1]), 0)


# Before any kernel starts


@pytest.fixture
def no_kernel(monkeypatch):
    def started(*_args, **_kwargs):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("hipstudy.report.execute.execute", started)


@pytest.mark.usefixtures("no_kernel")
def test_what_is_wrong_is_said_before_a_kernel_starts(folder):
    with pytest.raises(UsageProblems, match="Did you mean weeks"):
        report(source(*tiny.GOOD), [("weaks", "6")])
    assert files(folder) == {"good.ipynb"}


@pytest.mark.usefixtures("no_kernel")
def test_the_preflight_gets_every_parameter_and_may_refuse(monkeypatch):
    import hipstudy.errors as there

    def preflight(parameters):
        raise DataProblems([there.Problem("all", str(parameters), "refused")])

    preflight.__module__ = "hipstudy.errors"
    monkeypatch.setattr(there, "preflight", preflight, raising=False)
    path = source(*tiny.GOOD, preflight="hipstudy.errors:preflight")
    with pytest.raises(DataProblems) as caught:
        report(path, [("weeks", "6")])
    assert eval(caught.value.problems[0].value) == {  # noqa: S307 - our own repr
        "cohort": "",
        "weeks": 6,
        "mcid_nrs": 2.0,
        "paired": True,
        "label": "a#b = c",
        "report_date": "",
    }


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    "named",
    [
        "os:system",
        "hipstudy.nowhere:check",
        "hipstudy.resources:no",
        "hipstudy.errors:get_close_matches",
        "x",
    ],
)
def test_a_preflight_from_elsewhere_is_refused(named):
    with pytest.raises(UsageProblems, match="a function of hipstudy is needed"):
        report(source(*tiny.GOOD, preflight=named))


def test_the_fingerprint_follows_contents_and_not_places():
    path = source(*tiny.GOOD)
    plain = fingerprint(plan(path, []))
    assert len(plain) == 12
    for name, text in (("a.csv", "1"), ("b.csv", "1"), ("c.csv", "2")):
        Path(name).write_text(text)
    marks = [fingerprint(plan(path, [("cohort", name)])) for name in ("a.csv", "b.csv", "c.csv")]
    assert marks[0] == marks[1]
    others = [plain, marks[0], marks[2], fingerprint(plan(path, [("weeks", "6")]))]
    assert len(set(others)) == 4
    assert fingerprint(plan(path, [("mcid_nrs", "2")])) == plain
    assert fingerprint(plan(source(*tiny.GOOD[:-1]), [])) != plain


# Writing


def staged(folder, *names):
    with results_for(folder) as results:
        for name in names:
            results.add(name, "new")
        results.place()


def test_results_replace_earlier_ones_and_leave_other_files(folder):
    staged(folder / "a/b", "x.csv", "tables/y.csv")
    (folder / "a/b/tables/mine.csv").write_text("mine")
    staged(folder / "a/b", "x.csv", "tables/y.csv")
    assert files(folder) == {"a/b/x.csv", "a/b/tables/y.csv", "a/b/tables/mine.csv"}


def test_nothing_is_left_when_writing_fails_half_way(folder):
    with suppress(ValueError), results_for(folder / "a/b") as results:
        results.add("x.csv", "new")
        raise ValueError
    assert list(folder.iterdir()) == []


def refuse(monkeypatch, at, error):
    replace = os.replace

    def refusing(old, new):
        if Path(new).name == at and "new" in Path(old).parts:
            raise error
        replace(old, new)

    monkeypatch.setattr(results_module.os, "replace", refusing)


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "in use"), KeyboardInterrupt()])
def test_earlier_results_come_back_when_the_last_name_cannot_be_given(folder, monkeypatch, error):
    (folder / "out").mkdir()
    (folder / "out/x.csv").write_text("old")
    refuse(monkeypatch, "y.pdf", error)
    with pytest.raises(type(error)):
        staged(folder / "out", "x.csv", "tables/z.csv", "y.pdf")
    assert {n: (folder / n).read_text() for n in files(folder)} == {"out/x.csv": "old"}
    assert not (folder / "out/tables").exists()


def test_a_full_disk_is_said_and_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr("hipstudy.report.execute.execute", lambda *_: tiny.executed())

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = source(*tiny.GOOD)
    monkeypatch.setattr(results_module.Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="The disk is full: free some space") as caught:
        report(path)
    assert "reports/good" in str(caught.value)
    assert caught.value.exit_code == 2
    assert {p.name for p in folder.iterdir()} == {"good.ipynb"}


def test_a_really_full_disk_keeps_the_earlier_results(folder):
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)]
    linux = sys.platform == "linux"
    if not linux or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        staged(disk, "x.csv")
        with pytest.raises(CannotWrite, match="The disk is full"):
            report(source(*tiny.GOOD), out=disk)
        assert files(disk) == {"x.csv"}
        assert [p.name for p in disk.iterdir()] == ["x.csv"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_where_the_folder_should_be_is_refused_first(folder, out):
    Path("file").write_text("mine")
    with pytest.raises(CannotWrite, match="file is a file, not a folder"):
        report(source(*tiny.GOOD), out=Path(out))
    assert files(folder) == {"file", "good.ipynb"}


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder that nobody may write to")
def test_an_unwritable_folder_is_refused_first():
    with pytest.raises(CannotWrite, match=r"cannot write to /proc/reports .* --out"):
        report(source(*tiny.GOOD), out=Path("/proc/reports"))


def test_a_forgotten_breakpoint_stops_no_report():
    """Whatever else the kernel's environment says: nobody is there to answer."""
    assert run_code("breakpoint()\n1 + 1").cells[-1].outputs[0].data["text/plain"] == "2"
