"""Since last time: what changed in the file, and every planned figure then and now."""

import math
from functools import lru_cache
from typing import Any

import pandas as pd

from hipstudy import show
from hipstudy.analysis.disclosure import least
from hipstudy.cohort_file.row_changes import CHANGED, GONE, NEW, RowChanges
from hipstudy.labels import contrast_label, format_number
from hipstudy.pages.cohort_report.cohort_front import front
from hipstudy.pages.cohort_report.earlier_report import (
    EarlierSource,
    earlier_source,
    other_settings,
    other_versions,
)
from hipstudy.pages.cohort_report.primary_question import MOST_DIGITS, decimals, digits_of, words
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.studies.change_split import PARTS, ChangeSplit, change_split, planned_keys
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.planned_answers import Key

PRINTED = ("estimate", "ci_low", "ci_high", "p", "n_runners")
_LEAST_DIGITS = {"p": 3, "n_runners": 0}
_SMALL_P = 0.001


@lru_cache(maxsize=1)
def _compared(study: CohortStudy) -> tuple[EarlierSource, ChangeSplit]:
    """The comparison, made once for all that is shown of it."""
    source = earlier_source(study)
    return source, change_split(study, source.report)


def since_last_time(study: CohortStudy) -> show.Text:
    """The box of page 1; empty where nothing is compared with."""
    if not study.settings.since:
        return show.Text("")
    source, split = _compared(study)
    key = planned_keys(study)[0]
    row = split.figure(key, "estimate")
    parts = {name: float(row[name]) for name in PARTS}
    counts = _counts(study, split.changes) if split.changes is not None else None
    facts = {
        "day": source.record.time.date().isoformat() if source.record else "",
        "edits": counts and {kind: one for kind, one in counts.items() if one["n"]},
        "n_columns": 0 if split.changes is None else len(split.changes.other_columns),
        "then": None if math.isnan(row["then"]) else float(row["then"]),
        "digits": digits_of(key[0])
        if math.isnan(study.primary.estimate)
        else decimals(study.primary),
        "parts": None
        if any(map(math.isnan, parts.values()))
        else {name: part for name, part in parts.items() if part},
    }
    return show.Text(f"> {front(study)('since_last_time', facts)}")


def _counts(study: CohortStudy, changes: RowChanges) -> dict[str, dict[str, Any]]:
    """How many rows or cells of how many runners changed, by kind, and whether that is told."""
    return {
        kind: _count(study, len(changes.of_kind(kind)), changes.n_runners(kind))
        for kind in (NEW, GONE, CHANGED)
    }


def _count(study: CohortStudy, n: int, n_runners: int) -> dict[str, Any]:
    is_hidden = 0 < n_runners < least() and not study.settings.small_cells
    return {"n": n, "n_runners": n_runners, "is_hidden": is_hidden, "least": least()}


def _digits(split: ChangeSplit, key: Key) -> int:
    """Decimals of a difference, then and now: no end that is not zero is printed as zero."""
    rows = pd.concat([split.figure(key, name)[["then", "now"]] for name in ("ci_low", "ci_high")])
    ends = [abs(end) for end in rows.dropna() if abs(end) >= 10**-MOST_DIGITS]
    enough = range(digits_of(key[0]), MOST_DIGITS)
    return next((n for n in enough if all(round(end, n) for end in ends)), MOST_DIGITS)


