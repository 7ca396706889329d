"""What ``hipstudy check`` does: look, list, write the page; or draft a mapping file."""

from collections.abc import Sequence
from pathlib import Path

import click

from hipstudy import __version__
from hipstudy.cli.session import terminal_width
from hipstudy.cohort_file import rbds
from hipstudy.cohort_file.check import CheckResult, check_file, findings_of
from hipstudy.cohort_file.draft_from_file import draft_from, words_to_add
from hipstudy.cohort_file.draft_page import MappingDraft
from hipstudy.cohort_file.mapping import beside
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.cohort_file.reading_lines import column_lines, first_rows, shape_lines
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.errors import ERROR, WARNING, DataProblems, Finding, Problem, UsageProblems
from hipstudy.files import reported, results_for, write_new
from hipstudy.finding_kinds import FindingKind, as_text, finding_kinds, spans, value
from hipstudy.finding_list import lines, summary
from hipstudy.progress_bar import DelayedProgress, Progress
from hipstudy.report import document
from hipstudy.report.catalogue import safe_name
from hipstudy.report.write_html import to_html

FOLDER = Path("reports", "check")
_HEADS = ("sheet", "row", "column", "value", "rule", "how to mend")
_ALIGN = ("left", "right", "left", "left", "left", "left")
_WORDS = {
    ERROR: ("Errors", "Mend the upper ones first: they may be the cause of those below."),
    WARNING: ("Warnings", "The file can be used with these; somebody should look at them."),
}
# On a phone each finding is a short paragraph: where and what, the rule, how to mend it.
_PHONE = Path(__file__).with_name("check.css")
_NAME = 60


def run(
    path: Path,
    *,
    mapping: Path | None = None,
    sheet: str | None = None,
    plan: Path | None = None,
    out: Path | None = None,
    show_reading: bool = False,
) -> int:
    """Check a file, list what was found, and write it as a page.

    Parameters
    ----------
    path, mapping, sheet
        As of ``hipstudy.cohort_file.check.check_file``.
    plan
        An analysis plan: columns beyond the format that it names are read, dates may stand for
        weeks, and a file of persons needs no side. Whether the file fits it, the report says.
    out
        The page; ``reports/check/<stem>.html`` when not given.
    show_reading
        Whether to print what was read as what, before what is wrong with it.

    Returns
    -------
    int
        0 without errors, 1 with.
    """
    page = _page(path, mapping, out)
    more = _named_in(plan) if plan is not None else None
    with DelayedProgress(Progress()) as progress:
        result = _look(path, mapping, sheet, more, progress)
        digest = result.sheet.sha256 if result.sheet else ""
        html = problem_page(
            result.file,
            result.findings,
            basis=_basis(result, path),
            sha256=digest,
            reading=_reading_blocks(result),
        )
    if show_reading and (read := _reading_lines(result)):
        click.echo("\n".join(read))
    if rows := lines(result.findings, terminal_width()):
        click.echo("\n".join(rows))
    for note in result.sheet.notes if result.sheet and not show_reading else ():
        click.echo(f"{as_text(result.file, _NAME)}: {as_text(note)}.", err=True)
    click.echo(summary(result.file, result.findings), err=True)
    write_page(page, html)
    click.echo(page)
    return 0 if result.ok else 1


def _named_in(plan: Path) -> NamedColumns:
    from hipstudy.analysis.plan import read_plan  # only a check by a plan pays for these
    from hipstudy.studies.cohort_as_planned import named_columns_of

    return named_columns_of(read_plan(plan))


def _reading_lines(result: CheckResult) -> list[str]:
    lines_ = [*map(str, column_lines(result)), *shape_lines(result), *first_rows(result)]
    return [as_text(line) for line in lines_]


def _reading_blocks(result: CheckResult) -> list[document.Block]:
    """What was read as what, for the page."""
    words = word_table("reading.en.toml")["page"]
    columns = column_lines(result)
    if not columns:
        return []
    rows = [
        (as_text(one.column, _NAME), one.meaning or words["not_read"], one.how, one.why)
        for one in columns
    ]
    heads = [words[part] for part in ("columns", "meaning", "how", "why")]
    table = document.TableBlock(
        head=(tuple(document.Cell(head, head=True) for head in heads),),
        rows=tuple(tuple(document.Cell(as_text(cell)) for cell in row) for row in rows),
        align=("left",) * len(heads),
        caption=words["caption"],
        name="reading",
    )
    others = [*shape_lines(result), *first_rows(result)]
    items = tuple((document.Paragraph((document.TextRun(as_text(one)),)),) for one in others)
    heading = document.Heading(2, (document.TextRun(words["heading"]),))
    return [heading, table, document.ListBlock(items)]


def _look(
    path: Path,
    mapping: Path | None,
    sheet: str | None,
    more: NamedColumns | None,
    progress: DelayedProgress,
) -> CheckResult:
    """Check a file with the reader that ``--cohort`` would take for it."""
    if not (path.is_file() and rbds.is_rbds(path)):
        return check_file(path, mapping=mapping, sheet=sheet, progress=progress, more=more)
    try:
        rbds.read(path)
    except DataProblems as problems:
        return CheckResult(path.name, findings_of(problems))
    return CheckResult(path.name, ())


