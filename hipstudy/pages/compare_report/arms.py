"""The details: what every arm prescribes, to the second, with the minutes it takes."""

from typing import Any

import numpy as np

from hipstudy import parameters, show
from hipstudy.labels import arm_label
from hipstudy.model import adherence, baseline, intensity
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import words
from hipstudy.pages.shared import cells
from hipstudy.prescription.cert import cert_table
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.protocol import Protocol, Strength
from hipstudy.prescription.shorthand import dose
from hipstudy.studies.compare_study import CompareStudy

_WIDEST = 4
MOST_PCT = 100  # all that a limb has


def _arms(study: CompareStudy) -> list[Protocol]:
    names = dict.fromkeys(name for pair in study.design.contrasts for name in reversed(pair))
    return [study.design.arm(name) for name in names][:_WIDEST]


def _lever_demands(study: CompareStudy, s: Strength) -> list[dict[str, Any]]:
    """What gravity on the lever demands of a limb, without weight and with weight given in kg."""
    values = parameters.central(**study.settings.parameter_values)
    start = baseline.draw(study.cohort, WORLDS[0], values, seed=study.settings.seed)
    demands = []
    for kg in dict.fromkeys((0.0, s.added_kg)):
        percent = 100 * intensity.intensity(s, study.cohort, start, values, kg)
        low, middle, high = np.quantile(percent, (0.25, 0.5, 0.75))
        too_heavy = float((percent > MOST_PCT).mean()) if middle > MOST_PCT else None
        demands.append(
            {"added_kg": kg, "middle": middle, "low": low, "high": high, "too_heavy_for": too_heavy}
        )
    return demands


def _column(study: CompareStudy, arm: Protocol) -> dict[str, str]:
    demands = _lever_demands(study, arm.strength) if arm.strength else []
    return {**dict(cells(words("column", arm=arm, demands=demands))), "Note": arm.note}


def _head(arm: Protocol) -> str:
    """What an arm is called; one of one's own by its label, where that says more than its name."""
    name = arm_label(arm.name)
    own = arm.name not in CONTRACT_ARMS and arm.label.lower() != name.lower()
    return f"{arm.label} ({name})" if own else name


def prescription(study: CompareStudy) -> show.Table:
    """The arms as they are modelled, one column an arm."""
    import pandas as pd

    arms = _arms(study)
    columns = {_head(arm): _column(study, arm) for arm in arms}
    rows = max(columns.values(), key=len)  # an arm without strength work has fewer
    frame = pd.DataFrame(columns).reindex(list(rows)).fillna("")
    frame.insert(0, "Item", frame.index)
    values = parameters.central(**study.settings.parameter_values)
    own = adherence.habits(study.cohort, values, weeks=study.design.weeks, seed=study.settings.seed)
    caption = words(
        "prescription",
        weeks=study.design.weeks,
        adherence=study.settings.adherence,
        sessions_of_keen=float(own.chance[~own.stopped].mean()),
        sessions_of_all=float(own.chance.mean()),
        n_more=len(study.design.arms) - len(arms),
    )
    align = dict.fromkeys(columns, "left")
    return show.Table(frame, caption, "prescription", align=align)


def lines(study: CompareStudy) -> show.Lines:
    """Every arm's prescription on one line."""
    return show.Lines(tuple(f"{arm.name}: {dose(arm)}" for arm in study.design.arms))


def cert(study: CompareStudy) -> show.Table:
    """What of every arm's prescription is reported, by CERT."""
    return cert_table({_head(arm): arm for arm in study.design.arms})
