"""The sentence under each picture of the explorer, with its uncertainty; from the same frames.

The words are ``words/explorer.en.j2``; here are the facts that they are made from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.evidence.number_basis import CLOSING
from hipstudy.explore.picture_tables import View, is_even
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    format_number,
    interval,
    percent,
)
from hipstudy.model.causes import LINKS, PRIOR
from hipstudy.parameters import number as parameter
from hipstudy.wording import Wording

if TYPE_CHECKING:
    from pandas import DataFrame

WORDS = Wording("hipstudy.explore", "explorer")
_UNITS = {"_nrs": "NRS points", "_deg": "deg", "_nm_kg": "Nm/kg", "_pct": "%"}
_NAMES = {"soreness_nrs": "Soreness", "economy_pct": "Running economy"}


@dataclass(frozen=True)
class NamedText:
    """Something said of an arm or a cause, and the name of that."""

    name: str
    text: str


@dataclass(frozen=True)
class OverWeeksFacts:
    """Each arm's change by the last week; ``adherence`` only where it was set."""

    title: str
    start: str
    weeks: int
    changes: tuple[NamedText, ...]
    n_runners: int
    n_draws: int
    is_mixed: bool
    sessions_done: str
    adherence: float | None


@dataclass(frozen=True)
class NaturalCourseFacts:
    """What an outcome does without any exercise."""

    outcome: str
    change: str
    weeks: int


@dataclass(frozen=True)
class DifferenceFacts:
    """B minus A by cause, from smallest to largest; numbers are texts, with their bands.

    Parameters
    ----------
    outcome, unit
        Its name within a sentence, and its unit or nothing.
    weeks
        Of the comparison.
    is_even, is_same
        Whether the arms take the same minutes, and whether every cause gives the same difference.
    least, most
        The causes with the smallest and the largest difference.
    mixed
        By the weights.
    margin
        A small difference, in points, that the picture has in grey; 0 for none.
    """

    outcome: str
    unit: str
    weeks: int
    is_even: bool
    is_same: bool
    least: NamedText
    most: NamedText
    mixed: str
    margin: float


@dataclass(frozen=True)
class ShareFacts:
    """The break-even share for one margin (empty for any difference at all), as texts."""

    margin: str
    share: str = ""
    low: str = ""
    high: str = ""
    never: str = ""
    is_never: bool = False
    is_always: bool = False


@dataclass(frozen=True)
class TorqueFacts:
    """The torque curve at the angle where end range is tested."""

    angle_deg: float
    start: str
    week: int
    arms: tuple[NamedText, ...]
    n_draws: int


@dataclass(frozen=True)
class ArmMinutes:
    """Clock minutes a week of an arm, as texts."""

    name: str
    both: str
    strength: str
    stretch: str


@dataclass(frozen=True)
class ArmSoreness:
    """An arm's highest soreness and its week; 0 for none."""

    name: str
    text: str
    week: int


@dataclass(frozen=True)
class ControlLoadFacts:
    """Minutes a week, and soreness at its highest."""

    minutes: tuple[ArmMinutes, ...]
    soreness: tuple[ArmSoreness, ...]


def not_advice() -> str:
    """What every page of the explorer says of itself."""
    return f"{WORDS('not_advice')} {CLOSING}"


def unit(outcome: str) -> str:
    """Unit of an outcome; a reserve has none."""
    return next((words for end, words in _UNITS.items() if outcome.endswith(end)), "")


def title(outcome: str) -> str:
    """Name of an outcome without its unit."""
    return _NAMES.get(outcome) or OUTCOME_LABELS[outcome].rsplit(" (", 1)[0]


def name_within(outcome: str) -> str:
    """Name of an outcome within a sentence: a person's name in it keeps its capital."""
    name = title(outcome)
    return name[0].lower() + name[1:]


def change_unit(outcome: str) -> str:
    """Unit of a change since the start: torque's is per cent of it."""
    return "% of the start" if outcome.endswith("_nm_kg") else unit(outcome)


def small_margin(outcome: str) -> float:
    """The small difference that a picture has in grey; 0 where an outcome has none."""
    return parameter("margin_small_nrs") if outcome in LINKS else 0


def _digits(outcome: str) -> int:
    return 1 if outcome.endswith(("_deg", "_pct")) else 2


def over_weeks(here: View, frame: "DataFrame", sessions: "DataFrame") -> str:
    """What the first picture shows: each arm's change by the last week."""
    outcome, weeks = here.outcome, here.study.design.weeks
    digits = 0 if outcome.endswith("_nm_kg") else _digits(outcome)
    start = format_number(float(frame[frame["week"] == 0].iloc[0]["level"]), _digits(outcome))
    changes = tuple(
        NamedText(
            arm_label(row.arm),
            f"{interval(row.change, row.change_low, row.change_high, digits)} "
            f"{change_unit(outcome)}".strip(),
        )
        for row in frame[frame["week"] == weeks].itertuples()
    )
    has_sessions = any(arm.strength or arm.stretch for arm in here.study.design.arms)
    facts = OverWeeksFacts(
        title=title(outcome),
        start=f"{start} {unit(outcome)}".strip(),
        weeks=weeks,
        changes=changes,
        n_runners=here.study.cohort.n_runners,
        n_draws=here.study.values.n_draws,
        is_mixed=sum(weight > 0 for weight in here.page_state.prior) > 1,
        sessions_done=_sessions(here, sessions) if has_sessions else "",
        adherence=here.page_state.adherence if has_sessions else None,
    )
    return WORDS("over_weeks", facts)


