"""Pictures of the two pages, and the line of what the report rests on."""

from typing import Any

from hipstudy import figures, show
from hipstudy.evidence import number_basis, trial_record
from hipstudy.figures import style
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.answer import largest_cause
from hipstudy.pages.compare_report.comparison import pick_effects
from hipstudy.pages.compare_report.front_words import front, primary_names
from hipstudy.pages.compare_report.outside_statement import class_effect, sensation_facts
from hipstudy.pages.shared import cells
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions
from hipstudy.studies.compare_study import CompareStudy

FELT = ("tightness_nrs", "discomfort_nrs")  # benefit, then cost: panels from left to right
OVER_WEEKS = (*FELT, "end_range_torque_nm_kg", "thomas_ext_deg", "soreness_nrs")


def _difference_rows(study: CompareStudy) -> list[dict[str, Any]]:
    """Rows of the figure: trials elsewhere, where there are any, then each cause in both panels."""
    words, found, rows = front(study), class_effect(study), []
    if found:
        effect = found.effect
        ends = {"low": effect.ci_low, "high": effect.ci_high}
        predicted = {"pi_low": effect.pi_low, "pi_high": effect.pi_high}
        label = words("figure_outside", _outside_facts(study))
        rows.append(
            {"label": label, "kind": "outside", "panel": 0, "estimate": effect.estimate}
            | ends
            | predicted
        )
    for panel, outcome in enumerate(FELT):
        effects = pick_effects(study, outcome, primary=True).set_index("world")
        for world in WORLDS:
            one = effects.loc[world]
            rows.append(
                {
                    "label": words("cause_row", world), "kind": "cause", "panel": panel,
                    "estimate": one["estimate"], "low": one["ci_low"], "high": one["ci_high"],
                    "pi_low": float("nan"), "pi_high": float("nan"),
                }
            )  # fmt: skip
    return rows


def _outside_facts(study: CompareStudy) -> dict[str, Any] | None:
    """How many trials elsewhere there are, and what they asked for; None without any."""
    found = class_effect(study)
    if found is None:
        return None
    return {"k": found.effect.k, "felt": sensation_facts(study, found.contrast)["felt"]}


def _alt_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_label: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = by_label.setdefault(row["label"], {"label": row["label"], "discomfort": None})
        said[("tightness", "discomfort")[row["panel"]]] = (
            row["estimate"], row["low"], row["high"],
        )  # fmt: skip
    return list(by_label.values())


def answer_figure(study: CompareStudy) -> show.Figure:
    """Page 1's figure: benefit beside cost by cause, what trials elsewhere found above."""
    import pandas as pd

    words, rows, margin = front(study), _difference_rows(study), parameter("margin_small_nrs")
    axs = figures.benefit_and_cost(
        pd.DataFrame(rows),
        margin=margin,
        colours=figures.two_colours(study.primary),
        words=figures.DifferenceWords(
            (words("figure_tightness"), words("figure_discomfort")),
            tuple(words("figure_less", name.short) for name in primary_names(study)),
            words("figure_no_trial"),
        ),
        numerals=words.numerals,
    )
    facts = {"weeks": study.design.weeks, "margin": margin, "outside": _outside_facts(study)}
    caption = words("figure_caption", facts)
    return show.Figure(axs[0].figure, caption, words("figure_alt", _alt_rows(rows)), "answer")


def basis(study: CompareStudy) -> show.Text:
    """What the model rests on, how it does against trials, and that harms are not modelled."""
    facts = {
        "counts": number_basis.counts(),
        "record": trial_record.stored(),
    }
    return show.Text(front(study)("basis", facts))


def weeks_heading(study: CompareStudy) -> show.Text:
    """Heading of the picture over the weeks."""
    return show.Text(front(study)("weeks_heading"))


def _week_lines(study: CompareStudy) -> list[figures.WeekLine]:
    """No exercise in grey, where it is none of the two; then control, treatment."""
    pairs = zip(
        study.primary,
        primary_names(study),
        figures.two_colours(study.primary),
        strict=True,
    )
    lines = [figures.WeekLine(arm, name.short, hue) for arm, name, hue in pairs][::-1]
    idle = compare_decisions.least_exercise(study).name
    if idle in study.primary:
        return lines
    grey = figures.WeekLine(idle, front(study)("no_exercise"), style.GREY)
    return [grey, *lines]


def programme_part(study: CompareStudy, world: str) -> dict[str, Any] | None:
    """How much of an arm's fall against no exercise is the assumed effect of any programme.

    That effect is the same under every cause, and under none of them it is all that an arm brings
    (``model.felt_weeks.programme_effect``).

    Parameters
    ----------
    study
        With an arm that asks for no exercise among its own.
    world
        Cause under which the fall is told.

    Returns
    -------
    dict or None
        ``name`` of the arm, the treatment or, where that asks for no exercise, the control;
        ``fall``, how much less tightness it leaves at the end than no exercise, and ``programme``,
        what of that any programme brings, NRS points. None where nothing falls, or less than any
        programme brings.
    """
    idle = compare_decisions.least_exercise(study).name
    pairs = zip(study.primary, primary_names(study), strict=True)
    arm, name = next((arm, name.short) for arm, name in pairs if arm != idle)
    fall, programme = (
        -float(study.difference((arm, idle), "tightness_nrs", one)[:, -1].mean())
        for one in (world, "nonspecific")
    )
    if round(fall, 2) <= 0 or not 0 <= round(programme, 2) <= round(fall, 2):
        return None
    return {"name": name, "fall": fall, "programme": programme}


def front_weeks(study: CompareStudy) -> show.Figure:
    """Page 2's figure: each outcome over the weeks, under the cause where the arms differ most."""
    words, world = front(study), largest_cause(study)
    study = compare_decisions.with_no_exercise(study)
    lines = _week_lines(study)
    frame = compare_decisions.change_over_weeks(study, tuple(line.arm for line in lines))
    frame = frame[frame["world"] == world]
    panels = [(name, *cells(words("panel", name))[0]) for name in OVER_WEEKS]
    axs = figures.small_weeks(
        frame,
        panels=panels,
        lines=lines,
        last_week=words("last_week", study.design.weeks),
        numerals=words.numerals,
    )
    ends = frame[frame["week"] == study.design.weeks].set_index(["outcome", "arm"])
    rows = [
        {
            "title": title, "unit": unit, "name": line.name,
            "value": ends.loc[(name, line.arm), "mean"],
            "low": ends.loc[(name, line.arm), "low"],
            "high": ends.loc[(name, line.arm), "high"],
        }
        for name, title, unit in panels
        for line in lines[::-1]
    ]  # fmt: skip
    facts = {"world": world, "programme": programme_part(study, world)}
    caption = words("weeks_caption", facts)
    return show.Figure(axs[0].figure, caption, words("weeks_alt", rows), "front-weeks")
