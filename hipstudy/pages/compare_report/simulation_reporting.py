"""How this simulation is reported: GRADE for modelled evidence, and the items of STRESS.

The items are those of Monks et al. 2019 (doi:10.1080/17477778.2018.1442155), in this project's own
words; what stands beside them is filled from the settings, the versions and the tables in use.
"""

import platform
from importlib.metadata import metadata, version
from typing import Any

import numpy as np

from hipstudy import __version__, show
from hipstudy.evidence import number_basis
from hipstudy.evidence.modelled_certainty import ModelledCertainty, modelled_certainty
from hipstudy.evidence.outside_view import class_of
from hipstudy.labels import arm_label
from hipstudy.model.causes import PRIOR, WORLDS, expected_shares
from hipstudy.model.cohort import DRAWN
from hipstudy.model.rated_change import THROWS
from hipstudy.model.simulate import OUTCOMES
from hipstudy.pages.compare_report.comparison import pick_effects
from hipstudy.pages.compare_report.outside_statement import causes_apart
from hipstudy.pages.shared import cells
from hipstudy.pages.trials_elsewhere import contrast_facts
from hipstudy.parameters import calibrated, shipped
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.pages", "simulation_reporting")
DOMAINS = {
    "Risk of bias": "risk_of_bias",
    "Indirectness": "indirectness",
    "Inconsistency": "inconsistency",
    "Imprecision": "imprecision",
    "Publication bias": "publication_bias",
    "Rated up": "rated_up",
}


def certainty_of(study: CompareStudy) -> ModelledCertainty:
    """How sure one can be of the primary difference in tightness."""
    rows = pick_effects(study, "tightness_nrs", primary=True).set_index("world")
    means, mixed = rows.loc[list(WORLDS), "estimate"], rows.loc[PRIOR]
    kind = class_of(*(study.design.arm(arm) for arm in study.primary))
    outside = (
        contrast_facts(study.settings.outside(), kind[0], is_swapped=kind[1]) if kind else None
    )
    return modelled_certainty(
        lowest=float(means.min()),
        highest=float(means.max()),
        n_apart=len(causes_apart(study, outside["effect"])) if outside else None,
        low=float(mixed["ci_low"]),
        high=float(mixed["ci_high"]),
    )


def modelled_grade(study: CompareStudy) -> show.Table:
    """GRADE, a row a domain, with what it takes off and why."""
    import pandas as pd

    one = certainty_of(study)
    reasons = [WORDS(passage, one) for passage in DOMAINS.values()]
    frame = pd.DataFrame(
        {
            "Domain": ["A model's output", *DOMAINS, "Certainty"],
            "Levels, and why": ["starts at high", *reasons, one.level],
        }
    )
    return show.Table(frame, WORDS("grade_caption"), "modelled-grade")


def certainty_moves(study: CompareStudy) -> show.Text:
    """What would raise or lower the certainty."""
    rows = compare_decisions.trial_sizes(study)
    sizes = rows[rows["basis"].str.startswith("margin")].iloc[0]
    n_per_arm = float(sizes["n_per_arm"])
    facts = {
        "certainty": certainty_of(study),
        "margin": abs(float(sizes["difference"])),
        "n_per_arm": n_per_arm if np.isfinite(n_per_arm) else None,
    }
    return show.Text(WORDS("moves", facts))


def stress_facts(study: CompareStudy) -> dict[str, Any]:
    """Everything that the checklist is filled from."""
    settings, stored = study.settings, calibrated()
    rows = shipped().values()
    return {
        "treatment": arm_label(study.primary[0]),
        "control": arm_label(study.primary[1]),
        "n_arms": len(study.design.arms),
        "n_contrasts": len(study.design.contrasts),
        "n_outcomes": len(OUTCOMES),
        "n_causes": len(WORLDS),
        "shares": expected_shares(settings.prior),
        "weeks": study.design.weeks,
        "n_runners": study.cohort.n_runners,
        "n_limbs": study.cohort.n_limbs,
        "is_drawn": study.cohort.source == DRAWN,
        "sha256": study.cohort.sha256[:12],
        "entry_nrs": float(study.values["entry_nrs"].flat[0]),
        "counts": number_basis.counts(),
        "n_drawn": sum(row.low != row.high or bool(row.weights) for row in rows),
        "n_set": len(settings.parameter_values),
        "n_draws": study.values.n_draws,
        "n_throws": THROWS,
        "n_calibrated": len(stored.medians),
        "n_calibrating": len(stored.facts["trials"]),
        "effective_size": stored.facts["effective_size"],
        "band_level": parameter("band_level"),
        "seed": settings.seed,
        "version": __version__,
        "python": platform.python_version(),
        "libraries": [(name, version(name)) for name in ("numpy", "scipy", "pandas")],
        "licence": metadata("hipstudy")["License-Expression"] or "",
    }


def stress(study: CompareStudy) -> show.Table:
    """The items of STRESS, each with what this report says of it."""
    import pandas as pd

    rows = cells(WORDS("stress_items", stress_facts(study)))
    frame = pd.DataFrame(rows, columns=["Part", "Item", "Here"])
    return show.Table(frame, WORDS("stress_caption"), "stress")
