"""Page 1: on whom, the answer in one sentence with its cost, three numbers, one small figure."""

from typing import Any

import numpy as np
from scipy import special

from hipstudy import figures, show
from hipstudy.cohort_file import file_warnings
from hipstudy.evidence import number_basis
from hipstudy.labels import CAUSE_WORDS, WORLD_LABELS, arm_label, attainable_share, format_number
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import (
    Band,
    band_of,
    comparison_of,
    in_words,
    pick_effects,
    words,
)
from hipstudy.pages.compare_report.runners import runners_of
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import UNMATCHED
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.compare_tables import break_even as break_even_frame

Ends = dict[str, tuple[float, float, float]]  # world -> mean difference and its band


def whom(study: CompareStudy) -> show.Text:
    """Who was compared, for how long, and what the check of their file warned of."""
    return show.Text(runners_of(study) + file_warnings.markdown(study.cohort.warnings))


def is_matched(study: CompareStudy) -> bool:
    """Whether both arms of the primary contrast take the same minutes a week."""
    treatment, control = (study.design.arm(arm) for arm in study.primary)
    same = abs(treatment.clock_min_wk - control.clock_min_wk) < 1e-6
    return same and treatment.weeks == control.weeks


def _ends(study: CompareStudy, outcome: str = "tightness_nrs") -> Ends:
    rows = pick_effects(study, outcome, primary=True).set_index("world")
    return {w: tuple(rows.loc[w, ["estimate", "ci_low", "ci_high"]]) for w in WORLDS}


def headline_facts(study: CompareStudy) -> dict[str, Any]:
    """What the sentence at the top says of a study, in weeks and NRS points."""
    ends, margin = _ends(study), parameter("margin_small_nrs")
    treatment, control = (arm_label(arm) for arm in study.primary)
    winners = {world: treatment if end[0] < 0 else control for world, end in ends.items()}
    bands = {
        world: {"cause": CAUSE_WORDS[world], "size": abs(mean), "low": low, "high": high}
        for world, (mean, low, high) in ends.items()
    }
    reaching = [world for world in WORLDS if abs(ends[world][0]) >= margin]
    favours = [
        {"name": arm, "causes": [bands[world] for world in reaching if winners[world] == arm]}
        for arm in dict.fromkeys(winners[world] for world in reaching)
    ]
    largest = max(ends, key=lambda world: abs(ends[world][0]))
    rest = [world for world in WORLDS if world not in (reaching or [largest])]
    own, others = _furthest(ends, [largest]), _furthest(ends, rest)
    means = [end[0] for end in ends.values()]
    return {
        "is_matched": is_matched(study),
        "weeks": study.design.weeks,
        "margin": margin,
        "favours": favours,
        "n_rest": len(rest),
        "rest_within": others,
        "is_nothing": own == others == 0,
        "largest": bands[largest] if own >= others else None,
        "largest_arm": winners[largest],
        "lowest_mean": min(means),
        "highest_mean": max(means),
        "is_past_margin": max(own, others) > margin,
        "weeks_after_end": _weeks_after_end(study),
    }


def _furthest(ends: Ends, worlds: list[str]) -> float:
    """How far from 0 the bands of some worlds go, rounded as their ends are printed elsewhere."""
    bands = [abs(end) for world in worlds for end in ends[world][1:]]
    return round(max(bands, default=0.0), 2)


def _weeks_after_end(study: CompareStudy) -> list[dict[str, Any]]:
    """Arms of the primary contrast whose work ends before they are judged."""
    last = study.design.weeks
    arms = [study.design.arm(name) for name in study.primary]
    return [
        {"name": arm_label(arm.name), "weeks": last - arm.weeks}
        for arm in arms
        if arm.weeks < last and (arm.strength or arm.stretch)
    ]


def _higher(study: CompareStudy, outcome: str) -> list[dict[str, Any]]:
    """Arms under which an outcome is higher: by how much, and under how many causes."""
    ends, groups = _ends(study, outcome).values(), []
    for arm, sign in zip(study.primary, (1, -1), strict=True):
        # Bands as they are printed: what rounds to zero does not leave it out.
        sizes = [
            sign * mean
            for mean, low, high in ends
            if min(round(sign * low, 2), round(sign * high, 2)) > 0
        ]
        if sizes:
            groups.append(
                {
                    "name": arm_label(arm),
                    "lowest": min(sizes),
                    "highest": max(sizes),
                    "n_causes": len(sizes),
                }
            )
    return groups


