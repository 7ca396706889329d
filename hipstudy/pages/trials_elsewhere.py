"""Facts of the outside view that both reports put into words: one contrast, and tables of it."""

import math
from typing import Any

from hipstudy.evidence.certainty import certainty
from hipstudy.evidence.outside_view import REPORTED, OutsideView
from hipstudy.evidence.pooling import PooledEffect
from hipstudy.evidence.symptom_trials import SymptomTrial
from hipstudy.labels import format_number, interval
from hipstudy.pages.shared import LABELS
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.pages", "outside")


def contrast_facts(
    view: OutsideView, contrast: str, *, is_swapped: bool = False
) -> dict[str, Any] | None:
    """What is said of a class of trials; None where it has none.

    Parameters
    ----------
    view
        The trials.
    contrast
        Class.
    is_swapped
        Whether the second arm is named first.
    """
    sure = certainty(view, contrast)
    if sure is None:
        return None
    kinds = [LABELS["kinds"][one] for one in contrast.split("_vs_")]
    sign = -1 if is_swapped else 1
    main, has_numbers = view.main(contrast), view.rows(contrast, REPORTED)
    return {
        "first": kinds[is_swapped],
        "second": kinds[not is_swapped],
        "effect": view.pooled(contrast, main).times(sign),
        "reported": view.pooled(contrast, REPORTED).times(sign) if has_numbers else None,
        "certainty": sure,
    }


def trial_cell(one: SymptomTrial) -> str:
    """A trial's author, year and journal with its code, and an asterisk where it is of low quality.

    Parameters
    ----------
    one
        A row of ``data/symptom_trials.csv``.
    """
    mark = "*" if one.is_low_quality == "yes" else ""
    return f"{one.study}, {one.id}{mark}"


def prediction_cell(effect: PooledEffect) -> str:
    """The prediction interval as a cell; a dash where one trial cannot give one."""
    if math.isnan(effect.pi_low):
        return "–"
    return f"{format_number(effect.pi_low)} to {format_number(effect.pi_high)}"


def effect_cells(label: str, effect: PooledEffect) -> dict[str, str]:
    """An estimate as cells of a table."""
    return {
        "Which trials": label,
        "Trials": str(effect.k),
        "Difference (95 %)": interval(effect.estimate, effect.ci_low, effect.ci_high),
        "Prediction (95 %)": prediction_cell(effect),
    }
