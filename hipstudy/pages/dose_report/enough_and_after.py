"""How much is enough, what the shapes say, what is kept, what is missed, the article's two ends."""

from hipstudy import show
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    count_phrase,
    format_number,
    interval,
)
from hipstudy.labels import percent as percent_
from hipstudy.model.adaptation import SATURATING, SHAPES
from hipstudy.model.causes import LINKS
from hipstudy.parameters import number as parameter
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_study import AFTER, ENDS, SESSIONS, DoseStudy
from hipstudy.studies.dose_tables import GAINS, TORQUE

LITTLE = 0.05  # NRS points, degrees, per cent: less than is printed with one digit of any outcome
PROGRAMMES = {
    "one fewer": "one session fewer every week",
    "gap": "two weeks missed half-way",
    "late": "the last two weeks missed",
}


def _named(outcome: str, world: str) -> str:
    label = OUTCOME_LABELS[outcome]
    if outcome == TORQUE:
        label = "End-range torque (% of baseline)"
    return f"{label}, if {WORLD_LABELS[world].lower()}" if outcome in LINKS else label


def enough(study: DoseStudy) -> show.Table:
    """Weekly sets for 80 and 95 % of what is attainable, in every shape."""
    import pandas as pd

    rows = dose_tables.enough(study)
    body = []
    for outcome, world in GAINS:
        here = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
        most = float(here[here["shape"] == SATURATING]["most"].iloc[0])
        for share in dose_tables.ENOUGH:
            cells = [_sets(r, most) for r in here[here["share"] == share].itertuples()]
            body.append((_named(outcome, world), format_number(most), percent_(share), *cells))
    heads = ["Outcome", "Most that sets add", "Share of it", *(s.capitalize() for s in SHAPES)]
    caption = (
        "Sets a week and side, prescribed, that first give 80 and 95 % of what is attainable with "
        f"up to {SESSIONS[-1] * study.sets} sets a week, over the same stretching, after "
        f"{count_phrase(study.weeks, 'week')}: mean and 95 % band over {study.values.n_draws} draws, "
        "straight lines between doses. Where all of it is less than "
        f"{LITTLE:g} of the outcome's unit, no dose is named: a share of so little says nothing."
    )
    frame = pd.DataFrame(body, columns=heads)
    return show.Table(frame, caption, "enough", align=dict.fromkeys(heads[3:], "left"))


def _sets(row: object, most: float) -> str:
    if most < LITTLE:
        return "too little to tell"
    none = f"; {percent_(row.none)} of draws: nothing at any dose" if row.none else ""
    return f"{interval(row.weekly_sets, row.low, row.high, 1)}{none}"


def enough_stretching(study: DoseStudy) -> show.Table:
    """Minutes of stretching for 80 and 95 % of what stretching alone can do."""
    import pandas as pd

    body = [
        (
            _named(r.outcome, r.world),
            format_number(r.most),
            percent_(r.share),
            interval(r.min_wk, r.low, r.high, 0) if r.most >= LITTLE else "too little to tell",
        )
        for r in dose_tables.enough_stretching(study).itertuples()
        if r.outcome != TORQUE and not r.outcome.startswith("reserve")
    ]
    heads = ["Outcome", "Most that stretching adds", "Share of it", "Clock minutes a week"]
    caption = (
        "Stretching alone: clock minutes a week, both sides, that first give 80 and 95 % of what "
        "up to 60 do; mean and 95 % band. Missed sessions are as modelled."
    )
    return show.Table(pd.DataFrame(body, columns=heads), caption, "enough-stretching")


def disagreement(study: DoseStudy) -> show.Text:
    """Whether the three shapes of dose-response say the same, and where not."""
    rows = dose_tables.curve(study)
    rows = rows[(rows["outcome"] == TORQUE) & (rows["shape"] != SATURATING)]
    apart = rows[rows["outside"]]
    anchor = parameter("dose_anchor_sets_wk")
    said = (
        "Three shapes of dose-response were tried for torque: saturating, which is the model's "
        "own; a straight line; and a threshold below which nothing comes and above which no more. "
        f"They agree at {anchor:g} completed sets a week, the dose of the one trial that set the "
        "ceiling (rows S013 and S014). Pooled trials of other muscles speak for saturating: low "
        "and high weekly sets differed by an effect size of 0.18 only (Ralston 2017, rows S047 to "
        "S049). None is of hip flexors at end range."
    )
    if apart.empty:
        return show.Text(f"{said} **Here they do not disagree** by more than the band.")
    where = "; ".join(
        f"{shape} at {', '.join(str(n) for n in part['weekly_sets'])}"
        for shape, part in apart.groupby("shape", sort=False)
    )
    return show.Text(
        f"{said} **They disagree:** the mean of another shape is outside the saturating shape's "
        f"95 % band at these prescribed sets a week: {where}. What a low dose gives is therefore "
        "not known; at higher doses the shapes are inside the band. That is of what a dose gives "
        "in all; what one more session adds differs by shape more than its band (page 1)."
    )


