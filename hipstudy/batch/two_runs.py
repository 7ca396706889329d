"""Two runs of one report side by side: what they were made from, and which numbers moved by what.

A change is split by rerunning what can be rerun here. What a run printed is held against the same
run at this version (``code``); another seed alone is ``noise``; what is left are ``settings``. A
cohort report is split as ``studies.change_split`` does, by data too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.errors import Problem, ProblemsFound, UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.report import make_report, named_run, run_inputs, run_record, verification
from hipstudy.report.run_history import StoredRun
from hipstudy.report.run_record import RunRecord
from hipstudy.report.table_differences import (
    PlainTable,
    TableNumber,
    number_in,
    numbers,
    plain_table,
    tables_of,
)
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

WORDS = Wording("hipstudy.batch", "two_runs")
COHORT_REPORT = "cohort"
SEED = "seed"
COLUMNS = ("headline", "then", "now", "new_data", "edited_data", "settings", "code", "noise")
# Tables whose numbers are split; every table of a notebook of one's own.
HEADLINES = {
    "compare": ("effects", "combined", "noticed"),
    "dose": ("enough", "enough_stretching", "ends", "kept", "missed"),
    "evidence": ("skill", "calibration", "outside"),
}
_NO_NUMBERS = ("report_date", "language")
_SHOWN = 12  # digits of a digest


@dataclass(frozen=True, eq=False)
class RunComparison:
    """What differs between two runs.

    Parameters
    ----------
    settings, versions, inputs
        Name, then and now, of what is not the same.
    moved_numbers
        Every number of the tables that is another one.
    altered
        Tables that are not as their run left them.
    since
        The split of every headline, in ``COLUMNS``; None where nothing could be rerun.
    edits
        CSV text of the changes in the cohort file, for its owner; empty where there is none.
    notes
        Codes of what could not be told, each with what it is of.
    """

    settings: tuple[tuple[str, str, str], ...]
    versions: tuple[tuple[str, str, str], ...]
    inputs: tuple[tuple[str, str, str], ...]
    moved_numbers: tuple[TableNumber, ...]
    altered: tuple[str, ...]
    since: "pd.DataFrame"
    edits: str
    notes: tuple[tuple[str, str], ...]


def compare_runs(
    then: StoredRun,
    now: StoredRun,
    progress: Progress,
    *,
    cohorts: tuple[Path | None, Path | None] = (None, None),
    show_values: bool = False,
) -> RunComparison:
    """Compare two runs of one report.

    Parameters
    ----------
    then, now
        The runs.
    progress
        Told what is being done.
    cohorts
        Cohort files of both; None where they lie here by their names, or there were none.
    show_values
        Whether the owner's list has the values of changed cells.

    Raises
    ------
    UsageProblems
        When they are of different reports.
    """
    if then.record.report != now.record.report:
        found = f"{then.record.report} and {now.record.report}"
        rule = "two runs of one report are needed"
        raise UsageProblems([Problem("A B", found, rule)])
    tables_then, altered_then = tables_of(then.folder, then.record)
    tables_now, altered_now = tables_of(now.folder, now.record)
    moved = [one for one in numbers(tables_then, tables_now) if one.has_moved]
    altered = tuple(dict.fromkeys([*altered_then, *altered_now]))
    places = tuple(_place(one, own) for one, own in zip((then, now), cohorts, strict=True))
    if then.record.report == COHORT_REPORT:
        since, edits, notes = _of_cohorts(then, now, places, show_values)
    else:
        edits = ""
        since, notes = _of_reruns(then, now, (tables_then, tables_now), places, progress)
    return RunComparison(
        settings=tuple(_settings(then, now)),
        versions=tuple(_versions(then, now)),
        inputs=tuple(_inputs(then, now)),
        moved_numbers=tuple(moved),
        altered=altered,
        since=since,
        edits=edits,
        notes=tuple(notes),
    )


def _settings(then: StoredRun, now: StoredRun) -> Iterator[tuple[str, str, str]]:
    files = {one.parameter for run in (then, now) for one in run.record.inputs}
    before, after = then.record.settings, now.record.settings
    for name in dict.fromkeys([*before, *after]):
        if name not in files and before.get(name) != after.get(name):
            yield name, str(before.get(name, "none")), str(after.get(name, "none"))


def _versions(then: StoredRun, now: StoredRun) -> Iterator[tuple[str, str, str]]:
    first, second = then.record, now.record
    pairs = [
        ("hipstudy", first.version, second.version),
        ("hipstudy, digest of its code", first.code_sha256, second.code_sha256),
        ("numbers and calibration of the model, digest", first.data_sha256, second.data_sha256),
        ("notebook, digest", first.notebook_sha256, second.notebook_sha256),
    ]
    names = dict.fromkeys([*first.versions, *second.versions])
    pairs += [(n, first.versions.get(n, ""), second.versions.get(n, "")) for n in names]
    for name, old, new in pairs:
        if old != new:
            yield name, old[:_SHOWN] or "not known", new[:_SHOWN] or "not known"


def _inputs(then: StoredRun, now: StoredRun) -> Iterator[tuple[str, str, str]]:
    before, after = (_marks(run) for run in (then, now))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield name, *(_of_marks(one.get(name, ())) for one in (before, after))


def _marks(run: StoredRun) -> dict[str, tuple[tuple[str, str], ...]]:
    """Files that a run read, by the parameter that named them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in run.record.inputs:
        if not one.parameter.startswith("since"):
            found.setdefault(one.parameter, []).append((one.sha256, one.file))
    return {name: tuple(sorted(pairs)) for name, pairs in found.items()}


