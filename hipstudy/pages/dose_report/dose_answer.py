"""Page 1 of the dose report: one more session, what it is for and what it costs, and the curves."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hipstudy import figures, show
from hipstudy.cohort_file.runners_origin import origin
from hipstudy.evidence import number_basis
from hipstudy.finding_kinds import finding_kinds
from hipstudy.labels import ARM_LABELS
from hipstudy.model.adaptation import SATURATING, SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.pages.shared import cells
from hipstudy.parameters import number
from hipstudy.studies import dose_tables
from hipstudy.studies.dose_runs import SESSIONS
from hipstudy.studies.dose_study import DoseStudy
from hipstudy.studies.dose_tables import TORQUE, MeanAndBand
from hipstudy.studies.report_settings import unused_runner_count
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

FRONT = Wording("hipstudy.pages", "dose_front")
WORDS = Wording("hipstudy.pages", "dose")  # of the details
TIGHTNESS, DISCOMFORT, SORENESS = "tightness_nrs", "discomfort_nrs", "soreness_nrs"
READINGS = ("thomas_ext_deg", "torque_nm_kg", TIGHTNESS, DISCOMFORT)


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


def prescription_label(study: DoseStudy) -> str:
    """What the prescription is called; one of one's own by its own label."""
    return ARM_LABELS.get(study.base.name, study.base.label)


def last_session(study: DoseStudy) -> int:
    """Which session a week is asked about: the last of the prescription's, at most of the curve."""
    return min(study.base.strength.sessions_per_week, SESSIONS[-1])


def whom(study: DoseStudy) -> show.Text:
    """Who was modelled, what of them was measured, and what was set for this report."""
    cohort, settings = study.cohort, study.settings
    counts = {name: int((~np.isnan(cohort.reading(name))).sum()) for name in READINGS}
    unused = unused_runner_count(settings, cohort.n_runners)
    facts = {
        "extent": extent(study),
        "origin": origin(cohort),
        "readings": [(name, n) for name, n in counts.items() if n],
        "label": prescription_label(study),
        "n_warnings": len(finding_kinds(cohort.warnings)),
        "adherence": settings.adherence,
        "unused_n_runners": settings.n_runners if unused else None,
    }
    return show.Text(FRONT("whom", facts))


def turned(one: MeanAndBand) -> MeanAndBand:
    """The same change told in the other direction: what is taken away becomes what is added."""
    return MeanAndBand(-one.mean, -one.high, -one.low)


def answer_facts(study: DoseStudy) -> dict[str, Any]:
    """What page 1 says of a study: torque in per cent of baseline, all else in points of 10."""
    session = last_session(study)
    torque = {s: dose_tables.one_more(study, session, TORQUE, "weak", s) for s in SHAPES}
    tight = {w: dose_tables.one_more(study, session, TIGHTNESS, w) for w in WORLDS}
    ache = [dose_tables.cost_of_one_more(study, session, DISCOMFORT, w) for w in WORLDS]
    cause = max(tight, key=lambda world: tight[world].mean)
    widest = max(tight, key=lambda world: tight[world].high)
    return {
        "extent": extent(study),
        "session": session,
        "torque": torque[SATURATING],
        "torque_by_shape": {shape: added.mean for shape, added in torque.items()},
        "tightness": tight[cause],
        "tightness_by_cause": {world: turned(one) for world, one in tight.items()},
        "cause": cause,
        "highest_tightness": tight[widest].high,
        "widest_cause": widest,
        "margin": number("margin_small_nrs"),
        "soreness": dose_tables.cost_of_one_more(study, session, SORENESS, WORLDS[0]),
        "least_discomfort": min(ache),
        "most_discomfort": max(ache),
        "session_min": study.base.strength.session_min,
        "counts": number_basis.counts(),
        "closing": number_basis.CLOSING,
    }


def answer(study: DoseStudy) -> show.Answer:
    """What the last weekly session gives and costs, in a few sentences."""
    facts = answer_facts(study)
    return show.Answer(FRONT("headline", facts), (), FRONT("basis", facts))


def one_more_session(study: DoseStudy) -> show.Table:
    """The same line by line, each with its band."""
    import pandas as pd

    facts = answer_facts(study)
    (heads,) = cells(FRONT("one_more_heads", facts))
    frame = pd.DataFrame(cells(FRONT("one_more_rows", facts)), columns=heads)
    align = {heads[1]: "left"}
    return show.Table(frame, FRONT("one_more_caption", facts), "one-more-session", align=align)


def _panel_rows(study: DoseStudy) -> "pd.DataFrame":
    """Curves of the panels, discomfort as what is added, where end-range torque is the cause."""
    rows = dose_tables.curve(study)
    rows = rows[rows["world"] == "weak"].copy()
    ache = rows["outcome"] == DISCOMFORT
    rows.loc[ache, ["mean", "low", "high"]] = -rows.loc[ache, ["mean", "high", "low"]].to_numpy()
    return rows.rename(columns={"outcome": "panel"})


def shapes_figure(study: DoseStudy) -> show.Figure:
    """What weekly sets do to torque, tightness and discomfort, in three shapes of dose-response."""
    rows = _panel_rows(study)
    panels = {name: words for name, *words in cells(FRONT("shapes_panels"))}
    session = last_session(study)
    here = rows[rows["sessions_per_week"] == session]
    by_title = {
        title: here[here["panel"] == panel].to_dict("records")
        for panel, (title, _) in panels.items()
    }
    axs = figures.dose_shapes(
        rows[rows["panel"].isin(panels)], panels=panels, xlabel=FRONT("shapes_axis")
    )
    alt = FRONT("shapes_alt", session=session, panels=by_title)
    return show.Figure(axs[0].figure, FRONT("shapes_caption", extent=extent(study)), alt, "shapes")


def outside_band(study: DoseStudy) -> dict[str, list[int]]:
    """Shape -> prescribed sets a week at which it leaves the saturating shape's band of torque."""
    rows = dose_tables.curve(study)
    rows = rows[(rows["outcome"] == TORQUE) & (rows["shape"] != SATURATING) & rows["outside"]]
    return {shape: list(part) for shape, part in rows.groupby("shape", sort=False)["weekly_sets"]}


def shapes_differ(study: DoseStudy) -> show.Text:
    """How far the shapes are apart, in two sentences."""
    sets = {int(one) for weekly in outside_band(study).values() for one in weekly}
    facts = answer_facts(study) | {"outside_sets": sorted(sets)}
    return show.Text(FRONT("shapes_differ", facts))
