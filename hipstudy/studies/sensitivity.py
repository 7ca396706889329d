"""What an answer hangs on: each unknown number's correlation with it or share of its variance.

``influence`` ranks the numbers over the draws that a comparison has already. Shares of variance are
found in full for the reference comparison (``reference``), and small for the comparison of a report
(``of_study``), whose factors are those of the strongest correlations.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import result_store
from hipstudy.model import cohort
from hipstudy.model.causes import LINKS, PRIOR, WORLDS
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
    "torque_sem_share brace_bias_deg acute_stretch_deg angle_shift_deg over_report_factor "
    "lost_share torque_lost_per_nrs angle_lost_deg_per_nrs"
).split()
# No prescription changes its range half-way, so how far protection reaches past it never shows. A
# threshold of dose is one of the shapes that only the dose report tries.
IDLE = ("protection_length_sd_deg", "dose_threshold_sets_wk")


def unused(study: CompareStudy) -> set[str]:
    """Drawn numbers that only matter for work that no arm of this comparison has."""
    works = [arm.strength for arm in study.design.arms if arm.strength]
    needed = {
        "chest_load_share": any(s.lever == "trunk-lever" and s.added_kg for s in works),
        "cross_education_share": any(s.sides != "both" for s in works),
        "short_length_bout_share": any(s.trained_to_ext_deg <= 0 for s in works),
        "women_to_men_torque": (study.cohort.sex == "F").any(),
        "nrs_sem": any(not np.isnan(study.cohort.reading(name)).all() for name in LINKS),
        "programme_half_life_wk": any(arm.weeks < study.design.weeks for arm in study.design.arms),
    }
    light = any(s.unloaded_weeks or s.load == "unloaded" for s in works)
    needed |= dict.fromkeys(("unloaded_bout_share", "unloaded_rom_weight"), light)
    by_intensity = light or any(s.added_kg for s in works)
    of_load = ("segment_factor", "effort_at_low_intensity", "reps_line_constant")
    needed |= dict.fromkeys(of_load, by_intensity)
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

    factors = {
        name: study.values[name][:, 0]
        for name, row in shipped().items()
        if row.low < row.high and name not in {*SEEN_ONLY, *IDLE, *unused(study)}
    }
    factors |= {f"share {world}": study.shares[:, i] for i, world in enumerate(WORLDS)}
    answers = [
        study.difference(study.primary, "tightness_nrs", world)[:, -1] for world in ("weak", PRIOR)
    ]
    factors = {name: draws for name, draws in factors.items() if np.ptp(draws)}
    columns = np.column_stack([*factors.values(), *answers])
    ranks = pd.DataFrame(columns).rank().to_numpy()  # draws without any difference tie
    with np.errstate(invalid="ignore"):  # an answer that never varies
        r = np.corrcoef(ranks, rowvar=False)[: len(factors), len(factors) :]
    r = np.where([np.ptp(answer) > 0 for answer in answers], r, 0)
    frame = pd.DataFrame({"name": list(factors), "weak": r[:, 0], "prior": r[:, 1]})
    tail = (1 - study.band[1]) / len(factors)  # of so many, none past it
    frame["noise"] = -scipy.special.ndtri(tail) / np.sqrt(study.values.n_draws - 1)
    strongest = frame[["weak", "prior"]].abs().max(axis=1)
    order = strongest.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


Array = NDArray[np.float64]
EVEN_PRIOR = (1.0, 1.0, 1.0, 1.0)
REFERENCE_RUNNERS, TRAJECTORIES, BASE = 10, 20, 256
# A factor that moves no answer by a tenth of what the largest moves it carries about 1 % of it.
LEAST = 0.1
FEW_RUNNERS, FEW_FACTORS, FEW_BASE = 8, 8, 256


@dataclass(frozen=True, eq=False)
class SensitivityResult:
    """What answers hang on: the screen of all unknown numbers, and the main ones' indices.

    Parameters
    ----------
    question
        The comparison, the runners and the prior.
    screened
        Factors that were looked at; those of ``screen`` when there was one.
    main
        Factors of the indices, a dummy last.
    screen
        Morris's effects (``global_sensitivity.morris``); None where other means chose the factors.
    indices
        Sobol's (``global_sensitivity.sobol``).
    base
        Base sample of the indices.
    never_even_share
        Margin, NRS points -> share of the sample in which no share of runners breaks even.
    constant_answers
        Answers that do not vary.
    """

    question: SensitivityTarget
    screened: tuple[str, ...]
    main: tuple[str, ...]
    screen: "pd.DataFrame | None"
    indices: "pd.DataFrame"
    base: int
    never_even_share: dict[float, float]
    constant_answers: tuple[str, ...]

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
) -> SensitivityResult:
    """Screen every unknown number, then find the main ones' indices; kept from run to run.

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
    settings = {"seed": seed, "base": base, "trajectories": trajectories, "n_runners": n_runners}

    def find() -> result_store.Arrays:
        return _as_arrays(_screened_indices(question, base, trajectories, seed))

    return _of_arrays(question, result_store.result("reference indices", settings, find), base)


