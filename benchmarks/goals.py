"""Every goal of speed and memory, measured before and now in one run.

The code of an earlier commit is unpacked into a temporary folder and run by this Python with the
packages of now, so that only hipstudy differs. Each measurement is a process of its own
(``goal_work.py``), before and now in turn, and the least of the rounds counts. Both must give the
same numbers to the last digit (fits of the mixed model to nine, since their sums have another
order), or the goal is not met; of reports, tables that differ are named.

Nothing is kept from one measurement to the next. A report is made as a command with an empty folder
of kept results, again with what the first has kept, and as the second of the same settings in a
worker that has that folder too. The earlier code keeps nothing, so its first command stands in both
rows. The model is judged as a plain program calls it: doses, targets and torque of all days, one
after the other. Nothing in hipstudy writes the daily state into rows that are there, and a plain
program does not use freed memory again as reports and the explorer do, so these two rows are shown
and not judged; the earlier code can do neither, and has one number for both. A copy takes longer
where others use the cache of the processor, so milliseconds stand beside it.

    python benchmarks/goals.py [--before COMMIT] [--rounds N] [--only WORDS] [--long] [--tests]

``--only`` takes the goals with these words, ``--long`` adds the cohort of 100,000 rows, some six
minutes, and ``--tests`` the whole suite. At the end stands a table in Markdown. Where something
could not be measured, or has other numbers now, this is said and the exit code is 1; a goal that is
only missed leaves it at 0.
"""

import argparse
import compileall
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
BEFORE = "f8c263e"  # the last commit before the first that made anything of this faster
QUARTER = "a quarter of before"
REPORTS = {"compare": (4.5, 1.5), "cohort": (4.0, 1.5), "dose": (6.0, 2.5), "evidence": (3.0, 1.5)}
# What is measured, of what: the name of each number and its limit; None where it is not judged.
GOALS = {
    **{
        ("model", what): {
            f"{name}, as the library is called, times its `copyto`": limit,
            f"{name}, as the library is called, ms of CPU": None,
            f"{name}, {other}, times its `copyto`": None,
            f"{name}, {other}, ms of CPU": None,
        }
        for what, name, other, limit in (
            ("state", "daily torque state", "into rows that are there", 20),
            ("outcomes", "nine outcomes, four causes", "freed memory used again", 12),
        )
    },
    **{
        ("report", name): {
            f"report {name}, cold, nothing kept, s of CPU": cold,
            f"report {name}, cold, kept, s of CPU": cold,
            f"report {name}, second in a worker, s of CPU": warm,
            f"report {name}, second in a worker, s by the clock": warm,
        }
        for name, (cold, warm) in REPORTS.items()
    },
    ("comparison_memory", "104"): {"comparison of 104 weeks, MB": 800},
    ("cohort_memory", "10000"): {"cohort report of 10,000 rows, MB": 600},
    ("cohort_memory", "100000"): {"cohort report of 100,000 rows, MB": 600},
    ("check", "plain.csv"): {"check of 100,000 rows, CSV, s of CPU": 2},
    ("check", "plain.xlsx"): {"check of 100,000 rows, XLSX, s of CPU": 2.5},
    ("mixed_model", "15"): {"mixed model, 15 an arm, ms of CPU a trial": QUARTER},
    ("suite", ""): {"all tests, s by the clock": 240},
    ("install", ""): {"plain install without byte code, MB": 434},
}
ONCE = ("comparison_memory", "cohort_memory", "suite", "install")


def measured(root, work, folder):
    """Numbers of one process, what must not have changed, and why there are none."""
    # Reports are started and timed by the code of now, which the earlier code does not have.
    code = HERE.parent if work[0] == "report" else root
    env = os.environ | {"PYTHONPATH": str(code), "HIPSTUDY_CACHE": "off"}
    command = [sys.executable, str(HERE / "goal_work.py"), str(root), *work, folder]
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        return np.nan, None, said[-1]
    return *json.loads(done.stdout.splitlines()[-1]), ""