def since_figures(study: CohortStudy) -> show.Table | show.Text:
    """Every planned figure then and now, and the parts of its change."""
    if not study.settings.since:
        return show.Text("")
    _, split = _compared(study)
    lines = []
    for at, key in enumerate(planned_keys(study)):
        outcome, _, contrast = key
        asked = [study.plan.label(outcome)]
        asked += [contrast_label(contrast)] if contrast != study.plan.contrast else []
        digits = _digits(split, key)
        for name in PRINTED if at == 0 else PRINTED[:1]:
            row = split.figure(key, name)
            own = _LEAST_DIGITS.get(name, digits)
            numbers = [_number(row[column], own, is_p=name == "p") for column in ("then", "now")]
            parts = [_part(row[column], own) for column in PARTS]
            lines.append((f"{', '.join(asked)}: {LABELS['figures'][name]}", *numbers, *parts))
    heads = ["Figure", "Then", "Now", *(LABELS["change_parts"][name] for name in PARTS)]
    frame = pd.DataFrame(lines, columns=heads)
    align = dict.fromkeys(heads[1:], "right")
    facts = {"is_by_chance": split.is_by_chance, "week": study.plan.week}
    caption = words("since_figures", **facts, contrast=contrast_label(study.plan.contrast))
    return show.Table(frame, caption, "since", align=align)


def _number(value: float, digits: int, *, is_p: bool = False) -> str:
    if math.isnan(value):
        return "–"
    return "< 0.001" if is_p and value < _SMALL_P else format_number(value, digits)


def _part(value: float, digits: int) -> str:
    """A part of a change with its sign; what moved nothing is 0 without decimals."""
    if math.isnan(value) or value == 0:
        return "–" if math.isnan(value) else "0"
    text = format_number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text


def on_since(study: CohortStudy) -> show.Text:
    """Heading of the page in the details: what is compared with, and what cannot be told."""
    if not study.settings.since:
        return show.Text("")
    source, split = _compared(study)
    record, changes = source.record, split.changes
    text = words(
        "on_since",
        day=record.time.strftime("%Y-%m-%d") if record else "",
        name=record.run_name if record else "",
        is_run=record is not None,
        missing=list(split.missing),
        is_by_chance=split.is_by_chance,
        edits=_counts(study, changes) if changes is not None else None,
        n_then=changes.n_then if changes is not None else None,
        n_now=changes.n_now if changes is not None else None,
        new_runners=_count(study, 1, changes.new_runners) if changes is not None else None,
        gone_runners=_count(study, 1, changes.gone_runners) if changes is not None else None,
        respelled=changes.respelled if changes is not None else 0,
        has_unsplit=bool(split.table[["then", "now"]].notna().all(axis=1).any()
                         and split.table[list(PARTS)].isna().any(axis=None)),
    )  # fmt: skip
    return show.Text(text)


def since_columns(study: CohortStudy) -> show.Table | show.Text:
    """How many cells of each column changed, and columns that one of the files has alone."""
    split = _compared(study)[1] if study.settings.since else None
    if split is None or split.changes is None:
        return show.Text("")
    changes = split.changes
    lines = []
    for column, rows in changes.of_kind(CHANGED).groupby("column", sort=False):
        count = _count(study, len(rows), rows["runner"].nunique())
        told = f"fewer than {least()} runners" if count["is_hidden"] else ""
        lines.append((str(column), told or f"{count['n']}", told or f"{count['n_runners']}"))
    others = changes.other_columns.itertuples()
    lines += [(str(row.column), f"column {row.kind}", "") for row in others]
    if not lines:
        return show.Text("")
    heads = ["Column", "Cells changed", "Runners"]
    align = dict.fromkeys(heads[1:], "right")
    frame = pd.DataFrame(lines, columns=heads)
    return show.Table(frame, words("since_columns"), "since-columns", align=align)


def since_settings(study: CohortStudy) -> show.Table | show.Text:
    """Settings and versions that are not what they were."""
    if not study.settings.since:
        return show.Text("")
    source, _ = _compared(study)
    lines = [*other_settings(study, source), *other_versions(source)]
    if not lines:
        return show.Text(words("same_settings", source.record is not None))
    frame = pd.DataFrame(lines, columns=["What", "Then", "Now"])
    align = {"Then": "left", "Now": "left"}
    return show.Table(frame, words("since_settings"), "since-settings", align=align)


def since_table(study: CohortStudy) -> show.Download | show.Text:
    """Every figure with the parts of its change, for ``tables/since.csv``."""
    if not study.settings.since:
        return show.Text("")
    return table_file(_compared(study)[1].table, "since", level_pct=study.plan.level_pct)
