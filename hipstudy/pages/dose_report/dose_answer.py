"""Page 1 of the dose report, one more session in numbers and curves, and the load path."""

from typing import TYPE_CHECKING, Any

from hipstudy import figures, parameters, show
from hipstudy.evidence import number_basis
from hipstudy.labels import format_number, interval, percent
from hipstudy.model import adherence, baseline, load_path
from hipstudy.model.adaptation import SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.parameters import number
from hipstudy.prescription import progression
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_study import SESSIONS, DoseStudy
from hipstudy.studies.dose_tables import TORQUE, MeanAndBand
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

WORDS = Wording("hipstudy.pages", "dose")
PANELS = {  # outcome -> title and axis, both in the world where end-range torque is the cause
    TORQUE: ("End-range torque", "Added, % of baseline"),
    "tightness_nrs": ("Tightness if: end-range torque", "Taken away, NRS points"),
}
PATH_WORLD = "weak"  # where limbs start lowest in torque if they are tight; the path hardly differs


def extent(study: DoseStudy) -> dict[str, int]:
    """How large the study is: ``most_sets`` are those a week of the largest dose of the curves."""
    return {
        "weeks": study.weeks,
        "sets": study.sets,
        "most_sets": SESSIONS[-1] * study.sets,
        "n_runners": study.cohort.n_runners,
        "n_limbs": study.cohort.n_limbs,
        "n_draws": study.values.n_draws,
    }


def last_session(study: DoseStudy) -> int:
    """Which session a week is asked about: the last of the prescription's, at most of the curve."""
    return min(study.base.strength.sessions_per_week, SESSIONS[-1])


def answer_facts(study: DoseStudy) -> dict[str, Any]:
    """What page 1 says of a study: torque in per cent of baseline, tightness in NRS points."""
    session = last_session(study)
    torque = {s: dose_tables.one_more(study, session, TORQUE, "weak", s) for s in SHAPES}
    tight = {w: dose_tables.one_more(study, session, "tightness_nrs", w) for w in WORLDS}
    cause = max(tight, key=lambda world: tight[world].mean)
    widest = max(tight, key=lambda world: tight[world].high)
    rows = dose_tables.enough(study)
    rows = rows[(rows["outcome"] == TORQUE) & (rows["share"] == dose_tables.ENOUGH[0])]
    rows = rows.set_index("shape")
    return {
        "extent": extent(study),
        "session": session,
        "torque": next(iter(torque.values())),
        "torque_by_shape": {shape: added.mean for shape, added in torque.items()},
        "tightness": tight[cause],
        "cause": cause,
        "highest_tightness": tight[widest].high,
        "widest_cause": widest,
        "margin": number("margin_small_nrs"),
        "enough_sets": MeanAndBand(*rows.iloc[0][["weekly_sets", "low", "high"]]),
        "enough_by_shape": rows["weekly_sets"].to_dict(),
    }


def answer(study: DoseStudy) -> show.Answer:
    """What the last weekly session adds: a sentence with its uncertainty, three numbers."""
    facts = answer_facts(study)
    numbers = tuple(
        (value, WORDS(f"{name}_range", facts), WORDS(f"{name}_label", facts))
        for name, value in (
            ("torque", f"{format_number(facts['torque'].mean, 1)} %"),
            ("tightness", format_number(facts["tightness"].mean)),
            ("enough", f"{format_number(facts['enough_sets'].mean, 0)} sets"),
        )
    )
    basis = number_basis.sentence(study.comparison.settings.parameter_values, WORDS("links"))
    return show.Answer(WORDS("headline", facts), numbers, f"{basis} {number_basis.CLOSING}")


def shapes_figure(study: DoseStudy) -> show.Figure:
    """What weekly sets add to torque and to tightness, in three shapes of dose-response."""
    rows = dose_tables.curve(study)
    rows = rows[(rows["world"] == "weak") & rows["outcome"].isin(PANELS)]
    axs = figures.dose_shapes(rows.rename(columns={"outcome": "panel"}), panels=PANELS)
    session = last_session(study)
    here = rows[(rows["outcome"] == TORQUE) & (rows["sessions_per_week"] == session)]
    alt = WORDS("shapes_alt", session=session, rows=here.to_dict("records"))
    caption = WORDS("shapes_caption", extent=extent(study))
    return show.Figure(axs[0].figure, caption, alt, "shapes")


def _path(study: DoseStudy) -> "pd.DataFrame":
    """The load path over the programme's weeks, parameters at their values."""
    seed, at = study.settings.seed, study.comparison.settings.parameter_values
    values = parameters.central(**at)
    start = baseline.draw(study.cohort, PATH_WORLD, values, seed=seed)
    sessions = adherence.attend(study.cohort, study.base, values, weeks=study.weeks, seed=seed)
    return load_path.by_week(load_path.follow(study.cohort, start, study.base, sessions, values))


def load_path_by_week(study: DoseStudy) -> show.Table | show.Text:
    """The load of each week by the prescription's rules, or that it has none."""
    import pandas as pd

    rules = study.base.strength.progression
    if rules is None:
        return show.Text(WORDS("no_load_path"))
    rows = _path(study)
    body = {
        "Week": rows["week"],
        "Step": rows["step"].round(1),
        "Added, kg": [interval(r.added_kg, r.low, r.high, 1) for r in rows.itertuples()],
        "Support, cm": rows["support_cm"].round(1),
        "Lever changed": rows["changed_lever"].map(percent),
        "Held by soreness": rows["held"].map(percent),
        "Trained that week": rows["training"].map(percent),
    }
    words = progression.rules_in_words(rules)
    caption = WORDS("load_path_caption", extent=extent(study), rules=words)
    return show.Table(pd.DataFrame(body), caption, "load-path")


def load_path_table(study: DoseStudy) -> show.Download | show.Text:
    """The same at full precision, for ``tables/load_path.csv``."""
    has_path = study.base.strength.progression is not None
    return show.Download(_path(study), "load_path") if has_path else show.Text("")