def _of_marks(pairs: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{file} {mark[:_SHOWN]}" for mark, file in pairs) or "none"


def _place(run: StoredRun, given: Path | None) -> Path | None:
    """Where the cohort file of a run lies; None where it read none, or it is not here."""
    if given is not None:
        if not given.is_file():
            raise UsageProblems([Problem("cohort file", str(given), "no such file")])
        return given
    folders = [Path(), run.folder, *run.folder.parents[:3]]
    return named_run.cohort_of(run.record, folders)


def _of_cohorts(
    then: StoredRun, now: StoredRun, places: tuple[Path | None, ...], show_values: bool
) -> "tuple[pd.DataFrame, str, list[tuple[str, str]]]":
    """Split a cohort's differences: the newer run is made again here, and compared as it asks."""
    import pandas as pd

    from hipstudy.pages.cohort_report.earlier_report import earlier_source, printed_effects
    from hipstudy.spreadsheet import as_csv
    from hipstudy.studies import change_split, cohort_study
    from hipstudy.studies.planned_answers import Key

    nothing = pd.DataFrame(columns=list(COLUMNS))
    if places[1] is None:
        return nothing, "", [("no_file", "B")]
    try:
        record = _without_since(now.record)
        own = verification.settings_as_typed(now.folder, record, places[1])
        job = make_report.plan(COHORT_REPORT, own)
        values = {n: v for n, v in job.all_values.items() if not n.startswith("since")}
        values |= {"since": str(then.folder / run_record.RECORD_FILE), "show_values": False}
        values |= {"since_cohort": str(places[0]) if places[0] else ""}
        values |= {"since_plan": _plan_of(then)}
        study = cohort_study.run(**values)
        source = earlier_source(study)
        split = change_split.change_split(study, source.report)
    except ProblemsFound as error:
        return nothing, "", [("not_rerun", str(error.problems[0]))]
    notes = [(code, "A") for code in split.missing]
    if not named_run.is_as_read(places[1], now.record, run_inputs.COHORT):
        notes.append(("other_file", "B"))
    printed = printed_effects(now.folder, now.record)
    table = split.table
    if printed is not None and ("other_file", "B") not in notes:

        def said(key: Key, name: str) -> float:
            return change_split.printed_figure(printed, study.model, key, name)

        keys = change_split.planned_keys(study)
        asked = [(key, name) for key in keys for name in change_split.NUMBERS]
        figures = [said(*one) for one in asked]
        here = table["now"].to_numpy(float)
        more = [0.0 if isnan(a) or isnan(b) else a - b for a, b in zip(figures, here, strict=True)]
        table = table.assign(now=here + more, code=table["code"] + more)
    edits = split.changes.owners_table(show_values=show_values) if split.changes else None
    return table, "" if edits is None else as_csv(edits), notes


def _without_since(record: RunRecord) -> RunRecord:
    """The record of a run as if it had been compared with nothing itself."""
    own = ("since", "since_cohort", "since_plan", "show_values")
    return replace(
        record,
        inputs=tuple(one for one in record.inputs if one.parameter not in own),
        differing=tuple(name for name in record.differing if name not in own),
    )


def _plan_of(run: StoredRun) -> str:
    """Path of the plan that a run read; empty where it had none, or it is not here."""
    folders = [Path(), run.folder, *run.folder.parents[:3]]
    for one in run.record.inputs:
        if one.parameter == "analysis_plan" and (path := named_run.place_of(one, folders)):
            return str(path)
    return ""


Tables = Mapping[str, PlainTable]


def _of_reruns(
    then: StoredRun,
    now: StoredRun,
    tables: tuple[Tables, Tables],
    places: tuple[Path | None, ...],
    progress: Progress,
) -> "tuple[pd.DataFrame, list[tuple[str, str]]]":
    """Split every headline of a simulated report, with what can be rerun here."""
    import pandas as pd

    names = HEADLINES.get(then.record.report, ())
    notes: list[tuple[str, str]] = []

    def here(run: StoredRun, printed: Tables, place: Path | None, label: str) -> Tables | None:
        if _is_of_this_version(run):
            return printed
        return _attempt(lambda: _rerun(run, place, {}, progress), label, notes)

    first = here(then, tables[0], places[0], "A")
    last = here(now, tables[1], places[1], "B")
    seeds = [run.record.settings.get(SEED) for run in (then, now)]
    others = [one for one in _settings(then, now) if one[0] not in (SEED, *_NO_NUMBERS)]
    has_other_inputs = any(True for _ in _inputs(then, now))
    if seeds[0] == seeds[1] or first is None:
        middle = first
    elif not others and not has_other_inputs:
        middle = last
    else:
        middle = _attempt(
            lambda: _rerun(then, places[0], {SEED: str(seeds[1])}, progress), "A", notes
        )
    if has_other_inputs:
        notes.append(("other_inputs", ""))
    path = [tables[0], first, middle, last, tables[1]]
    values = [_values(one, names) for one in path]
    lines = []
    for one in numbers(*tables, names):
        printed, own, reseeded, ended, said = (by_name.get(one.name, nan) for by_name in values)
        code = (own - printed) + (said - ended)
        settings = nan if has_other_inputs else ended - reseeded
        data = nan if has_other_inputs else 0.0
        lines.append((one.name, printed, said, data, data, settings, code, reseeded - own))
    return pd.DataFrame(lines, columns=list(COLUMNS)), notes


def _values(tables: Tables | None, names: tuple[str, ...]) -> dict[str, float]:
    found = {} if tables is None else {one.name: one.then for one in numbers(tables, {}, names)}
    return {name: nan if (n := number_in(cell)) is None else n for name, cell in found.items()}


def _is_of_this_version(run: StoredRun) -> bool:
    """Whether a run was made by the very code, numbers and libraries that are here."""
    record = run.record
    data = run_record.joint_sha256(run_record.data_parts())
    is_same = (record.code_sha256, record.data_sha256) == (run_record.code_sha256(), data)
    return is_same and dict(record.versions) == run_inputs.library_versions()


def _attempt(
    make: Callable[[], dict[str, PlainTable]], label: str, notes: list[tuple[str, str]]
) -> dict[str, PlainTable] | None:
    from hipstudy.report.execute import NotebookFailed

    try:
        return make()
    except ProblemsFound as error:
        notes.append(("not_rerun", f"{label}: {error.problems[0]}"))
    except NotebookFailed as error:
        notes.append(("not_rerun", f"{label}: {error}"))
    return None


def _rerun(
    run: StoredRun, place: Path | None, changed: Mapping[str, Any], progress: Progress
) -> dict[str, PlainTable]:
    """The tables of a run made again here, with some settings changed."""
    from hipstudy.report.read_notebook import read

    typed = verification.settings_as_typed(run.folder, run.record, place)
    pairs = [*((n, v) for n, v in typed if n not in changed), *changed.items()]
    job = make_report.plan(verification.notebook_name(run.record), pairs)
    progress.stage("running a notebook again")
    executed = make_report.executed_notebook(job, progress)
    tables = read(executed, job.language).downloads
    return {name: plain_table(text) for name, text in tables.items()}
