"""Surfaces over dose, and curves over weeks for chosen doses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hipstudy import figures, show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label
from hipstudy.model.causes import WORLDS
from hipstudy.pages.compare_report.comparison import band_of
from hipstudy.pages.dose_report.dose_answer import WORDS, extent
from hipstudy.pages.table_files import table_file
from hipstudy.prescription.protocol import LOADS
from hipstudy.studies import compare_decisions, dose_tables
from hipstudy.studies.dose_study import DoseStudy
from hipstudy.studies.dose_tables import RANGE, TORQUE

if TYPE_CHECKING:
    import pandas as pd

SESSIONS = ("sessions_per_week", "Sessions a week")
SETS = ("sets", "Sets a session")
DIGITS = {"tightness_nrs": 2, "discomfort_nrs": 2, "soreness_nrs": 2, RANGE: 2}  # of others 3
OTHERS = (TORQUE, RANGE, "reserve_4_5", "soreness_nrs", "discomfort_nrs")
WEEKS_PANELS = [("weak", "tightness_nrs"), ("guarded", "tightness_nrs"), ("weak", TORQUE),
                ("weak", RANGE)]  # fmt: skip


def _nearest(values: Sequence[float], to: float) -> float:
    return min(values, key=lambda one: abs(one - to))


def _dose(study: DoseStudy) -> dict[str, Any]:
    """The dose of the grid that is nearest to the prescription's, at the programme's last week."""
    own, grid = study.base.strength, study.grid
    return {
        "week": study.weeks,
        "load": own.load if own.load in grid.loads else grid.loads[-1],
        "stretch_min_wk": _nearest(grid.stretch_min_wk, study.base.stretch_min_wk),
        "sets": _nearest(grid.sets, own.sets),
        "sessions_per_week": _nearest(grid.sessions[1:], own.sessions_per_week),
    }


def _at(study: DoseStudy, *free: str) -> "pd.DataFrame":
    """Rows of the surface at the nearest dose, but for the columns that are free."""
    rows = dose_tables.surfaces(study).rename(columns={"change": "value"})
    for column, value in _dose(study).items():
        if column not in free:
            rows = rows[rows[column] == value]
    return rows


def _panels(
    rows: "pd.DataFrame", outcomes: Sequence[str], worlds: Sequence[str] = ("weak",)
) -> "pd.DataFrame":
    """Rows with their panel's title and scale, panel after panel."""
    import pandas as pd

    parts = []
    for outcome in outcomes:
        for world in worlds:
            here = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
            title = f"If: {WORLD_LABELS[world].lower()}" if worlds[1:] else OUTCOME_LABELS[outcome]
            parts.append(here.assign(panel=title, scale=outcome))
    return pd.concat(parts)


def _figure(
    study: DoseStudy, rows: "pd.DataFrame", x: tuple[str, str], y: tuple[str, str], *names: str
) -> show.Figure:
    """One figure of surfaces: its passages are named by the first name, itself by the second."""
    passage, name = names
    digits = {scale: DIGITS.get(scale, 3) for scale in rows["scale"].unique()}
    axs = figures.dose_surfaces(rows, x=x, y=y, digits=digits)
    values = rows.groupby("panel", sort=False)["value"]
    ranges = {panel: (part.min(), part.max()) for panel, part in values}
    has_weight = not set(study.grid.loads) <= set(LOADS)
    facts = {"extent": extent(study), "ranges": ranges, "has_weight": has_weight, **_dose(study)}
    caption, alt = WORDS(f"{passage}_caption", facts), WORDS(f"{passage}_alt", facts)
    return show.Figure(axs[0].figure, caption, alt, name)


def _by_sets(study: DoseStudy) -> "pd.DataFrame":
    rows = _at(study, "sets", "sessions_per_week")
    return rows[rows["sessions_per_week"] > 0]


def tightness(study: DoseStudy) -> show.Figure:
    """Change of tightness over sets and sessions, once a world."""
    rows = _panels(_by_sets(study), ["tightness_nrs"], WORLDS)
    return _figure(study, rows, SESSIONS, SETS, "tightness", "surface-tightness")


def other_outcomes(study: DoseStudy) -> show.Figure:
    """Change of what else can be looked at, over sets and sessions, where torque is the cause."""
    rows = _panels(_by_sets(study), OTHERS)
    return _figure(study, rows, SESSIONS, SETS, "others", "surface-others")


def weeks_and_sessions(study: DoseStudy) -> show.Figure:
    """Change of torque and tightness over weeks and sessions, at the prescribed sets."""
    rows = _at(study, "week", "sessions_per_week")
    weeks = range(study.weeks, 0, -max(1, round(study.weeks / 6)))
    rows = rows[rows["week"].isin(weeks) & (rows["sessions_per_week"] > 0)]
    rows = _panels(rows, (TORQUE, "tightness_nrs"))
    return _figure(study, rows, SESSIONS, ("week", "Weeks"), "weeks_surface", "surface-weeks")


def load_and_stretch(study: DoseStudy) -> show.Figure:
    """Change of torque and range over load and minutes of stretching, at the prescribed sets."""
    import pandas as pd

    dose = _dose(study)
    rows = _at(study, "load", "stretch_min_wk", "sessions_per_week")
    none = rows[(rows["sessions_per_week"] == 0) & (rows["load"] == study.grid.loads[0])]
    some = rows[rows["sessions_per_week"] == dose["sessions_per_week"]]
    rows = _panels(pd.concat([none.assign(load="no strength work"), some]), (TORQUE, RANGE))
    across = ("stretch_min_wk", "Stretching, min a week")
    return _figure(study, rows, across, ("load", ""), "load_surface", "surface-load")


def weeks(study: DoseStudy) -> show.Figure:
    """Curves over weeks for the article's two ends, the prescription and nothing, both bands."""
    comparison = study.comparison
    arms = tuple(arm.name for arm in comparison.design.arms)
    frame = compare_decisions.change_over_weeks(comparison, arms)
    spread = compare_decisions.change_spread(comparison)
    axs = figures.weeks(frame, spread, panels=WEEKS_PANELS)
    caption = WORDS(
        "weeks_caption",
        n_draws=study.values.n_draws,
        n_runners=study.cohort.n_runners,
        has_spread=compare_decisions.spread_shown(comparison),
    )
    bands = [
        band_of(f"{figures.panel_words(row.world, row.outcome)}, {arm_label(row.arm)}", row)
        for row in frame[frame["week"] == study.weeks].itertuples()
        if (row.world, row.outcome) in WEEKS_PANELS
    ]
    return show.Figure(axs[0].figure, caption, WORDS("weeks_alt", bands), "weeks")


def surfaces_table(study: DoseStudy) -> show.Download:
    """Every dose, for ``tables/surfaces.csv``."""
    return table_file(dose_tables.surfaces(study), "surfaces")
