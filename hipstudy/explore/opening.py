"""What a live page or a widget opens with: runners, settings, answers; or their problems."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems, ProblemsFound
from hipstudy.explore import state
from hipstudy.explore.answers import Answers
from hipstudy.explore.arm_changes import rounding_step
from hipstudy.explore.cache import ModelCache
from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.page_data import page_data
from hipstudy.explore.state import OUTCOMES
from hipstudy.model import cohort as runners
from hipstudy.pages.compare_report.runners import who
from hipstudy.resources import cohort_path


@dataclass(frozen=True, eq=False)
class Opening:
    """What one page opens with.

    Parameters
    ----------
    answers
        Of its runners.
    page
        What ``page_data`` gives, with the query that it opens with as ``first``.
    sha256
        Of the cohort file; empty where runners were drawn.
    """

    answers: Answers
    page: Mapping[str, Any]
    sha256: str


def opening(host: str, *, cohort: str, n_runners: int, seed: int) -> Opening:
    """Read or draw the runners.

    Parameters
    ----------
    host
        ``live`` or ``notebook``.
    cohort
        File of runners to start from; empty draws some.
    n_runners, seed
        How many to draw, and of their luck.

    Raises
    ------
    ProblemsFound
        When the file, or a setting, is wrong.
    """
    people = (
        clinic.cohort(cohort_path(cohort), seed=seed)
        if cohort
        else runners.draw(n_runners, seed=seed)
    )
    start = state.start(cohort=cohort, n_runners=n_runners, seed=seed)
    start.settings()
    model_cache = ModelCache(people)
    first = {k: v for k, v in start.words().items() if k not in ("outcome", "prior")}
    page = page_data(
        host,
        outcomes=OUTCOMES,
        who=_plain(who(people)),
        warnings=people.warnings,
        n_runners=people.n_runners,
        n_draws=model_cache.n_draws,
        start=start,
        is_measured=people.is_measured,
        first=first,
        data=people.sha256,
        steps=[rounding_step(name) for name in OUTCOMES],
    )
    return Opening(Answers(start, model_cache), page, people.sha256)


def _plain(markdown: str) -> str:
    """Prose of the report as text: bold marks and escapes are of no use in a page."""
    return re.sub(r"\\(.)", r"\1", markdown.replace("**", ""))


def refusal(error: ProblemsFound) -> dict[str, Any]:
    """What a page shows in place of the explorer: what is wrong with the runners."""
    is_data = isinstance(error, DataProblems)
    return {
        "title": WORDS("live_title"),
        "words": WORDS("live_cohort_problems" if is_data else "live_nothing_modelled"),
        "problems": [str(problem) for problem in error.problems],
    }
