"""From the name of a report to its files: check, run, write, and only then give final names."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy import __version__, csv_locale
from hipstudy.errors import DataProblems, Finding, Problem, ProblemsFound, UsageProblems
from hipstudy.files import Results, reported, results_for, undisturbed
from hipstudy.finding_list import lines
from hipstudy.progress_bar import Progress
from hipstudy.report import (
    letterhead,
    named_files,
    page_language,
    parameters_cell,
    run_history,
    run_inputs,
    run_record,
)
from hipstudy.report.catalogue import NotebookSource, find
from hipstudy.report.document import DOCUMENT, Document, Stamp
from hipstudy.report.execute import portable
from hipstudy.report.letterhead import NOBODY, Letterhead, Logo
from hipstudy.report.parameters_cell import NotebookParameter, Value
from hipstudy.report.pdf_record import record_table, result_digests
from hipstudy.report.run_crate import CRATE_FILE, crate_text
from hipstudy.report.run_record import RunRecord, sha256

if TYPE_CHECKING:
    from hipstudy.report.kernel_nursery import KernelNursery

# Makes more files from a report's parameters: name -> content.
ExtraFiles = Callable[[Mapping[str, Value], Progress], Mapping[str, str]]


@dataclass(frozen=True)
class Plan:
    """A report that has been checked and can be run.

    Parameters
    ----------
    source
        The notebook.
    parameters
        What it takes.
    values
        What is set differently from the notebook's parameters cell.
    warnings
        What the check of its cohort file warned of.
    head, logo
        Whose report it is, and the picture that it names.
    paper
        ``a4`` or ``us-letter``.
    locale
        Whose spreadsheet programs are to open its tables.
    run_name
        What the run is called; empty when it has no name.
    notices
        What is to be said of how it was asked for.
    """

    source: NotebookSource
    parameters: tuple[NotebookParameter, ...]
    values: dict[str, Value]
    warnings: tuple[Finding, ...] = ()
    head: Letterhead = NOBODY
    logo: Logo | None = None
    paper: str = "a4"
    locale: str = csv_locale.PLAIN
    run_name: str = ""
    notices: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Of the short document; English where the notebook chooses none."""
        told = str(self.all_values.get(page_language.PARAMETER) or "")
        return told if told in DOCUMENT.languages() else DOCUMENT.language

    @property
    def all_values(self) -> dict[str, Value]:
        """Every parameter's value."""
        return {p.name: self.values.get(p.name, p.default) for p in self.parameters}


NAME_LENGTH = 60
_NOT_YET = datetime(2000, 1, 1, tzinfo=UTC)  # the time of a run is that of its end


def plan(
    name: str,
    pairs: Sequence[tuple[str, str]],
    *,
    head: Letterhead = NOBODY,
    paper: str = "a4",
    locale: str = csv_locale.PLAIN,
    language: str = "",
    run_name: str | None = None,
) -> Plan:
    """Check everything that can be checked before a kernel starts.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    pairs
        Pairs of parameter name and text.
    head, paper, locale, language
        As ``report`` takes them.
    run_name
        What to call the run; None for no name.

    Raises
    ------
    UsageProblems, DataProblems
        Listing what is wrong.
    """
    from hipstudy.report.source_problems import setting_problems, source_problems

    source = find(name)
    parameters = parameters_cell.read(source.notebook, source.path.name)
    problems = [
        *letterhead.problems(head),
        *letterhead.paper_problems(paper, head.places.get("paper", "paper")),
        *csv_locale.locale_problems(locale, head.places.get("locale", "locale")),
        *_name_problems(run_name),
    ]
    values: dict[str, Value] = {}
    place = head.places.get("language", "language")
    wish = page_language.language_wish(source.name, parameters, language, place)
    problems += wish.problems
    pairs = [*letterhead.with_date({p.name for p in parameters}, pairs, head), *wish.pairs(pairs)]
    try:
        values = parameters_cell.check(parameters, pairs)
    except UsageProblems as error:
        problems += error.problems
        for pair in pairs:  # what is right by itself, so that the rest is checked in the same go
            with suppress(UsageProblems):
                values |= parameters_cell.check(parameters, [pair])
    # What was refused stands at its default from here on: nothing is said of that.
    refused = {name for name, _ in pairs} - set(values)
    faults = source_problems(source.notebook)
    injected = parameters_cell.injected_values(source.notebook)
    earlier_values = {p.name: p.default for p in parameters if p.name in injected}
    own = {p.name: p.default for p in parameters if p.name not in injected}
    values = {**named_files.beside(parameters, source.home), **values}
    differing = {n: v for n, v in values.items() if n not in own or v != own[n]}
    look = {"head": head, "paper": paper, "locale": locale, "run_name": (run_name or "").strip()}
    look |= {"notices": wish.notices}
    result = Plan(source, parameters, {**earlier_values, **differing}, **look)
    faults += setting_problems(parameters, result.all_values)
    preflight = source.preflight()
    if preflight:
        try:
            result = replace(result, warnings=tuple(preflight(result.all_values) or ()))
        except ProblemsFound as error:
            told = [one for one in error.problems if one.where not in refused]
            (problems if isinstance(error, UsageProblems) else faults).extend(told)
    if problems:
        raise UsageProblems([*problems, *faults])
    if faults:
        raise DataProblems(faults)
    words = DOCUMENT.in_language(result.language)
    return replace(result, logo=head.picture(words("logo", head.clinic.strip())))


