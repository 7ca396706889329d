"""What a comparison needs of memory: held against its measured peak, and refused where it is."""

import subprocess
import sys

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.studies import compare_study, memory_need

SHIPPED = {"n_runners": 100, "n_arms": 6, "n_draws": 200, "block": 50}
PEAK = """
from pathlib import Path
from hipstudy.studies import compare_study
compare_study.run(weeks=30, n_runners=60, n_draws=100)
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")).split()[1])
"""  # what resource.getrusage says begins with the peak of whoever started the process


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process has no peak of its own")
def test_what_is_said_is_what_a_run_takes():
    """Within a third, of a run that is not among those that the numbers were fitted to."""
    done = subprocess.run([sys.executable, "-c", PEAK], check=True, capture_output=True, text=True)
    size = SHIPPED | {"n_runners": 60, "n_draws": 100}
    said = memory_need.comparison_mb(weeks=30, **size)
    assert float(done.stdout) * 1024 / memory_need.MB == pytest.approx(said, rel=1 / 3)


@pytest.mark.parametrize("more", [{"n_runners": 2000}, {"weeks": 104}, {"n_runners": 50_000}])
def test_no_comparison_needs_a_gigabyte(more):
    assert memory_need.comparison_mb(**({"weeks": 12} | SHIPPED | more)) < 800


def test_a_comparison_that_does_not_fit_is_refused_before_it_runs(monkeypatch):
    monkeypatch.setattr(memory_need, "free_mb", lambda: 200.0)
    with pytest.raises(UsageProblems) as error:
        compare_study.preflight({"weeks": 104})
    (problem,) = error.value.problems
    said = "free memory: found '200 MB'; this comparison over 104 weeks needs about 5"
    assert str(problem).startswith(said)
    weeks = int(problem.mend.split(" weeks or fewer")[0].rsplit(" ", 1)[1])
    compare_study.preflight({"weeks": weeks})
    with pytest.raises(UsageProblems, match="free memory"):
        compare_study.preflight({"weeks": weeks + 1})
    with pytest.raises(UsageProblems, match="free memory"):
        compare_study.run(weeks=104)


def test_where_nothing_would_fit_no_number_of_weeks_is_named(monkeypatch):
    monkeypatch.setattr(memory_need, "free_mb", lambda: 50.0)
    with pytest.raises(UsageProblems) as error:
        compare_study.preflight({})
    assert error.value.problems[0].mend == "Close other programs."


def test_a_system_that_says_nothing_is_not_asked(monkeypatch):
    monkeypatch.setattr(memory_need, "free_mb", lambda: None)
    compare_study.preflight({"weeks": 104})


def test_there_is_some_memory_here():
    free = memory_need.free_mb()
    assert free is None or 10 < free < 1e8
