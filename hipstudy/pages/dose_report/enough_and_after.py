"""How much is enough, what the shapes say, what is kept, what is missed, the article's two ends."""

from collections.abc import Mapping
from dataclasses import dataclass

from hipstudy import show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, format_number, interval
from hipstudy.labels import percent as percent_
from hipstudy.model.adaptation import SATURATING, SHAPES
from hipstudy.model.causes import LINKS
from hipstudy.pages.dose_report.dose_answer import WORDS, Extent, extent
from hipstudy.parameters import number
from hipstudy.prescription.protocol import Strength
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_study import AFTER, ENDS, DoseStudy
from hipstudy.studies.dose_tables import TORQUE, MeanAndBand

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


@dataclass(frozen=True)
class EnoughDose:
    """A dose that is enough, or that there is too little for a share of it to say anything."""

    dose: MeanAndBand
    digits: int
    is_little: bool
    none_share: float = 0.0  # of draws in which no dose is enough


@dataclass(frozen=True)
class EnoughFacts:
    """How large the study is, and below which most effect no dose is named."""

    extent: Extent
    little: float


def enough(study: DoseStudy) -> show.Table:
    """Weekly sets for 80 and 95 % of what is attainable, in every shape."""
    import pandas as pd

    rows = dose_tables.enough(study)
    body = []
    for (outcome, world), here in rows.groupby(["outcome", "world"], sort=False):
        most = float(here[here["shape"] == SATURATING]["most"].iloc[0])
        for share, part in here.groupby("share", sort=False):
            cells = [
                EnoughDose(MeanAndBand(r.weekly_sets, r.low, r.high), 1, most < LITTLE, r.none)
                for r in part.itertuples()
            ]
            words = [WORDS("enough_dose", cell) for cell in cells]
            body.append((_label(outcome, world), format_number(most), percent_(share), *words))
    heads = ["Outcome", "Most that sets add", "Share of it", *(s.capitalize() for s in SHAPES)]
    caption = WORDS("enough_caption", EnoughFacts(extent(study), LITTLE))
    frame = pd.DataFrame(body, columns=heads)
    return show.Table(frame, caption, "enough", align=dict.fromkeys(heads[3:], "left"))


def enough_stretching(study: DoseStudy) -> show.Table:
    """Minutes of stretching for 80 and 95 % of what stretching alone can do."""
    import pandas as pd

    body = []
    for r in dose_tables.enough_stretching(study).itertuples():
        if r.outcome == TORQUE or r.outcome.startswith("reserve"):
            continue
        cell = EnoughDose(MeanAndBand(r.min_wk, r.low, r.high), 0, r.most < LITTLE)
        most, share = format_number(r.most), percent_(r.share)
        body.append((_label(r.outcome, r.world), most, share, WORDS("enough_dose", cell)))
    heads = ["Outcome", "Most that stretching adds", "Share of it", "Clock minutes a week"]
    caption = WORDS("enough_stretching_caption")
    return show.Table(pd.DataFrame(body, columns=heads), caption, "enough-stretching")


@dataclass(frozen=True)
class ShapeDisagreement:
    """Where shapes of dose-response are outside the saturating shape's band."""

    anchor_sets_wk: float  # completed sets a week at which all shapes agree
    weekly_sets_by_shape: Mapping[str, list[int]]  # prescribed; no shape when none disagrees


def disagreement(study: DoseStudy) -> show.Text:
    """Whether the three shapes of dose-response say the same, and where not."""
    rows = dose_tables.curve(study)
    rows = rows[(rows["outcome"] == TORQUE) & (rows["shape"] != SATURATING) & rows["outside"]]
    weekly = {shape: list(part) for shape, part in rows.groupby("shape", sort=False)["weekly_sets"]}
    facts = ShapeDisagreement(number("dose_anchor_sets_wk"), weekly)
    return show.Text(WORDS("disagreement", facts))


def effect_left(study: DoseStudy) -> show.Table:
    """What is left of the effect 4, 8 and 12 weeks after all has stopped."""
    import pandas as pd

    rows = dose_tables.effect_left(study)
    body = {
        _label(*key): [
            interval(r.share * 100, r.low * 100, r.high * 100, 0) for r in part.itertuples()
        ]
        for key, part in rows.groupby(["outcome", "world"], sort=False)
    }
    heads = [f"After {n} weeks, %" for n in AFTER]
    frame = pd.DataFrame.from_dict(body, orient="index", columns=heads)
    frame.insert(0, "Outcome", frame.index)
    return show.Table(frame, WORDS("effect_left_caption", extent(study)), "kept")


@dataclass(frozen=True)
class LeastDose:
    """Fewest sessions a week that keep a share of the gain; None where no dose here does."""

    share: float
    on_average: int | None  # by the mean
    whole_band: int | None  # by the lower end of the band


@dataclass(frozen=True)
class KeepingFacts:
    """Sets a session, weeks after the programme, and the least dose for each share."""

    sets: int
    weeks_after: int
    least_doses: tuple[LeastDose, ...]


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

    doses = tuple(LeastDose(s, least("share", s), least("low", s)) for s in dose_tables.ENOUGH)
    caption = WORDS("keeping_caption", KeepingFacts(study.sets, AFTER[-1], doses))
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
            "Of the effect": rows["share"].clip(lower=0).map(percent_),
        }
    )
    return show.Table(frame, WORDS("missed_caption", extent(study)), "missed")


@dataclass(frozen=True)
class EndsFacts:
    """The article's two ends: their strength work, clock minutes a week, and weeks."""

    works: tuple[Strength, ...]
    clock_min_wk: tuple[str, ...]
    weeks: int


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
    minutes = tuple(f"{arm.clock_min_wk:.0f}" for arm in arms)
    facts = EndsFacts(tuple(arm.strength for arm in arms), minutes, study.weeks)
    return show.Table(frame, WORDS("ends_caption", facts), "ends")


def tables(study: DoseStudy) -> tuple[show.Download, ...]:
    """Everything the tables were made from, for ``tables/``, in the order of ``TABLES``."""
    return tuple(show.Download(table(study), name) for name, table in TABLES.items())