def both(work, roots, folder, rounds):
    """The least before and now of some rounds in turn, a row a goal, and what is wrong with it."""
    names, what = GOALS[work], " ".join(work)
    least, given, wrong = np.full((len(names), 2), np.nan), [None, None], {}
    for _ in range(1 if work[0] in ONCE else rounds):
        for k, root in enumerate(roots):
            if k == 0 and is_too_much(work):
                print(f"{what}, before: left out, it may take more memory than there is")
                continue
            numbers, given[k], why = measured(root, work, folder)
            least[:, k] = np.fmin(least[:, k], numbers)
            if why:
                wrong[f"{what}, {('before', 'now')[k]}: not measured: {why}"] = "not measured"
    if None not in given and given[0] != given[1]:
        if work[0] == "report":
            other = [name for name, one in given[0].items() if given[1].get(name) != one]
            print(f"{what}: of {len(given[0])} tables these differ: {', '.join(sorted(other))}")
        else:
            wrong[f"{what}: before and now do not give the same numbers"] = "other numbers"
    frame = pd.DataFrame(least, columns=["before", "now"])
    frame.insert(0, "goal", list(names))
    limits = [before / 4 if limit == QUARTER else limit
              for limit, before in zip(names.values(), frame["before"], strict=True)]  # fmt: skip
    frame["ratio"], frame["limit"] = frame["before"] / frame["now"], pd.Series(limits, dtype=float)
    frame["met"] = np.where(frame["now"] <= frame["limit"], "yes", "no")
    frame.loc[[limit is None for limit in limits], "met"] = "not judged"
    frame["met"] = next(iter(wrong.values()), frame["met"])
    print(frame.to_string(index=False, header=False, float_format=number), flush=True)
    return frame, list(wrong)


def is_too_much(work):
    """Whether the earlier code would take more memory than there is: up to 9 GB."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return work[1] == "100000" or (work[0].endswith("_memory") and free < 12 * 2**30)


def number(one):
    """Three digits, or all before the point."""
    return f"{one:.0f}" if one >= 100 else f"{one:.3g}"


def markdown(table):
    head = list(table.columns)
    rows = [
        ["" if pd.isna(one) else one if isinstance(one, str) else number(one) for one in row]
        for row in table.itertuples(index=False)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def unpack(commit, folder):
    git = ("git", "-C", str(HERE.parent), "archive", commit)
    archive = subprocess.run(git, check=False, capture_output=True).stdout
    if not archive:
        sys.exit(f"There is no commit {commit} in this folder's history.")
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    return folder


def make_ready(root):
    """Write byte code, which Python may be told not to do, and see that this code is found."""
    compileall.compile_dir(root / "hipstudy", quiet=2)
    env = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": ""}
    if (root / "hipstudy" / "template_code.py").exists():
        of_templates = (sys.executable, "-m", "hipstudy.template_code")
        subprocess.run(of_templates, check=True, env=env, cwd=HERE)
    command = (sys.executable, "-c", "import hipstudy; print(hipstudy.__file__)")
    done = subprocess.run(command, check=True, env=env, cwd=HERE, capture_output=True, text=True)
    if Path(done.stdout.strip()).parent != root / "hipstudy":
        sys.exit(f"{done.stdout.strip()} would be measured in place of {root}.")


def main(options):
    left_out = {"100000": options.long, "suite": options.tests}
    chosen = [
        work
        for work, rows in GOALS.items()
        if options.only in " ".join([*work, *rows])
        and all(left_out.get(word, True) for word in work)
    ]
    if not chosen:
        sys.exit(f"No goal has the words {options.only!r}.")
    with tempfile.TemporaryDirectory() as folder:
        roots = unpack(options.before, Path(folder) / "before"), HERE.parent
        for root in roots:
            make_ready(root)
        found = [both(work, roots, folder, options.rounds) for work in chosen]
    print(f"\n{markdown(pd.concat([frame for frame, _ in found]))}")
    wrong = [line for _, lines in found for line in lines]
    if wrong:
        sys.exit("\n".join(["", *wrong]))


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    for name, usual in (("before", BEFORE), ("rounds", 2), ("only", "")):
        asked.add_argument(f"--{name}", default=usual, type=type(usual))
    for name in ("long", "tests"):
        asked.add_argument(f"--{name}", action="store_true")
    main(asked.parse_args())