def _screened_indices(
    question: SensitivityTarget, base: int, trajectories: int, seed: int
) -> SensitivityResult:
    screened = (*unknown(question), DUMMY)
    levels = morris_sample(screened, trajectories, seed=seed)
    answers, _ = _answers(question, screened, spanned(levels))
    screen = morris(screened, levels, answers, seed=seed)
    main = (*(n for n in main_factors(screen, least=LEAST) if n != DUMMY), DUMMY)
    return _indices(question, screened, main, screen, base=base, seed=seed)


_WORDS = ("screened", "main", "constant_answers")
_FRAMES = ("screen", "indices")


def _as_arrays(found: SensitivityResult) -> result_store.Arrays:
    """A result with a screen as the store has it, without its question."""
    arrays = {name: np.array(getattr(found, name), dtype=str) for name in _WORDS}
    for name in _FRAMES:
        frame = getattr(found, name)
        if frame is None:
            continue
        kinds = {"answer": str, "factor": str}
        arrays |= {f"{name} {c}": frame[c].to_numpy(kinds.get(c, float)) for c in frame}
    never = found.never_even_share
    return arrays | {"margins": np.array([*never]), "never": np.array([*never.values()])}


def _of_arrays(
    question: SensitivityTarget, arrays: result_store.Arrays, base: int
) -> SensitivityResult:
    import pandas as pd

    words = {name: tuple(arrays[name].tolist()) for name in _WORDS}
    frames = {
        name: pd.DataFrame(
            {
                key.removeprefix(f"{name} "): column.tolist()
                for key, column in arrays.items()
                if key.startswith(f"{name} ")
            }
        )
        for name in _FRAMES
    }
    frames = {name: frame if len(frame.columns) else None for name, frame in frames.items()}
    never = dict(zip(arrays["margins"].tolist(), arrays["never"].tolist(), strict=True))
    return SensitivityResult(question, **words, **frames, base=base, never_even_share=never)


def of_study(study: CompareStudy) -> SensitivityResult:
    """Indices for the primary comparison of a report, on a few of its runners.

    The factors are the numbers whose rank correlations with the difference are strongest over the
    report's own draws, the causes' shares, and a dummy. They are drawn from their laws before
    calibration, since indices need independent factors.
    """
    treatment, control = study.primary
    seed, settings, n = study.settings.seed, study.settings, study.cohort.n_runners
    few = np.linspace(0, n - 1, min(FEW_RUNNERS, n)).astype(int)  # evenly over the file
    question = SensitivityTarget(
        study.design.arm(treatment),
        study.design.arm(control),
        study.cohort.take(few),
        study.design.weeks,
        settings.prior,
        settings.parameter_values,
        seed,
    )
    rows = influence(study)
    numbers = tuple(n for n in rows["name"] if n in shipped())
    sticks = tuple(n for n in unknown(question) if n in SHARES)
    main, screened = (*numbers[:FEW_FACTORS], *sticks, DUMMY), (*numbers, *sticks)

    def find() -> SensitivityResult:
        return _indices(question, screened, main, None, base=FEW_BASE, seed=seed)

    if question.cohort.source != cohort.DRAWN:
        return find()
    asked = {"factors": main, "screened": screened, **_drawn_question(question)}
    found = result_store.result("study indices", asked, lambda: _as_arrays(find()))
    return _of_arrays(question, found, FEW_BASE)


def _drawn_question(question: SensitivityTarget) -> dict[str, object]:
    """All that the answers of a question about drawn runners follow from."""
    who = question.cohort
    names = ("key", "sex", "age_y", "mass_kg", "ran", *cohort.MEASURED)
    traits = {name: getattr(who, name) for name in names}
    traits = {name: one if one is None else one.tolist() for name, one in traits.items()}
    arms = [arm.model_dump(mode="json") for arm in (question.treatment, question.control)]
    return {
        "runners": traits, "arms": arms, "weeks": question.weeks, "prior": question.prior,
        "fixed": dict(question.fixed_values), "seed": question.seed,
    }  # fmt: skip


def _answers(
    question: SensitivityTarget, names: tuple[str, ...], u: Array
) -> tuple[dict[str, Array], dict[float, float]]:
    """The answers, and for each margin how often no share of runners breaks even."""
    answers = evaluate(question, names, u, margins=margins())
    never = {margin: float(answers.pop(f"{NEVER} {margin:g}").mean()) for margin in margins()}
    return answers, never


def _indices(
    question: SensitivityTarget,
    screened: tuple[str, ...],
    main: tuple[str, ...],
    screen: "pd.DataFrame | None",
    *,
    base: int,
    seed: int,
) -> SensitivityResult:
    u = sobol_sample(main, base, seed=seed)
    answers, never = _answers(question, main, u)
    constant = tuple(name for name, answer in answers.items() if not varies(answer))
    indices = sobol(main, answers, seed=seed)
    return SensitivityResult(question, screened, main, screen, indices, base, never, constant)


def strongest(driven: SensitivityResult, answer: str, n: int | None = None) -> "pd.DataFrame":
    """Rows of one answer, largest total order first, the dummy left out."""
    rows = driven.indices
    rows = rows[(rows["answer"] == answer) & (rows["factor"] != DUMMY)]
    rows = rows.sort_values("total", ascending=False, kind="stable")
    return rows if n is None else rows.head(n)


def tightness(world: str) -> str:
    """Name of the answer that is the difference in tightness in a world."""
    return f"{TIGHTNESS} {world}"
