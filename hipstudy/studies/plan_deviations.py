"""Every deviation from a registered plan: of the plan that was used, the file, and the software.

Two plans are compared by what they say. Comments, the order of fields and lists, and a default that
is spelled out are no deviation. Of the file it is asked whether it has what the registered plan
asks for, its visits counted as that plan counts them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from hipstudy import __version__
from hipstudy.analysis.loss_reasons import loss_column
from hipstudy.analysis.own_outcomes import once_a_person
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.registration import Registration
from hipstudy.analysis.runners_left_out import came_in_other_weeks
from hipstudy.analysis.visit_windows import counted_in_windows
from hipstudy.cohort_file.clinic import Clinic

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.studies.cohort_study import CohortStudy

PLAN, FILE, SETTING, SOFTWARE = "plan", "file", "setting", "software"
CHANGED, ADDED, DROPPED = "changed", "added", "dropped"
MISSING, UNPLANNED, FEWER, MORE = "missing", "unplanned", "fewer", "more"
COUNTED = ("numpy", "scipy", "pandas", "statsmodels")  # whatever may move a digit of an estimate
_LISTS = ("secondary", "covariates", "strata")  # what counts is who is in them
_TABLES = ("outcomes", "trial", "losses")


@dataclass(frozen=True)
class PlanDeviation:
    """One thing that is not as it was registered.

    Parameters
    ----------
    part
        ``plan``, ``file``, ``setting`` or ``software``.
    item
        Field of the plan, or what of the file; a field within a table with a dot.
    kind
        ``changed``, ``added``, ``dropped``; of a file ``missing``, ``unplanned``, ``fewer`` or
        ``more``.
    registered, now
        What was registered, and what is; empty where there is nothing.
    """

    part: str
    item: str
    kind: str
    registered: str
    now: str


@dataclass(frozen=True)
class RegisteredPlan:
    """A registration, with all that deviates from it."""

    registration: Registration
    deviations: tuple[PlanDeviation, ...]

    @property
    def n_software(self) -> int:
        """Deviations of the software."""
        return sum(one.part == SOFTWARE for one in self.deviations)

    @property
    def n_others(self) -> int:
        """Deviations of plan, file and settings."""
        return len(self.deviations) - self.n_software


def software_versions() -> dict[str, str]:
    """Versions of hipstudy and of the libraries that may move a digit of an estimate."""
    versions = {"hipstudy": __version__}
    for name in COUNTED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "unknown"
    return versions


def plan_deviations(then: AnalysisPlan, now: AnalysisPlan) -> Iterator[PlanDeviation]:
    """What one plan says otherwise than another, field by field."""
    before, after = then.model_dump(), now.model_dump()
    for name in AnalysisPlan.model_fields:
        old, new = before[name], after[name]
        if name == "visits":
            yield from _visits(then, now)
        elif name == "contrasts":
            old, new = ([" minus ".join(pair) for pair in one] for one in (old, new))
            yield from _members(name, old, new)
        elif name in _LISTS:
            yield from _members(name, old, new)
        elif name in _TABLES:
            yield from _table(name, old, new)
        elif old != new:
            yield _of_values(name, old, new)


def _of_values(item: str, old: Any, new: Any) -> PlanDeviation:
    """One value for another; none at all counts as added or dropped."""
    was, is_now = _text(old), _text(new)
    is_margin = item == "margin"
    nothing = ("", "0") if is_margin else ("",)
    kind = ADDED if was in nothing else DROPPED if is_now in nothing else CHANGED
    return PlanDeviation(PLAN, item, kind, was, is_now)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _members(item: str, old: Any, new: Any) -> Iterator[PlanDeviation]:
    for one in old:
        if one not in new:
            yield PlanDeviation(PLAN, item, DROPPED, _text(one), "")
    for one in new:
        if one not in old:
            yield PlanDeviation(PLAN, item, ADDED, "", _text(one))


def _visits(then: AnalysisPlan, now: AnalysisPlan) -> Iterator[PlanDeviation]:
    """Planned visits; the plan's own week is always one, and has a line of its own."""
    old, new = ({one.week, *one.visits} if one.visits else set() for one in (then, now))
    if bool(old) != bool(new):
        was, is_now = (", ".join(map(str, sorted(one))) for one in (old, new))
        yield PlanDeviation(PLAN, "visits", ADDED if new else DROPPED, was, is_now)
        return
    yield from _members("visits", sorted(old - new - {then.week}), [])
    yield from _members("visits", [], sorted(new - old - {now.week}))


