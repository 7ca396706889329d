"""Reads a prescription back from its CERT table: nothing is lost on the way there."""

import re

from hipstudy.prescription import cert, shorthand
from hipstudy.prescription.protocol import from_dict

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


def read_rules(text):
    """The fields of rules that ``rules_in_words`` put into words; None where there are none."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    data = {}
    for name, value in match.groupdict().items():
        if name == "step_back":
            data[name] = value is not None
        elif name == "lever":
            data[name] = value
        elif value is not None:
            data[name] = int(value) if name in _WHOLE else float(value)
    return data


def protocol_of(frame, *, name):
    """Read a prescription back from its table.

    Parameters
    ----------
    frame
        As ``table`` gives it, or as that reads back from CSV with empty cells as empty text.
    name
        Of the prescription: neither standard asks for one. Nor do they for a note.

    Raises
    ------
    UsageProblems
        When the dose or an answer breaks a rule.
    """
    cells = {(r.standard, r.item): r for r in frame.itertuples()}
    fields = {(one.standard, one.item): one.field for one in cert.items().itertuples() if one.field}
    answers = {field: cells[key].own_words for key, field in fields.items() if cells[key].own_words}
    arm = shorthand.parse(cells[cert.DOSE].from_prescription, name=name)
    data = arm.model_dump() | {"label": cells[cert.NAME].from_prescription, "cert": answers or None}
    if rules := read_rules(cells[cert.RULE].from_prescription):
        data["strength"] |= {"progression": rules}
    return from_dict(data, name)
