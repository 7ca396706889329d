"""How long each report takes: as a command, and in a worker that has made one; beside a peer.

As a command first with nothing kept, then with what the first has kept; in a worker as well, and
there with another seed too, of which nothing is kept. The peer runs the same notebook with
nbconvert and prints its page with Chromium, in the same run, with nothing kept; it has the details
in its one PDF and no other files. Seconds are by the clock and, in brackets, of the processors.
Then, where the time of the compare report goes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from hipstudy import result_store
from hipstudy.batch.report_task import ReportTask, close_nurseries, outcome_of
from hipstudy.resources import place

REPORTS = ("compare", "cohort", "dose", "evidence")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


def timed(work):
    """Seconds by the clock, and of the processors by this process and those it waited for."""
    before, start = os.times(), perf_counter()
    work()
    after = os.times()
    return perf_counter() - start, sum(after[:4]) - sum(before[:4])


def run(*command, folder):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def as_command(name, folder):
    own = ("--cohort", "example_cohort.csv") if name == "cohort" else ()
    run(sys.executable, "-m", "hipstudy", "report", name, *own, folder=folder)


def in_worker(name, folder, *more):
    own = {"cohort": (("cohort", str(folder / "example_cohort.csv")),)}.get(name, ())
    outcome = outcome_of(ReportTask(name, name, (*own, *more)))
    assert outcome.files is not None, outcome.problems


def by_peer(name, folder):
    with result_store.fresh_results():
        convert_and_print(name, folder)


def convert_and_print(name, folder):
    made = folder / "reports" / name / f"{name}.ipynb"
    shutil.copy(made, folder / "peer.ipynb")
    convert = (sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "peer.ipynb")
    run(*convert, folder=folder)
    page = (folder / "peer.html").as_uri()
    run(CHROMIUM, *QUIET, f"--print-to-pdf={folder / 'peer.pdf'}", page, folder=folder)


def in_process(code):
    """Seconds of the last expression of a program that prints them."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def parts():
    """Print where the time of a compare report goes, in seconds alone in a process."""
    clock = "from time import perf_counter as t; s = t(); "
    imports = in_process(f"{clock} import seaborn, hipstudy.pages.compare_report; print(t() - s)")
    model = in_process(
        f"from hipstudy.studies import compare_study;{clock} compare_study.run(); print(t() - s)"
    )
    figures = in_process(
        "from hipstudy.studies import compare_study\n"
        "from hipstudy.pages import compare_report as p\n"
        f"study = compare_study.run(); p.weeks(study).svg();{clock}"
        "[one(study).svg() for one in (p.weeks, p.front_weeks, p.measures, p.torque, p.causes,"
        " p.answer_figure, p.surface)]; print(t() - s)"
    )
    print(f"of compare: imports {imports:.1f} s, the model {model:.1f} s, "
          f"seven of its figures {figures:.1f} s")  # fmt: skip


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(place("data", "example_cohort.csv"), folder)
        with result_store.fresh_results():
            as_command("cohort", folder)  # warm the disk
        os.environ[result_store.SWITCH] = str(folder / "kept")
        for report in REPORTS:
            said = f"{report:9}"
            works = [("first", as_command), ("command", as_command), ("peer", by_peer)]
            for what, work in works if CHROMIUM else works[:2]:
                clock, used = timed(lambda work=work, report=report: work(report, folder))
                said += f"  {what} {clock:5.1f} s ({used:5.1f})"
            in_worker(report, folder)
            clock, used = timed(lambda report=report: in_worker(report, folder))
            said += f"  second in a worker {clock:5.1f} s"
            if report != "cohort":  # which has no seed
                clock, used = timed(lambda report=report: in_worker(report, folder, ("seed", "7")))
                said += f"  another seed {clock:5.1f} s"
            print(said, flush=True)
            close_nurseries()
    os.environ[result_store.SWITCH] = result_store.OFF
    parts()


if __name__ == "__main__":
    main()
