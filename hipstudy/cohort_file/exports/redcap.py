"""An export of REDCap, raw or with labels: record, events, checkboxes, and what is no data.

``redcap_rows`` puts the rows of repeated instruments together with those of their records.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from hipstudy.cohort_file.exports.export_reading import (
    ExportReading,
    column,
    free,
    name_list,
    names_of,
    note,
    part,
    with_head,
)
from hipstudy.cohort_file.exports.redcap_dictionary import RedcapDictionary
from hipstudy.cohort_file.exports.redcap_rows import RecordParts, joined_rows
from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.limits import Raw, folded
from hipstudy.cohort_file.other_formats.value_labels import as_labelled
from hipstudy.cohort_file.schema import find

_EVENT, _INSTRUMENT, _INSTANCE = (
    f"redcap_{name}" for name in ("event_name", "repeat_instrument", "repeat_instance")
)
_LABELS = {"eventname": _EVENT, "repeatinstrument": _INSTRUMENT, "repeatinstance": _INSTANCE}
_TIMES = frozenset(["redcap_survey_timestamp", "surveytimestamp"])
_PEOPLE = frozenset(["redcap_survey_identifier", "surveyidentifier"])  # an address, if anything
_DONE = frozenset(["0", "1", "2", "incomplete", "unverified", "complete"])
_BOX = re.compile(r"(.+)___(\w+)")
_LABEL_BOX = re.compile(r"(.+) \(choice=(.+)\)")
_TICKS = {"checked": "yes", "unchecked": "no"}
_ONES = {"1": "yes", "0": "no"}
_ARM = re.compile(r"_(arm_\d+)$|\(arm \d+: *(.+)\)$", re.IGNORECASE)


@dataclass
class _Plan:
    """What is done to columns, by their position, and what is said of it."""

    names: list[str]
    parts: RecordParts
    aside: set[int]
    rename: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _own_columns(raw: Raw) -> tuple[dict[str, int], set[int]] | None:
    """Places of REDCap's own columns, and of those that say a form is complete.

    None where the table is no export of REDCap.
    """
    plain = [folded(name) for name in names_of(raw.rows[0])]
    complete = {
        k
        for k, name in enumerate(plain)
        if (name == "complete?" or name.endswith("_complete"))
        and {cell.casefold() for cell in column(raw, k) if cell} <= _DONE
    }
    own = {name: k for k, name in enumerate(plain) if name in _LABELS.values()}
    if own or (plain[0] in ("record_id", "runner_id") and complete):
        return own, complete
    by_label = {_LABELS[name]: k for k, name in enumerate(plain) if name in _LABELS}
    is_labelled = {_INSTRUMENT, _INSTANCE} <= by_label.keys() or (
        _EVENT in by_label and plain[0] == "recordid"
    )
    return (by_label, complete) if is_labelled or "complete?" in plain else None


def is_redcap(raw: Raw) -> bool:
    """Whether a table is an export of REDCap, raw or with labels."""
    return _own_columns(raw) is not None


def read_redcap(
    raw: Raw, mapped_names: Collection[str], dictionary: RedcapDictionary | None = None
) -> ExportReading | None:
    """Read an export of REDCap; None where it is none.

    Parameters
    ----------
    raw
        Rows of the file.
    mapped_names
        Names that a mapping file has, ours and the file's, folded: these columns keep them.
    dictionary
        What fields are called, and what codes mean.
    """
    places = _own_columns(raw)
    if places is None:
        return None
    own, complete = places
    theirs = names_of(raw.rows[0])
    notes = []
    if dictionary is not None:
        raw = _by_dictionary(raw, mapped_names, dictionary)
        notes.append(part("redcap_dictionary", file=dictionary.file))
    names = names_of(raw.rows[0])
    parts = RecordParts(names, own.get(_EVENT), own.get(_INSTRUMENT), own.get(_INSTANCE), complete)
    raw = joined_rows(raw, parts, notes)
    aside = complete | {k for k, name in enumerate(names) if _is_aside(raw, k, folded(name))}
    aside |= {k for k in (parts.instrument, parts.instance) if k is not None}
    plan = _Plan(names, parts, aside, notes=notes)
    _record(plan, mapped_names)
    raw = _with_arms(raw, plan, mapped_names)
    _boxes(plan, mapped_names)
    raw = _ticked(raw, plan)
    plan.aside = free(theirs, plan.aside, mapped_names)
    said = [part("redcap_is", own=theirs[k], name=new) for k, new in plan.rename.items()]
    said += plan.notes
    if plan.aside:
        said.append(part("export_aside", names=name_list([theirs[k] for k in sorted(plan.aside)])))
    return ExportReading(
        with_head(raw, drop=plan.aside, rename=plan.rename),
        {new: theirs[k] for k, new in plan.rename.items()},
        (note("an export of REDCap", said),),
    )


def _is_aside(raw: Raw, at: int, name: str) -> bool:
    """Whether a column is REDCap's own; one of persons only where nothing stands in it."""
    is_time = name in _TIMES or (
        name.endswith("_timestamp")
        and f"{name[:-10]}_complete" in {folded(one) for one in names_of(raw.rows[0])}
    )
    return is_time or (name in _PEOPLE and not any(column(raw, at)))


