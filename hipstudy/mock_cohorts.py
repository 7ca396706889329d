"""Cohorts like the one at hand: its arms, their runners and its end visit, seen in the model.

Many runners are simulated once in each cause and read with the instruments' errors, and dealt into
cohorts without replacement. Nobody is lost: being lost, in the model, depends on nothing but time,
so the caller gives the runners that are left.

Guarded by (tests/test_association.py): test_mock_cohorts_are_what_observe_reads.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import adherence, baseline, cohort, design, luck, parameters
from hipstudy.analysis.changes import MEASURED, STEP, Rows
from hipstudy.instruments import Instruments, Visits, instruments
from hipstudy.observe import Run, observe
from hipstudy.parameters import Values
from hipstudy.protocol import Protocol
from hipstudy.simulate import Trajectories, simulate

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
TRUTHS = ("guarded", "weak")  # where a slope is false, and where it is true
SHIPPED = (design.STRETCH, design.BOTH)


def tools_of(frame: "pd.DataFrame") -> Instruments:
    """The shipped instruments, the Thomas test as the file says that it was done.

    The pelvis counts as free unless every row that says something says that it was held.
    """
    said = frame["pelvis_controlled"].dropna() if "pelvis_controlled" in frame else []
    held = len(said) > 0 and all(map(bool, said))
    return instruments(parameters.central(), pelvis_controlled=held)


def arms_of(sizes: Mapping[str, int]) -> dict[str, int]:
    """Arms to simulate: the file's where all are known by name, else the shipped two, halved."""
    if set(sizes) <= set(design.CONTRACT_ARMS):
        return dict(sorted(sizes.items()))
    total = sum(sizes.values())
    return dict(zip(SHIPPED, (total - total // 2, total // 2), strict=True))


def one(values: Values, draw: int) -> Values:
    """One draw of the parameters."""
    return Values({name: values[name][draw : draw + 1] for name in values}, values.seed)


def deal(
    arms: Mapping[str, int],
    week: int,
    values: Values,
    cohorts: int,
    *,
    held: bool,
    seed: int,
    one_limb: Mapping[str, int] | None = None,
) -> dict[str, Rows]:
    """Cohorts of each cause, from one draw of the parameters.

    Parameters
    ----------
    arms
        Name of each arm, and its runners in a cohort.
    week
        End visit.
    values
        One draw.
    cohorts
        How many; no runner is in two.
    held
        Whether the pelvis was held at the Thomas test.
    seed
        Of everything that is drawn.
    one_limb
        Of how many runners of each arm one limb only is measured; of none where it is not given.

    Returns
    -------
    dict
        Cause -> rows; dose is the last of ``z``.
    """
    known = design.build(design.CONTRACT_ARMS)
    tools = replace(instruments(values, pelvis_controlled=held), lost_per_wk=0)
    parts: dict[str, list[tuple[Array, Array, Array]]] = {world: [] for world in TRUTHS}
    limbs = {name: np.where(np.arange(n) < (one_limb or {}).get(name, 0), 1.0, 2.0)
             for name, n in arms.items()}  # fmt: skip
    for place, (name, n) in enumerate(arms.items()):
        own = int(luck.uniform(seed=seed, stream="association arm", by=[place])[0] * 2**52)
        for world, seen in _seen(known.arm(name), n * cohorts, week, values, tools, own).items():
            parts[world].append(_measured(seen, limbs[name]))
    of_arm = np.repeat(np.arange(len(arms)), list(arms.values()))
    exact = [np.ones(len(of_arm)), *(of_arm == k for k in range(1, len(arms)))]
    found = {}
    for world, measured in parts.items():
        y, x, dose = (np.concatenate(part, axis=1) for part in zip(*measured, strict=True))
        z = [*(np.broadcast_to(column, y.shape) for column in exact), dose]
        of_each = np.broadcast_to(np.concatenate(list(limbs.values())), y.shape)
        found[world] = Rows(y, x, np.stack(z, axis=-1).astype(float), of_each)
    return found


def _seen(
    arm: Protocol, n: int, week: int, values: Values, tools: Instruments, seed: int
) -> dict[str, "pd.DataFrame"]:
    """Readings of many runners in one arm at baseline and at the visit, by cause."""
    runners = cohort.draw(n, seed=seed)
    starts = {world: baseline.draw(runners, world, values, seed=seed) for world in TRUTHS}
    done = adherence.attend(runners, arm, values, weeks=week, seed=seed)
    truth = simulate(runners, starts, arm, done, values)
    found = {}
    for place, world in enumerate(TRUTHS):
        own = {name: worlds[place : place + 1] for name, worlds in truth.outcomes.items()}
        run = Run(runners, arm, done, starts[world],
                  Trajectories((world,), own, truth.recent), values)  # fmt: skip
        found[world] = observe(run, Visits(weeks=(0, week)), tools, seed=seed)
    return found


def _measured(seen: "pd.DataFrame", limbs: Array) -> tuple[Array, Array, Array]:
    """Changes as ``changes.Rows`` has them, and dose: (cohorts, n, ...), means of so many limbs."""
    weights = np.stack([1 / limbs, 1 - 1 / limbs], axis=-1)

    def at_visits(name: str) -> Array:  # rows go by visit, runner, side
        return seen[name].to_numpy(float).reshape(2, -1, len(limbs), 2)

    def mean(values: Array) -> Array:
        return (values * weights).sum(axis=-1)

    felt, torque, thomas = (at_visits(name) for name in MEASURED)
    grown = mean(np.log(torque[1] / torque[0])) / STEP
    x = np.stack([grown, mean(thomas[1] - thomas[0]), mean(felt[0])], axis=-1)
    dose = np.nan_to_num(at_visits("adherence_pct")[1, ..., 0]) / 100
    return mean(felt[1] - felt[0]), x, dose
