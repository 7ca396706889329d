"""What several test files share: the open runners, and one small run of the model."""

import gc
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import breaks
import hypothesis
import long_results
import pytest
import session_results

from hipstudy import parameters
from hipstudy.model import adherence, baseline, cohort
from hipstudy.model.causes import WORLDS
from hipstudy.model.simulate import simulate
from hipstudy.prescription import design
from hipstudy.report.absent_modules import absent
from hipstudy.resources import place

with absent("rfc3987_syntax"):  # as a report does, before any test asks for nbformat
    import jsonschema  # noqa: F401
session_results.begin()
if os.environ.get("HIPSTUDY_BREAK"):
    breaks.apply(os.environ["HIPSTUDY_BREAK"])

# No deadlines: how long an example takes, or is in the making, is how busy the machine is.
is_slow = hypothesis.HealthCheck.too_slow
hypothesis.settings.register_profile("hipstudy", deadline=None, suppress_health_check=[is_slow])
hypothesis.settings.load_profile("hipstudy")


def pytest_collection_finish():
    """Let no later collection of garbage walk over what was imported: statsmodels asks for many."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure():
    """Leave nothing behind."""
    session_results.end()


@pytest.fixture(scope="module")
def long_rows(request):
    """Rows of a module's long checks, left in reports/ under the module's name."""
    rows = []
    yield rows
    if rows:
        long_results.leave(rows, request.module.__name__.rpartition(".")[2].removeprefix("test_"))


@pytest.fixture(scope="session")
def rbds_file(tmp_path_factory):
    """The open table of runners, as somebody has it who downloaded it."""
    file = tmp_path_factory.mktemp("downloaded") / "RBDSinfo.txt"
    shutil.copyfile(place("data", "RBDSinfo.txt"), file)
    return file


@pytest.fixture(scope="session")
def example_study():
    """The study of the made-up example by the default plan; nothing changes it."""
    from hipstudy.studies import cohort_study  # after what is broken on purpose

    return cohort_study.run(cohort=str(place("data", "example_cohort.csv")))


@pytest.fixture(scope="session")
def small():
    """Run arms on few runners: returns a function of arm names and settings."""

    def run(*names, n_runners=12, seed=1, weeks=None, values=None, folder=Path(), **overrides):
        made = design.build(names, overrides=overrides, weeks=weeks, folder=folder)
        runners = cohort.draw(n_runners, seed=seed)
        values = parameters.draw(8, seed=seed) if values is None else values
        starts = {w: baseline.draw(runners, w, values, seed=seed) for w in WORLDS}
        found, done = {}, {}
        for arm in made.arms:
            done[arm.name] = adherence.attend(runners, arm, values, weeks=made.weeks, seed=seed)
            found[arm.name] = simulate(runners, starts, arm, done[arm.name], values)
        return SimpleNamespace(
            design=made, cohort=runners, values=values, starts=starts, arms=found, done=done
        )

    return run
