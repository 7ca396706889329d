"""Rules of progression in one sentence that reads back to the same rules, for CERT's item 7a."""

import re
from typing import Any

from hipstudy.progression_rules import Progression
from hipstudy.terms import exact

_NUMBER = r"[0-9.e+-]+"
_FORM = re.compile(
    rf"one step on when all sets reach (?P<reps_top>\d+) of (?P<reps_low>\d+) to \d+ repetitions"
    rf"; held when soreness is above (?P<sore_limit_nrs>{_NUMBER}) of 10"
    rf"(?P<step_back>; one step back after a week without a session)?"
    rf"; steps: (?:(?P<lever>leg-lever|trunk-lever), then )?"
    rf"(?:support lower by (?P<support_step_cm>{_NUMBER}) cm, then )?"
    rf"plates by (?P<step_kg>{_NUMBER}) kg up to (?P<max_kg>{_NUMBER}) kg"
)
_WHOLE = ("reps_top", "reps_low")


def written(rules: Progression | None) -> str:
    """The rules in words, with nothing lost; nothing where there are none.

    Examples
    --------
    >>> print(written(Progression(reps_low=8, reps_top=12, sore_limit_nrs=4, step_kg=1, max_kg=9)))
    one step on when all sets reach 12 of 8 to 12 repetitions; held when soreness is above 4 of 10;
    one step back after a week without a session; steps: plates by 1 kg up to 9 kg
    """
    if rules is None:
        return ""
    back = "; one step back after a week without a session" if rules.step_back else ""
    lever = f"{rules.lever}, then " if rules.lever else ""
    step = exact(rules.support_step_cm)
    support = f"support lower by {step} cm, then " if rules.support_step_cm else ""
    return (
        f"one step on when all sets reach {rules.reps_top} of {rules.reps_low} to {rules.reps_top} "
        f"repetitions; held when soreness is above {exact(rules.sore_limit_nrs)} of 10{back}; "
        f"steps: {lever}{support}plates by {exact(rules.step_kg)} kg up to {exact(rules.max_kg)} kg"
    )


def read(text: str) -> dict[str, Any] | None:
    """The fields of rules that ``written`` put into words; None where there are none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    data: dict[str, Any] = {}
    for name, value in found.groupdict().items():
        if name == "step_back":
            data[name] = value is not None
        elif name == "lever":
            data[name] = value
        elif value is not None:
            data[name] = int(value) if name in _WHOLE else float(value)
    return data
