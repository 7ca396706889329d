"""Surfaces over dose, and curves over weeks for chosen doses."""

from typing import TYPE_CHECKING

from hipstudy import figures, show
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    count_phrase,
    format_number,
    interval,
)
from hipstudy.model.causes import WORLDS
from hipstudy.studies import compare_decisions, dose_tables
from hipstudy.studies.dose_study import DoseStudy
from hipstudy.studies.dose_tables import RANGE, TORQUE

if TYPE_CHECKING:
    import pandas as pd

ACROSS = ("sessions_per_week", "Sessions a week")
UP = ("sets", "Sets a session")
DIGITS = {"tightness_nrs": 2, "discomfort_nrs": 2, "soreness_nrs": 2, RANGE: 2, TORQUE: 3}
PANELS = [*(("tightness_nrs", world) for world in WORLDS)]
OTHERS = [(TORQUE, "weak"), (RANGE, "weak"), ("reserve_4_5", "weak"), ("soreness_nrs", "weak"),
          ("discomfort_nrs", "weak")]  # fmt: skip


def _draws(study: DoseStudy) -> str:
    n = count_phrase(study.values.n_draws, "draw")
    return f"Mean over {n} of the parameters; bands are in the tables and curves."


def _nearest(values: tuple[float, ...], wanted: float) -> float:
    return min(values, key=lambda one: abs(one - wanted))


def _load(study: DoseStudy) -> str:
    own = study.base.strength.load if study.base.strength else ""
    return own if own in study.grid.loads else study.grid.loads[-1]


def _rows(study: DoseStudy) -> "pd.DataFrame":
    rows = dose_tables.surfaces(study)
    return rows[rows["week"] == study.weeks].rename(columns={"change": "value"})


def _panels(rows: "pd.DataFrame", panels: list[tuple[str, str]], several: bool) -> "pd.DataFrame":
    import pandas as pd

    parts = []
    for outcome, world in panels:
        here = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
        named = f"If: {WORLD_LABELS[world].lower()}" if several else OUTCOME_LABELS[outcome]
        parts.append(here.assign(panel=named, scale=outcome))
    return pd.concat(parts)


def _digits(rows: "pd.DataFrame") -> dict[str, int]:
    return {scale: DIGITS.get(scale, 3) for scale in rows["scale"].unique()}


def _by_sets(study: DoseStudy, panels: list[tuple[str, str]], *, several: bool) -> "pd.DataFrame":
    minutes = _nearest(study.grid.stretch_min_wk, study.base.stretch_min_wk)
    rows = _rows(study)
    rows = rows[(rows["stretch_min_wk"] == minutes) & (rows["load"] == _load(study))]
    return _panels(rows[rows["sessions_per_week"] > 0], panels, several)


def _where(study: DoseStudy) -> str:
    minutes = _nearest(study.grid.stretch_min_wk, study.base.stretch_min_wk)
    return (
        f"after {count_phrase(study.weeks, 'week')}, load {_load(study)}, with {minutes:g} min of "
        f"stretching a week; mean over {study.cohort.n_limbs} limbs of {study.cohort.n_runners} "
        f"runners, missed sessions as modelled. {_draws(study)}"
    )


def _said(rows: "pd.DataFrame") -> str:
    ends = [
        f"{panel} {format_number(part['value'].min(), 3)} to {format_number(part['value'].max(), 3)}"
        for panel, part in rows.groupby("panel", sort=False)
    ]
    return "; ".join(ends)


def tightness(study: DoseStudy) -> show.Figure:
    """Change of tightness over sets and sessions, once a world."""
    rows = _by_sets(study, PANELS, several=True)
    axs = figures.dose_surfaces(rows, x=ACROSS, y=UP, digits=_digits(rows))
    caption = f"Modelled change of tightness, NRS points, {_where(study)}"
    alt = f"Tightness over dose, smallest to largest change: {_said(rows)}."
    return show.Figure(axs[0].figure, caption, alt, "surface-tightness")


def others(study: DoseStudy) -> show.Figure:
    """Change of what else can be looked at, over sets and sessions, where torque is the cause."""
    rows = _by_sets(study, OTHERS, several=False)
    axs = figures.dose_surfaces(rows, x=ACROSS, y=UP, digits=_digits(rows))
    caption = (
        f"Modelled change of other outcomes where end-range torque is the cause, {_where(study)} "
        "All but discomfort hardly differ between causes. Running economy is assumed to gain "
        "nothing most likely and is not drawn. All are in tables/surfaces.csv."
    )
    alt = f"Other outcomes over dose, smallest to largest change: {_said(rows)}."
    return show.Figure(axs[0].figure, caption, alt, "surface-others")


