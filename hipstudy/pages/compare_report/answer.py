"""Page 1: on whom, the answer in one sentence, three numbers, one small figure."""

import numpy as np
from scipy import special

from hipstudy import figures, show
from hipstudy.cohort_file import file_warnings
from hipstudy.cohort_file.rbds import SOURCE as RBDS
from hipstudy.evidence import number_basis
from hipstudy.labels import WORLD_LABELS, arm_label, count_phrase, format_number, interval, percent
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import DRAWN, SIDES, Cohort
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import CONTRACT_ARMS, UNMATCHED
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.compare_tables import break_even as break_even_frame
from hipstudy.studies.compare_tables import effects as effects_frame

Ends = dict[str, tuple[float, float, float]]  # world -> mean difference and its band
CAUSE_WORDS = {
    "weak": "a deficit of end-range torque",
    "short": "short tissue",
    "guarded": "guarding",
    "nonspecific": "none of these",
}


def whom(study: CompareStudy) -> show.Text:
    """Who was compared, for how long, and what the check of their file warned of."""
    return show.Text(runners_of(study) + file_warnings.markdown(study.cohort.warnings))


def runners_of(study: CompareStudy) -> str:
    """Who was compared, in Markdown."""
    at = f" Date: {study.settings.report_date}." if study.settings.report_date else ""
    modelled = f"Modelled over {count_phrase(study.design.weeks, 'week')}."
    return f"{who(study.cohort)} {modelled}{_called(study)}{_set(study)}{at}"


def who(cohort: Cohort) -> str:
    """How many runners, in Markdown, and what of them was measured."""
    count = f"**{cohort.n_runners} runners, {cohort.n_limbs} limbs**"
    if cohort.source == DRAWN:
        return f"{count}, all drawn from published summary figures; no real person is among them."
    if cohort.source == RBDS:
        return (
            f"{count} from the open RBDS data (Fukuchi 2017): measured sex, age, body mass and "
            f"{_angles(cohort)}. Their hip flexion strength and tightness were not measured: those "
            "are drawn, strength given the angle, tightness without it, so that every cause starts "
            "from the same tightness. Other strengths in the file are not used; runners who "
            "reported an injury are not left out."
        )
    return f"{count} of a cohort file. {_known(cohort)}"


def _called(study: CompareStudy) -> str:
    """What the arms are that are compared first, where their names alone do not say it."""
    said = []
    for name in study.primary[::-1]:
        label, short = study.design.arm(name).label, arm_label(name)
        own = label.removeprefix(f"{short[-1]}: ")
        if name not in CONTRACT_ARMS and label.lower() != short.lower():
            said.append(f"“{short}” is {show.escape(own[:1].lower() + own[1:])}")
    return f" {'; '.join(said)}." if said else ""


def _set(study: CompareStudy) -> str:
    """What of the model, not of the prescriptions, was set for this report."""
    settings = study.settings
    said = []
    if settings.adherence is not None:
        said.append(f"a mean of {percent(settings.adherence)} of sessions done, in all weeks alike")
    if settings.start_rom_deg is not None:
        angle = format_number(settings.start_rom_deg, 1)
        said.append(f"a mean modified Thomas angle of {angle} deg at the start")
    return f" Set for this report, not drawn: {' and '.join(said)}." if said else ""


def _angles(cohort: Cohort) -> str:
    """Mean and spread of the measured angles; of few measured runners neither is said."""
    by_runner = cohort.reading("thomas_ext_deg").reshape(-1, len(SIDES))
    angle, n = by_runner[~np.isnan(by_runner)], int((~np.isnan(by_runner)).any(axis=1).sum())
    if n < parameter("cohort_least_runners"):
        return "modified Thomas angle of too few runners to give a mean"
    enough = n >= parameter("spread_least_runners")
    spread = f" (SD {angle.std(ddof=1):.1f})" if enough else ""
    return f"mean modified Thomas angle {angle.mean():.1f} deg{spread}"


def _known(cohort: Cohort) -> str:
    """What of a cohort file's runners was measured, of how many, and that the rest is drawn."""
    words = {
        "thomas_ext_deg": "modified Thomas angle",
        "torque_nm_kg": "hip flexion torque",
        "tightness_nrs": "tightness",
        "discomfort_nrs": "discomfort",
    }
    limbs, runners = cohort.n_limbs, cohort.n_runners
    found = {name: int((~np.isnan(cohort.reading(name))).sum()) for name in words}
    said = [f"{words[name]} of {n} of {limbs} limbs" for name, n in found.items() if n]
    traits = {"sex": "sex", "age_y": "age", "mass_kg": "body mass"}
    of_all = [words_ for name, words_ in traits.items() if cohort.n_known.get(name) == runners]
    some = [
        f"{words_} of {cohort.n_known[name]} of {runners} runners"
        for name, words_ in traits.items()
        if 0 < cohort.n_known.get(name, 0) < runners
    ]
    if of_all:
        some = [f"{', '.join(of_all)} of all runners", *some]
    share = sum(found.values()) / (len(found) * limbs)
    angles = f" The {_angles(cohort)}." if found["thomas_ext_deg"] else ""
    return (
        f"Measured at baseline: {'; '.join([*said, *some])}.{angles} That is {percent(share)} of "
        "these four for all limbs; what was not measured is drawn given what was, tightness and "
        "discomfort without regard to the angle and torque, so that every cause starts from the "
        "same tightness. A reading is taken for the truth."
    )


