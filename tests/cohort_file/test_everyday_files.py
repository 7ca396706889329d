"""Everyday files, their truth known: none read wrongly in silence, most with a draft at most.

A file counts as read when it is checked without a mapping, or with a drafted one that asks at most
two things, and its observations are those that were written. Whoever answers knows the file.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass

import pandas as pd
import pytest
import tomli_w
from everyday_files import KEYS, TRAITS, EverydayFile, everyday_files

from hipstudy.cohort_file.check import CheckResult, check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.errors import DataProblems, UsageProblems

AS_IT_IS, DRAFTED, ASKED_MORE, REFUSED = "as it is", "drafted", "asked more", "refused"
WRONG, WRONG_AND_WARNED, WRONG_DRAFT = "wrong", "wrong, warned", "wrong line drafted as sure"
MOST_ANSWERS = 2
LEAST_READ = 90  # of a hundred


@dataclass(frozen=True)
class Outcome:
    """What came of a file: which of the words above, how many answers, and why."""

    word: str
    answers: int = 0
    why: str = ""


def _value(value):
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(float(value), 6) if isinstance(value, (int, float)) else str(value)


def _observed(frame: pd.DataFrame, names) -> dict:
    """Runner, side and week -> the values of these columns; rows with none are left out."""
    keys = zip(*(frame[name] for name in KEYS), strict=True)
    cells = zip(*(frame[name] for name in names), strict=True)
    rows = {
        (str(code), str(side), float(week)): tuple(map(_value, values))
        for (code, side, week), values in zip(keys, cells, strict=True)
    }
    measured = [k for k, name in enumerate(names) if name not in TRAITS or name == "arm"]
    return {key: row for key, row in rows.items() if any(row[k] is not None for k in measured)}


def difference(result: CheckResult, truth: pd.DataFrame) -> str:
    """What differs between what was read and what is true; empty for nothing."""
    frame = result.frame
    if "week" not in frame:
        frame = frame.assign(week=0.0)
    measured = [name for name in truth if name not in (*KEYS, "arm")]
    if missing := [name for name in (*KEYS, *measured, "arm") if name not in frame]:
        return f"not read: {', '.join(missing)}"
    wanted, found = _observed(truth, measured), _observed(frame, measured)
    if wanted != found:
        odd = next((k for k in wanted if wanted[k] != found.get(k)), None) or next(
            k for k in found if k not in wanted
        )
        return (
            f"{odd}: {dict(zip(measured, wanted.get(odd, ()), strict=False))} != {found.get(odd)}"
        )
    pairs = [dict(zip(one["runner_id"], one["arm"], strict=True)) for one in (truth, frame)]
    arms = {(arm, pairs[1].get(code)) for code, arm in pairs[0].items()}
    return "" if len(arms) == truth["arm"].nunique() else f"arms: {sorted(map(str, arms))}"


def answered(text: str, file: EverydayFile) -> tuple[str, int, str]:
    """A draft as somebody leaves it who knows the file: text, answers, and what was wrong in it."""
    lines, section, answers, wrong, in_question = [], "", 0, [], False
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        pair = _pair(line) if section else None
        in_question = line.startswith("# QUESTION") or (in_question and line.startswith("#"))
        answers += line.startswith("# QUESTION")
        if pair is not None:
            own, ours = pair
            right = _right(section, own, ours, file)
            if not line.startswith("#"):
                wrong += _wrong(section, own, ours, right, file)
            elif right is not None:
                own = next(k for k, v in file.meaning.items() if v == ours) if own == "..." else own
                line = tomli_w.dumps({own: right}).strip()
                answers += not in_question
        lines.append(line)
    return "\n".join(lines), answers, "; ".join(wrong)


def _pair(line: str) -> tuple[str, object] | None:
    """Name and value of a line, behind a # or not."""
    try:
        ((own, ours),) = tomllib.loads(line.removeprefix("# ")).items()
    except (tomllib.TOMLDecodeError, ValueError):
        return None
    return None if isinstance(ours, dict) else (own, ours)


