"""Open the live explorer on a cohort, or say in its place what is wrong with the file."""

import os
from pathlib import Path

import ipywidgets as widgets

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems, ProblemsFound
from hipstudy.explore import state
from hipstudy.explore.cache import N_RUNNERS
from hipstudy.explore.live.page import Page
from hipstudy.explore.live.page_style import STYLE, problem_list_html
from hipstudy.explore.sentences import WORDS
from hipstudy.model import cohort as runners
from hipstudy.resources import cohort_path


def page(
    cohort: str = "", n_runners: int = N_RUNNERS, seed: int = 0, out: str = ""
) -> widgets.Widget:
    """The explorer, or what is wrong with the cohort file.

    Parameters
    ----------
    cohort
        File of runners to start from; empty draws some.
    n_runners
        How many to draw.
    seed
        Of their luck.
    out
        Folder for reports; ``reports`` under the current one when empty.

    Returns
    -------
    ipywidgets.Widget
        To be the last line of a notebook's cell.
    """
    try:
        people = (
            clinic.cohort(cohort_path(cohort), seed=seed)
            if cohort
            else runners.draw(n_runners, seed=seed)
        )
        start = state.start(cohort=cohort, n_runners=n_runners, seed=seed)
        start.settings()
    except ProblemsFound as error:
        return _refused(error)
    query = os.environ.get("QUERY_STRING", "")  # Voila's word for the address
    return Page(start, people, Path(out or "reports"), query).box


def _refused(error: ProblemsFound) -> widgets.Widget:
    """The problem list in place of the page."""
    is_data = isinstance(error, DataProblems)
    mend = WORDS("live_cohort_problems" if is_data else "live_nothing_modelled")
    return widgets.HTML(
        f"{STYLE}<h1>Explore a dose</h1><p>{mend}</p>{problem_list_html(error.problems)}"
    )
