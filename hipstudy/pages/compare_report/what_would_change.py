"""Page 2: which measurement would tell most about the answer, and the limits."""

from typing import Any

import numpy as np

from hipstudy import show
from hipstudy.evidence import sources
from hipstudy.pages.compare_report.answer import largest_cause
from hipstudy.pages.compare_report.front_words import front, primary_names
from hipstudy.parameters import shipped
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.sensitivity import SensitivityResult, strongest, tightness

MOST = 2  # studies that are named
LEAST_SHARE = 0.1  # of the variance: less is not worth a sentence


def hangs(driven: SensitivityResult, world: str) -> list[dict[str, Any]]:
    """Studies whose numbers carry most of the difference in tightness under a cause.

    Parameters
    ----------
    driven
        Indices of the comparison.
    world
        Cause.

    Returns
    -------
    list of dict
        study (a name of ``data/studies.toml``), name (its strongest number) and share, the total
        index of that, 1 at the most; strongest first. Numbers that rest on a source are no study's.
    """
    answer = tightness(world)
    if answer in driven.constant_answers:
        return []
    found: dict[str, dict[str, Any]] = {}
    for row in strongest(driven, answer).itertuples():
        study = sources.by_parameter().get(row.factor)
        if study and row.total >= LEAST_SHARE:  # a convention is held at its value: no factor
            share = min(float(row.total), 1.0)
            found.setdefault(study.name, {"study": study.name, "name": row.factor, "share": share})
    return list(found.values())[:MOST]


def furthest_tenth(study: CompareStudy, name: str, world: str) -> dict[str, Any]:
    """Mean difference in tightness over the draws at that end of a number where arms differ most.

    Parameters
    ----------
    study
        The comparison: its own draws are looked at.
    name
        Of the number.
    world
        Cause.

    Returns
    -------
    dict
        is_high (the tenth with the highest values, else the lowest), size (NRS points) and name, of
        the arm with less.
    """
    ends = study.difference(study.primary, "tightness_nrs", world)[:, -1]
    order = np.argsort(study.values[name][:, 0], kind="stable")
    n = max(1, len(order) // 10)
    low, high = (float(ends[some].mean()) for some in (order[:n], order[-n:]))
    is_high = abs(high) >= abs(low)
    mean = high if is_high else low
    names = [one.in_markdown for one in primary_names(study)]
    return {"is_high": is_high, "size": abs(mean), "name": names[int(mean > 0)]}


def would_change(study: CompareStudy, driven: SensitivityResult) -> show.Text:
    """What would change the answer, and which measurement would tell."""
    world = largest_cause(study)
    found = hangs(driven, world)
    far = furthest_tenth(study, found[0]["name"], world) if found else None
    return show.Text(front(study)("would_change", hangs=found, far=far))


def limits(study: CompareStudy) -> show.Text:
    """A few sentences of limits; the details list all.

    They say in what share of the model's runs no link is causal, where the report does not set it.
    """
    name = "causal_share"
    is_set = name in study.settings.parameter_values
    share = 0.0 if is_set else shipped()[name].mass_at_low
    return show.Text(front(study)("limits", none_share=share))
