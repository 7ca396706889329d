"""Page 1 of the dose report: is one more session worth it, in numbers and in one picture."""

from dataclasses import replace
from typing import TYPE_CHECKING

from hipstudy import figures, parameters, show
from hipstudy.evidence import number_basis
from hipstudy.labels import count_phrase, format_number, interval, percent
from hipstudy.model import adherence, baseline
from hipstudy.model import load_path as progress
from hipstudy.model.adaptation import SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.pages import compare_report
from hipstudy.pages.compare_report.answer import CAUSE_WORDS
from hipstudy.parameters import number as parameter
from hipstudy.prescription import progression
from hipstudy.resources import without_folders
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_study import SESSIONS, DoseStudy
from hipstudy.studies.dose_tables import TORQUE

SHOWN = (("torque", TORQUE, "weak"), ("tightness", "tightness_nrs", "weak"))
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh")


def last(study: DoseStudy) -> int:
    """Which session a week is asked about: the last of the prescription's, at most of the curve."""
    times = study.base.strength.sessions_per_week if study.base.strength else 1
    return min(times, SESSIONS[-1])


def _tight(study: DoseStudy) -> dict[str, tuple[float, float, float]]:
    return {w: dose_tables.one_more(study, last(study), "tightness_nrs", w) for w in WORLDS}


def answer(study: DoseStudy) -> show.Answer:
    """What the last weekly session adds: a sentence with its uncertainty, three numbers."""
    session, margin = ORDINALS[last(study)], parameter("margin_small_nrs")
    torque = dose_tables.one_more(study, last(study), TORQUE, "weak")
    tight = _tight(study)
    largest = max(tight, key=lambda world: tight[world][0])
    points, low, high = tight[largest]
    most = max(band[2] for band in tight.values())
    than = "on average less than" if points < margin else "on average up to"
    than = "less than" if most < margin else than
    size = count_phrase(margin, "point") if points < margin else f"{format_number(points)} points"
    widest = max(tight, key=lambda world: tight[world][2])
    further = (
        "" if widest == largest else f"; the band goes furthest, to {format_number(most)}, if "
    )
    further += "" if widest == largest else f"{CAUSE_WORDS[widest]} is"
    sentence = (
        f"A {session} weekly session of {count_phrase(study.sets, 'set')} adds {format_number(torque[0], 1)} % "
        f"of end-range torque after {count_phrase(study.weeks, 'week')} (95 % band "
        f"{format_number(torque[1], 1)} to {format_number(torque[2], 1)}), and takes away {than} {size} of "
        f"tightness under any of four causes: most on average, {format_number(points)} ({format_number(low)} to "
        f"{format_number(high)}), if {CAUSE_WORDS[largest]} is what makes hips tight{further}. All of it "
        "is modelled."
    )
    others = [dose_tables.one_more(study, last(study), TORQUE, "weak", s)[0] for s in SHAPES]
    enough = dose_tables.enough(study)
    eighty = enough[(enough["outcome"] == TORQUE) & (enough["share"] == dose_tables.ENOUGH[0])]
    first = eighty.iloc[0]
    by_shape = "; ".join(
        f"{r.shape} {format_number(r.weekly_sets, 0)}" for r in eighty.itertuples()
    )
    numbers = (
        (
            f"{format_number(torque[0], 1)} %",
            f"{format_number(min(others), 1)} to {format_number(max(others), 1)} over three shapes of dose",
            f"end-range torque that the {session} weekly session adds, of baseline",
        ),
        (
            format_number(points),
            f"95 % band {format_number(low)} to {format_number(high)}",
            "NRS points of tightness that it takes away, under the cause where that is most",
        ),
        (
            f"{format_number(first['weekly_sets'], 0)} sets",
            f"95 % band {format_number(first['low'], 0)} to {format_number(first['high'], 0)}",
            (
                f"prescribed a week for 80 % of what {SESSIONS[-1] * study.sets} add to torque; "
                f"by shape: {by_shape}"
            ),
        ),
    )
    return show.Answer(sentence, numbers, _basis(study))


def _basis(study: DoseStudy) -> str:
    links = "the shape of dose-response and every link from a cause to tightness are assumptions"
    return f"{number_basis.sentence(study.study.settings.parameter_values, links)} {number_basis.CLOSING}"


