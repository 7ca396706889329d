"""Every goal of speed and memory, before and now in one run: the code at a commit, and that here.

The earlier code is put in a temporary folder and run by this Python with the packages of now, so
that only hipstudy differs. What is timed must give the same numbers to the last digit (fits of the
mixed model to nine: their sums have another order), or the run ends; of reports, tables that differ
are named. Each goal is measured in a
process of its own, before and now in turn, and the least of the rounds counts.

    python benchmarks/goals.py [--before COMMIT] [--rounds N] [--only WORDS] [--long] [--tests]

`--only` takes goals with these words; `--long` adds the cohort of 100,000 rows, some six minutes,
and `--tests` the whole suite. What is installed is counted without byte code.
"""

import argparse
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
import tarfile
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
BEFORE = "f8c263e"  # the last commit before the first that made anything of this faster
REPORTS = {"compare": (4.5, 1.5), "cohort": (4.0, 1.5), "dose": (6.0, 2.5), "evidence": (3.0, 1.5)}
# What is measured: name, argument, unit, goal; None where it is a quarter of before.
GOALS = [
    ("model", "state", "times its copyto", 20),  # of every day
    ("model", "outcomes", "times its copyto", 12),  # nine, in four worlds
    *(("cold_report", name, "s of CPU", cold) for name, (cold, _) in REPORTS.items()),
    *(("second_report", name, "s by the clock", warm) for name, (_, warm) in REPORTS.items()),
    ("comparison_memory", "104", "MB", 800),
    ("cohort_memory", "10000", "MB", 600),
    ("cohort_memory", "100000", "MB", 600),
    ("check", "plain.csv", "s of CPU", 2),
    ("check", "plain.xlsx", "s of CPU", 2.5),
    ("mixed_model", "15", "ms a trial", None),
    ("suite", "", "s by the clock", 240),
    ("install", "", "MB", 434),
]
ONCE = ("comparison_memory", "cohort_memory", "suite", "install")


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
    known = inspect.signature(simulate).parameters
    more = {"with_recent": False} if "with_recent" in known else {}

    def daily_state():
        dose = weekly_dose.doses(arm, done, values)
        aims = adaptation.targets(*first, dose, values, every_d=1)
        start = starts["weak"]
        return [adaptation.torque_gain(arm, runners, start, aims, values, every_d=1).state]

    def nine_outcomes():
        truth = simulate(runners, starts, arm, done, values, **more)
        return [np.moveaxis(one, -1, 1) for one in truth.outcomes.values()]

    seconds, made = least_seconds({"state": daily_state, "outcomes": nine_outcomes}[what], 7)
    there = [np.zeros(one.shape) for one in made]
    copying, _ = least_seconds(lambda: list(map(np.copyto, there, made)), 15)
    return seconds / copying, digest(*made)


def example(folder):
    from hipstudy.resources import place

    return Path(shutil.copy(place("data", "example_cohort.csv"), folder))


def cold_report(_, name, __):
    import report as bench

    with tempfile.TemporaryDirectory() as folder:
        example(folder)
        _, seconds = bench.timed(lambda: bench.as_command(name, Path(folder)))
        tables = sorted((Path(folder) / "reports" / name).rglob("*.csv"))
        return seconds, {one.name: digest(one.read_bytes()) for one in tables}


def second_report(_, name, __):
    import report as bench

    with tempfile.TemporaryDirectory() as folder:
        example(folder)
        bench.in_worker(name, Path(folder))
        seconds, _ = bench.timed(lambda: bench.in_worker(name, Path(folder)))
        bench.close_nurseries()
        return seconds, {}


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def comparison_memory(_, weeks, __):
    from hipstudy.studies import compare_study

    study = compare_study.run(weeks=int(weeks))
    return peak_mb(), digest(study.effects().to_csv())


def cohort_memory(_, rows, folder):
    import cohort_rows as bench

    with contextlib.redirect_stdout(io.StringIO()):
        bench.run_cells(str(bench.large(int(rows), folder)))
    return peak_mb(), ""


