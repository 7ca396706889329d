"""A document as PDF: tagged, archival, the same bytes for the same words."""

from datetime import UTC, datetime, time
from pathlib import Path

from hipstudy.problems import DataProblems, Problem, UsageProblems, nearest
from hipstudy.report import maths
from hipstudy.report.document import Document, Stamp
from hipstudy.report.plain import FONTS
from hipstudy.report.stamped import date_of
from hipstudy.report.typst_writer import page_data
from hipstudy.report.walk import walk

PAPERS = ("a4", "us-letter")
STANDARDS = ["a-2a", "ua-1"]

_TEMPLATE = Path(__file__).with_name("template.typ")
# A report without a date carries this one inside, so that tomorrow's bytes are today's.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def to_pdf(document: Document, stamp: Stamp, *, paper: str = "a4") -> bytes:
    """Set a document as PDF/UA-1 and PDF/A-2a.

    Parameters
    ----------
    document
        As ``hipstudy.report.reading.read`` gives it.
    stamp
        What is printed at the edge of every page.
    paper
        ``"a4"`` or ``"us-letter"``.

    Returns
    -------
    bytes
        The file; the same for the same document, stamp and paper.

    Raises
    ------
    hipstudy.problems.DataProblems
        Naming the formula or figure that cannot be set.
    hipstudy.problems.UsageProblems
        When the paper is not one of the two.
    """
    if paper not in PAPERS:
        raise UsageProblems([Problem("paper", paper, "not a paper", nearest(paper, PAPERS))])
    import typst

    try:
        return _compile(document, stamp, paper)
    except (typst.TypstError, maths.NotConvertibleError) as error:
        raise DataProblems(_guilty(document, stamp, paper, error)) from error


def _compile(document: Document, stamp: Stamp, paper: str) -> bytes:
    import typst

    day = date_of(stamp)
    compiler = typst.Compiler(
        _TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": page_data(document, stamp, paper)},
    )
    made = datetime.combine(day, time(), tzinfo=UTC) if day else _NO_DATE
    found = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=made)
    if not isinstance(found, bytes):
        raise TypeError("the PDF came in several files")
    return found


def _guilty(document: Document, stamp: Stamp, paper: str, error: Exception) -> list[Problem]:
    """Find what could not be set by setting each formula and figure alone."""
    import typst

    problems = []
    for where, found, block in walk(document.blocks):
        alone = Document("One block", (block,), {})
        try:
            _compile(alone, stamp, paper)
        except (typst.TypstError, maths.NotConvertibleError) as reason:
            rule = f"cannot be set in the PDF ({_first_line(reason)})"
            problems.append(Problem(where, found, rule, "Write or draw it more plainly."))
    return problems or [Problem("the PDF", _first_line(error), "could not be set", "")]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0]