def _sessions(here: View, sessions: "DataFrame") -> str:
    row = sessions.iloc[0]
    if here.page_state.adherence is not None:
        return percent(row["share"])
    return f"{interval(100 * row['share'], 100 * row['low'], 100 * row['high'], 0)} %"


def natural_course(here: View, frame: "DataFrame") -> str:
    """What tightness or discomfort does without any exercise."""
    end = frame.iloc[-1]
    change = interval(end["change"], end["change_low"], end["change_high"])
    weeks = here.study.design.weeks
    facts = NaturalCourseFacts(name_within(here.outcome), change, weeks)
    return WORDS("natural_course", facts)


def differences(here: View, frame: "DataFrame") -> str:
    """What the second picture shows: B minus A by cause, from smallest to largest."""
    outcome, digits = here.outcome, _digits(here.outcome)

    def text(row: "DataFrame") -> str:
        return interval(row["estimate"], row["ci_low"], row["ci_high"], digits)

    pure = frame[frame["world"] != PRIOR]
    is_same = bool(np.ptp(pure["estimate"]) < 0.5 * 10.0**-digits)
    ends = (pure.loc[pure["estimate"].idxmin()], pure.loc[pure["estimate"].idxmax()])
    least, most = (NamedText(WORLD_LABELS[str(row["world"])].lower(), text(row)) for row in ends)
    if is_same:
        least = NamedText("", text(pure.iloc[0]))
    facts = DifferenceFacts(
        outcome=name_within(outcome),
        unit=unit(outcome),
        weeks=here.study.design.weeks,
        is_even=is_even(here),
        is_same=is_same,
        least=least,
        most=most,
        mixed=text(frame[frame["world"] == PRIOR].iloc[0]),
        margin=small_margin(outcome),
    )
    return WORDS("differences", facts)


def break_even(frame: "DataFrame") -> str:
    """What the break-even share is for each margin."""
    shares = tuple(WORDS("break_even_share", _share_facts(row)) for row in frame.itertuples())
    return WORDS("break_even", shares)


def _share_facts(row: tuple) -> ShareFacts:
    ends = (row.share, row.ci_low, row.ci_high)
    share, low, high = ("no share" if np.isinf(end) else percent(end) for end in ends)
    return ShareFacts(
        margin=WORDS("points", row.margin_nrs) if row.margin_nrs else "",
        share=share,
        low=low,
        high=high,
        never=percent(row.never) if row.never else "",
        is_never=bool(row.never == 1),
        is_always=row.margin_nrs == 0 and not any(ends),
    )


def torque(here: View, frame: "DataFrame") -> str:
    """What the torque curve shows at the angle where end range is tested."""
    week, angle = here.page_state.shown_week, parameter("end_range_test_angle_deg")
    rows = frame[(frame["angle_ext_deg"] == angle) & (frame["arm"] != "norm")]
    start = rows[rows["week"] == 0].iloc[0]
    arms = tuple(
        NamedText(arm_label(row.arm), interval(row.mean, row.low, row.high))
        for row in rows[rows["week"] == week].itertuples()
    )
    at_start = interval(start["mean"], start["low"], start["high"])
    return WORDS("torque", TorqueFacts(angle, at_start, week, arms, here.study.values.n_draws))


def load(frame: "DataFrame", sore: "DataFrame") -> str:
    """What the last picture shows: minutes a week, and soreness at its highest."""
    minutes = tuple(
        ArmMinutes(arm_label(row.arm), *(f"{round(each, 1):g}" for each in numbers))
        for row in frame.itertuples()
        for numbers in [(row.both, row.strength, row.stretch)]
    )
    highest = []
    for arm, rows in sore.groupby("arm", sort=False):
        top = rows.loc[rows["level"].idxmax()]
        text = interval(top["level"], top["level_low"], top["level_high"], 1)
        highest.append(
            ArmSoreness(arm_label(str(arm)), text, int(top["week"]) if top["level"] else 0)
        )
    return WORDS("load", ControlLoadFacts(minutes, tuple(highest)))


def gap_sentences(outcome: str, weeks: int) -> dict[str, object]:
    """The sentences of the one file for an outcome, with gaps for what its script works out.

    Returns
    -------
    dict
        ``differences`` by whether minutes are even, then by whether every cause gives the same.
    """
    least, most = NamedText("[[least_cause]]", "[[least]]"), NamedText("[[most_cause]]", "[[most]]")

    def text(is_even: bool, is_same: bool) -> str:
        margin = small_margin(outcome) if outcome == "tightness_nrs" else 0  # of its picture
        return WORDS(
            "differences",
            DifferenceFacts(
                name_within(outcome), unit(outcome), weeks, is_even, is_same, least, most,
                "[[mixed]]", margin,
            ),
        )  # fmt: skip

    return {
        even: {same: text(even == "equal", same == "same") for same in ("same", "apart")}
        for even in ("equal", "unequal")
    }


def gap_break_even(margins: Sequence[float]) -> dict[str, object]:
    """The break-even sentence of the one file, and a share of it in each of its forms."""

    def share(**facts: object) -> list[str]:
        gaps = {"share": "[[share]]", "low": "[[low]]", "high": "[[high]]"} | facts
        return [
            WORDS("break_even_share", ShareFacts(WORDS("points", margin) if margin else "", **gaps))
            for margin in margins
        ]

    return {
        "around": WORDS("break_even", ("[[shares]]",)),
        "none": share(is_never=True),
        "any": share(is_always=True),
        "some": share(),
        "some_never": share(never="[[never]]"),
    }
