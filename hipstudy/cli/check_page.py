"""What a check found as one offline HTML page, in the look of the reports."""

from collections.abc import Sequence
from pathlib import Path

from hipstudy import __version__
from hipstudy.errors import ERROR, WARNING, Finding
from hipstudy.files import reported, results_for
from hipstudy.finding_list import as_text, summary, value
from hipstudy.report import document
from hipstudy.report.write_html import to_html

_HEADS = ("sheet", "row", "column", "value", "rule", "how to mend")
_ALIGN = ("left", "right", "left", "left", "left", "left")
_WORDS = {
    ERROR: ("Errors", "Mend the upper ones first: they may be the cause of those below."),
    WARNING: ("Warnings", "The file can be used with these; somebody should look at them."),
}
# On a phone each finding is a short paragraph: where and what, the rule, how to mend it.
_PHONE = Path(__file__).with_name("check.css")
_NAME = 60


def problem_page(
    file: str, findings: Sequence[Finding], *, basis: str = "", sha256: str = ""
) -> str:
    """Write the page.

    Parameters
    ----------
    file
        Name of the file that was checked.
    findings
        In order.
    basis
        What was looked at, in a sentence.
    sha256
        Fingerprint of the file.
    """
    blocks: list[document.Block] = [document.AnswerBlock(summary(file, findings), (), basis)]
    for level, (heading, advice) in _WORDS.items():
        if group := [finding for finding in findings if finding.level == level]:
            blocks.append(document.Heading(2, (document.TextRun(heading),)))
            blocks.append(_table(heading.lower(), advice, group))
    if not findings:
        words = document.TextRun("Nothing was found that is wrong or unlikely.")
        blocks.append(document.Paragraph((words,)))
    made = document.Document(f"Check of {as_text(file, _NAME)}", tuple(blocks), {})
    stamp = document.Stamp("check", "cohort file", sha256[:12], __version__)
    phone = _PHONE.read_text(encoding="utf-8")
    return to_html(made, stamp).replace("</style>", f"{phone}</style>", 1)


def _table(name: str, advice: str, findings: Sequence[Finding]) -> document.TableBlock:
    rows = [_cells(finding) for finding in findings]
    # A text file has no sheets.
    columns = [at for at in range(len(_HEADS)) if at > 0 or any(row[at] for row in rows)]
    return document.TableBlock(
        head=(tuple(document.Cell(_HEADS[at], head=True) for at in columns),),
        rows=tuple(tuple(document.Cell(row[at]) for at in columns) for row in rows),
        align=tuple(_ALIGN[at] for at in columns),
        caption=advice,
        name=name,
    )


def _cells(finding: Finding) -> tuple[str, ...]:
    column = "" if finding.column is None else as_text(finding.column, _NAME)
    row = "" if finding.row is None else str(finding.row)
    sheet = as_text(finding.sheet, _NAME)
    return (sheet, row, column, value(finding), as_text(finding.rule), as_text(finding.mend))


def write_page(path: Path, page: str) -> None:
    """Write a page under a temporary name and rename it, in place of an earlier one.

    Raises
    ------
    hipstudy.files.CannotWrite
        When the folder, or the disk, does not take it.
    """
    with results_for(path.parent) as results, reported(path.parent):
        results.add(path.name, page)
        results.place()
