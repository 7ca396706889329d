"""What an answer hangs on: the unknown numbers screened, and the main ones' shares of its variance.

In full for the reference comparison (``reference``), small for the comparison of a report
(``of_study``), whose factors are chosen by the rank correlations that it has already.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy.model import cohort
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.parameters import shipped
from hipstudy.prescription import design
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.compare_tables import margins
from hipstudy.studies.global_sensitivity import (
    main_factors,
    morris,
    morris_sample,
    sobol,
    sobol_sample,
    spanned,
    varies,
)
from hipstudy.studies.sensitivity_model import (
    BREAK_EVEN,
    DUMMY,
    NEVER,
    SHARES,
    TIGHTNESS,
    SensitivityTarget,
    evaluate,
    unknown,
)

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


def unused(study: CompareStudy) -> set[str]:
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


def influence(study: CompareStudy) -> "pd.DataFrame":
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


if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
EVEN_PRIOR = (1.0, 1.0, 1.0, 1.0)
REFERENCE_RUNNERS, TRAJECTORIES, BASE = 10, 20, 256
# A factor that moves no answer by a tenth of what the largest moves it carries about 1 % of it.
LEAST = 0.1
FEW_RUNNERS, FEW_FACTORS, FEW_BASE = 8, 8, 256


@dataclass(frozen=True, eq=False)
class Driven:
    """Screen and indices.

    Parameters
    ----------
    question
        What was asked of whom.
    screened
        Factors that were looked at; those of ``screen`` when there was one.
    main
        Factors of the indices, a dummy last.
    screen
        Morris's effects (``sensitivity.morris``); None where other means chose the factors.
    indices
        Sobol's (``sensitivity.sobol``).
    base
        Base sample of the indices.
    never
        Margin -> share of the sample in which no share of runners breaks even.
    still
        Answers that do not vary.
    """

    question: SensitivityTarget
    screened: tuple[str, ...]
    main: tuple[str, ...]
    screen: "pd.DataFrame | None"
    indices: "pd.DataFrame"
    base: int
    never: dict[float, float]
    still: tuple[str, ...]

    @property
    def n_runs(self) -> int:
        """Sets of numbers the model was run on for the indices."""
        return self.base * (len(self.main) + 2)


def reference_question(*, seed: int, n_runners: int = REFERENCE_RUNNERS) -> SensitivityTarget:
    """The time-matched comparison of the presets, on a reference cohort of drawn runners."""
    built = design.build(design.CONTRACT_ARMS)
    treatment, control = built.contrasts[0]
    return SensitivityTarget(
        built.arm(treatment),
        built.arm(control),
        cohort.draw(n_runners, seed=seed),
        built.weeks,
        EVEN_PRIOR,
        {},
        seed,
    )


def reference(
    *,
    seed: int,
    base: int = BASE,
    trajectories: int = TRAJECTORIES,
    n_runners: int = REFERENCE_RUNNERS,
) -> Driven:
    """Screen every unknown number, then find the main ones' indices.

    Parameters
    ----------
    seed
        Of the samples, the bootstrap and the runners' luck.
    base
        Base sample of Sobol's indices, a power of 2.
    trajectories
        Of Morris's screen.
    n_runners
        Of the reference cohort.
    """
    question = reference_question(seed=seed, n_runners=n_runners)
    screened = (*unknown(question), DUMMY)
    levels = morris_sample(screened, trajectories, seed=seed)
    found, _ = _asked(question, screened, spanned(levels))
    screen = morris(screened, levels, found, seed=seed)
    main = (*(n for n in main_factors(screen, least=LEAST) if n != DUMMY), DUMMY)
    return _indices(question, screened, main, screen, base=base, seed=seed)


def of_study(study: CompareStudy) -> Driven:
    """Indices for the primary comparison of a report, on a few of its runners.

    The factors are the numbers whose rank correlations with the difference are strongest over the
    report's own draws, the causes' shares, and a dummy.
    """
    treatment, control = study.primary
    seed, settings = study.settings.seed, study.settings
    question = SensitivityTarget(
        study.design.arm(treatment),
        study.design.arm(control),
        _some(study.cohort),
        study.design.weeks,
        settings.prior,
        settings.parameter_values,
        seed,
    )
    rows = influence(study)
    numbers = tuple(n for n in rows["name"] if n in shipped())
    sticks = tuple(n for n in unknown(question) if n in SHARES)
    main = (*numbers[:FEW_FACTORS], *sticks, DUMMY)
    return _indices(question, (*numbers, *sticks), main, None, base=FEW_BASE, seed=seed)


def _some(runners: Cohort) -> Cohort:
    """A few of the runners, evenly over the file."""
    few = min(FEW_RUNNERS, runners.n_runners)
    return runners.take(np.linspace(0, runners.n_runners - 1, few).astype(int))


def _asked(
    question: SensitivityTarget, names: tuple[str, ...], u: Array
) -> tuple[dict[str, Array], dict[float, float]]:
    """The answers, and for each margin how often no share of runners breaks even."""
    found = evaluate(question, names, u, margins=margins())
    never = {margin: float(found.pop(f"{NEVER} {margin:g}").mean()) for margin in margins()}
    return found, never


def _indices(
    question: SensitivityTarget,
    screened: tuple[str, ...],
    main: tuple[str, ...],
    screen: "pd.DataFrame | None",
    *,
    base: int,
    seed: int,
) -> Driven:
    u = sobol_sample(main, base, seed=seed)
    found, never = _asked(question, main, u)
    still = tuple(name for name, answer in found.items() if not varies(answer))
    return Driven(
        question, screened, main, screen, sobol(main, found, seed=seed), base, never, still
    )


def strongest(driven: Driven, answer: str, n: int | None = None) -> "pd.DataFrame":
    """Rows of one answer, largest total order first, the dummy left out."""
    rows = driven.indices
    rows = rows[(rows["answer"] == answer) & (rows["factor"] != DUMMY)]
    rows = rows.sort_values("total", ascending=False, kind="stable")
    return rows if n is None else rows.head(n)


def tightness(world: str) -> str:
    """Name of the answer that is the difference in tightness in a world."""
    return f"{TIGHTNESS} {world}"


ANSWERS = (*(tightness(world) for world in (*WORLDS, PRIOR)), BREAK_EVEN)