def _name_problems(run_name: str | None) -> list[Problem]:
    """What is wrong with the name of a run: it is printed, and stands in no file's name."""
    if run_name is None:
        return []
    if not run_name.strip():
        rule = "a few words are needed; leave the name out for none"
        return [Problem("name of the run", "nothing", rule)]
    return letterhead.text_problems("name of the run", run_name, NAME_LENGTH)


def report(
    name: str,
    pairs: Sequence[tuple[str, str]] = (),
    *,
    out: Path | None = None,
    paper: str = "a4",
    head: Letterhead = NOBODY,
    locale: str = csv_locale.PLAIN,
    language: str = "",
    run_name: str | None = None,
    progress: Progress | None = None,
    extra_files: ExtraFiles | None = None,
) -> Path:
    """Make a report.

    An earlier one in the same folder moves to ``history/DATE-N`` in it, with all its files.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    pairs
        Pairs of parameter name and text.
    out
        Folder for the results; ``reports/NAME`` under the current folder by default.
    paper
        ``a4`` or ``us-letter``.
    head
        Clinic, author, logo and date for the head of the pages.
    locale
        For whose spreadsheet programs the tables are written, one of ``csv_locale.LOCALES``.
    language
        Of the short document, where the report is written in several; empty: as its parameter
        ``language`` says. Told by the clinic's file, a report that has no other is English.
    run_name
        What to call this run, in the report's head and in its record; text, never markup.
    progress
        Told what is being done.
    extra_files
        Makes more files, which are written beside the PDF, or not at all, together with it.

    Returns
    -------
    pathlib.Path
        Of the PDF.

    Raises
    ------
    UsageProblems, DataProblems, CannotWrite, NotebookFailed
        Then nothing has been written, and earlier results are as they were.
    """
    progress = progress or Progress()
    progress.stage("checking the parameters and the data")
    look = {"head": head, "paper": paper, "locale": locale, "run_name": run_name}
    from hipstudy.report.early_nursery import early_nursery

    with early_nursery(find(name)) as nursery:
        from hipstudy import result_store  # numpy comes with it, while the kernel's imports go on

        job = plan(name, pairs, language=language, **look)
        progress.say(job.notices)
        progress.say(lines((*result_store.unusable_folder(), *job.warnings), progress.width))
        folder = out if out is not None else Path("reports", job.source.name)
        with results_for(folder, alone=True) as results:
            with reported(folder):
                run_history.refuse_file(folder)
            made = report_files(job, progress, extra_files, nursery)
            progress.say(place_files(made, results))
    return folder / f"{job.source.name}.pdf"


@dataclass(frozen=True)
class ReportFiles:
    """All that a run has made, on its way to a folder.

    Parameters
    ----------
    name
        Of the report.
    files
        Name -> content, the record apart.
    record
        What they were made from.
    """

    name: str
    files: Mapping[str, bytes | str]
    record: RunRecord


def report_files(
    job: Plan,
    progress: Progress,
    extra_files: ExtraFiles | None = None,
    nursery: "KernelNursery | None" = None,
) -> ReportFiles:
    """Run a plan and make its files, which are written nowhere yet.

    Parameters
    ----------
    job
        As ``plan`` gives it.
    progress
        Told what is being done.
    extra_files
        Makes more files.
    nursery
        Where the kernel is forked; None for a process of its own.

    Raises
    ------
    DataProblems, NotebookFailed
        Also when a file that the settings name was changed meanwhile.
    """
    mark, inputs = run_inputs.fingerprint(job), run_inputs.inputs_of(job)
    progress.stage("running the notebook")
    executed = executed_notebook(job, progress, nursery)
    run_inputs.refuse_changed(job, inputs)
    progress.stage("writing the report")
    record = run_inputs.record_of(job, mark, inputs, _NOT_YET)
    files = _files(job, executed, record, progress)
    more = dict(extra_files(job.all_values, progress)) if extra_files else {}
    every = _notebook(job, executed) | files | _owners_files(job) | more
    return ReportFiles(job.source.name, every, replace(record, time=now()))


