"""A clinic's file that no clinic made: runners with planted causes, seen as a clinic sees them.

Every runner is simulated in a cause of his own and looked at with the instruments' errors; some
miss a visit, some are lost. What was planted is told beside the file, so that an analysis can be
held against it.
"""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, random_streams
from hipstudy.model import cohort, observe, simulate
from hipstudy.model.causes import WORLDS
from hipstudy.model.observe import Visits, instruments
from hipstudy.model.trajectories import SimulatedArm
from hipstudy.prescription import protocol
from hipstudy.spreadsheet import as_csv

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
SYNTHETIC = "Synthetic: made by hipstudy from its own model. No measured person is in it."
ARMS = ("stretch_only", "strength_plus_stretch")  # control, treatment
OUTCOMES = ("tightness_nrs", "end_range_torque_nm_kg", "thomas_ext_deg")
SEED = 12  # its arms start alike and its values are all likely, as the tests hold
RUNNERS = 48
POPULATION = 1000  # runners in each cause
VISITS = Visits(weeks=(0, 6, 12))
END = VISITS.weeks[-1]
# What is planted: not the model's numbers, so that nothing finds it by repeating those.
SHARES = dict(zip(WORLDS, (0.4, 0.2, 0.2, 0.2), strict=True))
GIVEN = {"link_sd_per_sd": 0.6, "causal_share": 1.0, "gain_ceiling_untrained": 0.32}
# Calibrated parameters stand at the table's values, so that a new calibration leaves the file.
VALUES = partial(parameters.central, from_priors=True, **GIVEN)
MISSED = 0.06  # share of later visits that a runner misses and comes back from
NO_TORQUE = 0.04  # share of visits without a dynamometer
_WHOLE = "thomas_ext_deg torque_angle_ext_deg tightness_nrs discomfort_nrs adherence_pct age_y"
_WHOLE += " hours_since_stretch hours_since_session"
DIGITS = {**dict.fromkeys(_WHOLE.split(), 0), "end_range_torque_nm_kg": 2, "mass_kg": 1}


def _runs(n_runners: int, seed: int) -> Mapping[tuple[str, str], SimulatedArm]:
    """All runners in every arm and every cause; their luck is theirs in each."""
    runners, values = cohort.draw(n_runners, seed=seed), VALUES()
    runs = (
        simulate.run(runners, protocol.preset(arm), values, weeks=END, seed=seed) for arm in ARMS
    )
    return {(run.protocol.name, w): run.in_world(w) for run in runs for w in WORLDS}


