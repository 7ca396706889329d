"""Page 1: title, the answer in two sentences, and the same by cause."""

from typing import Any

from hipstudy import show
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import Ends, ends_by_cause, rounded_up, words
from hipstudy.pages.compare_report.front_words import front, marked_names, primary_names
from hipstudy.pages.compare_report.outside_statement import (
    class_effect,
    facts_of_less,
    sensation_facts,
)
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import UNMATCHED
from hipstudy.show import escape
from hipstudy.studies.compare_study import CompareStudy


def title(study: CompareStudy) -> show.Text:
    """The report's title: what is compared, by the arms' labels."""
    treatment, control = (escape(name.label) for name in primary_names(study))
    return show.Text(front(study)("title", treatment=treatment, control=control))


def is_matched(study: CompareStudy) -> bool:
    """Whether both arms of the primary contrast take the same minutes a week."""
    treatment, control = (study.design.arm(arm) for arm in study.primary)
    same = abs(treatment.clock_min_wk - control.clock_min_wk) < 1e-6
    return same and treatment.weeks == control.weeks


def favoured_causes(ends: Ends, margin_nrs: float) -> dict[str, int]:
    """Causes under which an arm is better by the margin, its band without zero as it is printed.

    Parameters
    ----------
    ends
        Of the four causes, NRS points, treatment minus control.
    margin_nrs
        Of the mean difference.

    Returns
    -------
    dict
        World -> 0 where the treatment is better, 1 where the control is.
    """
    return {
        world: int(mean > 0)
        for world, (mean, low, high) in ends.items()
        if abs(mean) >= margin_nrs and round(-high if mean < 0 else low, 2) > 0
    }


def largest_cause(study: CompareStudy) -> str:
    """The cause under which the primary arms differ most in tightness; the first of several."""
    ends = ends_by_cause(study)
    return max(ends, key=lambda world: abs(ends[world][0]))


def verdict_facts(study: CompareStudy, names: tuple[str, str]) -> dict[str, Any]:
    """What the sentences on tightness say of a study, in weeks and NRS points.

    Parameters
    ----------
    study
        The comparison.
    names
        What treatment and control are called.
    """
    ends, margin = ends_by_cause(study), parameter("margin_small_nrs")
    bands = {world: _benefit(names, world, *end) for world, end in ends.items()}
    side = favoured_causes(ends, margin)
    favours = [
        {"name": names[at], "causes": [bands[world] for world in side if side[world] == at]}
        for at in dict.fromkeys(side.values())
    ]
    largest = max(ends, key=lambda world: abs(ends[world][0]))
    rest = [world for world in WORLDS if world not in (side or [largest])]
    own, others = _furthest(ends, [largest]), _furthest(ends, rest)
    means = [end[0] for end in ends.values()]
    return {
        "is_matched": is_matched(study),
        "weeks": study.design.weeks,
        "margin": margin,
        "favours": favours,
        "n_rest": len(rest),
        "rest_within": others if side or own >= others else max(own, others),
        "is_nothing": own == others == 0,
        "is_unclear": any(abs(mean) >= margin for mean in means),
        "largest": bands[largest] if own >= others else None,
        "treatment": names[0],
        "lowest_mean": min(means),
        "highest_mean": max(means),
        "weeks_after_end": _weeks_after_end(study, names),
    }


def _benefit(
    names: tuple[str, str], world: str, mean: float, low: float, high: float
) -> dict[str, Any]:
    """A difference told from the arm with less tightness: by how much, and the band's two ends."""
    near, far = (-high, -low) if mean < 0 else (low, high)
    return {
        "cause": world,
        "name": names[int(mean >= 0)],
        "size": abs(mean),
        "near": near,
        "far": far,
    }


def _furthest(ends: Ends, worlds: list[str]) -> float:
    """How far from 0 the bands of some worlds go, rounded up so that none goes further."""
    bands = [abs(end) for world in worlds for end in ends[world][1:]]
    return rounded_up(max(bands, default=0.0))


def _weeks_after_end(study: CompareStudy, names: tuple[str, str]) -> list[dict[str, Any]]:
    """Arms of the primary contrast whose work ends before they are judged."""
    last = study.design.weeks
    arms = zip(names, (study.design.arm(name) for name in study.primary), strict=True)
    return [
        {"name": name, "weeks": last - arm.weeks}
        for name, arm in arms
        if arm.weeks < last and (arm.strength or arm.stretch)
    ]


def answer(study: CompareStudy) -> show.Answer:
    """The answer: what trials elsewhere found, and what the model says of these arms."""
    found = class_effect(study)
    facts = verdict_facts(study, _short(study))
    outside = None
    if found:
        outside = facts_of_less(found.effect, found.kinds)
        outside |= sensation_facts(study, found.contrast)
    return show.Answer(front(study)("answer", facts | {"outside": outside}), (), "")


def _short(study: CompareStudy) -> tuple[str, str]:
    treatment, control = primary_names(study)
    return treatment.short, control.short


def answer_by_cause(study: CompareStudy) -> show.Text:
    """The same by cause, each band told in the direction of its sentence."""
    return show.Text(front(study)("by_cause", verdict_facts(study, marked_names(study))))


def assumed_sign(study: CompareStudy) -> show.Text:
    """Warning that goes with the comparison without a cap on time; empty where it is not made."""
    if UNMATCHED not in study.design.contrasts:
        return show.Text("")
    more, less = (study.design.arm(arm) for arm in UNMATCHED)
    parts = ("stretch", "weeks", "contact_min_wk")
    contains = not less.strength and all(getattr(more, p) == getattr(less, p) for p in parts)
    return show.Text(words("assumed_sign", contains))
