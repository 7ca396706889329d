"""Whether the runners of a file change the answer: a sentence on page 1, numbers in the details."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hipstudy import show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, interval
from hipstudy.pages.compare_report.answer import favoured_causes
from hipstudy.pages.compare_report.comparison import words
from hipstudy.pages.compare_report.front_words import front
from hipstudy.pages.compare_report.runners import runners_facts
from hipstudy.parameters import number as parameter
from hipstudy.studies import made_up_runners
from hipstudy.studies.compare_study import CompareStudy

if TYPE_CHECKING:
    import pandas as pd

DRIVERS = ("thomas_ext_deg", "torque_nm_kg")  # readings that say where a cause's deficit starts


def _measured_of(study: CompareStudy) -> str:
    """What of the runners was measured that enters the difference most directly."""
    names = [name for name, _ in runners_facts(study.cohort)["readings"]]
    if any(name in DRIVERS for name in names):
        return "driver"
    return "rating" if names else "none"


def cohort_facts(study: CompareStudy) -> dict[str, Any] | None:
    """What page 1 says of it, in NRS points; None where the runners are made up.

    The answer is the same where the same arms are favoured under the same causes, and neither a
    mean difference in what is felt nor an end of its band shifts by the margin that the report
    calls small.
    """
    answer = study.made_up
    if answer is None:
        return None
    margin, frame = parameter("margin_small_nrs"), made_up_runners.beside_made_up(study)
    own, made_up = (made_up_runners.ends(frame, who, "tightness_nrs") for who in ("own", "made_up"))
    ours, theirs = favoured_causes(own, margin), favoured_causes(made_up, margin)
    of_means, of_ends = (_largest_shift(frame, ends) for ends in (("",), ("_low", "_high")))
    is_same_mean = ours == theirs and of_means.points < margin
    at = of_means if of_means.points >= of_ends.points or not is_same_mean else of_ends
    outcome, world = at.outcome, at.world
    if ours != theirs:
        outcome = "tightness_nrs"
        shifts = answer.shifts()
        world = max(
            (one for one in own if ours.get(one) != theirs.get(one)),
            key=lambda one: abs(shifts[outcome, one]),
        )
    both = {who: made_up_runners.ends(frame, who, outcome)[world] for who in ("own", "made_up")}
    return {
        "is_same": is_same_mean and of_ends.points < margin,
        "is_same_mean": is_same_mean,
        "is_few": study.cohort.n_runners < parameter("spread_least_runners"),
        "n_runners": answer.n_runners,
        "shift": of_means.points,
        "end_shift": of_ends.points,
        "outcome": outcome,
        "world": world,
        "measured_of": _measured_of(study),
        **{
            who: dict(zip(("mean", "low", "high"), ends, strict=True)) for who, ends in both.items()
        },
    }


@dataclass(frozen=True)
class Shift:
    """How far a number of these runners lies from that of made-up ones, and of what it is."""

    points: float
    outcome: str
    world: str


def _largest_shift(frame: "pd.DataFrame", ends: tuple[str, ...]) -> Shift:
    """The largest shift of means (end ``""``) or of bands' ends, in rows of ``beside_made_up``."""
    shifts = [
        Shift(abs(row[f"own{end}"] - row[f"made_up{end}"]), row["outcome"], row["world"])
        for _, row in frame.iterrows()
        for end in ends
    ]
    return max(shifts, key=lambda shift: shift.points)


def cohort_effect(study: CompareStudy) -> show.Text:
    """Page 1: whether these runners' own measures changed anything, and why; empty without any."""
    facts = cohort_facts(study)
    return show.Text(front(study)("cohort_effect", facts) if facts else "")


def cohort_effect_by_cause(study: CompareStudy) -> show.Table | show.Text:
    """The details: differences of these runners beside made-up ones; empty without a file."""
    import pandas as pd

    rows = made_up_runners.beside_made_up(study)
    if rows.empty:
        return show.Text("")
    frame = pd.DataFrame(
        {
            "Outcome": rows["outcome"].map(OUTCOME_LABELS),
            "If tight from": rows["world"].map(WORLD_LABELS),
            "These runners": [interval(r.own, r.own_low, r.own_high) for r in rows.itertuples()],
            "Made-up runners": [
                interval(r.made_up, r.made_up_low, r.made_up_high) for r in rows.itertuples()
            ],
        }
    )
    caption = words(
        "cohort_effect_by_cause", weeks=study.design.weeks, n_runners=study.cohort.n_runners
    )
    return show.Table(frame, caption, "made-up-runners")
