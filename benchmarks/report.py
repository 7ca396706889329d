"""How long each report takes: as a command, and in a worker that has made one; beside a peer.

As a command first with nothing kept of earlier runs, then with what the first has kept; in a worker
as the second of the same settings, and then with another seed, of which nothing is kept. The peer
runs the same notebook with nbconvert and prints its page with Chromium, in the same run, with
nothing kept; it has the details in its one PDF and no other files. Then, where the time of the
compare report goes. Seconds are by the clock and, in brackets, of the processors: where others use
them too, only the latter can be compared. ``report.py PYTHON`` does the same, in turn, with the
hipstudy of another interpreter; names of reports after it leave the others out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from hipstudy import result_store
from hipstudy.resources import place

REPORTS = ("compare", "cohort", "dose", "evidence")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
COHORT = "example_cohort.csv"

WORKER = """
import sys
from time import perf_counter
import psutil
from hipstudy.batch.report_task import ReportTask, outcome_of

def used():
    own = psutil.Process()
    return sum(sum(one.cpu_times()[:4]) for one in (own, *own.children(recursive=True)))

name, *pairs = sys.argv[1:]
own = (tuple(pairs),) if pairs else ()
more = own if name == "cohort" else (("seed", "7"),)  # that of a cohort report is no setting
for given in (own, own, more):
    before, start = used(), perf_counter()
    outcome = outcome_of(ReportTask(name, name, given))
    assert outcome.files is not None, outcome.problems
    print(perf_counter() - start, used() - before)
"""

IMPORTS = """
from time import process_time
start = process_time()
import hipstudy.pages.compare_report, hipstudy.studies.sensitivity
print(process_time() - start)
"""

# Only what hipstudy.figures and matplotlib do, and nothing of what a page does with numbers.
FIGURES = """
import functools, importlib, inspect, pkgutil
from time import process_time
import hipstudy.figures
from hipstudy import show

spent, depth = 0.0, 0

def counted(function):
    @functools.wraps(function)
    def inner(*args, **options):
        global spent, depth
        start, depth = process_time(), depth + 1
        try:
            return function(*args, **options)
        finally:
            depth -= 1
            spent += 0 if depth else process_time() - start
    return inner

for one in pkgutil.iter_modules(hipstudy.figures.__path__, "hipstudy.figures."):
    module = importlib.import_module(one.name)
    for name, value in inspect.getmembers(module, inspect.isfunction):
        if value.__module__ == one.name and one.name != "hipstudy.figures.style":
            setattr(module, name, counted(value))
            if getattr(hipstudy.figures, name, None) is value:
                setattr(hipstudy.figures, name, getattr(module, name))
show.Figure.svg = counted(show.Figure.svg)

from hipstudy.pages import compare_report as pages
from hipstudy.studies import compare_study

start = process_time()
study = compare_study.run()
model = process_time() - start
pages.weeks(study).svg()
spent = 0.0
drawn = (pages.weeks, pages.front_weeks, pages.measures, pages.torque, pages.causes,
         pages.answer_figure, pages.surface)
for one in drawn:
    one(study).svg()
print(model, spent)
"""


def timed(work):
    """Seconds by the clock, and of the processors by this process and those it waited for."""
    before, start = os.times(), perf_counter()
    work()
    after = os.times()
    return perf_counter() - start, sum(after[:4]) - sum(before[:4])


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def as_command(python, name, folder):
    own = ("--cohort", COHORT) if name == "cohort" else ()
    run(python, "-m", "hipstudy", "report", name, *own, folder=folder)


def in_worker(python, name, folder):
    """Clock and processor of the second report in a worker, and of one with another seed."""
    own = ("cohort", str(folder / COHORT)) if name == "cohort" else ()
    lines = run(python, "-c", WORKER, name, *own, folder=folder).splitlines()
    return [map(float, line.split()) for line in lines[1:]]


def by_peer(name, folder):
    made = folder / "reports" / name / f"{name}.ipynb"
    shutil.copy(made, folder / "peer.ipynb")
    convert = (sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "peer.ipynb")
    with result_store.fresh_results():
        run(*convert, folder=folder)
    page = (folder / "peer.html").as_uri()
    run(CHROMIUM, *QUIET, f"--print-to-pdf={folder / 'peer.pdf'}", page, folder=folder)


def said(what, clock, used):
    return f"  {what} {clock:.1f} s ({used:.1f})"


def parts(python, folder):
    """Where the time of a compare report goes, in seconds of the processor, each part alone."""
    imports = float(run(python, "-c", IMPORTS, folder=folder))
    model, figures = map(float, run(python, "-c", FIGURES, folder=folder).split())
    return (f"of compare: imports {imports:.1f} s, the model {model:.1f} s, "
            f"seven of its figures {figures:.1f} s of the processor")  # fmt: skip


def main():
    other, reports = sys.argv[1:2], sys.argv[2:] or REPORTS
    pythons = {**dict(zip(("before",), other, strict=False)), "now": sys.executable}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(place("data", COHORT), folder)
        with result_store.fresh_results():
            for python in pythons.values():  # warm the disk
                as_command(python, "cohort", folder)
        for report in reports:
            os.environ[result_store.SWITCH] = str(folder / f"kept {report}")
            for when, python in pythons.items():
                line = f"{report:9} {when}"
                for what in ("command, nothing kept", "command"):
                    clock = timed(lambda p=python, r=report: as_command(p, r, folder))
                    line += said(what, *clock)
                second, seed = in_worker(python, report, folder)
                line += said("second in a worker", *second)
                print(
                    line + ("" if report == "cohort" else said("another seed", *seed)), flush=True
                )
            if CHROMIUM:
                print(f"{report:9} {said('peer', *timed(lambda r=report: by_peer(r, folder)))}")
        os.environ[result_store.SWITCH] = result_store.OFF
        for when, python in pythons.items():
            print(f"{when}, {parts(python, folder)}")


if __name__ == "__main__":
    main()
