"""How much is enough, what the shapes say, what is kept, what is missed, the article's two ends."""

from typing import Any

import numpy as np

from hipstudy import show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, format_number, interval
from hipstudy.labels import percent as percent_
from hipstudy.model.adaptation import SATURATING, SHAPES
from hipstudy.model.causes import LINKS
from hipstudy.pages.dose_report.dose_answer import WORDS, extent, outside_band
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import number
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_runs import AFTER
from hipstudy.studies.dose_study import ENDS, DoseStudy
from hipstudy.studies.dose_tables import TORQUE

LITTLE = 0.05  # NRS points, degrees, per cent: less than is printed with one digit of any outcome
TABLES = {
    "dose_curve": dose_tables.curve,
    "enough": dose_tables.enough,
    "enough_stretching": dose_tables.enough_stretching,
    "kept": dose_tables.effect_left,
    "keeping": dose_tables.keeping,
    "missed": dose_tables.missed_sessions,
    "ends": dose_tables.ends,
}


def _label(outcome: str, world: str) -> str:
    label = "End-range torque (% of baseline)" if outcome == TORQUE else OUTCOME_LABELS[outcome]
    return f"{label}, if {WORLD_LABELS[world].lower()}" if outcome in LINKS else label


def _enough_dose(row: Any, dose: float, digits: int, most: float) -> str:
    """A dose that is enough, or that all doses add too little (``most``) to say which is."""
    ends = {"low": row.low, "high": row.high}
    return WORDS("enough_dose", dose=dose, digits=digits, is_little=most < LITTLE, **ends)


def enough(study: DoseStudy) -> show.Table:
    """Weekly sets for 80 and 95 % of what is attainable, in every shape."""
    import pandas as pd

    rows = dose_tables.enough(study)
    body = []
    for (outcome, world), here in rows.groupby(["outcome", "world"], sort=False):
        most = float(here[here["shape"] == SATURATING]["most"].iloc[0])
        for share, part in here.groupby("share", sort=False):
            cells = [_enough_dose(r, r.weekly_sets, 1, most) for r in part.itertuples()]
            none = percent_(part["none"].max())
            row = (_label(outcome, world), format_number(most), percent_(share), *cells, none)
            body.append(row)
    shapes = [s.capitalize() for s in SHAPES]
    heads = ["Outcome", "Most that sets add", "Share of it", *shapes, "Nothing at any dose"]
    caption = WORDS("enough_caption", extent=extent(study), little=LITTLE)
    frame = pd.DataFrame(body, columns=heads)
    return show.Table(frame, caption, "enough", align=dict.fromkeys(shapes, "left"))


def enough_stretching(study: DoseStudy) -> show.Table:
    """Minutes of stretching for 80 and 95 % of what stretching alone can do."""
    import pandas as pd

    body = []
    for r in dose_tables.enough_stretching(study).itertuples():
        if r.outcome == TORQUE or r.outcome.startswith("reserve"):
            continue
        most, share = format_number(r.most), percent_(r.share)
        cell = _enough_dose(r, r.min_wk, 0, r.most)
        body.append((_label(r.outcome, r.world), most, share, cell))
    heads = ["Outcome", "Most that stretching adds", "Share of it", "Clock minutes a week"]
    caption = WORDS("enough_stretching_caption")
    return show.Table(pd.DataFrame(body, columns=heads), caption, "enough-stretching")


def disagreement(study: DoseStudy) -> show.Text:
    """Whether the three shapes of dose-response say the same, and where not."""
    anchor = number("dose_anchor_sets_wk")
    weekly = outside_band(study)
    return show.Text(WORDS("disagreement", anchor_sets_wk=anchor, weekly_sets_by_shape=weekly))


def effect_left(study: DoseStudy) -> show.Table:
    """What is left of the effect 4, 8 and 12 weeks after all has stopped."""
    import pandas as pd

    rows = dose_tables.effect_left(study)
    body = {
        _label(*key): [
            WORDS(
                "share_left",
                is_none=np.isnan(r.share),
                share=r.share * 100,
                low=r.low * 100,
                high=r.high * 100,
            )
            for r in part.itertuples()
        ]
        for key, part in rows.groupby(["outcome", "world"], sort=False)
    }
    heads = [f"After {n} weeks, %" for n in AFTER]
    frame = pd.DataFrame.from_dict(body, orient="index", columns=heads)
    frame.insert(0, "Outcome", frame.index)
    return show.Table(frame, WORDS("effect_left_caption", extent(study)), "kept")


def keeping(study: DoseStudy) -> show.Table:
    """The smallest dose that keeps the gain of torque."""
    import pandas as pd

    rows = dose_tables.keeping(study)
    frame = pd.DataFrame(
        {
            "Sessions a week, from then on": rows["sessions_per_week"],
            "Sets a week": rows["weekly_sets"],
            "Of the gain, 12 weeks on, %": [
                interval(100 * r.share, 100 * r.low, 100 * r.high, 0) for r in rows.itertuples()
            ],
        }
    )

    def least(column: str, share: float) -> int | None:
        sessions = rows["sessions_per_week"][rows[column] >= share]
        return None if sessions.empty else int(sessions.min())

    doses = [(share, least("share", share), least("low", share)) for share in dose_tables.ENOUGH]
    caption = WORDS("keeping_caption", sets=study.sets, weeks_after=AFTER[-1], least_doses=doses)
    return show.Table(frame, caption, "keeping")


def missed_sessions(study: DoseStudy) -> show.Table:
    """What missed sessions cost."""
    import pandas as pd

    rows = dose_tables.missed_sessions(study)
    frame = pd.DataFrame(
        {
            "Missed": [WORDS("programme", name) for name in rows["programme"]],
            "Outcome": [_label(r.outcome, r.world) for r in rows.itertuples()],
            "Lost at the last week": [interval(r.lost, r.low, r.high) for r in rows.itertuples()],
            "Of the effect": [
                WORDS("share_lost", is_none=np.isnan(share), share=share)
                for share in rows["share"].clip(lower=0)
            ],
        }
    )
    return show.Table(frame, WORDS("missed_caption", extent(study)), "missed")


def ends(study: DoseStudy) -> show.Table:
    """The article's two ends side by side."""
    import pandas as pd

    arms = [study.comparison.design.arm(name) for name in ENDS]
    rows = dose_tables.ends(study)
    rows = rows[~rows["outcome"].isin(["reserve_2_5", "reserve_3_5"])]
    low, high = (arm_label(arm.name).capitalize() for arm in arms)
    frame = pd.DataFrame(
        {
            "Change in": [_label(r.outcome, r.world) for r in rows.itertuples()],
            low: rows["low_end"].map(format_number),
            high: rows["high_end"].map(format_number),
            "Difference": [interval(r.difference, r.low, r.high) for r in rows.itertuples()],
        }
    )
    minutes, works = [f"{arm.clock_min_wk:.0f}" for arm in arms], [arm.strength for arm in arms]
    caption = WORDS("ends_caption", works=works, clock_min_wk=minutes, weeks=study.weeks)
    return show.Table(frame, caption, "ends")


def tables(study: DoseStudy) -> tuple[show.Download, ...]:
    """Everything the tables were made from, for ``tables/``, in the order of ``TABLES``."""
    return tuple(table_file(table(study), name) for name, table in TABLES.items())
