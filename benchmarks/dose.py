"""Ten thousand doses on 200 runners over 12 weeks, against the same model called dose by dose.

Measured in one run, central parameters, each as a ratio to calling `simulate` alone on a sample of
the same doses, with the same outcomes. Then where the time goes, which says what bounds it.
"""

import cProfile
import itertools
import pstats
import sys
from time import process_time

import numpy as np

from hipstudy import parameters
from hipstudy.model import adherence, baseline, cohort, dose_sweep
from hipstudy.model.causes import WORLDS
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.model.simulate import OUTCOMES, simulate
from hipstudy.prescription import protocol

WEEKS, N_RUNNERS, SAMPLE = 12, 200, 12
GRID = SweepGrid(
    sets=tuple(range(1, 11)),
    sessions=tuple(range(1, 11)),
    loads=("unloaded", "near-failure", "2 kg", "5 kg", "10 kg"),
    stretch_min_wk=tuple(float(minutes) for minutes in np.linspace(0, 76, 20)),
)
FEW = ("tightness_nrs", "end_range_torque_nm_kg")


def timed(work):
    start = process_time()
    result = work()
    return process_time() - start, result


def alone(runners, base, values, outcomes):
    """Seconds a dose, called one by one; what all have in common is found once here as well."""
    starts = {world: baseline.draw(runners, world, values, seed=0) for world in WORLDS}
    own = adherence.habits(runners, values, weeks=WEEKS, seed=0)
    points = list(itertools.product(GRID.sets, GRID.sessions, GRID.loads, GRID.stretch_min_wk))
    sample = points[:: len(points) // SAMPLE][:SAMPLE]

    def work():
        for sets, sessions, load, minutes in sample:
            arm = dose_sweep.at(base, sets, sessions, load, minutes)
            done = adherence.attend(runners, arm, values, weeks=WEEKS, seed=0, own=own)
            simulate(runners, starts, arm, done, values, outcomes=outcomes)

    return timed(work)[0] / len(sample)


def where(run):
    """The functions that take most of the time by themselves, each with its share of it."""
    profile = cProfile.Profile()
    profile.runcall(run)
    stats = pstats.Stats(profile)
    own = sorted(((one[2], key[2]) for key, one in stats.stats.items()), reverse=True)
    return ", ".join(f"{name} {100 * seconds / stats.total_tt:.0f} %" for seconds, name in own[:6])


def main(n_doses):
    base, values = protocol.preset("strength_plus_stretch"), parameters.central()
    runners = cohort.draw(N_RUNNERS, seed=0)
    share = max(1, round(n_doses / np.prod(GRID.shape) * len(GRID.stretch_min_wk)))
    grid = SweepGrid(GRID.sets, GRID.sessions, GRID.loads, GRID.stretch_min_wk[:share])
    n = int(np.prod(grid.shape))
    print(f"{n} doses, {N_RUNNERS} runners, {WEEKS} weeks")
    for words, outcomes in (("tightness and torque", FEW), ("all nine outcomes", OUTCOMES)):
        seconds, found = timed(
            lambda outcomes=outcomes: dose_sweep.sweep(
                runners, base, grid, values, weeks=WEEKS, seed=0, outcomes=outcomes
            )
        )
        each = alone(runners, base, values, outcomes)
        cells = sum(one.size for one in found.values())
        print(f"  {words}: {seconds:.1f} s, {cells} numbers; one by one {n * each:.0f} s, "
              f"ratio {n * each / seconds:.1f}")  # fmt: skip
        part = SweepGrid(grid.sets, grid.sessions, grid.loads[:2], grid.stretch_min_wk)
        profiled = where(
            lambda outcomes=outcomes, part=part: dose_sweep.sweep(
                runners, base, part, values, weeks=WEEKS, seed=0, outcomes=outcomes
            )
        )
        print(f"    of the time of two loads: {profiled}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
