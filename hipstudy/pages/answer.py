"""Page 1: on whom, the answer in one sentence, three numbers, one small figure."""

import numpy as np

from hipstudy import figures, show
from hipstudy.compare import Study
from hipstudy.design import UNMATCHED
from hipstudy.effects import break_even as break_even_frame
from hipstudy.effects import effects as effects_frame
from hipstudy.labels import WORLD_LABELS, arm_label, interval, number, percent
from hipstudy.parameters import number as parameter
from hipstudy.parameters import shipped
from hipstudy.readings import SEEN_ONLY
from hipstudy.worlds import WORLDS

CAUSE_WORDS = {
    "weak": "a deficit of end-range torque",
    "short": "short tissue",
    "guarded": "guarding",
    "nonspecific": "none of these",
}


def whom(study: Study) -> show.Text:
    """Who was compared, measured or drawn, for how long."""
    cohort, weeks = study.cohort, study.design.weeks
    count = f"**{cohort.n_runners} runners, {cohort.n_limbs} limbs**"
    if cohort.thomas_ext_deg is None:
        who = f"{count}, all drawn from published summary figures; no real person is among them."
    else:
        angle = cohort.thomas_ext_deg
        n_limbs = f"mean modified Thomas angle {angle.mean():.1f} deg (SD {angle.std(ddof=1):.1f})"
        who = (
            f"{count} from the open RBDS data (Fukuchi 2017): measured sex, age, body mass and "
            f"{n_limbs}. Their hip strength and tightness were not measured: those are drawn, "
            "strength given the angle, tightness without it, so that every cause starts from the "
            "same tightness."
        )
    at = f" Date: {study.settings.report_date}." if study.settings.report_date else ""
    return show.Text(f"{who} Modelled over {weeks} weeks.{at}")


def is_matched(study: Study) -> bool:
    """Whether both arms of the primary contrast take the same minutes a week."""
    treatment, control = (study.design.arm(arm) for arm in study.primary)
    same = abs(treatment.clock_min_wk - control.clock_min_wk) < 1e-6
    return same and treatment.weeks == control.weeks


def _ends(study: Study) -> dict[str, tuple[float, float, float]]:
    rows = effects_frame(study)
    rows = rows[(rows["outcome"] == "tightness_nrs")]
    rows = rows[rows["contrast"] == " - ".join(study.primary)].set_index("world")
    return {w: tuple(rows.loc[w, ["estimate", "ci_low", "ci_high"]]) for w in WORLDS}


def _sentence(study: Study) -> str:
    ends, margin = _ends(study), parameter("margin_small_nrs")
    treatment, control = (arm_label(arm) for arm in study.primary)
    largest = max(ends, key=lambda world: abs(ends[world][0]))
    estimate, low, high = ends[largest]
    rest = [ends[world] for world in WORLDS if world != largest]
    others = max(abs(end) for _, *band in rest for end in band)
    reached = [world for world in WORLDS if abs(ends[world][0]) >= margin]
    minutes = "At equal minutes a week" if is_matched(study) else "At unequal minutes a week"
    favoured = treatment if estimate < 0 else control
    points = number(abs(estimate))
    band = f"{points} points, 95 % band of the difference {number(low)} to {number(high)}"
    where = f"if {CAUSE_WORDS[largest]} is what makes hips tight"
    if reached:
        only = "only " if len(reached) == 1 else ""
        return (
            f"{minutes}, modelled tightness after {study.design.weeks} weeks favours “{favoured}” "
            f"by {margin:g} points or more on average {only}{where} ({band}); under the other "
            f"three causes the bands stay within {number(others)}."
        )
    doubt = f", which reaches past {margin:g}" if max(abs(low), abs(high)) >= margin else ""
    return (
        f"{minutes}, neither way is better on average by {margin:g} points of tightness under any "
        f"of four causes: after {study.design.weeks} weeks the largest modelled difference favours "
        f"“{favoured}”, {where} ({band}{doubt}); under the other three the bands stay within "
        f"{number(others)}."
    )


def _gain(study: Study, arm: str) -> tuple[float, float, float]:
    runs = study.mean(arm, "end_range_torque_nm_kg", "weak")
    gain = (runs[:, -1] / runs[:, 0] - 1) * 100
    low, high = np.quantile(gain, study.band)
    return float(gain.mean()), float(low), float(high)


def _label(*parts: str) -> str:
    return " ".join(part.strip() for part in parts)


def _share(value: float) -> str:
    return percent(value) if np.isfinite(value) else "no share"


def _numbers(study: Study) -> tuple[tuple[str, str, str], ...]:
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
            f"{number(min(estimates))} to {number(max(estimates))}",
            f"95 % bands {number(min(e[1] for e in ends))} to {number(max(e[2] for e in ends))}",
            _label(
                f"NRS points, difference in tightness at {equal} minutes: smallest to largest",
                "mean over the four causes",
            ),
        ),
        (
            f"{gain[0]:+.0f} %".replace("-", "−"),
            f"95 % band {number(gain[1], 0)} to {number(gain[2], 0)}",
            _label(
                f"end-range torque under “{arm_label(treatment)}”; under “{arm_label(control)}”",
                f"{interval(*other, digits=0)} %",
            ),
        ),
        (
            _share(any_["share"]),
            f"95 % band {_share(any_['ci_low'])} to {_share(any_['ci_high'])}",
            _label(
                "break-even share: runners tight from end-range torque for the mean to favour",
                f"“{arm_label(treatment)}” at all; for {margin['margin_nrs']:g} points: ",
                f"{_share(margin['share'])} ({percent(margin['never'])} of draws have none)",
            ),
        ),
    )


# Rows that describe, look or present, and that no modelled difference depends on.
_PRESENTED = ("age_", "mcid", "margin", "trial_", "band_", "angle_from", "angle_to", "angle_step")
_PRESENTED += ("parameter_draws", "curve_draws", "surface_share", "cohort_least", *SEEN_ONLY)
_PRESENTED += ("thomas_icc_un", "thomas_true_r_un", "acute_stretch", "angle_shift", "lost_ref")


def counts() -> tuple[int, int]:
    """How many numbers of the model rest on evidence that was read, and how many are assumed."""
    rows = [row for name, row in shipped().items() if not name.startswith(_PRESENTED)]
    assumed = sum(row.assumed for row in rows)
    return len(rows) - assumed, assumed


def answer(study: Study) -> show.Answer:
    """The answer: a sentence with its uncertainty, three numbers, what it rests on."""
    known, assumed = counts()
    basis = (
        f"This rests on {known} numbers from published evidence and {assumed} assumptions; every "
        "link from a cause to tightness is an assumption. Harms are not modelled; absence here is "
        "not safety."
    )
    return show.Answer(_sentence(study), _numbers(study), basis)


def answer_figure(study: Study) -> show.Figure:
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
        f"Modelled difference in tightness after {study.design.weeks} weeks, “{treatment}” minus "
        f"“{control}”, in each pure world: mean over {study.cohort.n_limbs} limbs of "
        f"{study.cohort.n_runners} runners, line = 95 % band from {study.values.n_draws} draws of "
        f"the parameters. Grey: less than {margin:g} points either way."
    )
    return show.Figure(ax.figure, caption, f"Difference in tightness by cause: {said}.", "answer")


def assumed_sign(study: Study) -> show.Text:
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