def is_matched(study: CompareStudy) -> bool:
    """Whether both arms of the primary contrast take the same minutes a week."""
    treatment, control = (study.design.arm(arm) for arm in study.primary)
    same = abs(treatment.clock_min_wk - control.clock_min_wk) < 1e-6
    return same and treatment.weeks == control.weeks


def _ends(study: CompareStudy) -> Ends:
    rows = effects_frame(study)
    rows = rows[(rows["outcome"] == "tightness_nrs")]
    rows = rows[rows["contrast"] == " - ".join(study.primary)].set_index("world")
    return {w: tuple(rows.loc[w, ["estimate", "ci_low", "ci_high"]]) for w in WORLDS}


def _sentence(study: CompareStudy) -> str:
    ends, margin = _ends(study), parameter("margin_small_nrs")
    minutes = "At equal minutes a week" if is_matched(study) else "At unequal minutes a week"
    after = f"after {count_phrase(study.design.weeks, 'week')}"
    reached = [world for world in WORLDS if abs(ends[world][0]) >= margin]
    if reached:
        return f"{minutes}, modelled tightness {after} {_favoured(study, ends, reached, margin)}."
    return (
        f"{minutes}, neither way is better on average by {count_phrase(margin, 'point')} of tightness "
        f"under any of four causes: {after} {_largest(study, ends, margin)}."
    )


def _winner(study: CompareStudy, difference: float) -> str:
    return f"“{arm_label(study.primary[0] if difference < 0 else study.primary[1])}”"


def _band(end: tuple[float, float, float]) -> str:
    low, high = format_number(end[1]), format_number(end[2])
    return f"{format_number(abs(end[0]))} points, 95 % band of the difference {low} to {high}"


def _furthest(ends: Ends, worlds: list[str]) -> float:
    """How far from 0 the bands of some worlds go, rounded as their ends are printed elsewhere."""
    return round(max(abs(end) for world in worlds for end in ends[world][1:]), 2)


def _favoured(study: CompareStudy, ends: Ends, reached: list[str], margin: float) -> str:
    """Which arm is better by the margin, under which causes; and what the other causes leave."""
    parts = []
    for winner in dict.fromkeys(_winner(study, ends[world][0]) for world in reached):
        own = [world for world in reached if _winner(study, ends[world][0]) == winner]
        only = "only " if len(own) == 1 else ""
        causes = " or ".join(f"{CAUSE_WORDS[world]} ({_band(ends[world])})" for world in own)
        by = f"favours {winner} by {count_phrase(margin, 'point')} or more on average"
        parts.append(f"{by} {only}if {causes} is what makes hips tight")
    rest = [world for world in WORLDS if world not in reached]
    if rest:
        which = {1: "cause the band stays", 2: "two causes the bands stay"}
        stay = which.get(len(rest), "three causes the bands stay")
        parts.append(f"under the other {stay} within {format_number(_furthest(ends, rest))}")
    return "; ".join(parts)


def _largest(study: CompareStudy, ends: Ends, margin: float) -> str:
    """The largest difference by cause, named where its band goes furthest too."""
    largest = max(ends, key=lambda world: abs(ends[world][0]))
    rest = [world for world in WORLDS if world != largest]
    own, others = _furthest(ends, [largest]), _furthest(ends, rest)
    if own == others == 0:
        return "there is no modelled difference between the two"
    past = f" past {margin:g}" if max(own, others) > margin else ""
    if own < others:
        means = [end[0] for end in ends.values()]
        doubt = f", which is{past}" if past else ""
        return (
            f"the modelled differences by cause are {format_number(min(means))} to {format_number(max(means))} "
            f"points, and their 95 % bands stay within {format_number(others)} either way{doubt}"
        )
    doubt = f", which reaches{past}" if past else ""
    return (
        f"the largest modelled difference favours {_winner(study, ends[largest][0])}, if "
        f"{CAUSE_WORDS[largest]} is what makes hips tight ({_band(ends[largest])}{doubt}); under "
        f"the other three the bands stay within {format_number(others)}"
    )


def _gain(study: CompareStudy, arm: str) -> tuple[float, float, float]:
    runs = study.mean(arm, "end_range_torque_nm_kg", "weak")
    gain = (runs[:, -1] / runs[:, 0] - 1) * 100
    low, high = np.quantile(gain, study.band)
    return float(gain.mean()), float(low), float(high)


