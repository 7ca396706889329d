"""What the arms of the primary contrast cost: discomfort while running, soreness, minutes."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hipstudy import show
from hipstudy.labels import arm_label
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import Ends, ends_by_cause, rounded_up, words
from hipstudy.pages.compare_report.front_words import front, marked_names
from hipstudy.parameters import number as parameter
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_study import CompareStudy

End = tuple[float, float, float]  # mean difference and its band
ALIKE = 0.01  # points by which numbers of causes that are told together may differ as printed


def told_by_cause(ends: Ends, names: tuple[str, str]) -> dict[str, Any]:
    """A difference told from the arm that mostly has more of it, by cause where causes differ.

    Parameters
    ----------
    ends
        Of the four causes, NRS points, treatment minus control.
    names
        What treatment and control are called.

    Returns
    -------
    dict
        ``name`` of the arm; ``rest``, in NRS points more than in the other arm: the range of the
        means (``lowest``, ``highest``), what holds every band (``low``, ``high``) of the causes
        that are alike, and whether all of these print as 0 (``is_none``); ``apart``: None, or the
        same of the one ``cause`` that is apart.
    """
    apart = None
    if _width(ends.values()) > ALIKE:
        others = {world: [ends[one] for one in ends if one != world] for world in ends}
        apart = min(others, key=lambda world: _width(others[world]))
    rest = [end for world, end in ends.items() if world != apart]
    is_control = _is_less(rest)
    own = {"cause": apart} | _part([ends[apart]], is_control) if apart else None
    return {"name": names[is_control], "rest": _part(rest, is_control), "apart": own}


def _is_less(ends: Sequence[End]) -> bool:
    """Whether the treatment has less: by the mean that is furthest from zero."""
    return max((mean for mean, _, _ in ends), key=abs) < 0


def _width(ends: Iterable[End]) -> float:
    """How far means, or an end of the bands, lie apart as they are printed, NRS points."""
    return float(np.round(np.ptp(np.round(list(ends), 2), axis=0).max(), 2))


def _part(ends: Iterable[End], is_control: bool) -> dict[str, Any]:
    """The range of means and of bands, treatment minus control, or the other way round."""
    if is_control:
        ends = [(-mean, -high, -low) for mean, low, high in ends]
    means, lows, highs = zip(*ends, strict=True)
    part = {"lowest": min(means), "highest": max(means), "low": min(lows), "high": max(highs)}
    return part | {"is_none": not any(round(points, 2) for points in part.values())}


def soreness_facts(study: CompareStudy, names: tuple[str, str]) -> dict[str, Any]:
    """How sore the arms end, told from the sorer one, and the week in which they differ most.

    Returns
    -------
    dict
        ``name``; means and bands of all causes as in ``told_by_cause``; ``worst``: None where the
        last week is the worst, else its ``week``, ``size`` in NRS points, and the sorer ``name``.
    """
    ends = list(ends_by_cause(study, "soreness_nrs").values())
    is_control = _is_less(ends)
    facts = {"name": names[is_control]} | _part(ends, is_control)
    weeks = np.array(
        [study.difference(study.primary, "soreness_nrs", w).mean(axis=0) for w in WORLDS]
    )
    world, week = np.unravel_index(np.abs(weeks).argmax(), weeks.shape)
    size = float(weeks[world, week])
    is_last = round(abs(size), 2) <= round(facts["highest"], 2)
    worst = {"name": names[int(size < 0)], "size": abs(size), "week": int(week)}
    return facts | {"worst": None if is_last else worst}


def _works(arm: Protocol) -> bool:
    return bool(arm.strength or arm.stretch)


def shorter_arms(study: CompareStudy) -> dict[str, Any] | None:
    """Other arms of the study with fewer minutes a week that end less than the margin behind.

    Behind: how much more tightness they leave, on average, than an arm of the primary contrast that
    exercises, under the cause where that is most. None where there is no such arm.

    Returns
    -------
    dict
        ``n`` such arms; ``is_all``: no other shorter arm is further behind; ``fewest`` and ``most``
        of their minutes a week; ``behind``, NRS points, rounded up.
    """
    compared = [arm for name in study.primary if _works(arm := study.design.arm(name))]
    if not compared:
        return None
    least, weeks = min(arm.clock_min_wk for arm in compared), max(arm.weeks for arm in compared)
    shorter = [
        (arm.clock_min_wk, max(_behind(study, arm.name, one.name) for one in compared))
        for arm in study.design.arms
        if _works(arm) and round(arm.clock_min_wk) < round(least) and arm.weeks <= weeks
    ]
    near = [one for one in shorter if one[1] < parameter("margin_small_nrs")]
    if not near:
        return None
    minutes, behind = zip(*near, strict=True)
    return {
        "n": len(near),
        "is_all": len(near) == len(shorter),
        "fewest": min(minutes),
        "most": max(minutes),
        "behind": rounded_up(max(behind)),
    }


def _behind(study: CompareStudy, arm: str, other: str) -> float:
    """How much more tightness an arm leaves than another, under the cause where that is most."""
    return max(
        float(study.difference((arm, other), "tightness_nrs", world)[:, -1].mean())
        for world in WORLDS
    )


def _minutes(study: CompareStudy, names: tuple[str, str]) -> list[tuple[str, float]]:
    arms = (study.design.arm(arm) for arm in study.primary)
    return [(name, arm.clock_min_wk) for name, arm in zip(names, arms, strict=True)]


def cost(study: CompareStudy) -> show.Text:
    """Page 1: what a benefit costs, and whether shorter arms do as well."""
    names = marked_names(study)
    facts = {
        "discomfort": told_by_cause(ends_by_cause(study, "discomfort_nrs"), names),
        "soreness": soreness_facts(study, names),
        "minutes": _minutes(study, names),
        "shorter": shorter_arms(study),
    }
    return show.Text(front(study)("cost", facts))


def _clear_most(study: CompareStudy, outcome: str, sign: int) -> float:
    """Highest mean difference of a cause whose band leaves out zero as it is printed; 0 if none."""
    sizes = [
        sign * mean
        for mean, low, high in ends_by_cause(study, outcome).values()
        if min(round(sign * low, 2), round(sign * high, 2)) > 0
    ]
    return max(sizes, default=0)


def with_cost(study: CompareStudy, text: str) -> str:
    """A text of the details that states a benefit in tightness, with its cost behind it."""
    treatment, control = map(arm_label, study.primary)
    names = (treatment, control)
    by_arm = [
        {
            "name": name,
            "discomfort": _clear_most(study, "discomfort_nrs", sign),
            "soreness": _clear_most(study, "soreness_nrs", sign),
        }
        for name, sign in zip(names, (1, -1), strict=True)
    ]
    facts = {
        "by_arm": [one for one in by_arm if one["discomfort"] or one["soreness"]],
        "minutes": _minutes(study, names),
    }
    return f"{text} {words('cost_line', facts)}"
