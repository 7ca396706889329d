"""The runs behind a dose study: surfaces over the grid, curves along dose, programmes in phases.

On drawn runners they follow from the settings alone, and are kept from one run to the next.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hipstudy import result_store
from hipstudy.model import dose_phases, dose_sweep
from hipstudy.model.adaptation import SATURATING, SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.model.dose_phases import with_sessions
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.model.lane_blocks import BLOCK
from hipstudy.model.simulate import OUTCOMES
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.settings import CompareSettings

Array = NDArray[np.float64]
AFTER = (4, 8, 12)  # weeks after stopping that the report looks at
SESSIONS = tuple(range(8))  # of the curve, a week: none to one a day
MINUTES = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)  # clock minutes of stretching a week
# Of the curves: what is gained, and the soreness that it costs. Other shapes of torque's
# dose-response move only what follows torque, and what is felt where that is the cause.
ALONG = ("tightness_nrs", "discomfort_nrs", "thomas_ext_deg", "end_range_torque_nm_kg",
         "reserve_4_5", "soreness_nrs")  # fmt: skip
BY_TORQUE = ("tightness_nrs", "discomfort_nrs", "end_range_torque_nm_kg", "reserve_4_5")
PHASED = ("end_range_torque_nm_kg", "tightness_nrs", "thomas_ext_deg")


class DoseRuns(NamedTuple):
    """Means over limbs at every dose; each as ``DoseStudy`` has it."""

    surface: Mapping[str, Array]
    curves: Mapping[str, Mapping[str, Array]]
    stretching: Mapping[str, Array]
    phases: Mapping[str, Mapping[str, Array]]


def find(
    cohort: Cohort,
    base: Protocol,
    grid: SweepGrid,
    values: Values,
    *,
    weeks: int,
    seed: int,
    settings: Mapping[str, Any] | None,
) -> DoseRuns:
    """Run every dose, or take what is kept of the same settings.

    Parameters
    ----------
    cohort, base, grid, values, weeks, seed
        As ``dose_sweep.sweep`` has them.
    settings
        Of the report, from which all these follow with ``base``; None where runners were given,
        and nothing is kept.
    """

    def runs() -> DoseRuns:
        return _runs(cohort, base, grid, values, weeks, seed)

    if settings is None:
        return runs()
    named = {name: one for name, one in settings.items() if name not in ("report_date", "protocol")}
    asked = {**named, "base": base.model_dump(mode="json")}
    return DoseRuns(**result_store.result("doses", asked, lambda: runs()._asdict()))


def _runs(
    cohort: Cohort, base: Protocol, grid: SweepGrid, values: Values, weeks: int, seed: int
) -> DoseRuns:
    surface = dose_sweep.sweep(
        cohort, base, grid, values, weeks=weeks, seed=seed, outcomes=OUTCOMES, mean_of_draws=True
    )
    # What a dose adds: any programme's effect is the same at every dose, and none of it.
    of_dose = {"programme_effect_nrs": 0.0}
    curves, stretching = _curves(cohort, base, values.holding(**of_dose), weeks, seed)
    return DoseRuns(
        surface,
        curves,
        stretching,
        _phases(cohort, base, values, weeks, seed, of_dose),
    )


def _curves(
    cohort: Cohort, base: Protocol, values: Values, weeks: int, seed: int
) -> tuple[dict[str, dict[str, Array]], dict[str, Array]]:
    """What numbers of sessions do in each shape, and minutes of stretching without strength."""
    own = base.strength
    plan = {"weeks": weeks, "seed": seed, "after": AFTER[-1]}
    grid = SweepGrid((own.sets,), SESSIONS, (own.load,), (base.stretch_min_wk,))

    def along(outcomes: Sequence[str], shape: str, worlds: Sequence[str]) -> dict[str, Array]:
        sweep = dose_sweep.sweep(
            cohort, base, grid, values, shape=shape, outcomes=outcomes, worlds=worlds, **plan
        )
        return {name: runs[:, 0, 0, 0] for name, runs in sweep.items()}

    usual = along(ALONG, SATURATING, WORLDS)
    curves = {SATURATING: usual}
    for shape in (one for one in SHAPES if one != SATURATING):
        weak = along(BY_TORQUE, shape, WORLDS[:1])
        curves[shape] = {
            name: np.concatenate([weak[name], runs[1:]]) if name in weak else runs
            for name, runs in usual.items()
        }
    grid = SweepGrid((own.sets,), (0,), (own.load,), MINUTES)
    alone = dose_sweep.sweep(cohort, base, grid, values, outcomes=ALONG, **plan)
    return curves, {name: runs[:, 0, :, 0, 0] for name, runs in alone.items()}


def programmes(base: Protocol, weeks: int) -> dict[str, dose_phases.Phases]:
    """Programmes in phases by name, the prescription's own among them.

    ``keep 0`` to ``keep 7`` go on after the programme with so many sessions a week and the
    stretching; the others end with it.
    """
    times = base.strength.sessions_per_week
    off = base.model_copy(update={"strength": None, "stretch": None})
    phases: dict[str, dose_phases.Phases] = {
        "none": ((off, weeks),),
        "all": ((base, weeks),),
        "one fewer": ((with_sessions(base, times - 1), weeks),),
    }
    gap = min(2, weeks - 1)
    if gap:
        first = (weeks - gap + 1) // 2
        phases["gap"] = ((base, first), (None, gap), (base, weeks - gap - first))
        phases["late"] = ((base, weeks - gap), (None, gap))
    for n in range(times + 1):
        phases[f"keep {n}"] = ((base, weeks), (with_sessions(base, n), AFTER[-1]))
    return phases


def _phases(
    cohort: Cohort,
    base: Protocol,
    values: Values,
    weeks: int,
    seed: int,
    held: Mapping[str, float],
) -> dict[str, dict[str, Array]]:
    """Missed sessions are set against every session; keeping a gain is as these runners do it."""
    all_sessions = CompareSettings(adherence=1.0).parameter_values
    every = values.holding(**all_sessions, **held)
    values = values.holding(**held)
    return {
        name: dose_phases.means(
            cohort, base, [phase for phase in phases if phase[1]],
            values if name.startswith("keep") else every,
            seed=seed, outcomes=PHASED, block=BLOCK,
        )
        for name, phases in programmes(base, weeks).items()
    }  # fmt: skip
