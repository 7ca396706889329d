"""Page 1 of the dose report: is one more session worth it, in numbers and in one picture."""

from hipstudy import basis as rests_on
from hipstudy import dose_readings as readings
from hipstudy import figures, show
from hipstudy.dose_readings import TORQUE
from hipstudy.dose_shapes import SHAPES
from hipstudy.dose_study import SESSIONS, DoseStudy
from hipstudy.labels import counted, interval, number
from hipstudy.pages.answer import CAUSE_WORDS
from hipstudy.parameters import number as parameter
from hipstudy.worlds import WORLDS

SHOWN = (("torque", TORQUE, "weak"), ("tightness", "tightness_nrs", "weak"))
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh")


def last(study: DoseStudy) -> int:
    """Which session a week is asked about: the last of the prescription's, at most of the curve."""
    times = study.base.strength.sessions_per_week if study.base.strength else 1
    return min(times, SESSIONS[-1])


def _tight(study: DoseStudy) -> dict[str, tuple[float, float, float]]:
    return {w: readings.one_more(study, last(study), "tightness_nrs", w) for w in WORLDS}


def answer(study: DoseStudy) -> show.Answer:
    """What the last weekly session adds: a sentence with its uncertainty, three numbers."""
    session, margin = ORDINALS[last(study)], parameter("margin_small_nrs")
    torque = readings.one_more(study, last(study), TORQUE, "weak")
    tight = _tight(study)
    largest = max(tight, key=lambda world: tight[world][0])
    points, low, high = tight[largest]
    most = max(band[2] for band in tight.values())
    than = "on average less than" if points < margin else "on average up to"
    than = "less than" if most < margin else than
    size = counted(margin, "point") if points < margin else f"{number(points)} points"
    widest = max(tight, key=lambda world: tight[world][2])
    further = "" if widest == largest else f"; the band goes furthest, to {number(most)}, if "
    further += "" if widest == largest else f"{CAUSE_WORDS[widest]} is"
    sentence = (
        f"A {session} weekly session of {counted(study.sets, 'set')} adds {number(torque[0], 1)} % "
        f"of end-range torque after {counted(study.weeks, 'week')} (95 % band "
        f"{number(torque[1], 1)} to {number(torque[2], 1)}), and takes away {than} {size} of "
        f"tightness under any of four causes: most on average, {number(points)} ({number(low)} to "
        f"{number(high)}), if {CAUSE_WORDS[largest]} is what makes hips tight{further}. All of it "
        "is modelled."
    )
    others = [readings.one_more(study, last(study), TORQUE, "weak", s)[0] for s in SHAPES]
    enough = readings.enough(study)
    eighty = enough[(enough["outcome"] == TORQUE) & (enough["share"] == readings.ENOUGH[0])]
    first = eighty.iloc[0]
    by_shape = "; ".join(f"{r.shape} {number(r.weekly_sets, 0)}" for r in eighty.itertuples())
    numbers = (
        (
            f"{number(torque[0], 1)} %",
            f"{number(min(others), 1)} to {number(max(others), 1)} over three shapes of dose",
            f"end-range torque that the {session} weekly session adds, of baseline",
        ),
        (
            number(points),
            f"95 % band {number(low)} to {number(high)}",
            "NRS points of tightness that it takes away, under the cause where that is most",
        ),
        (
            f"{number(first['weekly_sets'], 0)} sets",
            f"95 % band {number(first['low'], 0)} to {number(first['high'], 0)}",
            (
                f"prescribed a week for 80 % of what {SESSIONS[-1] * study.sets} add to torque; "
                f"by shape: {by_shape}"
            ),
        ),
    )
    return show.Answer(sentence, numbers, _basis(study))


def _basis(study: DoseStudy) -> str:
    links = "the shape of dose-response and every link from a cause to tightness are assumptions"
    return f"{rests_on.sentence(study.study.settings.held, links)} {rests_on.CLOSING}"


def shapes_figure(study: DoseStudy) -> show.Figure:
    """What weekly sets add to torque and to tightness, in three shapes of dose-response."""
    import pandas as pd

    rows = readings.curve(study)
    parts = [
        rows[(rows["outcome"] == outcome) & (rows["world"] == world)].assign(panel=panel)
        for panel, outcome, world in SHOWN
    ]
    panels = {
        "torque": ("End-range torque", "Added, % of baseline"),
        "tightness": ("Tightness if: end-range torque", "Taken away, NRS points"),
    }
    axs = figures.dose_shapes(pd.concat(parts), panels=panels)
    caption = (
        f"What weekly sets add to the same stretching after {counted(study.weeks, 'week')}, mean "
        f"over {study.cohort.n_limbs} limbs of {study.cohort.n_runners} runners, at "
        f"{counted(study.sets, 'set')} a session; sessions are done as modelled runners do them. "
        f"Shade: 95 % band of the saturating shape from {study.values.n_draws} draws of the "
        "parameters. All shapes agree at one dose of completed sets, the calibration case's."
    )
    at = parts[0][parts[0]["sessions_per_week"] == last(study)]
    said = "; ".join(f"{r.shape} {interval(r.mean, r.low, r.high, 1)}" for r in at.itertuples())
    alt = f"Torque added by {counted(last(study), 'session')} a week, %: {said}."
    return show.Figure(axs[0].figure, caption, alt, "shapes")
