"""How far the answer follows each number that is not known exactly."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hipstudy.compare import Study
from hipstudy.parameters import shipped
from hipstudy.worlds import PRIOR, WORLDS

if TYPE_CHECKING:
    import pandas as pd

# A trial's size or a visit's readings rest on them, not the answer.
SEEN_ONLY = (
    "nrs_sem",
    "trial_baseline_r",
    "torque_sem_share",
    "brace_bias_deg",
    "acute_stretch_deg",
    "angle_shift_deg",
    "over_report_factor",
    "lost_share",
)
# No prescription changes its range half-way, so how far protection reaches past it never shows. A
# threshold of dose is one of the shapes that only the dose report tries; how repetitions go with
# load only bears on a load that is progressed by rules.
IDLE = ("protection_length_sd_deg", "dose_threshold_sets_wk", "reps_line_constant")


def unused(study: Study) -> set[str]:
    """Drawn numbers that only matter for work that no arm of this comparison has."""
    works = [arm.strength for arm in study.design.arms if arm.strength]
    needed = {
        "chest_load_share": any(s.lever == "trunk-lever" and s.added_kg for s in works),
        "cross_education_share": any(s.sides != "both" for s in works),
        "short_length_bout_share": any(s.trained_to_ext_deg <= 0 for s in works),
        "women_to_men_torque": (study.cohort.sex == "F").any(),
    }
    light = any(s.unloaded_weeks or s.load == "unloaded" for s in works)
    needed |= dict.fromkeys(("unloaded_bout_share", "unloaded_rom_weight"), light)
    by_intensity = light or any(s.added_kg for s in works)
    needed |= dict.fromkeys(("segment_factor", "effort_at_low_intensity"), by_intensity)
    return {name for name, used in needed.items() if not used}


def influence(study: Study) -> "pd.DataFrame":
    """How far the answer follows each number that is not known exactly.

    Spearman's correlation, over draws, of each drawn number with the primary difference in
    tightness: in the world where it is largest, and mixed over the prior. ``noise`` is what the
    largest of so many correlations with nothing stays below 95 % of the time. Numbers that no
    arm here uses are left out.

    Columns: name, weak, prior, noise; sorted, strongest in either first.
    """
    import pandas as pd

    drawn = {
        name: study.values[name][:, 0]
        for name, row in shipped().items()
        if row.low < row.high and name not in {*SEEN_ONLY, *IDLE, *unused(study)}
    }
    drawn |= {f"share {world}": study.shares[:, i] for i, world in enumerate(WORLDS)}
    answers = [
        study.difference(study.primary, "tightness_nrs", world)[:, -1] for world in ("weak", PRIOR)
    ]
    drawn = {name: draws for name, draws in drawn.items() if np.ptp(draws)}
    columns = np.column_stack([*drawn.values(), *answers])
    ranks = columns.argsort(axis=0).argsort(axis=0).astype(float)
    found = np.corrcoef(ranks, rowvar=False)[: len(drawn), len(drawn) :]
    found = np.where([np.ptp(answer) > 0 for answer in answers], found, 0)
    frame = pd.DataFrame({"name": list(drawn), "weak": found[:, 0], "prior": found[:, 1]})
    tail = (1 - study.band[1]) / len(drawn)  # of so many, none past it
    frame["noise"] = -special.ndtri(tail) / np.sqrt(study.values.n_draws - 1)
    strongest = frame[["weak", "prior"]].abs().max(axis=1)
    order = strongest.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)
