"""What doses and the evidence need of memory: measured peaks, known answers, and refusals."""

import os
import subprocess
import sys

import pytest

from hipstudy import reused_memory
from hipstudy.errors import UsageProblems
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.studies import dose_study, evidence_study, memory_need, sweep_memory

GRID = SweepGrid((1, 3), (0, 1, 3), ("unloaded",), (0.0, 28.0))
SHIPPED = dose_study.DoseSettings.check({}).grid()
DOSES = (
    "dose_study.run(n_runners=40, weeks=10, sets='1, 3', sessions_per_week='1, 3', "
    "loads='unloaded', stretch_min_wk='0, 28')"
)
PEAK = """
from pathlib import Path
from hipstudy.studies import dose_study, evidence_study
{run}
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")).split()[1])
"""


def peak_mb(run):
    """Of a process whose memory is handed back as a kernel's is."""
    program = PEAK.format(run=run)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True,
                          text=True, env=os.environ | reused_memory.ENVIRONMENT)  # fmt: skip
    return float(done.stdout) * 1024 / memory_need.MB


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process has no peak of its own")
def test_what_is_said_is_what_a_run_takes():
    """Within a third, of runs that are not among those that the numbers were held against."""
    said = sweep_memory.dose_mb(GRID, weeks=10, n_runners=40)
    assert peak_mb(DOSES) == pytest.approx(said, rel=1 / 3)
    said = sweep_memory.evidence_mb(samples=32, n_runners=20)
    run = "evidence_study.run(samples=32, n_runners=20)"
    assert peak_mb(run) == pytest.approx(said, rel=1 / 3)


def test_a_table_of_very_many_doses_is_most_of_what_they_need():
    """20,592,000 rows of 380 bytes."""
    many = SweepGrid(tuple(range(1, 11)), tuple(range(11)), SHIPPED.loads * 5, (0.0,) * 10)
    rows = 4 * 9 * 53 * 10 * 11 * 10 * 10
    need = sweep_memory.dose_mb(many, weeks=52, n_runners=60)
    assert need == pytest.approx(memory_need.PROGRAM_MB + rows * 380 / 1e6)
    assert sweep_memory.dose_mb(SHIPPED, weeks=12, n_runners=60) < 500


def test_what_is_carried_is_bounded_along_weeks_and_runners():
    size = {"weeks": 52, "n_runners": 60}
    assert sweep_memory.dose_mb(GRID, **(size | {"n_runners": 500})) < 1000
    assert sweep_memory.dose_mb(GRID, **size) < 700
    assert sweep_memory.evidence_mb(samples=4096, n_runners=100) < 500


def test_doses_that_do_not_fit_are_refused_before_they_run(monkeypatch):
    monkeypatch.setattr(memory_need, "free_mb", lambda: 400.0)
    with pytest.raises(UsageProblems) as error:
        dose_study.preflight({"weeks": 52})
    (problem,) = [one for one in error.value.problems if "doses" in str(one)]
    said = "free memory: found '400 MB'; this report on 350 doses over 52 weeks needs about "
    assert str(problem).startswith(said)
    assert problem.mend.endswith(" weeks or fewer, or look at fewer doses.")
    weeks = int(problem.mend.split(" weeks or fewer")[0].rsplit(" ", 1)[1])
    dose_study.preflight({"weeks": weeks})
    with pytest.raises(UsageProblems, match="free memory"):
        dose_study.run(weeks=52)


def test_evidence_that_does_not_fit_is_refused_before_it_runs(monkeypatch):
    for free, mend in ((310.0, "or take fewer samples."), (100.0, "Close other programs.")):
        monkeypatch.setattr(memory_need, "free_mb", lambda free=free: free)
        for ask in (evidence_study.preflight, lambda given: evidence_study.run(**given)):
            with pytest.raises(UsageProblems, match="this report with 4096 samples") as error:
                ask({"samples": 4096})
            assert error.value.problems[0].mend.endswith(mend)
    monkeypatch.setattr(memory_need, "free_mb", lambda: None)
    evidence_study.preflight({"samples": 4096})
