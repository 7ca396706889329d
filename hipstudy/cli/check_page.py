"""What a check found as one offline HTML page, in the look of the reports."""

from collections.abc import Sequence
from pathlib import Path

from hipstudy import __version__
from hipstudy.errors import ERROR, WARNING, Finding
from hipstudy.files import reported, results_for
from hipstudy.finding_list import as_text, summary, value
from hipstudy.report.document import (
    AnswerBlock,
    Block,
    Cell,
    Document,
    Heading,
    Paragraph,
    Stamp,
    TableBlock,
    TextRun,
)
from hipstudy.report.write_html import to_html

_HEADS = ("sheet", "row", "column", "value", "rule", "how to mend")
_ALIGN = ("left", "right", "left", "left", "left", "left")
_WORDS = {
    ERROR: ("Errors", "Mend the upper ones first: they may be the cause of those below."),
    WARNING: ("Warnings", "The file can be used with these; somebody should look at them."),
}
# On a phone each finding is a short paragraph: where and what, the rule, how to mend it.
_PHONE = """@media (max-width: 40rem) {
  .table { position: relative; }
  .table thead { display: block; position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .table table, .table caption, .table tbody, .table tr { display: block; }
  .table tr { padding: 0.5rem 0; }
  .table td { display: inline; padding: 0 0.6rem 0 0; white-space: normal;
    overflow-wrap: anywhere; }
  .table td:nth-last-child(5):not(:empty)::before { content: "row "; }
  .table td:nth-last-child(3) { font-weight: 600; }
  .table td:nth-last-child(-n+2) { display: block; padding: 0.15rem 0 0; }
}"""
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
    blocks: list[Block] = [AnswerBlock(summary(file, findings), (), basis)]
    for level, (heading, advice) in _WORDS.items():
        group = [finding for finding in findings if finding.level == level]
        if group:
            blocks += [Heading(2, (TextRun(heading),)), _table(heading.lower(), advice, group)]
    if not findings:
        blocks.append(Paragraph((TextRun("Nothing was found that is wrong or unlikely."),)))
    document = Document(f"Check of {as_text(file, _NAME)}", tuple(blocks), {})
    page = to_html(document, Stamp("check", "cohort file", sha256[:12], __version__))
    return page.replace("</style>", f"{_PHONE}\n</style>", 1)


def _table(name: str, advice: str, findings: Sequence[Finding]) -> TableBlock:
    rows = [_cells(finding) for finding in findings]
    # A text file has no sheets.
    columns = [at for at in range(len(_HEADS)) if at > 0 or any(row[at] for row in rows)]
    return TableBlock(
        head=(tuple(Cell(_HEADS[at], head=True) for at in columns),),
        rows=tuple(tuple(Cell(row[at]) for at in columns) for row in rows),
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
