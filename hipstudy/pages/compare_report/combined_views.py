"""The two views as one figure, only for who asks for it by ``combine_views``."""

from dataclasses import asdict

from hipstudy import show
from hipstudy.evidence import robust_mixture
from hipstudy.evidence.robust_mixture import CombinedEffect
from hipstudy.labels import interval
from hipstudy.model.causes import PRIOR
from hipstudy.pages.compare_report.outside_statement import ClassEffect, class_effect
from hipstudy.pages.table_files import table_file
from hipstudy.pages.trials_elsewhere import WORDS
from hipstudy.parameters import number
from hipstudy.studies.compare_study import CompareStudy


def _combined(study: CompareStudy, trials: ClassEffect) -> CombinedEffect | None:
    weight = study.settings.combine_views
    if weight is None:
        return None
    view = study.settings.outside()
    rows = view.rows(trials.contrast, view.main(trials.contrast))
    draws = study.difference(study.primary, "tightness_nrs", PRIOR)[:, -1]
    sd, level = robust_mixture.one_runner_sd(rows), number("band_level")
    return robust_mixture.combine(draws, trials.effect, weight=weight, vague_sd=sd, level=level)


def combined_views(study: CompareStudy) -> show.Table | show.Text:
    """Trials elsewhere, the model, and both as one; empty where nobody asked for it."""
    import numpy as np
    import pandas as pd

    if study.settings.combine_views is None:
        return show.Text("")
    trials = class_effect(study)
    both = _combined(study, trials) if trials else None
    if trials is None or both is None:
        return show.Text(WORDS("not_combined", None))
    draws, effect = study.difference(study.primary, "tightness_nrs", PRIOR)[:, -1], trials.effect
    of_model = (float(draws.mean()), *map(float, np.quantile(draws, study.band)))
    cells = [
        ("A new trial elsewhere", interval(effect.estimate, effect.pi_low, effect.pi_high)),
        ("The model, causes mixed", interval(*of_model)),
        ("Both as one", interval(both.estimate, both.low, both.high)),
    ]
    frame = pd.DataFrame(cells, columns=["View", "Difference (95 %)"])
    caption = WORDS("combined_caption", both)
    return show.Table(frame, caption, "combined", align={"Difference (95 %)": "left"})


def combined_file(study: CompareStudy) -> show.Download | show.Text:
    """The combined figure at full precision for ``tables/combined.csv``, where it was asked for."""
    import pandas as pd

    trials = class_effect(study)
    both = _combined(study, trials) if trials else None
    return table_file(pd.DataFrame([asdict(both)]), "combined") if both else show.Text("")
