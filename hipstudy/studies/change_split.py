"""Planned differences then and now, and how far each moved by what: refits, one change at a time.

The path goes by time. First what an earlier run printed is made again by this version from what
that run read (``code``); then today's settings take the place of those of then (``settings``), then
today's cells in the rows that were there (``edited_data``, with rows that are gone), then the rows
that are new (``new_data``). Each step starts where the one before it ended, so that the parts add
up to the whole change, and what two of them do together counts for the later one.

Where ends are imputed by chance, each step is the mean of several seeds; what the two printed
figures differ from their means by is ``noise``. Elsewhere nothing is by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.comparable_readings import comparable
from hipstudy.analysis.designs import models_by_design
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cohort_file.clinic import Clinic
from hipstudy.cohort_file.row_changes import RowChanges, row_changes
from hipstudy.errors import DataProblems
from hipstudy.studies.cohort_as_planned import as_planned, with_visits
from hipstudy.studies.cohort_settings import rows_by_plan, rows_with_codes
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.planned_answers import SEED, Key, answers_to

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("estimate", "ci_low", "ci_high", "p", "n_runners", "n_limbs")
PARTS = ("new_data", "edited_data", "settings", "code", "noise")
COLUMNS = ("headline", "then", "now", *PARTS)
SEEDS = (1, 2, 3, 4)  # of imputations, beside the one that is printed
_NOTHING = 1e-9  # of a figure: what the order of rows leaves in it

# Why something cannot be split.
NO_FILE = "no_file"  # the file that the earlier run read is not here
OTHER_FILE = "other_file"  # what is here is not the file that it read
NO_PLAN = "no_plan"  # its plan is not here
NOT_PRINTED = "not_printed"  # its tables are not as it left them
NOT_RERUN = "not_rerun"  # the older file cannot be analysed by one of the plans


@dataclass(frozen=True)
class EarlierReport:
    """What is known of the report, or of the file, that a cohort is compared with.

    Parameters
    ----------
    cohort
        Path of its cohort file; None where it is not here.
    plan
        By which it was analysed; None where that is not here.
    printed
        Its table of effects; None where none was printed, or it is not as it was.
    is_run
        Whether it was a report; else it is only a file, which is analysed by today's settings.
    missing
        Codes of what is not here.
    """

    cohort: Path | None
    plan: AnalysisPlan | None
    printed: "pd.DataFrame | None" = None
    is_run: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ChangeSplit:
    """What changed in the file, and in every planned difference.

    Parameters
    ----------
    table
        One row a figure, in ``COLUMNS``: a figure that is not known, and a part that cannot be
        told from another, is NaN.
    changes
        Of the file; None where the older one is not here.
    missing
        Codes of what is not here.
    is_by_chance
        Whether some figures are by chance, so that a rerun with another seed moves them.
    """

    table: "pd.DataFrame"
    changes: RowChanges | None
    missing: tuple[str, ...]
    is_by_chance: bool

    def figure(self, key: Key, name: str) -> "pd.Series":
        """The row of one figure."""
        rows = self.table[self.table["headline"] == headline(key, name)]
        return rows.iloc[0]


Answers = Mapping[Key, Estimate]


@dataclass(frozen=True)
class _State:
    """The answers of one state of data and settings: as printed, and with other seeds."""

    printed: Answers
    others: tuple[Answers, ...]

    def value(self, key: Key, name: str) -> float:
        return _value(self.printed, key, name)

    def mean(self, key: Key, name: str) -> float:
        return float(np.mean([_value(one, key, name) for one in self.others or (self.printed,)]))


def _value(answers: Answers, key: Key, name: str) -> float:
    one = answers.get(key)
    return nan if one is None or isnan(one.estimate) else float(getattr(one, name))


def headline(key: Key, name: str) -> str:
    """What a figure is called in the table."""
    outcome, week, contrast = key
    return f"{outcome}, week {week:g}, {contrast}, {name}"


def change_split(study: CohortStudy, earlier: EarlierReport) -> ChangeSplit:
    """Compare a cohort with an earlier report, and split every change by refitting.

    Parameters
    ----------
    study
        As it is now.
    earlier
        What it is compared with.
    """
    import pandas as pd

    keys = planned_keys(study)
    missing = list(earlier.missing)
    plans = [one for one in (study.plan, earlier.plan) if one is not None]
    seeds = SEEDS if any(one.missing != AS_MODELLED for one in plans) else ()
    changes, states = None, dict.fromkeys(("then", "settings", "edited"))
    if earlier.cohort is not None:
        try:
            changes, states = _refits(study, earlier, keys, seeds)
        except DataProblems:
            missing.append(NOT_RERUN)
    own = answers_to(study.plan, study.observations, keys)
    others = tuple(answers_to(study.plan, study.observations, keys, seed=one) for one in seeds)
    path = [states["then"], states["settings"], states["edited"], _State(own, others)]
    lines = [
        (headline(key, name), *_parts(path, _printed(earlier, study.plan, key, name), earlier,
                                      missing, key, name))
        for key in keys
        for name in NUMBERS
    ]  # fmt: skip
    if earlier.cohort is not None and changes is not None and None in path:
        missing.append(NOT_RERUN)
    table = pd.DataFrame(lines, columns=list(COLUMNS))
    return ChangeSplit(table, changes, tuple(dict.fromkeys(missing)), bool(seeds))


def planned_keys(study: CohortStudy) -> list[Key]:
    """Outcome, week and contrast of every question that the plan asks, the primary one first."""
    plan = study.plan
    names = [plan.primary, *(one for one in plan.secondary if one not in study.not_measured)]
    asked = [plan.question(name, plan.treatment) for name in names]
    asked += [plan.question(plan.primary, *pair) for pair in plan.contrasts]
    return list(dict.fromkeys((one.outcome, one.week, one.contrast) for one in asked))


def _refits(
    study: CohortStudy, earlier: EarlierReport, keys: Sequence[Key], seeds: Sequence[int]
) -> tuple[RowChanges, dict[str, _State | None]]:
    """What changed in the file, and the states between then and now."""
    plan = study.settings.plan()  # before the visits of a file are in it
    clinic_now, rows_now = rows_with_codes(Path(study.settings.cohort), plan)
    clinic_then, rows_then = rows_by_plan(Path(str(earlier.cohort)), plan)
    changes = row_changes(rows_then, rows_now, clinic_then.names, clinic_now.names)
    rows = clinic_now.observations[changes.is_old.to_numpy(bool)]
    of_old_rows = replace(clinic_now, observations=rows)
    states = {
        "settings": _state(plan, clinic_then, keys, seeds),
        "edited": _state(plan, of_old_rows, keys, seeds),
        "then": None,
    }
    if earlier.plan is not None and earlier.plan.fingerprint == plan.fingerprint:
        states["then"] = states["settings"]
    elif earlier.plan is not None:
        own, _ = rows_by_plan(Path(str(earlier.cohort)), earlier.plan)
        states["then"] = _state(earlier.plan, own, keys, seeds)
    return changes, states


def _state(
    plan: AnalysisPlan, clinic_data: Clinic, keys: Sequence[Key], seeds: Sequence[int]
) -> _State | None:
    """The answers of a plan to some rows; None where they have not all that it names."""
    try:
        clinic_data, _ = as_planned(plan, clinic_data)
    except DataProblems:
        return None
    plan = with_visits(plan, clinic_data)
    frame, _ = comparable(clinic_data.observations)
    others = tuple(answers_to(plan, frame, keys, seed=seed) for seed in seeds)
    return _State(answers_to(plan, frame, keys, seed=SEED), others)


def _printed(earlier: EarlierReport, plan: AnalysisPlan, key: Key, name: str) -> float:
    """A figure of the earlier run's table, by the analysis that was planned then."""
    if earlier.printed is None:
        return nan
    model = models_by_design.planned_model(earlier.plan or plan)
    return printed_figure(earlier.printed, model, key, name)


