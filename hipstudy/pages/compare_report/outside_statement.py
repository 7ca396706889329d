"""What trials elsewhere found of the primary contrast, beside the model's answer."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from hipstudy import show
from hipstudy.evidence.certainty import certainty
from hipstudy.evidence.outside_view import AT_BASELINE, class_of
from hipstudy.evidence.pooling import PooledEffect
from hipstudy.evidence.symptom_trials import NULL, TIGHTNESS
from hipstudy.labels import format_number
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import pick_effects
from hipstudy.pages.compare_report.front_words import front
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.pages.trials_elsewhere import WORDS, contrast_facts, effect_cells, trial_cell
from hipstudy.studies.compare_study import CompareStudy

SENSATIONS = ("pain", TIGHTNESS, "disability")  # of trials elsewhere, in the order of a sentence
ANOTHER = "another"


def _class(study: CompareStudy) -> tuple[str, bool] | None:
    return class_of(*(study.design.arm(arm) for arm in study.primary))


@dataclass(frozen=True)
class ClassEffect:
    """What trials elsewhere say of the primary contrast, in the direction of its arms.

    Parameters
    ----------
    contrast
        Class of trials.
    kinds
        Kinds of exercise of treatment and control, as in the names of the classes.
    effect
        Of the main variant, first kind minus second, NRS points.
    """

    contrast: str
    kinds: tuple[str, str]
    effect: PooledEffect


def class_effect(study: CompareStudy) -> ClassEffect | None:
    """What trials elsewhere say of the primary contrast; None where no class has such arms."""
    kind, view = _class(study), study.settings.outside()
    if kind is None or not view.main(kind[0]):
        return None
    contrast, is_swapped = kind
    first, second = contrast.split("_vs_")
    effect = view.pooled(contrast, view.main(contrast)).times(-1 if is_swapped else 1)
    return ClassEffect(contrast, (second, first) if is_swapped else (first, second), effect)


def causes_apart(study: CompareStudy, effect: PooledEffect) -> list[str]:
    """Causes (worlds) under which model and trials differ by more than their spreads.

    The spreads are the model's band and the trials' prediction interval, as half widths at the
    same level; independent errors add by their squares.
    """
    rows = pick_effects(study, "tightness_nrs", primary=True).set_index("world")
    wide = (effect.pi_high - effect.pi_low) / 2
    apart = []
    for world in WORLDS:
        mean, low, high = rows.loc[world, ["estimate", "ci_low", "ci_high"]]
        if abs(mean - effect.estimate) > np.hypot((high - low) / 2, wide):
            apart.append(world)
    return apart


def _is_opposite(study: CompareStudy, effect: PooledEffect) -> bool:
    """Whether mean discomfort in the model differs the other way under every cause, as printed."""
    means = pick_effects(study, "discomfort_nrs", primary=True).set_index("world")["estimate"]
    return all(round(mean, 2) * effect.estimate < 0 for mean in means.loc[list(WORLDS)])


def facts_of_less(effect: PooledEffect, kinds: tuple[str, str]) -> dict[str, Any]:
    """An effect of trials elsewhere, told from the kind of exercise with less.

    Parameters
    ----------
    effect
        First kind minus second, NRS points.
    kinds
        As in the names of the classes: ``strength``, ``stretch`` or ``none``.
    """
    is_less = effect.estimate < 0
    ends = ("ci", "pi")
    near_far = {
        end: (-getattr(effect, f"{end}_high"), -getattr(effect, f"{end}_low"))
        if is_less
        else (getattr(effect, f"{end}_low"), getattr(effect, f"{end}_high"))
        for end in ends
    }
    return {
        "k": effect.k,
        "first": kinds[not is_less],
        "second": kinds[is_less],
        "size": abs(effect.estimate),
        "near": near_far["ci"][0],
        "far": near_far["ci"][1],
        "pi_near": near_far["pi"][0],
        "pi_far": near_far["pi"][1],
        "is_clear": effect.excludes_zero,
    }


def sensation_facts(study: CompareStudy, contrast: str) -> dict[str, Any]:
    """What the trials of a class asked for: ``felt``, names, and how many asked for it.

    ``n_tightness`` and ``n_disability`` asked for that, ``n_another`` for neither that nor pain.
    """
    view = study.settings.outside()
    rows = view.rows(contrast, view.main(contrast))
    counts = Counter(one.sensation if one.sensation in SENSATIONS else ANOTHER for one in rows)
    return {
        "felt": [name for name in (*SENSATIONS, ANOTHER) if counts[name]],
        "n_tightness": counts[TIGHTNESS],
        "n_disability": counts["disability"],
        "n_another": counts[ANOTHER],
    }


def outside(study: CompareStudy) -> show.Text:
    """Page 1: what those trials were, how sure they are, and whether the model contradicts them."""
    found = class_effect(study)
    if found is None:
        return show.Text("")
    sure = certainty(study.settings.outside(), found.contrast)
    facts = sensation_facts(study, found.contrast) | {
        "n_runners": sure.n_runners,
        "n_nulls": sure.n_nulls,
        "level": sure.level,
        "apart": causes_apart(study, found.effect),
        "is_opposite": _is_opposite(study, found.effect),
    }
    return show.Text(front(study)("outside", facts))


def mean_baseline_nrs(study: CompareStudy) -> float:
    """Mean tightness of the compared runners at the start, the same under every cause."""
    return float(study.mean(study.primary[1], "tightness_nrs", WORLDS[0])[:, 0].mean())


def outside_variants(study: CompareStudy) -> show.Table | show.Text:
    """Which trials count, and what they say at these runners' baseline; empty without any."""
    import pandas as pd

    kind, view = _class(study), study.settings.outside()
    facts: dict[str, Any] | None = (
        contrast_facts(view, kind[0], is_swapped=kind[1]) if kind else None
    )
    if kind is None or facts is None:
        return show.Text("")
    contrast, sign = kind[0], -1 if kind[1] else 1
    effects = {one: view.pooled(contrast, one) for one in view.variants(contrast)}
    relative = view.at_baseline(contrast, view.main(contrast), mean_baseline_nrs(study))
    if relative:
        effects[AT_BASELINE] = relative.effect
    cells = [effect_cells(LABELS["variants"][n], one.times(sign)) for n, one in effects.items()]
    caption = WORDS("table_caption", facts | {"relative": relative})
    align = dict.fromkeys(("Difference (95 %)", "Prediction (95 %)"), "left")
    return show.Table(pd.DataFrame(cells), caption, "outside-variants", align=align)