def _table(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[PlanDeviation]:
    """A table of a plan, entry by entry, and within an outcome field by field."""
    for key in dict.fromkeys([*old, *new]):
        item, was, is_now = f"{name}.{key}", old.get(key), new.get(key)
        if was == is_now:
            continue
        if isinstance(was, dict) and isinstance(is_now, dict):
            for field in was:
                if was[field] != is_now[field]:
                    yield _of_values(f"{item}.{field}", was[field], is_now[field])
        else:
            yield _of_values(item, _entry(was), _entry(is_now))


def _entry(value: Any) -> Any:
    """An entry of a table on one line; nothing for one that is not there."""
    if isinstance(value, dict):
        return ", ".join(f"{field} {_text(one)}" for field, one in value.items())
    return "" if value is None else value


def file_deviations(registration: Registration, clinic: Clinic) -> Iterator[PlanDeviation]:
    """What of a registered plan a file has otherwise.

    Parameters
    ----------
    registration
        With the plan.
    clinic
        The file as it was read, before its visits are counted.
    """
    plan, frame = registration.plan, clinic.observations
    names = {*clinic.names, *frame}
    yield from _runners(registration.n_runners, frame["runner"].nunique())
    arms = dict.fromkeys([*plan.arms, *(arm for pair in plan.contrasts for arm in pair)])
    there = sorted(map(str, frame["arm"].dropna().unique())) if "arm" in frame else []
    yield from _both_ways("arm", list(arms), there)
    yield from _weeks(plan, frame)
    declared = (plan.primary, *plan.secondary)
    for name in dict.fromkeys(declared):
        if name not in names or (name in frame and frame[name].isna().all()):
            yield PlanDeviation(FILE, "outcome", MISSING, name, "")
    columns = [name for _, name in plan.adjusted]
    for name in dict.fromkeys([*columns, plan.cluster, loss_column(plan), plan.date]):
        if name and name not in names:
            yield PlanDeviation(FILE, "column", MISSING, name, "")


def _runners(planned: int, n: int) -> Iterator[PlanDeviation]:
    if planned and n != planned:
        yield PlanDeviation(FILE, "runners", FEWER if n < planned else MORE, f"{planned}", f"{n}")


def _both_ways(item: str, planned: list[str], there: list[str]) -> Iterator[PlanDeviation]:
    for one in planned:
        if one not in there:
            yield PlanDeviation(FILE, item, MISSING, one, "")
    for one in there:
        if one not in planned:
            yield PlanDeviation(FILE, item, UNPLANNED, "", one)


def _weeks(plan: AnalysisPlan, frame: "pd.DataFrame") -> Iterator[PlanDeviation]:
    """Weeks of the file against those of the plan, counted as that plan counts them."""
    is_countable = not plan.date or "day" in frame
    if not is_countable or ("week" not in frame and not plan.date):
        return
    declared = {name: own for name, own in plan.outcomes.items() if name in frame}
    rows = once_a_person(frame, declared)
    seen, _ = counted_in_windows(rows, plan)
    weeks = sorted(set(seen["week"].dropna())) if "week" in seen else []
    planned = [0.0, *(plan.planned_visits or (float(plan.week),))]
    for week in planned:
        if week not in weeks:
            yield PlanDeviation(FILE, "week", MISSING, f"{week:g}", "")
    others: list[float] = []
    if plan.visits:
        others = [week for week in weeks if week > 0 and week not in planned]
    elif {"arm", plan.primary} <= set(seen) and plan.week in weeks:
        others = came_in_other_weeks(seen, plan)[0]
    for week in others:
        yield PlanDeviation(FILE, "week", UNPLANNED, "", f"{week:g}")


def software_deviations(registration: Registration) -> Iterator[PlanDeviation]:
    """Versions that are not those of the registration."""
    here = software_versions()
    for name, then in registration.versions.items():
        now = here.get(name, "unknown")
        if now != then:
            yield PlanDeviation(SOFTWARE, name, CHANGED, then, now)


def registered_plan(
    registration: Registration, plan: AnalysisPlan, clinic: Clinic, mcid_nrs: float
) -> RegisteredPlan:
    """A registration with all that deviates from it.

    Parameters
    ----------
    registration
        What was registered.
    plan
        By which the file is analysed.
    clinic
        The file as it was read, before its visits are counted.
    mcid_nrs
        The change that one person calls worthwhile, of this report.
    """
    found = [*plan_deviations(registration.plan, plan), *file_deviations(registration, clinic)]
    if mcid_nrs != registration.mcid_nrs:
        values = (f"{registration.mcid_nrs:g}", f"{mcid_nrs:g}")
        found.append(PlanDeviation(SETTING, "mcid_nrs", CHANGED, *values))
    return RegisteredPlan(registration, (*found, *software_deviations(registration)))


def deviations(study: "CohortStudy") -> "pd.DataFrame":
    """Every deviation, in the columns of ``deviations.csv``: none where nothing deviates."""
    import pandas as pd

    columns = list(PlanDeviation.__dataclass_fields__)
    rows = study.registered.deviations if study.registered else ()
    cells = [[getattr(row, name) for name in columns] for row in rows]
    return pd.DataFrame(cells, columns=columns)