def shapes_figure(study: DoseStudy) -> show.Figure:
    """What weekly sets add to torque and to tightness, in three shapes of dose-response."""
    import pandas as pd

    rows = dose_tables.curve(study)
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
        f"What weekly sets add to the same stretching after {count_phrase(study.weeks, 'week')}, mean "
        f"over {study.cohort.n_limbs} limbs of {study.cohort.n_runners} runners, at "
        f"{count_phrase(study.sets, 'set')} a session; sessions are done as modelled runners do them. "
        f"Shade: 95 % band of the saturating shape from {study.values.n_draws} draws of the "
        "parameters. All shapes agree at one dose of completed sets, the calibration case's."
    )
    at = parts[0][parts[0]["sessions_per_week"] == last(study)]
    said = "; ".join(f"{r.shape} {interval(r.mean, r.low, r.high, 1)}" for r in at.itertuples())
    alt = f"Torque added by {count_phrase(last(study), 'session')} a week, %: {said}."
    return show.Figure(axs[0].figure, caption, alt, "shapes")


def whom(study: DoseStudy) -> show.Text:
    """Who, measured or drawn, for how long."""
    return compare_report.whom(study.study)


def prescription(study: DoseStudy) -> show.Table:
    """The article's two ends, the prescription, and nothing."""
    return compare_report.prescription(study.study)


def lines(study: DoseStudy) -> show.Lines:
    """The same on one line each."""
    return compare_report.lines(study.study)


def cert(study: DoseStudy) -> show.Table:
    """What of them is reported, by CERT."""
    return compare_report.cert(study.study)


def uncertain_numbers(study: DoseStudy) -> show.Table:
    """Every number that is not known exactly."""
    return compare_report.known(study.study)


def provenance(study: DoseStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same report back."""
    table = compare_report.provenance(study.study)
    given = study.settings.model_dump(exclude={"cohort"}, exclude_defaults=True)
    said = "; ".join(f"{name} = {without_folders(str(value))}" for name, value in given.items())
    frame = table.frame.copy()
    frame.loc[frame["What"] == "Settings changed", "Which"] = said or "none"
    return replace(table, frame=frame)


if TYPE_CHECKING:
    import pandas as pd

WORLD = "weak"  # where limbs start lowest in torque if they are tight; the path hardly differs


def frame(study: DoseStudy) -> "pd.DataFrame":
    """The path over the programme's weeks, parameters at their values."""
    values, seed = parameters.central(**study.study.settings.parameter_values), study.settings.seed
    start = baseline.draw(study.cohort, WORLD, values, seed=seed)
    done = adherence.attend(study.cohort, study.base, values, weeks=study.weeks, seed=seed)
    return progress.by_week(progress.follow(study.cohort, start, study.base, done, values))


def load_path(study: DoseStudy) -> show.Table | show.Text:
    """The load of each week by the prescription's rules, or that it has none."""
    import pandas as pd

    rules = study.base.strength.progression if study.base.strength else None
    if rules is None:
        return show.Text(
            "This prescription has no rules of progression, so there is no load path. A TOML file "
            "can have them, in a table `[strength.progression]`."
        )
    rows = frame(study)
    body = {
        "Week": rows["week"],
        "Step": rows["step"].round(1),
        "Added, kg": [interval(r.added_kg, r.low, r.high, 1) for r in rows.itertuples()],
        "Support, cm": rows["support_cm"].round(1),
        "Lever changed": rows["changed_lever"].map(percent),
        "Held by soreness": rows["held"].map(percent),
        "Trained that week": rows["training"].map(percent),
    }
    caption = (
        f"The load path by the rules, over {count_phrase(study.weeks, 'week')}: mean of the modelled "
        f"runners who trained in the week, of {study.cohort.n_runners}, and the middle 95 % of "
        "them for the weight; parameters at their values. The rules: "
        f"{progression.rules_in_words(rules)}. How many repetitions a limb can do is read off its "
        "torque by an assumed line. The path does not act back: torque, soreness and all outcomes "
        "are those of the load as it is prescribed."
    )
    return show.Table(pd.DataFrame(body), caption, "load-path")


def load_path_table(study: DoseStudy) -> show.Download | show.Text:
    """The same at full precision, for ``tables/load_path.csv``."""
    has = study.base.strength is not None and study.base.strength.progression is not None
    return show.Download(frame(study), "load_path") if has else show.Text("")