def outside_trials(study: CompareStudy) -> show.Table | show.Text:
    """The trials that the main estimate counts, one row each; empty without any."""
    import pandas as pd

    kind, view = _class(study), study.settings.outside()
    facts = contrast_facts(view, kind[0], is_swapped=kind[1]) if kind else None
    if kind is None or facts is None:
        return show.Text("")
    contrast, is_swapped = kind
    rows = sorted(view.rows(contrast, view.main(contrast)), key=lambda one: one.use == NULL)
    sign = -1 if is_swapped else 1
    frame = pd.DataFrame(
        {
            "Trial": [trial_cell(one) for one in rows],
            "Compared": [
                " / ".join((one.second, one.first) if is_swapped else (one.first, one.second))
                for one in rows
            ],
            "In whom": [one.people for one in rows],
            "Difference": [
                WORDS("null_difference")
                if one.use == NULL
                else format_number(sign * one.difference_nrs)
                for one in rows
            ],
            "SE": [format_number(one.standard_error) for one in rows],
            "Read": [one.reading for one in rows],
        }
    )
    sure = facts["certainty"]
    counts = {
        "n_trials": len(rows),
        "n_nulls": sure.n_nulls,
        "n_low": sure.n_low_quality,
        "n_unread": sure.n_unread,
    }
    caption = WORDS("trials_caption", facts | counts)
    return show.Table(frame, caption, "outside-trials", align={"Difference": "right"})


def outside_file(study: CompareStudy) -> show.Download:
    """Every class and variant at full precision, for ``tables/outside.csv``."""
    return table_file(study.settings.outside().frame(mean_baseline_nrs(study)), "outside")