def effect_left(study: DoseStudy) -> show.Table:
    """What is left of the effect 4, 8 and 12 weeks after all has stopped."""
    import pandas as pd

    rows = dose_tables.effect_left(study)
    body = {
        _named(*key): [
            interval(r.share * 100, r.low * 100, r.high * 100, 0) for r in part.itertuples()
        ]
        for key, part in rows.groupby(["outcome", "world"], sort=False)
    }
    heads = [f"After {n} weeks, %" for n in AFTER]
    frame = pd.DataFrame.from_dict(body, orient="index", columns=heads)
    frame.insert(0, "Outcome", frame.index)
    caption = (
        f"What is kept after {count_phrase(study.weeks, 'week')} of the prescription, once all of it "
        "has stopped: share of the effect at the end, against doing nothing throughout; mean and "
        "95 % band."
    )
    return show.Table(frame, caption, "kept")


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
    said = []
    for share in dose_tables.ENOUGH:
        keeps = rows[rows["share"] >= share]
        least = (
            "no dose here"
            if keeps.empty
            else count_phrase(keeps["sessions_per_week"].min(), "session")
        )
        sure = rows[rows["low"] >= share]
        all_ = "none" if sure.empty else f"{sure['sessions_per_week'].min():g}"
        said.append(f"{percent_(share)}: {least} a week on average (whole band above it: {all_})")
    caption = (
        f"Keeping it: torque {AFTER[-1]} weeks after the programme, over its gain at the end, with "
        f"so many sessions of {count_phrase(study.sets, 'set')} and the stretching going on. Least that "
        f"keeps {'; '.join(said)}. Above 100 it still rises."
    )
    return show.Table(frame, caption, "keeping")


def missed_sessions(study: DoseStudy) -> show.Table:
    """What missed sessions cost."""
    import pandas as pd

    body = [
        (
            PROGRAMMES[r.programme],
            _named(r.outcome, r.world),
            interval(r.lost, r.low, r.high),
            percent_(max(r.share, 0.0)),
        )
        for r in dose_tables.missed_sessions(study).itertuples()
    ]
    heads = ["Missed", "Outcome", "Lost at the last week", "Of the effect"]
    caption = (
        f"The cost of missed sessions after {count_phrase(study.weeks, 'week')}, against runners who do "
        "every session: mean and 95 % band, and the part of the whole effect that it is. "
        "Stretching is missed with the two weeks, not with the one session."
    )
    return show.Table(pd.DataFrame(body, columns=heads), caption, "missed")


def ends(study: DoseStudy) -> show.Table:
    """The article's two ends side by side."""
    import pandas as pd

    arms = [study.study.design.arm(name) for name in ENDS]
    rows = dose_tables.ends(study)
    rows = rows[~rows["outcome"].isin(["reserve_2_5", "reserve_3_5"])]
    low, high = (arm_label(arm.name).capitalize() for arm in arms)
    frame = pd.DataFrame(
        {
            "Change in": [_named(r.outcome, r.world) for r in rows.itertuples()],
            low: [format_number(value) for value in rows["low_end"]],
            high: [format_number(value) for value in rows["high_end"]],
            "Difference": [interval(r.difference, r.low, r.high) for r in rows.itertuples()],
        }
    )
    minutes = " and ".join(f"{arm.clock_min_wk:.0f}" for arm in arms)
    works = [arm.strength for arm in arms if arm.strength]
    sets = " against ".join(
        f"{s.sets} sets of {s.reps}, {s.sessions_per_week} times a week" for s in works
    )
    caption = (
        f"The article's two ends: {sets}; {minutes} clock minutes a week. Modelled mean change "
        f"after {count_phrase(study.weeks, 'week')}, and the high end less the low end with its 95 % "
        "band. Minutes are not equal."
    )
    return show.Table(frame, caption, "ends")


def tables(study: DoseStudy) -> tuple[show.Download, ...]:
    """Everything the tables were made from, for ``tables/``."""
    return (
        show.Download(dose_tables.curve(study), "dose_curve"),
        show.Download(dose_tables.enough(study), "enough"),
        show.Download(dose_tables.enough_stretching(study), "enough_stretching"),
        show.Download(dose_tables.effect_left(study), "kept"),
        show.Download(dose_tables.keeping(study), "keeping"),
        show.Download(dose_tables.missed_sessions(study), "missed"),
        show.Download(dose_tables.ends(study), "ends"),
    )
