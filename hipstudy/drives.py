"""What an answer hangs on: the unknown numbers screened, and the main ones' shares of its variance.

In full for the reference comparison (``reference``), small for the comparison of a report
(``of_study``), whose factors are chosen by the rank correlations that it has already.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import cohort, design, influence
from hipstudy.answers import (
    BREAK_EVEN,
    DUMMY,
    NEVER,
    SHARES,
    TIGHTNESS,
    Question,
    evaluate,
    unknown,
)
from hipstudy.cohort import Cohort
from hipstudy.compare import Study
from hipstudy.effects import margins
from hipstudy.parameters import shipped
from hipstudy.sensitivity import (
    main_factors,
    morris,
    morris_sample,
    sobol,
    sobol_sample,
    spanned,
    varies,
)
from hipstudy.worlds import PRIOR, WORLDS

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

    question: Question
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


def reference_question(*, seed: int, n_runners: int = REFERENCE_RUNNERS) -> Question:
    """The time-matched comparison of the presets, on a reference cohort of drawn runners."""
    built = design.build(design.CONTRACT_ARMS)
    treatment, control = built.contrasts[0]
    return Question(
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


def of_study(study: Study) -> Driven:
    """Indices for the primary comparison of a report, on a few of its runners.

    The factors are the numbers whose rank correlations with the difference are strongest over the
    report's own draws, the causes' shares, and a dummy.
    """
    treatment, control = study.primary
    seed, settings = study.settings.seed, study.settings
    question = Question(
        study.design.arm(treatment),
        study.design.arm(control),
        _some(study.cohort),
        study.design.weeks,
        settings.prior,
        settings.held,
        seed,
    )
    rows = influence.influence(study)
    numbers = tuple(n for n in rows["name"] if n in shipped())
    sticks = tuple(n for n in unknown(question) if n in SHARES)
    main = (*numbers[:FEW_FACTORS], *sticks, DUMMY)
    return _indices(question, (*numbers, *sticks), main, None, base=FEW_BASE, seed=seed)


def _some(runners: Cohort) -> Cohort:
    """A few of the runners, evenly over the file."""
    few = min(FEW_RUNNERS, runners.n_runners)
    return runners.take(np.linspace(0, runners.n_runners - 1, few).astype(int))


def _asked(
    question: Question, names: tuple[str, ...], u: Array
) -> tuple[dict[str, Array], dict[float, float]]:
    """The answers, and for each margin how often no share of runners breaks even."""
    found = evaluate(question, names, u, margins=margins())
    never = {margin: float(found.pop(f"{NEVER} {margin:g}").mean()) for margin in margins()}
    return found, never


def _indices(
    question: Question,
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