def _wrong(section: str, own: str, ours: object, right: object, file: EverydayFile) -> list[str]:
    """What is wrong about a line that was drafted as sure."""
    if section == "columns" and file.meaning and right is None:
        return [f"{own} = {ours}, which it is not"]
    head, week, visit = str(ours).rpartition("week ")  # the words of the mapping say how many weeks
    said = f"{head}{week}{_in(file.words['week'], visit) or visit}" if week else ours
    return [] if right is None or said == right else [f"{section}: {own} = {ours}, not {right}"]


def _in(table, own):
    return {str(k).casefold(): v for k, v in table.items()}.get(own.casefold())


def _right(section: str, own: str, ours: object, file: EverydayFile) -> object:
    """What somebody who knows the file writes on this line; None to leave it as it is."""
    if section == "columns":
        known = own == "..." and ours in file.meaning.values()
        return ours if known else _in(file.meaning, own)
    if section.startswith("words."):
        return _in(file.words.get(section.removeprefix("words."), {}), own)
    if section == "sheets":
        return _in(file.sheets_of, own)
    return file.headings.get(int(own)) if section == "headings" else None


def outcome(file: EverydayFile, folder) -> Outcome:
    """Check a file as it is, and then with the answered draft."""
    path = folder / file.name
    path.write_bytes(file.content)
    try:
        result = check_file(path)
    except (DataProblems, UsageProblems) as problems:
        return Outcome(REFUSED, why=str(problems)[:200])
    first = ""
    if result.ok:
        if not (first := difference(result, file.truth)):
            return Outcome(AS_IT_IS)
        if not result.warnings:
            return Outcome(WRONG, why=first)
    try:
        draft = draft_from(path)
    except (DataProblems, UsageProblems) as problems:
        word = WRONG_AND_WARNED if first else REFUSED
        return Outcome(word, why=first or f"{result.errors[0]} / {problems}"[:300])
    text, answers, wrong = answered(draft.text, file)
    mapping = path.with_suffix(".toml")
    mapping.write_text(text, encoding="utf-8")
    try:
        result = check_file(path, mapping=mapping)
    except (DataProblems, UsageProblems) as problems:
        return Outcome(WRONG_DRAFT if wrong else REFUSED, answers, wrong or str(problems)[:300])
    if not result.ok:
        why = "; ".join(f"{one.where}: {one.rule}" for one in result.errors)[:300]
        return Outcome(WRONG_DRAFT if wrong else REFUSED, answers, wrong or why)
    if why := difference(result, file.truth):
        word = WRONG_DRAFT if wrong else WRONG_AND_WARNED if result.warnings else WRONG
        return Outcome(word, answers, f"{wrong}; {why}")
    if wrong:
        return Outcome(WRONG_DRAFT, answers, wrong)
    return Outcome(DRAFTED if answers <= MOST_ANSWERS else ASKED_MORE, answers)


def outcomes(count: int, seed: int, folder) -> list[tuple[EverydayFile, Outcome]]:
    return [(file, outcome(file, folder)) for file in everyday_files(count, seed)]


def listing(found) -> str:
    """Every file that was not read, with what it is like."""
    return "\n".join(
        f"{file.name} {' '.join(file.like)}: {what.word}, {what.answers} answers. {what.why}"
        for file, what in found
        if what.word not in (AS_IT_IS, DRAFTED)
    )


def test_each_shape_of_a_few_files_is_never_read_wrongly(tmp_path):
    found = outcomes(15, 1, tmp_path)
    assert WRONG not in {what.word for _, what in found}, listing(found)


@pytest.mark.validate
def test_a_hundred_everyday_files(tmp_path):
    found = outcomes(100, 2026, tmp_path)
    counts = Counter(what.word for _, what in found)
    assert not counts[WRONG], listing(found)
    assert not counts[WRONG_DRAFT], listing(found)
    assert counts[AS_IT_IS] + counts[DRAFTED] >= LEAST_READ, f"{counts}\n{listing(found)}"
