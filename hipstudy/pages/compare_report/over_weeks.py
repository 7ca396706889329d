"""Pages 4 and 5: what is felt and measured over weeks, the torque-angle curve, its surface."""

from hipstudy import figures, show
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    contrast_label,
    count_phrase,
    format_number,
    interval,
)
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.simulate import OUTCOMES
from hipstudy.pages.compare_report.by_cause import DIGITS
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions, compare_tables, torque_curves
from hipstudy.studies.compare_study import CompareStudy

FELT = [*((world, "tightness_nrs") for world in WORLDS)]
FELT += [(world, "discomfort_nrs") for world in ("weak", "nonspecific")]
WIDEST = 4  # arms side by side
SHOWN_FROM_DEG = -60  # as far into flexion as the curve is drawn


def other_outcomes(study: CompareStudy) -> show.Table:
    """Difference of every contrast in every outcome that is not felt, one row an outcome."""
    import pandas as pd

    rows = compare_tables.effects(study)
    rows = rows[rows["world"].isin(WORLDS)]
    names = [name for name in OUTCOMES if name not in LINKS]
    columns: dict[str, list[str]] = {"Outcome": [OUTCOME_LABELS[name] for name in names]}
    apart = 0.0
    for contrast, part in rows.groupby("contrast", sort=False):
        cells = []
        for name in names:
            here = part[part["outcome"] == name]
            first = here[here["world"] == WORLDS[0]].iloc[0]
            cells.append(
                interval(first["estimate"], first["ci_low"], first["ci_high"], DIGITS.get(name, 2))
            )
            apart = max(apart, float(here["estimate"].max() - here["estimate"].min()))
        columns[contrast_label(contrast)] = cells
    caption = (
        f"Outcomes that do not depend on why hips are tight: difference at week "
        f"{study.design.weeks}, 95 % band, where end-range torque is the cause; the other causes "
        f"give the same within {max(apart, 0.001):.3f}. Reserve: torque at end range, passive "
        "included, over the net moment that running asks for; above 1 there is some left. Economy "
        "is assumed to gain nothing most likely, at most 1 %."
    )
    return show.Table(pd.DataFrame(columns), caption, "other-outcomes")


def _over_weeks(
    study: CompareStudy, panels: list[tuple[str, str]], caption: str, name: str
) -> show.Figure:
    first = ("usual_running", *study.primary[::-1])
    arms = tuple(arm.name for arm in study.design.arms if arm.name in first)
    frame, spread = (
        compare_decisions.change_over_weeks(study, arms),
        compare_decisions.change_spread(study),
    )
    axs = figures.weeks(frame, spread, panels=panels)
    last = frame[frame["week"] == study.design.weeks]
    said = "; ".join(
        f"{WORLD_LABELS[r.world]}, {OUTCOME_LABELS[r.outcome]}, {arm_label(r.arm)} "
        f"{interval(r.mean, r.low, r.high, 1)}"
        for r in last.itertuples()
        if (r.world, r.outcome) in panels
    )
    bands = f" Band: 95 % of the mean over {study.values.n_draws} draws of the parameters."
    if compare_decisions.spread_shown(study):
        bands += (
            f" Bracket: middle 95 % of the {study.cohort.n_runners} runners, parameters at their "
            "values."
        )
    else:
        bands += " How so few runners spread is not shown: it would tell about single people."
    return show.Figure(axs[0].figure, caption + bands, f"Change at the last week. {said}.", name)


def weeks(study: CompareStudy) -> show.Figure:
    """What is felt over weeks: tightness once a world, discomfort in two."""
    caption = (
        "What is felt: modelled change since baseline, before any error of rating. Discomfort "
        "while running follows the same causes with a link of its own, and has the week's "
        "soreness in it."
    )
    return _over_weeks(study, FELT, caption, "weeks")


def measures(study: CompareStudy) -> show.Figure:
    """What can be measured over weeks: range, torque, reserve, and the soreness it costs."""
    caption = (
        "What can be measured: modelled change since baseline, at rest and before any error of "
        "measurement; the soreness that comes with it, mean of each week. These hardly differ "
        "between causes and are shown once."
    )
    names = ("thomas_ext_deg", "end_range_torque_nm_kg", study.settings.reserve, "soreness_nrs")
    return _over_weeks(study, [("weak", name) for name in names], caption, "measures")


