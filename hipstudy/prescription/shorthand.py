"""Prescriptions on one line, as a physio would write them: read, and written.

``hip-flexor 3x10 @bodyweight, pause 2 s, 3/wk x 12 wk; stretch 4x30 s daily``
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hipstudy.errors import Problem, UsageProblems
from hipstudy.prescription.protocol import (
    LABEL_LENGTH,
    LOADS,
    Protocol,
    Strength,
    Stretch,
    from_dict,
)
from hipstudy.prescription.shorthand_reader import (
    HEADS,
    MODELS,
    OWN,
    STARTS,
    TERMS,
    Change,
    Line,
)
from hipstudy.prescription.shorthand_slips import meant_dose, meant_number
from hipstudy.prescription.shorthand_terms import FLAGS, Term
from hipstudy.prescription.shorthand_translation import translate
from hipstudy.prescription.shorthand_variants import ASKED, MENDED, ONE_OR_OTHER, VARIANTS, WEIGHT

# Stands in for what is wrong, so that the rest can be checked as well.
_LEAST: dict[str, Any] = {
    **dict.fromkeys(("strength.sets", "strength.reps", "strength.sessions_per_week"), 1),
    **dict.fromkeys(("stretch.holds", "stretch.hold_s", "stretch.times_per_week", "weeks"), 1),
    "name": OWN,
    "label": OWN,
}
_RANGE = ("trained_from_ext_deg", "trained_to_ext_deg")


def label_of(name: str) -> str:
    """The label of an arm that was given none.

    Examples
    --------
    >>> label_of("strength_plus_stretch")
    'Strength plus stretch'
    """
    return name.replace("_", " ").capitalize()[:LABEL_LENGTH]


def is_line(text: str) -> bool:
    """Whether a text is a prescription written out, and not the name of one or of a file.

    Examples
    --------
    >>> is_line("stretch 4x30 s daily x 12 wk"), is_line("stretch_only"), is_line("mine.toml")
    (True, False, False)
    """
    text = text.strip()
    if text.endswith(".toml"):
        return False
    # A misspelt start is a line as well: names of arms have no spaces.
    return _starts(text) or ";" in text or bool(re.search(r"\s.*[0-9]|[0-9].*\s", text, FLAGS))


def is_arm(text: str) -> bool:
    """Whether a text can be all there is of an arm: a name, a file, or the start of a line.

    Examples
    --------
    >>> is_arm("stretch_only"), is_arm("daily"), is_arm("x 12 wk")
    (True, False, False)
    """
    text = translate(text).text
    if any(term.pattern.fullmatch(text) for terms in TERMS.values() for term in terms):
        return False
    if any(variant.pattern.fullmatch(text) for variant in VARIANTS):
        return False
    return _starts(text) or bool(re.fullmatch(r"[a-z]\w*|.*\.toml", text, FLAGS))


def _starts(text: str) -> bool:
    text = translate(text).text
    return any(re.match(start, text, FLAGS) for start in STARTS.values())


def dose(protocol: Protocol) -> str:
    """Write the dose for people to read: without name, label and note, times to three figures.

    Examples
    --------
    >>> from hipstudy.prescription.protocol import preset
    >>> dose(preset("strength_plus_stretch"))
    'hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily'
    """
    rules = protocol.strength and protocol.strength.progression
    more = "; progressed by its rules" if rules else ""
    return _dose(protocol, lambda value: float(f"{value:.3g}")) + more


def dose_exactly(protocol: Protocol) -> str:
    """Write the dose as ``dose`` does, with every number exact, so that it reads back the same."""
    return _dose(protocol, float)


def _dose(protocol: Protocol, times: Callable[[float], float]) -> str:
    rest = {"weeks": protocol.weeks}
    parts = []
    for kind, model in MODELS.items():
        if (part := getattr(protocol, kind)) is not None:
            values = part.model_dump() | rest
            values |= {name: times(values[name]) for name in values if name.endswith("_s")}
            if kind == "strength" and part.load not in LOADS:
                values["load"] = part.added_kg
            defaults = {name: info.default for name, info in model.model_fields.items()}
            parts.append(HEADS[kind] + _text_of(TERMS[kind], values, defaults))
            rest = {}
    parts = parts or [HEADS["none"] + _text_of(TERMS["none"], rest, {})]
    contact = {"contact_min_wk": times(protocol.contact_min_wk)}
    plan = _text_of(TERMS["plan"], contact, {"contact_min_wk": 0})
    return "; ".join([*parts, plan.removeprefix(", ")] if plan else parts)


def write(protocol: Protocol, *, name: str = OWN) -> str:
    """Write a prescription on one line, with nothing lost.

    Parameters
    ----------
    protocol
        What to write. A field at its default is left out.
    name
        The name that the reader will hand to `parse`; another name is written into the line.

    Raises
    ------
    UsageProblems
        When it has answers to CERT or rules of progression: a line holds a dose, a TOML file all.

    Examples
    --------
    >>> from hipstudy.prescription.protocol import preset
    >>> write(preset("article_low"), name="article_low")
    'hip-flexor 2x8, first 3 wk @bodyweight, 2/wk x 12 wk; label "Article, low end"'
    """
    if problems := _no_room(protocol):
        raise UsageProblems(problems)
    values = {field: getattr(protocol, field) for field in ("name", "label", "note")}
    usual = {"name": name, "label": label_of(protocol.name), "note": ""}
    words = _text_of(TERMS["plan"], values, usual).removeprefix(", ")
    joint = ", " if protocol.contact_min_wk else "; "
    return dose_exactly(protocol) + (f"{joint}{words}" if words else "")


def _no_room(protocol: Protocol) -> list[Problem]:
    """Parts of the prescription that do not fit into a line."""
    rules = protocol.strength and protocol.strength.progression
    tables = (
        ("[cert]", protocol.cert, "answers to CERT"),
        ("[strength.progression]", rules, "rules of progression"),
    )
    return [
        Problem(
            f"prescription {protocol.name}",
            table,
            f"one line holds a dose and has no room for {words}",
            f"Keep it as a TOML file, or leave its {table} table out.",
        )
        for table, found, words in tables
        if found is not None
    ]


def _text_of(terms: Iterable[Term], values: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    text, in_text = "", set[str]()
    for term in terms:
        fields = set(term.units)
        if in_text & fields or not fields <= values.keys():
            continue
        if any(values[field] != value for field, value in term.fixed.items()):
            continue
        in_text |= fields
        if any(field not in usual or values[field] != usual[field] for field in fields):
            text += term.joint + term.text(values)
    return text


def parse(text: str, *, name: str = OWN) -> Protocol:
    """Read a prescription from one line.

    Parameters
    ----------
    text
        Parts with ``;`` between them, and what is said of a part with commas.
    name
        Name of the arm, unless the line says one.

    Raises
    ------
    UsageProblems
        Everything that is wrong, each with the character where it stands; last the line in which
        all of it is mended, where that is known, or one line for each way to mend it.

    Examples
    --------
    >>> parse("stretch 4x30 s daily x 12 wk").stretch_min_wk
    28.0
    """
    line = Line(text, name)
    arm = _by_rules(line)
    if arm is None or line.problems:
        line.problems.sort(key=lambda found: found[0])
        raise UsageProblems([*(problem for _, problem in line.problems), *_mended(line)])
    return arm


def readings(text: str) -> tuple[str, ...]:
    """What is read in a line otherwise than it is written there, a sentence each.

    Examples
    --------
    >>> print(*readings("hip-flexor 3x10 RIR 2, 3/wk x 12 wk"))
    'RIR 2' was read as near failure, which here is at most 3 repetitions in reserve
    """
    return tuple(dict.fromkeys(Line(text, OWN).readings))


def _mended(line: Line) -> list[Problem]:
    """The line with all its problems mended, as often as there are ways that can be read."""
    changes = [change for change in line.changes if change is not None]
    if len(changes) < len(line.changes) or len(line.changes) < len(line.problems):
        return []
    changes.sort(key=lambda change: change.start)
    names = {one.names for one in changes if len(one.texts) > 1 or one.names == WEIGHT}
    called = names.pop() if len(names) == 1 else ONE_OR_OTHER
    texts: dict[str, str] = {}
    for way in range(max((len(change.texts) for change in changes), default=0)):
        text, done = "", 0
        for change in changes:
            text += line.text[done : change.start] + change.texts[min(way, len(change.texts) - 1)]
            done = change.end
        texts.setdefault(text + line.text[done:], called[way])
    readable = {text: name for text, name in texts.items() if _is_read(text, line.source)}
    if len(readable) == 1 and "weight" not in readable.values():
        readable = dict.fromkeys(readable, "one")
    return [
        Problem(f"{line.source}, {MENDED[name]}", None, text) for text, name in readable.items()
    ]


def _is_read(text: str, name: str) -> bool:
    if not text.isprintable():  # what is shown would be another line
        return False
    line = Line(text, name)
    return _by_rules(line) is not None and not line.problems


def _by_rules(line: Line) -> Protocol | None:
    """The prescription by the rules that hold for all, or None and the problems in the line.

    What is wrong or missing is replaced by the least there is, until nothing else is found.
    """
    name = line.values.get("name", line.source)
    data: dict[str, Any] = {kind: {} for kind in MODELS if kind in line.ends}
    for path, value in (_LEAST | {"name": name, "label": label_of(name)} | line.values).items():
        if path.partition(".")[0] in {*line.ends, path}:
            _set(data, path, value)
    for _ in range(len(data) + len(line.values) + 1):  # each time round mends one field or more
        try:
            return from_dict(data, "")
        except UsageProblems as found:
            paths = [problem.where.removeprefix(", ") for problem in found.problems]
            for path, problem in zip(paths, found.problems, strict=True):
                _point(line, data, path, problem)
            if "" in paths:
                break
    return None


def _set(data: dict[str, Any], path: str, value: Any) -> None:
    part, _, field = path.rpartition(".")
    (data[part] if part else data)[field] = value


def _point(line: Line, data: dict[str, Any], path: str, problem: Problem) -> None:
    """Note a broken rule where the value stands, and replace the value by one that is allowed."""
    part, _, field = path.rpartition(".")
    span = line.spans.get(path)
    if path == "strength":  # its range is upside down
        ends = [line.spans.get(f"strength.{field}") for field in _RANGE]
        span = (ends[0][0], ends[1][1]) if all(ends) else None
        for field in _RANGE:
            data[path].pop(field, None)
    elif not path:
        span = line.spans.get(_longest(data))
    elif path in _LEAST:
        _set(data, path, _LEAST[path])
    else:
        del (data[part] if part else data)[field]
    if span:
        change = _slip(line, path, span)
        rule = ASKED["slip"].format(rule=problem.rule) if change else problem.rule
        line.say(*span, rule, change=change)
    elif path == "name":  # it was not in the line, but handed over beside it
        line.problems.append((0, Problem("name of the prescription", problem.value, problem.rule)))


def _slip(line: Line, path: str, span: tuple[int, int]) -> Change | None:
    """What may have been meant by a number that is not allowed, if it looks like a slip."""
    doses = [line.spans.get(f"strength.{field}") for field in ("sets", "reps")]
    if span in doses and all(doses):
        start, end = doses[0][0], doses[1][1]
        texts = meant_dose(line.text[start:end])
        return Change(start, end, texts) if texts else None
    match = re.match("[0-9]+", line.text[span[0] : span[1]])
    meant = meant_number(match[0]) if match and path.endswith("_per_week") else ""
    return Change(span[0], span[0] + match.end(), (meant,)) if match and meant else None


def _longest(data: dict[str, Any]) -> str:
    """Path of the dose of the part that takes most of the week."""
    minutes = {}
    if part := data.get("strength"):
        minutes["strength.sets"] = Strength(**part).session_min * part["sessions_per_week"]
    if part := data.get("stretch"):
        minutes["stretch.holds"] = Stretch(**part).session_min * part["times_per_week"]
    return max(minutes, key=lambda path: minutes[path])