def _by_dictionary(raw: Raw, mapped_names: Collection[str], dictionary: RedcapDictionary) -> Raw:
    """Fields by their names instead of their labels, codes by what they mean."""
    count = Counter(map(folded, dictionary.labels.values()))
    by_label = {
        folded(label): name
        for name, label in dictionary.labels.items()
        if label and count[folded(label)] == 1
    }
    head, cells = [], []
    for k, name in enumerate(names_of(raw.rows[0])):
        codes = column(raw, k)
        if folded(name) not in mapped_names:
            name = by_label.get(folded(name), name)
            box = _BOX.fullmatch(name)
            choices = dictionary.choices.get(box[1] if box else name, {})
            if box and len(choices) > 1 and box[2] in choices:
                name = f"{box[1]} {choices[box[2]]}"
        if name in dictionary.choices:
            about = name if guess(name)[0] else dictionary.labels[name]
            codes = as_labelled(about, codes, dictionary.choices[name])
        head.append(name)
        cells.append(codes)
    return replace(raw, rows=[head, *map(list, zip(*cells, strict=True))])


def _record(plan: _Plan, mapped_names: Collection[str]) -> None:
    """The first column as the runner's code, and the event as the week, where nothing else is."""
    ours = {folded(name) for name in plan.names} | set(mapped_names)
    for at, name in ((0, "runner_id"), (plan.parts.event, "week")):
        if at is None or find(plan.names[at]) is not None or folded(plan.names[at]) in mapped_names:
            continue
        if name in ours:
            plan.aside.add(at)
        else:
            plan.rename[at] = name


def _with_arms(raw: Raw, plan: _Plan, mapped_names: Collection[str]) -> Raw:
    """The arm that events are of as a column, where there are several and no column has it."""
    at = plan.parts.event
    if at is None or "arm" in {folded(name) for name in plan.names} | set(mapped_names):
        return raw
    matches = [_ARM.search(cell) if cell else None for cell in column(raw, at)]
    arms = [one and (one[1] or one[2]) for one in matches]
    if len(set(filter(None, arms))) < 2:
        return raw
    plan.notes.append(part("redcap_arms", own=plan.names[at]))
    rows = [[*raw.rows[0], "arm"]]
    width = len(plan.names)
    for row, arm in zip(raw.rows[1:], arms, strict=True):
        rows.append([*row, *[None] * (width - len(row)), arm])
    return replace(raw, rows=rows)


def _boxes(plan: _Plan, mapped_names: Collection[str]) -> None:
    """A checkbox that is the only one of its field has the field's name."""
    matches = {
        k: box
        for k, name in enumerate(plan.names)
        if (box := _BOX.fullmatch(name) or _LABEL_BOX.fullmatch(name))
    }
    count = Counter(box[1] for box in matches.values())
    plan.rename |= {
        k: box[1]
        for k, box in matches.items()
        if count[box[1]] == 1
        and box[1] not in plan.names
        and folded(plan.names[k]) not in mapped_names
    }


def _ticked(raw: Raw, plan: _Plan) -> Raw:
    """Yes and no for a box that is ticked or not, and for the 1 and 0 of fields of ours."""
    words = {}
    for k, name in enumerate(plan.names):
        ours = find(plan.rename.get(k, name))
        if _LABEL_BOX.fullmatch(name):
            words[k] = _TICKS
        elif ours is not None and ours.kind == "yesno":
            words[k] = _ONES
    if not words:
        return raw
    rows = [list(row) for row in raw.rows]
    for row in rows[1:]:
        for k, meanings in words.items():
            if k < len(row) and row[k]:
                row[k] = meanings.get(row[k].strip().casefold(), row[k])
    return replace(raw, rows=rows)