@cache
def _deal(seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Arm and cause of every runner: half of them to each arm, the same shares in both."""
    lot = random_streams.uniform(seed=seed, stream="example lot", by=[np.arange(RUNNERS)])
    place = np.argsort(np.argsort(lot))
    score = (place // len(ARMS) + 0.5) / (RUNNERS // len(ARMS))
    cause = np.searchsorted(np.cumsum(list(SHARES.values())), score)
    return tuple(ARMS[p % len(ARMS)] for p in place), tuple(WORLDS[c] for c in cause)


def _code(number: int) -> str:
    return f"SYN-{number:03d}"


def example_frame(seed: int = SEED) -> "pd.DataFrame":
    """What the clinic's file holds, rounded as a clinic would; the seed is of all that is drawn.

    Returns
    -------
    pandas.DataFrame
        ``observe.COLUMNS``, one row per runner, side and visit that took place; by runner, then
        week.
    """
    import pandas as pd

    tools = instruments(VALUES())
    arms, causes = (np.array(each) for each in _deal(seed))
    parts = []
    for (arm, world), run in _runs(RUNNERS, seed).items():
        visits = observe.observe(run, VISITS, tools, seed=seed)
        runner = visits["runner_id"] - 1
        parts.append(visits[(arms[runner] == arm) & (causes[runner] == world)])
    frame = pd.concat(parts).sort_values(["runner_id", "week", "side"])
    number, week = frame["runner_id"].to_numpy(), frame["week"].to_numpy()
    missed, bare = (
        random_streams.uniform(seed=seed, stream=f"example {what}", by=[number, week]) < share
        for what, share in (("missed", MISSED), ("no torque", NO_TORQUE))
    )
    frame.loc[bare, ["end_range_torque_nm_kg", "torque_angle_ext_deg"]] = np.nan
    frame["runner_id"] = [_code(one) for one in number]
    for name in ("pelvis_controlled", "stopped_exercise"):
        frame[name] = np.where(frame[name].astype(bool), "yes", "no")
    for name, digits in DIGITS.items():
        frame[name] = frame[name].round(digits) + 0.0  # no minus before a zero
    return frame[~(missed & (week > 0))].reset_index(drop=True)


def _differences(runs: Mapping[tuple[str, str], SimulatedArm], outcome: str) -> dict[str, Array]:
    """Treatment less control of every limb at the end, by cause: the same limb both ways."""
    control, treatment = ARMS
    return {
        world: runs[treatment, world].truth(outcome, END) - runs[control, world].truth(outcome, END)
        for world in WORLDS
    }


def planted_truth(seed: int = SEED) -> dict[str, Any]:
    """What was planted, and what follows from it.

    Returns
    -------
    dict
        ``shares`` of the causes and who has which; ``parameters`` that are not the model's own;
        mean true differences at the last visit, strength plus stretch less stretch only, in the
        runners of the file and in a population with these shares.
    """
    causes = np.array(_deal(seed)[1])
    those, many = _runs(RUNNERS, seed), _runs(POPULATION, seed)
    of_file, of_all, by_cause = {}, {}, {}
    for outcome in OUTCOMES:
        limbs = _differences(those, outcome)
        own = [limbs[cause][2 * i : 2 * i + 2].mean() for i, cause in enumerate(causes)]
        means = {world: float(d.mean()) for world, d in _differences(many, outcome).items()}
        of_file[outcome] = round(float(np.mean(own)), 4)
        of_all[outcome] = round(sum(SHARES[world] * means[world] for world in WORLDS), 4)
        by_cause[outcome] = {world: round(mean, 4) + 0.0 for world, mean in means.items()}
    return {
        "about": SYNTHETIC,
        "seed": seed,
        "runners": RUNNERS,
        "weeks": list(VISITS.weeks),
        "missed_visits_share": MISSED,
        "visits_without_torque_share": NO_TORQUE,
        "difference": f"week {END}, {ARMS[1]} less {ARMS[0]}, the same runners both ways",
        "other_parameters": "at their values in data/parameters.csv, as before calibration",
        "shares": dict(SHARES),
        "parameters": dict(GIVEN),
        "difference_in_these_runners": of_file,
        "difference_in_population": {"runners_in_each_cause": POPULATION, **of_all},
        "difference_in_each_cause": by_cause,
        "runners_of_each_cause": {
            world: [_code(i + 1) for i in np.flatnonzero(causes == world)] for world in WORLDS
        },
    }


def _text(frame: "pd.DataFrame") -> str:
    """The frame as CSV, each number with its own digits."""
    table = frame.copy()
    for name, digits in DIGITS.items():
        table[name] = ["" if np.isnan(v) else f"{v:.{digits}f}" for v in frame[name]]
    return as_csv(table)


def write(folder: Path, seed: int = SEED) -> tuple[Path, Path]:
    """Make ``example_cohort.csv`` and ``example_cohort_truth.toml`` again, in place of the old.

    The folder is the package's ``data``, or another.
    """
    import tomli_w

    cohort_path, truth_path = folder / "example_cohort.csv", folder / "example_cohort_truth.toml"
    cohort_path.write_bytes(_text(example_frame(seed)).encode())
    truth_path.write_bytes(tomli_w.dumps(planted_truth(seed)).encode())
    return cohort_path, truth_path