def printed_figure(frame: "pd.DataFrame", model: str, key: Key, name: str) -> float:
    """A figure in a table of effects; NaN where it has none.

    Parameters
    ----------
    frame
        As a run printed it.
    model
        The planned analysis.
    key
        Outcome, week and contrast.
    name
        One of ``NUMBERS``.
    """
    for column, value in zip(("outcome", "week", "contrast", "model"), (*key, model), strict=True):
        frame = frame[frame[column] == value]
    return float(frame[name].iloc[0]) if frame["estimate"].notna().any() else nan


def _parts(
    path: Sequence[_State | None],
    printed: float,
    earlier: EarlierReport,
    missing: Sequence[str],
    key: Key,
    name: str,
) -> tuple[float, ...]:
    """Then, now, and the parts of the change in the order of ``PARTS``."""
    values = [nan if one is None else one.value(key, name) for one in path]
    means = [nan if one is None else one.mean(key, name) for one in path]
    is_of_file = not earlier.is_run or earlier.printed is None
    then, now = values[0] if is_of_file else printed, values[3]
    settings, edited, new = (_step(means, at) for at in range(3))
    code = 0.0 if not earlier.is_run else values[0] - printed
    code = nan if OTHER_FILE in missing else code
    noise = (now - means[3]) - (values[0] - means[0]) if path[3].others else 0.0
    scale = max(abs(then), abs(now)) if not isnan(then + now) else 1.0
    parts = (new, edited, settings, code, noise)
    return (then, now, *(0.0 if abs(one) <= _NOTHING * scale else one for one in parts))


def _step(means: Sequence[float], at: int) -> float:
    return means[at + 1] - means[at]
