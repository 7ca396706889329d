"""The sentence under each picture of the explorer, with its uncertainty; from the same frames.

The words are ``words/explorer.en.j2``; here are the facts that they are made from.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.evidence.number_basis import CLOSING
from hipstudy.explore import picture_tables
from hipstudy.explore.picture_tables import View, is_even, sessions_done
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


def over_weeks(here: View, frame: "DataFrame") -> str:
    """What the first picture shows: each arm's change by the last week."""
    outcome, weeks = here.outcome, here.study.design.weeks
    digits = 0 if outcome.endswith("_nm_kg") else _digits(outcome)
    start = format_number(float(frame[frame["week"] == 0].iloc[0]["level"]), _digits(outcome))
    changes = [
        (arm_label(row.arm), interval(row.change, row.change_low, row.change_high, digits))
        for row in frame[frame["week"] == weeks].itertuples()
    ]
    has_sessions = any(arm.strength or arm.stretch for arm in here.study.design.arms)
    facts = {
        "title": title(outcome),
        "start": f"{start} {unit(outcome)}".strip(),
        "weeks": weeks,
        "changes": [(arm, f"{text} {change_unit(outcome)}".strip()) for arm, text in changes],
        "n_runners": here.study.cohort.n_runners,
        "n_draws": here.study.values.n_draws,
        "is_mixed": sum(weight > 0 for weight in here.page_state.prior) > 1,
        "sessions_done": _sessions(here) if has_sessions else "",
        "adherence": here.page_state.adherence if has_sessions else None,
    }
    return WORDS("over_weeks", facts)


def _sessions(here: View) -> str:
    share, low, high = sessions_done(here)
    if here.page_state.adherence is not None:
        return percent(share)
    return f"{interval(100 * share, 100 * low, 100 * high, 0)} %"


def natural_course(here: View, frame: "DataFrame") -> str:
    """What tightness or discomfort does without any exercise."""
    change = interval(*frame.iloc[-1][["change", "change_low", "change_high"]])
    weeks = here.study.design.weeks
    facts = {"outcome": name_within(here.outcome), "change": change, "weeks": weeks}
    return WORDS("natural_course", facts)


def _difference_sentence(outcome: str, weeks: int, **facts: object) -> str:
    names = {"outcome": name_within(outcome), "unit": unit(outcome), "weeks": weeks}
    return WORDS("differences", names | facts)


def differences(here: View, frame: "DataFrame") -> str:
    """What the second picture shows: B minus A by cause, from smallest to largest."""
    digits = _digits(here.outcome)
    pure = frame[frame["world"] != PRIOR]
    is_same = bool(np.ptp(pure["estimate"]) < 0.5 * 10.0**-digits)
    least = pure.iloc[0] if is_same else pure.loc[pure["estimate"].idxmin()]
    rows = {
        "least": least,
        "most": pure.loc[pure["estimate"].idxmax()],
        "mixed": frame[frame["world"] == PRIOR].iloc[0],
    }
    texts = {
        name: interval(*row[["estimate", "ci_low", "ci_high"]], digits)
        for name, row in rows.items()
    }
    causes = {f"{name}_cause": WORLD_LABELS[row["world"]].lower() for name, row in rows.items()}
    return _difference_sentence(
        here.outcome,
        here.study.design.weeks,
        is_even=is_even(here),
        is_same=is_same,
        margin=small_margin(here.outcome),
        **texts,
        **causes,
    )


def break_even(frame: "DataFrame") -> str:
    """What the break-even share is for each margin."""
    return WORDS("break_even", [_share(row) for row in frame.itertuples()])


def _share(row: tuple) -> str:
    ends = (row.share, row.ci_low, row.ci_high)
    share, low, high = ("no share" if np.isinf(end) else percent(end) for end in ends)
    facts = {
        "margin": WORDS("points", row.margin_nrs) if row.margin_nrs else "",
        "share": share,
        "low": low,
        "high": high,
        "never": percent(row.never) if row.never else "",
        "is_never": row.never == 1,
        "is_always": row.margin_nrs == 0 and not any(ends),
    }
    return WORDS("break_even_share", facts)


def cost(here: View) -> str:
    """What a benefit in tightness costs: discomfort, soreness, minutes."""
    texts = {}
    for name in ("discomfort", "soreness"):
        rows = picture_tables.differences(here, f"{name}_nrs").set_index("world")
        texts[name] = interval(*rows.loc[PRIOR, ["estimate", "ci_low", "ci_high"]])
    a, b = (WORDS("short", minutes) for minutes in picture_tables.minutes(here)["both"])
    return WORDS("cost", texts | {"a": a, "b": b})


def torque(here: View, frame: "DataFrame") -> str:
    """What the torque curve shows at the angle where end range is tested."""
    week, angle = here.page_state.shown_week, parameter("end_range_test_angle_deg")
    rows = frame[(frame["angle_ext_deg"] == angle) & (frame["arm"] != "norm")]
    facts = {
        "angle_deg": angle,
        "start": interval(*rows[rows["week"] == 0].iloc[0][["mean", "low", "high"]]),
        "week": week,
        "arms": [
            (arm_label(row.arm), interval(row.mean, row.low, row.high))
            for row in rows[rows["week"] == week].itertuples()
        ],
        "n_draws": here.study.values.n_draws,
    }
    return WORDS("torque", facts)


def load(frame: "DataFrame", sore: "DataFrame") -> str:
    """What the last picture shows: minutes a week, and soreness at its highest."""
    highest = sore.loc[sore.groupby("arm", sort=False)["level"].idxmax()]
    facts = {
        name: rows.assign(name=rows["arm"].map(arm_label)).to_dict("records")
        for name, rows in (("minutes", frame), ("soreness", highest))
    }
    return WORDS("load", facts)


def gap_sentences(outcome: str, weeks: int) -> dict[str, dict[str, str]]:
    """The sentences of the one file for an outcome, with gaps for what its script works out.

    Returns
    -------
    dict
        ``differences`` by whether minutes are even, then by whether every cause gives the same.
    """
    names = ("least", "least_cause", "most", "most_cause", "mixed")
    facts: dict[str, object] = {name: f"[[{name}]]" for name in names}
    # Only the picture of tightness has its small difference in grey.
    facts["margin"] = small_margin(outcome) if outcome == "tightness_nrs" else 0
    return {
        even: {
            same: _difference_sentence(
                outcome, weeks, is_even=even == "equal", is_same=same == "same", **facts
            )
            for same in ("same", "apart")
        }
        for even in ("equal", "unequal")
    }


def gap_cost() -> str:
    """The sentence on cost of the one file, with gaps."""
    return WORDS("cost", {name: f"[[{name}]]" for name in ("discomfort", "soreness", "a", "b")})


def gap_break_even(margins: Sequence[float]) -> dict[str, object]:
    """The break-even sentence of the one file, and a share of it in each of its forms."""
    gaps = {name: f"[[{name}]]" for name in ("share", "low", "high")}
    usual = gaps | {"never": "", "is_never": False, "is_always": False}
    forms = {
        "none": {"is_never": True},
        "any": {"is_always": True},
        "some": {},
        "some_never": {"never": "[[never]]"},
    }
    points = [WORDS("points", margin) if margin else "" for margin in margins]
    return {"around": WORDS("break_even", ["[[shares]]"])} | {
        form: [WORDS("break_even_share", usual | own | {"margin": each}) for each in points]
        for form, own in forms.items()
    }
