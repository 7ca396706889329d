"""Dose over weeks: everything the dose report is made from, found once.

Surfaces are means over draws of the parameters, at every dose of the grid. Curves are the
prescription at so many sessions a week, in each shape of dose-response. Everything is over the same
draws, so that one outcome of one dose is one number wherever it stands.

Guarded by (tests/test_facts.py): test_a_dose_has_one_number_in_figure_and_table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import compare, dose_phases, parameters, sweep
from hipstudy.cohort import Cohort
from hipstudy.compare import Study
from hipstudy.dose_phases import with_sessions
from hipstudy.dose_settings import DoseSettings, check
from hipstudy.dose_settings import preflight as preflight  # where the notebook's check is looked up
from hipstudy.dose_shapes import SHAPES
from hipstudy.parameters import Values, number
from hipstudy.protocol import Protocol
from hipstudy.settings import Settings
from hipstudy.simulate import OUTCOMES
from hipstudy.sweep import BLOCK, Grid

Array = NDArray[np.float64]
AFTER = (4, 8, 12)  # weeks after stopping that the report looks at
SESSIONS = tuple(range(8))  # of the curve, a week: none to one a day
MINUTES = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)  # clock minutes of stretching a week
PHASED = ("end_range_torque_nm_kg", "tightness_nrs", "thomas_ext_deg")


@dataclass(frozen=True, eq=False)
class DoseStudy:
    """Everything the report shows.

    Parameters
    ----------
    settings, base, grid, cohort
        What was varied, on whom.
    study
        Comparison of the article's two ends with the prescription and with nothing.
    values
        Draws of the parameters behind curves and phases.
    surface
        Outcome -> (worlds, loads, stretches, sets, sessions, weeks from 0), means over the draws.
    curves
        Shape -> outcome -> (worlds, sessions, draws, weeks from 0 and on after stopping).
    stretching
        Outcome -> (worlds, minutes, draws, weeks ...): stretching alone; the first is nothing.
    phases
        Name of a programme -> outcome -> (worlds, draws, weeks from 0).
    """

    settings: DoseSettings
    base: Protocol
    grid: Grid
    cohort: Cohort
    study: Study
    values: Values
    surface: Mapping[str, Array]
    curves: Mapping[str, Mapping[str, Array]]
    stretching: Mapping[str, Array]
    phases: Mapping[str, Mapping[str, Array]]

    @property
    def weeks(self) -> int:
        """Weeks of the programme."""
        return self.settings.weeks

    @property
    def sets(self) -> int:
        """Sets a session that the curves keep."""
        return self.base.strength.sets if self.base.strength else 0


def run(settings: DoseSettings | None = None, **given: Any) -> DoseStudy:
    """Find what every dose does.

    Parameters
    ----------
    settings
        Checked settings; or give them as keywords.
    **given
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting or prescription.
    DataProblems
        Every problem of the cohort file.
    """
    if settings is None:
        settings = check(**{name: value for name, value in given.items() if value is not None})
    base, grid, compared = settings.base(), settings.grid(), settings.compared()
    n_draws = int(number("curve_draws"))
    study = compare.run(compared, n_draws=n_draws)
    cohort, values = study.cohort, study.values
    seed, weeks = settings.seed, settings.weeks
    surface = sweep.sweep(cohort, base, grid, values, weeks=weeks, seed=seed, outcomes=OUTCOMES)
    curves, stretching = _curves(cohort, base, values, weeks, seed)
    return DoseStudy(
        settings=settings,
        base=base,
        grid=grid,
        cohort=cohort,
        study=study,
        values=values,
        surface={name: found.mean(axis=-2) for name, found in surface.items()},
        curves=curves,
        stretching=stretching,
        phases=_phases(cohort, base, values, weeks, seed, _all_done(values, seed)),
    )


def _curves(
    cohort: Cohort, base: Protocol, values: Values, weeks: int, seed: int
) -> tuple[dict[str, dict[str, Array]], dict[str, Array]]:
    own, load = base.strength, base.strength.load if base.strength else ""
    sets = own.sets if own else 1
    plan = {"weeks": weeks, "seed": seed, "outcomes": OUTCOMES, "after": AFTER[-1]}
    found = {}
    for shape in SHAPES:
        grid = Grid((sets,), SESSIONS, (load,), (base.stretch_min_wk,))
        each = sweep.sweep(cohort, base, grid, values, shape=shape, **plan)
        found[shape] = {name: runs[:, 0, 0, 0] for name, runs in each.items()}
    grid = Grid((sets,), (0,), (load,), MINUTES)
    alone = sweep.sweep(cohort, base, grid, values, **plan)
    return found, {name: runs[:, 0, :, 0, 0] for name, runs in alone.items()}


def _all_done(values: Values, seed: int) -> Values:
    """The same draws, with every session done."""
    return parameters.drawn(values.n_draws, seed=seed, **Settings(adherence=1.0).held)


def programmes(base: Protocol, weeks: int) -> dict[str, dose_phases.Phases]:
    """Programmes in phases by name, the prescription's own among them.

    ``keep 0`` to ``keep 7`` go on after the programme with so many sessions a week and the
    stretching; the others end with it.
    """
    times = base.strength.sessions_per_week if base.strength else 0
    off = base.model_copy(update={"strength": None, "stretch": None})
    found: dict[str, dose_phases.Phases] = {
        "none": ((off, weeks),),
        "all": ((base, weeks),),
        "one fewer": ((with_sessions(base, times - 1), weeks),),
    }
    gap = min(2, weeks - 1)
    if gap:
        first = (weeks - gap + 1) // 2
        found["gap"] = ((base, first), (None, gap), (base, weeks - gap - first))
        found["late"] = ((base, weeks - gap), (None, gap))
    for n in range(times + 1):
        found[f"keep {n}"] = ((base, weeks), (with_sessions(base, n), AFTER[-1]))
    return found


def _phases(
    cohort: Cohort, base: Protocol, values: Values, weeks: int, seed: int, done: Values
) -> dict[str, dict[str, Array]]:
    """Missed sessions are told against all done; keeping a gain as these runners do sessions."""
    found = {}
    for name, phases in programmes(base, weeks).items():
        some = values if name.startswith("keep") else done
        found[name] = dose_phases.means(
            cohort, base, [p for p in phases if p[1]], some,
            seed=seed, outcomes=PHASED, block=BLOCK,
        )  # fmt: skip
    return found