def executed_notebook(job: Plan, progress: Progress, nursery: "KernelNursery | None" = None) -> Any:
    """The notebook of a plan as it ran.

    Raises
    ------
    NotebookFailed
        Saying where.
    """
    from hipstudy.report.execute import execute

    values = named_files.absolute(job.parameters, job.values, job.source.home)
    home = job.source.home
    return execute(job.source.notebook, values, progress, _warm_up, home, nursery)


def place_files(every: ReportFiles, results: Results) -> list[str]:
    """Give the files their names in a folder; what is to be said of those of an earlier run."""
    sentences = _add(results, every)
    with undisturbed(), reported(results.folder):
        results.place()
    return sentences


def _warm_up() -> None:
    """Make what is written last go quickly, while the kernel is still at work."""
    with suppress(Exception):  # said where it is needed
        from hipstudy.report.rehearsal import rehearse

        rehearse()


def _files(
    job: Plan, executed: Any, record: RunRecord, progress: Progress
) -> dict[str, bytes | str]:
    """Everything that is made of the executed notebook, name -> content."""
    from hipstudy.report.formats import files_of
    from hipstudy.report.read_notebook import read as read_document

    document = read_document(executed, job.language)
    progress.say(document.left_out)
    attached = record_table(record.table(), result_digests(executed, document.downloads))
    stamp = stamp_of(job, record.fingerprint)
    return files_of(document, stamp, job.paper, job.locale, attached)


def _owners_files(job: Plan) -> dict[str, bytes | str]:
    """Tables for the owner of the data, which are in no notebook and no page, name -> content."""
    make = job.source.owners_files()
    if make is None:
        return {}
    values = named_files.absolute(job.parameters, job.all_values, job.source.home)
    return {file: csv_locale.in_locale(text, job.locale) for file, text in make(values).items()}


def _notebook(job: Plan, executed: Any) -> dict[str, bytes | str]:
    """The executed notebook as a file, name -> content."""
    import nbformat

    return {f"{job.source.name}.ipynb": nbformat.writes(portable(executed, job.parameters))}


def _add(results: Results, made: ReportFiles) -> list[str]:
    """Add the files and their record; what is to be said of those of an earlier run."""
    outputs = {file: sha256(content) for file, content in sorted(made.files.items())}
    record = replace(made.record, outputs=outputs)
    with reported(results.folder):
        earlier = run_history.earlier_run(results.folder, made.name, made.files)
        for file, content in made.files.items():
            results.add(file, content)
        every = {**earlier.other_tables, made.name: record.table()}
        results.add(run_record.RECORD_FILE, run_record.text(every))
        results.add(CRATE_FILE, crate_text(every))
        earlier.set_aside(results)
    return earlier.sentences(results.folder)


def now() -> datetime:
    """This moment by the clock of this place, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


def short_pdf(document: Document, stamp: Stamp, paper: str) -> bytes:
    """The PDF of the short document, with nothing attached."""
    from hipstudy.report.write_pdf import to_pdf

    return to_pdf(document, stamp, paper=paper)


def stamp_of(job: Plan, mark: str) -> Stamp:
    """What is printed at the edges of a plan's pages, with the fingerprint of its run."""
    values = job.all_values
    whose = ("file" if values["cohort"] else "drawn") if "cohort" in values else ""
    whose = "simulated" if job.source.is_simulated else whose
    own = {"name": job.source.name, "whose": whose, "run_name": job.run_name}
    return Stamp(
        report_name=job.source.name,
        running_head=DOCUMENT.in_language(job.language)("running_head", own),
        english_head=DOCUMENT("running_head", own),
        english_title=job.source.title,
        language=job.language,
        fingerprint=mark,
        version=__version__,
        date=str(values.get(letterhead.DATE) or job.head.day.isoformat()),
        clinic=job.head.clinic.strip(),
        author=job.head.author.strip(),
        logo=job.logo,
    )
