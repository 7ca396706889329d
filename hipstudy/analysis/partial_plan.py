"""What can be read of a plan that has wrong fields: its columns are looked for all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hipstudy import text_files
from hipstudy.analysis.own_outcomes import NAME, OwnOutcome
from hipstudy.analysis.plan import AnalysisPlan, shipped_plan
from hipstudy.cohort_file.schema import columns
from hipstudy.text_files import WrongEncoding, read_text


@dataclass(frozen=True)
class PartialPlan:
    """A plan as far as it can be read."""

    plan: AnalysisPlan
    # Fields that are wrong or missing: what the plan has in their place is nobody's.
    wrong: frozenset[str]


def partial_plan(path: Path) -> PartialPlan | None:
    """A plan without its wrong fields, those that every plan needs taken from the shipped one.

    It is for looking for what the plan names only, so that what is wrong with the plan and what the
    cohort file does not have are told at once. An outcome that is declared wrongly stays an
    outcome: what of it cannot be read holds for every file. None where nothing can be made of the
    plan.
    """
    try:
        table = text_files.loads(read_text(path))
    except (OSError, text_files.NotToml, WrongEncoding):
        return None
    shipped = shipped_plan().model_dump()
    unreadable: set[str] = set()
    for _ in range(len(AnalysisPlan.model_fields) + 1):  # one may be wrong once another is right
        try:
            plan = AnalysisPlan.model_validate(table, context=table)
            return PartialPlan(plan, frozenset(unreadable))
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            unreadable |= wrong
            given = table.get("outcomes")
            lacking = {name for name in wrong if name not in table}
            table = {name: value for name, value in table.items() if name not in wrong}
            table |= {name: shipped[name] for name in wrong & (_needed() | lacking) & set(shipped)}
            if "outcomes" in wrong and isinstance(given, dict):
                table["outcomes"] = _declared(given)
    return None


def _needed() -> set[str]:
    return {name for name, one in AnalysisPlan.model_fields.items() if one.is_required()}


def _declared(given: Mapping[str, Any]) -> dict[str, OwnOutcome]:
    """Outcomes that may be declared, each wrong declaration with what stands for it."""
    return {
        name: _readable(one)
        for name, one in given.items()
        if NAME.fullmatch(name) and name not in columns()
    }


def _readable(given: Any) -> OwnOutcome:
    try:
        return OwnOutcome.model_validate(given)
    except ValidationError:
        said = given if isinstance(given, dict) else {}
    low, high = (said.get(end) for end in ("low", "high"))
    is_scale = isinstance(low, float) and isinstance(high, float) and low < high
    of = get_close_matches(str(said.get("of", "limb")), ("limb", "person"), n=1, cutoff=0)[0]
    ends = {"low": low, "high": high} if is_scale else {"low": -inf, "high": inf}
    return OwnOutcome.model_construct(unit="points", better="lower", worthwhile=0.0, of=of, **ends)
