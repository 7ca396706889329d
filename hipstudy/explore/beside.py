"""A one-file explorer beside a report, of the report's own settings."""

from collections.abc import Mapping
from typing import Any

from hipstudy.problems import Problem, UsageProblems
from hipstudy.report.progress import Progress
from hipstudy.report.settings import read
from hipstudy.report.shelf import find
from hipstudy.settings import Settings, check

NAME = "explorer.html"


def needs(name: str) -> None:
    """Refuse a report that compares no prescriptions, before anything runs.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.

    Raises
    ------
    UsageProblems
        When there is no such report, or nothing in it that an explorer could move.
    """
    source = find(name)
    names = {parameter.name for parameter in read(source.notebook, source.path.name)}
    if not {"protocols", "cause_prior"} <= names:
        rule = "an explorer goes with a comparison of prescriptions"
        mend = "Leave it out, or make the report compare."
        raise UsageProblems([Problem("--explorer", name, rule, mend)])


def beside(values: Mapping[str, Any], progress: Progress) -> dict[str, str]:
    """Make the explorer of a report's settings.

    Parameters
    ----------
    values
        Parameters of the report; those that no comparison has are passed over.
    progress
        Told what is being done.

    Returns
    -------
    dict
        File name -> content.
    """
    from hipstudy.explore.one_file import page

    known = {name: value for name, value in values.items() if name in Settings.model_fields}
    settings = check(**{name: value for name, value in known.items() if value is not None})
    return {NAME: page(settings, progress=progress)}