def _page(path: Path, mapping: Path | None, out: Path | None) -> Path:
    if out is not None and (out.suffix.lower() not in (".html", ".htm") or out.is_dir()):
        rule = "the page is a file whose name ends in .html"
        raise UsageProblems([Problem("--out", out.name or "nothing", rule)])
    # By stem, as the mapping is: cohort.csv and cohort.xlsx are one cohort, and the page says of
    # which file it is. A page is made anew by each check.
    page = out or FOLDER / f"{safe_name(path.stem)}.html"
    for source in (path, mapping, beside(path) if path.name else None):
        if source is not None and source.exists() and page.exists() and source.samefile(page):
            rule = "the page would take the place of a file that is read"
            mend = "Choose another name with --out."
            raise UsageProblems([Problem("--out", page.name, rule, mend)])
    return page


def _basis(result: CheckResult, path: Path) -> str:
    if result.frame is None:
        own = not result.findings and path.is_file()
        return "Read as RBDSinfo.txt, the open table of 28 runners." if own else ""
    rows, runners = len(result.frame), result.frame["runner"]
    count = runners[runners > 0].nunique()
    return f"Rows: {rows:,}. Runners: {count:,}. Values that may say who somebody is are not shown."


def draft(path: Path, sheet: str | None = None) -> None:
    """Draft a mapping file beside the file; print it where none can be written.

    Where a mapping is there already, print the words that it does not translate yet.

    Raises
    ------
    UsageProblems, DataProblems
        When the file cannot be read, or needs no mapping.
    """
    if path.is_file() and rbds.is_rbds(path):
        rule = "this is RBDSinfo.txt, which is read as it is"
        raise UsageProblems([Problem("--suggest-mapping", path.name, rule)])
    place = beside(path) if path.name else None
    if place is not None and place.is_file() and (more := _to_add(path, place, sheet)):
        click.echo(more.rstrip())
        return
    drafted = draft_from(path, sheet)
    text = drafted.text
    place = beside(path)
    try:
        write_new({place: text.encode("utf-8")})
    except UsageProblems as problems:
        click.echo(text.rstrip())
        why = "; ".join(problem.rule for problem in problems.problems)
        click.echo(f"{as_text(place.name)} was not written: {why}", err=True)
        return
    click.echo(place)
    _say_draft(path, place, sheet, drafted)


def _to_add(path: Path, mapping: Path, sheet: str | None) -> str:
    """What a mapping that is there already lacks; empty where it lacks nothing or is not read."""
    try:
        more = words_to_add(path, mapping, sheet)
    except (UsageProblems, DataProblems):
        return ""
    return "" if more is None else more.text


def _say_draft(path: Path, mapping: Path, sheet: str | None, drafted: MappingDraft) -> None:
    """Show the first rows as they would be read, and say what is asked."""
    try:
        result = check_file(path, mapping=mapping, sheet=sheet)
    except (UsageProblems, DataProblems) as problems:
        for problem in problems.problems:
            click.echo(as_text(str(problem)), err=True)
    else:
        for line in (*shape_lines(result), *first_rows(result)):
            click.echo(as_text(line), err=True)  # the place of the draft stands alone
    for number, question in enumerate(drafted.questions, start=1):
        click.echo(f"question {number}: {as_text(question)}", err=True)
    click.echo("look through it, and check again: it is used by itself", err=True)


def problem_page(
    file: str,
    findings: Sequence[Finding],
    *,
    basis: str = "",
    sha256: str = "",
    reading: Sequence[document.Block] = (),
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
    reading
        What was read as what; it stands after the findings.
    """
    blocks: list[document.Block] = [document.AnswerBlock(summary(file, findings), (), basis)]
    for level, (heading, advice) in _WORDS.items():
        if group := [finding for finding in findings if finding.level == level]:
            blocks.append(document.Heading(2, (document.TextRun(heading),)))
            blocks.append(_table(heading.lower(), advice, group))
    if not findings:
        words = document.TextRun("Nothing was found that is wrong or unlikely.")
        blocks.append(document.Paragraph((words,)))
    blocks += reading
    made = document.Document(f"Check of {as_text(file, _NAME)}", tuple(blocks), {})
    stamp = document.Stamp("check", "cohort file", sha256[:12], __version__)
    phone = _PHONE.read_text(encoding="utf-8")
    return to_html(made, stamp).replace("</style>", f"{phone}</style>", 1)


def _table(name: str, advice: str, findings: Sequence[Finding]) -> document.TableBlock:
    rows = [_cells(kind) for kind in finding_kinds(findings)]
    # A text file has no sheets.
    columns = [at for at in range(len(_HEADS)) if at > 0 or any(row[at] for row in rows)]
    return document.TableBlock(
        head=(tuple(document.Cell(_HEADS[at], head=True) for at in columns),),
        rows=tuple(tuple(document.Cell(row[at]) for at in columns) for row in rows),
        align=tuple(_ALIGN[at] for at in columns),
        caption=advice,
        name=name,
    )


def _cells(kind: FindingKind) -> tuple[str, ...]:
    first, words = kind.first, (as_text(kind.rule), as_text(kind.mend))
    sheet = as_text(first.sheet, _NAME)
    if len(kind.findings) == 1:
        column = "" if first.column is None else as_text(first.column, _NAME)
        row = "" if first.row is None else str(first.row)
        return (sheet, row, column, value(first), *words)
    names = [as_text(name, _NAME) for name in kind.columns if name is not None]
    rows = [one.row for one in kind.findings if one.row is not None and not one.rows]
    more = sum(one.rows for one in kind.findings)
    numbers = ", ".join([*([spans(rows)] if rows else []), *([f"{more:,} more"] if more else [])])
    return (sheet, numbers, ", ".join(names), as_text(kind.places), *words)


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