def _averaged(study: CompareStudy) -> str:
    """Whose mean the gain of torque is."""
    strength = study.design.arm(study.primary[0]).strength
    if strength is None or strength.sides == "both":
        return "mean of all limbs"
    return f"mean of all limbs, of which only the {strength.sides} are trained"


def _detectable_pct() -> float:
    """Smallest change of torque that one person's two tests tell from error 95 % of the time."""
    return 100 * float(special.ndtri(0.975)) * np.sqrt(2) * parameter("torque_sem_share")


def _label(*parts: str) -> str:
    return " ".join(part.strip() for part in parts)


def _share(value: float) -> str:
    return percent(value) if np.isfinite(value) else "no share"


def _numbers(study: CompareStudy) -> tuple[tuple[str, str, str], ...]:
    ends = list(_ends(study).values())
    estimates = [e[0] for e in ends]
    treatment, control = study.primary
    gain, other = _gain(study, treatment), _gain(study, control)
    even = break_even_frame(study)
    even = even[even["contrast"] == " - ".join(study.primary)]
    any_, margin = even.iloc[0], even.iloc[1]
    equal = "equal" if is_matched(study) else "unequal"
    return (
        (
            f"{format_number(min(estimates))} to {format_number(max(estimates))}",
            f"95 % bands {format_number(min(e[1] for e in ends))} to {format_number(max(e[2] for e in ends))}",
            _label(
                f"NRS points, difference in tightness at {equal} minutes: smallest to largest",
                "mean over the four causes",
            ),
        ),
        (
            f"{format_number(gain[0], 0)} %" if round(gain[0]) == 0 else f"{gain[0]:+.0f} %",
            f"95 % band {format_number(gain[1], 0)} to {format_number(gain[2], 0)}",
            _label(
                f"end-range torque under “{arm_label(treatment)}”, {_averaged(study)}; under",
                f"“{arm_label(control)}” {interval(*other, digits=0)} %; one person's test sees",
                f"{_detectable_pct():.0f} % or more",
            ),
        ),
        (
            _share(margin["share"]),
            f"95 % band {_share(margin['ci_low'])} to {_share(margin['ci_high'])}",
            _label(
                "break-even share: runners tight from end-range torque for the mean to favour",
                f"“{arm_label(treatment)}” by {count_phrase(margin['margin_nrs'], 'point')}",
                f"({percent(margin['never'])} of draws have none); by any difference at all:",
                f"{_share(any_['share'])} ({_share(any_['ci_low'])} to {_share(any_['ci_high'])})",
            ),
        ),
    )


def answer(study: CompareStudy) -> show.Answer:
    """The answer: a sentence with its uncertainty, three numbers, what it rests on."""
    basis = f"{number_basis.sentence(study.settings.held)} {number_basis.CLOSING}"
    return show.Answer(_sentence(study), _numbers(study), basis)


def answer_figure(study: CompareStudy) -> show.Figure:
    """Page 1's figure: the primary difference by cause, without the prior."""
    rows = effects_frame(study)
    rows = rows[(rows["outcome"] == "tightness_nrs") & (rows["world"] != "prior")]
    rows = rows[rows["contrast"] == " - ".join(study.primary)]
    margin = parameter("margin_small_nrs")
    ax = figures.causes(rows, margin=margin, height_mm=44)
    said = "; ".join(
        f"{WORLD_LABELS[r.world]} {interval(r.estimate, r.ci_low, r.ci_high)}"
        for r in rows.itertuples()
    )
    treatment, control = (arm_label(arm) for arm in study.primary)
    caption = (
        f"Modelled difference in tightness after {count_phrase(study.design.weeks, 'week')}, "
        f"“{treatment}” minus “{control}”, in each pure world: mean over "
        f"{study.cohort.n_limbs} limbs of {study.cohort.n_runners} runners, line = 95 % band from "
        f"{study.values.n_draws} draws of the parameters. Grey: less than "
        f"{count_phrase(margin, 'point')} either way."
    )
    return show.Figure(ax.figure, caption, f"Difference in tightness by cause: {said}.", "answer")


def assumed_sign(study: CompareStudy) -> show.Text:
    """Warning that goes with the comparison without a cap on time; empty where it is not made."""
    if UNMATCHED not in study.design.contrasts:
        return show.Text("")
    more, less = (study.design.arm(arm) for arm in UNMATCHED)
    same = ("stretch", "weeks", "contact_min_wk")
    if less.strength or any(getattr(more, part) != getattr(less, part) for part in same):
        return show.Text(
            "The unmatched comparison is not matched in time, and neither arm contains the other: "
            "its sign says nothing about the exercise."
        )
    return show.Text(
        "**The sign of the unmatched comparison is assumed:** strength plus stretch contains all "
        "of stretch only, so without a cap on time it cannot come out worse on tightness in any "
        "world."
    )