def over_weeks(study: DoseStudy) -> show.Figure:
    """Change of torque and tightness over weeks and sessions, at the prescribed sets."""
    own = study.base.strength
    sets = _nearest(study.grid.sets, own.sets if own else 1)
    minutes = _nearest(study.grid.stretch_min_wk, study.base.stretch_min_wk)
    rows = dose_tables.surfaces(study).rename(columns={"change": "value"})
    step = max(1, round(study.weeks / 6))
    shown = list(range(study.weeks, 0, -step))
    rows = rows[rows["week"].isin(shown) & (rows["load"] == _load(study)) & (rows["sets"] == sets)]
    rows = rows[(rows["stretch_min_wk"] == minutes) & (rows["sessions_per_week"] > 0)]
    rows = _panels(rows, [(TORQUE, "weak"), ("tightness_nrs", "weak")], several=False)
    axs = figures.dose_surfaces(rows, x=ACROSS, y=("week", "Weeks"), digits=_digits(rows))
    caption = (
        f"For how long: modelled change at {sets:g} sets a session, load {_load(study)}, with "
        f"{minutes:g} min of stretching a week, where end-range torque is the cause. A row is a "
        f"programme of so many weeks. {_draws(study)}"
    )
    alt = f"Over weeks and sessions, smallest to largest change: {_said(rows)}."
    return show.Figure(axs[0].figure, caption, alt, "surface-weeks")


def load_and_stretch(study: DoseStudy) -> show.Figure:
    """Change of torque and range over load and minutes of stretching, at the prescribed sets."""
    import pandas as pd

    own = study.base.strength
    sets = _nearest(study.grid.sets, own.sets if own else 1)
    times = _nearest(study.grid.sessions[1:], own.sessions_per_week if own else 1)
    rows = _rows(study)
    rows = rows[(rows["sets"] == sets) & rows["sessions_per_week"].isin([0, times])]
    none = rows[(rows["sessions_per_week"] == 0) & (rows["load"] == study.grid.loads[0])]
    some = rows[rows["sessions_per_week"] > 0]
    rows = pd.concat([none.assign(load="no strength work"), some])
    rows = _panels(rows, [(TORQUE, "weak"), (RANGE, "weak")], several=False)
    axs = figures.dose_surfaces(
        rows, x=("stretch_min_wk", "Stretching, min a week"), y=("load", ""), digits=_digits(rows)
    )
    caption = (
        f"Load and stretching: modelled change after {count_phrase(study.weeks, 'week')} at {sets:g} "
        f"sets, {times:g} times a week. {_draws(study)}"
    )
    alt = f"Over load and stretching, smallest to largest change: {_said(rows)}."
    return show.Figure(axs[0].figure, caption, alt, "surface-load")


def weeks(study: DoseStudy) -> show.Figure:
    """Curves over weeks for the article's two ends, the prescription and nothing, both bands."""
    arms = tuple(arm.name for arm in study.study.design.arms)
    frame = compare_decisions.change_over_weeks(study.study, arms)
    spread = compare_decisions.change_spread(study.study)
    panels = [("weak", "tightness_nrs"), ("guarded", "tightness_nrs"), ("weak", TORQUE),
              ("weak", RANGE)]  # fmt: skip
    axs = figures.weeks(frame, spread, panels=panels)
    end = frame[frame["week"] == study.weeks]
    said = "; ".join(
        f"{OUTCOME_LABELS[r.outcome]}, {arm_label(r.arm)} {interval(r.mean, r.low, r.high, 1)}"
        for r in end.itertuples()
        if (r.world, r.outcome) in panels
    )
    caption = (
        "Chosen doses over weeks: modelled change since baseline. Band: 95 % of the mean over "
        f"{study.values.n_draws} draws of the parameters."
    )
    if compare_decisions.spread_shown(study.study):
        caption += f" Bracket: middle 95 % of the {study.cohort.n_runners} runners."
    return show.Figure(axs[0].figure, caption, f"Change at the last week. {said}.", "weeks")


def table(study: DoseStudy) -> show.Download:
    """Every dose, for ``tables/surfaces.csv``."""
    return show.Download(dose_tables.surfaces(study), "surfaces")