def check(_, name, folder):
    import reading as bench

    from hipstudy.cohort_file.check import check_file

    file = Path(folder) / name
    if not file.exists():
        write = "to_csv" if file.suffix == ".csv" else "to_excel"
        getattr(bench.plain_cohort(), write)(file, index=False)
    check_file(example(folder))
    seconds, made = least_seconds(lambda: check_file(file), 2)
    return seconds, digest(made.findings, made.frame.to_csv(), made.integrity)


def mixed_model(_, n, __):
    import mixed as bench

    trials = bench.draw(int(n), 0, seed=1)
    seconds, made = least_seconds(lambda: bench.mixed.fit_with_fallbacks(trials), 5)
    fits = np.concatenate([made.value, made.se, made.df], axis=None)
    return 1e3 * seconds / bench.TRIALS, digest([f"{one:.9g}" for one in fits])


def suite(root, *_):
    start = perf_counter()
    command = (sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count()))
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return perf_counter() - start, ""


def install(root, *_):
    from install_size import plain_install

    return sum(plain_install(root)[0].values()), ""


def measured(goal, root, folder):
    """What one goal's process prints: a number, and what must not have changed."""
    env = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, __file__, "--measure", str(root), *goal[:2], str(folder)]
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it was killed"])[-1]
        print(*goal[:2], root.name, said, file=sys.stderr, flush=True)
        return np.nan, None
    return json.loads(done.stdout.splitlines()[-1])


def both(goal, roots, folder, rounds):
    """The least before and now, of rounds in turn; stops where they give other numbers."""
    least, given = [np.inf, np.inf], [None, None]
    for _ in range(1 if goal[0] in ONCE else rounds):
        for k, root in enumerate(roots):
            if not (k == 0 and is_too_much(goal)):
                number, given[k] = measured(goal, root, folder)
                least[k] = min(least[k], number)
    if None not in given and given[0] != given[1]:
        if goal[0] != "cold_report":
            sys.exit(f"{' '.join(goal[:2])}: before and now do not give the same numbers.")
        other = sorted(name for name, one in given[0].items() if given[1].get(name) != one)
        print(f"{goal[1]}: of {len(given[0])} tables these are not the same: {', '.join(other)}")
    print(*goal[:2], *(f"{one:.3g}" for one in least), goal[2], sep="  ", flush=True)
    return [one if np.isfinite(one) else np.nan for one in least]


def is_too_much(goal):
    """Whether the earlier code would take more memory than there is: up to 9 GB."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return goal[1] == "100000" or (goal[0].endswith("_memory") and free < 12 * 2**30)


def main(options):
    chosen = [goal for goal in GOALS if options.only in " ".join(goal[:2])]
    left_out = {"100000": options.long, "suite": options.tests}
    chosen = [one for one in chosen if all(left_out.get(word, True) for word in one[:2])]
    git = ("git", "-C", str(HERE.parent), "archive", options.before)
    archive = subprocess.run(git, check=False, capture_output=True).stdout
    if not archive:
        sys.exit(f"There is no commit {options.before} in this folder's history.")
    with tempfile.TemporaryDirectory() as folder:
        earlier = Path(folder) / "before"
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(earlier, filter="data")
        roots = earlier, HERE.parent
        times = [both(goal, roots, folder, options.rounds) for goal in chosen]
    table = pd.DataFrame(chosen, columns=["what", "of", "unit", "goal"])
    table[["before", "now"]] = times
    table["goal"] = table["goal"].fillna(table["before"] / 4)
    table = table.assign(ratio=table["before"] / table["now"], met=table["now"] <= table["goal"])
    print(table.to_string(index=False, float_format=lambda one: f"{one:.3g}"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        root, kind, argument, folder = sys.argv[2:]
        print(json.dumps(globals()[kind](Path(root), argument, folder)))
    else:
        asked = argparse.ArgumentParser()
        for name, usual in (("before", BEFORE), ("rounds", 2), ("only", "")):
            asked.add_argument(f"--{name}", default=usual, type=type(usual))
        for name in ("long", "tests"):
            asked.add_argument(f"--{name}", action="store_true")
        main(asked.parse_args())
