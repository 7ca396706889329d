"""What ``goals.py`` measures: one number of one hipstudy, in a process of its own.

    python benchmarks/goal_work.py FOLDER_OF_THE_CODE WHAT OF_WHAT FOLDER_FOR_FILES

The hipstudy that PYTHONPATH finds first is measured; for reports it is that in the first folder,
which only the programs that are started here find. Printed are the numbers, and what must be the
same before and now. Without arguments nothing is done.
"""

import contextlib
import hashlib
import inspect
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np


def digest(*parts):
    """One short text that another digit anywhere changes."""
    made = hashlib.sha256()
    for part in parts:
        is_numbers = isinstance(part, np.ndarray) and part.dtype != object
        made.update(np.ascontiguousarray(part).tobytes() if is_numbers else str(part).encode())
    return made.hexdigest()[:16]


def least_seconds(work, times):
    seconds = []
    for _ in range(times):
        start = process_time()
        made = work()
        seconds.append(process_time() - start)
    return min(seconds), made


def model(root, what, _):
    """How often the model's answer could be copied while it is made, of 20,000 limbs."""
    sys.path.insert(0, str(root / "benchmarks"))  # its own, by which it is called
    import simulate as bench

    from hipstudy.model import adaptation, causes, weekly_dose
    from hipstudy.model.simulate import simulate

    values, runners, starts, arm, done = bench.prepare(10_000, causes.WORLDS)
    first = (runners,) if "cohort" in inspect.signature(adaptation.targets).parameters else ()
    more = {"with_recent": False} if "with_recent" in inspect.signature(simulate).parameters else {}

    def daily_state():
        dose = weekly_dose.doses(arm, done, values)
        aims = adaptation.targets(*first, dose, values, every_d=1)
        start = starts["weak"]
        return [adaptation.torque_gain(arm, runners, start, aims, values, every_d=1).state]

    def nine_outcomes():
        levels = replace(starts["weak"].levels)  # which have kept nothing of the run before
        new = {world: replace(start, levels=levels) for world, start in starts.items()}
        truth = simulate(runners, new, arm, done, values, **more)
        return [np.moveaxis(one, -1, 1) for one in truth.outcomes.values()]

    def times_copying(work):
        seconds, made = least_seconds(work, 7)
        there = [np.zeros(one.shape) for one in made]
        copying, _ = least_seconds(lambda: list(map(np.copyto, there, made)), 60)
        return [seconds / copying, 1e3 * seconds], digest(*made)

    work = {"state": daily_state, "outcomes": nine_outcomes}[what]
    numbers, given = times_copying(work)
    if not hasattr(bench, "reuse_memory"):
        return [*numbers, *numbers], given
    bench.reuse_memory()
    if what == "state":
        place = np.empty((bench.DAYS + 1, 1, runners.n_limbs))
        work = lambda: [bench.daily_state(values, runners, starts, arm, done, out=place)]  # noqa: E731
    others, given_other = times_copying(work)
    return [*numbers, *others], given if given_other == given else f"{given} or {given_other}"


def example(folder):
    from hipstudy.resources import place

    return Path(shutil.copy(place("data", "example_cohort.csv"), folder))


def report(root, name, folder):
    """Both commands and a worker, started here, of the hipstudy in another folder."""
    import report as bench

    where = Path(tempfile.mkdtemp(dir=folder))
    example(where)
    os.environ |= {"PYTHONPATH": str(root), "HIPSTUDY_CACHE": str(where / "kept")}

    def command():
        _, seconds = bench.timed(lambda: bench.as_command(sys.executable, name, where))
        tables = sorted((where / "reports" / name).rglob("*.csv"))
        return seconds, {one.name: digest(one.read_bytes()) for one in tables}

    cold, tables = command()
    kept, again = command() if (root / "hipstudy" / "result_store.py").exists() else (cold, tables)
    if again != tables:
        sys.exit("tables of kept results are not those of the first run")
    clock, used = bench.in_worker(sys.executable, name, where)[0]
    return [cold, kept, used, clock], tables


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def comparison_memory(_, weeks, __):
    from hipstudy.studies import compare_study

    study = compare_study.run(weeks=int(weeks))
    return [peak_mb()], digest(study.effects().to_csv())


def cohort_memory(_, rows, folder):
    import cohort_rows as bench

    with contextlib.redirect_stdout(io.StringIO()):
        bench.run_cells(str(bench.large(int(rows), folder)))
    return [peak_mb()], ""


def check(_, name, folder):
    import reading as bench

    from hipstudy.cohort_file.check import check_file

    file = Path(folder) / name
    if not file.exists():
        write = "to_csv" if file.suffix == ".csv" else "to_excel"
        getattr(bench.plain_cohort(), write)(file, index=False)
    check_file(example(folder))
    seconds, made = least_seconds(lambda: check_file(file), 2)
    return [seconds], digest(made.findings, made.frame.to_csv(), made.integrity)


def mixed_model(_, n, __):
    import mixed as bench

    trials = bench.draw(int(n), 0, seed=1)
    seconds, made = least_seconds(lambda: bench.mixed.fit_with_fallbacks(trials), 5)
    fits = np.concatenate([made.value, made.se, made.df], axis=None)
    return [1e3 * seconds / bench.TRIALS], digest([f"{one:.9g}" for one in fits])


def suite(root, *_):
    start = perf_counter()
    command = (sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count()))
    subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return [perf_counter() - start], ""


def install(root, *_):
    from install_size import plain_install

    return [sum(plain_install(root)[0].values())], ""


def main(root, what, of_what, folder):
    try:
        print(json.dumps(globals()[what](Path(root), of_what, folder)))
    except subprocess.CalledProcessError as error:
        sys.exit(error.stderr or error.stdout or str(error))


if __name__ == "__main__" and sys.argv[1:]:
    main(*sys.argv[1:])
