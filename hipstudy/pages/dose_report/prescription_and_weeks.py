"""Page 2 of the dose report: the prescription, what it does over the weeks, how much is enough."""

import numpy as np
import pandas as pd

from hipstudy import figures, parameters, show
from hipstudy.model import adherence, baseline, capacity
from hipstudy.model.adaptation import SATURATING
from hipstudy.pages.dose_report.dose_answer import (
    FRONT,
    TIGHTNESS,
    extent,
    prescription_label,
)
from hipstudy.pages.dose_report.enough_and_after import LITTLE
from hipstudy.pages.shared import cells
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_study import NOTHING, DoseStudy
from hipstudy.studies.dose_tables import RANGE, TORQUE, MeanAndBand
from hipstudy.wording import first_capital

SHOWN = (TORQUE, RANGE, TIGHTNESS)  # outcomes of the small table of how much is enough
DIGITS = {TORQUE: 1, RANGE: 1, TIGHTNESS: 2}


def prescription(study: DoseStudy) -> show.Table:
    """The prescription whose dose is changed, item by item."""
    base = study.base
    values = parameters.central(**study.comparison.settings.parameter_values)
    own = adherence.habits(study.cohort, values, weeks=study.weeks, seed=study.settings.seed)
    starts = baseline.draw_worlds(study.cohort, values, seed=study.settings.seed)
    asked = (study.cohort, [*starts.values()], values)
    facts = {
        "arm": base,
        "label": prescription_label(study),
        "weeks_unloaded": base.strength.weeks_without_weight(base.weeks),
        "sessions_done": float(own.chance.mean()),
        "is_near_failure": capacity.near_failure_kg([base.strength], *asked) is not None,
        "too_heavy": capacity.too_heavy_share(base.strength, *asked),
    }
    heads = [FRONT("part_head"), FRONT("arm_head", facts)]
    frame = pd.DataFrame(cells(FRONT("prescription_rows", facts)), columns=heads)
    caption = FRONT("prescription_caption", facts)
    return show.Table(frame, caption, "prescription", align={heads[1]: "left"})


def _difference(study: DoseStudy, outcome: str, world: str) -> np.ndarray:
    """The prescription less usual running, (draws, weeks); torque in per cent of baseline."""
    pair = (study.base.name, NOTHING)
    more = study.comparison.difference(pair, outcome, world)
    if outcome != TORQUE:
        return more
    return 100 * more / study.comparison.mean(NOTHING, outcome, world)[:, :1]


def over_weeks(study: DoseStudy) -> pd.DataFrame:
    """What the whole prescription does against usual running: panel, week, mean, low, high."""
    rows = []
    for outcome, *_ in cells(FRONT("weeks_panels")):
        runs = _difference(study, outcome, "weak")
        rows += [
            (outcome, week, *dose_tables.band(study, runs[:, week]))
            for week in range(study.weeks + 1)
        ]
    return pd.DataFrame(rows, columns=["panel", "week", "mean", "low", "high"])


def weeks_figure(study: DoseStudy) -> show.Figure:
    """The whole prescription over the weeks against usual running, an outcome a panel."""
    rows = over_weeks(study)
    panels = {name: words for name, *words in cells(FRONT("weeks_panels"))}
    axs = figures.dose_weeks(
        rows, panels=panels, xlabel=FRONT("weeks_axis"), zero=FRONT("weeks_line")
    )
    last = rows[rows["week"] == study.weeks].set_index("panel")[["mean", "low", "high"]]
    facts = {
        "extent": extent(study),
        "any_programme": dose_tables.band(
            study, _difference(study, TIGHTNESS, "nonspecific")[:, study.weeks]
        ),
        "panels": {title: MeanAndBand(*last.loc[name]) for name, (title, _) in panels.items()},
    }
    words = (FRONT("weeks_caption", facts), FRONT("weeks_alt", facts))
    return show.Figure(axs[0].figure, *words, "weeks-in-short")


def _row(here: pd.DataFrame, outcome: str, world: str) -> list[str]:
    """A row of how much is enough: what, the most that sets change, the dose by each shape."""
    facts = {"outcome": outcome, "world": world, "digits": DIGITS[outcome]}
    most = float(here[here["shape"] == SATURATING]["most"].iloc[0])
    doses = [
        FRONT("enough_sets", dose=r.weekly_sets, low=r.low, high=r.high) for r in here.itertuples()
    ]
    label = first_capital(FRONT("enough_row", facts))
    return [label, FRONT("enough_most", facts | {"most": most}), *doses]


def enough_in_short(study: DoseStudy) -> show.Table:
    """Weekly sets for 80 % of what is attainable, in every shape, where it is enough to tell."""
    rows = dose_tables.enough(study)
    rows = rows[(rows["share"] == dose_tables.ENOUGH[0]) & rows["outcome"].isin(SHOWN)]
    groups = dict(list(rows.groupby(["outcome", "world"], sort=False)))
    told = {
        key: here
        for key, here in groups.items()
        if here[here["shape"] == SATURATING]["most"].iloc[0] >= LITTLE
    }
    (heads,) = cells(FRONT("enough_heads"))
    frame = pd.DataFrame([_row(here, *key) for key, here in told.items()], columns=heads)
    nothing = [here["none"].max() for key, here in told.items() if key[0] == TIGHTNESS]
    facts = {
        "extent": extent(study),
        "little": [
            dict(zip(("outcome", "world"), key, strict=True)) for key in groups if key not in told
        ],
        "nothing_share": float(max(nothing, default=0.0)),
    }
    align = dict.fromkeys(heads[1:], "left")
    return show.Table(frame, FRONT("enough_caption", facts), "enough-in-short", align=align)
