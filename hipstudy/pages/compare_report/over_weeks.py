"""The details: what is felt and measured over weeks, the torque-angle curve, its surface."""

from hipstudy import figures, show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, contrast_label, interval
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.simulate import OUTCOMES
from hipstudy.pages.compare_report.by_cause import DIGITS
from hipstudy.pages.compare_report.comparison import band_of, comparison_of, in_words, words
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
    apart = 0.001
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
    caption = words("other_outcomes", weeks=study.design.weeks, apart=apart)
    return show.Table(pd.DataFrame(columns), caption, "other-outcomes")


def _over_weeks(study: CompareStudy, panels: list[tuple[str, str]], name: str) -> show.Figure:
    first = ("usual_running", *study.primary[::-1])
    arms = tuple(arm.name for arm in study.design.arms if arm.name in first)
    frame = compare_decisions.change_over_weeks(study, arms)
    axs = figures.weeks(frame, compare_decisions.change_spread(study), panels=panels)
    bands = [
        band_of(f"{figures.panel_words(row.world, row.outcome)}, {arm_label(row.arm)}", row)
        for row in frame[frame["week"] == study.design.weeks].itertuples()
        if (row.world, row.outcome) in panels
    ]
    alt = in_words("Change at the last week.", bands, 1)
    return show.Figure(axs[0].figure, words(name, comparison_of(study)), alt, name)


def weeks(study: CompareStudy) -> show.Figure:
    """What is felt over weeks: tightness once a world, discomfort in two."""
    return _over_weeks(study, FELT, "weeks")


def measures(study: CompareStudy) -> show.Figure:
    """What can be measured over weeks: range, torque, reserve, and the soreness it costs."""
    names = ("thomas_ext_deg", "end_range_torque_nm_kg", study.settings.reserve, "soreness_nrs")
    return _over_weeks(study, [("weak", name) for name in names], "measures")


def drivers(study: CompareStudy) -> show.Figure:
    """How much of the deficit behind each cause the compared arms close."""
    names = list(dict.fromkeys(name for pair in study.design.contrasts for name in pair[::-1]))
    frame = torque_curves.drivers(study, tuple(names[:WIDEST]))
    ax = figures.drivers(frame)
    bands = [
        band_of(f"{WORLD_LABELS[row.driver]}, {arm_label(row.arm)}", row)
        for row in frame.itertuples()
    ]
    caption = words(
        "drivers",
        weeks=study.design.weeks,
        n_limbs=study.cohort.n_limbs,
        link=parameter("link_sd_per_sd"),
        causal_share=parameter("causal_share"),
        tightness_sd=parameter("tightness_sd_nrs"),
        n_more=max(len(names) - WIDEST, 0),
    )
    alt = in_words("Change in standard deviations.", bands)
    return show.Figure(ax.figure, caption, alt, "drivers")


def _training_range(study: CompareStudy) -> dict[str, tuple[float, float]]:
    return {
        arm: (s.trained_from_ext_deg, s.trained_to_ext_deg)
        for arm in study.primary
        if (s := study.design.arm(arm).strength)
    }


def torque(study: CompareStudy) -> show.Figure:
    """The torque-angle curve of the primary contrast's arms."""
    frame, angle = torque_curves.torque_angle(study, study.primary), _test_angle_deg()
    marks = torque_curves.running_angles()
    axs = figures.torque_angle(frame, marks=marks, trained_deg=_training_range(study))
    bands = [
        band_of(f"{arm_label(row.arm)}, week {row.week}:", row)
        for row in frame[frame["angle_ext_deg"] == angle].itertuples()
    ]
    alt = in_words(f"Torque at {angle:g} deg of extension.", bands, unit=" Nm/kg")
    return show.Figure(axs[0].figure, words("torque", comparison_of(study)), alt, "torque-angle")


def _test_angle_deg() -> float:
    return parameter("end_range_test_angle_deg")


def surface(study: CompareStudy) -> show.Figure:
    """Torque against the norm at every angle and week, of the limbs that start lowest."""
    frame, weeks = torque_curves.surface(study, study.primary), study.design.weeks
    axs = figures.torque_surface(
        frame[frame["angle_ext_deg"] >= SHOWN_FROM_DEG],
        marks=torque_curves.running_angles(),
        trained_deg=_training_range(study),
    )
    at_end = frame[frame["angle_ext_deg"] == _test_angle_deg()]
    ends = at_end.pivot_table(index="arm", columns="week", values="gap_pct", sort=False)
    arms = [
        {"name": arm_label(arm), "start_pct": row[0], "end_pct": row[weeks]}
        for arm, row in ends.iterrows()
    ]
    caption = words("surface", n_limbs=int(frame["n_limbs"].iloc[0]), weeks=weeks, arms=arms)
    alt = words("surface_alt", angle=_test_angle_deg(), arms=arms)
    return show.Figure(axs[0].figure, caption, alt, "surface")
