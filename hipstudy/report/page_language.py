"""The language of a report's short document: asked for by a flag, or by the clinic's file.

The clinic's file names a language for handouts too, and not every report is written in several. So
what the file says is no fault where a report has one language only; a flag that cannot be followed
is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hipstudy.errors import Problem
from hipstudy.numerals import ENGLISH
from hipstudy.report.catalogue import package_reports
from hipstudy.report.clinic_file import FILE
from hipstudy.report.document import DOCUMENT
from hipstudy.report.parameters_cell import NotebookParameter, read

PARAMETER = "language"  # of a notebook whose short document is written in several


@dataclass(frozen=True)
class AskedLanguage:
    """A language that was asked for.

    Parameters
    ----------
    code
        Two letters; empty where none was asked for, or where it cannot be followed.
    problems
        That the report is not written in it.
    notices
        A sentence where what the clinic's file asks for is passed over.
    """

    code: str = ""
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()

    def pairs(self, others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The parameter of the notebook, unless it is among the others."""
        is_open = bool(self.code) and PARAMETER not in {name for name, _ in others}
        return [(PARAMETER, self.code)] if is_open else []


def language_wish(
    report: str, parameters: Sequence[NotebookParameter], code: str, place: str
) -> AskedLanguage:
    """What becomes of a language that a report is asked for.

    Parameters
    ----------
    report
        Name of the report.
    parameters
        What its notebook takes.
    code
        The language; empty asks for none.
    place
        Where it was read: a flag, or the clinic's file.
    """
    if not code or PARAMETER in {parameter.name for parameter in parameters}:
        return AskedLanguage(code)
    if code == DOCUMENT.language:
        return AskedLanguage()
    rule = f"the report {report} is written in English only"
    if place.startswith(FILE):
        return AskedLanguage(notices=(f"{place}: {rule}, so {code} is passed over.",))
    mend = f"Other languages have the reports {ENGLISH.listing(translated_reports())}."
    return AskedLanguage(problems=(Problem(place, code, rule, mend),))


def translated_reports() -> list[str]:
    """Names of the package's reports whose short document is written in several languages."""
    return [
        name
        for name, source in package_reports().items()
        if PARAMETER in {one.name for one in read(source.notebook, source.path.name)}
    ]
