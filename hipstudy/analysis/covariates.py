"""Covariates of a plan as columns of a design: one row a runner, as known at baseline.

A column of numbers is one column of the design; any other, and every stratum, has one for each
of its kinds but the first. A runner of whom one is not known is in no model that adjusts for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import Question
from hipstudy.errors import Problem, nearest

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

MOST_KINDS = 12  # of a category; with more, hardly anybody is of one kind
NO_COVARIATES = ("runner_id", "runner", "side", "arm", "week")
_FLAT = 1e-7  # of its spread: less than that of a covariate is its own


@dataclass(frozen=True)
class Adjustment:
    """How one column of the file stands in the models."""

    name: str  # as the plan has it
    is_number: bool
    kinds: int  # of a category that somebody in the two arms has; 0 for numbers


def values_at_baseline(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """Covariates and strata of every runner with a row at baseline, by runner.

    Numbers are means over limbs, words the first; missing where nothing is known.
    """
    import pandas as pd

    first = frame[frame["week"] == question.baseline_week].sort_values("side")
    by_runner = first.groupby("runner", sort=True)
    found = {}
    for name in (*question.covariates, *question.strata):
        is_number = name in question.covariates and _is_number(first[name])
        found[name] = by_runner[name].mean() if is_number else by_runner[name].first()
    return pd.DataFrame(found)


def with_known_covariates(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """Rows of the runners of whom every covariate of a question is known at baseline."""
    if not (question.covariates or question.strata):
        return frame
    values = values_at_baseline(frame, question)
    return frame[frame["runner"].isin(values.index[values.notna().all(axis="columns")])]


def design(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """Columns that adjust, by runner; those in which these runners are alike are left out.

    The rows are of ``with_known_covariates``. Columns are named by the covariate, and by the kind
    where it has kinds.
    """
    import pandas as pd

    values = values_at_baseline(frame, question)
    columns: dict[str, pd.Series] = {}
    for name in values:
        if _is_number(values[name]) and name in question.covariates:
            columns[name] = values[name].astype(float)
            continue
        for kind in sorted(set(values[name]), key=str)[1:]:
            columns[f"{name}: {kind}"] = (values[name] == kind).astype(float)
    table = pd.DataFrame(columns, index=values.index)
    return table.loc[:, table.nunique() > 1]


def adjustments(frame: "pd.DataFrame", question: Question) -> tuple[Adjustment, ...]:
    """How each covariate and stratum stands in the models of a question."""
    pair = [question.treatment, question.control]
    two_arms = frame if question.all_arms else frame[frame["arm"].isin(pair)]
    values = values_at_baseline(with_known_covariates(two_arms, question), question)
    return tuple(
        Adjustment(name, True, 0)
        if name in question.covariates and _is_number(values[name])
        else Adjustment(name, False, values[name].nunique())
        for name in values
    )


def _is_number(values: "pd.Series") -> bool:
    return bool(values.dtype.kind in "fiu")


def check_covariates(
    plan: "AnalysisPlan", frame: "pd.DataFrame", names: tuple[str, ...]
) -> list[Problem]:
    """Say which covariates and strata of a plan cannot be adjusted for.

    ``names`` are the columns of the file. Rows are as ``clinic.read`` gives them, those of columns
    that the plan names included.
    """
    two_arms = frame[frame["arm"].isin([plan.treatment, plan.control])]
    may_be = possible_covariates(plan, frame, names)
    problems, usable = [], []
    for field, name in plan.adjusted:
        where = f"analysis plan, {field}"
        if name in (*NO_COVARIATES, plan.primary):
            rule = "this column is in the model already, or is no covariate"
            problems.append(Problem(where, name, rule, nearest(name, may_be)))
        elif name not in frame:
            rule = "the cohort file has no such column"
            problems.append(Problem(where, name, rule, nearest(name, may_be)))
        elif rules := list(_of_one(two_arms, field, name)):
            problems += [Problem(where, name, rule) for rule in rules]
        else:
            usable.append((field, name))
    return [*problems, *_alike(plan, two_arms, usable)]


def possible_covariates(
    plan: "AnalysisPlan", frame: "pd.DataFrame", names: tuple[str, ...]
) -> list[str]:
    """Columns of a file that a plan could adjust for, as far as they are read.

    What is known after baseline only, or alike in everybody, is none.
    """
    two_arms = frame[frame["arm"].isin([plan.treatment, plan.control])]
    possible = [name for name in names if name not in (*NO_COVARIATES, plan.primary)]
    return [
        name
        for name in possible
        if name not in frame or not list(_of_one(two_arms, "covariates", name))
    ]


def _of_one(frame: "pd.DataFrame", field: str, name: str) -> Iterator[str]:
    first = frame[(frame["week"] == 0) & frame[name].notna()]
    if first.empty:
        yield "nobody of the two arms has a value at baseline, week 0"
    elif first[name].nunique() == 1:
        yield "all who have a value at baseline have the same: nothing can be adjusted for it"
    elif field == "strata" or not _is_number(first[name]):
        if (first.groupby("runner")[name].nunique() > 1).any():
            yield "a runner has two different values at baseline; the rule is one kind a runner"
        if first[name].nunique() > MOST_KINDS:
            yield f"{MOST_KINDS} different kinds at most; numbers belong into covariates"


def _alike(
    plan: "AnalysisPlan", frame: "pd.DataFrame", usable: list[tuple[str, str]]
) -> Iterator[Problem]:
    """Covariates that say nothing which those before them, and the arm, do not say."""
    before: tuple[dict[str, tuple[str, ...]], int] = ({"covariates": (), "strata": ()}, 0)
    names = before[0]
    for field, name in usable:
        more = names | {field: (*names[field], name)}
        asked = Question(plan.primary, plan.week, plan.treatment, plan.control, **more)
        rows = with_known_covariates(frame, asked)
        table = design(rows, asked)
        treated = rows.groupby("runner")["arm"].first().reindex(table.index) == plan.treatment
        with_arm = np.column_stack([treated.to_numpy(float), table.to_numpy(float)])
        own = [k for k, one in enumerate(table, start=1) if one.split(": ")[0] == name]
        if not len(with_arm):
            rule = "no runner has this and all that stands before it"
            yield Problem(f"analysis plan, {field}", name, rule)
        elif _rank(with_arm) <= _rank(np.delete(with_arm, own, axis=1)):
            rule = "it says nothing that the arm and what stands before it do not say"
            yield Problem(f"analysis plan, {field}", name, rule)
        else:
            names = more


def _rank(columns: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> int:
    off = columns - columns.mean(axis=0)
    size = off.std(axis=0)
    off = off / np.where(size > 0, size, 1)
    return int(np.linalg.matrix_rank(off, tol=_FLAT * max(off.shape) ** 0.5)) if off.size else 0
