"""Page 1 of the dose report, one more session in numbers and curves, and the load path."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class Extent:
    """How large a dose study is."""

    weeks: int  # of the programme
    sets: int  # a session
    most_sets: int  # a week, the largest dose of the curves
    n_runners: int
    n_limbs: int
    n_draws: int  # of the parameters


def extent(study: DoseStudy) -> Extent:
    """How large the study is."""
    sizes = (study.cohort.n_runners, study.cohort.n_limbs, study.values.n_draws)
    return Extent(study.weeks, study.sets, SESSIONS[-1] * study.sets, *sizes)


def last_session(study: DoseStudy) -> int:
    """Which session a week is asked about: the last of the prescription's, at most of the curve."""
    return min(study.base.strength.sessions_per_week, SESSIONS[-1])


@dataclass(frozen=True)
class DoseAnswer:
    """What the last weekly session adds: torque in per cent of baseline, tightness in points."""

    extent: Extent
    session: int  # which session a week it is
    torque: MeanAndBand  # added
    torque_by_shape: Mapping[str, float]  # the same, shape of dose-response -> mean
    tightness: MeanAndBand  # taken away, under the cause where that is most
    cause: str
    highest_tightness: float  # largest upper end of a band, under the widest cause
    widest_cause: str
    margin: float  # a difference in tightness that matters
    enough_sets: MeanAndBand  # a week, for 80 % of what the largest dose adds to torque
    enough_by_shape: Mapping[str, float]  # the same, shape -> mean


def answer_facts(study: DoseStudy) -> DoseAnswer:
    """What page 1 says of a study."""
    session = last_session(study)
    torque = {s: dose_tables.one_more(study, session, TORQUE, "weak", s) for s in SHAPES}
    tight = {w: dose_tables.one_more(study, session, "tightness_nrs", w) for w in WORLDS}
    cause = max(tight, key=lambda world: tight[world].mean)
    widest = max(tight, key=lambda world: tight[world].high)
    rows = dose_tables.enough(study)
    rows = rows[(rows["outcome"] == TORQUE) & (rows["share"] == dose_tables.ENOUGH[0])]
    rows = rows.set_index("shape")
    return DoseAnswer(
        extent=extent(study),
        session=session,
        torque=next(iter(torque.values())),
        torque_by_shape={shape: added.mean for shape, added in torque.items()},
        tightness=tight[cause],
        cause=cause,
        highest_tightness=tight[widest].high,
        widest_cause=widest,
        margin=number("margin_small_nrs"),
        enough_sets=MeanAndBand(*rows.iloc[0][["weekly_sets", "low", "high"]]),
        enough_by_shape=rows["weekly_sets"].to_dict(),
    )


def answer(study: DoseStudy) -> show.Answer:
    """What the last weekly session adds: a sentence with its uncertainty, three numbers."""
    facts = answer_facts(study)
    numbers = tuple(
        (value, WORDS(f"{name}_range", facts), WORDS(f"{name}_label", facts))
        for name, value in (
            ("torque", f"{format_number(facts.torque.mean, 1)} %"),
            ("tightness", format_number(facts.tightness.mean)),
            ("enough", f"{format_number(facts.enough_sets.mean, 0)} sets"),
        )
    )
    basis = number_basis.sentence(study.comparison.settings.parameter_values, WORDS("links"))
    return show.Answer(WORDS("headline", facts), numbers, f"{basis} {number_basis.CLOSING}")


@dataclass(frozen=True)
class CurveFacts:
    """What a number of weekly sessions adds to torque: shape -> mean and band, per cent."""

    extent: Extent
    session: int
    torque_by_shape: Mapping[str, MeanAndBand]


def shapes_figure(study: DoseStudy) -> show.Figure:
    """What weekly sets add to torque and to tightness, in three shapes of dose-response."""
    rows = dose_tables.curve(study)
    rows = rows[(rows["world"] == "weak") & rows["outcome"].isin(PANELS)]
    axs = figures.dose_shapes(rows.rename(columns={"outcome": "panel"}), panels=PANELS)
    session = last_session(study)
    here = rows[(rows["outcome"] == TORQUE) & (rows["sessions_per_week"] == session)]
    bands = here.set_index("shape")[["mean", "low", "high"]]
    torque = {shape: MeanAndBand(*row) for shape, row in bands.iterrows()}
    facts = CurveFacts(extent(study), session, torque)
    words = (WORDS("shapes_caption", facts), WORDS("shapes_alt", facts))
    return show.Figure(axs[0].figure, *words, "shapes")


def _path(study: DoseStudy) -> "pd.DataFrame":
    """The load path over the programme's weeks, parameters at their values."""
    values, seed = (
        parameters.central(**study.comparison.settings.parameter_values),
        study.settings.seed,
    )
    start = baseline.draw(study.cohort, PATH_WORLD, values, seed=seed)
    sessions = adherence.attend(study.cohort, study.base, values, weeks=study.weeks, seed=seed)
    return load_path.by_week(load_path.follow(study.cohort, start, study.base, sessions, values))


@dataclass(frozen=True)
class LoadPathFacts:
    """How large the study is, and the rules of progression in words."""

    extent: Extent
    rules: str


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
    facts = LoadPathFacts(extent(study), progression.rules_in_words(rules))
    return show.Table(pd.DataFrame(body), WORDS("load_path_caption", facts), "load-path")


def load_path_table(study: DoseStudy) -> show.Download | show.Text:
    """The same at full precision, for ``tables/load_path.csv``."""
    has_path = study.base.strength.progression is not None
    return show.Download(_path(study), "load_path") if has_path else show.Text("")
