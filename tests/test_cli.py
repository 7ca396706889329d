"""The command line: what it says, what it returns, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny
from pypdf import PdfReader

from hipstudy import __version__, one_line, protocol
from hipstudy.cli import main
from hipstudy.report import shelf as shelf_module

SLOW = """\
import os, signal, time
with open("pid", "w") as file:
    file.write(str(os.getpid()))
os.rename("pid", "kernel.pid")
signal.signal(signal.SIGINT, signal.SIG_IGN)  # a busy cell does not listen
time.sleep(60)"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def notebooks(tmp_path_factory, monkeypatch):
    """Two reports on the shelf, a copy of one, and a notebook that is none."""
    folder = tmp_path_factory.mktemp("notebooks")
    monkeypatch.setattr(shelf_module, "place", lambda *_: folder)
    tiny.write(folder / "01_compare.ipynb", *tiny.GOOD, report="compare")
    tiny.write(folder / "02_evidence.ipynb", ("markdown", "# What is known"), report="evidence")
    tiny.write(folder / "01_compare-Copy1.ipynb", ("markdown", "# A copy"), report="compare")
    tiny.write(folder / "03_notes.ipynb", ("markdown", "# Notes"))
    return folder


@pytest.fixture
def say(capsys):
    """Run a command; return its exit code, standard output and standard error."""

    def run(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_alone_it_says_the_few_things_one_can_do(say):
    code, out, err = say()
    assert (code, err) == (0, "")
    assert "hipstudy report compare --cohort RBDSinfo.txt" in out
    assert len(out.splitlines()) < 12


def test_version_and_help(say):
    assert say("--version") == (0, f"hipstudy {__version__}\n", "")
    code, out, _ = say("report", "--help")
    assert code == 0
    for word in ("--cohort FILE", "-p NAME VALUE", "--out DIR", "us-letter", "--parameters"):
        assert word in out


def test_report_alone_lists_the_reports(say, notebooks):
    code, out, _ = say("report")
    assert code == 0
    assert [line.split(maxsplit=1) for line in out.splitlines()] == [
        ["report", "title"],
        ["compare", "A tiny report"],
        ["evidence", "What is known"],
    ]
    assert notebooks.exists()


@pytest.mark.usefixtures("notebooks")
def test_parameters_are_listed_with_nothing_cut(say):
    code, out, _ = say("report", "compare", "--parameters")
    assert code == 0
    rows = {line.split()[0]: re.split(r"\s{2,}", line) for line in out.splitlines()}
    assert rows["name"] == ["name", "unit", "range", "default", "meaning"]
    assert rows["weeks"] == ["weeks", "weeks", "1 to 52", "empty", "empty: as prescribed"]


@pytest.mark.usefixtures("notebooks")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "compar"], "Did you mean compare?"),
        (["report", "x.ipynb"], "no such file"),
        (["report", "compare", "-p", "weaks", "6"], "Did you mean weeks?"),
        (["report", "compare", "-p", "weeks", "6.5"], "a whole number is needed"),
        (["report", "compare", "-p", "weeks", "-3"], "within 1 to 52"),
        (["report", "compare", "-p", "weeks"], "requires 2 arguments"),
        (["report", "compare", "--cohort", "x.txt"], "found 'x.txt'; no such file"),
        (["report", "compare", "--cohort", "a", "-p", "cohort", "b"], "Give it once."),
        (["report", "evidence", "--cohort", "x.txt"], "It takes none."),
        (["report", "compare", "--paper", "a5"], "'a5' is not one of"),
        (["report", "-p", "weeks", "6"], "Which report?"),
        (["report", "compare", "more"], "unexpected extra argument"),
        (["repport"], "Did you mean"),
        (["report", "compare", "--cohrt", "x"], "Did you mean"),
        (["lab", "--port", "http"], "not a valid integer"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_right(say, folder, words, said):
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert list(folder.iterdir()) == []


def test_protocols_lists_the_presets_and_prints_one_to_start_from(say, folder):
    code, out, err = say("protocols")
    assert (code, err) == (0, "")
    names = [line.split()[0] for line in out.splitlines()[1:]]
    assert {"stretch_only", "strength_plus_stretch", "article_low"} <= set(names)
    for name in names:
        code, out, _ = say("protocols", name)
        assert code == 0
        (folder / f"{name}.toml").write_text(out, encoding="utf-8")
        assert protocol.read(folder / f"{name}.toml").name == name
    code, out, err = say("protocols", "strech_only")
    assert (code, out) == (2, "")
    assert "Did you mean stretch_only?" in err


def test_a_prescription_on_one_line_is_printed_as_toml(say, folder):
    line = 'hip-flexor 3x10 @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily; name mine, note "\\n"'
    code, out, err = say("protocols", line)
    assert (code, err) == (0, "")
    (folder / "mine.toml").write_text(out, encoding="utf-8")
    assert protocol.read(folder / "mine.toml") == one_line.parse(line)
    code, out, err = say("protocols", "hip-flexr 3x10, puase 2 s, 3/wk")
    assert (code, out) == (2, "")
    assert [text.partition(";")[0] for text in err.splitlines()] == [
        "own, character 1: found 'hip-flexr'",
        "own, character 17: found 'puase 2 s'",
        "own, character 32: found 'nothing'",
    ]


def test_a_notebook_that_is_none_is_said(say):
    Path("x.ipynb").write_text("{")
    code, _, err = say("report", "x.ipynb")
    assert code == 2
    assert "found 'x.ipynb'; this is no notebook of format 4" in err
    code, _, err = say("report", "y.ipynb")
    assert "Did you mean x.ipynb?" in err


@pytest.mark.parametrize("words", [["--debug", "report", "x"], ["report", "x", "--debug"]])
def test_debug_shows_the_trace_before_and_after_the_command(say, words):
    code, _, err = say(*words)
    assert code == 2
    assert "Traceback" in err


def test_the_unforeseen_is_one_sentence(say, monkeypatch):
    def broken(*_args):
        raise ValueError("two\nlines")

    monkeypatch.setattr(shelf_module, "shelf", broken)
    code, out, err = say("report")
    assert (code, out) == (1, "")
    assert err == (
        "hipstudy: this was not foreseen: ValueError: two lines. "
        "Run again with --debug to see where.\n"
    )
    assert "Traceback" in say("report", "--debug")[2]


def command(*words, **more):
    def as_in_a_terminal():  # what runs in the background of a shell ignores Ctrl-C
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    more |= {} if os.name == "nt" else {"preexec_fn": as_in_a_terminal}
    return subprocess.Popen([sys.executable, "-m", "hipstudy", *words], **pipes, **more)


def test_a_report_by_its_path_ends_with_the_path_of_the_pdf(folder):
    tiny.write(folder / "my copy.ipynb", *tiny.GOOD)
    process = command("report", "my copy.ipynb", "-p", "weeks", "6", "--paper", "us-letter")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == f"{Path('reports/my-copy/my-copy.pdf')}\n"
    assert err.splitlines() == [
        "checking the parameters and the data",
        "running the notebook",
        "writing the report",
    ]
    assert "reports/my-copy/tables/effects.csv" in files(folder)
    width, height = PdfReader(folder / out.strip()).pages[0].mediabox[2:]
    assert (float(width), float(height)) == (612, 792)  # points: Letter


def test_a_failing_notebook_is_1_and_writes_nothing(folder):
    tiny.write(folder / "x.ipynb", tiny.TITLE, ("code", "1 / 0"))
    process = command("report", "x.ipynb")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1].endswith(": ZeroDivisionError: division by zero")
    assert "Traceback" not in err
    assert files(folder) == {"x.ipynb"}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize(
    "signals", [[signal.SIGINT], [signal.SIGINT, signal.SIGINT], [signal.SIGTERM]]
)
def test_ctrl_c_half_way_leaves_earlier_results_and_no_kernel(folder, signals):
    tiny.write(folder / "slow.ipynb", tiny.TITLE, ("code", SLOW))
    scratch = folder / "scratch"
    scratch.mkdir()
    earlier = folder / "reports/slow/slow.pdf"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("earlier")
    process = command("report", "slow.ipynb", env={**os.environ, "TMPDIR": str(scratch)})
    wait_for(lambda: Path("kernel.pid").exists() or process.poll() is not None)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.02)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "stopped; nothing was written"
    assert "Traceback" not in err
    assert files(folder) == {"slow.ipynb", "kernel.pid", "reports/slow/slow.pdf"}
    assert earlier.read_text() == "earlier"
    assert list(scratch.iterdir()) == []
    assert list(earlier.parent.iterdir()) == [earlier]
    kernel = int(Path("kernel.pid").read_text())
    wait_for(lambda: not is_running(kernel), seconds=3)


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE on Windows")
def test_a_reader_that_has_seen_enough_is_no_error():
    process = command("--help")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 0
    process.stderr.close()


def test_listing_parameters_loads_nothing_heavy(folder):
    tiny.write(folder / "x.ipynb", *tiny.GOOD)
    code = (
        "import sys; from hipstudy.cli import main; main(['report', 'x.ipynb', '--parameters']);"
        "print(sorted({'numpy', 'pandas', 'papermill', 'nbformat', 'pydantic', 'jupyter_client'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