def drivers(study: CompareStudy) -> show.Figure:
    """How far the compared arms move what each cause's tightness follows."""
    names = list(dict.fromkeys(name for pair in study.design.contrasts for name in pair[::-1]))
    frame = torque_curves.drivers(study, tuple(names[:WIDEST]))
    ax = figures.drivers(frame)
    said = "; ".join(
        f"{WORLD_LABELS[r.driver]}, {arm_label(r.arm)} {interval(r.mean, r.low, r.high)}"
        for r in frame.itertuples()
    )
    more = len(names) - WIDEST
    left = f" Not drawn: {count_phrase(more, 'more arm')}." if more > 0 else ""
    caption = (
        f"How far each arm has moved what tightness follows by week {study.design.weeks}, mean "
        f"over {study.cohort.n_limbs} limbs with 95 % band. The gap between two arms, times the "
        f"link ({parameter('link_sd_per_sd'):g}) and tightness's SD "
        f"({count_phrase(parameter('tightness_sd_nrs'), 'point')}), is about their difference in "
        "tightness. No arm moves what the fourth cause follows. The standard deviations are "
        f"assumed.{left}"
    )
    return show.Figure(ax.figure, caption, f"Change in standard deviations. {said}.", "drivers")


def _trained(study: CompareStudy) -> dict[str, tuple[float, float]]:
    return {
        arm: (s.trained_from_ext_deg, s.trained_to_ext_deg)
        for arm in study.primary
        if (s := study.design.arm(arm).strength)
    }


def torque(study: CompareStudy) -> show.Figure:
    """The torque-angle curve of the primary contrast's arms."""
    frame = torque_curves.torque_angle(study, study.primary)
    axs = figures.torque_angle(
        frame, marks=torque_curves.running_angles(), trained_deg=_trained(study)
    )
    end = frame[(frame["angle_ext_deg"] == parameter("end_range_test_angle_deg"))]
    said = "; ".join(
        f"{arm_label(r.arm)}, week {r.week}: {interval(r.mean, r.low, r.high)} Nm/kg"
        for r in end.itertuples()
    )
    angle = parameter("end_range_test_angle_deg")
    caption = (
        f"Modelled hip flexion torque, mean of {study.cohort.n_limbs} limbs, at week 0, half-way "
        f"and week {study.design.weeks}; ribbon: 95 % band of the last week. Norm: what the model "
        "gives runners of these sexes at that angle; runners start above it because those who ran "
        "fast must have had the torque for it. No measurement of torque past neutral was found: "
        "the curve there is assumed. Triangles: peak hip extension in running at three speeds, "
        "measured in 28 runners (Fukuchi 2017) from motion capture's own zero."
    )
    alt = f"Torque at {angle:g} deg of extension. {said}."
    return show.Figure(axs[0].figure, caption, alt, "torque-angle")


def _closing(start_pct: float, end_pct: float) -> str:
    """Whether a mean deficit closes, in words."""
    ends = f"{format_number(start_pct, 0)} % to {format_number(end_pct, 0)} %"
    if start_pct >= 0:
        return f"no deficit to close ({ends})"
    return f"the deficit {'closes' if end_pct >= 0 else 'is not closed'} ({ends})"


def surface(study: CompareStudy) -> show.Figure:
    """Torque against the norm at every angle and week, of the limbs that start lowest."""
    frame = torque_curves.surface(study, study.primary)
    shown = frame[frame["angle_ext_deg"] >= SHOWN_FROM_DEG]
    axs = figures.torque_surface(
        shown, marks=torque_curves.running_angles(), trained_deg=_trained(study)
    )
    at_end = frame[frame["angle_ext_deg"] == parameter("end_range_test_angle_deg")]
    ends = at_end[at_end["week"].isin([0, study.design.weeks])].pivot_table(
        index="arm", columns="week", values="gap_pct", sort=False
    )
    said = "; ".join(
        f"{arm_label(arm)}: {_closing(float(row.iloc[0]), float(row.iloc[-1]))}"
        for arm, row in ends.iterrows()
    )
    n_limbs = int(frame["n_limbs"].iloc[0])
    caption = (
        f"Torque against the norm at the same angle, mean of the {n_limbs} limbs that start lowest "
        f"at end range, parameters at their values. At the test angle by week "
        f"{study.design.weeks}: {said}. Below 0 is a modelled deficit, not a finding in any runner."
    )
    angle = parameter("end_range_test_angle_deg")
    alt = f"Torque against the norm at {angle:g} deg of extension: {said}."
    return show.Figure(axs[0].figure, caption, alt, "surface")
