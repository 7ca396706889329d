"""What a cohort is compared with: the record and tables of an earlier run, or an older file."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hipstudy import __version__, csv_locale
from hipstudy.analysis.plan import AnalysisPlan, read_plan, shipped_plan
from hipstudy.errors import DataProblems, Problem, ProblemsFound
from hipstudy.report import named_run, run_inputs, run_record
from hipstudy.report.run_record import RunRecord, sha256
from hipstudy.studies.change_split import NO_FILE, NO_PLAN, NOT_PRINTED, OTHER_FILE, EarlierReport
from hipstudy.studies.cohort_settings import is_run
from hipstudy.studies.cohort_study import CohortStudy

EFFECTS = "tables/effects.csv"
_FILES = ("cohort", "analysis_plan", "since", "since_cohort", "since_plan")
_NOT_OF_NUMBERS = (*_FILES, "report_date", "language", "show_values")
_SHOWN = 12  # digits of a digest


@dataclass(frozen=True, eq=False)
class EarlierSource:
    """An earlier report as far as it is known.

    Parameters
    ----------
    report
        What the refits take of it.
    record
        Of the run; None where only a file is compared with.
    """

    report: EarlierReport
    record: RunRecord | None = None


def earlier_source(study: CohortStudy) -> EarlierSource:
    """Read what the settings of a cohort name as what it is compared with.

    Raises
    ------
    DataProblems
        When the record is none of a cohort report.
    """
    settings = study.settings
    if not is_run(settings.since):
        return EarlierSource(EarlierReport(Path(settings.since), settings.plan()))
    record = _record(Path(settings.since))
    missing = []
    cohort = Path(settings.since_cohort) if settings.since_cohort else None
    if cohort is None:
        missing.append(NO_FILE)
    elif not named_run.is_as_read(cohort, record, run_inputs.COHORT):
        missing.append(OTHER_FILE)
    plan = _plan(study, record)
    missing += [NO_PLAN] if plan is None else []
    printed = printed_effects(Path(settings.since).parent, record)
    missing += [NOT_PRINTED] if printed is None else []
    return EarlierSource(EarlierReport(cohort, plan, printed, True, tuple(missing)), record)


def _record(path: Path) -> RunRecord:
    try:
        tables = run_record.tables(path.parent)
    except run_record.NotRecord as error:
        raise DataProblems([Problem("since", path.name, f"no record of a run ({error})")]) from None
    records = [RunRecord.of_table(one) for one in tables.values()]
    fitting = [one for one in records if EFFECTS in one.outputs and "cohort" in one.settings]
    own = [one for one in fitting if one.report == "cohort"] or fitting
    if path.name != run_record.RECORD_FILE or len(own) != 1:
        rule = "the run.toml of one cohort report is needed"
        raise DataProblems([Problem("since", path.name, rule)])
    return own[0]


def _plan(study: CohortStudy, record: RunRecord) -> AnalysisPlan | None:
    """The plan of then; None where its file is not here, or this version refuses it."""
    marks = [one.sha256 for one in record.inputs if one.parameter == "analysis_plan"]
    if not marks:
        return None if not record.versions else shipped_plan()
    for file in (study.settings.since_plan, study.settings.analysis_plan):
        if file and sha256(Path(file).read_bytes()) == marks[0]:
            try:
                return read_plan(Path(file))
            except ProblemsFound:
                return None
    return None


def printed_effects(folder: Path, record: RunRecord) -> pd.DataFrame | None:
    """The table of effects as the run left it; None where it is not so any more."""
    try:
        data = (folder / EFFECTS).read_bytes()
    except OSError:
        return None
    if sha256(data) != record.outputs.get(EFFECTS):
        return None
    text = data.decode("utf-8")
    is_own = text.startswith(csv_locale.MARK)
    more = {"sep": ";", "decimal": ","} if is_own else {}
    return pd.read_csv(io.StringIO(text.removeprefix(csv_locale.MARK)), **more)


def other_settings(study: CohortStudy, source: EarlierSource) -> Iterator[tuple[str, str, str]]:
    """Settings and fields of the plan that are not what they were: name, then, now."""
    record = source.record
    if record is None:
        return
    now: Mapping[str, Any] = study.settings.model_dump()
    for name in now:
        then_value = record.settings.get(name, now[name])
        if name not in _NOT_OF_NUMBERS and then_value != now[name]:
            yield name, _said(then_value), _said(now[name])
    then, plan = source.report.plan, study.settings.plan()
    if then is None or then.fingerprint == plan.fingerprint:
        return
    before, after = then.model_dump(), plan.model_dump()
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield f"plan, {name}", _said(before.get(name)), _said(after.get(name))


def other_versions(source: EarlierSource) -> Iterator[tuple[str, str, str]]:
    """Versions of program, model and libraries that are not what they were: name, then, now."""
    record = source.record
    if record is None:
        return
    code = run_record.code_sha256()
    data = run_record.joint_sha256(run_record.data_parts())
    pairs = [
        ("hipstudy", record.version or "not known", __version__),
        ("hipstudy, digest of its code", record.code_sha256[:_SHOWN], code[:_SHOWN]),
        ("numbers and calibration of the model, digest", record.data_sha256[:_SHOWN],
         data[:_SHOWN]),
    ]  # fmt: skip
    here = run_inputs.library_versions()
    pairs += [(name, then, here.get(name, "none")) for name, then in record.versions.items()]
    for name, then, now in pairs:
        if then != now:
            yield name, then or "not known", now


def _said(value: Any) -> str:
    """A value of a setting in few words."""
    if value is None or value == "" or value in ((), [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
