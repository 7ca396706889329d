"""Page 1: on whom, the answer in one sentence with its cost, three numbers, one small figure."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from hipstudy import figures, show
from hipstudy.cohort_file import file_warnings
from hipstudy.evidence import number_basis
from hipstudy.labels import CAUSE_WORDS, WORLD_LABELS, arm_label, attainable_share, format_number
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import (
    Band,
    Bands,
    band_of,
    comparison_of,
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


@dataclass(frozen=True)
class CauseBand:
    """Difference in tightness under one cause: its size, and the band with its sign, NRS points."""

    cause: str
    size: float
    low: float
    high: float


@dataclass(frozen=True)
class FavouredArm:
    """An arm that is better by the margin on average, and the causes under which it is."""

    name: str
    causes: tuple[CauseBand, ...]


@dataclass(frozen=True)
class ArmWeeks:
    """How many weeks after its end an arm is judged."""

    name: str
    weeks: int


@dataclass(frozen=True)
class HeadlineFacts:
    """What the sentence at the top says of the primary contrast, NRS points and weeks."""

    is_matched: bool
    weeks: int
    margin: float
    favours: tuple[FavouredArm, ...]  # that reach the margin
    n_rest: int  # causes that are not named above
    rest_within: float  # how far from 0 their bands go
    is_nothing: bool  # every band is 0
    largest: CauseBand | None  # None where another band goes further
    largest_arm: str
    lowest_mean: float
    highest_mean: float
    is_past_margin: bool  # a band goes past the margin
    weeks_after_end: tuple[ArmWeeks, ...]


def headline_facts(study: CompareStudy) -> HeadlineFacts:
    """What the sentence at the top says of a study."""
    ends, margin = _ends(study), parameter("margin_small_nrs")
    treatment, control = (arm_label(arm) for arm in study.primary)
    winners = {world: treatment if end[0] < 0 else control for world, end in ends.items()}
    bands = {
        world: CauseBand(CAUSE_WORDS[world], abs(mean), low, high)
        for world, (mean, low, high) in ends.items()
    }
    reaching = [world for world in WORLDS if abs(ends[world][0]) >= margin]
    favours = tuple(
        FavouredArm(arm, tuple(bands[world] for world in reaching if winners[world] == arm))
        for arm in dict.fromkeys(winners[world] for world in reaching)
    )
    largest = max(ends, key=lambda world: abs(ends[world][0]))
    rest = [world for world in WORLDS if world not in (reaching or [largest])]
    own, others = _furthest(ends, [largest]), _furthest(ends, rest)
    means = [end[0] for end in ends.values()]
    return HeadlineFacts(
        is_matched=is_matched(study),
        weeks=study.design.weeks,
        margin=margin,
        favours=favours,
        n_rest=len(rest),
        rest_within=others,
        is_nothing=own == others == 0,
        largest=bands[largest] if own >= others else None,
        largest_arm=winners[largest],
        lowest_mean=min(means),
        highest_mean=max(means),
        is_past_margin=max(own, others) > margin,
        weeks_after_end=_weeks_after_end(study),
    )


def _furthest(ends: Ends, worlds: list[str]) -> float:
    """How far from 0 the bands of some worlds go, rounded as their ends are printed elsewhere."""
    bands = [abs(end) for world in worlds for end in ends[world][1:]]
    return round(max(bands, default=0.0), 2)


def _weeks_after_end(study: CompareStudy) -> tuple[ArmWeeks, ...]:
    """Arms of the primary contrast whose work ends before they are judged."""
    last = study.design.weeks
    arms = [study.design.arm(name) for name in study.primary]
    return tuple(
        ArmWeeks(arm_label(arm.name), last - arm.weeks)
        for arm in arms
        if arm.weeks < last and (arm.strength or arm.stretch)
    )


@dataclass(frozen=True)
class HigherUnder:
    """An arm under which an outcome is higher: by how much, and under how many causes."""

    name: str
    lowest: float
    highest: float
    n_causes: int


@dataclass(frozen=True)
class CostFacts:
    """Discomfort and soreness under the two arms, where the 95 % band leaves out zero."""

    weeks: int
    discomfort: tuple[HigherUnder, ...]
    soreness: tuple[HigherUnder, ...]


def _higher(study: CompareStudy, outcome: str) -> tuple[HigherUnder, ...]:
    ends = _ends(study, outcome).values()
    groups = []
    for arm, sign in zip(study.primary, (1, -1), strict=True):
        # Bands as they are printed: what rounds to zero does not leave it out.
        sizes = [
            sign * mean
            for mean, low, high in ends
            if min(round(sign * low, 2), round(sign * high, 2)) > 0
        ]
        if sizes:
            groups.append(HigherUnder(arm_label(arm), min(sizes), max(sizes), len(sizes)))
    return tuple(groups)


def cost(study: CompareStudy) -> show.Text:
    """What the benefit costs: discomfort while running, and soreness."""
    facts = CostFacts(
        study.design.weeks, _higher(study, "discomfort_nrs"), _higher(study, "soreness_nrs")
    )
    return show.Text(words("cost", facts))


@dataclass(frozen=True)
class NumbersFacts:
    """What stands under the three numbers of page 1: NRS points, shares, per cent."""

    is_matched: bool
    treatment: str
    control: str
    trained_side: str  # of the treatment; empty where both are
    control_gain: Band
    detectable_pct: float  # of torque, between one person's two tests
    margin: float
    never: float  # share of draws without a break-even share
    share_for_any: str


def _gain(study: CompareStudy, arm: str) -> Band:
    runs = study.mean(arm, "end_range_torque_nm_kg", "weak")
    gain = (runs[:, -1] / runs[:, 0] - 1) * 100
    low, high = np.quantile(gain, study.band)
    return Band("", float(gain.mean()), float(low), float(high))


def _detectable_pct() -> float:
    """Smallest change of torque that one person's two tests tell from error 95 % of the time."""
    return 100 * float(special.ndtri(0.975)) * np.sqrt(2) * parameter("torque_sem_share")


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
    facts = NumbersFacts(
        is_matched=is_matched(study),
        treatment=arm_label(treatment),
        control=arm_label(control),
        trained_side=strength.sides if strength and strength.sides != "both" else "",
        control_gain=_gain(study, control),
        detectable_pct=_detectable_pct(),
        margin=margin["margin_nrs"],
        never=margin["never"],
        share_for_any=f"{any_['share']} ({any_['ci_low']} to {any_['ci_high']})",
    )
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
    alt = words("bands", Bands("Difference in tightness by cause:", bands))
    return show.Figure(ax.figure, words("answer_figure", comparison_of(study)), alt, "answer")


def assumed_sign(study: CompareStudy) -> show.Text:
    """Warning that goes with the comparison without a cap on time; empty where it is not made."""
    if UNMATCHED not in study.design.contrasts:
        return show.Text("")
    more, less = (study.design.arm(arm) for arm in UNMATCHED)
    parts = ("stretch", "weeks", "contact_min_wk")
    contains = not less.strength and all(getattr(more, p) == getattr(less, p) for p in parts)
    return show.Text(words("assumed_sign", contains))