def cost(study: CompareStudy) -> show.Text:
    """What the benefit costs: discomfort while running, and soreness."""
    discomfort, soreness = (_higher(study, f"{name}_nrs") for name in ("discomfort", "soreness"))
    weeks = study.design.weeks
    return show.Text(words("cost", weeks=weeks, discomfort=discomfort, soreness=soreness))


def _gain(study: CompareStudy, arm: str) -> Band:
    runs = study.mean(arm, "end_range_torque_nm_kg", "weak")
    gain = (runs[:, -1] / runs[:, 0] - 1) * 100
    low, high = np.quantile(gain, study.band)
    return Band("", float(gain.mean()), float(low), float(high))


def _numbers(study: CompareStudy) -> tuple[tuple[str, str, str], ...]:
    means, lows, highs = zip(*_ends(study).values(), strict=True)
    treatment, control = study.primary
    gain, strength = _gain(study, treatment), study.design.arm(treatment).strength
    even = break_even_frame(study)
    even = even[even["contrast"] == " - ".join(study.primary)]
    any_, margin = (
        row | {end: attainable_share(row[end]) for end in ("share", "ci_low", "ci_high")}
        for row in even.head(2).to_dict("records")
    )
    facts = {
        "is_matched": is_matched(study),
        "treatment": arm_label(treatment),
        "control": arm_label(control),
        "trained_side": strength.sides if strength and strength.sides != "both" else "",
        "control_gain": _gain(study, control),
        "detectable_pct": 100 * special.ndtri(0.975) * np.sqrt(2) * parameter("torque_sem_share"),
        "margin": margin["margin_nrs"],
        "never": margin["never"],
        "share_for_any": f"{any_['share']} ({any_['ci_low']} to {any_['ci_high']})",
    }
    return (
        (
            f"{format_number(min(means))} to {format_number(max(means))}",
            f"95 % bands {format_number(min(lows))} to {format_number(max(highs))}",
            words("difference_label", facts),
        ),
        (
            f"{format_number(gain.value, 0)} %"
            if round(gain.value) == 0
            else f"{gain.value:+.0f} %",
            f"95 % band {format_number(gain.low, 0)} to {format_number(gain.high, 0)}",
            words("torque_label", facts),
        ),
        (
            margin["share"],
            f"95 % band {margin['ci_low']} to {margin['ci_high']}",
            words("break_even_label", facts),
        ),
    )


def answer(study: CompareStudy) -> show.Answer:
    """The answer: a sentence with its uncertainty, three numbers, what it rests on."""
    basis = f"{number_basis.sentence(study.settings.parameter_values)} {number_basis.CLOSING}"
    return show.Answer(words("headline", headline_facts(study)), _numbers(study), basis)


def answer_figure(study: CompareStudy) -> show.Figure:
    """Page 1's figure: the primary difference by cause, without the prior."""
    rows = pick_effects(study, "tightness_nrs", primary=True)
    rows = rows[rows["world"] != "prior"]
    ax = figures.causes(rows, margin=parameter("margin_small_nrs"), height_mm=38)
    bands = [band_of(WORLD_LABELS[row.world], row) for row in rows.itertuples()]
    alt = in_words("Difference in tightness by cause:", bands)
    return show.Figure(ax.figure, words("answer_figure", comparison_of(study)), alt, "answer")


def assumed_sign(study: CompareStudy) -> show.Text:
    """Warning that goes with the comparison without a cap on time; empty where it is not made."""
    if UNMATCHED not in study.design.contrasts:
        return show.Text("")
    more, less = (study.design.arm(arm) for arm in UNMATCHED)
    parts = ("stretch", "weeks", "contact_min_wk")
    contains = not less.strength and all(getattr(more, p) == getattr(less, p) for p in parts)
    return show.Text(words("assumed_sign", contains))
